// Byte order and varints, at their edges.
#include "engine/base/bytes.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace ferro {
namespace {

using namespace std::string_literals;  // NOLINT: bytes with NULs

std::string Varint(uint64_t value) {
  std::string out;
  AppendVarint(out, value);
  return out;
}

// The varint at the front of `bytes`, and how many bytes it took; {0, 0} when there is none.
std::pair<uint64_t, size_t> Consume(absl::string_view bytes) {
  absl::string_view rest = bytes;
  uint64_t value = 0;
  if (!ConsumeVarint(rest, value)) return {0, 0};
  return {value, bytes.size() - rest.size()};
}

TEST(Big, StoresTheMostSignificantByteFirst) {
  std::string out;
  AppendBig(out, uint8_t{0x01});
  AppendBig(out, uint16_t{0x0203});
  AppendBig(out, uint32_t{0x04050607});
  AppendBig(out, int64_t{-2});
  EXPECT_EQ(out, "\x01\x02\x03\x04\x05\x06\x07\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE");
}

TEST(Big, LoadsFromAnyAddress) {
  const std::string bytes = "\x00\x80\x00\x00\x00\x00\x00\x00\x01"s;
  EXPECT_EQ(LoadBig<int64_t>(bytes.data() + 1), std::numeric_limits<int64_t>::min() + 1);
  EXPECT_EQ(LoadBig<uint16_t>(bytes.data() + 1), 0x8000);
  EXPECT_EQ(LoadBig<int16_t>(bytes.data()), 0x80);
  EXPECT_EQ(LoadBig<uint32_t>(bytes.data() + 5), 1u);
}

TEST(Varint, HasTheLowestGroupFirst) {
  EXPECT_EQ(Varint(0), "\x00"s);
  EXPECT_EQ(Varint(127), "\x7F");
  EXPECT_EQ(Varint(128), "\x80\x01");
  EXPECT_EQ(Varint(300), "\xAC\x02");
  EXPECT_EQ(Varint(std::numeric_limits<uint64_t>::max()), std::string(9, '\xFF') + "\x01");
}

TEST(Varint, ComesBackAtEveryLength) {
  for (int bit = 0; bit < 64; ++bit) {
    for (const uint64_t value : {(uint64_t{1} << bit) - 1, uint64_t{1} << bit}) {
      const std::string bytes = Varint(value);
      EXPECT_EQ(Consume(bytes + "x"), std::make_pair(value, bytes.size()));
      EXPECT_EQ(Consume(absl::string_view(bytes).substr(0, bytes.size() - 1)),
                std::make_pair(uint64_t{0}, size_t{0}));
    }
  }
}

TEST(Varint, IsRefusedWhenItIsNotInItsShortestForm) {
  EXPECT_EQ(Consume("\x80\x00"s).second, 0u);
  EXPECT_EQ(Consume("\xFF\x80\x00"s).second, 0u);
}

TEST(Varint, IsRefusedBeyond64Bits) {
  EXPECT_EQ(Consume(std::string(9, '\xFF') + "\x02").second, 0u);
  EXPECT_EQ(Consume(std::string(10, '\xFF') + "\x01").second, 0u);
}

TEST(ZigZag, NumbersSmallMagnitudesLow) {
  EXPECT_EQ(ZigZag(0), 0u);
  EXPECT_EQ(ZigZag(-1), 1u);
  EXPECT_EQ(ZigZag(1), 2u);
  EXPECT_EQ(ZigZag(std::numeric_limits<int64_t>::min()), std::numeric_limits<uint64_t>::max());
  for (const int64_t value : {std::numeric_limits<int64_t>::min(), int64_t{-300}, int64_t{0},
                              int64_t{64}, std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(UnZigZag(ZigZag(value)), value);
  }
}

}  // namespace
}  // namespace ferro
