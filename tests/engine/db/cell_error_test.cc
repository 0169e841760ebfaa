#include "engine/db/cell_error.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace ferro::db {
namespace {

TEST(CellError, SaysWhereAndKeepsTheKeyApart) {
  std::string key;
  AppendKey(key, "id", Value::Int64(-5));
  AppendKey(key, "tag", Value::Bytes(Type::kText, "a"));
  const absl::Status status = CellError(ErrorClass::kOutOfRange,
                                        {.column = "born", .table = "people", .row = 2, .key = key},
                                        "it is wrong", "mend it");
  EXPECT_EQ(status.message(),
            "column \"born\" of table \"people\", row 3 of the result: it is wrong");
  const ErrorDetail detail = DetailOf(status);
  EXPECT_EQ(detail.error_class, ErrorClass::kOutOfRange);
  EXPECT_EQ(detail.column, "born");
  EXPECT_EQ(detail.table, "people");
  EXPECT_EQ(detail.row, 2);
  EXPECT_EQ(detail.hint, "mend it");
  EXPECT_EQ(detail.detail, "the row with \"id\" = -5, \"tag\" = 'a'");
}

TEST(CellError, TheTableCanBeAddedLater) {
  const absl::Status bare = CellError(ErrorClass::kBadStoredValue,
                                      {.column = "a", .table = {}, .row = 0, .key = {}}, "no");
  EXPECT_EQ(bare.message(), "column \"a\", row 1 of the result: no");
  EXPECT_EQ(DetailOf(bare).detail, "");
  EXPECT_EQ(WithTable(bare, "", "").message(), bare.message());
  const absl::Status known = WithTable(bare, "t", "\"id\" = 1");
  EXPECT_EQ(known.message(), "column \"a\" of table \"t\", row 1 of the result: no");
  EXPECT_EQ(DetailOf(known).table, "t");
  EXPECT_EQ(DetailOf(known).detail, "the row with \"id\" = 1");
  const absl::Status column = CellError(ErrorClass::kBadStoredValue,
                                        {.column = "a", .table = {}, .row = -1, .key = {}}, "no");
  EXPECT_EQ(column.message(), "column \"a\": no");
  EXPECT_EQ(DetailOf(column).row, -1);
  EXPECT_OK(WithTable(absl::OkStatus(), "t", ""));
}

TEST(CellError, KeysOfEveryTypeAreShort) {
  const auto shown = [](const Value& value) {
    std::string key;
    AppendKey(key, "k", value);
    return key.substr(6);
  };
  EXPECT_EQ(shown(Value::Null()), "NULL");
  EXPECT_EQ(shown(Value::Bool(true)), "true");
  EXPECT_EQ(shown(Value::Float64(1.5)), "1.5");
  EXPECT_EQ(shown(Value::SmallDecimal(-150, 2)), "-1.50");
  EXPECT_EQ(shown(Value::Integer(Type::kDate, 0)), "1970-01-01");
  EXPECT_EQ(shown(Value::Integer(Type::kTime, 1)), "00:00:00.000001");
  EXPECT_EQ(shown(Value::Integer(Type::kTimestampTz, 0)), "1970-01-01 00:00:00.000000");
  EXPECT_EQ(shown(Value::Integer(Type::kInterval, 7)), "7");
  EXPECT_EQ(shown(Value::Bytes(Type::kUuid, "0123456789abcdef")),
            "30313233-3435-3637-3839-616263646566");
  EXPECT_EQ(shown(Value::Bytes(Type::kBytes, "\xFF")), "x'ff'");
  // Cut between characters: 199 bytes of 3 each leave one that does not fit.
  std::string text;
  for (int i = 0; i < 70; ++i) text += "漢";
  EXPECT_EQ(shown(Value::Bytes(Type::kText, text)), "'" + text.substr(0, 198) + "…'");
  EXPECT_LT(shown(Value::Bytes(Type::kBytes, text)).size(), 210u);
}

TEST(CellError, ATableIsReadOnceWhenItIsNamedOnce) {
  EXPECT_TRUE(ReadsOnce("SELECT * FROM visits WHERE a = 'visits'", "visits"));
  EXPECT_TRUE(ReadsOnce("SELECT \"visits\".\"a\" FROM \"visits\"", "visits"));
  EXPECT_TRUE(ReadsOnce("select `a` from `db`.`Visits`", "visits"));
  EXPECT_TRUE(ReadsOnce("SELECT a FROM [visits] JOIN others", "visits"));
  EXPECT_TRUE(ReadsOnce("SELECT \"with\" FROM visits", "visits"));
  EXPECT_FALSE(ReadsOnce("SELECT * FROM visits a JOIN visits b", "visits"));
  EXPECT_FALSE(ReadsOnce("SELECT * FROM visits a, \"visits\" b", "visits"));
  EXPECT_FALSE(ReadsOnce("SELECT * FROM a_view", "visits"));
  EXPECT_FALSE(ReadsOnce("WITH q AS (SELECT * FROM visits) SELECT * FROM q a, q b", "visits"));
  EXPECT_FALSE(ReadsOnce("SELECT 'unclosed FROM visits", "visits"));
  EXPECT_FALSE(ReadsOnce("", "visits"));
}

}  // namespace
}  // namespace ferro::db
