#include "engine/value/text.h"

#include <cstdint>
#include <cstring>

namespace ferro {
namespace {

// Length of the sequence that starts with `lead`, or 0, and the range its second byte must be in (Unicode 15,
// table 3-7).
size_t SequenceLength(uint8_t lead, uint8_t& low, uint8_t& high) {
  low = 0x80;
  high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
    return 4;
  }
  return 0;
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080u;
  constexpr size_t kWord = sizeof(uint64_t);
  const auto is_ascii = [&](size_t at) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, kWord);
    return (word & kHighBits) == 0;
  };
  size_t i = 0;
  while (i < text.size()) {
    if (i + kWord <= text.size()) {
      if (is_ascii(i)) {
        i += kWord;
        continue;
      }
    } else if (text.size() >= kWord && is_ascii(text.size() - kWord)) {
      return true;  // the end, with some of what was looked at before
    }
    const auto lead = static_cast<uint8_t>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    uint8_t low, high;
    const size_t length = SequenceLength(lead, low, high);
    if (length == 0 || i + length > text.size()) return false;
    for (size_t k = 1; k < length; ++k) {
      const auto byte = static_cast<uint8_t>(text[i + k]);
      if (byte < low || byte > high) return false;
      low = 0x80;
      high = 0xBF;
    }
    i += length;
  }
  return true;
}

}  // namespace ferro
