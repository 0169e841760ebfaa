#include "dialects/sqlite/functions/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ferro::sqlite {
namespace {

constexpr int kFractionBits = 1074;
constexpr size_t kSumWords = 35;
constexpr size_t kSpreadWords = 2 * kSumWords;

// Takes b * c and `borrow` from `a`; gives what is to be taken from the next word.
uint64_t SubtractProduct(uint64_t& a, uint64_t b, uint64_t c, uint64_t borrow) {
  const absl::uint128 less = absl::uint128(b) * c + borrow;
  const uint64_t low = absl::Uint128Low64(less);
  const bool under = a < low;
  a -= low;
  return absl::Uint128High64(less) + (under ? 1 : 0);
}

}  // namespace

template <size_t kWords>
void Wide<kWords>::Add(absl::uint128 magnitude, size_t shift, bool negative) {
  const size_t first = shift / 64, bit = shift % 64;
  const uint64_t low = absl::Uint128Low64(magnitude), high = absl::Uint128High64(magnitude);
  const uint64_t parts[] = {low << bit, bit == 0 ? high : high << bit | low >> (64 - bit),
                            bit == 0 ? 0 : high >> (64 - bit)};
  uint64_t carry = 0;
  for (size_t i = 0; first + i < kWords && (i < 3 || carry != 0); ++i) {
    uint64_t& word = words_[first + i];
    const uint64_t part = i < 3 ? parts[i] : 0;
    const uint64_t before = word;
    if (negative) {
      word = before - part - carry;
      carry = before < part || (before == part && carry != 0) ? 1 : 0;
    } else {
      word = before + part + carry;
      carry = word < before || (word == before && carry != 0) ? 1 : 0;
    }
  }
}

void ExactSums::Change(uint64_t magnitude, size_t shift, bool negative, bool removed) {
  rows_ += removed ? -1 : 1;
  sum_.Add(magnitude, shift, negative != removed);
  squares_.Add(absl::uint128(magnitude) * magnitude, 2 * shift, removed);
}

void ExactSums::Change(double x, bool removed) {
  int exponent = 0;
  // 53 bits before the point; a subnormal has fewer, so that its exponent stays in range.
  const double fraction = std::frexp(std::fabs(x), &exponent);
  const int bits = std::min(53, exponent + kFractionBits);
  const auto magnitude = static_cast<uint64_t>(std::ldexp(fraction, bits));
  Change(magnitude, static_cast<size_t>(exponent - bits + kFractionBits), x < 0, removed);
}

void ExactSums::Change(int64_t x, bool removed) {
  const auto bits = static_cast<uint64_t>(x);
  Change(x < 0 ? 0 - bits : bits, kFractionBits, x < 0, removed);
}

// rows * squares - sum * sum, which is never negative.
Spread ExactSums::spread() const {
  std::array<uint64_t, kSumWords> sum = sum_.words();
  if ((sum.back() >> 63) != 0) {
    uint64_t carry = 1;
    for (uint64_t& word : sum) {
      word = ~word + carry;
      carry = carry != 0 && word == 0 ? 1 : 0;
    }
  }
  std::array<uint64_t, kSpreadWords> rest{};
  uint64_t carry = 0;
  for (size_t i = 0; i < squares_.words().size(); ++i) {
    const absl::uint128 product =
        absl::uint128(squares_.words()[i]) * static_cast<uint64_t>(rows_) + carry;
    rest[i] = absl::Uint128Low64(product);
    carry = absl::Uint128High64(product);
  }
  rest[squares_.words().size()] = carry;
  for (size_t i = 0; i < kSumWords; ++i) {
    if (sum[i] == 0) continue;
    uint64_t borrow = 0;
    for (size_t j = 0; i + j < kSpreadWords && (j < kSumWords || borrow != 0); ++j) {
      borrow = SubtractProduct(rest[i + j], sum[i], j < kSumWords ? sum[j] : 0, borrow);
    }
  }

  size_t top = kSpreadWords;
  while (top > 0 && rest[top - 1] == 0) --top;
  if (top == 0) return {};
  const auto empty = static_cast<size_t>(std::countl_zero(rest[top - 1]));
  const uint64_t below = top > 1 ? rest[top - 2] : 0;
  Spread spread;
  spread.significand = rest[top - 1] << empty | (empty == 0 ? 0 : below >> (64 - empty));
  bool more = below << empty != 0;
  for (size_t i = 0; i + 2 < top; ++i) more = more || rest[i] != 0;
  if (more) spread.significand |= 1;
  spread.exponent = static_cast<int>(64 * (top - 1)) - static_cast<int>(empty) - 2 * kFractionBits;
  return spread;
}

}  // namespace ferro::sqlite
