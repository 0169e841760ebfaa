// Sums of numbers and of their squares without any rounding, so that a row can be taken out again
// and the order of the rows does not matter. Wide enough for as many doubles and integers as there
// can be rows.
#pragma once

#include <array>
#include <cstdint>

#include "absl/numeric/int128.h"

namespace ferro::sqlite {

// A number in two's complement; what bit 0 means is for its user to say.
template <size_t kWords>
class Wide {
 public:
  // Adds, or subtracts, magnitude * 2^shift.
  void Add(absl::uint128 magnitude, size_t shift, bool negative);
  const std::array<uint64_t, kWords>& words() const { return words_; }

 private:
  std::array<uint64_t, kWords> words_{};
};

// The sum of the squared differences from the mean, as significand * 2^exponent, times the number
// of rows; rounded once, to the 64 bits of the significand (its last bit says whether more were).
struct Spread {
  uint64_t significand = 0;
  int exponent = 0;
};

// Finite doubles and integers.
class ExactSums {
 public:
  // A row comes in, or one that came in is removed.
  void Change(double x, bool removed);
  void Change(int64_t x, bool removed);

  int64_t rows() const { return rows_; }
  Spread spread() const;

 private:
  void Change(uint64_t magnitude, size_t shift, bool negative, bool removed);

  // Bit 0 of a sum is the least double, 2^-1074; a square has twice that many bits after the point.
  // 64 bits on top of the largest are for as many rows, and the sign.
  Wide<35> sum_;
  Wide<69> squares_;
  int64_t rows_ = 0;
};

}  // namespace ferro::sqlite
