#include "engine/value/uuid.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ferro {
namespace {

constexpr char kText[] = "00112233-4455-6677-8899-aabbccddeeff";
const std::string kBytes("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16);

std::string Parsed(absl::string_view text) {
  char bytes[16];
  return ParseUuid(text, bytes) ? std::string(bytes, sizeof bytes) : "no UUID";
}

TEST(Uuid, AppendsLowerCaseWithHyphens) {
  std::string text = "id: ";
  AppendUuid(text, kBytes);
  EXPECT_EQ(text, std::string("id: ") + kText);
}

TEST(Uuid, ParsesEitherCaseWithOrWithoutHyphens) {
  EXPECT_EQ(Parsed(kText), kBytes);
  EXPECT_EQ(Parsed("00112233-4455-6677-8899-AABBCCDDEEFF"), kBytes);
  EXPECT_EQ(Parsed("00112233445566778899aabbccddeeff"), kBytes);
  EXPECT_EQ(Parsed("00112233445566778899aAbBcCdDeEfF"), kBytes);
}

TEST(Uuid, RefusesWhatIsNone) {
  for (const char* text :
       {"", "00112233", "00112233-4455-6677-8899-aabbccddeef",
        "00112233-4455-6677-8899-aabbccddeefff", "{00112233-4455-6677-8899-aabbccddeeff}",
        "0011223344556677-8899-aabb-ccddeeff-", "00112233445566778899aabbccddeef",
        "-0112233-4455-6677-8899-aabbccddeeff"}) {
    EXPECT_EQ(Parsed(text), "no UUID") << text;
  }
}

TEST(Uuid, EveryPositionIsChecked) {
  for (size_t i = 0; i < 36; ++i) {
    for (const char wrong : {'g', 'G', ' ', '/', ':', '@', '`', '_', '\0', '\x80'}) {
      std::string text = kText;
      text[i] = wrong;
      EXPECT_EQ(Parsed(text), "no UUID") << i;
    }
    std::string text = kText;
    text[i] = text[i] == '-' ? '0' : '-';
    EXPECT_EQ(Parsed(text), "no UUID") << i;
  }
}

TEST(Uuid, ComesBack) {
  for (int first = 0; first < 256; ++first) {
    std::string bytes;
    for (int i = 0; i < 16; ++i) bytes.push_back(static_cast<char>(first + i * 17));
    std::string text;
    AppendUuid(text, bytes);
    EXPECT_EQ(text.size(), 36u);
    EXPECT_EQ(Parsed(text), bytes);
  }
}

}  // namespace
}  // namespace ferro
