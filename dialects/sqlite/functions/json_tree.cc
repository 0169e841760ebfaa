#include "dialects/sqlite/functions/json_tree.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "dialects/sqlite/functions/json_lexer.h"
#include "engine/value/decimal.h"

namespace ferro::sqlite {
namespace {

using Kind = JsonNode::Kind;

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
  Parser(absl::string_view text, Arena& arena) : lexer_(text, arena), arena_(arena) {}

  JsonFault Run(JsonNode& out) {
    if (TakeValue(out)) {
      if (lexer_.AtEnd()) return JsonFault::kNone;
    }
    return depth_ > kMaxJsonDepth ? JsonFault::kTooDeep : JsonFault::kMalformed;
  }

 private:
  bool TakeValue(JsonNode& out) {
    switch (lexer_.Front()) {
      case '{':
        lexer_.TakeChar('{');
        return TakeNested(&Parser::TakeObject, out);
      case '[':
        lexer_.TakeChar('[');
        return TakeNested(&Parser::TakeArray, out);
      case '"':
        return TakeString(out);
      case 'n':
        out = Text(Kind::kNull, {});
        return lexer_.TakeWord("null");
      case 'f':
        out = Text(Kind::kFalse, {});
        return lexer_.TakeWord("false");
      case 't':
        out = Text(Kind::kTrue, {});
        return lexer_.TakeWord("true");
      default:
        return TakeNumber(out);
    }
  }

  bool TakeNumber(JsonNode& out) {
    absl::string_view digits;
    if (!lexer_.TakeNumber(digits)) return false;
    out = Text(Kind::kNumber, digits);
    return true;
  }
  bool TakeString(JsonNode& out) {
    absl::string_view text;
    if (!lexer_.TakeString(text)) return false;
    out = Text(Kind::kString, text);
    return true;
  }

  // After a failure the depth stays what it was there.
  bool TakeNested(bool (Parser::*take)(JsonNode&), JsonNode& out) {
    if (++depth_ > kMaxJsonDepth || !(this->*take)(out)) return false;
    --depth_;
    return true;
  }

  // The elements lie on `nodes_`, above those of the arrays around, until all are there.
  bool TakeArray(JsonNode& out) {
    const size_t first = nodes_.size();
    if (!lexer_.TakeChar(']')) {
      do {
        JsonNode element;
        if (!TakeValue(element)) return false;
        nodes_.push_back(element);
      } while (lexer_.TakeChar(','));
      if (!lexer_.TakeChar(']')) return false;
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
    if (!lexer_.TakeChar('}')) {
      do {
        Pair pair;
        if (!TakeString(pair.key) || !lexer_.TakeChar(':') || !TakeValue(pair.value)) return false;
        pairs_.push_back(pair);
      } while (lexer_.TakeChar(','));
      if (!lexer_.TakeChar('}')) return false;
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

  JsonLexer lexer_;
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
