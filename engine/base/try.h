// The only macros of the engine: early return of a failed absl::Status. The CO_ forms are for coroutines
// (engine/runtime/task.h), which leave by co_return.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define FERRO_CONCAT_INNER(a, b) a##b
#define FERRO_CONCAT(a, b) FERRO_CONCAT_INNER(a, b)

#define FERRO_TRY(expression)                                              \
  do {                                                                     \
    if (absl::Status ferro_status = (expression); !ferro_status.ok()) {    \
      return ferro_status;                                                 \
    }                                                                      \
  } while (false)

#define FERRO_ASSIGN_INNER(holder, declaration, expression) \
  auto holder = (expression);                               \
  if (!holder.ok()) return std::move(holder).status();      \
  declaration = *std::move(holder)

// FERRO_ASSIGN(auto compiled, Compile(...)): declares, or returns the error.
#define FERRO_ASSIGN(declaration, ...) \
  FERRO_ASSIGN_INNER(FERRO_CONCAT(ferro_or_, __LINE__), declaration, (__VA_ARGS__))

#define FERRO_CO_TRY(...)                                                  \
  do {                                                                     \
    if (absl::Status ferro_status = (__VA_ARGS__); !ferro_status.ok()) {   \
      co_return ferro_status;                                              \
    }                                                                      \
  } while (false)

#define FERRO_CO_ASSIGN_INNER(holder, declaration, expression) \
  auto holder = (expression);                                  \
  if (!holder.ok()) co_return std::move(holder).status();      \
  declaration = *std::move(holder)

#define FERRO_CO_ASSIGN(declaration, ...) \
  FERRO_CO_ASSIGN_INNER(FERRO_CONCAT(ferro_or_, __LINE__), declaration, (__VA_ARGS__))
