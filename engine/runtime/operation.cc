#include "engine/runtime/operation.h"

#include <poll.h>

#include <algorithm>
#include <limits>
#include <new>

#include "absl/time/clock.h"
#include "engine/base/error.h"

namespace ferro::runtime {

int64_t MillisecondsUntil(absl::Time deadline) {
  if (deadline == absl::InfiniteFuture()) return -1;
  const absl::Duration left = deadline - absl::Now();
  if (left <= absl::ZeroDuration()) return 0;
  return absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)));
}

Progress Operation::Resume() {
  if (ended_) return Progress::kDone;
  const Progress progress = context_.Resume();
  if (progress != Progress::kDone) return progress;
  ended_ = true;
  try {
    status_ = body_.Take();
  } catch (const std::bad_alloc&) {
    status_ = MakeError(ErrorClass::kMemory, "memory is exhausted");
  } catch (const std::exception&) {
    status_ = MakeError(ErrorClass::kInternal, "an unexpected exception ended the operation");
  }
  Abort();
  return Progress::kDone;
}

Progress Operation::Step() {
  context_.blocking = false;
  return Resume();
}

Progress Operation::Block() {
  context_.blocking = true;
  for (;;) {
    const Progress progress = Resume();
    if (progress != Progress::kWait) return progress;
    const Wait& wait = context_.wait;
    pollfd entry{wait.fd,
                 static_cast<short>((wait.read ? POLLIN : 0) | (wait.write ? POLLOUT : 0)), 0};
    const int64_t left = MillisecondsUntil(wait.deadline);
    // An interrupted poll resumes the operation for nothing, which is allowed.
    poll(&entry, 1, static_cast<int>(std::min<int64_t>(left, std::numeric_limits<int>::max())));
  }
}

}  // namespace ferro::runtime
