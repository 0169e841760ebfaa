// Decimal text is scanned once into its parts; both the parser and the comparison work on those
// parts, so that they agree on what a decimal is.
#include "engine/value/decimal.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace ferro {
namespace {

constexpr int64_t kSmallDigits = 18;  // any coefficient of so many digits fits an int64

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The number is 0.DIGITS * 10^point, where DIGITS are the characters of `digits` without the point
// in it, of which the first is not '0'; no digits: zero.
struct Parts {
  bool negative = false;
  absl::string_view digits;  // may hold one '.'
  int64_t count = 0;         // digits in it
  int64_t point = 0;
  int64_t scale = 0;  // digits behind the point as written; negative: zeros to add before it
};

absl::string_view TakeDigits(absl::string_view& text) {
  size_t length = 0;
  while (length < text.size() && IsDigit(text[length])) ++length;
  const absl::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

bool TakeSign(absl::string_view& text) {
  if (text.empty() || (text.front() != '-' && text.front() != '+')) return false;
  const bool negative = text.front() == '-';
  text.remove_prefix(1);
  return negative;
}

// An exponent of more than nine digits is past every limit and no decimal to us.
bool TakeExponent(absl::string_view& text, int64_t& exponent) {
  text.remove_prefix(1);
  const bool negative = TakeSign(text);
  absl::string_view digits = TakeDigits(text);
  if (digits.empty() || !text.empty()) return false;
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  if (digits.size() > 9) return false;
  for (const char digit : digits) exponent = exponent * 10 + (digit - '0');
  if (negative) exponent = -exponent;
  return true;
}

bool Scan(absl::string_view text, Parts& parts) {
  parts.negative = TakeSign(text);
  const char* const begin = text.data();
  const absl::string_view integer = TakeDigits(text);
  absl::string_view fraction;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    fraction = TakeDigits(text);
  }
  if (integer.empty() && fraction.empty()) return false;
  const char* const end = text.data();
  int64_t exponent = 0;
  if (!text.empty()) {
    if (text.front() != 'e' && text.front() != 'E') return false;
    if (!TakeExponent(text, exponent)) return false;
  }

  parts.digits = absl::string_view(begin, static_cast<size_t>(end - begin));
  parts.count = static_cast<int64_t>(integer.size() + fraction.size());
  parts.point = static_cast<int64_t>(integer.size()) + exponent;
  parts.scale = static_cast<int64_t>(fraction.size()) - exponent;
  while (!parts.digits.empty() && !(parts.digits.front() >= '1' && parts.digits.front() <= '9')) {
    if (parts.digits.front() == '0') {
      --parts.count;
      --parts.point;
    }
    parts.digits.remove_prefix(1);
  }
  if (parts.count == 0) {
    parts.negative = false;
    parts.point = 0;
  }
  return true;
}

bool IsWithinLimits(const Parts& parts) {
  return parts.point <= kMaxDecimalIntegerDigits && parts.scale <= kMaxDecimalScale;
}

// Gives the digits one by one, without the point, and '0' for ever after the last.
class DigitReader {
 public:
  explicit DigitReader(absl::string_view digits) : left_(digits) {}
  char Next() {
    if (!left_.empty() && left_.front() == '.') left_.remove_prefix(1);
    if (left_.empty()) return '0';
    const char digit = left_.front();
    left_.remove_prefix(1);
    return digit;
  }

 private:
  absl::string_view left_;
};

// Exact: both have at most 18 digits when this is called.
int64_t Coefficient(const Parts& parts, int64_t digits) {
  DigitReader reader(parts.digits);
  int64_t coefficient = 0;
  for (int64_t i = 0; i < digits; ++i) coefficient = coefficient * 10 + (reader.Next() - '0');
  return parts.negative ? -coefficient : coefficient;
}

absl::string_view Canonical(const Parts& parts, int64_t scale, Arena& arena) {
  const int64_t integer = std::max<int64_t>(parts.point, 1);
  const auto size =
      static_cast<size_t>((parts.negative ? 1 : 0) + integer + (scale > 0 ? 1 + scale : 0));
  char* const begin = arena.NewArray<char>(size).data();
  char* to = begin;
  if (parts.negative) *to++ = '-';
  DigitReader reader(parts.digits);
  for (int64_t i = 0; i < integer; ++i) *to++ = parts.point > 0 ? reader.Next() : '0';
  if (scale > 0) *to++ = '.';
  for (int64_t place = 0; place < scale; ++place) {
    *to++ = place < -parts.point ? '0' : reader.Next();
  }
  return {begin, size};
}

int CompareMagnitude(const Parts& a, const Parts& b) {
  if (a.count == 0 || b.count == 0) return (a.count != 0) - (b.count != 0);
  if (a.point != b.point) return a.point < b.point ? -1 : 1;
  DigitReader left(a.digits), right(b.digits);
  for (int64_t i = std::max(a.count, b.count); i > 0; --i) {
    const char x = left.Next(), y = right.Next();
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

}  // namespace

void AppendDecimal(std::string& out, const Value& value) {
  if (!value.is_small_decimal()) {
    out.append(value.bytes, value.size);
    return;
  }
  // Backwards into the end of a buffer: 19 digits, or the scale and a zero, a point and a sign.
  char buffer[80 + std::numeric_limits<uint8_t>::max()];
  char* const end = buffer + sizeof buffer;
  char* from = end;
  const size_t scale = std::min<size_t>(value.scale, std::numeric_limits<uint8_t>::max());
  const bool negative = value.integer < 0;
  uint64_t rest =
      negative ? 0 - static_cast<uint64_t>(value.integer) : static_cast<uint64_t>(value.integer);
  for (size_t i = 0; i < scale; ++i, rest /= 10) *--from = static_cast<char>('0' + rest % 10);
  if (scale > 0) *--from = '.';
  do {
    *--from = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (negative) *--from = '-';
  out.append(from, static_cast<size_t>(end - from));
}

bool IsDecimal(absl::string_view text) {
  Parts parts;
  return Scan(text, parts) && IsWithinLimits(parts);
}

bool ParseDecimal(absl::string_view text, Arena& arena, Value& out) {
  Parts parts;
  if (!Scan(text, parts) || !IsWithinLimits(parts)) return false;
  const int64_t scale = std::max<int64_t>(parts.scale, 0);
  // Digits of the coefficient once an exponent is written out: 1E+3 is 1000.
  const int64_t digits = parts.count == 0 ? 0 : parts.point + scale;
  if (digits <= kSmallDigits && scale <= kSmallDigits) {
    out = Value::SmallDecimal(Coefficient(parts, digits), static_cast<uint16_t>(scale));
  } else {
    out = Value::Bytes(Type::kDecimal, Canonical(parts, scale, arena));
  }
  return true;
}

int CompareDecimalText(absl::string_view a, absl::string_view b) {
  Parts left, right;
  const bool left_is_number = Scan(a, left);
  const bool right_is_number = Scan(b, right);
  if (left_is_number != right_is_number) return left_is_number ? 1 : -1;
  if (!left_is_number) {
    const int order = a.compare(b);
    return (order > 0) - (order < 0);
  }
  if (left.negative != right.negative) return left.negative ? -1 : 1;
  const int order = CompareMagnitude(left, right);
  return left.negative ? -order : order;
}

}  // namespace ferro
