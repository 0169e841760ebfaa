// Cells to Python values: exact types, as pydantic would have them.
#pragma once

#include "pyferro/native/state.h"

namespace ferro::py {

// The value of a cell. JSON is parsed when `parse_json`, else it is the text as a str.
PyObject* ToPython(ModuleState& state, const ferro_value& cell, bool parse_json);

}  // namespace ferro::py
