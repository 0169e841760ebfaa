// Who of the connections of one pool writes next. SQLite has one lock for writers and tells nobody when it is free: who
// waits asks again and again, and one that writes without a pause keeps all others out until their busy_timeout has passed.
// So those of one pool queue: first come, first served. Other pools and processes know nothing of it, and still meet the
// lock itself.
// Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>

#include "engine/base/mutex.h"

namespace ferro::sqlite {

class Turn;

// One for each pool. Takes no memory for those who wait, so that waiting cannot fail.
class Turns {
 private:
  friend class Turn;

  void GiveTo(Turn* next) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);  // null: to nobody

  Mutex mutex_;
  std::atomic<Turn*> holder_ = nullptr;            // changed with the mutex; while it is null nobody waits
  Turn* first_ ABSL_GUARDED_BY(mutex_) = nullptr;  // of those who wait; each knows the next
  std::atomic<int64_t> since_ = 0;                 // SteadyNanos() when the holder got it
};

// What one connection has of it. By one thread at a time, except Wake().
class Turn {
 public:
  // While `cancelled` is true nobody waits here.
  Turn(std::shared_ptr<Turns> turns, const std::atomic<bool>& cancelled);
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool held() const { return turns_->holder_.load(std::memory_order_acquire) == this; }
  // Takes it, when nobody has it.
  bool Try();
  // Queues, where it does not yet, until it is held, or until SteadyNanos() is `until`, or until it is cancelled; whether it is
  // held. Whoever gives up calls Release().
  bool Await(int64_t until);
  // When the turn last went to another connection.
  int64_t since() const { return turns_->since_.load(std::memory_order_relaxed); }
  // Gives it on, or leaves the queue.
  void Release();

  // Sleeps until `until` or until it is cancelled.
  void Nap(int64_t until);
  // After `cancelled` became true, from any thread.
  void Wake();

 private:
  friend class Turns;

  const std::shared_ptr<Turns> turns_;
  const std::atomic<bool>& cancelled_;
  bool queued_ ABSL_GUARDED_BY(turns_->mutex_) = false;
  Turn* next_ ABSL_GUARDED_BY(turns_->mutex_) = nullptr;
  std::condition_variable changed_;
};

}  // namespace ferro::sqlite
