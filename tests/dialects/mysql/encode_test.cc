// Parameters as the library is given them, and what is refused.
#include "dialects/mysql/encode.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/value/civil.h"
#include "tests/support/status_matchers.h"

namespace ferro::mysql {
namespace {

constexpr uint64_t kMaxPacket = 1 << 24;

class MysqlEncode : public ::testing::Test {
 protected:
  const MYSQL_BIND& One(const Value& value) {
    value_ = value;
    parameter_ = {&value_, 1, 1, value.type, false};
    EXPECT_OK(binds_.Encode({&parameter_, 1}, kMaxPacket));
    return binds_.view().front();
  }
  absl::Status Try(const Value& value) {
    value_ = value;
    parameter_ = {&value_, 1, 1, value.type, false};
    return binds_.Encode({&parameter_, 1}, kMaxPacket);
  }
  static absl::string_view Bytes(const MYSQL_BIND& bind) {
    return {static_cast<const char*>(bind.buffer), *bind.length};
  }

  Value value_;
  db::Parameter parameter_;
  ParameterBinds binds_;
};

TEST_F(MysqlEncode, EachTypeHasItsWireType) {
  const MYSQL_BIND* bind = &One(Value::Bool(true));
  EXPECT_EQ(bind->buffer_type, MYSQL_TYPE_TINY);
  EXPECT_EQ(*static_cast<const signed char*>(bind->buffer), 1);
  bind = &One(Value::Int64(-5));
  EXPECT_EQ(bind->buffer_type, MYSQL_TYPE_LONGLONG);
  EXPECT_EQ(*static_cast<const int64_t*>(bind->buffer), -5);
  bind = &One(Value::Integer(Type::kInterval, 7));
  EXPECT_EQ(bind->buffer_type, MYSQL_TYPE_LONGLONG);
  bind = &One(Value::Float64(0.5));
  EXPECT_EQ(bind->buffer_type, MYSQL_TYPE_DOUBLE);
  EXPECT_EQ(*static_cast<const double*>(bind->buffer), 0.5);
  bind = &One(Value::SmallDecimal(-1230, 2));
  EXPECT_EQ(bind->buffer_type, MYSQL_TYPE_NEWDECIMAL);
  EXPECT_EQ(Bytes(*bind), "-12.30");
  bind = &One(Value::Bytes(Type::kText, "é"));
  EXPECT_EQ(bind->buffer_type, MYSQL_TYPE_STRING);
  EXPECT_EQ(Bytes(*bind), "é");
  bind = &One(Value::Bytes(Type::kBytes, ""));
  EXPECT_EQ(bind->buffer_type, MYSQL_TYPE_BLOB);
  EXPECT_NE(bind->buffer, nullptr) << "empty is not null";
  EXPECT_EQ(*bind->is_null, 0);
  bind = &One(Value::Bytes(Type::kUuid, "0123456789abcdef"));
  EXPECT_EQ(bind->buffer_type, MYSQL_TYPE_BLOB);
  EXPECT_EQ(Bytes(*bind), "0123456789abcdef");
}

TEST_F(MysqlEncode, Moments) {
  const auto* time =
      static_cast<const MYSQL_TIME*>(One(Value::Integer(Type::kTimestampTz, -1)).buffer);
  EXPECT_EQ(time->year, 1969u);
  EXPECT_EQ(time->month, 12u);
  EXPECT_EQ(time->day, 31u);
  EXPECT_EQ(time->hour, 23u);
  EXPECT_EQ(time->minute, 59u);
  EXPECT_EQ(time->second, 59u);
  EXPECT_EQ(time->second_part, 999'999u);
  time = static_cast<const MYSQL_TIME*>(One(Value::Integer(Type::kDate, kMinDays)).buffer);
  EXPECT_EQ(time->year, 1u);
  time = static_cast<const MYSQL_TIME*>(One(Value::Integer(Type::kTime, kMicrosPerDay - 1)).buffer);
  EXPECT_EQ(time->hour, 23u);
  EXPECT_EQ(time->second_part, 999'999u);
}

TEST_F(MysqlEncode, NullsKeepTheirType) {
  const Value null;
  const db::Parameter parameter{&null, 1, 1, Type::kDecimal, false};
  ASSERT_OK(binds_.Encode({&parameter, 1}, kMaxPacket));
  EXPECT_EQ(binds_.view()[0].buffer_type, MYSQL_TYPE_NEWDECIMAL);
  EXPECT_EQ(*binds_.view()[0].is_null, 1);
}

TEST_F(MysqlEncode, ArraysAreJson) {
  const Value items[] = {Value::Bytes(Type::kText, "é\""), Value::Null()};
  const Value values[] = {Value::Array(items, 2), Value::Array(nullptr, 0), Value::Null()};
  std::vector<db::Parameter> parameters;
  for (const Value& value : values)
    parameters.push_back({&value, 1, 1, ArrayOf(Type::kText), false});
  ASSERT_OK(binds_.Encode(parameters, kMaxPacket));
  EXPECT_EQ(Bytes(binds_.view()[0]), "[\"é\\\"\",null]");
  EXPECT_EQ(Bytes(binds_.view()[1]), "[]");
  EXPECT_EQ(*binds_.view()[2].is_null, 1);
  for (const MYSQL_BIND& bind : binds_.view()) EXPECT_EQ(bind.buffer_type, MYSQL_TYPE_STRING);
  const Value infinite = Value::Float64(std::numeric_limits<double>::infinity());
  const Value bad = Value::Array(&infinite, 1);
  const db::Parameter parameter{&bad, 1, 1, ArrayOf(Type::kFloat64), false};
  const absl::Status status = binds_.Encode({&parameter, 1}, kMaxPacket);
  EXPECT_ERROR(ErrorClass::kOutOfRange, status);
  EXPECT_NE(DetailOf(status).hint, "");
}

TEST_F(MysqlEncode, TheSignatureIsOfTheTypes) {
  One(Value::Int64(1));
  const uint64_t integer = binds_.signature();
  One(Value::Int64(2));
  EXPECT_EQ(binds_.signature(), integer);
  One(Value::Bytes(Type::kText, "2"));
  EXPECT_NE(binds_.signature(), integer);
}

TEST_F(MysqlEncode, Refusals) {
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Try(Value::Float64(std::numeric_limits<double>::infinity())));
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Try(Value::Float64(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_ERROR(ErrorClass::kInvalidText,
               Try(Value::Bytes(Type::kText, absl::string_view("\0", 1))));
  EXPECT_ERROR(ErrorClass::kInvalidText, Try(Value::Bytes(Type::kJson, "\xc0\x80")));
  EXPECT_ERROR(ErrorClass::kOutOfRange, Try(Value::Integer(Type::kDate, kMinDays - 1)));
  EXPECT_ERROR(ErrorClass::kOutOfRange, Try(Value::Integer(Type::kTimestamp, kMaxTimestamp + 1)));
  EXPECT_ERROR(ErrorClass::kInternal, Try(Value::Array(nullptr, 0)));
  const std::string large(kMaxPacket, 'x');
  EXPECT_ERROR(ErrorClass::kOutOfRange, Try(Value::Bytes(Type::kBytes, large)));
  const absl::Status status = Try(Value::Bytes(Type::kText, "private\xff"));
  EXPECT_EQ(status.ToString().find("private"), std::string::npos);
  EXPECT_NE(std::string(status.message()).find("parameter 1"), std::string::npos);
}

TEST_F(MysqlEncode, ManyAndThenFew) {
  const std::vector<Value> values(kMaxParameters, Value::Int64(3));
  std::vector<db::Parameter> parameters;
  for (const Value& value : values) parameters.push_back({&value, 1, 1, Type::kInt64, false});
  ASSERT_OK(binds_.Encode(parameters, kMaxPacket));
  EXPECT_EQ(*static_cast<const int64_t*>(binds_.view().back().buffer), 3);
  parameters.push_back(parameters.front());
  EXPECT_ERROR(ErrorClass::kInvalidArgument, binds_.Encode(parameters, kMaxPacket));
  EXPECT_EQ(*static_cast<const int64_t*>(One(Value::Int64(4)).buffer), 4);
  EXPECT_LT(binds_.view().size(), 2u);
}

}  // namespace
}  // namespace ferro::mysql
