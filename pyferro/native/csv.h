// CsvLines: rows as lines of CSV, for `copy_out()`. pyferro/writing/copying.py says what the text is; it is the same for every
// database.
#pragma once

#include <string>

#include "pyferro/native/state.h"

namespace ferro::py {

// How many cells a row has.
size_t WidthOfLines(PyObject* lines);

// The line of a row as bytes; `line` is memory that is used again. Null with an exception.
PyObject* MakeLine(ModuleState& state, PyObject* lines, const ferro_value* cells, std::string& line);

}  // namespace ferro::py
