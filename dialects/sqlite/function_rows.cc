// How SQLite says the functions of the query language; ferro_… are ours (see functions/).
#include "dialects/sqlite/tables.h"

namespace ferro::sqlite {
namespace {

using enum ast::Function;
using sql::Says;
using sql::SaysOf;

constexpr sql::FunctionRow kRows[] = {
    Says(kCoalesce, "COALESCE($*)"),
    Says(kNullIf, "NULLIF($=)"),
    Says(kGreatest, "MAX($=)"),
    Says(kLeast, "MIN($=)"),
    Says(kConcat, "$|"),
    Says(kLower, "ferro_lower($1)"),
    Says(kUpper, "ferro_upper($1)"),
    Says(kLength, "ferro_length($1)"),
    Says(kOctetLength, "LENGTH(CAST($1 AS BLOB))"),
    SaysOf(2, kSubstr, "CASE WHEN $2 >= 1 THEN ferro_substr($*) END"),
    Says(kSubstr, "CASE WHEN $2 >= 1 AND $3 >= 0 THEN ferro_substr($*) END"),
    Says(kTrim, "TRIM($1)"),
    Says(kTrimLeft, "LTRIM($1)"),
    Says(kTrimRight, "RTRIM($1)"),
    Says(kReplace, "ferro_replace($*)"),
    Says(kPosition, "ferro_position($2, $1)"),
    Says(kStartsWith, "ferro_starts_with($*)"),
    Says(kEndsWith, "ferro_ends_with($*)"),
    Says(kContains, "ferro_contains($*)"),
    Says(kReverse, "ferro_reverse($1)"),
    Says(kRepeat, "ferro_repeat($*)"),
    Says(kAbs, "ferro_abs($1)"),
    Says(kSign, "ferro_sign($1)"),
    Says(kCeil, "ferro_ceil($1)"),
    Says(kFloor, "ferro_floor($1)"),
    Says(kTrunc, "ferro_trunc($1)"),
    Says(kRound, "ferro_round($1)"),
    Says(kRoundTo, "ferro_round($*)"),
    Says(kSqrt, "ferro_sqrt($1)"),
    Says(kExp, "ferro_exp($1)"),
    Says(kLn, "ferro_ln($1)"),
    Says(kLog10, "ferro_log10($1)"),
    Says(kPower, "ferro_power($*)"),
    Says(kYear, "ferro_extract('year', $1)"),
    Says(kQuarter, "ferro_extract('quarter', $1)"),
    Says(kMonth, "ferro_extract('month', $1)"),
    Says(kDay, "ferro_extract('day', $1)"),
    Says(kHour, "ferro_extract('hour', $1)"),
    Says(kMinute, "ferro_extract('minute', $1)"),
    Says(kSecond, "ferro_extract('second', $1)"),
    Says(kMicrosecond, "ferro_extract('microsecond', $1)"),
    Says(kIsoDayOfWeek, "ferro_extract('isodow', $1)"),
    Says(kDayOfYear, "ferro_extract('doy', $1)"),
    Says(kIsoWeek, "ferro_extract('isoweek', $1)"),
    Says(kIsoYear, "ferro_extract('isoyear', $1)"),
    Says(kEpochMicroseconds, "ferro_extract('epoch_us', $1)"),
    Says(kTruncYear, "ferro_date_trunc('year', $1)"),
    Says(kTruncQuarter, "ferro_date_trunc('quarter', $1)"),
    Says(kTruncMonth, "ferro_date_trunc('month', $1)"),
    Says(kTruncWeek, "ferro_date_trunc('week', $1)"),
    Says(kTruncDay, "ferro_date_trunc('day', $1)"),
    Says(kTruncHour, "ferro_date_trunc('hour', $1)"),
    Says(kTruncMinute, "ferro_date_trunc('minute', $1)"),
    Says(kTruncSecond, "ferro_date_trunc('second', $1)"),
    Says(kAddYears, "ferro_date_add($1, $2, 'year')"),
    Says(kAddMonths, "ferro_date_add($1, $2, 'month')"),
    Says(kAddDays, "ferro_date_add($1, $2, 'day')"),
    Says(kAddHours, "ferro_date_add($1, $2, 'hour')"),
    Says(kAddMinutes, "ferro_date_add($1, $2, 'minute')"),
    Says(kAddSeconds, "ferro_date_add($1, $2, 'second')"),
    Says(kAddMicroseconds, "ferro_date_add($1, $2, 'microsecond')"),
    Says(kDaysBetween, "ferro_diff_days($*)"),
    Says(kMicrosecondsBetween, "ferro_diff_us($*)"),
    Says(kAddInterval, Type::kInterval, "ferro_add($*)"),
    Says(kAddInterval, "ferro_date_add($1, $2, 'microsecond')"),
    Says(kSubtractInterval, Type::kInterval, "ferro_subtract($*)"),
    Says(kSubtractInterval, "ferro_date_add($1, -($2), 'microsecond')"),
    Says(kElapsed, Type::kDate, "ferro_diff_days($*) * 86400000000"),
    Says(kElapsed, "ferro_diff_us($*)"),
    Says(kArrayLength, "json_array_length($1)"),
    Says(kArrayHasAll,
         "CASE WHEN $1 IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each($2) AS ferro_wanted WHERE "
         "ferro_wanted.value NOT IN (SELECT ferro_held.value FROM json_each($1) AS ferro_held WHERE "
         "ferro_held.value IS NOT NULL)) END"),
    Says(kArrayHasAny,
         "CASE WHEN $1 IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each($2) AS ferro_wanted WHERE "
         "ferro_wanted.value IN (SELECT ferro_held.value FROM json_each($1) AS ferro_held)) END"),
    Says(kJsonContains, "ferro_json_contains($*)"),
    Says(kJsonHasKey,
         "CASE WHEN $? THEN NULL ELSE json_type($1) = 'object' AND ferro_json_has_key($*) END"),
    Says(kJsonLength, "CASE json_type($1) WHEN 'array' THEN json_array_length($1) END"),
    Says(kJsonMergePatch, "json_patch($*)"),
    Says(kNow, "STRFTIME('%Y-%m-%d %H:%M:%f000Z', 'now')"),
    Says(kToday, "DATE('now')"),
};

}  // namespace

const std::span<const sql::FunctionRow> kFunctions = kRows;

}  // namespace ferro::sqlite
