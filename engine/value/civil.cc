#include "engine/value/civil.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace ferro {
namespace {

// All arithmetic counts from 0001-01-01, so that nothing is negative and every division is exact as
// written.
constexpr int64_t kDaysIn400Years = 146'097;
constexpr int64_t kDaysIn100Years = 36'524;  // but one more when the century ends a cycle of 400
constexpr int64_t kDaysIn4Years = 1'461;
constexpr int64_t kDaysInYear = 365;

// Days of a common year before its months; the last element is the whole year.
constexpr std::array<int, 13> kDaysBefore = {0,   31,  59,  90,  120, 151, 181,
                                             212, 243, 273, 304, 334, 365};

bool IsLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysBeforeMonth(int month, bool leap) {
  return kDaysBefore[static_cast<size_t>(month - 1)] + (leap && month > 2 ? 1 : 0);
}

int DaysInMonth(int year, int month) {
  const auto index = static_cast<size_t>(month - 1);
  return kDaysBefore[index + 1] - kDaysBefore[index] + (month == 2 && IsLeap(year) ? 1 : 0);
}

// `width` digits, zeros in front.
void AppendDigits(std::string& out, int64_t value, int width) {
  char digits[8];
  for (int i = width - 1; i >= 0; --i) {
    digits[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits, static_cast<size_t>(width));
}

// Takes a text apart from its front. Every function says whether it found what it was asked for.
class Reader {
 public:
  explicit Reader(absl::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }

  bool Skip(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  // Exactly `width` digits.
  bool Digits(size_t width, int& value) {
    if (text_.size() < width) return false;
    value = 0;
    for (size_t i = 0; i < width; ++i) {
      const char c = text_[i];
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    text_.remove_prefix(width);
    return true;
  }

  bool Date(int64_t& days) {
    CivilDate date;
    if (!Digits(4, date.year) || !Skip('-') || !Digits(2, date.month) || !Skip('-') ||
        !Digits(2, date.day) || !IsValid(date)) {
      return false;
    }
    days = DaysFromCivil(date);
    return true;
  }

  bool Time(int64_t& micros) {
    int hour = 0, minute = 0, second = 0;
    int64_t fraction = 0;
    if (!Digits(2, hour) || !Skip(':') || !Digits(2, minute)) return false;
    if (Skip(':')) {
      if (!Digits(2, second)) return false;
      if (Skip('.') && !Fraction(fraction)) return false;
    }
    if (hour > 23 || minute > 59 || second > 59) return false;
    micros = ((hour * 60 + minute) * 60 + second) * kMicrosPerSecond + fraction;
    return true;
  }

  bool DateAndTime(int64_t& micros) {
    int64_t days = 0, time = 0;
    if (!Date(days) || !(Skip(' ') || Skip('T')) || !Time(time)) return false;
    micros = days * kMicrosPerDay + time;
    return true;
  }

  // What is to be subtracted to be at UTC; nothing at all is UTC.
  bool Offset(int64_t& micros) {
    micros = 0;
    if (at_end() || Skip('Z')) return true;
    const bool east = Skip('+');
    if (!east && !Skip('-')) return false;
    int hours = 0, minutes = 0;
    if (!Digits(2, hours) || hours > 23) return false;
    if (Skip(':') && (!Digits(2, minutes) || minutes > 59)) return false;
    micros = (hours * 60 + minutes) * 60 * kMicrosPerSecond;
    if (!east) micros = -micros;
    return true;
  }

 private:
  bool Fraction(int64_t& micros) {
    size_t count = 0;
    micros = 0;
    for (; count < text_.size() && text_[count] >= '0' && text_[count] <= '9'; ++count) {
      const int digit = text_[count] - '0';
      if (count < 6) {
        micros = micros * 10 + digit;
      } else if (digit != 0) {
        return false;  // rounding would change the value without a word
      }
    }
    if (count == 0) return false;
    for (size_t i = count; i < 6; ++i) micros *= 10;
    text_.remove_prefix(count);
    return true;
  }

  absl::string_view text_;
};

// What we write ourselves, "2024-02-29 13:45:00.123456", is read eight bytes at a time. False means only that it is not
// exactly that; whoever asked goes on with a Reader.
constexpr size_t kDateSize = 10;
constexpr size_t kTimestampSize = 26;
constexpr bool kLittleEndian = std::endian::native == std::endian::little;

// Eight bytes of which those that are 0xFF in `punctuation` must be as in `pattern`, and the others digits. Then byte k
// of `pairs` is the number of the digits k and k + 1; a byte of punctuation counts as the digit 0.
template <uint64_t kPunctuation, uint64_t kPattern>
bool Pairs(const char* text, uint64_t& pairs) {
  constexpr uint64_t kZeros = 0x3030303030303030u;
  uint64_t word;
  std::memcpy(&word, text, sizeof word);
  if ((word & kPunctuation) != kPattern) return false;
  const uint64_t digits = (word & ~kPunctuation) | (kZeros & kPunctuation);
  // Above '9' the sum has the high bit, below '0' the difference.
  constexpr uint64_t kHighBits = 0x8080808080808080u;
  const uint64_t values = digits - kZeros;
  if (((digits + 0x4646464646464646u) | values | digits) & kHighBits) return false;
  pairs = values * 10 + (values >> 8);
  return true;
}

int64_t PairAt(uint64_t pairs, int byte) { return static_cast<int64_t>(pairs >> (8 * byte) & 0xFF); }

// "2024-02-" and the day.
bool QuickDate(const char* text, int64_t day, int64_t& days) {
  uint64_t pairs;
  if (!Pairs<0xFF0000FF00000000u, 0x2D00002D00000000u>(text, pairs)) return false;
  const CivilDate date{static_cast<int>(PairAt(pairs, 0) * 100 + PairAt(pairs, 2)),
                       static_cast<int>(PairAt(pairs, 5)), static_cast<int>(day)};
  if (!IsValid(date)) return false;
  days = DaysFromCivil(date);
  return true;
}

bool QuickTwo(const char* text, int64_t& value) {
  const int tens = text[0] - '0', ones = text[1] - '0';
  value = tens * 10 + ones;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
}

// Of 26 bytes.
bool QuickTimestamp(const char* text, int64_t& micros) {
  if constexpr (!kLittleEndian) return false;
  uint64_t middle, end;
  int64_t last = 0, days = 0;
  // "29 13:45" and ":00.1234", then two digits more.
  if (!Pairs<0x0000FF0000FF0000u, 0x00003A0000200000u>(text + 8, middle) ||
      !Pairs<0x00000000FF0000FFu, 0x000000002E00003Au>(text + 16, end) || !QuickTwo(text + 24, last) ||
      !QuickDate(text, PairAt(middle, 0), days)) {
    return false;
  }
  const int64_t hour = PairAt(middle, 3), minute = PairAt(middle, 6), second = PairAt(end, 1);
  if (hour > 23 || minute > 59 || second > 59) return false;
  const int64_t fraction = (PairAt(end, 4) * 100 + PairAt(end, 6)) * 100 + last;
  micros = days * kMicrosPerDay + ((hour * 60 + minute) * 60 + second) * kMicrosPerSecond + fraction;
  return true;
}

}  // namespace

bool IsValid(const CivilDate& date) {
  return date.year >= 1 && date.year <= 9999 && date.month >= 1 && date.month <= 12 &&
         date.day >= 1 && date.day <= DaysInMonth(date.year, date.month);
}

int64_t DaysFromCivil(const CivilDate& date) {
  const int64_t years = date.year - 1;
  const int64_t before = years * kDaysInYear + years / 4 - years / 100 + years / 400;
  return kMinDays + before + DaysBeforeMonth(date.month, IsLeap(date.year)) + date.day - 1;
}

CivilDate CivilFromDays(int64_t days) {
  int64_t rest = days - kMinDays;
  int64_t year = 1 + rest / kDaysIn400Years * 400;
  rest %= kDaysIn400Years;
  // The last century of a cycle and the last year of four are a day longer than the division knows.
  const int64_t centuries = rest / kDaysIn100Years < 3 ? rest / kDaysIn100Years : 3;
  rest -= centuries * kDaysIn100Years;
  const int64_t fours = rest / kDaysIn4Years;
  rest -= fours * kDaysIn4Years;
  const int64_t ones = rest / kDaysInYear < 3 ? rest / kDaysInYear : 3;
  rest -= ones * kDaysInYear;
  year += centuries * 100 + fours * 4 + ones;

  CivilDate date;
  date.year = static_cast<int>(year);
  const bool leap = IsLeap(date.year);
  // No month is longer than 31 days, so this guess is right or one too early.
  date.month = static_cast<int>(rest / 31) + 1;
  if (date.month < 12 && rest >= DaysBeforeMonth(date.month + 1, leap)) ++date.month;
  date.day = static_cast<int>(rest) - DaysBeforeMonth(date.month, leap) + 1;
  return date;
}

void AppendDate(std::string& out, int64_t days) {
  const CivilDate date = CivilFromDays(days);
  AppendDigits(out, date.year, 4);
  out.push_back('-');
  AppendDigits(out, date.month, 2);
  out.push_back('-');
  AppendDigits(out, date.day, 2);
}

void AppendTime(std::string& out, int64_t micros) {
  const int64_t seconds = micros / kMicrosPerSecond;
  AppendDigits(out, seconds / 3600, 2);
  out.push_back(':');
  AppendDigits(out, seconds / 60 % 60, 2);
  out.push_back(':');
  AppendDigits(out, seconds % 60, 2);
  out.push_back('.');
  AppendDigits(out, micros % kMicrosPerSecond, 6);
}

void AppendTimestamp(std::string& out, int64_t micros) {
  int64_t days = micros / kMicrosPerDay;
  int64_t time = micros % kMicrosPerDay;
  if (time < 0) {  // before 1970 the division rounds the wrong way
    time += kMicrosPerDay;
    --days;
  }
  AppendDate(out, days);
  out.push_back(' ');
  AppendTime(out, time);
}

std::optional<int64_t> ParseDate(absl::string_view text) {
  int64_t days = 0, day = 0;
  if (kLittleEndian && text.size() == kDateSize && QuickTwo(text.data() + 8, day) &&
      QuickDate(text.data(), day, days)) {
    return days;
  }
  Reader reader(text);
  if (!reader.Date(days) || !reader.at_end()) return std::nullopt;
  return days;
}

std::optional<int64_t> ParseTime(absl::string_view text) {
  Reader reader(text);
  int64_t micros = 0;
  if (!reader.Time(micros) || !reader.at_end()) return std::nullopt;
  return micros;
}

std::optional<int64_t> ParseTimestamp(absl::string_view text) {
  int64_t micros = 0;
  if (text.size() == kTimestampSize && QuickTimestamp(text.data(), micros)) return micros;
  Reader reader(text);
  if (!reader.DateAndTime(micros) || !reader.at_end()) return std::nullopt;
  return micros;
}

std::optional<int64_t> ParseTimestampTz(absl::string_view text) {
  int64_t micros = 0, offset = 0;
  if (text.size() == kTimestampSize + 1 && text.back() == 'Z' && QuickTimestamp(text.data(), micros)) {
    return micros;
  }
  Reader reader(text);
  if (!reader.DateAndTime(micros) || !reader.Offset(offset) || !reader.at_end()) {
    return std::nullopt;
  }
  micros -= offset;
  if (micros < kMinTimestamp || micros > kMaxTimestamp) return std::nullopt;
  return micros;
}

}  // namespace ferro
