#include "dialects/sqlite/pace.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "engine/runtime/clock.h"

namespace ferro::sqlite {
namespace {

// About 2 us of work; asking the clock this often costs a lookup nothing that can be measured.
constexpr int kOpsBetweenLooks = 200;

// How long to sleep before the n-th look at a lock. Short at first (most locks are held for one
// commit), never long, since a cancellation is only seen between two sleeps.
constexpr std::array kSleepsMillis = {1, 2, 5, 10, 15, 20, 25};

// How often somebody who waits for the turn looks up; a cancellation wakes it.
constexpr int64_t kBetweenAsking = 25'000'000;

}  // namespace

int64_t SteadyNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Pace::Pace(sqlite3* db, absl::Duration busy_timeout, std::shared_ptr<Turns> turns)
    : db_(db),
      busy_nanos_(std::max<int64_t>(0, absl::ToInt64Nanoseconds(busy_timeout))),
      turn_(std::move(turns), cancelled_) {
  sqlite3_progress_handler(db, kOpsBetweenLooks, &OnProgress, this);
  sqlite3_busy_handler(db, &OnBusy, this);
}

Pace::~Pace() {
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  sqlite3_busy_handler(db_, nullptr, nullptr);
}

void Pace::Begin(Mode mode, absl::Time deadline, runtime::Interrupt interrupt) {
  mode_ = mode;
  interrupt_ = mode == Mode::kWaiting ? interrupt : runtime::Interrupt();
  interrupted_ = false;
  ask_at_ = 0;
  have_row_ = false;
  expired_ = false;
  busy_since_ = 0;
  stop_at_ = INT64_MAX;
  if (mode == Mode::kBudget) {
    stop_at_ = SteadyNanos() + kBudgetNanos;
  } else if (mode == Mode::kWaiting && deadline != absl::InfiniteFuture()) {
    stop_at_ = SteadyNanos() + std::clamp<int64_t>(absl::ToInt64Nanoseconds(deadline - runtime::Now()),
                                                   0, INT64_MAX / 2);
  }
}

bool Pace::AskedToStop(int64_t now) {
  if (!interrupt_) return false;
  // The first time is not yet the time: most statements are over before that.
  if (ask_at_ != 0 && now >= ask_at_) interrupted_ = interrupted_ || interrupt_.ask(interrupt_.data);
  if (now >= ask_at_) ask_at_ = now + absl::ToInt64Nanoseconds(runtime::kAskEvery);
  return interrupted_;
}

int Pace::OnProgress(void* self) {
  Pace& pace = *static_cast<Pace*>(self);
  if (pace.cancelled()) return 1;
  pace.EndTurn();  // of a read, which has its lock now
  if (pace.stop_at_ == INT64_MAX && !pace.interrupt_) return 0;
  const int64_t now = SteadyNanos();
  if (pace.AskedToStop(now)) return 1;
  if (now < pace.stop_at_) return 0;
  pace.expired_ = true;
  const bool row_soon = pace.mode_ == Mode::kBudget && pace.have_row_;
  return row_soon && now < pace.stop_at_ + kBudgetNanos ? 0 : 1;
}

int64_t Pace::GiveUpAt(int64_t since) const {
  return std::min(stop_at_, busy_nanos_ > INT64_MAX - since ? INT64_MAX : since + busy_nanos_);
}

bool Pace::AwaitTurn() {
  const int64_t began = SteadyNanos();
  for (int64_t now = began;; now = SteadyNanos()) {
    const int64_t give_up = GiveUpAt(std::max(began, turn_.since()));
    if (now >= stop_at_) expired_ = true;
    AskedToStop(now);
    if (now >= give_up || cancelled()) break;
    if (turn_.Await(std::min(give_up, now + kBetweenAsking))) {
      busy_since_ = 0;  // now for the lock itself
      return true;
    }
  }
  turn_.Release();
  return false;
}

void Pace::EndTurn() {
  if (!turn_.held() || sqlite3_txn_state(db_, nullptr) == SQLITE_TXN_WRITE) return;
  turn_.Release();
}

int Pace::OnBusy(void* self, int count) {
  Pace& pace = *static_cast<Pace*>(self);
  if (pace.mode_ != Mode::kWaiting) return 0;
  // Who holds a lock does not queue: the others may wait for it.
  if (!pace.turn_.held() && sqlite3_txn_state(pace.db_, nullptr) == SQLITE_TXN_NONE) {
    return pace.AwaitTurn() ? 1 : 0;
  }
  const int64_t now = SteadyNanos();
  // SQLite counts on from one wait to the next in some of its paths.
  if (count == 0 || pace.busy_since_ == 0) pace.busy_since_ = now;
  const int64_t give_up = pace.GiveUpAt(pace.busy_since_);
  if (now >= pace.stop_at_) pace.expired_ = true;
  pace.AskedToStop(now);
  if (now >= give_up || pace.cancelled()) return 0;
  const size_t step = std::min(static_cast<size_t>(count), kSleepsMillis.size() - 1);
  pace.turn_.Nap(std::min(give_up, now + int64_t{kSleepsMillis[step]} * 1'000'000));
  return 1;
}

}  // namespace ferro::sqlite
