#include "dialects/sqlite/functions/json_lexer.h"

#include <charconv>
#include <system_error>

#include "dialects/sqlite/functions/characters.h"

namespace ferro::sqlite {
namespace {

constexpr bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20; }

}  // namespace

char JsonLexer::Front() {
  while (!rest_.empty() && IsSpace(rest_.front())) rest_.remove_prefix(1);
  return rest_.empty() ? '\0' : rest_.front();
}

bool JsonLexer::AtEnd() {
  Front();
  return rest_.empty();
}

bool JsonLexer::TakeChar(char c) {
  if (AtEnd() || rest_.front() != c) return false;
  rest_.remove_prefix(1);
  return true;
}

bool JsonLexer::TakeWord(absl::string_view word) {
  Front();
  if (rest_.substr(0, word.size()) != word) return false;
  rest_.remove_prefix(word.size());
  return true;
}

bool JsonLexer::TakeScalar() {
  absl::string_view unused;
  switch (Front()) {
    case '"': return TakeString(unused);
    case 'n': return TakeWord("null");
    case 'f': return TakeWord("false");
    case 't': return TakeWord("true");
    default: return TakeNumber(unused);
  }
}

bool JsonLexer::TakeNumber(absl::string_view& out) {
  Front();
  size_t end = 0;
  const auto at = [&](size_t i) { return i < rest_.size() ? rest_[i] : '\0'; };
  const auto digits = [&] {
    const size_t start = end;
    while (IsDigit(at(end))) ++end;
    return end > start;
  };
  if (at(end) == '-') ++end;
  if (at(end) == '0' && IsDigit(at(end + 1))) return false;
  if (!digits()) return false;
  if (at(end) == '.') {
    ++end;
    if (!digits()) return false;
  }
  if (at(end) == 'e' || at(end) == 'E') {
    ++end;
    if (at(end) == '+' || at(end) == '-') ++end;
    if (!digits()) return false;
  }
  out = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return true;
}

// It stays in the text where nothing is escaped.
bool JsonLexer::TakeString(absl::string_view& out) {
  if (!TakeChar('"')) return false;
  size_t plain = 0;
  while (plain < rest_.size() && rest_[plain] != '"' && rest_[plain] != '\\' &&
         !IsControl(rest_[plain])) {
    ++plain;
  }
  if (plain < rest_.size() && rest_[plain] == '"') {
    out = rest_.substr(0, plain);
    rest_.remove_prefix(plain + 1);
    return true;
  }
  std::string unescaped(rest_.data(), plain);
  rest_.remove_prefix(plain);
  for (;;) {
    if (rest_.empty() || IsControl(rest_.front())) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"') break;
    if (c != '\\') {
      unescaped.push_back(c);
    } else if (!TakeEscape(unescaped)) {
      return false;
    }
  }
  out = arena_.Copy(unescaped);
  return true;
}

// What follows a backslash.
bool JsonLexer::TakeEscape(std::string& unescaped) {
  constexpr absl::string_view kLetters = "\"\\/bfnrt";
  constexpr absl::string_view kMeant = "\"\\/\b\f\n\r\t";
  if (rest_.empty()) return false;
  const char c = rest_.front();
  rest_.remove_prefix(1);
  if (const size_t found = kLetters.find(c); found != kLetters.npos) {
    unescaped.push_back(kMeant[found]);
    return true;
  }
  uint32_t code = 0, low = 0;
  if (c != 'u' || !TakeHex(code)) return false;
  if (code >= 0xD800 && code <= 0xDBFF && rest_.substr(0, 2) == "\\u") {
    const absl::string_view before = rest_;
    rest_.remove_prefix(2);
    if (!TakeHex(low)) return false;
    if (low >= 0xDC00 && low <= 0xDFFF) {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else {
      rest_ = before;
    }
  }
  AppendUtf8(code, unescaped);
  return true;
}

bool JsonLexer::TakeHex(uint32_t& code) {
  if (rest_.size() < 4) return false;
  const std::from_chars_result done = std::from_chars(rest_.data(), rest_.data() + 4, code, 16);
  if (done.ec != std::errc() || done.ptr != rest_.data() + 4) return false;
  rest_.remove_prefix(4);
  return true;
}

}  // namespace ferro::sqlite
