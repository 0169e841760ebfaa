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

// What has been calculated so far.
struct Number {
  bool whole = true;
  int64_t integer = 0;
  double real = 0;

  double AsReal() const { return whole ? static_cast<double>(integer) : real; }
};

Number NumberOf(sqlite3_value* value) {
  if (sqlite3_value_numeric_type(value) == SQLITE_INTEGER) {
    return {.integer = sqlite3_value_int64(value)};
  }
  return {.whole = false, .real = sqlite3_value_double(value)};
}

// False, with an error, when there is no such number.
template <class Operator>
bool Apply(sqlite3_context* context, Number& a, const Number& b) {
  if (a.whole && b.whole) {
    if (Operator::Checked(a.integer, b.integer, &a.integer)) return true;
    Fail(context, kIntegerOverflow);
    return false;
  }
  a = {.whole = false, .real = Operator::Real(a.AsReal(), b.AsReal())};
  if (!std::isnan(a.real)) return true;
  Fail(context, kNotANumber);
  return false;
}

bool ApplySign(sqlite3_context* context, char sign, Number& a, const Number& b) {
  if (sign == '+') return Apply<Add>(context, a, b);
  if (sign == '-') return Apply<Subtract>(context, a, b);
  return Apply<Multiply>(context, a, b);
}

// From left to right, as far as there is no NULL: what comes after one is not calculated.
template <class Step>
void Fold(sqlite3_context* context, int count, sqlite3_value** values, Step step) {
  Number result;
  for (int i = 0; i < count; ++i) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) return sqlite3_result_null(context);
    const Number next = NumberOf(values[i]);
    if (i == 0) {
      result = next;
    } else if (!step(i, result, next)) {
      return;
    }
  }
  result.whole ? sqlite3_result_int64(context, result.integer)
               : sqlite3_result_double(context, result.real);
}

template <class Operator>
void Arithmetic(sqlite3_context* context, int count, sqlite3_value** values) {
  Fold(context, count, values, [&](int, Number& a, const Number& b) {
    return Apply<Operator>(context, a, b);
  });
}

// ferro_calculate('+-*', a, b, c, d) is ((a + b) - c) * d.
void Calculate(sqlite3_context* context, int count, sqlite3_value** values) {
  const absl::string_view signs = TextOf(values[0]);
  if (count != static_cast<int>(signs.size()) + 2) return Fail(context, kNotANumber);
  Fold(context, count - 1, values + 1, [&](int i, Number& a, const Number& b) {
    return ApplySign(context, signs[static_cast<size_t>(i - 1)], a, b);
  });
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
    {"ferro_add", -1, Arithmetic<Add>},
    {"ferro_subtract", -1, Arithmetic<Subtract>},
    {"ferro_multiply", -1, Arithmetic<Multiply>},
    {"ferro_calculate", -1, Calculate},
    {"ferro_divide", 2, Strict<Arithmetic<Divide>>},
    {"ferro_modulo", 2, Strict<Modulo>},
};

}  // namespace

std::span<const ScalarRow> ArithmeticFunctions() { return kRows; }

}  // namespace ferro::sqlite
