// Every type to the server and back, with its boundaries; what PostgreSQL can hold and we cannot is
// refused by name.
#include <cmath>
#include <limits>

#include "engine/value/civil.h"
#include "tests/dialects/postgresql/server.h"

namespace ferro::postgresql {
namespace {

std::string Text(const Value& value) {
  if (value.is_null()) return "NULL";
  if (value.type == Type::kArray) {
    std::string out = "{";
    for (uint32_t i = 0; i < value.size; ++i) {
      absl::StrAppend(&out, i > 0 ? "," : "", Text(value.items[i]));
    }
    return out + "}";
  }
  if (value.type == Type::kDecimal) {
    std::string out;
    AppendDecimal(out, value);
    return out;
  }
  if (value.type == Type::kFloat64) return absl::StrCat(value.real);
  return HasBytes(value.type) ? std::string(value.view()) : absl::StrCat(value.integer);
}

class PostgresqlTypes : public ServerTest {
 protected:
  // Sends `value`, checks what the server understands as text, and reads it back.
  void RoundTrip(const Value& value, absl::string_view server_text) {
    for (const uint64_t id : {uint64_t{0}, uint64_t{100} + static_cast<uint64_t>(value.type)}) {
      const Answer answer = Run(id == 0 ? "SELECT $1, $1::text" : "SELECT $1, $1::text AS kept",
                                {value}, id, {value.type, Type::kText});
      SCOPED_TRACE(std::string(server_text));
      ASSERT_OK(answer.status);
      EXPECT_EQ(answer.cell(0, 0).type, value.type);
      EXPECT_EQ(Text(answer.cell(0, 0)), Text(value)) << server_text;
      EXPECT_EQ(Text(answer.cell(0, 1)), server_text);
    }
  }
  void Decimal(absl::string_view text) {
    Arena arena;
    Value value;
    ASSERT_TRUE(ParseDecimal(text, arena, value));
    RoundTrip(value, text);
  }
  // What a literal of the server's becomes, or its error's class.
  std::string Read(absl::string_view literal, Type wanted = Type::kNull,
                   absl::string_view rest = "") {
    const Answer answer = Run(absl::StrCat("SELECT ", literal, " AS it ", rest), {}, 0, {wanted});
    if (answer.status.ok()) return Text(answer.cell());
    EXPECT_TRUE(connection_->healthy()) << literal;
    EXPECT_EQ(DetailOf(answer.status).column, "it") << answer.status;
    return std::string(Name(ClassOf(answer.status)));
  }
};

TEST_F(PostgresqlTypes, NumbersRoundTrip) {
  RoundTrip(Value::Bool(true), "true");
  RoundTrip(Value::Bool(false), "false");
  RoundTrip(Value::Int64(0), "0");
  RoundTrip(Value::Int64(std::numeric_limits<int64_t>::max()), "9223372036854775807");
  RoundTrip(Value::Int64(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
  RoundTrip(Value::Float64(1.5), "1.5");
  RoundTrip(Value::Float64(5e-324), "5e-324");
  RoundTrip(Value::Float64(std::numeric_limits<double>::infinity()), "Infinity");
  RoundTrip(Value::Float64(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

TEST_F(PostgresqlTypes, DecimalsRoundTripWithTheirScale) {
  for (const char* text :
       {"0", "0.00", "-0.01", "1.10", "12345.6789", "9999", "10000", "10001.0001", "0.0001",
        "0.00001", "999999999999999999", "-999999999999999999", "0.999999999999999999",
        "9223372036854775807", "123456789012345678901234567890.123456789012345678901234567890",
        "1000000000000000000000", "0.0000000000000000000000000001"}) {
    Decimal(text);
  }
  Decimal("-" + std::string(131'072, '9'));
  Decimal("0." + std::string(16'382, '0') + "7");
}

TEST_F(PostgresqlTypes, TextAndBytesRoundTrip) {
  RoundTrip(Value::Bytes(Type::kText, ""), "");
  RoundTrip(Value::Bytes(Type::kText, "it's a \\ \"ünï\" 🐘"), "it's a \\ \"ünï\" 🐘");
  RoundTrip(Value::Bytes(Type::kBytes, absl::string_view("\0\1\xFF", 3)), "\\x0001ff");
  RoundTrip(Value::Bytes(Type::kBytes, ""), "\\x");
  RoundTrip(Value::Bytes(Type::kJson, R"({"a": [1, null, "é"]})"), R"({"a": [1, null, "é"]})");
  RoundTrip(Value::Bytes(Type::kUuid, "0123456789abcdef"), "30313233-3435-3637-3839-616263646566");
  const std::string large(3'000'000, 'x');
  RoundTrip(Value::Bytes(Type::kText, large), large);
}

TEST_F(PostgresqlTypes, DatesAndTimesRoundTripAtTheirBounds) {
  RoundTrip(Value::Integer(Type::kDate, kMinDays), "0001-01-01");
  RoundTrip(Value::Integer(Type::kDate, kMaxDays), "9999-12-31");
  RoundTrip(Value::Integer(Type::kDate, 0), "1970-01-01");
  RoundTrip(Value::Integer(Type::kTime, 0), "00:00:00");
  RoundTrip(Value::Integer(Type::kTime, kMicrosPerDay - 1), "23:59:59.999999");
  RoundTrip(Value::Integer(Type::kTimestamp, kMinTimestamp), "0001-01-01 00:00:00");
  RoundTrip(Value::Integer(Type::kTimestamp, kMaxTimestamp), "9999-12-31 23:59:59.999999");
  RoundTrip(Value::Integer(Type::kTimestampTz, -1), "1969-12-31 23:59:59.999999+00");
  RoundTrip(Value::Integer(Type::kTimestampTz, kMaxTimestamp), "9999-12-31 23:59:59.999999+00");
  RoundTrip(Value::Integer(Type::kInterval, -1), "-00:00:00.000001");
  RoundTrip(Value::Integer(Type::kInterval, 2 * kMicrosPerDay), "48:00:00");
}

TEST_F(PostgresqlTypes, ReadsTheServersOtherTypes) {
  EXPECT_EQ(Read("'-32768'::int2"), "-32768");
  EXPECT_EQ(Read("2147483647::int4"), "2147483647");
  EXPECT_EQ(Read("0.5::float4"), "0.5");
  EXPECT_EQ(Read("'abc'::varchar(5)"), "abc");
  EXPECT_EQ(Read("'abc'::char(5)"), "abc  ");
  EXPECT_EQ(Read("'abc'::name"), "abc");
  EXPECT_EQ(Read("'x'::\"char\""), "x");
  EXPECT_EQ(Read("'{\"b\":1}'::json"), "{\"b\":1}");
  EXPECT_EQ(Read("'{\"b\":1}'::jsonb", Type::kText), "{\"b\": 1}");
  EXPECT_EQ(Read("'1 day 1 second'::interval"), "86401000000");
  EXPECT_EQ(Read("'2024-02-29 12:00+02'::timestamptz"), "1709200800000000");
  EXPECT_EQ(Read("4294967295::oid"), "4294967295");
  EXPECT_EQ(Read("pg_sleep(0)"), "");
  EXPECT_EQ(Read("NULL::int"), "NULL");
  EXPECT_EQ(Read("7::int2", Type::kDecimal), "7");
  EXPECT_EQ(Read("7::int4", Type::kFloat64), "7");
  EXPECT_EQ(Read("sum(n)", Type::kInt64, "FROM unnest(ARRAY[1, 41]::bigint[]) n"), "42");
  EXPECT_EQ(Read("42.000::numeric", Type::kInt64), "42");
  EXPECT_EQ(Read("'-9223372036854775808'::numeric", Type::kInt64), "-9223372036854775808");
  EXPECT_EQ(Read("1.5::numeric", Type::kFloat64), "1.5");
  EXPECT_EQ(Read("'NaN'::numeric", Type::kFloat64), "nan");
  EXPECT_EQ(Read("'<a/>'::xml"), "<a/>");
}

TEST_F(PostgresqlTypes, AddressesReadAsTheServerWritesThem) {
  for (const char* literal :
       {"'127.0.0.1'::inet", "'10.1.2.3/8'::inet", "'0.0.0.0/0'::inet", "'10.0.0.0/8'::cidr",
        "'10.1.2.3/32'::cidr", "'::1'::inet", "'2001:db8::/32'::cidr", "'2001:db8::1/64'::inet",
        "'::ffff:1.2.3.4'::inet", "'::1.2.3.4'::inet", "'1:0:0:2:0:0:0:3'::inet",
        "'1:0:2:3:4:5:6:7'::inet", "'fe80::/10'::cidr", "'::/0'::cidr", "'ABCD::'::inet"}) {
    EXPECT_EQ(Read(literal), Read(absl::StrCat("format('%s', ", literal, ")"))) << literal;
    EXPECT_EQ(Read(literal, Type::kText), Read(literal));
  }
}

TEST_F(PostgresqlTypes, ReadsEnumsAndDomains) {
  Script(
      "CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy'); CREATE DOMAIN pg_temp.age AS int;"
      "CREATE DOMAIN pg_temp.humour AS pg_temp.mood CHECK (VALUE <> 'sad');"
      "CREATE DOMAIN pg_temp.good_humour AS pg_temp.humour");
  EXPECT_EQ(Read("'happy'::pg_temp.mood", Type::kText), "happy");
  EXPECT_EQ(Read("'happy'::pg_temp.mood"), "happy");
  EXPECT_EQ(Read("7::pg_temp.age", Type::kInt64), "7");
  EXPECT_EQ(Read("'happy'::pg_temp.good_humour"), "happy");
  EXPECT_EQ(Read("'happy'::pg_temp.mood", Type::kInt64), "bad stored value");
  EXPECT_EQ(Read("NULL::pg_temp.mood"), "NULL");
}

TEST_F(PostgresqlTypes, AsksForAnEnumsTypeOnceWhateverIsUnderWay) {
  Script(
      "CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy');"
      "CREATE TEMP TABLE people (id bigint PRIMARY KEY, mood pg_temp.mood);"
      "INSERT INTO people SELECT n, 'happy' FROM generate_series(1, 3000) n");
  // Of many rows, in a transaction, prepared and not: all arrive, in order.
  Script("BEGIN");
  for (const uint64_t id : {uint64_t{0}, uint64_t{1}, uint64_t{1}}) {
    const Answer answer = Run("SELECT id, mood FROM people ORDER BY id", {}, id);
    ASSERT_OK(answer.status);
    ASSERT_EQ(answer.rows.size(), 3000u);
    EXPECT_EQ(answer.cell(2999, 0).integer, 3000);
    EXPECT_EQ(answer.cell(2999, 1).view(), "happy");
    EXPECT_EQ(answer.outcome.rows_affected, 3000);
  }
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kActive);
  const Answer written = Run("INSERT INTO people VALUES (0, 'sad') RETURNING mood");
  ASSERT_OK(written.status);
  EXPECT_EQ(written.cell().view(), "sad");
  Script("COMMIT");
  // A statement that fails half-way has its own error, whatever there would have been to ask.
  Script("CREATE TYPE pg_temp.size AS ENUM ('small')");
  EXPECT_ERROR(ErrorClass::kData, Run("SELECT 'small'::pg_temp.size, 1 / (2 - n)"
                                      " FROM generate_series(1, 2) n")
                                      .status);
  EXPECT_TRUE(connection_->healthy());
  EXPECT_EQ(Integer("SELECT 41 + 1"), 42);
}

TEST_F(PostgresqlTypes, AUsersTypeThatIsNoTextIsRefusedByName) {
  Script(
      "CREATE TYPE pg_temp.pair AS (a int, b text); CREATE TYPE pg_temp.span AS RANGE "
      "(subtype = float8)");
  const Answer pair = Run("SELECT ROW(1, lower('PRIVATE'))::pg_temp.pair AS it");
  EXPECT_ERROR(ErrorClass::kBadStoredValue, pair.status);
  EXPECT_NE(pair.status.message().find("pair is not a type that can be read"),
            absl::string_view::npos)
      << pair.status;
  EXPECT_EQ(pair.status.ToString().find("private"), std::string::npos);
  EXPECT_EQ(Read("'[1,2]'::pg_temp.span"), "bad stored value");
  EXPECT_EQ(Read("'[1,2]'::pg_temp.span", Type::kText), "bad stored value");
  EXPECT_EQ(Read("point(1, 2)"), "bad stored value");
  EXPECT_EQ(Read("point(1, 2)::text"), "(1,2)");
}

TEST_F(PostgresqlTypes, ArraysOfUsersTypesAreRefusedByNameAndDomainsOverArraysRead) {
  Script(
      "CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy'); CREATE DOMAIN pg_temp.marks AS int[];"
      "CREATE DOMAIN pg_temp.age AS int");
  for (const Type wanted : {Type::kNull, Type::kText, ArrayOf(Type::kText)}) {
    const Answer moods = Run("SELECT ARRAY['happy'::pg_temp.mood] AS it", {}, 0, {wanted});
    EXPECT_ERROR(ErrorClass::kBadStoredValue, moods.status);
    EXPECT_NE(moods.status.message().find("mood[] "), absl::string_view::npos) << moods.status;
    EXPECT_NE(DetailOf(moods.status).hint.find("to text[]"), std::string::npos) << moods.status;
  }
  EXPECT_EQ(Read("ARRAY['happy'::pg_temp.mood]::text[]"), "{happy}");
  EXPECT_EQ(Read("ARRAY[7::pg_temp.age]", ArrayOf(Type::kInt64)), "bad stored value");
  EXPECT_EQ(Read("'{1,NULL}'::pg_temp.marks"), "{1,NULL}");
  EXPECT_EQ(Read("'{1,2}'::pg_temp.marks", ArrayOf(Type::kInt64)), "{1,2}");
  EXPECT_EQ(Read("'{1,2}'::pg_temp.marks", Type::kInt64), "bad stored value");
  EXPECT_EQ(Read("'{{1},{2}}'::pg_temp.marks"), "out of range");
}

TEST_F(PostgresqlTypes, ABadValueIsNamedByTableKeyAndRow) {
  Script(
      "CREATE TEMP TABLE people (id bigint, born date, tag text, PRIMARY KEY (tag, id));"
      "INSERT INTO people VALUES (1, '2000-01-01', 'a'), (2, 'infinity', 'b'),"
      " (3, '2000-01-01', 'c')");
  const auto fails = [&](absl::string_view sql) {
    const Answer answer = Run(sql);
    EXPECT_EQ(ClassOf(answer.status), ErrorClass::kOutOfRange) << answer.status;
    EXPECT_TRUE(answer.rows.empty()) << "rows of a batch that failed are not shown";
    EXPECT_TRUE(connection_->healthy());
    EXPECT_EQ(DetailOf(answer.status).sql, sql);
    return answer.status;
  };
  const absl::Status status = fails("SELECT born AS birthday, id, tag FROM people ORDER BY id");
  EXPECT_EQ(status.message(),
            "column \"birthday\" of table \"people\", row 2 of the result: infinity or NaN is "
            "stored (the column is date)");
  EXPECT_EQ(DetailOf(status).table, "people");
  EXPECT_EQ(DetailOf(status).column, "birthday");
  EXPECT_EQ(DetailOf(status).row, 1);
  EXPECT_EQ(DetailOf(status).detail, "the row with \"tag\" = 'b', \"id\" = 2");
  EXPECT_EQ(DetailOf(fails("SELECT born FROM people")).detail, "") << "the key was not selected";
  EXPECT_EQ(DetailOf(fails("SELECT b.born, a.id FROM people a, people b WHERE a.id = 1")).detail,
            "")
      << "whose key that is cannot be told";
  EXPECT_EQ(DetailOf(fails("SELECT 'infinity'::date")).table, "");
  // In a transaction, which goes on.
  Script("BEGIN");
  Script("INSERT INTO people VALUES (4, NULL, 'd')");
  EXPECT_EQ(DetailOf(fails("SELECT id, born FROM people")).detail, "the row with \"id\" = 2");
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kActive);
  Script("COMMIT");
  EXPECT_EQ(Integer("SELECT count(*) FROM people"), 4) << "what was written stays";
  EXPECT_EQ(Run("SELECT id, born FROM people WHERE id <> 2").rows.size(), 3u)
      << "the others can be had";
}

TEST_F(PostgresqlTypes, RefusesWhatOurTypesCannotHold) {
  EXPECT_EQ(Read("'infinity'::date"), "out of range");
  EXPECT_EQ(Read("'-infinity'::timestamp"), "out of range");
  EXPECT_EQ(Read("'infinity'::timestamptz"), "out of range");
  EXPECT_EQ(Read("'0044-03-15 BC'::date"), "out of range");
  EXPECT_EQ(Read("'10000-01-01'::timestamp"), "out of range");
  EXPECT_EQ(Read("'24:00'::time"), "out of range");
  EXPECT_EQ(Read("'1 month'::interval"), "out of range");
  EXPECT_EQ(Read("'178000000 years'::interval"), "out of range");
  EXPECT_EQ(Read("'NaN'::numeric"), "out of range");
  EXPECT_EQ(Read("'-Infinity'::numeric"), "out of range");
  EXPECT_EQ(Read("'NaN'::numeric", Type::kInt64), "out of range");
  EXPECT_EQ(Read("9223372036854775808::numeric", Type::kInt64), "out of range");
  EXPECT_EQ(Read("1e400::numeric", Type::kFloat64), "out of range");
  EXPECT_EQ(Read("1.5::numeric", Type::kInt64), "bad stored value");
  EXPECT_EQ(Read("'4713-01-01 BC'::timestamptz"), "out of range");
}

TEST_F(PostgresqlTypes, RefusesConversionsThatWereNotAskedForRight) {
  EXPECT_EQ(Read("1.5::float8", Type::kInt64), "bad stored value");
  EXPECT_EQ(Read("'a'::text", Type::kInt64), "bad stored value");
  EXPECT_EQ(Read("now()", Type::kTimestamp), "bad stored value");
  EXPECT_EQ(Read("'127.0.0.1'::inet", Type::kBytes), "bad stored value");
  EXPECT_EQ(Read("ARRAY['a']", Type::kText), "bad stored value");
  EXPECT_EQ(Read("ARRAY[1]", ArrayOf(Type::kText)), "bad stored value");
  EXPECT_EQ(Read("ARRAY['\\x00'::bytea]"), "bad stored value");
  EXPECT_EQ(Read("ARRAY['127.0.0.1'::inet]"), "bad stored value");
  EXPECT_EQ(Read("1", ArrayOf(Type::kInt64)), "bad stored value");
  EXPECT_EQ(Read("'[1]'::jsonb", ArrayOf(Type::kInt64)), "bad stored value");
  EXPECT_EQ(Read("'12:00+02'::timetz"), "bad stored value");
  EXPECT_EQ(Read("'12:00+02'::timetz", Type::kTime), "bad stored value");
  EXPECT_EQ(Read("'1'::money", Type::kDecimal), "bad stored value");
  EXPECT_EQ(Read("ROW(1, 'a')"), "bad stored value");
}

TEST_F(PostgresqlTypes, ArraysRoundTripWithTheirNulls) {
  const auto round_trip = [this](Type element, std::vector<Value> items,
                                 absl::string_view server_text) {
    SCOPED_TRACE(std::string(server_text));
    items.push_back(Value::Null());
    const Value array = Value::Array(items.data(), static_cast<uint32_t>(items.size()));
    const Type type = ArrayOf(element);
    const db::Parameter parameter{&array, 1, 1, type, false};
    const sql::ResultColumn columns[] = {{"", type}, {"", Type::kNull}, {"", Type::kText}};
    db::Request request;
    request.sql = "SELECT $1, $1, $1::text";
    request.parameters = {&parameter, 1};
    request.columns = columns;
    request.returns_rows = true;
    const Answer answer = RunOn(*connection_, request);
    ASSERT_OK(answer.status);
    for (const size_t column : {0, 1}) {
      ASSERT_EQ(answer.cell(0, column).type, Type::kArray);
      EXPECT_EQ(Text(answer.cell(0, column)), Text(array));
      EXPECT_EQ(answer.cell(0, column).items[0].type, element);
    }
    EXPECT_EQ(Text(answer.cell(0, 2)), server_text);
  };
  round_trip(Type::kBool, {Value::Bool(true), Value::Bool(false)}, "{t,f,NULL}");
  round_trip(Type::kInt64, {Value::Int64(std::numeric_limits<int64_t>::min())},
             "{-9223372036854775808,NULL}");
  round_trip(Type::kFloat64, {Value::Float64(1.5), Value::Float64(std::nan(""))}, "{1.5,NaN,NULL}");
  round_trip(Type::kDecimal, {Value::SmallDecimal(-1230, 2)}, "{-12.30,NULL}");
  round_trip(Type::kText, {Value::Bytes(Type::kText, ""), Value::Bytes(Type::kText, "ünï 🐘")},
             "{\"\",\"ünï 🐘\",NULL}");
  round_trip(Type::kDate, {Value::Integer(Type::kDate, kMaxDays)}, "{9999-12-31,NULL}");
  round_trip(Type::kTime, {Value::Integer(Type::kTime, 1)}, "{00:00:00.000001,NULL}");
  round_trip(Type::kTimestamp, {Value::Integer(Type::kTimestamp, -1)},
             "{\"1969-12-31 23:59:59.999999\",NULL}");
  round_trip(Type::kTimestampTz, {Value::Integer(Type::kTimestampTz, 0)},
             "{\"1970-01-01 00:00:00+00\",NULL}");
  round_trip(Type::kInterval, {Value::Integer(Type::kInterval, -1)}, "{-00:00:00.000001,NULL}");
  round_trip(Type::kUuid, {Value::Bytes(Type::kUuid, "0123456789abcdef")},
             "{30313233-3435-3637-3839-616263646566,NULL}");
}

TEST_F(PostgresqlTypes, ReadsArraysOfOtherWidths) {
  for (const char* type : {"int2", "int4", "int8", "oid"}) {
    const std::string literal = absl::StrCat("'{1,NULL,2}'::", type, "[]");
    EXPECT_EQ(Read(literal), "{1,NULL,2}");
    EXPECT_EQ(Read(literal, ArrayOf(Type::kInt64)), "{1,NULL,2}");
    EXPECT_EQ(Read(literal, ArrayOf(Type::kDecimal)), "{1,NULL,2}");
  }
  EXPECT_EQ(Read("'{1.5}'::float4[]", ArrayOf(Type::kFloat64)), "{1.5}");
  for (const char* type : {"text", "varchar(9)", "name"}) {
    EXPECT_EQ(Read(absl::StrCat("'{a,\"b c\"}'::", type, "[]"), ArrayOf(Type::kText)), "{a,b c}");
  }
  EXPECT_EQ(Read("'{a}'::char(2)[]", ArrayOf(Type::kText)), "{a }");
  EXPECT_EQ(Read("'{}'::int[]"), "{}");
  EXPECT_EQ(Read("NULL::int[]"), "NULL");
}

TEST_F(PostgresqlTypes, RefusesArraysOfAnotherShape) {
  EXPECT_EQ(Read("ARRAY[[1,2],[3,4]]"), "out of range");
  EXPECT_EQ(Read("'[0:1]={1,2}'::int[]"), "out of range");
  EXPECT_EQ(Read("'[2:2]={1}'::text[]", ArrayOf(Type::kText)), "out of range");
  EXPECT_EQ(Read("'{infinity}'::date[]"), "out of range");
  EXPECT_EQ(Read("'{NaN}'::numeric[]"), "out of range");
  EXPECT_EQ(Read("ARRAY(SELECT unnest('[0:1]={1,2}'::int[]))"), "{1,2}") << "what the hint says";
}

TEST_F(PostgresqlTypes, ANullOfEveryTypeIsNull) {
  for (int i = 0; i <= 0xFF; ++i) {
    const Type type = static_cast<Type>(i);
    if (!IsDeclarable(i)) continue;
    const Value null;
    const db::Parameter parameter{&null, 1, 1, type, false};
    db::Request request;
    request.sql = "SELECT $1 IS NULL, $1";
    request.parameters = {&parameter, 1};
    request.returns_rows = true;
    const Answer answer = RunOn(*connection_, request);
    if (type == Type::kNull) {
      EXPECT_EQ(ClassOf(answer.status), ErrorClass::kSyntax)
          << "42P18: only the server could have known";
      continue;
    }
    SCOPED_TRACE(std::string(Name(type)));
    ASSERT_OK(answer.status);
    EXPECT_EQ(answer.cell(0, 0).integer, 1) << Name(type);
    EXPECT_TRUE(answer.cell(0, 1).is_null()) << Name(type);
  }
  Script("CREATE TEMP TABLE t (n int)");
  EXPECT_OK(Run("INSERT INTO t VALUES ($1)", {Value::Null()}).status);
  EXPECT_EQ(Integer("SELECT count(*) FROM t WHERE n IS NULL"), 1);
}

TEST_F(PostgresqlTypes, ArraysOfEveryTypeArriveWithTheirNulls) {
  const Value samples[] = {Value::Bool(true),
                           Value::Int64(-7),
                           Value::Float64(0.25),
                           Value::SmallDecimal(-1230, 2),
                           Value::Bytes(Type::kText, "a,\"{}"),
                           Value::Bytes(Type::kBytes, absl::string_view("\0x", 2)),
                           Value::Integer(Type::kDate, 1),
                           Value::Integer(Type::kTime, 1),
                           Value::Integer(Type::kTimestamp, 1),
                           Value::Integer(Type::kTimestampTz, 1),
                           Value::Integer(Type::kInterval, 1),
                           Value::Bytes(Type::kUuid, "0123456789abcdef"),
                           Value::Bytes(Type::kJson, "[1]")};
  for (const Value& sample : samples) {
    // Every second cell of a row-major pair, as a bulk insert gives them.
    const Value cells[] = {sample, Value::Int64(0), Value::Null(), Value::Int64(0), sample};
    const db::Parameter parameter{cells, 3, 2, sample.type, true};
    db::Request request;
    request.sql = "SELECT * FROM unnest($1)";
    request.parameters = {&parameter, 1};
    request.returns_rows = true;
    const Answer answer = RunOn(*connection_, request);
    SCOPED_TRACE(std::string(Name(sample.type)));
    ASSERT_OK(answer.status);
    ASSERT_EQ(answer.rows.size(), 3u);
    EXPECT_EQ(answer.cell(0).type, sample.type);
    EXPECT_EQ(Text(answer.cell(0)), Text(sample));
    EXPECT_TRUE(answer.cell(1).is_null());
    EXPECT_EQ(Text(answer.cell(2)), Text(sample));
  }
}

TEST_F(PostgresqlTypes, EmptyAndUntypedArraysArrive) {
  const Value nulls[] = {Value::Null(), Value::Null()};
  const db::Parameter parameters[] = {{nullptr, 0, 1, Type::kInt64, true},
                                      {nulls, 2, 1, Type::kNull, true},
                                      {nullptr, 0, 1, Type::kNull, true}};
  db::Request request;
  request.sql = "SELECT cardinality($1), cardinality($2::uuid[]), 5 = ANY ($3)";
  request.parameters = parameters;
  request.returns_rows = true;
  const Answer answer = RunOn(*connection_, request);
  ASSERT_OK(answer.status);
  EXPECT_EQ(answer.cell(0, 0).integer, 0);
  EXPECT_EQ(answer.cell(0, 1).integer, 2);
  EXPECT_EQ(answer.cell(0, 2).integer, 0);
}

}  // namespace
}  // namespace ferro::postgresql
