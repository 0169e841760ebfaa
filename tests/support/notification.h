// Something happens once, and threads wait for it. Over std::mutex, for the reason in engine/base/mutex.h.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace ferro::testing {

class Notification {
 public:
  void Notify() {
    const std::lock_guard lock(mutex_);
    notified_ = true;
    changed_.notify_all();  // under the mutex: who has been told may destroy this
  }
  bool HasBeenNotified() const {
    const std::lock_guard lock(mutex_);
    return notified_;
  }
  void Wait() const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return notified_; });
  }
  bool WaitFor(std::chrono::seconds most) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, most, [this] { return notified_; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool notified_ = false;
};

}  // namespace ferro::testing
