// From one type of numbers to another. SQLite's CAST clamps what is out of range, and takes any
// text for a number.
#include <cmath>
#include <cstdint>

#include "dialects/sqlite/functions/decimal.h"
#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

void ToInt(sqlite3_context* context, int, sqlite3_value** values) {
  int64_t result = 0;
  if (sqlite3_value_type(values[0]) == SQLITE_FLOAT) {
    constexpr double kEnd = 0x1p63;  // one past the largest; the least is exactly -kEnd
    const double whole = std::trunc(sqlite3_value_double(values[0]));
    if (!(whole >= -kEnd && whole < kEnd)) return Fail(context, kIntegerOverflow);
    result = static_cast<int64_t>(whole);
  } else {
    BigDecimal decimal;
    if (!DecimalOf(context, values[0], decimal)) return;
    if (!decimal.Truncate(result)) return Fail(context, kIntegerOverflow);
  }
  sqlite3_result_int64(context, result);
}

void ToDecimal(sqlite3_context* context, int, sqlite3_value** values) {
  BigDecimal decimal;
  if (DecimalOf(context, values[0], decimal)) ResultDecimal(context, decimal);
}

void ToFloat(sqlite3_context* context, int, sqlite3_value** values) {
  double result = 0;
  if (RealOf(context, values[0], result)) sqlite3_result_double(context, result);
}

constexpr ScalarRow kRows[] = {
    {"ferro_to_int", 1, Strict<ToInt>},
    {"ferro_to_decimal", 1, Strict<ToDecimal>},
    {"ferro_to_float", 1, Strict<ToFloat>},
};

}  // namespace

std::span<const ScalarRow> CastFunctions() { return kRows; }

}  // namespace ferro::sqlite
