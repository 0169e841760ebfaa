// Integers that fail where they overflow. SQLite's own operators turn to REAL then, and lose digits
// without a word.
#include <cmath>
#include <cstdint>

#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

struct Add {
  static bool Checked(int64_t a, int64_t b, int64_t* out) {
    return !__builtin_add_overflow(a, b, out);
  }
  static double Real(double a, double b) { return a + b; }
};
struct Subtract {
  static bool Checked(int64_t a, int64_t b, int64_t* out) {
    return !__builtin_sub_overflow(a, b, out);
  }
  static double Real(double a, double b) { return a - b; }
};
struct Multiply {
  static bool Checked(int64_t a, int64_t b, int64_t* out) {
    return !__builtin_mul_overflow(a, b, out);
  }
  static double Real(double a, double b) { return a * b; }
};

// The SQL says NULLIF for the divisor; SQLite's own gives a REAL for the least int64 by -1.
struct Divide {
  static bool Checked(int64_t a, int64_t b, int64_t* out) {
    if (b == 0 || (b == -1 && a == INT64_MIN)) return false;
    *out = a / b;
    return true;
  }
  static double Real(double a, double b) { return std::trunc(a / b); }
};

template <class Operator>
void Arithmetic(sqlite3_context* context, int, sqlite3_value** values) {
  if (sqlite3_value_numeric_type(values[0]) == SQLITE_INTEGER &&
      sqlite3_value_numeric_type(values[1]) == SQLITE_INTEGER) {
    int64_t result = 0;
    if (!Operator::Checked(sqlite3_value_int64(values[0]), sqlite3_value_int64(values[1]),
                           &result)) {
      return Fail(context, kIntegerOverflow);
    }
    return sqlite3_result_int64(context, result);
  }
  const double result =
      Operator::Real(sqlite3_value_double(values[0]), sqlite3_value_double(values[1]));
  if (std::isnan(result)) return Fail(context, kNotANumber);
  sqlite3_result_double(context, result);
}

// ferro_modulo(a, b) of integers: the sign is that of `a`; NULL when `b` is 0.
void Modulo(sqlite3_context* context, int, sqlite3_value** values) {
  int64_t a = 0, b = 0;
  if (!IntegerOf(context, values[0], a) || !IntegerOf(context, values[1], b)) return;
  if (b == 0) return sqlite3_result_null(context);
  // The processor fails on the least int64 by -1.
  sqlite3_result_int64(context, b == -1 ? 0 : a % b);
}

constexpr ScalarRow kRows[] = {
    {"ferro_add", 2, Strict<Arithmetic<Add>>},
    {"ferro_subtract", 2, Strict<Arithmetic<Subtract>>},
    {"ferro_multiply", 2, Strict<Arithmetic<Multiply>>},
    {"ferro_divide", 2, Strict<Arithmetic<Divide>>},
    {"ferro_modulo", 2, Strict<Modulo>},
};

}  // namespace

std::span<const ScalarRow> ArithmeticFunctions() { return kRows; }

}  // namespace ferro::sqlite
