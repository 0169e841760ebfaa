// The functions that ISO SQL has under these names.
#include "dialects/ansi/tables.h"

namespace ferro::ansi {
namespace {

using enum ast::Function;
using sql::Says;
using sql::SaysOf;

constexpr sql::FunctionRow kRows[] = {
    Says(kCoalesce, "COALESCE($*)"),
    Says(kNullIf, "NULLIF($=)"),
    Says(kGreatest, "GREATEST($*)"),
    Says(kLeast, "LEAST($*)"),
    Says(kConcat, "$|"),
    Says(kLower, "LOWER($1)"),
    Says(kUpper, "UPPER($1)"),
    Says(kLength, "CHARACTER_LENGTH($1)"),
    Says(kOctetLength, "OCTET_LENGTH($1)"),
    SaysOf(2, kSubstr, "SUBSTRING($1 FROM $2)"),
    Says(kSubstr, "SUBSTRING($1 FROM $2 FOR $3)"),
    Says(kTrim, "TRIM($1)"),
    Says(kPosition, "POSITION($2 IN $1)"),
    Says(kAbs, "ABS($1)"),
    Says(kCeil, "CEILING($1)"),
    Says(kFloor, "FLOOR($1)"),
    Says(kSqrt, "SQRT($1)"),
    Says(kExp, "EXP($1)"),
    Says(kLn, "LN($1)"),
    Says(kLog10, "LOG10($1)"),
    Says(kPower, "POWER($1, $2)"),
    Says(kYear, "EXTRACT(YEAR FROM $1)"),
    Says(kMonth, "EXTRACT(MONTH FROM $1)"),
    Says(kDay, "EXTRACT(DAY FROM $1)"),
    Says(kHour, "EXTRACT(HOUR FROM $1)"),
    Says(kMinute, "EXTRACT(MINUTE FROM $1)"),
    Says(kNow, "CURRENT_TIMESTAMP(6)"),
    Says(kToday, "CURRENT_DATE"),
    Says(kGrouping, "GROUPING($1)"),
};

}  // namespace

const std::span<const sql::FunctionRow> kFunctions = kRows;

}  // namespace ferro::ansi
