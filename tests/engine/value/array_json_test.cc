#include "engine/value/array_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/value/civil.h"
#include "engine/value/copy.h"
#include "engine/value/decimal.h"
#include "tests/support/status_matchers.h"

namespace ferro {
namespace {

using Items = std::vector<Value>;

Value Text(absl::string_view text) { return Value::Bytes(Type::kText, text); }

std::string Json(const Items& items, Type element) {
  std::string out;
  EXPECT_OK(AppendArrayJson(out, Value::Array(items.data(), static_cast<uint32_t>(items.size())),
                            element));
  return out;
}

absl::Status Refusal(const Value& item, Type element) {
  std::string out;
  const Items items = {Value::Null(), item};
  return AppendArrayJson(out, Value::Array(items.data(), 2), element);
}

bool SameValue(const Value& a, const Value& b) {
  if (a.type != b.type) return false;
  if (a.type == Type::kDecimal) {
    std::string left, right;
    AppendDecimal(left, a);
    AppendDecimal(right, b);
    return left == right;
  }
  if (HasBytes(a.type)) return a.view() == b.view();
  return a.is_null() || a.integer == b.integer;  // of doubles the bits
}

// What is read from `text`, or nothing; its own copy, so that nothing may point into `text`.
class Parsed {
 public:
  Parsed(absl::string_view text, Type element) {
    std::string gone(text);
    good_ = ParseArrayJson(gone, element, arena_, array_);
    gone.assign(gone.size(), '#');
  }
  bool good() const { return good_; }
  size_t size() const { return array_.size; }
  const Value& operator[](size_t i) const { return array_.items[i]; }

 private:
  Arena arena_;
  Value array_;
  bool good_ = false;
};

void ExpectRoundTrip(const Items& items, Type element, absl::string_view json) {
  EXPECT_EQ(Json(items, element), json);
  const Parsed back(json, element);
  ASSERT_TRUE(back.good()) << json;
  ASSERT_EQ(back.size(), items.size()) << json;
  for (size_t i = 0; i < items.size(); ++i) EXPECT_TRUE(SameValue(back[i], items[i])) << json << i;
}

TEST(ArrayJson, IsEmptyForNoItems) {
  for (const Type type : {Type::kInt64, Type::kText, Type::kUuid}) ExpectRoundTrip({}, type, "[]");
}

TEST(ArrayJson, HoldsNullsOfEveryType) {
  for (int number = 0; number < kTypeCount; ++number) {
    const auto type = static_cast<Type>(number);
    if (CanBeElement(type)) ExpectRoundTrip({Value::Null(), Value::Null()}, type, "[null,null]");
  }
}

TEST(ArrayJson, IntegersAreNumbersToTheLastDigit) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  ExpectRoundTrip(
      {Value::Int64(0), Value::Int64(-1), Value::Null(), Value::Int64(kMax), Value::Int64(kMin)},
      Type::kInt64, "[0,-1,null,9223372036854775807,-9223372036854775808]");
  ExpectRoundTrip({Value::Integer(Type::kInterval, -5'400'000'001)}, Type::kInterval,
                  "[-5400000001]");
  ExpectRoundTrip({Value::Bool(true), Value::Bool(false), Value::Null()}, Type::kBool,
                  "[true,false,null]");
}

TEST(ArrayJson, FloatsNeverLookLikeIntegers) {
  ExpectRoundTrip(
      {Value::Float64(1), Value::Float64(-0.0), Value::Float64(0.1), Value::Float64(1e300),
       Value::Float64(5e-324), Value::Float64(std::numeric_limits<double>::max())},
      Type::kFloat64, "[1.0,-0.0,0.1,1e+300,5e-324,1.7976931348623157e+308]");
}

TEST(ArrayJson, FloatsKeepEveryBit) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    const Items items = {Value::Float64(value)};
    const Parsed back(Json(items, Type::kFloat64), Type::kFloat64);
    ASSERT_TRUE(back.good() && SameValue(back[0], items[0])) << value;
  }
}

TEST(ArrayJson, EscapesWhatItMustAndNothingElse) {
  ExpectRoundTrip({Text(""), Text("Füße 漢字 🦊"), Text("it's \\ \"quoted\" /"),
                   Value::Null(), Text("null")},
                  Type::kText, R"(["","Füße 漢字 🦊","it's \\ \"quoted\" /",null,"null"])");
  ExpectRoundTrip({Text("\b\f\n\r\t\x01\x1f\x7f")}, Type::kText,
                  "[\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"]");
}

TEST(ArrayJson, WhatHasNoJsonTypeIsItsCanonicalText) {
  Arena arena;
  Value big;
  ASSERT_TRUE(ParseDecimal("-12345678901234567890123456.7890", arena, big));
  ExpectRoundTrip({Value::SmallDecimal(-110, 2), big, Value::SmallDecimal(7, 0)}, Type::kDecimal,
                  R"(["-1.10","-12345678901234567890123456.7890","7"])");
  ExpectRoundTrip({Value::Integer(Type::kDate, kMinDays), Value::Integer(Type::kDate, kMaxDays)},
                  Type::kDate, R"(["0001-01-01","9999-12-31"])");
  ExpectRoundTrip({Value::Integer(Type::kTime, 0), Value::Integer(Type::kTime, kMicrosPerDay - 1)},
                  Type::kTime, R"(["00:00:00.000000","23:59:59.999999"])");
  ExpectRoundTrip({Value::Integer(Type::kTimestamp, -1)}, Type::kTimestamp,
                  R"(["1969-12-31 23:59:59.999999"])");
  ExpectRoundTrip({Value::Integer(Type::kTimestampTz, kMinTimestamp)}, Type::kTimestampTz,
                  R"(["0001-01-01 00:00:00.000000Z"])");
  const std::string uuid("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF", 16);
  ExpectRoundTrip({Value::Bytes(Type::kUuid, uuid)}, Type::kUuid,
                  R"(["00112233-4455-6677-8899-aabbccddeeff"])");
}

TEST(ArrayJson, RefusesWhatJsonOrTheCalendarLacksAndNamesTheElement) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
    const absl::Status status = Refusal(Value::Float64(value), Type::kFloat64);
    EXPECT_ERROR(ErrorClass::kOutOfRange, status);
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("element 2"));
    EXPECT_NE(DetailOf(status).hint, "");
  }
  EXPECT_ERROR(ErrorClass::kInvalidText, Refusal(Text(absl::string_view("a\0b", 3)), Type::kText));
  EXPECT_ERROR(ErrorClass::kInvalidText, Refusal(Text("\xff"), Type::kText));
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Refusal(Value::Integer(Type::kDate, kMaxDays + 1), Type::kDate));
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Refusal(Value::Integer(Type::kTime, kMicrosPerDay), Type::kTime));
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Refusal(Value::Integer(Type::kTimestamp, kMinTimestamp - 1), Type::kTimestamp));
  EXPECT_ERROR(ErrorClass::kInvalidArgument, Refusal(Value::Int64(1), Type::kText));
  EXPECT_ERROR(ErrorClass::kInvalidArgument,
               Refusal(Value::Bytes(Type::kUuid, "short"), Type::kUuid));
  EXPECT_ERROR(ErrorClass::kInvalidArgument,
               Refusal(Value::Bytes(Type::kBytes, "x"), Type::kBytes));
  EXPECT_ERROR(ErrorClass::kInvalidArgument,
               Refusal(Value::Array(nullptr, 0), ArrayOf(Type::kInt64)));
  std::string out;
  EXPECT_ERROR(ErrorClass::kInvalidArgument, AppendArrayJson(out, Value::Int64(1), Type::kInt64));
}

TEST(ArrayJson, ReadsWhatOthersWrite) {
  const Parsed numbers(" [ 1 ,\t-0.5\r\n, 2E3,1e-2 , null ] ", Type::kFloat64);
  ASSERT_TRUE(numbers.good());
  EXPECT_EQ(numbers[0].real, 1.0);
  EXPECT_EQ(numbers[1].real, -0.5);
  EXPECT_EQ(numbers[2].real, 2000.0);
  EXPECT_EQ(numbers[3].real, 0.01);
  EXPECT_TRUE(numbers[4].is_null());
  const Parsed texts(R"(["\u00e9\u6f22\ud83e\udd8a\/\"\\\b\f\n\r\t", "a\u0041"])", Type::kText);
  ASSERT_TRUE(texts.good());
  EXPECT_EQ(texts[0].view(), "é漢🦊/\"\\\b\f\n\r\t");
  EXPECT_EQ(texts[1].view(), "aA");
  const Parsed moments(R"(["2024-06-01T12:00:00+02:00", "2024-06-01 10:00:00.5Z"])",
                       Type::kTimestampTz);
  ASSERT_TRUE(moments.good());
  EXPECT_EQ(moments[1].integer - moments[0].integer, 500'000);
}

TEST(ArrayJson, ReadsLongArrays) {
  Items items;
  for (int64_t i = 0; i < 10'000; ++i)
    items.push_back(i % 7 == 0 ? Value::Null() : Value::Int64(i));
  const Parsed back(Json(items, Type::kInt64), Type::kInt64);
  ASSERT_TRUE(back.good());
  ASSERT_EQ(back.size(), items.size());
  for (size_t i = 0; i < items.size(); ++i) ASSERT_TRUE(SameValue(back[i], items[i])) << i;
}

TEST(ArrayJson, SaysNoToWhatIsNoSuchList) {
  const std::pair<absl::string_view, Type> bad[] = {
      {"", Type::kInt64},
      {"null", Type::kInt64},
      {"1", Type::kInt64},
      {"{}", Type::kInt64},
      {"[", Type::kInt64},
      {"]", Type::kInt64},
      {"[1", Type::kInt64},
      {"[1,]", Type::kInt64},
      {"[,1]", Type::kInt64},
      {"[1 2]", Type::kInt64},
      {"[1]]", Type::kInt64},
      {"[1] x", Type::kInt64},
      {"[[1]]", Type::kInt64},
      {"[{}]", Type::kInt64},
      {"[\"1\"]", Type::kInt64},
      {"[true]", Type::kInt64},
      {"[1.0]", Type::kInt64},
      {"[1e2]", Type::kInt64},
      {"[+1]", Type::kInt64},
      {"[01]", Type::kInt64},
      {"[-]", Type::kInt64},
      {"[0x1]", Type::kInt64},
      {"[9223372036854775808]", Type::kInt64},
      {"[nul]", Type::kInt64},
      {"[NULL]", Type::kInt64},
      {"[nullx]", Type::kInt64},
      {"[.5]", Type::kFloat64},
      {"[1.]", Type::kFloat64},
      {"[1e]", Type::kFloat64},
      {"[NaN]", Type::kFloat64},
      {"[Infinity]", Type::kFloat64},
      {"[1e999]", Type::kFloat64},
      {"[-01.5]", Type::kFloat64},
      {"[1]", Type::kBool},
      {"[truex]", Type::kBool},
      {"[\"true\"]", Type::kBool},
      {"[a]", Type::kText},
      {"[1]", Type::kText},
      {"[\"a]", Type::kText},
      {"[\"a", Type::kText},
      {"[\"\\", Type::kText},
      {"[\"\\x\"]", Type::kText},
      {"[\"\\u12\"]", Type::kText},
      {"[\"\\u+123\"]", Type::kText},
      {"[\"\\u0000\"]", Type::kText},
      {"[\"\\ud800\"]", Type::kText},
      {"[\"\\udc00\"]", Type::kText},
      {"[\"\\ud800\\u0041\"]", Type::kText},
      {"[\"a\nb\"]", Type::kText},
      {"[\"\\n\n\"]", Type::kText},
      {"[\"\xff\"]", Type::kText},
      {"[\"a\"\"b\"]", Type::kText},
      {"['a']", Type::kText},
      {"[1.5]", Type::kDecimal},
      {"[\"NaN\"]", Type::kDecimal},
      {"[\"\"]", Type::kDecimal},
      {"[\"2024-02-30\"]", Type::kDate},
      {"[\"24:00\"]", Type::kTime},
      {"[20240101]", Type::kDate},
      {"[\"2024-01-01\"]", Type::kTimestamp},
      {"[\"2024-01-01 00:00:00Z\"]", Type::kTimestamp},
      {"[\"00112233445566778899aabbccddeeff\"]", Type::kUuid},
      {"[\"x\"]", Type::kUuid},
      {"[1.5]", Type::kInterval},
      {"[\"PT1S\"]", Type::kInterval},
      {"[\"x\"]", Type::kBytes},
      {"[1]", Type::kJson},
  };
  for (const auto& [text, element] : bad) {
    EXPECT_FALSE(Parsed(text, element).good()) << text << " as " << Name(element);
  }
}

// Neither crashes nor, when it says yes, gives anything that cannot be written again.
TEST(ArrayJson, SurvivesDamagedTexts) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const std::pair<std::string, Type> good[] = {
      {R"(["a\ud83e\udd8a\n","é\u00e9",null])", Type::kText},
      {"[1, -2.5e+3,null]", Type::kFloat64},
      {"[12,-9223372036854775808]", Type::kInt64},
      {R"(["2024-02-29 10:11:12.5Z"])", Type::kTimestampTz},
      {R"(["-12.340","1E+3"])", Type::kDecimal},
      {"[true,false]", Type::kBool}};
  for (int i = 0; i < 50'000; ++i) {
    auto [text, element] = good[random() % std::size(good)];
    for (uint64_t k = random() % 3 + 1; k > 0 && !text.empty(); --k) {
      const size_t at = random() % text.size();
      if (random() % 3 == 0) {
        text.erase(at, random() % 4 + 1);
      } else {
        text[at] =
            random() % 2 == 0 ? static_cast<char>(random()) : "[]{}\",\\u0e-+.nt"[random() % 15];
      }
    }
    Arena arena;
    Value array;
    if (!ParseArrayJson(text, element, arena, array)) continue;
    std::string again;
    ASSERT_OK(AppendArrayJson(again, array, element));
    Value twice;
    ASSERT_TRUE(ParseArrayJson(again, element, arena, twice)) << again;
    ASSERT_EQ(twice.size, array.size) << again;
    for (uint32_t n = 0; n < array.size; ++n)
      ASSERT_TRUE(SameValue(twice.items[n], array.items[n])) << again;
  }
}

TEST(CopyOf, TakesItemsAndTheirBytesAlong) {
  std::string first = "first", second = "second";
  Arena arena;
  Value copy;
  {
    Items items = {Text(first), Value::Null(), Text(second), Value::Int64(3),
                   Value::SmallDecimal(15, 1)};
    copy = CopyOf(Value::Array(items.data(), 5), arena);
    items.assign(5, Value::Int64(0));
  }
  first.assign(first.size(), '#');
  second.assign(second.size(), '#');
  ASSERT_EQ(copy.size, 5u);
  EXPECT_EQ(copy.items[0].view(), "first");
  EXPECT_TRUE(copy.items[1].is_null());
  EXPECT_EQ(copy.items[2].view(), "second");
  EXPECT_EQ(copy.items[3].integer, 3);
  EXPECT_TRUE(copy.items[4].is_small_decimal());
}

}  // namespace
}  // namespace ferro
