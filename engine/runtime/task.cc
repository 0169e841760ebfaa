#include "engine/runtime/task.h"

#include "absl/time/clock.h"
#include "engine/base/error.h"

namespace ferro::runtime {

absl::Status WaitFor::await_resume() const {
  if (wait_.deadline == absl::InfiniteFuture() || absl::Now() < wait_.deadline) {
    return absl::OkStatus();
  }
  return MakeError(ErrorClass::kTimeout, "the deadline passed while waiting for the database");
}

}  // namespace ferro::runtime
