// Days since 1970-01-01 to and from year, month and day, in the proleptic Gregorian calendar. Years start in March
// here, so that the leap day is the last one.
#pragma once

#include <cstdint>

namespace ferro::py {

struct YearMonthDay {
  int year, month, day;
};

inline constexpr int64_t kMicrosPerDay = 86'400'000'000;

// What Python's date holds: 0001-01-01 to 9999-12-31.
inline constexpr int64_t kFirstDay = -719'162;
inline constexpr int64_t kLastDay = 2'932'896;

inline bool IsDay(int64_t days) { return days >= kFirstDay && days <= kLastDay; }

// Of a day within those bounds. Each division by a constant is a product and a shift, all in 32 and 64 unsigned bits
// (Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms", 2023).
inline YearMonthDay FromDays(int64_t days) {
  const auto since_march = static_cast<uint32_t>(days + 719'468);  // days from 0000-03-01
  const uint32_t quarters = 4 * since_march + 3;
  const uint32_t century = quarters / 146'097;
  const uint32_t in_century = quarters % 146'097 / 4 * 4 + 3;
  const uint64_t product = uint64_t{2'939'745} * in_century;  // 2^32 / 1461
  const auto year_of_century = static_cast<uint32_t>(product >> 32);
  const uint32_t day_of_year = static_cast<uint32_t>(product) / 2'939'745 / 4;
  const uint32_t shifted = 2'141 * day_of_year + 197'913;  // months in the upper 16 bits, the first of them number 3
  const bool next_year = day_of_year >= 306;
  return {static_cast<int>(100 * century + year_of_century + (next_year ? 1 : 0)),
          static_cast<int>((shifted >> 16) - (next_year ? 12 : 0)), static_cast<int>((shifted & 0xFFFF) / 2'141 + 1)};
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
inline int64_t ToDays(int year, int month, int day) {
  const int shifted = month <= 2 ? year - 1 : year;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const int64_t year_of_era = shifted - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

}  // namespace ferro::py
