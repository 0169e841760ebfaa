// What a Status carries through its payload, and the macros that return it.
#include "engine/base/error.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "engine/base/try.h"

namespace ferro {
namespace {

TEST(Error, CarriesItsClassThroughAStatus) {
  for (int i = 1; i <= static_cast<int>(kLastErrorClass); ++i) {
    const auto error_class = static_cast<ErrorClass>(i);
    const absl::Status status = MakeError(error_class, "it failed");
    EXPECT_FALSE(status.ok()) << i;
    EXPECT_EQ(ClassOf(status), error_class);
    EXPECT_EQ(status.message(), "it failed");
  }
}

TEST(Error, HasADifferentNameForEachClass) {
  std::set<std::string> names;
  for (int i = 1; i <= static_cast<int>(kLastErrorClass); ++i) {
    names.insert(std::string(Name(static_cast<ErrorClass>(i))));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(kLastErrorClass));
  EXPECT_EQ(names.count(""), 0u);
  EXPECT_EQ(Name(static_cast<ErrorClass>(200)), "unknown");
}

TEST(Error, CarriesEveryFieldOfItsDetail) {
  ErrorDetail detail;
  detail.error_class = ErrorClass::kUnique;
  detail.sqlstate = "23505";
  detail.native_code = -1062;
  detail.constraint = "users_email";
  detail.table = "users";
  detail.column = "email, name";
  detail.detail = std::string("a\0b", 3);
  detail.hint = "use another";
  detail.sql = "INSERT";
  detail.row = 41;

  const ErrorDetail copy = DetailOf(MakeError(detail, "a row exists"));

  EXPECT_EQ(copy.error_class, detail.error_class);
  EXPECT_EQ(copy.sqlstate, detail.sqlstate);
  EXPECT_EQ(copy.native_code, detail.native_code);
  EXPECT_EQ(copy.constraint, detail.constraint);
  EXPECT_EQ(copy.table, detail.table);
  EXPECT_EQ(copy.column, detail.column);
  EXPECT_EQ(copy.detail, detail.detail);
  EXPECT_EQ(copy.hint, detail.hint);
  EXPECT_EQ(copy.sql, detail.sql);
  EXPECT_EQ(copy.row, detail.row);
}

TEST(Error, KeepsTheServersDetailOutOfTheMessage) {
  ErrorDetail detail;
  detail.error_class = ErrorClass::kUnique;
  detail.detail = "Key (email)=(secret) exists";
  EXPECT_EQ(MakeError(detail, "a row exists").message(), "a row exists");
}

TEST(Error, HasAHint) {
  EXPECT_EQ(DetailOf(MakeErrorWithHint(ErrorClass::kUnsupported, "no", "do that")).hint, "do that");
}

TEST(Error, ChangesItsDetailAndNothingElse) {
  const absl::Status before = MakeErrorWithHint(ErrorClass::kLock, "locked", "wait");
  const absl::Status after = WithDetail(before, [](ErrorDetail& detail) { detail.row = 7; });
  EXPECT_EQ(after.message(), "locked");
  EXPECT_EQ(ClassOf(after), ErrorClass::kLock);
  EXPECT_EQ(DetailOf(after).hint, "wait");
  EXPECT_EQ(DetailOf(after).row, 7);
  EXPECT_EQ(DetailOf(before).row, -1);
}

TEST(Error, LeavesSuccessAlone) {
  EXPECT_TRUE(WithDetail(absl::OkStatus(), [](ErrorDetail& detail) { detail.row = 7; }).ok());
}

TEST(Error, FindsAClassForAForeignStatus) {
  EXPECT_EQ(ClassOf(absl::InternalError("x")), ErrorClass::kInternal);
  EXPECT_EQ(ClassOf(absl::ResourceExhaustedError("x")), ErrorClass::kMemory);
  EXPECT_EQ(ClassOf(absl::InvalidArgumentError("x")), ErrorClass::kInvalidArgument);
}

TEST(Error, KnowsWhichFailuresSpoilAConnection) {
  EXPECT_TRUE(LeavesConnectionInDoubt(ErrorClass::kConnection));
  EXPECT_TRUE(LeavesConnectionInDoubt(ErrorClass::kTimeout));
  EXPECT_FALSE(LeavesConnectionInDoubt(ErrorClass::kUnique));
  EXPECT_FALSE(LeavesConnectionInDoubt(ErrorClass::kDeadlock));
}

absl::StatusOr<int> Half(int number) {
  if (number % 2 != 0) return MakeError(ErrorClass::kData, "odd");
  return number / 2;
}
absl::StatusOr<int> Quarter(int number) {
  FERRO_ASSIGN(const int half, Half(number));
  return Half(half);
}
absl::Status BothEven(int a, int b) {
  FERRO_TRY(Half(a).status());
  FERRO_TRY(Half(b).status());
  return absl::OkStatus();
}

TEST(Try, ReturnsTheFirstFailure) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(ClassOf(Quarter(3).status()), ErrorClass::kData);
  EXPECT_EQ(ClassOf(Quarter(6).status()), ErrorClass::kData);
  EXPECT_TRUE(BothEven(2, 4).ok());
  EXPECT_FALSE(BothEven(1, 2).ok());
  EXPECT_FALSE(BothEven(2, 1).ok());
}

}  // namespace
}  // namespace ferro
