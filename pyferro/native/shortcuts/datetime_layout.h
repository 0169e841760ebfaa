// datetime.datetime filled in place. Its struct is in CPython's public header; the C API's constructor takes the fields
// one by one and checks each of them, which costs more than to find and store them.
#pragma once

#include "pyferro/native/ref.h"

namespace ferro::py {

struct ModuleState;

// Looks up the type and the zone, before anything below. False with an exception.
bool ImportDatetime(ModuleState& state);

// The datetime of microseconds since 1970-01-01, naive or in UTC. Null with an exception: ValueError for one that
// datetime does not hold.
PyObject* MakeTimestamp(const ModuleState& state, int64_t micros, bool in_utc);

// Compares datetimes made by the layout with those of the C API. No exception is left.
bool TryDatetimeLayout(ModuleState& state);

}  // namespace ferro::py
