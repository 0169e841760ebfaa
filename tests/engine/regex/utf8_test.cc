#include "engine/regex/utf8.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/regex/char_set.h"

namespace ferro::regex {
namespace {

std::vector<char32_t> CharactersOf(absl::string_view text) {
  std::vector<char32_t> characters;
  for (size_t at = 0; at < text.size();) characters.push_back(NextCharacter(text, at));
  return characters;
}

TEST(NextCharacter, ReadsEveryCharacterAsItWasWritten) {
  for (char32_t c = 0; c <= kLastCharacter; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    AppendCharacter(text, c);
    size_t at = 0;
    ASSERT_TRUE(NextCharacter(text, at) == c);
    ASSERT_EQ(at, text.size());
  }
}

TEST(NextCharacter, ReadsAWrongByteAsOneCharacter) {
  const std::vector<char32_t> one = {kReplacement};
  const std::vector<char32_t> then_a = {kReplacement, 'a'};
  EXPECT_TRUE(CharactersOf("\x80") == one);
  EXPECT_TRUE(CharactersOf("\xC3") == one);
  EXPECT_TRUE(CharactersOf("\xF0") == one);
  EXPECT_TRUE(CharactersOf("\xFF" "a") == then_a);
  EXPECT_TRUE(CharactersOf("\xC3" "a") == then_a);
  EXPECT_TRUE(CharactersOf("\xE2\x82" "a") ==
              (std::vector<char32_t>{kReplacement, kReplacement, 'a'}));
  EXPECT_EQ(CharactersOf("\xED\xA0\x80").size(), 3u);  // a surrogate
  EXPECT_TRUE(CharactersOf("\xC3\xC3\xA9") == (std::vector<char32_t>{kReplacement, 0xE9}));
}

}  // namespace
}  // namespace ferro::regex
