#include "engine/regex/utf8.h"

#include <cstdint>

#include "engine/value/text.h"

namespace ferro::regex {

char32_t NextCharacter(absl::string_view text, size_t& at) {
  const auto lead = static_cast<uint8_t>(text[at]);
  if (lead < 0x80) {
    ++at;
    return lead;
  }
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  const absl::string_view sequence = text.substr(at, size);
  if (sequence.size() < size || !IsValidUtf8(sequence)) {
    ++at;
    return kReplacement;
  }
  at += size;
  char32_t character = lead & (0x7Fu >> size);
  for (const char next : sequence.substr(1)) {
    character = character << 6 | (static_cast<uint8_t>(next) & 0x3Fu);
  }
  return character;
}

void AppendCharacter(std::string& out, char32_t character) {
  const auto byte = [&out](char32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (character < 0x80) return byte(character);
  if (character < 0x800) {
    byte(0xC0 | character >> 6);
  } else if (character < 0x1'0000) {
    byte(0xE0 | character >> 12);
    byte(0x80 | (character >> 6 & 0x3F));
  } else {
    byte(0xF0 | character >> 18);
    byte(0x80 | (character >> 12 & 0x3F));
    byte(0x80 | (character >> 6 & 0x3F));
  }
  byte(0x80 | (character & 0x3F));
}

}  // namespace ferro::regex
