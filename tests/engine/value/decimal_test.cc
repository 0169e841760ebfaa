#include "engine/value/decimal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace ferro {
namespace {

std::string Text(const Value& value) {
  std::string out;
  AppendDecimal(out, value);
  return out;
}

// The canonical form of `text`, or "refused".
std::string RoundTrip(absl::string_view text) {
  Arena arena;
  Value value;
  return ParseDecimal(text, arena, value) ? Text(value) : "refused";
}

TEST(Decimal, KeepsTheScaleThatWasWritten) {
  for (const char* text : {"0", "0.00", "1.10", "-12.30", "1000", "-0.000000000000000001",
                           "999999999999999999", "0.999999999999999999"}) {
    EXPECT_EQ(RoundTrip(text), text);
  }
}

TEST(Decimal, WritesOtherSpellingsCanonically) {
  EXPECT_EQ(RoundTrip("+007.50"), "7.50");
  EXPECT_EQ(RoundTrip(".5"), "0.5");
  EXPECT_EQ(RoundTrip("5."), "5");
  EXPECT_EQ(RoundTrip("-0"), "0");
  EXPECT_EQ(RoundTrip("-0.00"), "0.00");
  EXPECT_EQ(RoundTrip("1E+3"), "1000");
  EXPECT_EQ(RoundTrip("12.5e1"), "125");
  EXPECT_EQ(RoundTrip("12.5e3"), "12500");
  EXPECT_EQ(RoundTrip("1E-7"), "0.0000001");
  EXPECT_EQ(RoundTrip("-1.5e-25"), "-0.00000000000000000000000015");
  EXPECT_EQ(RoundTrip("0E-3"), "0.000");
  EXPECT_EQ(RoundTrip("0E+999"), "0");
}

TEST(Decimal, IsSmallUpToEighteenDigitsAndScaleEighteen) {
  Arena arena;
  Value value;
  ASSERT_TRUE(ParseDecimal("-1234567890.12345678", arena, value));
  EXPECT_TRUE(value.is_small_decimal());
  EXPECT_EQ(value.integer, -123456789012345678);
  EXPECT_EQ(value.scale, 8);
  ASSERT_TRUE(ParseDecimal("1234567890123456789", arena, value));
  EXPECT_FALSE(value.is_small_decimal());
  EXPECT_EQ(Text(value), "1234567890123456789");
  ASSERT_TRUE(ParseDecimal("0.0000000000000000001", arena, value));
  EXPECT_FALSE(value.is_small_decimal());
  EXPECT_EQ(Text(value), "0.0000000000000000001");
}

TEST(Decimal, RefusesWhatIsNoFiniteDecimal) {
  for (const char* text :
       {"",   "-",  "+",   ".",        "-.",   "e5",   "1e",    "1e+", "1.2.3", "1,5",
        " 1", "1 ", "NaN", "Infinity", "-inf", "0x10", "1_000", "--1", "1e1.5", "1e99999999999"}) {
    EXPECT_EQ(RoundTrip(text), "refused") << text;
  }
  EXPECT_EQ(RoundTrip(absl::string_view("1\0", 2)), "refused");
}

TEST(Decimal, HasTheLimitsOfPostgresql) {
  EXPECT_EQ(RoundTrip(std::string(131'072, '9')), std::string(131'072, '9'));
  EXPECT_EQ(RoundTrip(std::string(131'073, '9')), "refused");
  EXPECT_EQ(RoundTrip("1e131071").size(), 131'072u);
  EXPECT_EQ(RoundTrip("1e131072"), "refused");
  EXPECT_EQ(RoundTrip("1e-16383").size(), 16'385u);
  EXPECT_EQ(RoundTrip("1e-16384"), "refused");
  EXPECT_EQ(RoundTrip("000" + std::string(131'072, '9')), std::string(131'072, '9'));
}

TEST(Decimal, WritesEveryCoefficient) {
  EXPECT_EQ(Text(Value::SmallDecimal(std::numeric_limits<int64_t>::min(), 0)),
            "-9223372036854775808");
  EXPECT_EQ(Text(Value::SmallDecimal(std::numeric_limits<int64_t>::min(), 18)),
            "-9.223372036854775808");
  EXPECT_EQ(Text(Value::SmallDecimal(-5, 3)), "-0.005");
  EXPECT_EQ(Text(Value::SmallDecimal(0, 2)), "0.00");
}

TEST(Decimal, OrdersByValueAndNotBySpelling) {
  EXPECT_EQ(CompareDecimalText("1.10", "1.1"), 0);
  EXPECT_EQ(CompareDecimalText("-0", "0.00"), 0);
  EXPECT_EQ(CompareDecimalText("1e3", "1000.000"), 0);
  EXPECT_LT(CompareDecimalText("9", "10"), 0);
  EXPECT_GT(CompareDecimalText("-9", "-10"), 0);
  EXPECT_LT(CompareDecimalText("-1", "0"), 0);
  EXPECT_GT(CompareDecimalText("0.1", "0.09999999999999999999999"), 0);
  EXPECT_GT(CompareDecimalText("123456789012345678901", "123456789012345678900.5"), 0);
  EXPECT_LT(CompareDecimalText("1e-30", "1e-29"), 0);
}

TEST(Decimal, OrdersTextThatIsNoNumberFirst) {
  EXPECT_LT(CompareDecimalText("zebra", "-99999"), 0);
  EXPECT_GT(CompareDecimalText("0", ""), 0);
  EXPECT_LT(CompareDecimalText("a", "b"), 0);
  EXPECT_EQ(CompareDecimalText("NaN", "NaN"), 0);
}

TEST(Decimal, OrderAgreesWithIntegersOfRandomScale) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  Arena arena;
  for (int i = 0; i < 20'000; ++i) {
    const auto scale = static_cast<uint16_t>(random() % 6);
    const int64_t a = static_cast<int64_t>(random() % 2'000'001) - 1'000'000;
    const int64_t b =
        random() % 4 == 0 ? a : static_cast<int64_t>(random() % 2'000'001) - 1'000'000;
    const std::string left = Text(Value::SmallDecimal(a, scale));
    const std::string right = Text(Value::SmallDecimal(b, scale));
    const int order = CompareDecimalText(left, right + (scale > 0 ? "00" : ".0"));
    ASSERT_EQ((order > 0) - (order < 0), (a > b) - (a < b)) << left << " and " << right;
    Value parsed;
    ASSERT_TRUE(ParseDecimal(left, arena, parsed));
    ASSERT_EQ(parsed.integer, a);
    ASSERT_EQ(parsed.scale, scale);
  }
}

}  // namespace
}  // namespace ferro
