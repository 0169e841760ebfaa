// EXPECT_OK and ASSERT_OK_AND_ASSIGN: GoogleTest 1.12 has no matchers for absl::Status.
#pragma once

#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <class T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

}  // namespace ferro::testing

#define EXPECT_OK(expression)                                                      \
  do {                                                                             \
    const auto& ferro_result = (expression);                                       \
    EXPECT_TRUE(ferro_result.ok()) << ::ferro::testing::StatusOf(ferro_result);    \
  } while (false)

#define ASSERT_OK(expression)                                                      \
  do {                                                                             \
    const auto& ferro_result = (expression);                                       \
    ASSERT_TRUE(ferro_result.ok()) << ::ferro::testing::StatusOf(ferro_result);    \
  } while (false)

#define ASSERT_OK_AND_ASSIGN_INNER(holder, declaration, expression)                \
  auto holder = (expression);                                                      \
  ASSERT_TRUE(holder.ok()) << holder.status();                                     \
  declaration = *std::move(holder)

#define ASSERT_OK_AND_ASSIGN(declaration, ...) \
  ASSERT_OK_AND_ASSIGN_INNER(FERRO_CONCAT(ferro_or_, __LINE__), declaration, (__VA_ARGS__))

#define EXPECT_ERROR(expected_class, expression)                                   \
  do {                                                                             \
    const auto& ferro_result = (expression);                                       \
    ASSERT_FALSE(ferro_result.ok()) << "it succeeded";                             \
    EXPECT_EQ(::ferro::ClassOf(::ferro::testing::StatusOf(ferro_result)), expected_class) \
        << ::ferro::testing::StatusOf(ferro_result);                               \
  } while (false)
