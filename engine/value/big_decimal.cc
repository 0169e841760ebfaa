#include "engine/value/big_decimal.h"

#include <algorithm>
#include <utility>

#include "engine/base/arena.h"
#include "engine/value/decimal.h"

namespace ferro {
namespace {

constexpr uint32_t kBase = 1'000'000'000;
constexpr int64_t kGroupDigits = 9;
constexpr uint32_t kPowers[] = {1,       10,        100,        1'000,       10'000,
                                100'000, 1'000'000, 10'000'000, 100'000'000, kBase};

uint32_t Power(int64_t digits) { return kPowers[static_cast<size_t>(digits)]; }
int64_t Digits(size_t groups) { return static_cast<int64_t>(groups) * kGroupDigits; }
size_t GroupsFor(int64_t digits) {
  return static_cast<size_t>((digits + kGroupDigits - 1) / kGroupDigits);
}

// Whether `text` is a decimal that nothing has to be done to, as almost all are: its parts cannot
// be too long, and there is no exponent to be written out.
bool IsPlain(absl::string_view text) {
  if (text.size() > static_cast<size_t>(kMaxDecimalScale)) return false;
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  size_t digits = 0, points = 0;
  for (const char c : text) {
    digits += c >= '0' && c <= '9' ? 1 : 0;
    points += c == '.' ? 1 : 0;
  }
  return digits > 0 && points <= 1 && digits + points == text.size();
}

uint32_t Read(absl::string_view digits) {
  uint32_t group = 0;
  for (const char digit : digits) group = group * 10 + static_cast<uint32_t>(digit - '0');
  return group;
}

// `digits` digits from the left of a group.
void Write(std::string& out, uint32_t group, int64_t digits) {
  uint32_t unit = kBase;
  for (; digits > 0; --digits) {
    unit /= 10;
    out.push_back(static_cast<char>('0' + group / unit % 10));
  }
}

}  // namespace

BigDecimal BigDecimal::FromInteger(int64_t value) {
  BigDecimal out;
  out.negative_ = value < 0;
  uint64_t rest = static_cast<uint64_t>(value);
  if (value < 0) rest = 0 - rest;
  for (; rest > 0; rest /= kBase) out.groups_.push_back(static_cast<uint32_t>(rest % kBase));
  return out;
}

bool BigDecimal::Parse(absl::string_view text, BigDecimal& out) {
  if (IsPlain(text)) {
    out.ReadPlain(text);
    return true;
  }
  Arena arena;
  Value value;
  if (!ParseDecimal(text, arena, value)) return false;
  std::string plain;
  AppendDecimal(plain, value);
  out.ReadPlain(plain);
  return true;
}

// Canonical text, or other text without an exponent and a plus.
void BigDecimal::ReadPlain(absl::string_view text) {
  negative_ = text.front() == '-';
  if (negative_) text.remove_prefix(1);
  const size_t point = std::min(text.find('.'), text.size());
  absl::string_view integer = text.substr(0, point);
  absl::string_view fraction = point < text.size() ? text.substr(point + 1) : absl::string_view();
  constexpr auto kSize = static_cast<size_t>(kGroupDigits);

  scale_ = static_cast<int64_t>(fraction.size());
  fraction_ = GroupsFor(scale_);
  groups_.assign(fraction_, 0);
  for (size_t i = fraction_; i > 0; --i) {
    const absl::string_view digits = fraction.substr(0, kSize);
    fraction.remove_prefix(digits.size());
    groups_[i - 1] = Read(digits) * Power(kGroupDigits - static_cast<int64_t>(digits.size()));
  }
  while (!integer.empty()) {
    const size_t size = std::min(kSize, integer.size());
    groups_.push_back(Read(integer.substr(integer.size() - size)));
    integer.remove_suffix(size);
  }
  Trim();
}

bool BigDecimal::IsZero() const {
  return std::all_of(groups_.begin(), groups_.end(), [](uint32_t group) { return group == 0; });
}

int BigDecimal::sign() const {
  if (negative_) return -1;
  return IsZero() ? 0 : 1;
}

int64_t BigDecimal::IntegerDigits() const {
  if (groups_.size() == fraction_) return 0;
  int64_t top = 1;
  while (top < kGroupDigits && groups_.back() >= Power(top)) ++top;
  return Digits(groups_.size() - fraction_ - 1) + top;
}

bool BigDecimal::IsStorable() const {
  return IntegerDigits() <= kMaxDecimalIntegerDigits && scale_ <= kMaxDecimalScale;
}

void BigDecimal::Append(std::string& out) const {
  if (negative_) out.push_back('-');
  if (groups_.size() == fraction_) out.push_back('0');
  for (size_t i = groups_.size(); i > fraction_; --i) {
    const size_t at = out.size();
    Write(out, groups_[i - 1], kGroupDigits);
    if (i < groups_.size()) continue;
    out.erase(at, out.find_first_not_of('0', at) - at);  // the highest group is not 0
  }
  if (scale_ > 0) out.push_back('.');
  int64_t left = scale_;
  for (size_t i = fraction_; i > 0; --i, left -= kGroupDigits) {
    Write(out, groups_[i - 1], std::min(left, kGroupDigits));
  }
}

bool BigDecimal::Truncate(int64_t& out) const {
  int64_t whole = 0;
  for (size_t i = groups_.size(); i > fraction_; --i) {
    const auto group = static_cast<int64_t>(groups_[i - 1]);
    if (__builtin_mul_overflow(whole, int64_t{kBase}, &whole) ||
        __builtin_add_overflow(whole, negative_ ? -group : group, &whole)) {
      return false;
    }
  }
  out = whole;
  return true;
}

void BigDecimal::Negate() { negative_ = !negative_ && !IsZero(); }

void BigDecimal::AddSigned(const BigDecimal& other, bool negative) {
  if (&other == this) {
    const BigDecimal copy = other;
    return AddSigned(copy, negative);
  }
  scale_ = std::max(scale_, other.scale_);
  if (other.fraction_ > fraction_) SetFraction(other.fraction_);
  const size_t at = fraction_ - other.fraction_;
  if (negative_ == negative) {
    AddGroups(other.groups_, at);
  } else {
    SubtractGroups(other.groups_, at);
  }
  Trim();
}

void BigDecimal::AddGroups(const Groups& other, size_t at) {
  if (groups_.size() < other.size() + at) groups_.resize(other.size() + at, 0);
  uint32_t carry = 0;
  for (size_t i = 0; i < other.size() || carry != 0; ++i) {
    if (at + i == groups_.size()) groups_.push_back(0);
    const uint32_t sum = groups_[at + i] + (i < other.size() ? other[i] : 0) + carry;
    carry = sum >= kBase ? 1 : 0;
    groups_[at + i] = sum - carry * kBase;
  }
}

void BigDecimal::SubtractGroups(const Groups& other, size_t at) {
  if (groups_.size() < other.size() + at) groups_.resize(other.size() + at, 0);
  uint32_t borrow = 0;
  for (size_t i = 0; at + i < groups_.size() && (i < other.size() || borrow != 0); ++i) {
    const uint32_t less = (i < other.size() ? other[i] : 0) + borrow;
    borrow = groups_[at + i] < less ? 1 : 0;
    groups_[at + i] += borrow * kBase - less;
  }
  if (borrow == 0) return;
  // It was the smaller one: what stands here is the difference less a power of the base.
  negative_ = !negative_;
  bool ends_in_zeros = true;
  for (uint32_t& group : groups_) {
    if (ends_in_zeros && group == 0) continue;
    group = kBase - (ends_in_zeros ? 0 : 1) - group;
    ends_in_zeros = false;
  }
}

// Moves the point to stand before `groups` groups; what is lost at the end has been looked at.
void BigDecimal::SetFraction(size_t groups) {
  if (groups > fraction_) {
    groups_.insert(groups_.begin(), groups - fraction_, 0);
  } else {
    groups_.erase(groups_.begin(), groups_.begin() + static_cast<ptrdiff_t>(fraction_ - groups));
  }
  fraction_ = groups;
}

void BigDecimal::Trim() {
  while (groups_.size() > fraction_ && groups_.back() == 0) groups_.pop_back();
  if (negative_ && groups_.size() == fraction_ && IsZero()) negative_ = false;
}

bool BigDecimal::Multiply(const BigDecimal& a, const BigDecimal& b, BigDecimal& out) {
  if (a.scale_ + b.scale_ > kMaxDecimalScale ||
      a.IntegerDigits() + b.IntegerDigits() > kMaxDecimalIntegerDigits + 1) {
    return false;
  }
  BigDecimal product;
  product.negative_ = a.negative_ != b.negative_;
  product.scale_ = a.scale_ + b.scale_;
  product.fraction_ = a.fraction_ + b.fraction_;
  product.groups_.assign(a.groups_.size() + b.groups_.size(), 0);
  for (size_t i = 0; i < a.groups_.size(); ++i) {
    uint64_t carry = 0;
    for (size_t j = 0; j < b.groups_.size(); ++j) {
      const uint64_t sum = product.groups_[i + j] + uint64_t{a.groups_[i]} * b.groups_[j] + carry;
      product.groups_[i + j] = static_cast<uint32_t>(sum % kBase);
      carry = sum / kBase;
    }
    product.groups_[i + b.groups_.size()] = static_cast<uint32_t>(carry);
  }
  product.SetFraction(GroupsFor(product.scale_));
  product.Trim();
  out = std::move(product);
  return true;
}

void BigDecimal::Round(int64_t scale, Rounding rounding) {
  const size_t fraction = GroupsFor(scale);
  if (scale >= scale_) {
    scale_ = scale;
    return SetFraction(fraction);
  }
  // What goes: whole groups at the end, and the end of the lowest that stays.
  const size_t whole = fraction_ - fraction;
  const uint32_t unit = Power(Digits(fraction) - scale);
  const uint32_t cut = unit > 1 ? groups_[whole] % unit : 0;
  const bool half = unit > 1 ? cut / (unit / 10) >= 5 : groups_[whole - 1] >= kBase / 2;
  const bool exact =
      cut == 0 && std::all_of(groups_.begin(), groups_.begin() + static_cast<ptrdiff_t>(whole),
                              [](uint32_t group) { return group == 0; });
  bool away = false;
  switch (rounding) {
    case Rounding::kTowardZero:
      break;
    case Rounding::kDown:
      away = negative_ && !exact;
      break;
    case Rounding::kUp:
      away = !negative_ && !exact;
      break;
    case Rounding::kHalfAwayFromZero:
      away = half;
      break;
  }
  SetFraction(fraction);
  scale_ = scale;
  if (cut != 0) groups_[0] -= cut;
  if (away) AddGroups(Groups(1, unit), 0);
  Trim();
}

}  // namespace ferro
