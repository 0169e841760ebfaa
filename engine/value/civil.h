// Dates and times as integers, to and from ISO 8601 text. Proleptic Gregorian calendar, years 1 to 9999, which is
// what Python's datetime holds; anything else is refused by the parsers. No zones but UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace ferro {

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

struct CivilDate {
  int year = 1970;
  int month = 1;  // 1 to 12
  int day = 1;
};

// Days since 1970-01-01 of a valid date, and back.
int64_t DaysFromCivil(const CivilDate& date);
CivilDate CivilFromDays(int64_t days);
bool IsValid(const CivilDate& date);

// Inclusive bounds of what the parsers accept and the formatters may be given.
inline constexpr int64_t kMinDays = -719'162;   // 0001-01-01
inline constexpr int64_t kMaxDays = 2'932'896;  // 9999-12-31
inline constexpr int64_t kMinTimestamp = kMinDays * kMicrosPerDay;
inline constexpr int64_t kMaxTimestamp = (kMaxDays + 1) * kMicrosPerDay - 1;

// "2024-02-29"; "13:45:00.000000"; "2024-02-29 13:45:00.000000", always with six digits of fraction so that text
// sorts as time does.
void AppendDate(std::string& out, int64_t days);
void AppendTime(std::string& out, int64_t micros);
void AppendTimestamp(std::string& out, int64_t micros);

// The whole text must match. A fraction has 1 to 6 digits (more are refused unless they are zeros); seconds may be
// absent in times.
std::optional<int64_t> ParseDate(absl::string_view text);
std::optional<int64_t> ParseTime(absl::string_view text);
// 'T' or a space between date and time; no offset.
std::optional<int64_t> ParseTimestamp(absl::string_view text);
// As above with "Z", "+HH:MM", "-HH:MM" or "+HH"; without an offset it is UTC.
std::optional<int64_t> ParseTimestampTz(absl::string_view text);

}  // namespace ferro
