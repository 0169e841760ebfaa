#include "engine/ast/function_words.h"

#include <array>
#include <cstdint>

namespace ferro::ast {
namespace {

struct Row {
  Function function;
  absl::string_view name;
};

constexpr std::array<Row, kFunctionCount> kRows = {{
    {Function::kCoalesce, "coalesce"},
    {Function::kNullIf, "null-if"},
    {Function::kGreatest, "greatest"},
    {Function::kLeast, "least"},
    {Function::kConcat, "concat"},
    {Function::kLower, "lower"},
    {Function::kUpper, "upper"},
    {Function::kLength, "length"},
    {Function::kOctetLength, "octet-length"},
    {Function::kSubstr, "substr"},
    {Function::kTrim, "trim"},
    {Function::kTrimLeft, "trim-left"},
    {Function::kTrimRight, "trim-right"},
    {Function::kReplace, "replace"},
    {Function::kPosition, "position"},
    {Function::kStartsWith, "starts-with"},
    {Function::kEndsWith, "ends-with"},
    {Function::kContains, "contains"},
    {Function::kReverse, "reverse"},
    {Function::kRepeat, "repeat"},
    {Function::kAbs, "abs"},
    {Function::kSign, "sign"},
    {Function::kCeil, "ceil"},
    {Function::kFloor, "floor"},
    {Function::kTrunc, "trunc"},
    {Function::kRound, "round"},
    {Function::kRoundTo, "round-to"},
    {Function::kSqrt, "sqrt"},
    {Function::kExp, "exp"},
    {Function::kLn, "ln"},
    {Function::kLog10, "log10"},
    {Function::kPower, "power"},
    {Function::kYear, "year"},
    {Function::kQuarter, "quarter"},
    {Function::kMonth, "month"},
    {Function::kDay, "day"},
    {Function::kHour, "hour"},
    {Function::kMinute, "minute"},
    {Function::kSecond, "second"},
    {Function::kMicrosecond, "microsecond"},
    {Function::kIsoDayOfWeek, "iso-day-of-week"},
    {Function::kDayOfYear, "day-of-year"},
    {Function::kIsoWeek, "iso-week"},
    {Function::kIsoYear, "iso-year"},
    {Function::kEpochMicroseconds, "epoch-microseconds"},
    {Function::kTruncYear, "trunc-year"},
    {Function::kTruncQuarter, "trunc-quarter"},
    {Function::kTruncMonth, "trunc-month"},
    {Function::kTruncWeek, "trunc-week"},
    {Function::kTruncDay, "trunc-day"},
    {Function::kTruncHour, "trunc-hour"},
    {Function::kTruncMinute, "trunc-minute"},
    {Function::kTruncSecond, "trunc-second"},
    {Function::kAddYears, "add-years"},
    {Function::kAddMonths, "add-months"},
    {Function::kAddDays, "add-days"},
    {Function::kAddHours, "add-hours"},
    {Function::kAddMinutes, "add-minutes"},
    {Function::kAddSeconds, "add-seconds"},
    {Function::kAddMicroseconds, "add-microseconds"},
    {Function::kDaysBetween, "days-between"},
    {Function::kMicrosecondsBetween, "microseconds-between"},
    {Function::kNow, "now"},
    {Function::kToday, "today"},
    {Function::kAddInterval, "add-interval"},
    {Function::kSubtractInterval, "subtract-interval"},
    {Function::kElapsed, "elapsed"},
    {Function::kJsonContains, "json-contains"},
    {Function::kJsonHasKey, "json-has-key"},
    {Function::kJsonLength, "json-length"},
    {Function::kJsonMergePatch, "json-merge-patch"},
    {Function::kJsonSet, "json-set"},
    {Function::kJsonRemove, "json-remove"},
    {Function::kArrayLength, "array-length"},
    {Function::kArrayHasAll, "array-has-all"},
    {Function::kArrayHasAny, "array-has-any"},
    {Function::kGrouping, "grouping"},
}};

constexpr std::array<absl::string_view, 13> kAggregates = {
    "count", "sum", "avg", "min", "max", "bool-and", "bool-or", "string-agg", "stddev-sample", "stddev-population", "variance-sample", "variance-population", "json-agg"};
constexpr std::array<absl::string_view, 11> kWindowFunctions = {
    "row-number", "rank", "dense-rank", "percent-rank", "cume-dist", "ntile", "lag", "lead", "first-value", "last-value", "nth-value"};
static_assert(kAggregates.size() == static_cast<size_t>(kLastAggregateFunction) + 1);
static_assert(kWindowFunctions.size() == static_cast<size_t>(kLastWindowFunction) + 1);

constexpr std::array<Function, kFunctionCount> kFunctions = [] {
  std::array<Function, kFunctionCount> functions{};
  for (size_t i = 0; i < kFunctionCount; ++i) functions[i] = kRows[i].function;
  return functions;
}();

// The place by number, kNowhere for the gaps.
constexpr uint8_t kNowhere = 0xFF;
constexpr std::array<uint8_t, 256> kPlaces = [] {
  std::array<uint8_t, 256> places{};
  places.fill(kNowhere);
  for (size_t i = 0; i < kFunctionCount; ++i) {
    places[static_cast<uint8_t>(kRows[i].function)] = static_cast<uint8_t>(i);
  }
  return places;
}();

template <class E, size_t kSize>
std::optional<E> Find(const std::array<absl::string_view, kSize>& names, absl::string_view name) {
  for (size_t i = 0; i < kSize; ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace

std::span<const Function> Functions() { return kFunctions; }

size_t IndexOf(Function function) { return kPlaces[static_cast<uint8_t>(function)]; }

bool IsFunction(int64_t number) {
  return number >= 0 && number < 256 && kPlaces[static_cast<size_t>(number)] != kNowhere;
}

absl::string_view WordOf(Function function) { return kRows[IndexOf(function)].name; }
absl::string_view WordOf(AggregateFunction function) {
  return kAggregates[static_cast<size_t>(function)];
}
absl::string_view WordOf(WindowFunction function) {
  return kWindowFunctions[static_cast<size_t>(function)];
}

std::optional<Function> FunctionFromWord(absl::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.function;
  }
  return std::nullopt;
}
std::optional<AggregateFunction> AggregateFromWord(absl::string_view name) {
  return Find<AggregateFunction>(kAggregates, name);
}
std::optional<WindowFunction> WindowFunctionFromWord(absl::string_view name) {
  return Find<WindowFunction>(kWindowFunctions, name);
}

}  // namespace ferro::ast
