#include "pyferro/native/shortcuts/class_columns.h"

#include "pyferro/native/shortcuts/shortcuts.h"
#include "pyferro/native/state.h"

namespace ferro::py {
namespace {

PyTypeObject* AsType(PyObject* object) { return reinterpret_cast<PyTypeObject*>(object); }

// The column of that name, borrowed; null without an exception where an attribute goes before it, or there is none.
PyObject* FindColumn(const ModuleState& state, PyObject* model, PyObject* name) {
  PyObject* dict = AsType(model)->tp_dict;
  PyObject* columns = dict == nullptr ? nullptr : PyDict_GetItemWithError(dict, state.name_columns);
  if (columns == nullptr || !PyDict_CheckExact(columns)) return nullptr;
  PyObject* column = PyDict_GetItemWithError(columns, name);
  if (column == nullptr || _PyType_Lookup(AsType(model), name) != nullptr) return nullptr;
  return _PyType_Lookup(Py_TYPE(model), name) == nullptr ? column : nullptr;
}

PyObject* GetAttribute(PyObject* model, PyObject* name) {
  ModuleState* state = StateOfType(Py_TYPE(model));
  if (state == nullptr) return nullptr;
  // At the end of the interpreter there are no names any more.
  const bool used = (state->shortcuts & kClassColumns) != 0 && state->name_columns != nullptr;
  if (!used) return state->class_getattro(model, name);
  if (state->classes_in_making == 0) {
    PyObject* column = FindColumn(*state, model, name);
    if (column != nullptr) return Py_NewRef(column);
    if (PyErr_Occurred()) return nullptr;
  }
  PyObject* found = PyType_Type.tp_getattro(model, name);
  if (found != nullptr || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
  PyErr_Clear();
  return state->class_getattro(model, name);  // which asks __getattr__ in the end
}

// Whether classes find their attributes as all classes do, but for __getattr__.
bool IsPlain(PyObject* metaclass) {
  Ref own = Ref::Steal(PyObject_GetAttrString(metaclass, "__getattribute__"));
  Ref type = Ref::Steal(PyObject_GetAttrString(reinterpret_cast<PyObject*>(&PyType_Type), "__getattribute__"));
  PyErr_Clear();
  return own && own.get() == type.get();
}

void Adopt(PyObject* metaclass) {
  AsType(metaclass)->tp_getattro = GetAttribute;
  PyType_Modified(AsType(metaclass));
}

bool IsNumber(Ref value, long wanted) {
  const bool is = value && PyLong_Check(value.get()) && PyLong_AsLong(value.get()) == wanted;
  PyErr_Clear();
  return is;
}

Ref Called(PyTypeObject* metaclass, const char* name, PyTypeObject* base, const char* format, ...) {
  va_list values;
  va_start(values, format);
  Ref dict = Ref::Steal(Py_VaBuildValue(format, values));
  va_end(values);
  if (!dict) return {};
  return Ref::Steal(PyObject_CallFunction(reinterpret_cast<PyObject*>(metaclass), "s(O)O", name, base, dict.get()));
}

// A class of a metaclass of its own, with columns, one of which an attribute hides.
bool Works(ModuleState& state) {
  Ref metaclass = Called(&PyType_Type, "Meta", state.meta_type, "{}");
  if (!metaclass || !IsPlain(metaclass.get())) return false;
  state.class_getattro = AsType(metaclass.get())->tp_getattro;
  Adopt(metaclass.get());
  Ref model = Called(AsType(metaclass.get()), "Model", &PyBaseObject_Type, "{s:{s:i,s:i},s:i,s:i}", "__ferro_columns__", "a",
                     1, "b", 2, "b", 3, "c", 4);
  if (!model) return false;
  const auto has = [&](const char* name, long wanted) {
    return IsNumber(Ref::Steal(PyObject_GetAttrString(model.get(), name)), wanted);
  };
  Ref missing = Ref::Steal(PyObject_GetAttrString(model.get(), "d"));
  const bool raised = !missing && PyErr_ExceptionMatches(PyExc_AttributeError);
  PyErr_Clear();
  return has("a", 1) && has("b", 3) && has("c", 4) && raised;
}

PyType_Slot kMetaSlots[] = {{Py_tp_doc, const_cast<char*>("The base of metaclasses whose classes have columns.")},
                            {0, nullptr}};
PyType_Spec kMetaSpec = {"pyferro._native.MetaBase", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, kMetaSlots};

}  // namespace

bool AddMetaBase(PyObject* module, ModuleState& state) {
  state.meta_type = AddType(module, kMetaSpec, reinterpret_cast<PyObject*>(&PyType_Type));
  return state.meta_type != nullptr;
}

bool TryClassColumns(ModuleState& state) {
#ifdef Py_GIL_DISABLED
  return false;  // What it borrows from a dict somebody else may take away.
#endif
  state.shortcuts |= kClassColumns;
  const bool works = Works(state);
  state.shortcuts &= ~unsigned{kClassColumns};
  state.class_getattro = nullptr;
  PyErr_Clear();
  return works;
}

PyObject* AdoptMetaclassFunction(PyObject* module, PyObject* metaclass) {
  ModuleState& state = StateOf(module);
  if (!PyType_Check(metaclass) || !PyType_IsSubtype(AsType(metaclass), state.meta_type)) {
    PyErr_SetString(PyExc_TypeError, "adopt_metaclass() takes a subclass of MetaBase");
    return nullptr;
  }
  if (!IsPlain(metaclass)) {
    state.shortcuts_found &= ~unsigned{kClassColumns};
    state.shortcuts &= state.shortcuts_found;
  }
  if ((state.shortcuts_found & kClassColumns) == 0 || AsType(metaclass)->tp_getattro == GetAttribute) Py_RETURN_NONE;
  state.class_getattro = AsType(metaclass)->tp_getattro;
  Adopt(metaclass);
  Py_RETURN_NONE;
}

PyObject* MakingFunction(PyObject* module, PyObject* step) {
  const long number = PyLong_AsLong(step);
  if (number == -1 && PyErr_Occurred()) return nullptr;
  StateOf(module).classes_in_making += static_cast<int>(number);
  Py_RETURN_NONE;
}

}  // namespace ferro::py
