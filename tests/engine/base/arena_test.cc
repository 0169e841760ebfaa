// The arena: alignment, disjoint pieces, and that refilling settles as its header promises.
#include "engine/base/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace ferro {
namespace {

TEST(Arena, AlignsWhatIsAskedFor) {
  Arena arena;
  for (const size_t alignment : {1, 2, 4, 8, 16, 64}) {
    arena.Allocate(1, 1);  // puts the cursor off
    const auto address = reinterpret_cast<uintptr_t>(arena.Allocate(3, alignment));
    EXPECT_EQ(address % alignment, 0u) << alignment;
  }
}

// Overlapping pieces, or one past its block, would show as a changed byte or to the sanitizer.
TEST(Arena, GivesPiecesThatDoNotOverlap) {
  Arena arena;
  std::vector<std::pair<char*, size_t>> pieces;
  for (size_t i = 0; i < 2000; ++i) {
    const size_t size = 1 + i * 7 % 300;
    auto* piece = static_cast<char*>(arena.Allocate(size, size_t{1} << (i % 5)));
    std::memset(piece, static_cast<int>(i % 251), size);
    pieces.emplace_back(piece, size);
  }
  for (size_t i = 0; i < pieces.size(); ++i) {
    const std::string expected(pieces[i].second, static_cast<char>(i % 251));
    EXPECT_EQ(std::string(pieces[i].first, pieces[i].second), expected) << i;
  }
}

TEST(Arena, GivesPiecesLargerThanAnyBlock) {
  Arena arena;
  constexpr size_t kSize = 5 << 20;
  auto* piece = static_cast<char*>(arena.Allocate(kSize, 8));
  std::memset(piece, 1, kSize);
  EXPECT_GE(arena.capacity(), kSize);
}

TEST(Arena, MakesObjectsAndArrays) {
  struct Point {
    int x;
    int y;
  };
  Arena arena;
  const Point* point = arena.New<Point>(3, 4);
  EXPECT_EQ(point->x, 3);
  EXPECT_EQ(point->y, 4);
  EXPECT_EQ(arena.NewArray<Point>(7).size(), 7u);
  EXPECT_TRUE(arena.NewArray<Point>(0).empty());
}

TEST(Arena, CopiesTextAwayFromItsOwner) {
  Arena arena;
  std::string owner = "hello";
  const absl::string_view copy = arena.Copy(owner);
  owner = "other";
  EXPECT_EQ(copy, "hello");
  EXPECT_EQ(arena.Copy(""), "");
}

TEST(Arena, SettlesAtNoAllocationWhenItIsFilledAgainAndAgain) {
  Arena arena;
  const auto fill = [&arena] {
    for (int i = 0; i < 1000; ++i) arena.Allocate(100, 8);
  };
  // Each round keeps the largest block, so after a few one block holds a round.
  for (int round = 0; round < 8; ++round) {
    arena.Clear();
    fill();
  }
  const size_t settled = arena.capacity();
  arena.Clear();
  EXPECT_EQ(arena.capacity(), settled);
  fill();
  EXPECT_EQ(arena.capacity(), settled);
}

TEST(Arena, CanBeClearedBeforeItsFirstUse) {
  Arena arena;
  arena.Clear();
  EXPECT_EQ(arena.capacity(), 0u);
  EXPECT_EQ(arena.Copy("x"), "x");
}

TEST(Arena, KeepsItsContentsWhenMoved) {
  Arena first;
  const absl::string_view text = first.Copy("still here");
  const Arena second = std::move(first);
  EXPECT_EQ(text, "still here");
}

}  // namespace
}  // namespace ferro
