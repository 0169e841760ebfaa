// How long SQLite may keep the thread it is on: the budget of a statement on an event loop's
// thread, the wait for a lock, the operation's deadline and its cancellation, all through SQLite's
// progress and busy handlers. One thread at a time, except Cancel().
//
// Who waits for a lock queues first behind the others of its pool (turns.h), for as long as busy_timeout says for each of
// them, and then waits that long for the lock itself, which others may hold.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "dialects/sqlite/turns.h"
#include "engine/runtime/task.h"

namespace ferro::sqlite {

// What a statement may take of an event loop's thread before it goes on elsewhere.
inline constexpr int64_t kBudgetNanos = 200'000;

// A clock that nobody sets.
int64_t SteadyNanos();

class Pace {
 public:
  enum class Mode : uint8_t {
    kBudget,   // on the loop's thread: stops when the budget is spent, never waits for a lock
    kInline,   // on the loop's thread, but not to be stopped half-way; never waits for a lock
    kWaiting,  // on a thread that may wait: for locks, and until the deadline
  };

  // Installs the handlers on `db`, and takes them off at the end.
  Pace(sqlite3* db, absl::Duration busy_timeout, std::shared_ptr<Turns> turns);
  ~Pace();
  Pace(const Pace&) = delete;
  Pace& operator=(const Pace&) = delete;

  // Before each stretch of work. `deadline` counts in kWaiting only.
  // In kWaiting `interrupt` is asked from time to time, if there is one.
  void Begin(Mode mode, absl::Time deadline = absl::InfiniteFuture(), runtime::Interrupt interrupt = {});

  // A row is ready: from now on it would be a loss to stop in the middle of finding the next one,
  // so the handler waits for twice the budget before it does that. The caller stops between rows,
  // when expired().
  void HaveRow() { have_row_ = true; }
  // Whether the handlers have found that the budget or the deadline has passed; Look() asks the
  // clock itself.
  bool expired() const { return expired_; }
  void Look() { expired_ = expired_ || SteadyNanos() >= stop_at_; }

  bool waits() const { return mode_ == Mode::kWaiting; }

  bool cancelled() const { return interrupted_ || cancelled_.load(std::memory_order_relaxed); }

  // Before work is given to another thread; then from any thread, to end that work soon.
  void Arm() { cancelled_.store(false, std::memory_order_relaxed); }
  void Cancel() {
    cancelled_.store(true, std::memory_order_relaxed);
    sqlite3_interrupt(db_);
    turn_.Wake();
  }

  // The turn to write, if it is to be had at once.
  bool TryTurn() { return turn_.Try(); }
  // In kWaiting: queues for it. False when its time was up, or it was cancelled or interrupted.
  bool AwaitTurn();
  // Lets the next one write, unless this connection still holds SQLite's lock.
  void EndTurn();

 private:
  bool AskedToStop(int64_t now);
  // When to stop waiting for what has been waited for since then.
  int64_t GiveUpAt(int64_t since) const;
  static int OnProgress(void* self);
  static int OnBusy(void* self, int count);

  sqlite3* const db_;
  const int64_t busy_nanos_;
  Mode mode_ = Mode::kWaiting;
  bool have_row_ = false;
  bool expired_ = false;
  int64_t stop_at_ = INT64_MAX;
  int64_t busy_since_ = 0;
  runtime::Interrupt interrupt_;
  int64_t ask_at_ = 0;
  bool interrupted_ = false;  // the answer was yes
  std::atomic<bool> cancelled_ = false;
  Turn turn_;
};

}  // namespace ferro::sqlite
