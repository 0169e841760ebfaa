#include "dialects/sqlite/pace.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "engine/runtime/clock.h"


namespace ferro::sqlite {
namespace {

// About 2 us of work; asking the clock this often costs a lookup nothing that can be measured.
constexpr int kOpsBetweenLooks = 200;

// How long to sleep before the n-th look at a lock. Short at first (most locks are held for one
// commit), never long, since a cancellation is only seen between two sleeps.
constexpr std::array kSleepsMillis = {1, 2, 5, 10, 15, 20, 25};

}  // namespace

int64_t SteadyNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Pace::Pace(sqlite3* db, absl::Duration busy_timeout)
    : db_(db), busy_nanos_(std::max<int64_t>(0, absl::ToInt64Nanoseconds(busy_timeout))) {
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
  if (pace.stop_at_ == INT64_MAX && !pace.interrupt_) return 0;
  const int64_t now = SteadyNanos();
  if (pace.AskedToStop(now)) return 1;
  if (now < pace.stop_at_) return 0;
  pace.expired_ = true;
  const bool row_soon = pace.mode_ == Mode::kBudget && pace.have_row_;
  return row_soon && now < pace.stop_at_ + kBudgetNanos ? 0 : 1;
}

int Pace::OnBusy(void* self, int count) {
  Pace& pace = *static_cast<Pace*>(self);
  if (pace.mode_ != Mode::kWaiting) return 0;
  const int64_t now = SteadyNanos();
  if (count == 0) pace.busy_since_ = now;
  const int64_t give_up = std::min(pace.stop_at_, pace.busy_nanos_ > INT64_MAX - pace.busy_since_
                                                      ? INT64_MAX
                                                      : pace.busy_since_ + pace.busy_nanos_);
  if (now >= pace.stop_at_) pace.expired_ = true;
  pace.AskedToStop(now);
  if (now >= give_up || pace.cancelled()) return 0;
  const size_t step = std::min(static_cast<size_t>(count), kSleepsMillis.size() - 1);
  const int64_t sleep = std::min<int64_t>(int64_t{kSleepsMillis[step]} * 1'000'000, give_up - now);
  std::this_thread::sleep_for(std::chrono::nanoseconds(sleep));
  return 1;
}

}  // namespace ferro::sqlite
