// Waiting for an operation without the GIL, and what becomes of threads that do when Python ends.
#pragma once

#include <cstdint>

#include "ferro.h"

namespace ferro::py {

// Blocks until there are rows or the end, without the lock: network, disk and decoding; no Python object is touched. A
// handler of a signal that raises ends it: the exception is then set.
ferro_code Block(ferro_operation* operation, int32_t* now, ferro_error** error);

// Once, when the module is made.
void AtExitEndBlocked();

}  // namespace ferro::py
