// The bounds of a pyferro.proof Check, tested on cells. Passing is enough for a value to be valid; a value that does
// not pass sends its row through pydantic-core, which has the last word. What is not tested here goes to the Check's
// own admits().
#pragma once

#include "pyferro/native/state.h"

namespace ferro::py {

struct Bound {
  bool exists = false;
  bool open = false;  // gt and lt
  int64_t integer = 0;
  double real = 0;
};

class NativeCheck {
 public:
  enum class Result { kPassed, kFailed, kUndecided };

  NativeCheck() = default;

  // Reads the Check of a column of a canonical type; false, without an exception, when it asks for something that only
  // admits() can test.
  static bool Read(PyObject* check, uint8_t type, NativeCheck& out);

  // `value` is what the cell, which is not NULL, became.
  Result Test(const ferro_value& cell, PyObject* value) const;

 private:
  bool ReadBounds(PyObject* check, uint8_t type);
  Result TestDecimal(const ferro_value& cell) const;

  Bound low_, high_;
  int64_t multiple_of_ = 0;                   // 0: any
  Py_ssize_t min_length_ = 0, max_length_ = PY_SSIZE_T_MAX;
  bool has_length_ = false;
  bool finite_ = false;
  bool no_nulls_ = false;  // among the items of an array
  int64_t max_digits_ = -1, decimal_places_ = -1;  // -1: any
  PyTypeObject* json_type_ = nullptr;         // dict or list, which outlive everything
};

}  // namespace ferro::py
