// What scenarios drive operations with, and free them with.
#pragma once

#include <poll.h>

#include "tests/capi/memory/scenarios.h"

#define OR_RETURN(call)                       \
  do {                                        \
    const ferro_code code_of_call = (call);   \
    if (code_of_call != FERRO_OK) return code_of_call; \
  } while (false)

namespace failing {

constexpr int64_t kPatience = 20'000;  // milliseconds for an operation that nobody answers

struct Freed {
  ferro_operation* operation = nullptr;
  ferro_transaction* transaction = nullptr;
  ferro_statement* statement = nullptr;
  ferro_plan* plan = nullptr;
  ferro_database* database = nullptr;
  Freed() = default;
  Freed(const Freed&) = delete;
  Freed& operator=(const Freed&) = delete;
  ~Freed() {
    ferro_operation_free(operation);
    ferro_transaction_free(transaction);
    ferro_statement_free(statement);
    ferro_plan_free(plan);
    ferro_database_free(database);
  }
};

inline pollfd Awaited(const ferro_operation* operation) {
  const int32_t interest = ferro_operation_interest(operation);
  const int events =
      ((interest & FERRO_WAIT_READ) != 0 ? POLLIN : 0) | ((interest & FERRO_WAIT_WRITE) != 0 ? POLLOUT : 0);
  return {ferro_operation_descriptor(operation), static_cast<short>(events), 0};
}

inline void PollFor(const ferro_operation* operation) {
  pollfd entry = Awaited(operation);
  int64_t timeout = ferro_operation_timeout(operation);
  if (timeout < 0 || timeout > kPatience) timeout = kPatience;
  poll(&entry, 1, static_cast<int>(timeout));
}

// pipelines.cc
ferro_code ShareConnections(World& world, ferro_error** error);

}  // namespace failing
