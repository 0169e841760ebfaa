#include "pyferro/native/shortcuts/model_slots.h"

#include "pyferro/native/shortcuts/shortcuts.h"
#include "pyferro/native/state.h"

namespace ferro::py {
namespace {

void Track(PyObject* object) {
  if (!PyObject_GC_IsTracked(object)) PyObject_GC_Track(object);
}

PyObject* GetDict(PyObject* self, void*) {
  Track(self);
  PyObject* dict = PyObject_GenericGetDict(self, nullptr);
#if PY_VERSION_HEX >= 0x030E0000
  // Up to 3.13 a dict tracks itself when something enters it that needs it.
  if (dict != nullptr) Track(dict);
#endif
  return dict;
}

int SetDict(PyObject* self, PyObject* value, void*) {
  Track(self);
  return PyObject_GenericSetDict(self, value, nullptr);
}

Py_ssize_t OffsetOf(void* closure) { return static_cast<Py_ssize_t>(reinterpret_cast<intptr_t>(closure)); }

PyObject* GetSlot(PyObject* self, void* closure) {
  PyObject* value = MemberAt(self, OffsetOf(closure));
  if (value != nullptr) return Py_NewRef(value);
  PyErr_SetString(PyExc_AttributeError, "this slot of the instance is empty");
  return nullptr;
}

// What was shared among all loaded instances becomes this one's own set.
PyObject* GetFieldsSet(PyObject* self, void* closure) {
  PyObject*& slot = MemberAt(self, OffsetOf(closure));
  if (slot != nullptr && PyFrozenSet_CheckExact(slot)) {
    PyObject* own = PySet_New(slot);
    if (own == nullptr) return nullptr;
    Track(self);
    Py_SETREF(slot, own);
  }
  return GetSlot(self, closure);
}

int SetSlot(PyObject* self, PyObject* value, void* closure) {
  PyObject*& slot = MemberAt(self, OffsetOf(closure));
  if (value == nullptr && slot == nullptr) {
    PyErr_SetString(PyExc_AttributeError, "this slot of the instance is empty");
    return -1;
  }
  Track(self);
  Py_XSETREF(slot, Py_XNewRef(value));
  return 0;
}

bool AddHook(PyTypeObject* model, PyGetSetDef* definition, PyObject* name) {
  Ref hook = Ref::Steal(PyDescr_NewGetSet(model, definition));
  return hook && PyDict_SetItem(model->tp_dict, name, hook.get()) == 0;
}

// The slots that a model has in pydantic as we know it, and no others.
bool IsKnownBase(PyTypeObject* base) {
  Ref slots = Ref::Steal(PyObject_GetAttrString(reinterpret_cast<PyObject*>(base), "__slots__"));
  Ref names = slots ? Ref::Steal(PySet_New(slots.get())) : Ref();
  Ref expected = Ref::Steal(Py_BuildValue("(ssss)", "__dict__", "__pydantic_fields_set__", "__pydantic_extra__",
                                          "__pydantic_private__"));
  Ref wanted = expected ? Ref::Steal(PySet_New(expected.get())) : Ref();
  return names && wanted && PyObject_RichCompareBool(names.get(), wanted.get(), Py_EQ) == 1;
}

// The descriptors keep pointers to their definitions, which therefore live as long as the process. Their closures are
// offsets in pydantic's BaseModel, the same for all interpreters of a process.
struct Hooks {
  PyGetSetDef dict = {"__dict__", GetDict, SetDict, nullptr, nullptr};
  PyGetSetDef fields_set = {"__pydantic_fields_set__", GetFieldsSet, SetSlot, nullptr, nullptr};
  PyGetSetDef extra = {"__pydantic_extra__", GetSlot, SetSlot, nullptr, nullptr};
  PyGetSetDef private_attributes = {"__pydantic_private__", GetSlot, SetSlot, nullptr, nullptr};
};

bool InstallHooks(ModuleState& state, PyTypeObject* model) {
  static Hooks hooks;
  const ModelSlots& slots = state.model_slots;
  hooks.fields_set.closure = reinterpret_cast<void*>(slots.fields_set);
  hooks.extra.closure = reinterpret_cast<void*>(slots.extra);
  hooks.private_attributes.closure = reinterpret_cast<void*>(slots.private_attributes);
  const bool good = AddHook(model, &hooks.dict, state.name_dict) &&
                    AddHook(model, &hooks.fields_set, state.name_fields_set) &&
                    AddHook(model, &hooks.extra, state.name_extra) &&
                    AddHook(model, &hooks.private_attributes, state.name_private);
  PyType_Modified(model);
  return good;
}

}  // namespace

PyObject* AdoptModelFunction(PyObject* module, PyObject* args) {
  PyObject *object, *slot_name;
  if (!PyArg_ParseTuple(args, "O!U", &PyType_Type, &object, &slot_name)) return nullptr;
  ModuleState& state = StateOf(module);
  auto* model = reinterpret_cast<PyTypeObject*>(object);
  PyTypeObject* base = model->tp_base;
  ModelSlots& slots = state.model_slots;
  slots = {};
  slots.row_state = MemberOffset(model, slot_name);
  slots.related = MemberOffset(model, state.name_related);
  if (base != nullptr && IsKnownBase(base)) {
    slots.fields_set = MemberOffset(base, state.name_fields_set);
    slots.extra = MemberOffset(base, state.name_extra);
    slots.private_attributes = MemberOffset(base, state.name_private);
  }
  PyErr_Clear();
  // The five slots are all there is behind the head: NewUntracked() fills each of them.
  constexpr auto kSize = static_cast<Py_ssize_t>(sizeof(PyObject) + 5 * sizeof(PyObject*));
  if (model->tp_basicsize != kSize || slots.fields_set == 0 || slots.extra == 0 || slots.private_attributes == 0 || slots.row_state == 0 ||
      slots.related == 0) {
    // Another pydantic than the one we know: everything by name, nothing half made.
    slots = {};
    state.shortcuts_found &= ~(kLazyFieldsSet | kLazyTracking);
  } else {
    slots.instance_size = model->tp_basicsize;
    if (!InstallHooks(state, model)) return nullptr;
    Py_XSETREF(state.model_type, Py_NewRef(object));
  }
  state.shortcuts &= state.shortcuts_found;
  Py_RETURN_NONE;
}

bool HasHooks(const ModuleState& state, PyTypeObject* model) {
  if (state.model_type == nullptr || !PyType_IsSubtype(model, reinterpret_cast<PyTypeObject*>(state.model_type))) {
    return false;
  }
  const Py_ssize_t weak_references = model->tp_weaklistoffset > 0 ? static_cast<Py_ssize_t>(sizeof(PyObject*)) : 0;
  if (model->tp_basicsize - weak_references != state.model_slots.instance_size) return false;
  PyTypeObject* ours = reinterpret_cast<PyTypeObject*>(state.model_type);
  // A subclass or mixin may have put descriptors of its own before ours.
  for (PyObject* name : {state.name_dict, state.name_fields_set, state.name_extra, state.name_private}) {
    if (_PyType_Lookup(model, name) != _PyType_Lookup(ours, name)) return false;
  }
  return true;
}

}  // namespace ferro::py
