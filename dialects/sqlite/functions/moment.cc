#include "dialects/sqlite/functions/moment.h"

#include <array>
#include <utility>

namespace ferro::sqlite {
namespace {

constexpr std::array kUnits = {
    std::pair<absl::string_view, Unit>{"year", Unit::kYear},
    std::pair<absl::string_view, Unit>{"quarter", Unit::kQuarter},
    std::pair<absl::string_view, Unit>{"month", Unit::kMonth},
    std::pair<absl::string_view, Unit>{"week", Unit::kWeek},
    std::pair<absl::string_view, Unit>{"day", Unit::kDay},
    std::pair<absl::string_view, Unit>{"hour", Unit::kHour},
    std::pair<absl::string_view, Unit>{"minute", Unit::kMinute},
    std::pair<absl::string_view, Unit>{"second", Unit::kSecond},
    std::pair<absl::string_view, Unit>{"microsecond", Unit::kMicrosecond},
};

// 0 for what is no number of months.
int64_t MonthsOf(Unit unit) {
  if (unit == Unit::kYear) return 12;
  if (unit == Unit::kQuarter) return 3;
  return unit == Unit::kMonth ? 1 : 0;
}

Moment OfMicros(Moment::Form form, int64_t micros) {
  Moment moment{form, micros / kMicrosPerDay, micros % kMicrosPerDay};
  if (moment.micros < 0) {  // before 1970 the division rounds the wrong way
    moment.micros += kMicrosPerDay;
    --moment.days;
  }
  return moment;
}

std::optional<Moment> MonthsLater(Moment moment, int64_t months) {
  CivilDate date = CivilFromDays(moment.days);
  int64_t month = 0;
  if (__builtin_add_overflow(int64_t{date.year} * 12 + date.month - 1, months, &month)) {
    return std::nullopt;
  }
  if (month < 12 || month >= 120'000) return std::nullopt;
  date.year = static_cast<int>(month / 12);
  date.month = static_cast<int>(month % 12) + 1;
  while (!IsValid(date)) --date.day;
  moment.days = DaysFromCivil(date);
  return moment;
}

}  // namespace

std::optional<Moment> ParseMoment(absl::string_view text) {
  if (const auto days = ParseDate(text)) return Moment{Moment::Form::kDate, *days, 0};
  if (const auto micros = ParseTime(text)) return Moment{Moment::Form::kTime, 0, *micros};
  if (const auto micros = ParseTimestamp(text)) return OfMicros(Moment::Form::kTimestamp, *micros);
  if (const auto micros = ParseTimestampTz(text)) {
    return OfMicros(Moment::Form::kTimestampTz, *micros);
  }
  return std::nullopt;
}

void AppendMoment(std::string& out, const Moment& moment) {
  switch (moment.form) {
    case Moment::Form::kDate:
      return AppendDate(out, moment.days);
    case Moment::Form::kTime:
      return AppendTime(out, moment.micros);
    case Moment::Form::kTimestamp:
      return AppendTimestamp(out, moment.MicrosSince1970());
    case Moment::Form::kTimestampTz:
      AppendTimestamp(out, moment.MicrosSince1970());
      out.push_back('Z');
      return;
  }
}

std::optional<Unit> ParseUnit(absl::string_view word) {
  for (const auto& [name, unit] : kUnits) {
    if (name == word) return unit;
  }
  return std::nullopt;
}

int64_t MicrosOf(Unit unit) {
  switch (unit) {
    case Unit::kYear:
    case Unit::kQuarter:
    case Unit::kMonth:
      return 0;
    case Unit::kWeek:
      return 7 * kMicrosPerDay;
    case Unit::kDay:
      return kMicrosPerDay;
    case Unit::kHour:
      return 3600 * kMicrosPerSecond;
    case Unit::kMinute:
      return 60 * kMicrosPerSecond;
    case Unit::kSecond:
      return kMicrosPerSecond;
    case Unit::kMicrosecond:
      return 1;
  }
  return 0;
}

Moment Truncated(Moment moment, Unit unit) {
  if (IsPartOfDay(unit)) {
    moment.micros -= moment.micros % MicrosOf(unit);
    return moment;
  }
  moment.micros = 0;
  if (unit == Unit::kDay) return moment;
  if (unit == Unit::kWeek) {
    moment.days -= IsoWeekday(moment.days) - 1;  // 0001-01-01 is a Monday
    return moment;
  }
  CivilDate date = CivilFromDays(moment.days);
  date.month -= (date.month - 1) % static_cast<int>(MonthsOf(unit));
  date.day = 1;
  moment.days = DaysFromCivil(date);
  return moment;
}

std::optional<Moment> Later(Moment moment, int64_t count, Unit unit) {
  int64_t length = MonthsOf(unit), change = 0;
  if (length > 0) {
    if (__builtin_mul_overflow(count, length, &change)) return std::nullopt;
    return MonthsLater(moment, change);
  }
  int64_t micros = 0;
  if (__builtin_mul_overflow(count, MicrosOf(unit), &change) ||
      __builtin_add_overflow(moment.MicrosSince1970(), change, &micros) || micros < kMinTimestamp ||
      micros > kMaxTimestamp) {
    return std::nullopt;
  }
  return OfMicros(moment.form, micros);
}

int IsoWeekday(int64_t days) {
  return static_cast<int>((days - kMinDays) % 7) + 1;  // the calendar begins on a Monday
}

// A week belongs to the year of its Thursday.
IsoWeek IsoWeekOf(int64_t days) {
  const int64_t thursday = days - IsoWeekday(days) + 4;
  return {CivilFromDays(thursday).year, (DayOfYear(thursday) - 1) / 7 + 1};
}

int DayOfYear(int64_t days) {
  return static_cast<int>(days - DaysFromCivil({CivilFromDays(days).year, 1, 1})) + 1;
}

}  // namespace ferro::sqlite
