// JSON text (RFC 8259) as a tree that is quick to search. Exact: numbers stay the digits that were
// written, where SQLite's own functions make doubles of them. Of an object's equal keys the last
// counts, as in PostgreSQL.
#pragma once

#include <cstdint>
#include <span>

#include "absl/strings/string_view.h"
#include "engine/base/arena.h"

namespace ferro::sqlite {

// 16 bytes, since there may be one for every two bytes of the text.
struct JsonNode {
  // In the order in which an array holds its elements.
  enum class Kind : uint8_t { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  uint32_t size = 0;  // bytes, elements, or pairs
  union {
    const char* bytes = nullptr;
    const JsonNode* children;
  };

  bool is_scalar() const { return kind < Kind::kArray; }
  // Of a number, or a string without its escapes.
  absl::string_view text() const { return {bytes, size}; }
  // Sorted by Compare, whatever the order in the text: no question we answer depends on it.
  std::span<const JsonNode> elements() const { return {children, size}; }
  // Keys sorted by Compare, each once; the value of keys()[i] is values()[i].
  std::span<const JsonNode> keys() const { return {children, size}; }
  std::span<const JsonNode> values() const { return {children + size, size}; }
};
static_assert(sizeof(JsonNode) == 16);

// Order by kind, then by value; 0 for equal scalars, numbers by their exact value (1 is 1.0), and
// for any two arrays or objects. Negative, 0 or positive.
int Compare(const JsonNode& a, const JsonNode& b);

enum class JsonFault { kNone, kMalformed, kTooDeep };

// Nodes point into `text` and `arena`.
JsonFault ParseJson(absl::string_view text, Arena& arena, JsonNode& out);

}  // namespace ferro::sqlite
