// Dates and times as they are stored (engine/value/civil.h), of which a text tells by its form
// whether it is a date, a time, a timestamp or a timestamp in UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/value/civil.h"

namespace ferro::sqlite {

struct Moment {
  enum class Form { kDate, kTime, kTimestamp, kTimestampTz };

  Form form = Form::kDate;
  int64_t days = 0;    // since 1970-01-01; of a time 0
  int64_t micros = 0;  // since midnight; of a date 0

  bool has_date() const { return form != Form::kTime; }
  bool has_time() const { return form != Form::kDate; }
  int64_t MicrosSince1970() const { return days * kMicrosPerDay + micros; }
};

std::optional<Moment> ParseMoment(absl::string_view text);

// In the form it has. The days are those of years 1 to 9999.
void AppendMoment(std::string& out, const Moment& moment);

enum class Unit {
  kYear,
  kQuarter,
  kMonth,
  kWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kMicrosecond,
};
std::optional<Unit> ParseUnit(absl::string_view word);

// Whether it divides days, so that a date has none of it.
inline bool IsPartOfDay(Unit unit) { return unit >= Unit::kHour; }

// Hours and shorter, weeks and days; 0 for what has no fixed length.
int64_t MicrosOf(Unit unit);

// The moment at which the unit around `moment` began. A week begins on Monday.
Moment Truncated(Moment moment, Unit unit);

// `count` units later; months and what is made of them keep the day, or take the last of a month
// that has not so many. No value outside of the years 1 to 9999.
std::optional<Moment> Later(Moment moment, int64_t count, Unit unit);

// 1 to 7, Monday first.
int IsoWeekday(int64_t days);

// The week of which most days are in a year, numbered from 1.
struct IsoWeek {
  int year = 0;
  int week = 0;
};
IsoWeek IsoWeekOf(int64_t days);

// 1 to 366.
int DayOfYear(int64_t days);

}  // namespace ferro::sqlite
