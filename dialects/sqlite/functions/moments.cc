// Dates and times, of which SQLite's own functions know milliseconds, and months that run over into
// the next. A result has the form of the argument: a date stays a date.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "dialects/sqlite/functions/moment.h"
#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

constexpr char kNoUnit[] = "the unit of time is not known, or not one of this type";

bool MomentOf(sqlite3_context* context, sqlite3_value* value, Moment& out) {
  if (sqlite3_value_type(value) == SQLITE_TEXT) {
    if (const auto moment = ParseMoment(TextOf(value))) {
      out = *moment;
      return true;
    }
  }
  Fail(context, "an argument is no date or time");
  return false;
}

void ResultMoment(sqlite3_context* context, const Moment& moment) {
  std::string text;
  AppendMoment(text, moment);
  ResultText(context, text);
}

// A field that a date has, a time has, or only both together.
struct Field {
  absl::string_view name;
  bool needs_date;
  bool needs_time;
  int64_t (*of)(const Moment&);
};

CivilDate DateOf(const Moment& moment) { return CivilFromDays(moment.days); }

constexpr std::array kFields = {
    Field{"year", true, false, [](const Moment& m) -> int64_t { return DateOf(m).year; }},
    Field{"quarter", true, false,
          [](const Moment& m) -> int64_t { return (DateOf(m).month + 2) / 3; }},
    Field{"month", true, false, [](const Moment& m) -> int64_t { return DateOf(m).month; }},
    Field{"day", true, false, [](const Moment& m) -> int64_t { return DateOf(m).day; }},
    Field{"hour", false, true, [](const Moment& m) { return m.micros / MicrosOf(Unit::kHour); }},
    Field{"minute", false, true,
          [](const Moment& m) { return m.micros / MicrosOf(Unit::kMinute) % 60; }},
    Field{"second", false, true, [](const Moment& m) { return m.micros / kMicrosPerSecond % 60; }},
    // Those of the second alone; PostgreSQL's field of this name counts the seconds too.
    Field{"microsecond", false, true, [](const Moment& m) { return m.micros % kMicrosPerSecond; }},
    Field{"isodow", true, false, [](const Moment& m) -> int64_t { return IsoWeekday(m.days); }},
    Field{"doy", true, false, [](const Moment& m) -> int64_t { return DayOfYear(m.days); }},
    Field{"isoweek", true, false,
          [](const Moment& m) -> int64_t { return IsoWeekOf(m.days).week; }},
    Field{"isoyear", true, false,
          [](const Moment& m) -> int64_t { return IsoWeekOf(m.days).year; }},
    Field{"epoch_us", true, false, [](const Moment& m) { return m.MicrosSince1970(); }},
};

// ferro_extract(field, moment).
void Extract(sqlite3_context* context, int, sqlite3_value** values) {
  Moment moment;
  if (!MomentOf(context, values[1], moment)) return;
  const absl::string_view wanted = TextOf(values[0]);
  for (const Field& field : kFields) {
    if (field.name != wanted) continue;
    if ((field.needs_date && !moment.has_date()) || (field.needs_time && !moment.has_time())) break;
    return sqlite3_result_int64(context, field.of(moment));
  }
  Fail(context, kNoUnit);
}

// False, with an error, when there is no such unit, or `moment` does not count in it.
bool UnitOf(sqlite3_context* context, sqlite3_value* value, const Moment& moment, Unit& out) {
  const std::optional<Unit> unit = ParseUnit(TextOf(value));
  if (!unit || !moment.has_date() || (IsPartOfDay(*unit) && !moment.has_time())) {
    Fail(context, kNoUnit);
    return false;
  }
  out = *unit;
  return true;
}

// ferro_date_trunc(unit, moment).
void DateTrunc(sqlite3_context* context, int, sqlite3_value** values) {
  Moment moment;
  Unit unit = Unit::kDay;
  if (!MomentOf(context, values[1], moment) || !UnitOf(context, values[0], moment, unit)) return;
  ResultMoment(context, Truncated(moment, unit));
}

// ferro_date_add(moment, count, unit).
void DateAdd(sqlite3_context* context, int, sqlite3_value** values) {
  Moment moment;
  int64_t count = 0;
  Unit unit = Unit::kDay;
  if (!MomentOf(context, values[0], moment) || !IntegerOf(context, values[1], count) ||
      !UnitOf(context, values[2], moment, unit)) {
    return;
  }
  const std::optional<Moment> later = Later(moment, count, unit);
  if (!later) return sqlite3_result_null(context);
  ResultMoment(context, *later);
}

// Two of one type: a text without an offset is no instant that could be compared with one in UTC.
bool PairOf(sqlite3_context* context, sqlite3_value** values, bool dates, Moment& a, Moment& b) {
  if (!MomentOf(context, values[0], a) || !MomentOf(context, values[1], b)) return false;
  if (a.form == b.form && a.has_date() && a.has_time() != dates) return true;
  Fail(context, dates ? "the arguments are not two dates"
                      : "the arguments are not two timestamps of one type");
  return false;
}

// ferro_diff_us(a, b): microseconds from timestamp `b` to `a`.
void DiffMicros(sqlite3_context* context, int, sqlite3_value** values) {
  Moment a, b;
  if (!PairOf(context, values, false, a, b)) return;
  sqlite3_result_int64(context, a.MicrosSince1970() - b.MicrosSince1970());
}

// ferro_diff_days(a, b): days from date `b` to `a`.
void DiffDays(sqlite3_context* context, int, sqlite3_value** values) {
  Moment a, b;
  if (!PairOf(context, values, true, a, b)) return;
  sqlite3_result_int64(context, a.days - b.days);
}

constexpr ScalarRow kRows[] = {
    {"ferro_extract", 2, Strict<Extract>},    {"ferro_date_trunc", 2, Strict<DateTrunc>},
    {"ferro_date_add", 3, Strict<DateAdd>},   {"ferro_diff_us", 2, Strict<DiffMicros>},
    {"ferro_diff_days", 2, Strict<DiffDays>},
};

}  // namespace

std::span<const ScalarRow> MomentFunctions() { return kRows; }

}  // namespace ferro::sqlite
