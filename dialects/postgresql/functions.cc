// How PostgreSQL says the functions of the query language (its manual, chapter 9). Sessions are in UTC.
#include "dialects/postgresql/tables.h"

namespace ferro::postgresql {
namespace {

using enum ast::Function;
using sql::RefusedFunction;
using sql::Says;
using sql::SaysOf;

// RFC 7396 for any patch: `w` walks it, a row for each value and its path; `r` applies them one by one, what holds others
// before these. On the way each object of the patch makes sure of one in the document. A NULL gives no row, so NULL.
constexpr absl::string_view kMergePatch =
    "(WITH RECURSIVE s(d, p) AS (SELECT $1, $2), w(k, v) AS (SELECT CAST('{}' AS text[]), s.p FROM s "
    "WHERE s.d IS NOT NULL AND s.p IS NOT NULL UNION ALL SELECT w.k || e.key, e.value FROM w, "
    "JSONB_EACH(CASE JSONB_TYPEOF(w.v) WHEN 'object' THEN w.v ELSE '{}' END) AS e), "
    "o(n, k, v) AS (SELECT ROW_NUMBER() OVER (ORDER BY CARDINALITY(w.k)), w.k, w.v FROM w), "
    "r(n, d) AS (SELECT CAST(0 AS bigint), s.d FROM s UNION ALL SELECT o.n, CASE "
    "WHEN JSONB_TYPEOF(o.v) = 'object' AND JSONB_TYPEOF(r.d #> o.k) = 'object' THEN r.d "
    "WHEN JSONB_TYPEOF(o.v) = 'object' AND o.n > 1 THEN JSONB_SET(r.d, o.k, '{}') "
    "WHEN JSONB_TYPEOF(o.v) = 'object' THEN '{}' WHEN o.n = 1 THEN o.v "
    "WHEN JSONB_TYPEOF(o.v) = 'null' THEN r.d #- o.k ELSE JSONB_SET(r.d, o.k, o.v) END "
    "FROM r JOIN o ON o.n = r.n + 1) SELECT r.d FROM r WHERE r.n > 0 ORDER BY r.n DESC LIMIT 1)";

constexpr sql::FunctionRow kRows[] = {
    Says(kCoalesce, "COALESCE($*)"),
    Says(kNullIf, "NULLIF($=)"),
    Says(kGreatest, "CASE WHEN $? THEN NULL ELSE GREATEST($*) END"),
    Says(kLeast, "CASE WHEN $? THEN NULL ELSE LEAST($*) END"),
    Says(kConcat, "$|"),
    Says(kLower, "LOWER($1)"),
    Says(kUpper, "UPPER($1)"),
    Says(kLength, "CAST(CHAR_LENGTH($1) AS bigint)"),
    Says(kOctetLength, "CAST(OCTET_LENGTH($1) AS bigint)"),
    SaysOf(2, kSubstr,
         "CASE WHEN $2 >= 1 THEN SUBSTR($1, CAST(LEAST($2, 2147483647) AS integer)) END"),
    Says(kSubstr,
         "CASE WHEN $2 >= 1 AND $3 >= 0 THEN SUBSTR($1, CAST(LEAST($2, 2147483647) AS "
         "integer), CAST(LEAST($3, 2147483647) AS integer)) END"),
    Says(kTrim, "TRIM($1)"),
    Says(kTrimLeft, "LTRIM($1)"),
    Says(kTrimRight, "RTRIM($1)"),
    Says(kReplace, "REPLACE($*)"),
    Says(kPosition, "CAST(STRPOS($1, $2) AS bigint)"),
    Says(kStartsWith, "STARTS_WITH($1, $2)"),
    Says(kEndsWith, "RIGHT($1, CHAR_LENGTH($2)) = $2"),
    Says(kContains, "STRPOS($1, $2) > 0"),
    Says(kReverse, "REVERSE($1)"),
    Says(kRepeat, "REPEAT($1, CAST($2 AS integer))"),
    Says(kAbs, "ABS($1)"),
    Says(kSign, Type::kInt64, "CAST(SIGN($1) AS bigint)"),
    Says(kSign, "SIGN($1)"),
    Says(kCeil, Type::kInt64, "+$1"),
    Says(kCeil, "CEIL($1)"),
    Says(kFloor, Type::kInt64, "+$1"),
    Says(kFloor, "FLOOR($1)"),
    Says(kTrunc, Type::kInt64, "+$1"),
    Says(kTrunc, "TRUNC($1)"),
    Says(kRound, Type::kInt64, "+$1"),
    Says(kRound, "ROUND($1)"),
    Says(kRoundTo, "ROUND($1, CAST($2 AS integer))"),
    Says(kSqrt, "CASE WHEN $1 >= 0 THEN SQRT($1) END"),
    Says(kExp, "CASE WHEN $1 < -745.2 THEN 0 ELSE EXP($1) END"),
    Says(kLn, "CASE WHEN $1 > 0 THEN LN($1) END"),
    Says(kLog10, "CASE WHEN $1 > 0 THEN LOG($1) END"),
    Says(kPower,
         "CASE WHEN ($1 = 0 AND $2 < 0) OR ($1 < 0 AND $2 <> TRUNC($2)) THEN NULL ELSE "
         "POWER($1, $2) END"),
    Says(kYear, "CAST(EXTRACT(YEAR FROM $1) AS bigint)"),
    Says(kQuarter, "CAST(EXTRACT(QUARTER FROM $1) AS bigint)"),
    Says(kMonth, "CAST(EXTRACT(MONTH FROM $1) AS bigint)"),
    Says(kDay, "CAST(EXTRACT(DAY FROM $1) AS bigint)"),
    Says(kHour, "CAST(EXTRACT(HOUR FROM $1) AS bigint)"),
    Says(kMinute, "CAST(EXTRACT(MINUTE FROM $1) AS bigint)"),
    Says(kSecond, "CAST(FLOOR(EXTRACT(SECOND FROM $1)) AS bigint)"),
    Says(kMicrosecond, "CAST(EXTRACT(MICROSECONDS FROM $1) AS bigint) % 1000000"),
    Says(kIsoDayOfWeek, "CAST(EXTRACT(ISODOW FROM $1) AS bigint)"),
    Says(kDayOfYear, "CAST(EXTRACT(DOY FROM $1) AS bigint)"),
    Says(kIsoWeek, "CAST(EXTRACT(WEEK FROM $1) AS bigint)"),
    Says(kIsoYear, "CAST(EXTRACT(ISOYEAR FROM $1) AS bigint)"),
    Says(kEpochMicroseconds, "CAST(EXTRACT(EPOCH FROM $1) * 1000000 AS bigint)"),
    Says(kTruncYear, Type::kDate, "CAST(DATE_TRUNC('year', $1) AS date)"),
    Says(kTruncYear, "DATE_TRUNC('year', $1)"),
    Says(kTruncQuarter, Type::kDate, "CAST(DATE_TRUNC('quarter', $1) AS date)"),
    Says(kTruncQuarter, "DATE_TRUNC('quarter', $1)"),
    Says(kTruncMonth, Type::kDate, "CAST(DATE_TRUNC('month', $1) AS date)"),
    Says(kTruncMonth, "DATE_TRUNC('month', $1)"),
    Says(kTruncWeek, Type::kDate, "CAST(DATE_TRUNC('week', $1) AS date)"),
    Says(kTruncWeek, "DATE_TRUNC('week', $1)"),
    Says(kTruncDay, Type::kDate, "CAST(DATE_TRUNC('day', $1) AS date)"),
    Says(kTruncDay, "DATE_TRUNC('day', $1)"),
    Says(kTruncHour, "DATE_TRUNC('hour', $1)"),
    Says(kTruncMinute, "DATE_TRUNC('minute', $1)"),
    Says(kTruncSecond, "DATE_TRUNC('second', $1)"),
    // What is beyond the years 1 to 9999 is never calculated: an interval has its own limits.
    Says(kAddYears, Type::kDate,
         "CASE WHEN EXTRACT(YEAR FROM $1) + $2 BETWEEN 1 AND 9999 THEN CAST($1 + "
         "MAKE_INTERVAL(years => CAST($2 AS integer)) AS date) END"),
    Says(kAddYears,
         "CASE WHEN EXTRACT(YEAR FROM $1) + $2 BETWEEN 1 AND 9999 THEN $1 + "
         "MAKE_INTERVAL(years => CAST($2 AS integer)) END"),
    Says(kAddMonths, Type::kDate,
         "CASE WHEN EXTRACT(YEAR FROM $1) * 12 + EXTRACT(MONTH FROM $1) + $2 BETWEEN 13 AND "
         "120000 THEN CAST($1 + MAKE_INTERVAL(months => CAST($2 AS integer)) AS date) END"),
    Says(kAddMonths,
         "CASE WHEN EXTRACT(YEAR FROM $1) * 12 + EXTRACT(MONTH FROM $1) + $2 BETWEEN 13 AND "
         "120000 THEN $1 + MAKE_INTERVAL(months => CAST($2 AS integer)) END"),
    Says(kAddDays, Type::kDate,
         "CASE WHEN $2 BETWEEN DATE '0001-01-01' - CAST($1 AS date) AND DATE '9999-12-31' - "
         "CAST($1 AS date) THEN CAST($1 + MAKE_INTERVAL(days => CAST($2 AS integer)) AS date) "
         "END"),
    Says(kAddDays,
         "CASE WHEN $2 BETWEEN DATE '0001-01-01' - CAST($1 AS date) AND DATE '9999-12-31' - "
         "CAST($1 AS date) THEN $1 + MAKE_INTERVAL(days => CAST($2 AS integer)) END"),
    Says(kAddHours,
         "CASE WHEN EXTRACT(EPOCH FROM $1) + CAST($2 AS numeric) * 3600 BETWEEN -62135596800 "
         "AND 253402300799.999999 THEN $1 + $2 * INTERVAL '1 hour' END"),
    Says(kAddMinutes,
         "CASE WHEN EXTRACT(EPOCH FROM $1) + CAST($2 AS numeric) * 60 BETWEEN -62135596800 AND "
         "253402300799.999999 THEN $1 + $2 * INTERVAL '1 minute' END"),
    Says(kAddSeconds,
         "CASE WHEN EXTRACT(EPOCH FROM $1) + CAST($2 AS numeric) BETWEEN -62135596800 AND "
         "253402300799.999999 THEN $1 + $2 * INTERVAL '1 second' END"),
    // In two parts, which are exact as float64.
    Says(kAddMicroseconds,
         "CASE WHEN EXTRACT(EPOCH FROM $1) + CAST($2 AS numeric) * 0.000001 BETWEEN "
         "-62135596800 AND 253402300799.999999 THEN $1 + $2 / 1000000 * INTERVAL '1 second' + "
         "$2 % 1000000 * INTERVAL '1 microsecond' END"),
    Says(kDaysBetween, "CAST($1 - $2 AS bigint)"),
    Says(kMicrosecondsBetween, "CAST(EXTRACT(EPOCH FROM $1 - $2) * 1000000 AS bigint)"),
    // The differences are exact, and no sum is made that would be out of range.
    Says(kAddInterval, Type::kTimestamp,
         "CASE WHEN $2 BETWEEN TIMESTAMP '0001-01-01' - $1 AND TIMESTAMP '9999-12-31 "
         "23:59:59.999999' - $1 THEN $1 + $2 END"),
    Says(kAddInterval, Type::kTimestampTz,
         "CASE WHEN $2 BETWEEN TIMESTAMPTZ '0001-01-01 00:00:00+00' - $1 AND TIMESTAMPTZ "
         "'9999-12-31 23:59:59.999999+00' - $1 THEN $1 + $2 END"),
    Says(kAddInterval, "$1 + $2"),
    Says(kSubtractInterval, Type::kTimestamp,
         "CASE WHEN $2 BETWEEN $1 - TIMESTAMP '9999-12-31 23:59:59.999999' AND $1 - TIMESTAMP "
         "'0001-01-01' THEN $1 - $2 END"),
    Says(kSubtractInterval, Type::kTimestampTz,
         "CASE WHEN $2 BETWEEN $1 - TIMESTAMPTZ '9999-12-31 23:59:59.999999+00' AND $1 - "
         "TIMESTAMPTZ '0001-01-01 00:00:00+00' THEN $1 - $2 END"),
    Says(kSubtractInterval, "$1 - $2"),
    Says(kElapsed, Type::kDate, "MAKE_INTERVAL(days => $1 - $2)"),
    Says(kElapsed, "$1 - $2"),
    Says(kArrayLength, "CAST(CARDINALITY($1) AS bigint)"),
    Says(kArrayHasAll, "$1 @> $2"),
    Says(kArrayHasAny, "$1 && $2"),
    Says(kJsonContains, "$1 @> $2"),
    Says(kJsonHasKey,
         "CASE WHEN $? THEN NULL ELSE JSONB_TYPEOF($1) = 'object' AND JSONB_EXISTS($1, $2) END"),
    Says(kJsonLength,
         "CASE JSONB_TYPEOF($1) WHEN 'array' THEN CAST(JSONB_ARRAY_LENGTH($1) AS bigint) END"),
    Says(kJsonMergePatch, kMergePatch),
    Says(kNow, "STATEMENT_TIMESTAMP()"),
    Says(kToday, "CAST(STATEMENT_TIMESTAMP() AS date)"),
    Says(kGrouping, "CAST(GROUPING($1) AS bigint)"),
};

}  // namespace

const std::span<const sql::FunctionRow> kFunctions = kRows;

}  // namespace ferro::postgresql
