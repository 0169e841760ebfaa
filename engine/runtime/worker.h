// One thread that runs blocking jobs for one SQLite connection, one at a time, and wakes the operation that
// waits for a job through a descriptor. The thread starts with the first job and ends with the worker.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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

  // A job that was begun, to be waited for later. Its destructor makes it end and waits for that, unless Result() has
  // been awaited to its end. The worker must outlive it.
  class Job;
  absl::StatusOr<Job> Begin(std::function<absl::Status()> job);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Worker::Job {
 public:
  Job(Job&& other) noexcept : impl_(std::exchange(other.impl_, nullptr)) {}
  Job& operator=(Job&&) = delete;
  ~Job();

  // Suspends until the job has ended, and gives what it returned. Once.
  Task<absl::Status> Result();

 private:
  friend class Worker;
  explicit Job(Impl* impl) : impl_(impl) {}

  Impl* impl_;  // null once the result was taken
};

}  // namespace ferro::runtime
