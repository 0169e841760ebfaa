// One SQL expression at a time on a bare connection that has our functions; what comes out is
// compared as text.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdio>
#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"
#include "dialects/sqlite/errors.h"
#include "dialects/sqlite/functions/register.h"
#include "dialects/sqlite/handle.h"
#include "tests/support/status_matchers.h"

namespace ferro::sqlite {

class FunctionsTest : public ::testing::Test {
 protected:
  FunctionsTest() {
    EXPECT_EQ(Open(":memory:", db_), SQLITE_OK);
    EXPECT_OK(RegisterFunctions(db_.get()));
  }

  // The first column of all rows: "NULL", an integer, a REAL with 17 digits, a text in apostrophes;
  // or "out of range: …" and the like. A text is bound to each '?'.
  std::string Select(absl::string_view expression,
                     std::initializer_list<absl::string_view> texts = {}) {
    const std::string sql = absl::StrCat("SELECT ", expression);
    StatementHandle statement;
    absl::string_view tail;
    if (Prepare(db_.get(), sql, false, statement, tail) != SQLITE_OK) return Error(sql);
    int position = 0;
    for (const absl::string_view text : texts) {
      sqlite3_bind_text64(statement.get(), ++position, text.data(), text.size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
    }
    std::string out;
    int code = sqlite3_step(statement.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(statement.get())) {
      absl::StrAppend(&out, out.empty() ? "" : " ", Show(sqlite3_column_value(statement.get(), 0)));
    }
    return code == SQLITE_DONE ? out : Error(sql);
  }

  // An aggregate over the frame of a row and `before` rows before it. `values`: "(1), (2)".
  std::string Sliding(absl::string_view aggregate, int before, absl::string_view values) {
    return Select(absl::StrCat(aggregate, "(column1) OVER (ROWS ", before,
                               " PRECEDING) FROM (VALUES ", values, ")"));
  }

  // Every call of `function` with NULL for one of its arguments gives NULL.
  void ExpectStrict(absl::string_view function,
                    std::initializer_list<absl::string_view> arguments) {
    for (size_t null = 0; null < arguments.size(); ++null) {
      std::string call = absl::StrCat(function, "(");
      size_t i = 0;
      for (const absl::string_view argument : arguments) {
        absl::StrAppend(&call, i == 0 ? "" : ", ", i == null ? "NULL" : argument);
        ++i;
      }
      EXPECT_EQ(Select(absl::StrCat(call, ")")), "NULL") << call;
    }
  }

  DatabaseHandle db_;

 private:
  static std::string Show(sqlite3_value* value) {
    const auto* const text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    switch (sqlite3_value_type(value)) {
      case SQLITE_NULL:
        return "NULL";
      case SQLITE_FLOAT: {
        char digits[32];
        std::snprintf(digits, sizeof digits, "%.17g", sqlite3_value_double(value));
        return absl::StrCat("r", digits);
      }
      case SQLITE_TEXT:
        return absl::StrCat(
            "'", absl::string_view(text, static_cast<size_t>(sqlite3_value_bytes(value))), "'");
      default:
        return text;
    }
  }

  std::string Error(absl::string_view sql) {
    const absl::Status status =
        MakeSqliteError(db_.get(), sqlite3_extended_errcode(db_.get()), Phase::kRun, sql);
    return absl::StrCat(Name(ClassOf(status)), ": ", status.message());
  }
};

}  // namespace ferro::sqlite
