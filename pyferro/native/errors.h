// Engine errors to Python exceptions. The classes are made in pyferro/errors.py, which is imported when something
// first fails.
#pragma once

#include "pyferro/native/state.h"

namespace ferro::py {

// Sets the exception for `error` and frees it. Always returns null, for `return Raise(…)`.
PyObject* Raise(ModuleState& state, ferro_error* error);

// Sets an exception of the class of `code`, about a column (may be empty).
PyObject* RaiseCode(ModuleState& state, ferro_code code, const char* message, PyObject* column);

inline Ref Text(ferro_bytes bytes) {
  return Ref::Steal(
      PyUnicode_DecodeUTF8(bytes.data, static_cast<Py_ssize_t>(bytes.size), "replace"));
}

}  // namespace ferro::py
