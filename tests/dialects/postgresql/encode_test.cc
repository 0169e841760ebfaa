#include "dialects/postgresql/encode.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "dialects/postgresql/numeric.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "tests/support/status_matchers.h"

namespace ferro::postgresql {
namespace {

db::Parameter One(const Value& value, Type type) { return {&value, 1, 1, type, false}; }

std::string Wire(const Encoder& encoder, int index = 0) {
  return {encoder.values()[index], static_cast<size_t>(encoder.lengths()[index])};
}

std::string Encoded(const Value& value) {
  Encoder encoder;
  const db::Parameter parameter = One(value, value.type);
  EXPECT_OK(encoder.Encode({&parameter, 1}));
  return Wire(encoder);
}

template <class T>
std::string Big(T value) {
  std::string out;
  AppendBig(out, value);
  return out;
}

TEST(PostgresqlEncode, ScalarsAreBigEndianWithTheEpochOf2000) {
  EXPECT_EQ(Encoded(Value::Bool(true)), std::string("\1"));
  EXPECT_EQ(Encoded(Value::Int64(-2)), Big(int64_t{-2}));
  EXPECT_EQ(Encoded(Value::Float64(1.0)), Big(uint64_t{0x3FF0'0000'0000'0000}));
  EXPECT_EQ(Encoded(Value::Integer(Type::kDate, 10'957)), Big(int32_t{0}));
  EXPECT_EQ(Encoded(Value::Integer(Type::kDate, 0)), Big(int32_t{-10'957}));
  EXPECT_EQ(Encoded(Value::Integer(Type::kTimestamp, 946'684'800'000'001)), Big(int64_t{1}));
  EXPECT_EQ(Encoded(Value::Integer(Type::kInterval, -5)), Big(int64_t{-5}) + std::string(8, '\0'));
  EXPECT_EQ(Encoded(Value::Bytes(Type::kJson, "[1]")), std::string("\1[1]"));
}

TEST(PostgresqlEncode, BytesArePointedAtAndNeverNull) {
  const std::string text = "ünïcode";
  const Value values[] = {Value::Bytes(Type::kText, text), Value::Bytes(Type::kText, {}),
                          Value::Null()};
  const db::Parameter parameters[] = {One(values[0], Type::kText), One(values[1], Type::kText),
                                      One(values[2], Type::kText)};
  Encoder encoder;
  ASSERT_OK(encoder.Encode(parameters));
  EXPECT_EQ(encoder.values()[0], text.data());
  EXPECT_NE(encoder.values()[1], nullptr);
  EXPECT_EQ(encoder.lengths()[1], 0);
  EXPECT_EQ(encoder.values()[2], nullptr);
  EXPECT_EQ(encoder.types()[2], kTextOid);
}

TEST(PostgresqlEncode, ManyParametersKeepTheirPlacesInTheBuffer) {
  std::vector<Value> values;
  for (int64_t i = 0; i < 5000; ++i) values.push_back(Value::Int64(i));
  std::vector<db::Parameter> parameters;
  for (const Value& value : values) parameters.push_back(One(value, Type::kInt64));
  Encoder encoder;
  ASSERT_OK(encoder.Encode(parameters));
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(Wire(encoder, i), Big(int64_t{i}));
}

TEST(PostgresqlEncode, AnArrayTakesAColumnOfRowMajorCells) {
  const Value cells[] = {Value::Int64(1),   Value::Bool(true), Value::Null(),
                         Value::Bool(true), Value::Int64(3),   Value::Bool(true)};
  const db::Parameter parameter{cells, 3, 2, Type::kInt64, true};
  Encoder encoder;
  ASSERT_OK(encoder.Encode({&parameter, 1}));
  EXPECT_EQ(encoder.types()[0], 1016u);
  EXPECT_EQ(Wire(encoder), Big(int32_t{1}) + Big(int32_t{1}) + Big(uint32_t{kInt8Oid}) +
                               Big(int32_t{3}) + Big(int32_t{1}) + Big(int32_t{8}) +
                               Big(int64_t{1}) + Big(int32_t{-1}) + Big(int32_t{8}) +
                               Big(int64_t{3}));
}

TEST(PostgresqlEncode, AnEmptyArrayHasNoDimension) {
  const db::Parameter parameter{nullptr, 0, 1, Type::kText, true};
  Encoder encoder;
  ASSERT_OK(encoder.Encode({&parameter, 1}));
  EXPECT_EQ(Wire(encoder), Big(int32_t{0}) + Big(int32_t{0}) + Big(uint32_t{kTextOid}));
}

TEST(PostgresqlEncode, AnArrayIsOneValue) {
  const Value items[] = {Value::Int64(7), Value::Null()};
  const Value values[] = {Value::Array(items, 2), Value::Array(nullptr, 0), Value::Null()};
  std::vector<db::Parameter> parameters;
  for (const Value& value : values) parameters.push_back(One(value, ArrayOf(Type::kInt64)));
  Encoder encoder;
  ASSERT_OK(encoder.Encode(parameters));
  for (const Oid type : encoder.types()) EXPECT_EQ(type, 1016u);
  EXPECT_EQ(Wire(encoder, 0), Big(int32_t{1}) + Big(int32_t{1}) + Big(uint32_t{kInt8Oid}) +
                                  Big(int32_t{2}) + Big(int32_t{1}) + Big(int32_t{8}) +
                                  Big(int64_t{7}) + Big(int32_t{-1}));
  EXPECT_EQ(Wire(encoder, 1), Big(int32_t{0}) + Big(int32_t{0}) + Big(uint32_t{kInt8Oid}));
  EXPECT_EQ(encoder.values()[2], nullptr);
}

TEST(PostgresqlEncode, AnElementOfAnArrayIsNoRow) {
  const Value items[] = {Value::Bytes(Type::kText, "ok"), Value::Bytes(Type::kText, "\xFF")};
  const Value value = Value::Array(items, 2);
  const db::Parameter parameters[] = {One(value, ArrayOf(Type::kText)), One(value, Type::kText),
                                      One(items[0], ArrayOf(Type::kText))};
  Encoder encoder;
  const absl::Status status = encoder.Encode({parameters, 1});
  EXPECT_ERROR(ErrorClass::kInvalidText, status);
  EXPECT_EQ(status.message(), "element 2 of parameter 1 is not valid UTF-8");
  EXPECT_EQ(DetailOf(status).row, -1);
  EXPECT_ERROR(ErrorClass::kInvalidArgument, encoder.Encode({parameters + 1, 1}));
  EXPECT_ERROR(ErrorClass::kInvalidArgument, encoder.Encode({parameters + 2, 1}));
}

TEST(PostgresqlEncode, NumericMatchesTheServersForm) {
  const auto numeric = [](absl::string_view text) {
    Arena arena;
    Value value;
    EXPECT_TRUE(ParseDecimal(text, arena, value)) << text;
    std::string out;
    EXPECT_TRUE(AppendNumeric(out, value)) << text;
    return out;
  };
  const auto header = [](uint16_t count, int16_t weight, uint16_t sign, uint16_t scale) {
    return Big(count) + Big(weight) + Big(sign) + Big(scale);
  };
  EXPECT_EQ(numeric("0"), header(0, 0, 0, 0));
  EXPECT_EQ(numeric("0.00"), header(0, 0, 0, 2));
  EXPECT_EQ(numeric("-12.30"), header(2, 0, 0x4000, 2) + Big(uint16_t{12}) + Big(uint16_t{3000}));
  EXPECT_EQ(numeric("10000"), header(1, 1, 0, 0) + Big(uint16_t{1}));
  EXPECT_EQ(numeric("0.00000001"), header(1, -2, 0, 8) + Big(uint16_t{1}));
  EXPECT_EQ(numeric("12345678901234567890.5"),
            header(6, 4, 0, 1) + Big(uint16_t{1234}) + Big(uint16_t{5678}) + Big(uint16_t{9012}) +
                Big(uint16_t{3456}) + Big(uint16_t{7890}) + Big(uint16_t{5000}));
}

TEST(PostgresqlEncode, RefusesTextThatNoColumnCanHold) {
  Encoder encoder;
  const Value nul = Value::Bytes(Type::kText, absl::string_view("a\0b", 3));
  const db::Parameter with_nul = One(nul, Type::kText);
  const absl::Status status = encoder.Encode({&with_nul, 1});
  EXPECT_ERROR(ErrorClass::kInvalidText, status);
  EXPECT_EQ(status.message(), "parameter 1 holds U+0000, which PostgreSQL's text cannot");
  const Value surrogate = Value::Bytes(Type::kJson, "\"\xED\xA0\x80\"");
  const db::Parameter with_surrogate = One(surrogate, Type::kJson);
  EXPECT_ERROR(ErrorClass::kInvalidText, encoder.Encode({&with_surrogate, 1}));
}

TEST(PostgresqlEncode, SaysWhichElementOfAnArrayIsWrong) {
  const Value cells[] = {Value::Bytes(Type::kText, "ok"), Value::Bytes(Type::kText, "\xFF")};
  const db::Parameter parameter{cells, 2, 1, Type::kText, true};
  Encoder encoder;
  const absl::Status status = encoder.Encode({&parameter, 1});
  EXPECT_ERROR(ErrorClass::kInvalidText, status);
  EXPECT_EQ(status.message(), "element 2 of parameter 1 is not valid UTF-8");
  EXPECT_EQ(DetailOf(status).row, 1);
}

TEST(PostgresqlEncode, RefusesDatesThatCannotBeReadBack) {
  Encoder encoder;
  const Value values[] = {Value::Integer(Type::kDate, kMaxDays + 1),
                          Value::Integer(Type::kTimestamp, std::numeric_limits<int64_t>::min()),
                          Value::Integer(Type::kTimestampTz, kMaxTimestamp + 1),
                          Value::Integer(Type::kTime, kMicrosPerDay)};
  for (const Value& value : values) {
    const db::Parameter parameter = One(value, value.type);
    EXPECT_ERROR(ErrorClass::kOutOfRange, encoder.Encode({&parameter, 1}));
  }
}

TEST(PostgresqlEncode, RefusesMoreParametersThanTheProtocolCounts) {
  const Value value = Value::Int64(1);
  std::vector<db::Parameter> parameters(65'536, One(value, Type::kInt64));
  Encoder encoder;
  const absl::Status status = encoder.Encode(parameters);
  EXPECT_ERROR(ErrorClass::kInvalidArgument, status);
  EXPECT_NE(status.message().find("65536"), absl::string_view::npos);
  parameters.pop_back();
  EXPECT_OK(encoder.Encode(parameters));
}

TEST(PostgresqlEncode, RefusesAValueOfAnotherTypeThanDeclared) {
  const Value value = Value::Int64(1);
  const db::Parameter parameters[] = {One(value, Type::kText), One(value, Type::kNull)};
  Encoder encoder;
  EXPECT_ERROR(ErrorClass::kInvalidArgument, encoder.Encode({&parameters[0], 1}));
  EXPECT_ERROR(ErrorClass::kInvalidArgument, encoder.Encode({&parameters[1], 1}));
}

}  // namespace
}  // namespace ferro::postgresql
