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

template <bool (*kOperator)(BigDecimal&, const BigDecimal&)>
void Exact(sqlite3_context* context, int, sqlite3_value** values) {
  BigDecimal a, b;
  if (!DecimalOf(context, values[0], a) || !DecimalOf(context, values[1], b)) return;
  if (!kOperator(a, b)) return Fail(context, kResultOutOfRange);
  ResultDecimal(context, a);
}

void Negate(sqlite3_context* context, int, sqlite3_value** values) {
  BigDecimal a;
  if (!DecimalOf(context, values[0], a)) return;
  a.Negate();
  ResultDecimal(context, a);
}

constexpr ScalarRow kRows[] = {
    {"ferro_decimal_add", 2, Strict<Exact<Sum>>},
    {"ferro_decimal_subtract", 2, Strict<Exact<Difference>>},
    {"ferro_decimal_multiply", 2, Strict<Exact<Product>>},
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
