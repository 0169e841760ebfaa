// std::mutex with the annotations by which clang checks who holds what. Not absl::Mutex: that one parks threads with system
// calls of its own, which ThreadSanitizer sees only where abseil itself was compiled for it, and no distribution's is.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace ferro {

class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

 private:
  friend class MutexLock;

  std::mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() ABSL_UNLOCK_FUNCTION() = default;
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  // Lets go of the mutex until `changed` was notified and `holds` is true.
  template <class Predicate>
  void Wait(std::condition_variable& changed, Predicate holds) {
    changed.wait(lock_, holds);
  }
  // For that long at most.
  template <class Predicate>
  void WaitFor(std::condition_variable& changed, std::chrono::nanoseconds most, Predicate holds) {
    changed.wait_for(lock_, most, holds);
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace ferro
