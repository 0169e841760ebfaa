// Characters (code points) of UTF-8 text, one at a time.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace ferro::regex {

// What a byte is read as that starts no character. Databases promise UTF-8; SQLite does not check.
inline constexpr char32_t kReplacement = 0xFFFD;

// The character that starts at `at`, which is less than the text's size; `at` moves behind it. In
// text that is not UTF-8 a wrong byte is one character, kReplacement.
char32_t NextCharacter(absl::string_view text, size_t& at);

void AppendCharacter(std::string& out, char32_t character);

}  // namespace ferro::regex
