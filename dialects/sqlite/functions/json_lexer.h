// JSON text (RFC 8259) from front to back. Each Take… takes what it names off the front, after spaces, or says no.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/arena.h"

namespace ferro::sqlite {

// Readers of nested values call themselves.
inline constexpr int kMaxJsonDepth = 1000;

class JsonLexer {
 public:
  // Texts with escapes go into `arena`.
  JsonLexer(absl::string_view text, Arena& arena) : rest_(text), arena_(arena) {}

  // The first character past spaces, or NUL at the end.
  char Front();
  bool AtEnd();
  bool TakeChar(char c);
  bool TakeWord(absl::string_view word);
  // A text, number or word, of which nobody wants to know more.
  bool TakeScalar();
  bool TakeNumber(absl::string_view& out);
  // What the string says, without quotes and escapes.
  bool TakeString(absl::string_view& out);

  absl::string_view rest() const { return rest_; }

 private:
  bool TakeEscape(std::string& unescaped);
  bool TakeHex(uint32_t& code);

  absl::string_view rest_;
  Arena& arena_;
};

}  // namespace ferro::sqlite
