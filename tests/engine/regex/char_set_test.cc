// Sets of characters against plain arrays of flags, over the first characters and the last.
#include "engine/regex/char_set.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace ferro::regex {
namespace {

std::string Shown(const CharSet& set) {
  std::string shown;
  for (const Range range : set.ranges()) {
    shown += std::to_string(range.first) + "-" + std::to_string(range.last) + " ";
  }
  return shown;
}

TEST(CharSet, JoinsRangesThatTouch) {
  CharSet set;
  set.Add(10, 12);
  set.Add(20, 22);
  set.Add(13, 13);
  EXPECT_EQ(Shown(set), "10-13 20-22 ");
  set.Add(14, 19);
  EXPECT_EQ(Shown(set), "10-22 ");
}

TEST(CharSet, AgreesWithFlags) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    CharSet set;
    std::string flags(128, '0');
    for (int i = 0; i < 12; ++i) {
      const auto first = static_cast<char32_t>(random() % 128);
      const auto last = static_cast<char32_t>(first + random() % (128 - first));
      if (last - first > 20) continue;
      set.Add(first, last);
      for (char32_t c = first; c <= last; ++c) flags[c] = '1';
    }
    const CharSet rest = set.Complement();
    for (char32_t c = 0; c < 128; ++c) {
      ASSERT_EQ(set.Contains(c), flags[c] == '1') << round;
      ASSERT_NE(set.Contains(c), rest.Contains(c)) << round;
    }
    for (size_t i = 1; i < set.ranges().size(); ++i) {
      ASSERT_GT(set.ranges()[i].first, set.ranges()[i - 1].last + 1);
    }
    ASSERT_EQ(Shown(rest.Complement()), Shown(set));
    ASSERT_TRUE(rest.Contains(kLastCharacter));
  }
}

TEST(CharSet, HasNoSurrogates) {
  EXPECT_EQ(Shown(CharSet::Any()), "0-55295 57344-1114111 ");
  EXPECT_TRUE(CharSet::Any().is_any());
  EXPECT_TRUE(CharSet::Any().Complement().is_empty());
  CharSet set;
  set.Add(0xD800, 0xDFFF);
  EXPECT_TRUE(set.is_empty());
  set.Add(0xD7FF, 0xE000);
  EXPECT_EQ(Shown(set), "55295-55295 57344-57344 ");
  EXPECT_FALSE(set.single().has_value());
}

TEST(CharSet, FoldsAsciiLettersAndNothingElse) {
  CharSet set;
  set.Add('@', 'B');
  set.Add('y', '{');
  set.Add(0xE9, 0xE9);
  set.FoldAscii();
  std::string found;
  for (char32_t c = 0; c < 128; ++c) {
    if (set.Contains(c)) found += static_cast<char>(c);
  }
  EXPECT_EQ(found, "@ABYZabyz{");
  EXPECT_FALSE(set.Contains(0xC9));
}

TEST(CharSet, KnowsWhenThereIsOneCharacter) {
  CharSet set;
  EXPECT_FALSE(set.single().has_value());
  set.Add('a', 'a');
  EXPECT_TRUE(set.single() == U'a');
  set.Add('b', 'b');
  EXPECT_FALSE(set.single().has_value());
}

}  // namespace
}  // namespace ferro::regex
