// Drives a task to its end in a test, as ferro_operation_wait does: poll on what it waits for, collect batches.
#pragma once

#include <poll.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "engine/db/driver.h"
#include "engine/runtime/task.h"

namespace ferro::testing {

// Waits as the operation says: for its descriptor if there is one, until its deadline.
inline void PollFor(const runtime::Wait& wait) {
  if (wait.fd < 0) return;
  const int events = (wait.read ? POLLIN : 0) | (wait.write ? POLLOUT : 0);
  pollfd entry{wait.fd, static_cast<short>(events), 0};
  int timeout = -1;
  if (wait.deadline != absl::InfiniteFuture()) {
    timeout = static_cast<int>(
        std::clamp<int64_t>(absl::ToInt64Milliseconds(wait.deadline - absl::Now()) + 1, 0, 60'000));
  }
  poll(&entry, 1, timeout);
}

// `blocking` as in Context: false is how an event loop drives it.
template <class T>
T RunTask(runtime::Task<T> task, bool blocking = false) {
  runtime::Context context;
  context.blocking = blocking;
  task.StartIn(context);
  while (context.Resume() != runtime::Progress::kDone) PollFor(context.wait);
  return task.Take();
}

// Calls `each` for every row.
class EachRow : public db::RowSink {
 public:
  explicit EachRow(std::function<void(std::span<const Value>)> each) : each_(std::move(each)) {}
  runtime::Task<absl::Status> Accept(Batch& batch) override {
    for (size_t i = 0; i < batch.rows(); ++i) each_(std::as_const(batch).row(i));
    co_return absl::OkStatus();
  }

 private:
  std::function<void(std::span<const Value>)> each_;
};

}  // namespace ferro::testing
