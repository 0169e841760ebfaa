// Sign and whole part of integers, REALs and decimals; the result is of the argument's type.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "dialects/sqlite/functions/decimal.h"
#include "dialects/sqlite/functions/tables.h"
#include "engine/value/big_decimal.h"
#include "engine/value/decimal.h"

namespace ferro::sqlite {
namespace {

using Rounding = BigDecimal::Rounding;

struct Abs {
  static bool Integer(int64_t& x) { return x >= 0 || !__builtin_sub_overflow(0, x, &x); }
  static double Real(double x) { return std::fabs(x); }
  static void Decimal(BigDecimal& x) {
    if (x.sign() < 0) x.Negate();
  }
};

struct Sign {
  static bool Integer(int64_t& x) {
    x = (x > 0) - (x < 0);
    return true;
  }
  static double Real(double x) { return (x > 0) - (x < 0); }
  static void Decimal(BigDecimal& x) { x = BigDecimal::FromInteger(x.sign()); }
};

template <double (*kReal)(double), Rounding kDecimal>
struct ToWhole {
  static bool Integer(int64_t&) { return true; }
  static double Real(double x) { return kReal(x); }
  static void Decimal(BigDecimal& x) { x.Round(0, kDecimal); }
};

double Ceil(double x) { return std::ceil(x); }
double Floor(double x) { return std::floor(x); }
double Trunc(double x) { return std::trunc(x); }
double HalfToEven(double x) { return std::rint(x); }  // nobody sets another rounding mode

template <class Operation>
void ByType(sqlite3_context* context, int, sqlite3_value** values) {
  switch (sqlite3_value_type(values[0])) {
    case SQLITE_INTEGER: {
      int64_t x = sqlite3_value_int64(values[0]);
      if (!Operation::Integer(x)) return Fail(context, kIntegerOverflow);
      return sqlite3_result_int64(context, x);
    }
    case SQLITE_FLOAT:
      return sqlite3_result_double(context, Operation::Real(sqlite3_value_double(values[0])));
    default: {
      BigDecimal x;
      if (!DecimalOf(context, values[0], x)) return;
      Operation::Decimal(x);
      ResultDecimal(context, x);
    }
  }
}

// ferro_round(x, digits) of a decimal, half away from zero. An integer stays as it is.
void RoundToDigits(sqlite3_context* context, int, sqlite3_value** values) {
  int64_t digits = 0;
  if (!IntegerOf(context, values[1], digits)) return;
  if (digits < 0) return Fail(context, "the digits to round to are less than 0");
  if (sqlite3_value_type(values[0]) == SQLITE_INTEGER) {
    return sqlite3_result_int64(context, sqlite3_value_int64(values[0]));
  }
  BigDecimal x;
  if (!DecimalOf(context, values[0], x)) return;
  // No decimal has more digits to lose.
  x.Round(std::min(digits, kMaxDecimalScale), Rounding::kHalfAwayFromZero);
  ResultDecimal(context, x);
}

constexpr ScalarRow kRows[] = {
    {"ferro_abs", 1, Strict<ByType<Abs>>},
    {"ferro_sign", 1, Strict<ByType<Sign>>},
    {"ferro_ceil", 1, Strict<ByType<ToWhole<Ceil, Rounding::kUp>>>},
    {"ferro_floor", 1, Strict<ByType<ToWhole<Floor, Rounding::kDown>>>},
    {"ferro_trunc", 1, Strict<ByType<ToWhole<Trunc, Rounding::kTowardZero>>>},
    {"ferro_round", 1, Strict<ByType<ToWhole<HalfToEven, Rounding::kHalfAwayFromZero>>>},
    {"ferro_round", 2, Strict<RoundToDigits>},
};

}  // namespace

std::span<const ScalarRow> RoundingFunctions() { return kRows; }

}  // namespace ferro::sqlite
