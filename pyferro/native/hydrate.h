// A row of cells becomes an instance of a model.
#pragma once

#include "pyferro/native/row_plan.h"

namespace ferro::py {

// The instance for one row of cells; null with an exception.
PyObject* Hydrate(ModuleState& state, const RowPlanObject& plan, const ferro_value* cells);

}  // namespace ferro::py
