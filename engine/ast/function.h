// The functions of the query language, by number. What each means is said here once and is the same on
// every database; engine/sql/functions.cc has their signatures, and each dialect a table of how it says
// them. NULL in any argument gives NULL unless a function says otherwise.
#pragma once

#include <cstdint>

namespace ferro::ast {

// Numbers are those of FERRO_FUNCTION_* in capi/include/ferro/function.h and never change.
enum class Function : uint8_t {
  // Of any type, both or all of one type.
  kCoalesce = 0,  // the first argument that is not NULL
  kNullIf = 1,    // the first, but NULL where it equals the second
  kGreatest = 2,  // NULL when any argument is
  kLeast = 3,

  // Text, counted in characters (code points), from 1. Comparisons are exact, whatever the collation.
  kConcat = 10,
  kLower = 11,  // letters beyond ASCII: as the database's locale has it
  kUpper = 12,
  kLength = 13,
  kOctetLength = 14,  // bytes, in UTF-8; of bytes their number
  kSubstr = 15,       // (text, start >= 1[, count >= 0])
  kTrim = 16,         // spaces only
  kTrimLeft = 17,
  kTrimRight = 18,
  kReplace = 19,     // (text, from, to); an empty `from` changes nothing
  kPosition = 20,    // (text, part): where it begins, 0 when it is not there
  kStartsWith = 21,  // (text, part)
  kEndsWith = 22,
  kContains = 23,
  kReverse = 24,
  kRepeat = 25,  // (text, count); nothing for a count below 1

  // Numbers. Functions of float64 take any number and give float64; they are NULL outside their domain.
  kAbs = 40,
  kSign = 41,  // -1, 0 or 1, of the argument's type
  kCeil = 42,  // of the argument's type
  kFloor = 43,
  kTrunc = 44,    // toward zero
  kRound = 45,    // a decimal half away from zero, a float64 half to even
  kRoundTo = 46,  // (decimal, digits >= 0)
  kSqrt = 47,
  kExp = 48,
  kLn = 49,
  kLog10 = 50,
  kPower = 51,

  // Parts of a date, time, timestamp or timestamptz (in UTC), as int64.
  kYear = 70,
  kQuarter = 71,
  kMonth = 72,
  kDay = 73,
  kHour = 74,
  kMinute = 75,
  kSecond = 76,       // whole seconds
  kMicrosecond = 77,  // of the second, 0 to 999999
  kIsoDayOfWeek = 78,  // Monday is 1
  kDayOfYear = 79,
  kIsoWeek = 80,
  kIsoYear = 81,
  kEpochMicroseconds = 82,  // since 1970-01-01 00:00:00 (UTC)

  // The beginning of what the moment lies in; the argument's type. A week begins on Monday.
  kTruncYear = 90,
  kTruncQuarter = 91,
  kTruncMonth = 92,
  kTruncWeek = 93,
  kTruncDay = 94,
  kTruncHour = 95,
  kTruncMinute = 96,
  kTruncSecond = 97,

  // (moment, count): so many later, NULL beyond the years 1 to 9999. A day that the month lacks becomes its last day.
  kAddYears = 110,
  kAddMonths = 111,
  kAddDays = 112,
  kAddHours = 113,
  kAddMinutes = 114,
  kAddSeconds = 115,
  kAddMicroseconds = 116,

  kDaysBetween = 120,          // (later, earlier) of dates
  kMicrosecondsBetween = 121,  // (later, earlier) of timestamps of one type
  kNow = 122,                  // the statement's moment, timestamptz
  kToday = 123,                // the date of it in UTC
  kAddInterval = 124,          // (timestamp or interval, interval); a moment beyond years 1 to 9999 is NULL
  kSubtractInterval = 125,
  kElapsed = 126,              // (later, earlier) of one type: an interval

  // JSON documents.
  kJsonContains = 140,  // (document, part): as a subset, numbers by value
  kJsonHasKey = 141,    // (document, key) of an object
  kJsonLength = 142,    // elements of an array; NULL for anything else
  kJsonMergePatch = 143,  // (document, patch) as RFC 7396 has it
  kJsonSet = 144,     // (place, value): the document with it; the place is a json-get, NULL is set as null
  kJsonRemove = 145,  // (place): the document without it

  // Arrays of scalars whose equality is exact: not of float64 and decimal. The second one is a parameter.
  kArrayLength = 150,  // of any array: elements, NULLs included
  kArrayHasAll = 151,  // (array, array): whether each element of the second is in the first
  kArrayHasAny = 152,

  // Grouping: 1 where the row stands for all values of the expression, else 0.
  kGrouping = 160,
};
inline constexpr Function kLastFunction = Function::kGrouping;

constexpr bool IsJsonChange(Function function) {
  return function == Function::kJsonSet || function == Function::kJsonRemove;
}

// NULLs are passed over; without a row left the result is NULL, or 0 of the counts.
enum class AggregateFunction : uint8_t {
  kCount = 0,  // without an argument all rows
  kSum = 1,    // of int64 an int64, or an error
  kAverage = 2,  // float64
  kMin = 3,
  kMax = 4,
  kBoolAnd = 5,
  kBoolOr = 6,
  kStringAgg = 7,  // (text, separator)
  kStddevSample = 8,  // float64; NULL for fewer than two values
  kStddevPopulation = 9,
  kVarianceSample = 10,
  kVariancePopulation = 11,
  kJsonAgg = 12,  // a JSON array of the values, NULLs included
};
inline constexpr AggregateFunction kLastAggregateFunction = AggregateFunction::kJsonAgg;

// They stand in OVER only.
enum class WindowFunction : uint8_t {
  kRowNumber = 0,
  kRank = 1,
  kDenseRank = 2,
  kPercentRank = 3,
  kCumeDist = 4,
  kNtile = 5,        // (buckets)
  kLag = 6,          // (value[, rows[, otherwise]])
  kLead = 7,
  kFirstValue = 8,
  kLastValue = 9,
  kNthValue = 10,  // (value, n)
};
inline constexpr WindowFunction kLastWindowFunction = WindowFunction::kNthValue;

}  // namespace ferro::ast
