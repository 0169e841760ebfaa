#include "engine/value/uuid.h"

#include <cstdint>

namespace ferro {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

// 0 to 15, or -1.
constexpr int Nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A hyphen stands before the bytes of these numbers.
constexpr bool IsHyphenBefore(size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

void AppendUuid(std::string& out, absl::string_view bytes) {
  for (size_t i = 0; i < 16; ++i) {
    if (IsHyphenBefore(i)) out.push_back('-');
    const auto byte = static_cast<uint8_t>(bytes[i]);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 0x0F]);
  }
}

bool ParseUuid(absl::string_view text, char (&out)[16]) {
  const bool hyphens = text.size() == 36;
  if (!hyphens && text.size() != 32) return false;
  size_t at = 0;
  for (size_t i = 0; i < 16; ++i) {
    if (hyphens && IsHyphenBefore(i) && text[at++] != '-') return false;
    const int high = Nibble(text[at]);
    const int low = Nibble(text[at + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<char>(high << 4 | low);
    at += 2;
  }
  return true;
}

}  // namespace ferro
