// The letters beyond ASCII for which the C library knows another case must all be named.
#include "engine/regex/letter_case.h"

#include <gtest/gtest.h>
#include <locale.h>
#include <wctype.h>

namespace ferro::regex {
namespace {

bool Cased(char32_t c) { return MayHaveCase({c, c}); }

TEST(MayHaveCase, KnowsEveryLetterOfTheLibrary) {
  const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  ASSERT_NE(unicode, nullptr);
  size_t letters = 0;
  for (char32_t c = 0x80; c <= kLastCharacter; ++c) {
    const auto wide = static_cast<wint_t>(c);
    if (towlower_l(wide, unicode) == wide && towupper_l(wide, unicode) == wide) continue;
    ++letters;
    EXPECT_TRUE(Cased(c)) << std::hex << static_cast<uint32_t>(c);
  }
  freelocale(unicode);
  EXPECT_GT(letters, 2000u);
}

TEST(MayHaveCase, LeavesScriptsWithoutCaseAlone) {
  for (const char32_t c : U"日本語ひカ한אبकไ😀٣\u0301\u2028\u00A0") {
    if (c == 0) continue;  // that of the literal
    EXPECT_FALSE(Cased(c)) << std::hex << static_cast<uint32_t>(c);
  }
}

TEST(MayHaveCase, LooksAtWholeRanges) {
  EXPECT_TRUE(MayHaveCase({0x80, kLastCharacter}));
  EXPECT_TRUE(MayHaveCase({0x80, 0xB5}));
  EXPECT_TRUE(MayHaveCase({0x588, 0x600}));
  EXPECT_FALSE(MayHaveCase({0x80, 0xB4}));
  EXPECT_FALSE(MayHaveCase({0x589, 0x109F}));
}

}  // namespace
}  // namespace ferro::regex
