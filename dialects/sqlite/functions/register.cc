#include "dialects/sqlite/functions/register.h"

#include <span>

#include "dialects/sqlite/functions/tables.h"
#include "engine/base/error.h"

namespace ferro::sqlite {
namespace {

// Innocuous: indexes, CHECKs and views may call them although the schema is not trusted.
constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

int RegisterScalars(sqlite3* db, std::span<const ScalarRow> rows) {
  for (const ScalarRow& row : rows) {
    const int code = sqlite3_create_function_v2(db, row.name, row.arguments, kFlags, nullptr,
                                                row.function, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

int RegisterAggregates(sqlite3* db, std::span<const AggregateRow> rows) {
  for (const AggregateRow& row : rows) {
    const int code = sqlite3_create_window_function(db, row.name, 1, kFlags, nullptr, row.step,
                                                    row.final, row.value, row.inverse, nullptr);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

int RegisterAll(sqlite3* db) {
  const std::span<const ScalarRow> scalars[] = {
      LikeFunctions(),     TextFunctions(),   ArithmeticFunctions(),
      RoundingFunctions(), RealFunctions(),   CastFunctions(),
      DecimalFunctions(),  MomentFunctions(), JsonFunctions(),
      JsonGetFunctions(),  JsonOfFunctions(), JsonChangeFunctions(),
      RegexFunctions(),
  };
  for (const std::span<const ScalarRow> rows : scalars) {
    const int code = RegisterScalars(db, rows);
    if (code != SQLITE_OK) return code;
  }
  for (const std::span<const AggregateRow> rows : {SumAggregates(), StatisticsAggregates()}) {
    const int code = RegisterAggregates(db, rows);
    if (code != SQLITE_OK) return code;
  }
  if (const int code = RegisterList(db); code != SQLITE_OK) return code;
  return sqlite3_create_collation_v2(db, "ferro_decimal", SQLITE_UTF8, nullptr, CompareDecimals,
                                     nullptr);
}

}  // namespace

absl::Status RegisterFunctions(sqlite3* db) {
  const int code = RegisterAll(db);
  if (code == SQLITE_OK) return absl::OkStatus();
  return MakeError(code == SQLITE_NOMEM ? ErrorClass::kMemory : ErrorClass::kInternal,
                   "SQLite did not take our functions");
}

}  // namespace ferro::sqlite
