#include "dialects/sqlite/functions/characters.h"

#include <locale.h>
#include <wctype.h>

#include "engine/value/text.h"

namespace ferro::sqlite {
namespace {

static_assert(sizeof(wchar_t) == 4, "the case of a character is asked for by its code point");

// Never freed: functions may run until the process ends.
locale_t CaseLocale() {
  static const locale_t locale = [] {
    const locale_t plain = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return plain != nullptr ? plain : newlocale(LC_CTYPE_MASK, "en_US.UTF-8", nullptr);
  }();
  return locale;
}

// Of a valid character of two bytes or more.
uint32_t CodePoint(absl::string_view character) {
  const auto lead = static_cast<uint8_t>(character.front());
  uint32_t code = lead & (0x7FU >> character.size());
  for (const char c : character.substr(1)) code = code << 6 | (static_cast<uint8_t>(c) & 0x3F);
  return code;
}

char AsciiInCase(Case to, char c) {
  if (to == Case::kLower) return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

}  // namespace

size_t CharacterSize(absl::string_view text) {
  const auto lead = static_cast<uint8_t>(text.front());
  size_t size = 1;
  if (lead >= 0xF8) {
    size = 1;
  } else if (lead >= 0xF0) {
    size = 4;
  } else if (lead >= 0xE0) {
    size = 3;
  } else if (lead >= 0xC0) {
    size = 2;
  }
  size_t i = 1;
  while (i < size && i < text.size() && (static_cast<uint8_t>(text[i]) & 0xC0) == 0x80) ++i;
  return i;
}

size_t CountCharacters(absl::string_view text) {
  size_t count = 0;
  for (; !text.empty(); text.remove_prefix(CharacterSize(text))) ++count;
  return count;
}

size_t SizeOfCharacters(absl::string_view text, size_t count) {
  const size_t whole = text.size();
  for (; count > 0 && !text.empty(); --count) text.remove_prefix(CharacterSize(text));
  return whole - text.size();
}

void AppendUtf8(uint32_t code_point, std::string& out) {
  const auto push = [&out](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) return push(code_point);
  if (code_point < 0x800) {
    push(0xC0 | code_point >> 6);
  } else {
    if (code_point < 0x10000) {
      push(0xE0 | code_point >> 12);
    } else {
      push(0xF0 | code_point >> 18);
      push(0x80 | (code_point >> 12 & 0x3F));
    }
    push(0x80 | (code_point >> 6 & 0x3F));
  }
  push(0x80 | (code_point & 0x3F));
}

bool KnowsCase() { return CaseLocale() != nullptr; }

void AppendInCase(Case to, absl::string_view text, std::string& out) {
  const locale_t locale = CaseLocale();
  while (!text.empty()) {
    const size_t size = CharacterSize(text);
    const absl::string_view character = text.substr(0, size);
    text.remove_prefix(size);
    if (static_cast<uint8_t>(character.front()) < 0x80) {
      out.push_back(AsciiInCase(to, character.front()));
    } else if (IsValidUtf8(character)) {
      const auto code = static_cast<wint_t>(CodePoint(character));
      AppendUtf8(to == Case::kLower ? towlower_l(code, locale) : towupper_l(code, locale), out);
    } else {
      out.append(character.data(), size);
    }
  }
}

}  // namespace ferro::sqlite
