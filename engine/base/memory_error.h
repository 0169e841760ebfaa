// The error that is there when nothing can be made.
#pragma once

#include "absl/status/status.h"

namespace ferro {

// Of class kMemory. Made when the library is loaded; to copy it takes no memory.
const absl::Status& MemoryError();

}  // namespace ferro
