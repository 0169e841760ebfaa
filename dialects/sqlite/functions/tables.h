// The functions of each file of this folder, for register.cc.
#pragma once

#include <span>

#include "dialects/sqlite/functions/aggregate.h"
#include "dialects/sqlite/functions/call.h"

namespace ferro::sqlite {

std::span<const ScalarRow> LikeFunctions();
std::span<const ScalarRow> TextFunctions();
std::span<const ScalarRow> ArithmeticFunctions();
std::span<const ScalarRow> RoundingFunctions();
std::span<const ScalarRow> RealFunctions();
std::span<const ScalarRow> CastFunctions();
std::span<const ScalarRow> DecimalFunctions();
std::span<const ScalarRow> MomentFunctions();
std::span<const ScalarRow> JsonFunctions();
std::span<const ScalarRow> JsonGetFunctions();
std::span<const ScalarRow> JsonChangeFunctions();
std::span<const ScalarRow> JsonOfFunctions();
std::span<const ScalarRow> RegexFunctions();
std::span<const AggregateRow> SumAggregates();
std::span<const AggregateRow> StatisticsAggregates();

// The table-valued function ferro_list; an SQLite code.
int RegisterList(sqlite3* db);

// The collation ferro_decimal.
int CompareDecimals(void*, int size_a, const void* a, int size_b, const void* b);

}  // namespace ferro::sqlite
