#include "dialects/sqlite/functions/json_tree.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "dialects/sqlite/functions/characters.h"
#include "engine/value/decimal.h"

namespace ferro::sqlite {
namespace {

using Kind = JsonNode::Kind;

constexpr int kMaxDepth = 1000;  // the reader and what searches the tree call themselves

constexpr bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20; }

JsonNode Text(Kind kind, absl::string_view text) {
  JsonNode node;
  node.kind = kind;
  node.size = static_cast<uint32_t>(text.size());
  node.bytes = text.data();
  return node;
}

struct Pair {
  JsonNode key;
  JsonNode value;
};

class Parser {
 public:
  Parser(absl::string_view text, Arena& arena) : rest_(text), arena_(arena) {}

  JsonFault Run(JsonNode& out) {
    if (TakeValue(out)) {
      SkipSpaces();
      if (rest_.empty()) return JsonFault::kNone;
    }
    return depth_ > kMaxDepth ? JsonFault::kTooDeep : JsonFault::kMalformed;
  }

 private:
  void SkipSpaces() {
    while (!rest_.empty() && IsSpace(rest_.front())) rest_.remove_prefix(1);
  }
  bool TakeChar(char c) {
    SkipSpaces();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool TakeWord(absl::string_view word) {
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool TakeValue(JsonNode& out) {
    SkipSpaces();
    if (rest_.empty()) return false;
    switch (rest_.front()) {
      case '{':
        return TakeNested(&Parser::TakeObject, out);
      case '[':
        return TakeNested(&Parser::TakeArray, out);
      case '"':
        return TakeString(out);
      case 'n':
        out = Text(Kind::kNull, {});
        return TakeWord("null");
      case 'f':
        out = Text(Kind::kFalse, {});
        return TakeWord("false");
      case 't':
        out = Text(Kind::kTrue, {});
        return TakeWord("true");
      default:
        return TakeNumber(out);
    }
  }

  // After a failure the depth stays what it was there.
  bool TakeNested(bool (Parser::*take)(JsonNode&), JsonNode& out) {
    rest_.remove_prefix(1);
    if (++depth_ > kMaxDepth || !(this->*take)(out)) return false;
    --depth_;
    return true;
  }

  // The elements lie on `nodes_`, above those of the arrays around, until all are there.
  bool TakeArray(JsonNode& out) {
    const size_t first = nodes_.size();
    if (!TakeChar(']')) {
      do {
        JsonNode element;
        if (!TakeValue(element)) return false;
        nodes_.push_back(element);
      } while (TakeChar(','));
      if (!TakeChar(']')) return false;
    }
    const auto begin = nodes_.begin() + static_cast<ptrdiff_t>(first);
    std::sort(begin, nodes_.end(),
              [](const JsonNode& a, const JsonNode& b) { return Compare(a, b) < 0; });
    const std::span<JsonNode> kept = arena_.NewArray<JsonNode>(nodes_.size() - first);
    std::uninitialized_copy(begin, nodes_.end(), kept.begin());
    nodes_.resize(first);
    SetChildren(Kind::kArray, kept.data(), kept.size(), out);
    return true;
  }

  bool TakeObject(JsonNode& out) {
    const size_t first = pairs_.size();
    if (!TakeChar('}')) {
      do {
        Pair pair;
        SkipSpaces();
        if (!TakeString(pair.key) || !TakeChar(':') || !TakeValue(pair.value)) return false;
        pairs_.push_back(pair);
      } while (TakeChar(','));
      if (!TakeChar('}')) return false;
    }
    const auto begin = pairs_.begin() + static_cast<ptrdiff_t>(first);
    std::stable_sort(begin, pairs_.end(),
                     [](const Pair& a, const Pair& b) { return Compare(a.key, b.key) < 0; });
    size_t count = 0;
    for (auto pair = begin; pair != pairs_.end(); ++pair) {
      if (count > 0 && Compare(begin[static_cast<ptrdiff_t>(count) - 1].key, pair->key) == 0) {
        --count;  // the later one takes its place
      }
      begin[static_cast<ptrdiff_t>(count++)] = *pair;
    }
    JsonNode* const kept = arena_.NewArray<JsonNode>(2 * count).data();
    for (size_t i = 0; i < count; ++i) {
      const Pair& pair = pairs_[first + i];
      std::construct_at(kept + i, pair.key);
      std::construct_at(kept + count + i, pair.value);
    }
    pairs_.resize(first);
    SetChildren(Kind::kObject, kept, count, out);
    return true;
  }

  static void SetChildren(Kind kind, const JsonNode* children, size_t count, JsonNode& out) {
    out.kind = kind;
    out.size = static_cast<uint32_t>(count);
    out.children = children;
  }

  bool TakeNumber(JsonNode& out) {
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
    out = Text(Kind::kNumber, rest_.substr(0, end));
    rest_.remove_prefix(end);
    return true;
  }

  // It stays in the text where nothing is escaped.
  bool TakeString(JsonNode& out) {
    if (!TakeWord("\"")) return false;
    size_t plain = 0;
    while (plain < rest_.size() && rest_[plain] != '"' && rest_[plain] != '\\' &&
           !IsControl(rest_[plain])) {
      ++plain;
    }
    if (plain < rest_.size() && rest_[plain] == '"') {
      out = Text(Kind::kString, rest_.substr(0, plain));
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
    out = Text(Kind::kString, arena_.Copy(unescaped));
    return true;
  }

  // What follows a backslash.
  bool TakeEscape(std::string& unescaped) {
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

  bool TakeHex(uint32_t& code) {
    if (rest_.size() < 4) return false;
    const std::from_chars_result done = std::from_chars(rest_.data(), rest_.data() + 4, code, 16);
    if (done.ec != std::errc() || done.ptr != rest_.data() + 4) return false;
    rest_.remove_prefix(4);
    return true;
  }

  absl::string_view rest_;
  Arena& arena_;
  int depth_ = 0;
  std::vector<JsonNode> nodes_;
  std::vector<Pair> pairs_;
};

}  // namespace

int Compare(const JsonNode& a, const JsonNode& b) {
  if (a.kind != b.kind) return a.kind < b.kind ? -1 : 1;
  if (a.kind == Kind::kNumber) return CompareDecimalText(a.text(), b.text());
  if (a.kind != Kind::kString) return 0;
  // Any order will do, and most texts are of different lengths.
  if (a.size != b.size) return a.size < b.size ? -1 : 1;
  return a.text().compare(b.text());
}

JsonFault ParseJson(absl::string_view text, Arena& arena, JsonNode& out) {
  return Parser(text, arena).Run(out);
}

}  // namespace ferro::sqlite
