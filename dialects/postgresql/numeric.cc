#include "dialects/postgresql/numeric.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "absl/strings/numbers.h"
#include "engine/base/bytes.h"
#include "engine/value/decimal.h"

namespace ferro::postgresql {
namespace {

constexpr size_t kHeader = 8;
constexpr uint16_t kPositive = 0x0000, kNegative = 0x4000;
constexpr uint16_t kNaN = 0xC000, kPlusInfinity = 0xD000, kMinusInfinity = 0xF000;
constexpr int kMaxScale = 0x3FFF;
constexpr int64_t kLargestSmall = 999'999'999'999'999'999;
constexpr std::array<int64_t, 5> kPowersOfTen = {1, 10, 100, 1000, 10'000};

struct Numeric {
  const char* digits = nullptr;
  int count = 0;   // base-10000 digits
  int weight = 0;  // the first digit counts 10000^weight
  int scale = 0;
  bool negative = false;

  // The digit that counts 10000^power.
  int Digit(int power) const {
    const int index = weight - power;
    return index < 0 || index >= count ? 0 : LoadBig<uint16_t>(digits + 2 * index);
  }
};

NumericFault Read(absl::string_view wire, Numeric& out) {
  if (wire.size() < kHeader) return NumericFault::kMalformed;
  out.count = LoadBig<uint16_t>(wire.data());
  out.weight = LoadBig<int16_t>(wire.data() + 2);
  const auto sign = LoadBig<uint16_t>(wire.data() + 4);
  out.scale = LoadBig<uint16_t>(wire.data() + 6);
  out.digits = wire.data() + kHeader;
  if (sign == kNaN || sign == kPlusInfinity || sign == kMinusInfinity) {
    return NumericFault::kNotFinite;
  }
  if ((sign != kPositive && sign != kNegative) || out.scale > kMaxScale ||
      wire.size() != kHeader + 2 * static_cast<size_t>(out.count)) {
    return NumericFault::kMalformed;
  }
  for (int i = 0; i < out.count; ++i) {
    if (LoadBig<uint16_t>(out.digits + 2 * i) > 9999) return NumericFault::kMalformed;
  }
  while (out.count > 0 && LoadBig<uint16_t>(out.digits) == 0) {
    out.digits += 2;
    --out.count;
    --out.weight;
  }
  if (out.count == 0) out.weight = 0;
  out.negative = sign == kNegative && out.count > 0;
  return NumericFault::kNone;
}

// The power of the last base-10000 digit that the scale reaches, and how many decimal places of it
// are beyond the scale.
int LastPower(const Numeric& number) { return -((number.scale + 3) / 4); }
int Unused(const Numeric& number) { return -LastPower(number) * 4 - number.scale; }

// Whether there are digits past the scale, which never come from a server: neither form could keep
// them.
bool ExceedsScale(const Numeric& number) {
  const int last = LastPower(number);
  for (int power = number.weight - number.count + 1; power < last; ++power) {
    if (number.Digit(power) != 0) return true;
    if (power > number.weight) break;
  }
  return number.Digit(last) % kPowersOfTen[static_cast<size_t>(Unused(number))] != 0;
}

// The coefficient at the number's scale, or false when that takes more than 18 digits.
bool Coefficient(const Numeric& number, int64_t& out) {
  if (number.scale > 18 || number.weight > 4) return false;
  const int last = LastPower(number);
  const int unused = Unused(number);
  int64_t sum = 0;
  for (int power = std::max(number.weight, last); power >= last; --power) {
    const size_t dropped = power == last ? static_cast<size_t>(unused) : 0;
    const int64_t digit = number.Digit(power) / kPowersOfTen[dropped];
    const int64_t step = kPowersOfTen[4 - dropped];
    if (sum > (kLargestSmall - digit) / step) return false;
    sum = sum * step + digit;
  }
  out = number.negative ? -sum : sum;
  return true;
}

void PutDigit(char*& to, int digit) {
  for (int power = 3; power >= 0; --power) {
    *to++ = static_cast<char>(
        '0' + digit / static_cast<int>(kPowersOfTen[static_cast<size_t>(power)]) % 10);
  }
}

absl::string_view Text(const Numeric& number, Arena& arena) {
  const int integer_digits = std::max(number.weight, 0) + 1;
  const size_t room =
      2 + 4 * static_cast<size_t>(integer_digits) + 4 * static_cast<size_t>(number.scale / 4 + 1);
  char* const begin = arena.NewArray<char>(room).data();
  char* to = begin;
  if (number.negative) *to++ = '-';
  char* const integer = to;
  for (int power = std::max(number.weight, 0); power >= 0; --power)
    PutDigit(to, number.Digit(power));
  const char* const first = std::find_if(integer, to - 1, [](char c) { return c != '0'; });
  to = std::copy<const char*>(first, to, integer);
  if (number.scale > 0) {
    *to++ = '.';
    char* const end = to + number.scale;
    for (int power = -1; to < end; --power) PutDigit(to, number.Digit(power));
    to = end;
  }
  return {begin, static_cast<size_t>(to - begin)};
}

void AppendHeader(std::string& out, size_t count, int64_t weight, bool negative, size_t scale) {
  AppendBig(out, static_cast<uint16_t>(count));
  AppendBig(out, static_cast<int16_t>(weight));
  AppendBig(out, negative ? kNegative : kPositive);
  AppendBig(out, static_cast<uint16_t>(scale));
}

bool AreDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool AppendFromText(std::string& out, absl::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const size_t point = std::min(text.find('.'), text.size());
  const absl::string_view integer = text.substr(0, point);
  const absl::string_view fraction =
      point < text.size() ? text.substr(point + 1) : absl::string_view();
  if (integer.empty() || !AreDigits(integer) || !AreDigits(fraction)) return false;
  if (point < text.size() && fraction.empty()) return false;
  if (integer.size() > 131'072 || fraction.size() > static_cast<size_t>(kMaxScale)) return false;

  const size_t before = (integer.size() + 3) / 4;  // base-10000 digits before the point
  const size_t after = (fraction.size() + 3) / 4;
  const size_t padding = before * 4 - integer.size();
  const auto place = [&](size_t i) {  // decimal digit `i`, the first group padded to four
    if (i < padding) return 0;
    i -= padding;
    if (i < integer.size()) return integer[i] - '0';
    i -= integer.size();
    return i < fraction.size() ? fraction[i] - '0' : 0;
  };
  const auto group = [&](size_t i) {
    int digit = 0;
    for (size_t k = 0; k < 4; ++k) digit = digit * 10 + place(4 * i + k);
    return static_cast<uint16_t>(digit);
  };
  size_t first = 0, end = before + after;
  while (first < end && group(first) == 0) ++first;
  while (end > first && group(end - 1) == 0) --end;
  const int64_t weight =
      first == end ? 0 : static_cast<int64_t>(before) - 1 - static_cast<int64_t>(first);
  AppendHeader(out, end - first, weight, negative && first != end, fraction.size());
  for (size_t i = first; i < end; ++i) AppendBig(out, group(i));
  return true;
}

void AppendFromSmall(std::string& out, const Value& value) {
  uint64_t rest = value.integer < 0 ? 0 - static_cast<uint64_t>(value.integer)
                                    : static_cast<uint64_t>(value.integer);
  // From the least significant end: 19 digits and 18 places give at most ten groups.
  std::array<uint16_t, 12> groups{};
  size_t count = 0;
  int64_t power = -((value.scale + 3) / 4);  // of the group being filled
  const auto unused = static_cast<size_t>(-power * 4 - value.scale);
  if (rest != 0) {
    const auto step = static_cast<uint64_t>(kPowersOfTen[4 - unused]);
    groups[count++] =
        static_cast<uint16_t>(rest % step * static_cast<uint64_t>(kPowersOfTen[unused]));
    rest /= step;
    for (; rest != 0; rest /= 10'000) groups[count++] = static_cast<uint16_t>(rest % 10'000);
  }
  size_t lowest = 0;
  while (lowest < count && groups[lowest] == 0) ++lowest;
  const int64_t weight = count == 0 ? 0 : power + static_cast<int64_t>(count) - 1;
  AppendHeader(out, count - lowest, weight, value.integer < 0, value.scale);
  for (size_t i = count; i > lowest; --i) AppendBig(out, groups[i - 1]);
}

}  // namespace

NumericFault DecodeNumeric(absl::string_view wire, Arena& arena, Value& out) {
  Numeric number;
  if (const NumericFault fault = Read(wire, number); fault != NumericFault::kNone) return fault;
  if (ExceedsScale(number)) return NumericFault::kMalformed;
  int64_t coefficient = 0;
  if (Coefficient(number, coefficient)) {
    out = Value::SmallDecimal(coefficient, static_cast<uint16_t>(number.scale));
  } else {
    out = Value::Bytes(Type::kDecimal, Text(number, arena));
  }
  return NumericFault::kNone;
}

NumericFault DecodeNumericAsInt64(absl::string_view wire, int64_t& out) {
  Numeric number;
  if (const NumericFault fault = Read(wire, number); fault != NumericFault::kNone) return fault;
  const int lowest = number.weight - number.count + 1;
  for (int power = std::min(number.weight, -1); power >= lowest; --power) {
    if (number.Digit(power) != 0) return NumericFault::kFraction;
  }
  int64_t sum = 0;
  for (int power = number.weight; power >= 0; --power) {
    const int64_t digit = number.negative ? -number.Digit(power) : number.Digit(power);
    if (__builtin_mul_overflow(sum, 10'000, &sum) || __builtin_add_overflow(sum, digit, &sum)) {
      return NumericFault::kTooLarge;
    }
  }
  out = sum;
  return NumericFault::kNone;
}

NumericFault DecodeNumericAsDouble(absl::string_view wire, Arena& arena, double& out) {
  Value value;
  const NumericFault fault = DecodeNumeric(wire, arena, value);
  if (fault == NumericFault::kNotFinite) {
    const auto sign = LoadBig<uint16_t>(wire.data() + 4);
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    out = sign == kNaN            ? std::numeric_limits<double>::quiet_NaN()
          : sign == kPlusInfinity ? kInfinity
                                  : -kInfinity;
    return NumericFault::kNone;
  }
  if (fault != NumericFault::kNone) return fault;
  std::string text;
  AppendDecimal(text, value);
  if (!absl::SimpleAtod(text, &out)) return NumericFault::kMalformed;
  return std::isinf(out) ? NumericFault::kTooLarge : NumericFault::kNone;
}

bool AppendNumeric(std::string& out, const Value& value) {
  if (!value.is_small_decimal()) return AppendFromText(out, value.view());
  if (value.scale > 18) return false;
  AppendFromSmall(out, value);
  return true;
}

}  // namespace ferro::postgresql
