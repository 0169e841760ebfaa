// Exact arithmetic on decimals of any length that ParseDecimal takes. A number keeps its scale, the
// digits after the point that it is written with. Nothing here goes through floating point.
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"

namespace ferro {

class BigDecimal {
 public:
  enum class Rounding {
    kTowardZero,
    kDown,
    kUp,
    kHalfAwayFromZero,
  };

  // 0, of scale 0.
  BigDecimal() = default;
  static BigDecimal FromInteger(int64_t value);

  // False as ParseDecimal is.
  static bool Parse(absl::string_view text, BigDecimal& out);

  // Digits after the point.
  int64_t scale() const { return scale_; }
  // -1, 0 or 1. No zero is negative.
  int sign() const;
  // Whether ParseDecimal takes what Append writes. Sums and products are not held to its limits.
  bool IsStorable() const;

  // Canonical text.
  void Append(std::string& out) const;

  // The number toward zero. False when it is no int64.
  bool Truncate(int64_t& out) const;

  void Negate();

  // The scale of a sum is the larger of both.
  void Add(const BigDecimal& other) { AddSigned(other, other.negative_); }
  void Subtract(const BigDecimal& other) { AddSigned(other, !other.negative_); }

  // The scale of a product is the sum of both. False, and nothing computed, when it could not be
  // storable; the time is the product of both lengths.
  static bool Multiply(const BigDecimal& a, const BigDecimal& b, BigDecimal& out);

  // To `scale` digits after the point, at least 0; zeros are added when there are fewer.
  void Round(int64_t scale, Rounding rounding);

 private:
  // Groups of nine digits, least first, of which the first `fraction_` stand after the point. So
  // numbers of different scales lie in the same places, and only whole groups are ever shifted.
  using Groups = absl::InlinedVector<uint32_t, 8>;

  void ReadPlain(absl::string_view text);
  void AddSigned(const BigDecimal& other, bool negative);
  void AddGroups(const Groups& other, size_t at);
  void SubtractGroups(const Groups& other, size_t at);
  void SetFraction(size_t groups);
  void Trim();
  int64_t IntegerDigits() const;
  bool IsZero() const;

  bool negative_ = false;
  int64_t scale_ = 0;
  size_t fraction_ = 0;  // always as many groups as the scale needs
  Groups groups_;        // at least `fraction_`; the highest of more than these is not 0
};

}  // namespace ferro
