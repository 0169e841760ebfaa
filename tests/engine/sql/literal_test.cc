// Values in definitions: the text that each server gets, and what is refused.
#include "engine/sql/literal.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/engine/sql/compiling.h"

namespace ferro::sql {
namespace {

using testing::DialectOf;

absl::StatusOr<std::string> LiteralOf(const ServerVersion& server, const Value& value,
                                      Type type = Type::kNull) {
  const DialectProfile profile = DialectOf(server)->resolve(server);
  Text text;
  text.pieces = {"<", ">"};
  text.literals = true;
  text.binds = {Bind{BindSource::kParameter, 0, type}};
  return WithLiterals(text, profile, {&value, 1});
}

std::string Shown(const ServerVersion& server, const Value& value, Type type = Type::kNull) {
  const auto text = LiteralOf(server, value, type);
  return text.ok() ? *text : std::string(text.status().message());
}

Value Text_(absl::string_view text) { return Value::Bytes(Type::kText, text); }

constexpr absl::string_view kUuid("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
                                  16);

TEST(Literal, OfPostgresqlIsATextWithItsType) {
  SKIP_WITHOUT(testing::kPostgresql);
  const auto shown = [](const Value& value) { return Shown(testing::kPostgresql, value); };
  EXPECT_EQ(shown(Text_("it's \\ $1")), "<'it''s \\ $1'::text>");
  EXPECT_EQ(shown(Value::Int64(std::numeric_limits<int64_t>::min())),
            "<'-9223372036854775808'::bigint>");
  EXPECT_EQ(shown(Value::Bool(true)), "<'true'::boolean>");
  EXPECT_EQ(shown(Value::Float64(-0.1)), "<'-0.10000000000000001'::double precision>");
  EXPECT_EQ(shown(Value::SmallDecimal(-1230, 2)), "<'-12.30'::numeric>");
  EXPECT_EQ(shown(Value::Bytes(Type::kBytes, "a'")), "<'\\x6127'::bytea>");
  EXPECT_EQ(shown(Value::Bytes(Type::kUuid, kUuid)),
            "<'00112233-4455-6677-8899-aabbccddeeff'::uuid>");
  EXPECT_EQ(shown(Value::Integer(Type::kInterval, -3'600'000'001)),
            "<'-1:00:00.000001'::interval>");
  EXPECT_EQ(shown(Value::Integer(Type::kTimestampTz, 0)),
            "<'1970-01-01 00:00:00.000000Z'::timestamptz>");
  EXPECT_EQ(Shown(testing::kPostgresql, Value::Null(), Type::kDate), "<NULL::date>");
}

TEST(Literal, OfSqliteIsWhatIsStored) {
  SKIP_WITHOUT(testing::kSqlite);
  const auto shown = [](const Value& value) { return Shown(testing::kSqlite, value); };
  EXPECT_EQ(shown(Text_("it's \\ ?")), "<'it''s \\ ?'>");
  EXPECT_EQ(shown(Value::Int64(-1)), "<(-1)>");
  EXPECT_EQ(shown(Value::Bool(false)), "<0>");
  EXPECT_EQ(shown(Value::Float64(2)), "<2E0>");
  EXPECT_EQ(shown(Value::Float64(1e300)), "<1e+300>");
  EXPECT_EQ(shown(Value::SmallDecimal(150, 2)), "<'1.50'>");
  EXPECT_EQ(shown(Value::Bytes(Type::kUuid, kUuid)), "<X'00112233445566778899aabbccddeeff'>");
  EXPECT_EQ(shown(Value::Integer(Type::kDate, 0)), "<'1970-01-01'>");
}

TEST(Literal, OfMysqlHoldsNothingThatIsEscaped) {
  SKIP_WITHOUT(testing::kMysql);
  const auto shown = [](const Value& value) { return Shown(testing::kMysql, value); };
  EXPECT_EQ(shown(Text_("its ?")), "<'its ?'>");
  EXPECT_EQ(shown(Text_("\\'")), "<CONVERT(X'5c27' USING utf8mb4)>");
  EXPECT_EQ(shown(Text_("a\n")), "<CONVERT(X'610a' USING utf8mb4)>");
  EXPECT_EQ(shown(Value::SmallDecimal(-150, 2)), "<(-1.50)>");
  EXPECT_EQ(shown(Value::Float64(-2.5)), "<(-2.5E0)>");
  EXPECT_EQ(shown(Value::Integer(Type::kTimestamp, 1)), "<TIMESTAMP'1970-01-01 00:00:00.000001'>");
  EXPECT_EQ(shown(Value::Bytes(Type::kJson, "{}")), "<CAST('{}' AS JSON)>");
  EXPECT_EQ(Shown(testing::kMariadb, Value::Bytes(Type::kJson, "{}")), "<'{}'>");
}

TEST(Literal, WhatNoServerTakesIsRefused) {
  SKIP_WITHOUT(testing::kSqlite);
  const auto refused = [](const Value& value) { return LiteralOf(testing::kSqlite, value); };
  EXPECT_ERROR(ErrorClass::kInvalidText, refused(Text_(absl::string_view("a\0b", 3))));
  EXPECT_ERROR(ErrorClass::kInvalidText, refused(Text_("\xff")));
  EXPECT_ERROR(ErrorClass::kInvalidText, refused(Value::Bytes(Type::kDecimal, "1); --")));
  EXPECT_ERROR(ErrorClass::kOutOfRange, refused(Value::Integer(Type::kDate, 4'000'000)));
  EXPECT_ERROR(ErrorClass::kOutOfRange, refused(Value::Integer(Type::kTime, -1)));
  EXPECT_ERROR(ErrorClass::kInvalidArgument, refused(Value::Bytes(Type::kUuid, "x")));
  EXPECT_ERROR(ErrorClass::kUnsupported, refused(Value::Array(nullptr, 0)));
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               refused(Value::Float64(std::numeric_limits<double>::quiet_NaN())));
}

TEST(Literal, AListIsSpelledOutAndMayNotBeEmpty) {
  SKIP_WITHOUT(testing::kSqlite);
  const DialectProfile profile = DialectOf(testing::kSqlite)->resolve(testing::kSqlite);
  Text text;
  text.pieces = {"a IN (", ")"};
  text.binds = {Bind{BindSource::kList, 0, Type::kText}};
  const Value items[] = {Text_("x"), Value::Null(), Text_("'")};
  Value list = Value::Array(items, 3);
  EXPECT_EQ(*WithLiterals(text, profile, {&list, 1}), "a IN ('x', NULL, '''')");
  list = Value::Array(items, 0);
  EXPECT_ERROR(ErrorClass::kUnsupported, WithLiterals(text, profile, {&list, 1}));
}

}  // namespace
}  // namespace ferro::sql
