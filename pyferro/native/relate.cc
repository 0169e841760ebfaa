// Instances and their relations, a whole level at a time: what pyferro/relations/loading.py would otherwise do row by row.
#include "pyferro/native/relate.h"

#include "pyferro/native/shortcuts/member_offset.h"
#include "pyferro/native/state.h"

namespace ferro::py {
namespace {

// Keys are hashed and compared by code of the user's, in the end: what is at hand while that runs is held by a Ref, and
// the size of a list is asked for at each step.
Ref ItemAt(PyObject* list, Py_ssize_t index) { return Ref::Borrow(PyList_GET_ITEM(list, index)); }

bool SameSize(PyObject* one, PyObject* other) {
  if (PyList_GET_SIZE(one) == PyList_GET_SIZE(other)) return true;
  PyErr_SetString(PyExc_ValueError, "lists of one length are needed");
  return false;
}

Ref FieldOf(PyObject* fields, PyObject* name) {
  PyObject* value = PyDict_GetItemWithError(fields, name);
  if (value == nullptr && !PyErr_Occurred()) PyErr_SetObject(PyExc_KeyError, name);
  return Ref::Borrow(value);
}

// The value of one field, or a tuple of those of several. Nobody else sees the dict, so the instance stays unknown to
// the garbage collector: see shortcuts/model_slots.h.
Ref KeyOf(PyObject* instance, PyObject* names) {
  Ref fields = Ref::Steal(PyObject_GenericGetDict(instance, nullptr));
  if (!fields) return {};
  const Py_ssize_t count = PyTuple_GET_SIZE(names);
  if (count == 1) return FieldOf(fields.get(), PyTuple_GET_ITEM(names, 0));
  Ref key = Ref::Steal(PyTuple_New(count));
  for (Py_ssize_t i = 0; key && i < count; ++i) {
    Ref value = FieldOf(fields.get(), PyTuple_GET_ITEM(names, i));
    if (!value) return {};
    PyTuple_SET_ITEM(key.get(), i, value.release());
  }
  return key;
}

// A slot of an instance; null for one of another class, whose slots are found by name.
PyObject** SlotOf(const ModuleState& state, PyObject* instance, Py_ssize_t offset) {
  if (offset == 0 || !PyObject_TypeCheck(instance, reinterpret_cast<PyTypeObject*>(state.model_type))) return nullptr;
  return &MemberAt(instance, offset);
}

// What stands there; None for nothing, which by name is an AttributeError.
PyObject* InSlot(const ModuleState& state, PyObject* instance, Py_ssize_t offset, PyObject* name) {
  if (PyObject* const* const slot = SlotOf(state, instance, offset)) return Py_NewRef(*slot == nullptr ? Py_None : *slot);
  PyObject* const found = PyObject_GenericGetAttr(instance, name);
  if (found != nullptr || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
  PyErr_Clear();
  Py_RETURN_NONE;
}

// What `remember()` of pyferro/instances/state.py does.
bool Remember(const ModuleState& state, PyObject* instance, PyObject* name, PyObject* value) {
  const Py_ssize_t offset = state.model_slots.related;
  const Ref known = Ref::Steal(InSlot(state, instance, offset, state.name_related));
  if (!known) return false;
  if (known.get() != Py_None) return PyObject_SetItem(known.get(), name, value) == 0;
  Ref made = Ref::Steal(PyDict_New());
  if (!made || PyDict_SetItem(made.get(), name, value) < 0) return false;
  PyObject** const slot = SlotOf(state, instance, offset);
  if (slot == nullptr) {
    const Ref fields = Ref::Steal(PyObject_GetAttr(instance, state.name_dict));
    return fields && PyObject_GenericSetAttr(instance, state.name_related, made.get()) == 0;
  }
  // It may be part of a cycle now.
  if (!PyObject_GC_IsTracked(instance)) PyObject_GC_Track(instance);
  Py_XSETREF(*slot, made.release());
  return true;
}

// The list that is found for a key; null without an exception if nothing is.
Ref Found(PyObject* found, PyObject* key) {
  Ref list = Ref::Borrow(PyDict_GetItemWithError(found, key));
  if (!list || PyList_Check(list.get())) return list;
  PyErr_SetString(PyExc_TypeError, "lists of rows are needed");
  return {};
}

Ref CopyOf(PyObject* list) {
  return Ref::Steal(list == nullptr ? PyList_New(0) : PyList_GetSlice(list, 0, PyList_GET_SIZE(list)));
}

Ref FirstOf(PyObject* list) {
  return list == nullptr || PyList_GET_SIZE(list) == 0 ? Ref::Borrow(Py_None) : ItemAt(list, 0);
}

bool RememberEach(const ModuleState& state, PyObject* rows, PyObject* name, PyObject* value) {
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(rows); ++i) {
    Ref row = ItemAt(rows, i);
    if (!Remember(state, row.get(), name, value)) return false;
  }
  return true;
}

}  // namespace

PyObject* KeysOfFunction(PyObject*, PyObject* args) {
  PyObject *instances, *names;
  if (!PyArg_ParseTuple(args, "O!O!", &PyList_Type, &instances, &PyTuple_Type, &names)) return nullptr;
  Ref keys = Ref::Steal(PyList_New(0));
  for (Py_ssize_t i = 0; keys && i < PyList_GET_SIZE(instances); ++i) {
    Ref instance = ItemAt(instances, i);
    Ref key = KeyOf(instance.get(), names);
    if (!key || PyList_Append(keys.get(), key.get()) < 0) return nullptr;
  }
  return keys.release();
}

PyObject* ShareFunction(PyObject*, PyObject* args) {
  PyObject *instances, *names, *seen;
  if (!PyArg_ParseTuple(args, "O!O!O!", &PyList_Type, &instances, &PyTuple_Type, &names, &PyDict_Type, &seen)) {
    return nullptr;
  }
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(instances); ++i) {
    Ref instance = ItemAt(instances, i);
    if (instance.get() == Py_None) continue;
    Ref key = KeyOf(instance.get(), names);
    Ref first = key ? Ref::Borrow(PyDict_SetDefault(seen, key.get(), instance.get())) : Ref();
    if (!first) return nullptr;
    if (first.get() != instance.get() && PyList_SetItem(instances, i, first.release()) < 0) return nullptr;
  }
  Py_RETURN_NONE;
}

PyObject* RowStateFunction(PyObject* module, PyObject* instance) {
  const ModuleState& state = StateOf(module);
  return InSlot(state, instance, state.model_slots.row_state, state.name_row_state);
}

PyObject* RelatedFunction(PyObject* module, PyObject* instance) {
  const ModuleState& state = StateOf(module);
  return InSlot(state, instance, state.model_slots.related, state.name_related);
}

PyObject* RememberFunction(PyObject* module, PyObject* args) {
  PyObject *instances, *name, *values;
  if (!PyArg_ParseTuple(args, "O!UO!", &PyList_Type, &instances, &name, &PyList_Type, &values) ||
      !SameSize(instances, values)) {
    return nullptr;
  }
  const ModuleState& state = StateOf(module);
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(instances) && i < PyList_GET_SIZE(values); ++i) {
    Ref instance = ItemAt(instances, i), value = ItemAt(values, i);
    if (instance.get() != Py_None && !Remember(state, instance.get(), name, value.get())) return nullptr;
  }
  Py_RETURN_NONE;
}

PyObject* GatherFunction(PyObject*, PyObject* args) {
  PyObject *keys, *rows, *found;
  if (!PyArg_ParseTuple(args, "O!O!O!", &PyList_Type, &keys, &PyList_Type, &rows, &PyDict_Type, &found) ||
      !SameSize(keys, rows)) {
    return nullptr;
  }
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(keys) && i < PyList_GET_SIZE(rows); ++i) {
    Ref key = ItemAt(keys, i), row = ItemAt(rows, i);
    Ref list = Found(found, key.get());
    if (!list) {
      if (PyErr_Occurred()) return nullptr;
      list = Ref::Steal(PyList_New(0));
      if (!list || PyDict_SetItem(found, key.get(), list.get()) < 0) return nullptr;
    }
    if (PyList_Append(list.get(), row.get()) < 0) return nullptr;
  }
  Py_RETURN_NONE;
}

PyObject* HandOutFunction(PyObject* module, PyObject* args) {
  PyObject *parents, *keys, *found, *name, *back;
  int many;
  if (!PyArg_ParseTuple(args, "O!O!O!UpO", &PyList_Type, &parents, &PyList_Type, &keys, &PyDict_Type, &found, &name,
                        &many, &back) ||
      !SameSize(parents, keys)) {
    return nullptr;
  }
  const ModuleState& state = StateOf(module);
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(parents) && i < PyList_GET_SIZE(keys); ++i) {
    Ref parent = ItemAt(parents, i), key = ItemAt(keys, i);
    Ref rows = Found(found, key.get());
    if (!rows && PyErr_Occurred()) return nullptr;
    Ref value = many ? CopyOf(rows.get()) : FirstOf(rows.get());
    if (!value || !Remember(state, parent.get(), name, value.get())) return nullptr;
    if (back != Py_None && rows && !RememberEach(state, rows.get(), back, parent.get())) return nullptr;
  }
  Py_RETURN_NONE;
}

}  // namespace ferro::py
