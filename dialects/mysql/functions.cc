// How MySQL and MariaDB say the functions of the query language. $~ is our collation: their own may take
// different letters for equal.
#include "dialects/mysql/tables.h"

namespace ferro::mysql {
namespace {

using enum ast::Function;
using sql::RefusedFunction;
using sql::Says;
using sql::SaysOf;

constexpr sql::FunctionRow kRows[] = {
    Says(kCoalesce, "COALESCE($*)"),
    Says(kNullIf, "NULLIF($=)"),
    Says(kGreatest, "GREATEST($*)"),
    Says(kLeast, "LEAST($*)"),
    Says(kConcat, "CONCAT($*)"),
    Says(kLower, "LOWER($1)"),
    Says(kUpper, "UPPER($1)"),
    Says(kLength, "CHAR_LENGTH($1)"),
    Says(kOctetLength, "LENGTH($1)"),
    SaysOf(2, kSubstr, "CASE WHEN $2 >= 1 THEN SUBSTR($*) END"),
    Says(kSubstr, "CASE WHEN $2 >= 1 AND $3 >= 0 THEN SUBSTR($*) END"),
    Says(kTrim, "TRIM($1)"),
    Says(kTrimLeft, "LTRIM($1)"),
    Says(kTrimRight, "RTRIM($1)"),
    Says(kReplace, "REPLACE($*)"),
    Says(kPosition, "LOCATE($2$~, $1)"),
    Says(kStartsWith, "LEFT($1, CHAR_LENGTH($2)) = $2$~"),
    Says(kEndsWith, "RIGHT($1, CHAR_LENGTH($2)) = $2$~"),
    Says(kContains, "LOCATE($2$~, $1) > 0"),
    Says(kReverse, "REVERSE($1)"),
    // MySQL repeats the value of a query in its place, and then what it has made of it.
    Says(kRepeat, "REPEAT(CONCAT($1), $2)"),
    Says(kAbs, "ABS($1)"),
    // Of any number it is an integer, and of a decimal without digits after the point so are these.
    Says(kSign, Type::kInt64, "SIGN($1)"),
    Says(kSign, Type::kDecimal, "CAST(SIGN($1) AS DECIMAL(1, 0))"),
    Says(kSign, "CAST(SIGN($1) AS DOUBLE)"),
    Says(kCeil, Type::kInt64, "$1 + 0"),
    Says(kCeil, Type::kDecimal, "CAST(CEILING($1) AS DECIMAL(65, 0))"),
    Says(kCeil, "CEILING($1)"),
    Says(kFloor, Type::kInt64, "$1 + 0"),
    Says(kFloor, Type::kDecimal, "CAST(FLOOR($1) AS DECIMAL(65, 0))"),
    Says(kFloor, "FLOOR($1)"),
    Says(kTrunc, Type::kInt64, "$1 + 0"),
    Says(kTrunc, "TRUNCATE($1, 0)"),
    Says(kRound, Type::kInt64, "$1 + 0"),
    Says(kRound, "ROUND($1)"),
    Says(kRoundTo, "ROUND($*)"),
    Says(kSqrt, "SQRT($1)"),
    Says(kExp, "EXP($1)"),
    Says(kLn, "LN($1)"),
    Says(kLog10, "LOG10($1)"),
    Says(kPower,
         "CASE WHEN ($1 = 0 AND $2 < 0) OR ($1 < 0 AND $2 <> TRUNCATE($2, 0)) THEN NULL ELSE "
         "POWER($1, $2) END"),
    Says(kYear, "CAST(YEAR($1) AS SIGNED)"),
    Says(kQuarter, "QUARTER($1)"),
    Says(kMonth, "MONTH($1)"),
    Says(kDay, "DAY($1)"),
    Says(kHour, "HOUR($1)"),
    Says(kMinute, "MINUTE($1)"),
    Says(kSecond, "SECOND($1)"),
    Says(kMicrosecond, "MICROSECOND($1)"),
    Says(kIsoDayOfWeek, "WEEKDAY($1) + 1"),
    Says(kDayOfYear, "DAYOFYEAR($1)"),
    Says(kIsoWeek, "WEEK($1, 3)"),
    Says(kIsoYear, "YEARWEEK($1, 3) DIV 100"),
    Says(kEpochMicroseconds, "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', $1)"),
    Says(kTruncYear, Type::kDate, "CAST(DATE_FORMAT($1, '%Y-01-01') AS DATE)"),
    Says(kTruncYear, "CAST(DATE_FORMAT($1, '%Y-01-01') AS DATETIME(6))"),
    Says(kTruncQuarter, Type::kDate,
         "CAST(DATE_ADD(DATE_FORMAT($1, '%Y-01-01'), INTERVAL (QUARTER($1) - 1) QUARTER) AS "
         "DATE)"),
    Says(kTruncQuarter,
         "CAST(DATE_ADD(DATE_FORMAT($1, '%Y-01-01'), INTERVAL (QUARTER($1) - 1) QUARTER) AS "
         "DATETIME(6))"),
    Says(kTruncMonth, Type::kDate, "CAST(DATE_FORMAT($1, '%Y-%m-01') AS DATE)"),
    Says(kTruncMonth, "CAST(DATE_FORMAT($1, '%Y-%m-01') AS DATETIME(6))"),
    Says(kTruncWeek, Type::kDate, "CAST(DATE_SUB(DATE($1), INTERVAL WEEKDAY($1) DAY) AS DATE)"),
    Says(kTruncWeek, "CAST(DATE_SUB(DATE($1), INTERVAL WEEKDAY($1) DAY) AS DATETIME(6))"),
    Says(kTruncDay, Type::kDate, "CAST(DATE_FORMAT($1, '%Y-%m-%d') AS DATE)"),
    Says(kTruncDay, "CAST(DATE_FORMAT($1, '%Y-%m-%d') AS DATETIME(6))"),
    Says(kTruncHour, "CAST(DATE_FORMAT($1, '%Y-%m-%d %H:00:00') AS DATETIME(6))"),
    Says(kTruncMinute, "CAST(DATE_FORMAT($1, '%Y-%m-%d %H:%i:00') AS DATETIME(6))"),
    Says(kTruncSecond, "CAST(DATE_FORMAT($1, '%Y-%m-%d %H:%i:%s') AS DATETIME(6))"),
    // Beyond the year 9999 it is NULL, before the year 1 a date of the year 0.
    Says(kAddYears, Type::kDate,
         "CASE WHEN DATE_ADD($1, INTERVAL $2 YEAR) >= DATE '0001-01-01' "
         "THEN DATE_ADD($1, INTERVAL $2 YEAR) END"),
    Says(kAddYears,
         "CASE WHEN DATE_ADD($1, INTERVAL $2 YEAR) >= DATE '0001-01-01' "
         "THEN CAST(DATE_ADD($1, INTERVAL $2 YEAR) AS DATETIME(6)) END"),
    Says(kAddMonths, Type::kDate,
         "CASE WHEN DATE_ADD($1, INTERVAL $2 MONTH) >= DATE '0001-01-01' "
         "THEN DATE_ADD($1, INTERVAL $2 MONTH) END"),
    Says(kAddMonths,
         "CASE WHEN DATE_ADD($1, INTERVAL $2 MONTH) >= DATE '0001-01-01' "
         "THEN CAST(DATE_ADD($1, INTERVAL $2 MONTH) AS DATETIME(6)) END"),
    Says(kAddDays, Type::kDate,
         "CASE WHEN DATE_ADD($1, INTERVAL $2 DAY) >= DATE '0001-01-01' "
         "THEN DATE_ADD($1, INTERVAL $2 DAY) END"),
    Says(kAddDays,
         "CASE WHEN DATE_ADD($1, INTERVAL $2 DAY) >= DATE '0001-01-01' "
         "THEN CAST(DATE_ADD($1, INTERVAL $2 DAY) AS DATETIME(6)) END"),
    Says(kAddHours,
         "CASE WHEN DATE_ADD($1, INTERVAL $2 HOUR) >= DATE '0001-01-01' "
         "THEN CAST(DATE_ADD($1, INTERVAL $2 HOUR) AS DATETIME(6)) END"),
    Says(kAddMinutes,
         "CASE WHEN DATE_ADD($1, INTERVAL $2 MINUTE) >= DATE '0001-01-01' "
         "THEN CAST(DATE_ADD($1, INTERVAL $2 MINUTE) AS DATETIME(6)) END"),
    Says(kAddSeconds,
         "CASE WHEN DATE_ADD($1, INTERVAL $2 SECOND) >= DATE '0001-01-01' "
         "THEN CAST(DATE_ADD($1, INTERVAL $2 SECOND) AS DATETIME(6)) END"),
    Says(kAddMicroseconds,
         "CASE WHEN DATE_ADD($1, INTERVAL $2 MICROSECOND) >= DATE '0001-01-01' "
         "THEN CAST(DATE_ADD($1, INTERVAL $2 MICROSECOND) AS DATETIME(6)) END"),
    Says(kDaysBetween, "DATEDIFF($*)"),
    Says(kMicrosecondsBetween, "TIMESTAMPDIFF(MICROSECOND, $2, $1)"),
    Says(kAddInterval, Type::kInterval, "$1 + $2"),
    Says(kAddInterval,
         "CASE WHEN $2 >= TIMESTAMPDIFF(MICROSECOND, $1, '0001-01-01') THEN CAST(DATE_ADD($1, INTERVAL $2 "
         "MICROSECOND) AS DATETIME(6)) END"),
    Says(kSubtractInterval, Type::kInterval, "$1 - $2"),
    Says(kSubtractInterval,
         "CASE WHEN $2 <= TIMESTAMPDIFF(MICROSECOND, '0001-01-01', $1) THEN CAST(DATE_SUB($1, INTERVAL $2 "
         "MICROSECOND) AS DATETIME(6)) END"),
    Says(kElapsed, "TIMESTAMPDIFF(MICROSECOND, $2, $1)"),
    Says(kArrayLength, "JSON_LENGTH($1)"),
    Says(kArrayHasAll, "JSON_CONTAINS($*)"),
    Says(kArrayHasAny, "JSON_OVERLAPS($*)"),
    RefusedFunction(kJsonContains,
                    "its JSON_CONTAINS() looks into arrays within arrays: compare values by path"),
    Says(kJsonHasKey, "JSON_CONTAINS_PATH($1, 'one', CONCAT('$$.', JSON_QUOTE($2)$~))"),
    Says(kJsonLength, "CASE JSON_TYPE($1) WHEN 'ARRAY'$~ THEN JSON_LENGTH($1) END"),
    Says(kJsonMergePatch, "CASE WHEN $? THEN NULL ELSE JSON_MERGE_PATCH($*) END"),
    Says(kNow, "UTC_TIMESTAMP(6)"),
    Says(kToday, "UTC_DATE()"),
    Says(kGrouping, "GROUPING($1)"),
};

}  // namespace

const std::span<const sql::FunctionRow> kFunctions = kRows;

}  // namespace ferro::mysql
