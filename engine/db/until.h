// The time that the database gives each statement, for a stretch of an operation: unless the operation has a deadline
// of its own, which then holds instead.
#pragma once

#include <algorithm>

#include "absl/time/time.h"
#include "engine/runtime/clock.h"
#include "engine/runtime/task.h"

namespace ferro::db {

class Until {
 public:
  Until(runtime::Context& context, absl::Duration timeout)
      : context_(context), timeout_(timeout), outer_(context.deadline) {
    Renew();
  }
  ~Until() { context_.deadline = outer_; }
  Until(const Until&) = delete;
  Until& operator=(const Until&) = delete;

  // From now on again.
  void Renew() {
    if (!context_.own_deadline) context_.deadline = std::min(outer_, runtime::Now() + timeout_);
  }

 private:
  runtime::Context& context_;
  const absl::Duration timeout_;
  const absl::Time outer_;
};

}  // namespace ferro::db
