// Every canonical type, at its bounds, through real columns and back; what columns of other types
// become; and what is refused on either way.
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "engine/value/civil.h"
#include "tests/dialects/mysql/server.h"

namespace ferro::mysql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Shown(const Value& value) {
  if (value.is_null()) return "null";
  std::string text = absl::StrCat(Name(value.type), " ");
  if (value.type == Type::kDecimal) {
    AppendDecimal(text, value);
  } else if (value.type == Type::kFloat64) {
    absl::StrAppendFormat(&text, "%.17g", value.real);
  } else if (HasBytes(value.type)) {
    absl::StrAppend(&text, absl::CHexEscape(value.view()));
  } else {
    absl::StrAppend(&text, value.integer);
  }
  return text;
}

Value AsText(absl::string_view text) { return Value::Bytes(Type::kText, text); }
Value AsBytes(absl::string_view bytes) { return Value::Bytes(Type::kBytes, bytes); }
Value AsDecimal(absl::string_view text) { return Value::Bytes(Type::kDecimal, text); }

class MysqlTypes : public ServerTest {
 protected:
  // Writes `values` to a column of type `column`, reads them as their own type, and expects them
  // back.
  void RoundTrip(absl::string_view column, const std::vector<Value>& values) {
    SCOPED_TRACE(std::string(column));
    const Type type = values.front().type;
    MakeTable(absl::StrCat("id INT PRIMARY KEY AUTO_INCREMENT, v ", column));
    for (const Value& value : values) {
      SCOPED_TRACE(Shown(value).substr(0, 100));
      ASSERT_OK(Run("INSERT INTO t (v) VALUES (?)", {value}, 1).status);
    }
    const Value null;
    const db::Parameter parameter{&null, 1, 1, type, false};
    db::Request request;
    request.statement_id = 1;
    request.sql = "INSERT INTO t (v) VALUES (?)";
    request.parameters = {&parameter, 1};
    ASSERT_OK(RunOn(*connection_, request).status);

    const Answer answer = Run("SELECT v FROM t ORDER BY id", {}, 2, {type});
    ASSERT_OK(answer.status);
    ASSERT_EQ(answer.rows.size(), values.size() + 1);
    for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(Shown(answer.cell(i)), Shown(values[i]));
    EXPECT_TRUE(answer.cell(values.size()).is_null());
    for (size_t i = 0; i < values.size(); ++i) {
      const Answer found =
          Run("SELECT COUNT(*) FROM t WHERE v = ?", {values[i]}, 3, {Type::kInt64});
      ASSERT_OK(found.status);
      EXPECT_GE(found.cell().integer, 1) << Shown(values[i]) << " is not equal to itself there";
    }
  }

  // What an expression is, read as `wanted`.
  std::string Read(absl::string_view expression, Type wanted, absl::string_view from = "") {
    const Answer answer = Run(absl::StrCat("SELECT ", expression, " AS x ", from), {}, 0, {wanted});
    if (!answer.status.ok()) {
      EXPECT_TRUE(connection_->healthy());
      return absl::StrCat(Name(ClassOf(answer.status)), " ", DetailOf(answer.status).column);
    }
    return answer.rows.size() == 1 ? Shown(answer.cell()) : "no row";
  }
};
FERRO_ON_BOTH_SERVERS(MysqlTypes);

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST_P(MysqlTypes, NumbersComeBack) {
  RoundTrip("TINYINT(1)", {Value::Bool(true), Value::Bool(false)});
  RoundTrip("BIGINT", {Value::Int64(kMin), Value::Int64(kMax), Value::Int64(0), Value::Int64(-1)});
  RoundTrip("INT", {Value::Int64(-2147483648LL), Value::Int64(2147483647)});
  RoundTrip("MEDIUMINT", {Value::Int64(-8388608), Value::Int64(8388607)});
  RoundTrip("SMALLINT UNSIGNED", {Value::Int64(0), Value::Int64(65535)});
  RoundTrip("INT UNSIGNED", {Value::Int64(4294967295LL)});
  RoundTrip("TINYINT UNSIGNED", {Value::Int64(255)});
  RoundTrip("DOUBLE", {Value::Float64(0.1), Value::Float64(-1.7976931348623157e308),
                       Value::Float64(5e-324), Value::Float64(0)});
  RoundTrip("DECIMAL(65,30)",
            {AsDecimal("12345678901234567890123456789012345.123456789012345678901234567890"),
             AsDecimal("-99999999999999999999999999999999999.999999999999999999999999999999")});
  RoundTrip("DECIMAL(18,2)",
            {Value::SmallDecimal(-1230, 2), Value::SmallDecimal(999999999999999999, 2),
             Value::SmallDecimal(0, 2)});
}

TEST_P(MysqlTypes, TextAndBytesComeBack) {
  const std::string all = [] {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
    return bytes;
  }();
  const std::string large(70'000, 'x');
  const std::string larger(17'000'000 / 2, 'z');
  RoundTrip("VARCHAR(200)", {AsText(""), AsText("a"), AsText("it's \"q\" \\ % _ ` ?"),
                             AsText("é ß 漢 😀"), AsText("  pad ")});
  RoundTrip("LONGTEXT",
            {AsText(large), AsText(larger), AsText(absl::string_view(large).substr(0, 250)),
             AsText(absl::string_view(large).substr(0, 251)),
             AsText(absl::string_view(large).substr(0, 65535)),
             AsText(absl::string_view(large).substr(0, 65536))});
  RoundTrip("LONGBLOB", {AsBytes(all), AsBytes(""), AsBytes(larger)});
  RoundTrip("VARBINARY(300)", {AsBytes(all)});
  RoundTrip("BINARY(16)", {Value::Bytes(Type::kUuid, absl::string_view(all).substr(0, 16)),
                           Value::Bytes(Type::kUuid, absl::string_view(all).substr(240))});
  if (on_mariadb()) {
    RoundTrip("UUID", {Value::Bytes(Type::kUuid, absl::string_view(all).substr(16, 16))});
  }
}

TEST_P(MysqlTypes, JsonComesBack) {
  MakeTable("v JSON");
  const std::string document = "{\"a\": [1, 2.50, null, \"é\"], \"b\": 12345678901234567890}";
  ASSERT_OK(Run("INSERT INTO t VALUES (?)", {Value::Bytes(Type::kJson, document)}).status);
  for (const Type wanted : {Type::kJson, Type::kNull}) {
    const Answer answer = Run("SELECT v FROM t", {}, 0, {wanted});
    ASSERT_OK(answer.status);
    EXPECT_EQ(answer.cell().type, Type::kJson);
    EXPECT_THAT(std::string(answer.cell().view()), HasSubstr("12345678901234567890"));
  }
}

TEST_P(MysqlTypes, MomentsComeBack) {
  const int64_t leap = 19'782;  // 2024-02-29
  RoundTrip("DATE", {Value::Integer(Type::kDate, kMinDays), Value::Integer(Type::kDate, kMaxDays),
                     Value::Integer(Type::kDate, leap), Value::Integer(Type::kDate, -1)});
  RoundTrip("TIME(6)",
            {Value::Integer(Type::kTime, 0), Value::Integer(Type::kTime, kMicrosPerDay - 1),
             Value::Integer(Type::kTime, 3'600'000'000)});
  for (const Type type : {Type::kTimestamp, Type::kTimestampTz}) {
    RoundTrip("DATETIME(6)", {Value::Integer(type, kMinTimestamp),
                              Value::Integer(type, kMaxTimestamp), Value::Integer(type, -1),
                              Value::Integer(type, 0), Value::Integer(type, leap * kMicrosPerDay),
                              Value::Integer(type, leap * kMicrosPerDay + 1'000'000),
                              Value::Integer(type, leap * kMicrosPerDay + 1)});
  }
  RoundTrip("BIGINT", {Value::Integer(Type::kInterval, kMin), Value::Integer(Type::kInterval, 1)});
}

TEST_P(MysqlTypes, NaturalTypes) {
  MakeTable(
      "a DATETIME(6), b TIMESTAMP(6) NULL, c DATE, d TIME(6), e BIGINT UNSIGNED, f FLOAT, g YEAR, "
      "h BIT(10), "
      "i ENUM('x','y'), j SET('p','q'), k TINYINT(1), l BLOB, m CHAR(3), n BIT(64), o SMALLINT");
  ASSERT_OK(Run("INSERT INTO t VALUES ('2024-02-29 12:34:56.000007', '2024-02-29 12:34:56.000007', "
                "'2024-02-29', "
                "'-01:00:00.5', 18446744073709551615, 1.5, 2155, 513, 'y', 'p,q', 2, x'00ff', "
                "'ab', ~0, -7)")
                .status);
  const Answer answer = Run("SELECT * FROM t");
  ASSERT_OK(answer.status);
  const std::string micros = absl::StrCat(*ParseTimestamp("2024-02-29 12:34:56.000007"));
  const std::vector<std::string> expected = {"timestamp " + micros,
                                             "timestamptz " + micros,
                                             "date 19782",
                                             "interval -3600500000",
                                             "decimal 18446744073709551615",
                                             "float64 1.5",
                                             "int64 2155",
                                             "int64 513",
                                             "text y",
                                             "text p,q",
                                             "int64 2",
                                             "bytes \\x00\\xff",
                                             "text ab",
                                             "decimal 18446744073709551615",
                                             "int64 -7"};
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(Shown(answer.cell(0, i)), expected[i]) << i;
}

TEST_P(MysqlTypes, ExpressionsAreReadAsTheyAreDeclared) {
  EXPECT_EQ(Read("EXISTS(SELECT 1)", Type::kBool), "bool 1");
  EXPECT_EQ(Read("1 = 2", Type::kBool), "bool 0");
  EXPECT_EQ(Read("COUNT(*)", Type::kInt64), "int64 1");
  EXPECT_EQ(Read("SUM(n)", Type::kInt64, "FROM (SELECT 2 n UNION ALL SELECT 40) q"), "int64 42");
  EXPECT_EQ(Read("AVG(n)", Type::kFloat64, "FROM (SELECT 1 n UNION ALL SELECT 2) q"),
            "float64 1.5");
  EXPECT_EQ(Read("AVG(n)", Type::kDecimal, "FROM (SELECT 1 n UNION ALL SELECT 2) q"),
            "decimal 1.5000");
  EXPECT_EQ(Read("FLOOR(2.5e0)", Type::kInt64), "int64 2");
  EXPECT_EQ(Read("CAST(7 AS UNSIGNED)", Type::kInt64), "int64 7");
  EXPECT_EQ(Read("18446744073709551615", Type::kDecimal), "decimal 18446744073709551615");
  EXPECT_EQ(Read("-9223372036854775808", Type::kDecimal), "decimal -9223372036854775808");
  EXPECT_EQ(Read("7", Type::kDecimal), "decimal 7");
  EXPECT_EQ(Read("7", Type::kFloat64), "float64 7");
  EXPECT_EQ(Read("b'1'", Type::kNull), "bytes \\x01");
  EXPECT_EQ(Read("NULL", Type::kInt64), "null");
  EXPECT_EQ(Read("NULL", Type::kUuid), "null");
  EXPECT_EQ(Read("CAST('25:00:00' AS TIME(6))", Type::kInterval), "interval 90000000000");
  EXPECT_EQ(Read("CAST('2024-02-29' AS DATE)", Type::kTimestamp),
            absl::StrCat("timestamp ", 19'782 * kMicrosPerDay));
  EXPECT_EQ(Read("CAST('2024-02-29 00:00:00' AS DATETIME)", Type::kDate), "date 19782");
  EXPECT_EQ(Read("'2024-02-29 00:00:01.5'", Type::kTimestamp),
            absl::StrCat("timestamp ", 19'782 * kMicrosPerDay + 1'500'000));
  EXPECT_EQ(Read("'00112233-4455-6677-8899-AABBCCDDEEFF'", Type::kUuid),
            "uuid \\x00\\x11\\\"3DUfw\\x88\\x99\\xaa\\xbb\\xcc\\xdd\\xee\\xff");
  EXPECT_EQ(Read("x'c3a9'", Type::kText), "text \\xc3\\xa9") << "bytes that are UTF-8";
}

TEST_P(MysqlTypes, WhatCannotBeReadNamesItsColumn) {
  EXPECT_EQ(Read("2", Type::kBool), "bad stored value x");
  EXPECT_EQ(Read("'abc'", Type::kInt64), "bad stored value x");
  EXPECT_EQ(Read("'abc'", Type::kUuid), "bad stored value x");
  EXPECT_EQ(Read("'abc'", Type::kDate), "bad stored value x");
  EXPECT_EQ(Read("'abc'", Type::kBytes), "bad stored value x");
  EXPECT_EQ(Read("1.5e0", Type::kInt64), "bad stored value x");
  EXPECT_EQ(Read("1.5", Type::kInt64), "bad stored value x");
  EXPECT_EQ(Read("1e300", Type::kInt64), "out of range x");
  EXPECT_EQ(Read("18446744073709551615", Type::kInt64), "out of range x");
  EXPECT_EQ(Read("99999999999999999999.0", Type::kInt64), "out of range x");
  EXPECT_EQ(Read("x'ff'", Type::kText), "bad stored value x");
  EXPECT_EQ(Read("CAST('24:00:00' AS TIME)", Type::kTime), "out of range x");
  EXPECT_EQ(Read("CAST('-00:00:01' AS TIME)", Type::kTime), "out of range x");
  EXPECT_EQ(Read("CAST('2024-02-29 00:00:01' AS DATETIME)", Type::kDate), "bad stored value x");

  Script("SET sql_mode='ALLOW_INVALID_DATES'");
  MakeTable("d DATE, t DATETIME, v VARCHAR(50)");
  ASSERT_OK(
      Run("INSERT INTO t VALUES ('0000-00-00', '2024-00-10 10:00:00', 'a private value')").status);
  EXPECT_ERROR(ErrorClass::kBadStoredValue, Run("SELECT d FROM t").status);
  const absl::Status status = Run("SELECT t FROM t").status;
  EXPECT_ERROR(ErrorClass::kBadStoredValue, status);
  EXPECT_EQ(DetailOf(status).column, "t");
  EXPECT_THAT(std::string(status.message()), HasSubstr("DATETIME"));
  const absl::Status text = Run("SELECT v FROM t", {}, 0, {Type::kInterval}).status;
  EXPECT_ERROR(ErrorClass::kBadStoredValue, text);
  EXPECT_THAT(text.ToString(), Not(HasSubstr("private")));
  EXPECT_ERROR(ErrorClass::kBadStoredValue, Run("SELECT 1, 2", {}, 0, {Type::kInt64}).status);
  EXPECT_TRUE(connection_->healthy());
}

TEST_P(MysqlTypes, ABadValueIsNamedByTableKeyAndRow) {
  Script("SET sql_mode='ALLOW_INVALID_DATES'");
  MakeTable("id INT, tag VARCHAR(9), born DATE, PRIMARY KEY (tag, id)");
  ASSERT_OK(Run("INSERT INTO t VALUES (1, 'a', '2000-01-01'), (2, 'b', '0000-00-00'),"
                " (3, 'c', '2000-01-01')")
                .status);
  const auto fails = [&](absl::string_view sql) {
    const Answer answer = Run(sql);
    EXPECT_EQ(ClassOf(answer.status), ErrorClass::kBadStoredValue) << answer.status;
    EXPECT_TRUE(answer.rows.empty()) << "rows of a batch that failed are not shown";
    EXPECT_TRUE(connection_->healthy());
    EXPECT_EQ(DetailOf(answer.status).table, "t");
    EXPECT_EQ(DetailOf(answer.status).sql, sql);
    return DetailOf(answer.status);
  };
  const ErrorDetail detail = fails("SELECT id, born AS birthday, tag FROM t ORDER BY id");
  EXPECT_EQ(detail.column, "birthday");
  EXPECT_EQ(detail.row, 1);
  EXPECT_EQ(detail.detail, "the row with \"id\" = 2, \"tag\" = 'b'");
  EXPECT_EQ(fails("SELECT born FROM t").detail, "") << "the key was not selected";
  EXPECT_EQ(fails("SELECT x.id, y.born, y.tag FROM t x JOIN t y WHERE x.id = 1").detail,
            "the row with \"tag\" = 'b'")
      << "the other's key is not its own";
  Script("BEGIN");
  Script("INSERT INTO t VALUES (4, 'd', NULL)");
  fails("SELECT id, born FROM t");
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kActive);
  Script("COMMIT");
  EXPECT_EQ(Integer("SELECT COUNT(*) FROM t"), 4) << "what was written stays";
  EXPECT_EQ(Run("SELECT id, born FROM t WHERE id <> 2").rows.size(), 3u) << "the others can be had";
}

TEST_P(MysqlTypes, YearsBitsSetsAndAddresses) {
  MakeTable(
      "y YEAR, b1 BIT(1), b8 BIT(8), b9 BIT(9), b63 BIT(63), b64 BIT(64), e ENUM('x','é'),"
      " s SET('p','q')");
  ASSERT_OK(
      Run("INSERT INTO t VALUES (1901, b'1', b'10000000', b'100000000', ~0 >> 1, ~0, 'é', ''),"
          " (0, 0, 0, 0, 0, 0, 'x', 'p,q')")
          .status);
  const Answer answer = Run("SELECT * FROM t", {}, 0,
                            {Type::kInt64, Type::kBool, Type::kInt64, Type::kInt64, Type::kInt64,
                             Type::kNull, Type::kText, Type::kText});
  ASSERT_OK(answer.status);
  const std::vector<std::string> expected = {"int64 1901",
                                             "bool 1",
                                             "int64 128",
                                             "int64 256",
                                             "int64 9223372036854775807",
                                             "decimal 18446744073709551615",
                                             "text \\xc3\\xa9",
                                             "text "};
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(Shown(answer.cell(0, i)), expected[i]) << i;
  EXPECT_EQ(Shown(answer.cell(1, 0)), "int64 0");
  EXPECT_EQ(Shown(answer.cell(1, 5)), "int64 0");
  EXPECT_EQ(Read("b64", Type::kInt64, "FROM t LIMIT 1"), "out of range x");
  if (!on_mariadb()) return;
  MakeTable("a INET6, b INET4, u UUID");
  ASSERT_OK(Run("INSERT INTO t VALUES ('2001:DB8::1', '127.0.0.1', "
                "'00112233-4455-6677-8899-AABBCCDDEEFF')")
                .status);
  for (const std::vector<Type>& wanted :
       {std::vector<Type>{}, std::vector<Type>{Type::kText, Type::kText, Type::kUuid}}) {
    const Answer addresses = Run("SELECT * FROM t", {}, 0, wanted);
    ASSERT_OK(addresses.status);
    EXPECT_EQ(Shown(addresses.cell(0, 0)), "text 2001:db8::1");
    EXPECT_EQ(Shown(addresses.cell(0, 1)), "text 127.0.0.1");
    EXPECT_EQ(addresses.cell(0, 2).type, Type::kUuid);
  }
}

TEST_P(MysqlTypes, WhatCannotBeSentIsRefusedBefore) {
  MakeTable("a DOUBLE, b VARCHAR(10), c DATE");
  const auto refused = [&](ErrorClass error_class, const Value& value) {
    const absl::Status status = Fails("SELECT ?", {value});
    EXPECT_EQ(ClassOf(status), error_class) << status;
    EXPECT_EQ(DetailOf(status).native_code, 0) << "the server was not asked";
  };
  refused(ErrorClass::kOutOfRange, Value::Float64(std::numeric_limits<double>::quiet_NaN()));
  refused(ErrorClass::kOutOfRange, Value::Float64(std::numeric_limits<double>::infinity()));
  refused(ErrorClass::kInvalidText, AsText(absl::string_view("a\0b", 3)));
  refused(ErrorClass::kInvalidText, AsText("\xff"));
  refused(ErrorClass::kInvalidText, AsText("\xed\xa0\x80"));
  refused(ErrorClass::kOutOfRange, Value::Integer(Type::kDate, kMaxDays + 1));
  refused(ErrorClass::kOutOfRange, Value::Integer(Type::kTimestampTz, kMinTimestamp - 1));
  refused(ErrorClass::kOutOfRange, Value::Integer(Type::kTime, kMicrosPerDay));
  refused(ErrorClass::kOutOfRange, Value::Integer(Type::kTime, -1));
}

TEST_P(MysqlTypes, APacketTooLargeLeavesTheConnection) {
  const int64_t limit = Integer("SELECT @@max_allowed_packet");
  if (limit > 128 << 20)
    GTEST_SKIP() << "this server takes packets of " << limit << " bytes: NOTHING WAS TESTED HERE";
  const std::string large(static_cast<size_t>(limit), 'x');
  EXPECT_ERROR(ErrorClass::kOutOfRange, Fails("SELECT LENGTH(?)", {AsText(large)}));
  EXPECT_ERROR(ErrorClass::kOutOfRange, Fails(absl::StrCat("SELECT LENGTH('", large, "')")));
  // The estimate errs by a few bytes on the safe side only.
  const std::string fits(static_cast<size_t>(limit) - 100, 'x');
  const Answer answer = Run("SELECT LENGTH(?)", {AsBytes(fits)});
  ASSERT_OK(answer.status);
  EXPECT_EQ(answer.cell().integer, limit - 100);
}

TEST_P(MysqlTypes, AParameterTooManyIsCounted) {
  std::string sql = "SELECT 1 IN (?";
  for (int i = 1; i < 65'535; ++i) absl::StrAppend(&sql, ",?");
  sql += ")";
  const std::vector<Value> values(65'535, Value::Int64(1));
  const Answer answer = Run(sql, values);
  ASSERT_OK(answer.status);
  EXPECT_EQ(answer.cell().integer, 1);
  const absl::Status status = Fails(sql, std::vector<Value>(65'536, Value::Int64(1)));
  EXPECT_ERROR(ErrorClass::kInvalidArgument, status);
  EXPECT_THAT(std::string(status.message()), HasSubstr("65536"));
  EXPECT_ERROR(ErrorClass::kInvalidArgument, Fails("SELECT ?, ?", {Value::Int64(1)}));
}

}  // namespace
}  // namespace ferro::mysql
