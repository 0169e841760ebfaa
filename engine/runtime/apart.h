// A blocking job on a thread of its own, for what no library does without blocking: names of hosts, logins.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "engine/runtime/task.h"

namespace ferro::runtime {

// Runs `job` on a new thread and suspends until it has ended; in a blocking operation it runs on the caller's thread.
// An operation that is destroyed, or whose time is up (`deadline`, or its own), leaves without waiting: the job goes on
// alone. So it must own all that it touches, and end by itself.
Task<absl::Status> RunApart(std::function<absl::Status()> job, absl::Time deadline);

}  // namespace ferro::runtime
