// UTF-8 by characters (code points), and their case. Bytes that are no text do no harm: each that
// starts no character counts as one, and none is changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace ferro::sqlite {

// Bytes of the character at the front of `text`, which is not empty.
size_t CharacterSize(absl::string_view text);

size_t CountCharacters(absl::string_view text);

// Bytes of the first `count` characters, or of all when there are not so many.
size_t SizeOfCharacters(absl::string_view text, size_t count);

// Also of half of a pair, which is no text but can be compared.
void AppendUtf8(uint32_t code_point, std::string& out);

enum class Case { kLower, kUpper };

// Whether the system knows the case of all characters; what follows may be called only then.
bool KnowsCase();

// Appends `text` with every character mapped to one character: Unicode's simple case mapping, as
// the system's locale C.UTF-8 has it.
void AppendInCase(Case to, absl::string_view text, std::string& out);

inline constexpr char kNoCase[] = "this system has no locale that knows the case of characters";

}  // namespace ferro::sqlite
