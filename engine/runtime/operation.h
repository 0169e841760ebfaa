// One request under way: a root coroutine, what it shares with its children, and how it ended. Whoever holds it
// drives it: Step() never blocks, Block() polls. One thread at a time; it may move between threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/runtime/fork.h"
#include "engine/runtime/task.h"

namespace ferro::runtime {

class Operation {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation() { Abort(); }

  // `body` may hold references to this operation and to memory that outlives it.
  void Start(Task<absl::Status> body) {
    body_ = std::move(body);
    body_.StartIn(context_);
  }

  // As far as possible without blocking. After kDone, status() says how it ended.
  Progress Step();
  // Blocks this thread until there is a batch or the end; asks Context::interrupt meanwhile.
  Progress Block();
  // Likewise, but what takes long is done as for an event loop: on threads apart, which a deadline can leave behind.
  Progress Drive();
  // Drops the coroutines and what they hold (connections, buffers) before the operation itself goes. In a child by fork()
  // what they hold is the parent's, and is left alone for ever.
  void Abort();

  Context& context() { return context_; }
  const Context& context() const { return context_; }
  const absl::Status& status() const { return status_; }

  int64_t rows_affected = 0;
  std::vector<int64_t> counts;  // of several statements: the rows of each
  size_t position = 0;          // of several statements: the one that is at work, or has failed
  std::vector<std::string> columns;  // where the server says what they are: known with the first rows

 private:
  Progress Resume();
  Progress Poll();
  // True when it has waited for what the operation waits for; false when the caller wants no more.
  bool PollOnce();
  Progress End(absl::Status status);

  Context context_;
  Task<absl::Status> body_;
  absl::Status status_;
  bool ended_ = false;
  Born born_;
};

// Milliseconds until `deadline`, rounded up so that a wait never ends early; 0 when it has passed, -1 for never.
int64_t MillisecondsUntil(absl::Time deadline);

}  // namespace ferro::runtime
