#include "pyferro/native/errors.h"

namespace ferro::py {
namespace {

// Sets what pyferro.errors.make(code, message, **fields) returns.
PyObject* RaiseMade(ModuleState& state, ferro_code code, const Ref& message, const Ref& fields) {
  if (!message || !fields) return nullptr;
  if (state.make_error == nullptr) {
    Ref errors = Ref::Steal(PyImport_ImportModule("pyferro.errors"));
    if (!errors) return nullptr;
    state.make_error = PyObject_GetAttrString(errors.get(), "make");
    if (state.make_error == nullptr) return nullptr;
  }
  Ref arguments = Ref::Steal(Py_BuildValue("(iO)", static_cast<int>(code), message.get()));
  if (!arguments) return nullptr;
  Ref made = Ref::Steal(PyObject_Call(state.make_error, arguments.get(), fields.get()));
  if (!made) return nullptr;
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.get())), made.get());
  return nullptr;
}

bool Put(PyObject* fields, const char* name, const Ref& value) {
  return value && PyDict_SetItemString(fields, name, value.get()) == 0;
}

}  // namespace

PyObject* Raise(ModuleState& state, ferro_error* error) {
  if (error == nullptr) return PyErr_NoMemory();  // the one reason for which there is no error object
  struct Free {
    ferro_error* error;
    ~Free() { ferro_error_free(error); }
  } owner{error};
  Ref fields = Ref::Steal(PyDict_New());
  if (!fields) return nullptr;
  PyObject* to = fields.get();
  const bool filled = Put(to, "hint", Text(ferro_error_hint(error))) &&
                      Put(to, "sqlstate", Text(ferro_error_sqlstate(error))) &&
                      Put(to, "constraint", Text(ferro_error_constraint(error))) &&
                      Put(to, "table", Text(ferro_error_table(error))) &&
                      Put(to, "column", Text(ferro_error_column(error))) &&
                      Put(to, "sql", Text(ferro_error_sql(error))) &&
                      Put(to, "detail", Text(ferro_error_detail(error))) &&
                      Put(to, "native_code",
                          Ref::Steal(PyLong_FromLong(ferro_error_native_code(error)))) &&
                      Put(to, "row", Ref::Steal(PyLong_FromLongLong(ferro_error_row(error))));
  if (!filled) return nullptr;
  return RaiseMade(state, ferro_error_code(error), Text(ferro_error_message(error)), fields);
}

PyObject* RaiseCode(ModuleState& state, ferro_code code, const char* message, PyObject* column) {
  Ref fields = Ref::Steal(PyDict_New());
  if (!fields) return nullptr;
  if (column != nullptr && PyDict_SetItemString(fields.get(), "column", column) < 0) return nullptr;
  return RaiseMade(state, code, Ref::Steal(PyUnicode_FromString(message)), fields);
}

}  // namespace ferro::py
