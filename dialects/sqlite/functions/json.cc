// Questions about JSON that SQLite has no functions for, answered as PostgreSQL's jsonb does.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "dialects/sqlite/functions/json_tree.h"
#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

using Kind = JsonNode::Kind;

bool JsonOf(sqlite3_context* context, sqlite3_value* value, Arena& arena, JsonNode& out) {
  JsonFault fault = JsonFault::kMalformed;
  if (sqlite3_value_type(value) != SQLITE_BLOB) fault = ParseJson(TextOf(value), arena, out);
  if (fault == JsonFault::kNone) return true;
  Fail(context, fault == JsonFault::kTooDeep ? "JSON is nested too deep" : "malformed JSON");
  return false;
}

// Where in a sorted list something equal to `wanted` is, else its end.
std::span<const JsonNode>::iterator Find(std::span<const JsonNode> nodes, const JsonNode& wanted) {
  const auto found =
      std::lower_bound(nodes.begin(), nodes.end(), wanted,
                       [](const JsonNode& a, const JsonNode& b) { return Compare(a, b) < 0; });
  return found != nodes.end() && Compare(*found, wanted) == 0 ? found : nodes.end();
}

// Arrays in arrays are compared each with each, so the time can be the product of both sizes, and
// nothing can interrupt a function: it gives up.
class Containment {
 public:
  bool gave_up() const { return effort_ <= 0; }

  // An array has a scalar among its elements only at the top.
  bool Whole(const JsonNode& document, const JsonNode& part) {
    if (document.kind == Kind::kArray && part.is_scalar()) return Has(document, part);
    return Contains(document, part);
  }

 private:
  // The arrays and objects of an array stand behind its scalars, those of a kind together.
  bool Has(const JsonNode& array, const JsonNode& part) {
    Spend(part, array.size);
    const auto elements = array.elements();
    if (part.is_scalar()) return Find(elements, part) != elements.end();
    const auto [first, last] =
        std::equal_range(elements.begin(), elements.end(), part,
                         [](const JsonNode& a, const JsonNode& b) { return a.kind < b.kind; });
    return std::any_of(first, last,
                       [&](const JsonNode& nested) { return gave_up() || Contains(nested, part); });
  }

  bool Contains(const JsonNode& document, const JsonNode& part) {
    Spend(part, 1);
    if (document.kind != part.kind || gave_up()) return false;
    if (part.is_scalar()) return Compare(document, part) == 0;
    if (part.kind == Kind::kArray) {
      const auto elements = part.elements();
      return std::all_of(elements.begin(), elements.end(), [&](const JsonNode& element) {
        return !gave_up() && Has(document, element);
      });
    }
    if (document.size < part.size) return false;
    for (size_t i = 0; i < part.size && !gave_up(); ++i) {
      Spend(part.keys()[i], document.size);
      const auto key = Find(document.keys(), part.keys()[i]);
      if (key == document.keys().end()) return false;
      const auto at = static_cast<size_t>(key - document.keys().begin());
      if (!Contains(document.values()[at], part.values()[i])) return false;
    }
    return true;
  }

  // What it takes to look for a node among `count` sorted ones: a comparison of short texts, or of
  // a digit or two, is 1.
  void Spend(const JsonNode& node, uint32_t count) {
    int64_t comparison = 1;
    if (node.kind == Kind::kString) comparison += node.size / 64;
    if (node.kind == Kind::kNumber) comparison += node.size / 4;
    effort_ -= comparison * std::max(1, static_cast<int>(std::bit_width(count)));
  }

  int64_t effort_ = 20'000'000;  // a second or so
};

// ferro_json_contains(document, part).
void JsonContains(sqlite3_context* context, int, sqlite3_value** values) {
  Arena arena;
  JsonNode document, part;
  if (!JsonOf(context, values[0], arena, document) || !JsonOf(context, values[1], arena, part)) {
    return;
  }
  Containment containment;
  const bool contains = containment.Whole(document, part);
  if (containment.gave_up()) return Fail(context, "JSON is too large to be compared");
  ResultBool(context, contains);
}

// ferro_json_has_key(document, key): a key, an element that is this string, or the string itself.
void JsonHasKey(sqlite3_context* context, int, sqlite3_value** values) {
  Arena arena;
  JsonNode document;
  if (!JsonOf(context, values[0], arena, document)) return;
  const absl::string_view text = TextOf(values[1]);
  JsonNode key;
  key.kind = Kind::kString;
  key.size = static_cast<uint32_t>(text.size());
  key.bytes = text.data();
  if (document.is_scalar()) return ResultBool(context, Compare(document, key) == 0);
  const auto nodes = document.kind == Kind::kObject ? document.keys() : document.elements();
  ResultBool(context, Find(nodes, key) != nodes.end());
}

constexpr ScalarRow kRows[] = {
    {"ferro_json_contains", 2, Strict<JsonContains>},
    {"ferro_json_has_key", 2, Strict<JsonHasKey>},
};

}  // namespace

std::span<const ScalarRow> JsonFunctions() { return kRows; }

}  // namespace ferro::sqlite
