// A blocking job on a thread of its own, for what no library does without blocking: names of hosts, logins; and for what
// must go on after everybody who wanted it has left: cancelling.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "engine/runtime/task.h"

namespace ferro::runtime {

// Runs `job` on a new thread and suspends until it has ended; in a blocking operation that nobody interrupts it runs on the
// caller's thread. An operation that is destroyed, or whose time is up (`deadline`, or its own), leaves without waiting: the
// job goes on alone. So it must own all that it touches, and end by itself.
Task<absl::Status> RunApart(std::function<absl::Status()> job, absl::Time deadline);

// Runs `body` on a new thread that nobody waits for, but the end of the process: that gives all of them together a moment.
absl::Status StartApart(std::function<void()> body);

// Until no such thread is left, or for as long as `most`.
void WaitForApart(absl::Duration most);

}  // namespace ferro::runtime
