// One thread that runs blocking jobs for one SQLite connection, one at a time, and wakes the operation that
// waits for a job through a descriptor. The thread starts with the first job and ends with the worker.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "engine/runtime/task.h"

namespace ferro::runtime {

class Worker {
 public:
  // `interrupt` is called, from the operation's thread, when the operation is destroyed while its job runs: it
  // must make the job end soon. The destructor then waits for that end, since the job borrows the operation's
  // memory.
  explicit Worker(std::function<void()> interrupt);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Runs `job` on the worker's thread; suspends until it has ended. One job at a time.
  Task<absl::Status> Run(std::function<absl::Status()> job);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ferro::runtime
