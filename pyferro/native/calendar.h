// Days since 1970-01-01 to and from year, month and day, in the proleptic Gregorian calendar. Years start in March
// here, so that the leap day is the last one (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
#pragma once

#include <cstdint>

namespace ferro::py {

struct YearMonthDay {
  int year, month, day;
};

inline YearMonthDay FromDays(int64_t days) {
  days += 719468;  // days from 0000-03-01
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<uint32_t>(days - era * 146097);
  const uint32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const uint32_t month = (5 * day_of_year + 2) / 153;
  const uint32_t day = day_of_year - (153 * month + 2) / 5 + 1;
  const int year = static_cast<int>(era * 400 + year_of_era) + (month >= 10 ? 1 : 0);
  return {year, static_cast<int>(month < 10 ? month + 3 : month - 9), static_cast<int>(day)};
}

inline int64_t ToDays(int year, int month, int day) {
  const int shifted = month <= 2 ? year - 1 : year;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const int64_t year_of_era = shifted - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

inline constexpr int64_t kMicrosPerDay = 86'400'000'000;

}  // namespace ferro::py
