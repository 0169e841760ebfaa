// Every type there and back through a file, what the file then holds, and stored values that are
// not of their type.
#include <cmath>
#include <limits>

#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "tests/dialects/sqlite/harness.h"

namespace ferro::sqlite {
namespace {

class DecodeTest : public SqliteTest {
 protected:
  DecodeTest() : connection_(Connect()) {
    EXPECT_OK(Execute(*connection_, "CREATE TABLE t (v)"));  // no affinity: kept as it was bound
  }

  // Stores `value`, reads it back as `type`; also how SQLite has it.
  Rows RoundTrip(const Value& value, Type type) {
    EXPECT_OK(Execute(*connection_, "DELETE FROM t"));
    EXPECT_OK(Execute(*connection_, "INSERT INTO t VALUES (?)", {value}));
    auto rows =
        Query(*connection_, "SELECT v, typeof(v), CASE typeof(v) WHEN 'text' THEN v END FROM t", {},
              {type, Type::kText, Type::kNull});
    EXPECT_OK(rows);
    return rows.ok() ? *std::move(rows) : Rows{};
  }
  absl::Status BadRead(absl::string_view expression, Type type) {
    return Query(*connection_, absl::StrCat("SELECT ", expression, " AS the_column"), {}, {type})
        .status();
  }

  std::unique_ptr<db::Connection> connection_;
};

TEST_F(DecodeTest, IntegersAtTheirLimits) {
  for (int64_t value : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{1}, INT64_MAX}) {
    EXPECT_EQ(RoundTrip(Value::Int64(value), Type::kInt64).at(0, 0).integer, value);
    EXPECT_EQ(RoundTrip(Value::Integer(Type::kInterval, value), Type::kInterval).at(0, 0).integer,
              value);
  }
  for (bool value : {false, true}) {
    const Rows rows = RoundTrip(Value::Bool(value), Type::kBool);
    EXPECT_EQ(rows.at(0, 0).type, Type::kBool);
    EXPECT_EQ(rows.at(0, 0).integer, value ? 1 : 0);
    EXPECT_EQ(rows.text(0, 1), "integer");
  }
}

TEST_F(DecodeTest, FloatsBitForBit) {
  for (double value : {0.0, 1.5, -1e308, 5e-324, std::numeric_limits<double>::infinity(), 1e300}) {
    EXPECT_EQ(RoundTrip(Value::Float64(value), Type::kFloat64).at(0, 0).real, value);
  }
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Execute(*connection_, "INSERT INTO t VALUES (?)", {Value::Float64(std::nan(""))}));
  // A whole number in an INTEGER storage class is a fine float.
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*connection_, "SELECT 3", {}, {Type::kFloat64}));
  EXPECT_EQ(rows.at(0, 0).real, 3.0);
}

TEST_F(DecodeTest, DecimalsKeepTheirDigits) {
  for (absl::string_view text :
       {"0.10", "-12345678901234567890.123456789012345678901", "7", "1.00"}) {
    Arena arena;
    Value value;
    ASSERT_TRUE(ParseDecimal(text, arena, value));
    const Rows rows = RoundTrip(value, Type::kDecimal);
    EXPECT_EQ(rows.text(0, 1), "text");
    EXPECT_EQ(rows.text(0, 2), text);
    std::string back;
    AppendDecimal(back, rows.at(0, 0));
    EXPECT_EQ(back, text);
  }
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*connection_, "SELECT 42", {}, {Type::kDecimal}));
  std::string back;
  AppendDecimal(back, rows.at(0, 0));
  EXPECT_EQ(back, "42");
}

TEST_F(DecodeTest, TextsAndBytesIncludingEmptyOnes) {
  for (absl::string_view text : {"", "a", "größe \xF0\x9F\x90\xA2", "quote ' \" ; --"}) {
    const Rows rows = RoundTrip(Value::Bytes(Type::kText, text), Type::kText);
    EXPECT_EQ(rows.at(0, 0).type, Type::kText);
    EXPECT_EQ(rows.text(0, 0), text);
    EXPECT_EQ(rows.text(0, 1), "text");
  }
  // No pointer at all is still a text, not NULL.
  EXPECT_EQ(RoundTrip(Value::Bytes(Type::kText, {}), Type::kText).text(0, 1), "text");
  EXPECT_EQ(RoundTrip(Value::Bytes(Type::kBytes, {}), Type::kBytes).text(0, 1), "blob");
  const std::string bytes("\0\xFF\x01", 3);
  EXPECT_EQ(RoundTrip(Value::Bytes(Type::kBytes, bytes), Type::kBytes).text(0, 0), bytes);
  const Rows json = RoundTrip(Value::Bytes(Type::kJson, "{\"a\": 1.0}"), Type::kJson);
  EXPECT_EQ(json.at(0, 0).type, Type::kJson);
  EXPECT_EQ(json.text(0, 0), "{\"a\": 1.0}");
}

TEST_F(DecodeTest, RefusesTextsThatNoDatabaseTakes) {
  const Value with_nul = Value::Bytes(Type::kText, absl::string_view("secret\0x", 8));
  const auto nul = Execute(*connection_, "INSERT INTO t VALUES (?)", {with_nul});
  EXPECT_ERROR(ErrorClass::kInvalidText, nul);
  EXPECT_EQ(nul.status().message().find("secret"), absl::string_view::npos);
  EXPECT_ERROR(ErrorClass::kInvalidText, Execute(*connection_, "INSERT INTO t VALUES (?)",
                                                 {Value::Bytes(Type::kText, "\xED\xA0\x80")}));
  EXPECT_ERROR(ErrorClass::kInvalidArgument, Execute(*connection_, "INSERT INTO t VALUES (?)",
                                                     {Value::Bytes(Type::kUuid, "short")}));
}

TEST_F(DecodeTest, DatesAndTimesAtTheirLimits) {
  for (int64_t days : {kMinDays, int64_t{0}, kMaxDays}) {
    EXPECT_EQ(RoundTrip(Value::Integer(Type::kDate, days), Type::kDate).at(0, 0).integer, days);
  }
  for (int64_t micros : {int64_t{0}, kMicrosPerDay - 1}) {
    EXPECT_EQ(RoundTrip(Value::Integer(Type::kTime, micros), Type::kTime).at(0, 0).integer, micros);
  }
  for (Type type : {Type::kTimestamp, Type::kTimestampTz}) {
    for (int64_t micros : {kMinTimestamp, int64_t{-1}, int64_t{0}, kMaxTimestamp}) {
      EXPECT_EQ(RoundTrip(Value::Integer(type, micros), type).at(0, 0).integer, micros);
    }
    EXPECT_ERROR(ErrorClass::kOutOfRange, Execute(*connection_, "INSERT INTO t VALUES (?)",
                                                  {Value::Integer(type, kMaxTimestamp + 1)}));
  }
  EXPECT_EQ(RoundTrip(Value::Integer(Type::kTimestampTz, 0), Type::kTimestampTz).text(0, 2),
            "1970-01-01 00:00:00.000000Z");
  EXPECT_EQ(RoundTrip(Value::Integer(Type::kDate, 0), Type::kDate).text(0, 2), "1970-01-01");
  EXPECT_ERROR(ErrorClass::kOutOfRange, Execute(*connection_, "INSERT INTO t VALUES (?)",
                                                {Value::Integer(Type::kTime, kMicrosPerDay)}));
}

TEST_F(DecodeTest, ReadsTheFormsThatOthersWrite) {
  ASSERT_OK_AND_ASSIGN(
      auto rows,
      Query(*connection_,
            "SELECT '1970-01-01T00:00:01', '1970-01-01 00:00:01.5', '1970-01-01 02:00:00+02:00',"
            " '00112233-4455-6677-8899-AABBCCDDEEFF'",
            {}, {Type::kTimestamp, Type::kTimestamp, Type::kTimestampTz, Type::kUuid}));
  EXPECT_EQ(rows.at(0, 0).integer, 1'000'000);
  EXPECT_EQ(rows.at(0, 1).integer, 1'500'000);
  EXPECT_EQ(rows.at(0, 2).integer, 0);
  EXPECT_EQ(rows.text(0, 3),
            std::string("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF", 16));
}

TEST_F(DecodeTest, UuidsAreSixteenBytes) {
  const std::string uuid("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\xFF", 16);
  const Rows rows = RoundTrip(Value::Bytes(Type::kUuid, uuid), Type::kUuid);
  EXPECT_EQ(rows.text(0, 0), uuid);
  EXPECT_EQ(rows.text(0, 1), "blob");
}

TEST_F(DecodeTest, ArraysAreJsonTexts) {
  const Value items[] = {Value::Bytes(Type::kText, "größe"), Value::Null(),
                         Value::Bytes(Type::kText, "\n")};
  const Value array = Value::Array(items, 3);
  const db::Parameter parameter{.first = &array, .type = ArrayOf(Type::kText)};
  const db::Request request{.sql = "INSERT INTO t VALUES (?)",
                            .parameters = {&parameter, 1},
                            .columns = {},
                            .writes = true};
  ASSERT_OK(RunTask(connection_->Run(request, nullptr)));
  ASSERT_OK_AND_ASSIGN(const Rows rows, Query(*connection_, "SELECT v, v, typeof(v) FROM t", {},
                                              {ArrayOf(Type::kText), Type::kText, Type::kText}));
  EXPECT_EQ(rows.text(0, 1), "[\"größe\",null,\"\\n\"]");
  EXPECT_EQ(rows.text(0, 2), "text");
  ASSERT_EQ(rows.at(0, 0).type, Type::kArray);
  ASSERT_EQ(rows.at(0, 0).size, 3u);
  EXPECT_EQ(rows.at(0, 0).items[0].view(), "größe");
  EXPECT_TRUE(rows.at(0, 0).items[1].is_null());
  EXPECT_EQ(rows.at(0, 0).items[2].view(), "\n");
  for (const char* bad : {"'[1]'", "'null'", "1", "x'5B5D'", "'['"}) {
    const absl::Status status = BadRead(bad, ArrayOf(Type::kText));
    EXPECT_ERROR(ErrorClass::kBadStoredValue, status);
    EXPECT_EQ(DetailOf(status).column, "the_column");
  }
}

TEST_F(DecodeTest, NullIsAValueOfEveryType) {
  for (int i = 0; i <= 0xFF; ++i) {
    if (!IsDeclarable(i)) continue;
    EXPECT_TRUE(RoundTrip(Value::Null(), static_cast<Type>(i)).at(0, 0).is_null());
  }
}

TEST_F(DecodeTest, GoesByTheDeclarationWhenNothingIsWanted) {
  ASSERT_OK(Execute(*connection_,
                    "CREATE TABLE d (a BOOLEAN, b DATE, c timestamptz, d decimal_text(10, 2), e "
                    "numeric, f UUID)"));
  ASSERT_OK(
      Execute(*connection_,
              "INSERT INTO d VALUES (1, '1970-01-02', '1970-01-01 00:00Z', '1.50', 1.5, NULL)"));
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*connection_, "SELECT *, 'x', x'01', 1, 1.5 FROM d"));
  const std::vector<Type> expected = {
      Type::kBool, Type::kDate, Type::kTimestampTz, Type::kDecimal, Type::kFloat64,
      Type::kNull, Type::kText, Type::kBytes,       Type::kInt64,   Type::kFloat64};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(rows.at(0, i).type, expected[i]) << i;
}

TEST_F(DecodeTest, SaysNoToWhatIsNotOfTheType) {
  const std::vector<std::pair<absl::string_view, Type>> bad = {
      {"2", Type::kBool},
      {"-1", Type::kBool},
      {"'1'", Type::kBool},
      {"1.0", Type::kInt64},
      {"'1'", Type::kInt64},
      {"x'00'", Type::kInt64},
      {"'1.5'", Type::kFloat64},
      {"1.5", Type::kDecimal},
      {"'abc'", Type::kDecimal},
      {"x'31'", Type::kDecimal},
      {"1", Type::kText},
      {"x'61'", Type::kText},
      {"'a'", Type::kBytes},
      {"'2024-02-30'", Type::kDate},
      {"0", Type::kDate},
      {"'24:00'", Type::kTime},
      {"'2024-01-01 00:00Z'", Type::kTimestamp},
      {"'now'", Type::kTimestamp},
      {"1.5", Type::kTimestampTz},
      {"1.5", Type::kInterval},
      {"x'00'", Type::kUuid},
      {"'abc'", Type::kUuid},
      {"x'7B7D'", Type::kJson},
      {"1", Type::kJson},
      {"CAST(x'FF' AS TEXT)", Type::kText},
      {"CAST(x'FF' AS TEXT)", Type::kNull}};
  for (const auto& [expression, type] : bad) {
    const absl::Status status = BadRead(expression, type);
    EXPECT_ERROR(ErrorClass::kBadStoredValue, status);
    EXPECT_EQ(DetailOf(status).column, "the_column") << expression;
  }
  EXPECT_TRUE(connection_->healthy());
}

// Each type with each storage class: read, or refused by name.
TEST_F(DecodeTest, EveryTypeWithEveryStorageClass) {
  const std::vector<std::pair<absl::string_view, absl::string_view>> stored = {
      {"INTEGER", "1"},
      {"INTEGER", "-9223372036854775807 - 1"},
      {"REAL", "1.5"},
      {"REAL", "1.0"},
      {"TEXT", "'private'"},
      {"TEXT", "'1'"},
      {"TEXT", "''"},
      {"TEXT", "CAST(x'FF' AS TEXT)"},
      {"BLOB", "x'00'"},
      {"BLOB", "x'00112233445566778899AABBCCDDEEFF'"},
      {"BLOB", "x''"},
      {"TEXT", "'2024-02-29'"},
      {"TEXT", "'12:00'"},
      {"TEXT", "'2024-02-29 12:00'"},
      {"TEXT", "'2024-02-29 12:00Z'"},
      {"TEXT", "'00112233-4455-6677-8899-AABBCCDDEEFF'"}};
  // For each type, one letter for each of these: + read, - refused.
  const std::vector<std::pair<Type, absl::string_view>> expected = {
      {Type::kBool, "+---------------"},      {Type::kInt64, "++--------------"},
      {Type::kInterval, "++--------------"},  {Type::kFloat64, "++++------------"},
      {Type::kDecimal, "++---+----------"},   {Type::kText, "----+++----+++++"},
      {Type::kJson, "----+++----+++++"},      {Type::kBytes, "--------+++-----"},
      {Type::kDate, "-----------+----"},      {Type::kTime, "------------+---"},
      {Type::kTimestamp, "-------------+--"}, {Type::kTimestampTz, "-------------++-"},
      {Type::kUuid, "---------+-----+"},      {Type::kNull, "+++++++-++++++++"}};
  ASSERT_OK(Execute(*connection_, "CREATE TABLE pairs (id INTEGER PRIMARY KEY, v)"));
  for (size_t i = 0; i < stored.size(); ++i) {
    ASSERT_OK(Execute(*connection_, "DELETE FROM pairs"));
    ASSERT_OK(Execute(*connection_,
                      absl::StrCat("INSERT INTO pairs VALUES (77, ", stored[i].second, ")")));
    for (const auto& [type, reads] : expected) {
      SCOPED_TRACE(absl::StrCat(Name(type), " from ", stored[i].second));
      const auto rows =
          Query(*connection_, "SELECT v AS it, id FROM pairs", {}, {type, Type::kInt64});
      EXPECT_EQ(rows.ok(), reads.at(i) == '+') << rows.status();
      if (rows.ok()) {
        EXPECT_TRUE(type == Type::kNull || rows->at(0, 0).type == type);
        continue;
      }
      const ErrorDetail detail = DetailOf(rows.status());
      EXPECT_EQ(detail.error_class, ErrorClass::kBadStoredValue);
      EXPECT_EQ(detail.column, "it");
      EXPECT_EQ(detail.row, 0);
      EXPECT_EQ(detail.table, "pairs");
      EXPECT_EQ(detail.detail, "the row with \"id\" = 77");
      const std::string place =
          absl::StrCat("column \"it\" of table \"pairs\", row 1 of the result: ", stored[i].first);
      EXPECT_EQ(rows.status().message().substr(0, place.size()), place);
      EXPECT_EQ(rows.status().ToString().find("private"), std::string::npos);
    }
  }
  EXPECT_TRUE(connection_->healthy());
}

TEST_F(DecodeTest, ABadValueIsNamedByPlaceNotByContent) {
  ASSERT_OK(Execute(*connection_, "CREATE TABLE d (born DATE)"));
  ASSERT_OK(Execute(*connection_, "INSERT INTO d VALUES ('2024-01-01'), ('secret')"));
  const auto rows = Query(*connection_, "SELECT born FROM d", {}, {Type::kDate});
  EXPECT_ERROR(ErrorClass::kBadStoredValue, rows);
  EXPECT_EQ(rows.status().message(),
            "column \"born\" of table \"d\", row 2 of the result: TEXT is stored that is no date "
            "(the column is declared DATE)");
  EXPECT_EQ(DetailOf(rows.status()).detail, "") << "the table has no key";
  // The others can be had.
  EXPECT_OK(Query(*connection_, "SELECT born FROM d LIMIT 1", {}, {Type::kDate}));
}

TEST_F(DecodeTest, ABadValuesKeyIsItsOwnOrNone) {
  ASSERT_OK(Execute(*connection_,
                    "CREATE TABLE d (tag TEXT, n INTEGER, born DATE, PRIMARY KEY (tag, n))"));
  ASSERT_OK(Execute(*connection_, "INSERT INTO d VALUES ('a', 1, '2024-01-01'), ('b', 2, 7)"));
  const auto key = [&](absl::string_view sql, std::vector<Type> types = {}) {
    const auto rows = Query(*connection_, sql, {}, types);
    EXPECT_EQ(ClassOf(rows.status()), ErrorClass::kBadStoredValue) << sql;
    return DetailOf(rows.status()).detail;
  };
  EXPECT_EQ(key("SELECT n AS x, born, tag FROM d"), "the row with \"n\" = 2, \"tag\" = 'b'");
  EXPECT_EQ(key("SELECT \"d\".\"n\", \"d\".\"born\" FROM \"d\" WHERE tag <> 'd'"),
            "the row with \"n\" = 2");
  EXPECT_EQ(key("SELECT born FROM d"), "");
  EXPECT_EQ(key("SELECT a.n, b.born FROM d a, d b WHERE a.n = 1"), "");
  EXPECT_EQ(key("WITH q AS (SELECT * FROM d) SELECT x.n, y.born FROM q x, q y"), "");
  EXPECT_EQ(key("UPDATE d SET n = n + 1 RETURNING n, born"), "the row with \"n\" = 3")
      << "as it would be now; the update is undone";
  EXPECT_EQ(key("SELECT n, born + 0 FROM d", {Type::kInt64, Type::kDate}), "") << "an expression";
  // A key that is itself what cannot be read is not shown.
  ASSERT_OK(Execute(*connection_, "CREATE TABLE u (id UUID PRIMARY KEY)"));
  ASSERT_OK(Execute(*connection_, "INSERT INTO u VALUES ('secret')"));
  const auto rows = Query(*connection_, "SELECT id FROM u");
  EXPECT_EQ(rows.status().ToString().find("secret"), std::string::npos);
  EXPECT_EQ(DetailOf(rows.status()).detail, "");
  EXPECT_EQ(DetailOf(rows.status()).table, "u");
}

}  // namespace
}  // namespace ferro::sqlite
