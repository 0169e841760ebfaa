#include "engine/runtime/operation.h"

#include <poll.h>

#include <algorithm>
#include <limits>
#include <new>

#include "engine/base/error.h"
#include "engine/base/memory_error.h"
#include "engine/runtime/clock.h"

namespace ferro::runtime {

int64_t MillisecondsUntil(absl::Time deadline) {
  if (deadline == absl::InfiniteFuture()) return -1;
  const absl::Duration left = deadline - Now();
  if (left <= absl::ZeroDuration()) return 0;
  return absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)));
}

void Operation::Abort() {
  if (born_.here()) {
    body_ = {};
  } else {
    new Task<absl::Status>(std::move(body_));
  }
}

Progress Operation::End(absl::Status status) {
  ended_ = true;
  status_ = std::move(status);
  Abort();
  return Progress::kDone;
}

Progress Operation::Resume() {
  if (ended_) return Progress::kDone;
  if (!born_.here()) return End(ForkedError());
  const Progress progress = context_.Resume();
  if (progress != Progress::kDone) return progress;
  try {
    return End(body_.Take());
  } catch (const std::bad_alloc&) {
    return End(MemoryError());
  } catch (const std::exception&) {
    return End(absl::InternalError("an unexpected exception ended the operation"));
  }
}

Progress Operation::Step() {
  context_.blocking = false;
  return Resume();
}

Progress Operation::Block() {
  context_.blocking = true;
  return Poll();
}

Progress Operation::Drive() {
  context_.blocking = false;
  return Poll();
}

Progress Operation::Poll() {
  for (;;) {
    const Progress progress = Resume();
    if (progress != Progress::kWait) return progress;
    if (!PollOnce()) return End(MakeError(ErrorClass::kCancelled, "the wait was interrupted"));
  }
}

bool Operation::PollOnce() {
  const Wait& wait = context_.wait;
  const Interrupt& interrupt = context_.interrupt;
  pollfd entry{wait.fd, static_cast<short>((wait.read ? POLLIN : 0) | (wait.write ? POLLOUT : 0)), 0};
  for (;;) {
    const int64_t left = MillisecondsUntil(wait.deadline);
    int64_t most = std::numeric_limits<int>::max();
    if (interrupt) most = absl::ToInt64Milliseconds(kAskEvery);
    const int timeout = static_cast<int>(left < 0 ? (interrupt ? most : -1) : std::min(left, most));
    const int ready = poll(&entry, 1, timeout);
    // A signal ends the poll, and may be what the caller is asked about.
    if (interrupt && ready <= 0 && interrupt.ask(interrupt.data)) return false;
    // An interrupted poll resumes the operation for nothing, which is allowed.
    if (ready != 0 || left >= 0) return true;
  }
}

}  // namespace ferro::runtime
