#include "dialects/sqlite/functions/decimal.h"

#include <string>

#include "dialects/sqlite/functions/tables.h"
#include "engine/value/decimal.h"

namespace ferro::sqlite {
namespace {

bool Sum(BigDecimal& a, const BigDecimal& b) {
  a.Add(b);
  return true;
}
bool Difference(BigDecimal& a, const BigDecimal& b) {
  a.Subtract(b);
  return true;
}
bool Product(BigDecimal& a, const BigDecimal& b) { return BigDecimal::Multiply(a, b, a); }

using Operator = bool (*)(BigDecimal&, const BigDecimal&);

// From left to right, as far as there is no NULL: what comes after one is not calculated.
template <class OperatorAt>
void Fold(sqlite3_context* context, int count, sqlite3_value** values, OperatorAt operator_at) {
  BigDecimal result, next;
  for (int i = 0; i < count; ++i) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) return sqlite3_result_null(context);
    if (!DecimalOf(context, values[i], i == 0 ? result : next)) return;
    if (i == 0) continue;
    if (!operator_at(i)(result, next) || !result.IsStorable()) {
      return Fail(context, kResultOutOfRange);
    }
  }
  ResultDecimal(context, result);
}

template <Operator kOperator>
void Exact(sqlite3_context* context, int count, sqlite3_value** values) {
  WithinMemory(context, [&] {
    Fold(context, count, values, [](int) { return kOperator; });
  });
}

// ferro_decimal_calculate('+-*', a, b, c, d) is ((a + b) - c) * d.
void Calculate(sqlite3_context* context, int count, sqlite3_value** values) {
  const absl::string_view signs = TextOf(values[0]);
  if (count != static_cast<int>(signs.size()) + 2) return Fail(context, kNoDecimal);
  WithinMemory(context, [&] {
    Fold(context, count - 1, values + 1, [&](int i) -> Operator {
      const char sign = signs[static_cast<size_t>(i - 1)];
      return sign == '+' ? Sum : sign == '-' ? Difference : Product;
    });
  });
}

void Negate(sqlite3_context* context, int, sqlite3_value** values) {
  BigDecimal a;
  if (!DecimalOf(context, values[0], a)) return;
  a.Negate();
  ResultDecimal(context, a);
}

constexpr ScalarRow kRows[] = {
    {"ferro_decimal_add", -1, Exact<Sum>},
    {"ferro_decimal_subtract", -1, Exact<Difference>},
    {"ferro_decimal_multiply", -1, Exact<Product>},
    {"ferro_decimal_calculate", -1, Calculate},
    {"ferro_decimal_negate", 1, Strict<Negate>},
};

}  // namespace

bool DecimalOf(sqlite3_context* context, sqlite3_value* value, BigDecimal& out) {
  const int storage = sqlite3_value_type(value);
  if (storage == SQLITE_INTEGER) {
    out = BigDecimal::FromInteger(sqlite3_value_int64(value));
    return true;
  }
  if (storage == SQLITE_TEXT && BigDecimal::Parse(TextOf(value), out)) return true;
  Fail(context, kNoDecimal);
  return false;
}

void ResultDecimal(sqlite3_context* context, const BigDecimal& value) {
  if (!value.IsStorable()) return Fail(context, kResultOutOfRange);
  std::string text;
  value.Append(text);
  ResultText(context, text);
}

int CompareDecimals(void*, int size_a, const void* a, int size_b, const void* b) {
  return CompareDecimalText({static_cast<const char*>(a), static_cast<size_t>(size_a)},
                            {static_cast<const char*>(b), static_cast<size_t>(size_b)});
}

std::span<const ScalarRow> DecimalFunctions() { return kRows; }

}  // namespace ferro::sqlite
