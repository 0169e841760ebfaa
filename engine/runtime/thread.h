// Threads of our own, as the application should see them: without its signals, and without exceptions.
#pragma once

#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ferro::runtime {

// A thread that runs `body`, with all signals blocked: a Ctrl-C must land on a thread of the application.
absl::StatusOr<std::thread> StartThread(std::function<void()> body);

// What `job` returns, or an error where memory ran out in it: nobody above it on its thread could catch that.
absl::Status RunJob(const std::function<absl::Status()>& job);

}  // namespace ferro::runtime
