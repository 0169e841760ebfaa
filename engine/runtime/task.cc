#include "engine/runtime/task.h"

#include "engine/base/error.h"
#include "engine/runtime/clock.h"

namespace ferro::runtime {

absl::Status WaitFor::await_resume() const {
  if (wait_.deadline == absl::InfiniteFuture() || Now() < wait_.deadline) {
    return absl::OkStatus();
  }
  return MakeError(ErrorClass::kTimeout, "the deadline passed while waiting for the database");
}

}  // namespace ferro::runtime
