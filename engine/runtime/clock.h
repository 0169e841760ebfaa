// The clock of deadlines.
#pragma once

#include "absl/time/time.h"

namespace ferro::runtime {

// The wall clock's time when it was first asked, and from then on what the monotonic clock adds: whoever sets the system's
// clock neither ends a wait nor prolongs one. For deadlines only, and only compared with itself.
absl::Time Now();

}  // namespace ferro::runtime
