// UTF-8 validation, against a decoder written for the test.
#include "engine/value/text.h"

#include <gtest/gtest.h>

#include <string>

namespace ferro {
namespace {

using namespace std::string_literals;  // NOLINT: bytes with NULs

// A slow second opinion: encodes what the decoded code point should have been, and compares.
bool IsValidByDecoding(const std::string& text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = [&](size_t at) {
      return at < text.size() ? static_cast<uint32_t>(static_cast<unsigned char>(text[at])) : 0u;
    };
    const uint32_t lead = byte(i);
    const size_t length = lead < 0x80       ? 1
                          : lead >> 5 == 6  ? 2
                          : lead >> 4 == 14 ? 3
                          : lead >> 3 == 30 ? 4
                                            : 0;
    if (length == 0 || i + length > text.size()) return false;
    uint32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
    for (size_t k = 1; k < length; ++k) {
      if (byte(i + k) >> 6 != 2) return false;
      point = point << 6 | (byte(i + k) & 0x3F);
    }
    constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kSmallest[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) {
      return false;
    }
    i += length;
  }
  return true;
}

TEST(IsValidUtf8, AcceptsTheEdgesOfEachLength) {
  for (const char* text :
       {"", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsValidUtf8(text));
  }
  EXPECT_TRUE(IsValidUtf8("\0"s));  // NUL is refused elsewhere, by name
}

TEST(IsValidUtf8, RefusesOverlongFormsSurrogatesAndWhatIsBeyondUnicode) {
  for (const char* text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                           "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(IsValidUtf8(text));
  }
}

TEST(IsValidUtf8, RefusesSequencesCutShort) {
  for (const char* text : {"\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xE2\x82 ", "\xC3\xC3\xA9"}) {
    EXPECT_FALSE(IsValidUtf8(text));
  }
}

TEST(IsValidUtf8, LooksIntoEveryByteOfLongText) {
  for (size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    text[at] = '\xFF';
    EXPECT_FALSE(IsValidUtf8(text)) << at;
    text.replace(at, 1, "\xE2\x82\xAC");
    EXPECT_TRUE(IsValidUtf8(text)) << at;
  }
}

TEST(IsValidUtf8, LooksIntoEveryByteOfEveryLength) {
  for (size_t size = 1; size <= 40; ++size) {
    EXPECT_TRUE(IsValidUtf8(std::string(size, 'x')));
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\xE4';
      EXPECT_FALSE(IsValidUtf8(text)) << size << " at " << at;
      if (at + 1 == size) continue;
      text.replace(at, 2, "ä");
      EXPECT_TRUE(IsValidUtf8(text)) << size << " at " << at;
    }
  }
}

TEST(IsValidUtf8, AgreesWithADecoderOnAllPairsAndManyLongerSequences) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const std::string pair = {static_cast<char>(bits >> 8), static_cast<char>(bits)};
    ASSERT_EQ(IsValidUtf8(pair), IsValidByDecoding(pair)) << bits;
    for (const char* tail : {"\x80", "\xBF", "\x80\x80", "\xBF\xBF", "\xC0", "a"}) {
      ASSERT_EQ(IsValidUtf8(pair + tail), IsValidByDecoding(pair + tail)) << bits;
    }
  }
}

}  // namespace
}  // namespace ferro
