#include "engine/value/big_decimal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "engine/value/decimal.h"

namespace ferro {
namespace {

using Rounding = BigDecimal::Rounding;

BigDecimal Of(absl::string_view text) {
  BigDecimal out;
  EXPECT_TRUE(BigDecimal::Parse(text, out)) << text;
  return out;
}

std::string Text(const BigDecimal& value) {
  std::string out;
  value.Append(out);
  return out;
}

std::string Sum(BigDecimal a, const BigDecimal& b) {
  a.Add(b);
  return Text(a);
}

std::string Difference(BigDecimal a, const BigDecimal& b) {
  a.Subtract(b);
  return Text(a);
}

std::string Product(const BigDecimal& a, const BigDecimal& b) {
  BigDecimal out;
  return BigDecimal::Multiply(a, b, out) ? Text(out) : "refused";
}

std::string Rounded(absl::string_view text, int64_t scale, Rounding rounding) {
  BigDecimal value = Of(text);
  value.Round(scale, rounding);
  return Text(value);
}

TEST(BigDecimal, WritesWhatItRead) {
  for (const absl::string_view text :
       {"0", "0.00", "1.10", "-12.30", "1000000000", "999999999.999999999", "-0.000000001",
        "1234567890123456789012345678901234567890.0000000000123456789"}) {
    EXPECT_EQ(Text(Of(text)), text);
  }
  EXPECT_EQ(Text(Of("-1E+3")), "-1000");
  EXPECT_EQ(Text(Of("+.50")), "0.50");
  EXPECT_EQ(Text(Of("-.50")), "-0.50");
  EXPECT_EQ(Text(Of("007.")), "7");
  EXPECT_EQ(Text(Of("-0.00")), "0.00");
  EXPECT_EQ(Text(Of(std::string(200'000, '0') + "7")), "7");
  BigDecimal out;
  for (const absl::string_view text :
       {"", "1.2.3", "NaN", "-", ".", "-.", "--1", "1-", "1 ", "1e", "inf"}) {
    EXPECT_FALSE(BigDecimal::Parse(text, out)) << text;
  }
}

TEST(BigDecimal, IntegersAreDecimalsOfScaleZero) {
  for (const int64_t value : {int64_t{0}, int64_t{-1}, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(Text(BigDecimal::FromInteger(value)), absl::StrCat(value));
    int64_t back = 1;
    EXPECT_TRUE(BigDecimal::FromInteger(value).Truncate(back));
    EXPECT_EQ(back, value);
  }
  int64_t whole = 0;
  EXPECT_TRUE(Of("-2.99").Truncate(whole));
  EXPECT_EQ(whole, -2);
  EXPECT_TRUE(Of("9223372036854775807.999").Truncate(whole));
  EXPECT_EQ(whole, INT64_MAX);
  EXPECT_FALSE(Of("9223372036854775808").Truncate(whole));
  EXPECT_FALSE(Of("-9223372036854775809").Truncate(whole));
  EXPECT_FALSE(Of("1e40").Truncate(whole));
}

TEST(BigDecimal, SumsHaveTheLargerScale) {
  EXPECT_EQ(Sum(Of("1.5"), Of("2.50")), "4.00");
  EXPECT_EQ(Sum(Of("999999999"), Of("1")), "1000000000");
  EXPECT_EQ(Sum(Of("0.999999999"), Of("0.0000000001")), "0.9999999991");
  EXPECT_EQ(Sum(Of("-1.25"), Of("1.25")), "0.00");
  EXPECT_EQ(Sum(Of("1"), Of("-1000000000000000000000")), "-999999999999999999999");
  EXPECT_EQ(Difference(Of("1000000000000000000000"), Of("0.1")), "999999999999999999999.9");
  EXPECT_EQ(Difference(Of("0"), Of("0.10")), "-0.10");
  EXPECT_EQ(Difference(Of("-5"), Of("-7.0")), "2.0");
  BigDecimal twice = Of("-123456789012.5");
  twice.Add(twice);
  EXPECT_EQ(Text(twice), "-246913578025.0");
  twice.Subtract(twice);
  EXPECT_EQ(Text(twice), "0.0");
}

TEST(BigDecimal, ProductsHaveBothScales) {
  EXPECT_EQ(Product(Of("1.5"), Of("-2.50")), "-3.750");
  EXPECT_EQ(Product(Of("0.0000000001"), Of("0.0000000001")), "0.00000000000000000001");
  EXPECT_EQ(Product(Of("-1"), Of("0.0")), "0.0");
  const std::string nines(65, '9');
  EXPECT_EQ(Product(Of(nines), Of(nines)),
            absl::StrCat(std::string(64, '9'), "8", std::string(64, '0'), "1"));
}

TEST(BigDecimal, NegationKnowsNoNegativeZero) {
  for (const auto& [text, negated] :
       {std::pair("1.50", "-1.50"), std::pair("-2", "2"), std::pair("0.00", "0.00")}) {
    BigDecimal value = Of(text);
    value.Negate();
    EXPECT_EQ(Text(value), negated);
  }
  EXPECT_EQ(Of("-0.01").sign(), -1);
  EXPECT_EQ(Of("0.00").sign(), 0);
  EXPECT_EQ(Of("1000000000").sign(), 1);
}

TEST(BigDecimal, RoundsInEachWay) {
  EXPECT_EQ(Rounded("2.5", 0, Rounding::kHalfAwayFromZero), "3");
  EXPECT_EQ(Rounded("-2.5", 0, Rounding::kHalfAwayFromZero), "-3");
  EXPECT_EQ(Rounded("2.4999999999999999999", 0, Rounding::kHalfAwayFromZero), "2");
  EXPECT_EQ(Rounded("-0.4", 0, Rounding::kHalfAwayFromZero), "0");
  EXPECT_EQ(Rounded("0.5", 0, Rounding::kHalfAwayFromZero), "1");
  EXPECT_EQ(Rounded("999999999.995", 2, Rounding::kHalfAwayFromZero), "1000000000.00");
  EXPECT_EQ(Rounded("0.0000000005", 9, Rounding::kHalfAwayFromZero), "0.000000001");
  EXPECT_EQ(Rounded("0.0000000004999", 9, Rounding::kHalfAwayFromZero), "0.000000000");
  EXPECT_EQ(Rounded("1.5", 3, Rounding::kHalfAwayFromZero), "1.500");
  EXPECT_EQ(Rounded("1.5", 12, Rounding::kHalfAwayFromZero), "1.500000000000");
  EXPECT_EQ(Rounded("-1.01", 0, Rounding::kDown), "-2");
  EXPECT_EQ(Rounded("-1.00000000000000000000", 0, Rounding::kDown), "-1");
  EXPECT_EQ(Rounded("1.99", 0, Rounding::kDown), "1");
  EXPECT_EQ(Rounded("-1.99", 0, Rounding::kUp), "-1");
  EXPECT_EQ(Rounded("-0.99", 0, Rounding::kUp), "0");
  EXPECT_EQ(Rounded("0.0000000000000000001", 0, Rounding::kUp), "1");
  EXPECT_EQ(Rounded("-9.99", 1, Rounding::kTowardZero), "-9.9");
}

TEST(BigDecimal, IsStorableWithinTheLimitsOfDecimals) {
  const BigDecimal most = Of(std::string(131'072, '9'));
  EXPECT_TRUE(most.IsStorable());
  BigDecimal more = most;
  more.Add(BigDecimal::FromInteger(1));
  EXPECT_FALSE(more.IsStorable());
  more.Subtract(BigDecimal::FromInteger(1));
  EXPECT_EQ(Text(more), Text(most));
  BigDecimal product;
  EXPECT_FALSE(BigDecimal::Multiply(most, BigDecimal::FromInteger(10), product) &&
               product.IsStorable());
  EXPECT_TRUE(BigDecimal::Multiply(most, BigDecimal::FromInteger(-1), product) &&
              product.IsStorable());
  EXPECT_EQ(Product(Of("1e-16383"), Of("0.1")), "refused");
  EXPECT_EQ(Product(most, most), "refused");
}

std::string Text(absl::int128 coefficient, size_t scale) {
  const bool negative = coefficient < 0;
  if (negative) coefficient = -coefficient;
  std::string digits;
  while (coefficient > 0 || digits.size() <= scale) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(coefficient % 10)));
    coefficient /= 10;
  }
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return negative ? "-" + digits : digits;
}

TEST(BigDecimal, AgreesWithIntegersOf128Bits) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  const auto coefficient = [&] {
    const int64_t value = static_cast<int64_t>(random()) >> (random() % 64);
    return absl::int128(random() % 4 == 0 ? value / 1'000'000'000 * 1'000'000'000 : value);
  };
  for (int i = 0; i < 20'000; ++i) {
    const absl::int128 a = coefficient(), b = coefficient();
    const size_t scale_a = random() % 19, scale_b = random() % 19,
                 scale = std::max(scale_a, scale_b);
    absl::int128 x = a, y = b;
    for (size_t digit = scale_a; digit < scale; ++digit) x *= 10;
    for (size_t digit = scale_b; digit < scale; ++digit) y *= 10;
    const BigDecimal left = Of(Text(a, scale_a)), right = Of(Text(b, scale_b));
    ASSERT_EQ(Sum(left, right), Text(x + y, scale));
    ASSERT_EQ(Difference(left, right), Text(x - y, scale));
    ASSERT_EQ(Product(left, right), Text(a * b, scale_a + scale_b));
  }
}

TEST(BigDecimal, KeepsTheLawsOfArithmeticForLongNumbers) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  const auto number = [&] {
    std::string text = random() % 2 == 0 ? "-" : "";
    for (size_t i = random() % 90 + 1; i > 0; --i) {
      text.push_back(random() % 3 == 0 ? "09"[random() % 2]
                                       : static_cast<char>('0' + random() % 10));
    }
    text.push_back('.');
    for (size_t i = random() % 40; i > 0; --i)
      text.push_back(static_cast<char>('0' + random() % 10));
    return Of(text);
  };
  for (int i = 0; i < 5'000; ++i) {
    const BigDecimal a = number(), b = number(), c = number();
    BigDecimal sum = a, products, product;
    sum.Add(b);
    EXPECT_EQ(CompareDecimalText(Difference(sum, b), Text(a)), 0);
    ASSERT_TRUE(BigDecimal::Multiply(a, c, products) && BigDecimal::Multiply(b, c, product));
    products.Add(product);
    ASSERT_TRUE(BigDecimal::Multiply(sum, c, product));
    ASSERT_EQ(Text(product), Text(products));
    BigDecimal down = a, up = a;
    down.Round(3, Rounding::kDown);
    up.Round(3, Rounding::kUp);
    EXPECT_LE(CompareDecimalText(Text(down), Text(a)), 0);
    EXPECT_GE(CompareDecimalText(Text(up), Text(a)), 0);
    EXPECT_LE(CompareDecimalText(Difference(up, down), "0.001"), 0);
  }
}

}  // namespace
}  // namespace ferro
