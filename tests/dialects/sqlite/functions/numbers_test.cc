#include "tests/dialects/sqlite/functions/harness.h"

namespace ferro::sqlite {
namespace {

class NumbersTest : public FunctionsTest {};

constexpr char kOverflow[] = "out of range: integer overflow";
constexpr char kOutOfRange[] = "out of range: the result is out of range";
constexpr char kNoDecimal[] = "data: an argument is neither an integer nor a decimal";

TEST_F(NumbersTest, ArithmeticIsCheckedForIntegers) {
  EXPECT_EQ(Select("ferro_add(9223372036854775806, 1)"), "9223372036854775807");
  EXPECT_EQ(Select("ferro_subtract(-9223372036854775807, 1)"), "-9223372036854775808");
  EXPECT_EQ(Select("ferro_multiply(-3, 4)"), "-12");
  EXPECT_EQ(Select("ferro_add(1, 0.5)"), "r1.5");
  EXPECT_EQ(Select("ferro_multiply(9223372036854775807, 2.0)"), "r1.8446744073709552e+19");
  ExpectStrict("ferro_add", {"1", "1"});
  EXPECT_EQ(Select("ferro_add(9223372036854775807, 1)"), kOverflow);
  EXPECT_EQ(Select("ferro_subtract(-9223372036854775807, 2)"), kOverflow);
  EXPECT_EQ(Select("ferro_multiply(4611686018427387904, 2)"), kOverflow);
  EXPECT_EQ(Select("ferro_subtract(9e999, 9e999)"), "out of range: the result is not a number");
}

TEST_F(NumbersTest, QuotientsOfIntegersAreCutOffTowardZeroAndNeverBecomeReals) {
  EXPECT_EQ(Select("ferro_divide(-7, 2)"), "-3");
  EXPECT_EQ(Select("ferro_divide(7, -2)"), "-3");
  EXPECT_EQ(Select("ferro_divide(7, NULLIF(0, 0))"), "NULL");
  EXPECT_EQ(Select("ferro_divide(-9223372036854775808, -1)"), kOverflow);
}

TEST_F(NumbersTest, ARemainderHasTheSignOfTheDividend) {
  EXPECT_EQ(Select("ferro_modulo(7, 3)"), "1");
  EXPECT_EQ(Select("ferro_modulo(-7, 3)"), "-1");
  EXPECT_EQ(Select("ferro_modulo(7, -3)"), "1");
  EXPECT_EQ(Select("ferro_modulo(7, 0)"), "NULL");
  EXPECT_EQ(Select("ferro_modulo(-9223372036854775808, -1)"), "0");
  EXPECT_EQ(Select("ferro_modulo(7.0, 2)"), "data: an argument is no integer");
  ExpectStrict("ferro_modulo", {"1", "1"});
}

TEST_F(NumbersTest, AbsAndSignKeepTheType) {
  EXPECT_EQ(Select("ferro_abs(-5)"), "5");
  EXPECT_EQ(Select("ferro_abs(-9223372036854775808)"), kOverflow);
  EXPECT_EQ(Select("ferro_abs(-0.5)"), "r0.5");
  EXPECT_EQ(Select("ferro_abs('-12.30')"), "'12.30'");
  EXPECT_EQ(Select("ferro_abs('0.00')"), "'0.00'");
  EXPECT_EQ(Select("ferro_sign(-9223372036854775808)"), "-1");
  EXPECT_EQ(Select("ferro_sign(0.0)"), "r0");
  EXPECT_EQ(Select("ferro_sign(-9e999)"), "r-1");
  EXPECT_EQ(Select("ferro_sign('-0.01')"), "'-1'");
  EXPECT_EQ(Select("ferro_sign('0.00')"), "'0'");
  EXPECT_EQ(Select("ferro_abs('abc')"), kNoDecimal);
  EXPECT_EQ(Select("ferro_abs(x'31')"), kNoDecimal);
  ExpectStrict("ferro_abs", {"1"});
  ExpectStrict("ferro_sign", {"1"});
}

TEST_F(NumbersTest, WholePartsKeepTheType) {
  EXPECT_EQ(Select("ferro_ceil(3)"), "3");
  EXPECT_EQ(Select("ferro_ceil(1.2)"), "r2");
  EXPECT_EQ(Select("ferro_floor(-1.2)"), "r-2");
  EXPECT_EQ(Select("ferro_trunc(-1.7)"), "r-1");
  EXPECT_EQ(Select("ferro_ceil('1.01')"), "'2'");
  EXPECT_EQ(Select("ferro_ceil('-0.5')"), "'0'");
  EXPECT_EQ(Select("ferro_floor('-0.5')"), "'-1'");
  EXPECT_EQ(Select("ferro_floor('99999999999999999999.99')"), "'99999999999999999999'");
  EXPECT_EQ(Select("ferro_ceil('99999999999999999999.99')"), "'100000000000000000000'");
  EXPECT_EQ(Select("ferro_trunc('-9.99')"), "'-9'");
  for (const char* function : {"ferro_ceil", "ferro_floor", "ferro_trunc", "ferro_round"}) {
    ExpectStrict(function, {"1.5"});
  }
}

TEST_F(NumbersTest, RealsAreRoundedToEvenAndDecimalsAwayFromZero) {
  EXPECT_EQ(Select("ferro_round(7)"), "7");
  EXPECT_EQ(Select("ferro_round(2.5)"), "r2");
  EXPECT_EQ(Select("ferro_round(3.5)"), "r4");
  EXPECT_EQ(Select("ferro_round(-2.5)"), "r-2");
  EXPECT_EQ(Select("ferro_round('2.5')"), "'3'");
  EXPECT_EQ(Select("ferro_round('-2.5')"), "'-3'");
  EXPECT_EQ(Select("ferro_round('2.345', 2)"), "'2.35'");
  EXPECT_EQ(Select("ferro_round('-2.345', 2)"), "'-2.35'");
  EXPECT_EQ(Select("ferro_round('2.3', 3)"), "'2.300'");
  EXPECT_EQ(Select("ferro_round(5, 2)"), "5");
  EXPECT_EQ(Select("ferro_length(ferro_round('1.5', 9223372036854775807))"), "16385");
  EXPECT_EQ(Select("ferro_round('1.5', -1)"), "data: the digits to round to are less than 0");
  EXPECT_EQ(Select("ferro_round(1.5, 1)"), kNoDecimal);
  ExpectStrict("ferro_round", {"'1.5'", "1"});
}

TEST_F(NumbersTest, RootsLogarithmsAndPowersAreReal) {
  EXPECT_EQ(Select("ferro_sqrt(4)"), "r2");
  EXPECT_EQ(Select("ferro_sqrt('2.25')"), "r1.5");
  EXPECT_EQ(Select("ferro_ln(1)"), "r0");
  EXPECT_EQ(Select("ferro_log10(1000)"), "r3");
  EXPECT_EQ(Select("ferro_exp(0)"), "r1");
  EXPECT_EQ(Select("ferro_exp(-1000)"), "r0");
  EXPECT_EQ(Select("ferro_power(2, 10)"), "r1024");
  EXPECT_EQ(Select("ferro_power(2, -1.0)"), "r0.5");
  EXPECT_EQ(Select("ferro_power(-8, 3)"), "r-512");
  EXPECT_EQ(Select("ferro_power(0, 0)"), "r1");
  for (const char* function : {"ferro_sqrt", "ferro_ln", "ferro_log10", "ferro_exp"}) {
    ExpectStrict(function, {"1"});
  }
  ExpectStrict("ferro_power", {"1", "1"});
}

TEST_F(NumbersTest, OutsideOfItsDomainAFunctionIsNull) {
  for (const char* call : {"ferro_sqrt(-1)", "ferro_ln(0)", "ferro_ln(-1)", "ferro_log10(0)",
                           "ferro_power(-8, 0.5)", "ferro_power(0, -1)", "ferro_power(-0.0, -2)"}) {
    EXPECT_EQ(Select(call), "NULL") << call;
  }
}

TEST_F(NumbersTest, WhatDoublesCannotHoldFails) {
  EXPECT_EQ(Select("ferro_exp(1000)"), kOutOfRange);
  EXPECT_EQ(Select("ferro_power(10, 400)"), kOutOfRange);
  EXPECT_EQ(Select("ferro_to_float('1e400')"), kOutOfRange);
  EXPECT_EQ(Select("ferro_to_float('-1e400')"), kOutOfRange);
  EXPECT_EQ(Select("ferro_exp(9e999)"), "rinf");  // it was infinite before
  EXPECT_EQ(Select("ferro_power(9e999, 2)"), "rinf");
}

TEST_F(NumbersTest, IntegersAreCutOffTowardZero) {
  EXPECT_EQ(Select("ferro_to_int(7)"), "7");
  EXPECT_EQ(Select("ferro_to_int(-1.9)"), "-1");
  EXPECT_EQ(Select("ferro_to_int('-1.9')"), "-1");
  EXPECT_EQ(Select("ferro_to_int(-9223372036854775808.0)"), "-9223372036854775808");
  EXPECT_EQ(Select("ferro_to_int(9223372036854774784.0)"), "9223372036854774784");
  EXPECT_EQ(Select("ferro_to_int('9223372036854775807.99')"), "9223372036854775807");
  EXPECT_EQ(Select("ferro_to_int(9223372036854775808.0)"), kOverflow);
  EXPECT_EQ(Select("ferro_to_int('-9223372036854775809')"), kOverflow);
  EXPECT_EQ(Select("ferro_to_int(-9e999)"), kOverflow);
  EXPECT_EQ(Select("ferro_to_int('12abc')"), kNoDecimal);
  ExpectStrict("ferro_to_int", {"1"});
}

TEST_F(NumbersTest, DecimalsComeFromIntegersAndDecimalsOnly) {
  EXPECT_EQ(Select("ferro_to_decimal(-9223372036854775808)"), "'-9223372036854775808'");
  EXPECT_EQ(Select("ferro_to_decimal('12.30')"), "'12.30'");
  EXPECT_EQ(Select("ferro_to_decimal('1E+3')"), "'1000'");
  EXPECT_EQ(Select("ferro_to_decimal(0.1)"), kNoDecimal);
  EXPECT_EQ(Select("ferro_to_decimal('')"), kNoDecimal);
  ExpectStrict("ferro_to_decimal", {"1"});
}

TEST_F(NumbersTest, FloatsAreTheNearest) {
  EXPECT_EQ(Select("ferro_to_float(3)"), "r3");
  EXPECT_EQ(Select("ferro_to_float('0.1') = 0.1"), "1");
  // Halfway but for its last digit, which SQLite's own conversion does not look at.
  EXPECT_EQ(Select("ferro_to_float('9007199254740993.00000000000000000000000000001')"),
            "r9007199254740994");
  EXPECT_EQ(Select("ferro_to_float('9007199254740993')"), "r9007199254740992");
  EXPECT_EQ(Select("ferro_to_float('1e-400')"), "r0");
  EXPECT_EQ(Select("ferro_to_float('+1.5')"), "r1.5");
  EXPECT_EQ(Select("ferro_to_float('inf')"), kNoDecimal);
  EXPECT_EQ(Select("ferro_to_float('0x10')"), kNoDecimal);
  ExpectStrict("ferro_to_float", {"1"});
}

}  // namespace
}  // namespace ferro::sqlite
