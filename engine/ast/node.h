// What every node of the AST has in common. A node is a plain struct in an arena, const once it is built,
// tagged with one byte, and says its fields once, in wire order: `Fields(n)` is a std::tie of them, from
// which equality, children, the plan codec and the dump follow. The AST is not a type checker: only columns,
// parameters and select items carry a type.
#pragma once

#include <cstdint>
#include <span>
#include <tuple>

#include "absl/strings/string_view.h"
#include "engine/value/type.h"

namespace ferro::ast {

// Numbers are those of FERRO_NODE_* in capi/include/ferro/node.h and never change; new ones are appended to
// their group.
enum class Kind : uint8_t {
  kNone = 0,  // wire only: an absent operand
  kList = 1,  // wire only: the operands before it as one list

  kColumn = 10,
  kParam = 11,      // has an instruction of its own on the wire
  kParamList = 12,  // likewise
  kLiteral = 13,
  kUnary = 14,
  kBinary = 15,
  kLogical = 16,
  kIn = 17,
  kBetween = 18,
  kLike = 19,
  kAggregate = 20,
  kExists = 21,
  kCall = 22,
  kCase = 23,
  kCast = 24,
  kSubquery = 25,
  kInQuery = 26,
  kQuantified = 27,
  kRow = 28,
  kOver = 29,
  kWindowCall = 30,
  kRegex = 31,
  kJsonGet = 32,
  kRaw = 33,
  kExcluded = 34,
  kTextSearch = 35,

  kSelectItem = 40,
  kTable = 41,
  kOrderItem = 42,
  kSelect = 43,
  kCompound = 44,
  kWhen = 45,
  kFrame = 46,
  kJsonStep = 47,
  kDerived = 48,
  kJoin = 49,
  kWith = 50,
  kCte = 51,
  kDistinct = 52,
  kGrouping = 53,
  kGroupingSet = 54,
  kLock = 55,
  kChangeCte = 56,

  kAssignment = 60,
  kInsert = 61,
  kUpdate = 62,
  kDelete = 63,
  kUpsert = 64,
  kInsertSelect = 65,

  kColumnDefinition = 80,
  kUnique = 81,
  kCreateTable = 82,
  kDropTable = 83,
  kCreateIndex = 84,
  kDropIndex = 85,

  kRawStatement = 100,
  kExplain = 101,
  kTagged = 102,
  kWithChanges = 103,
  kForeignKey = 86,
  kCheck = 87,
  kAddConstraint = 88,
  kDropConstraint = 89,
  kCreateTextIndex = 90,
  kDropTextIndex = 91,
};

struct Node {
  explicit constexpr Node(Kind node_kind) : kind(node_kind) {}
  const Kind kind;
};

// Something with a value.
struct Expr : Node {
  using Node::Node;
};

// Something that can be executed.
struct Statement : Node {
  using Node::Node;
};

// A statement that gives rows.
struct Query : Statement {
  using Statement::Statement;
};

// What rows come from.
struct Source : Node {
  using Node::Node;
};

// An identifier: lies in the arena, not quoted, checked by the reader (UTF-8, no NUL, at most 63 bytes).
using Name = absl::string_view;

// Other text that is part of a plan, such as a key within JSON: in the arena, UTF-8, no NUL.
struct Text {
  absl::string_view text;

  friend bool operator==(const Text& a, const Text& b) { return a.text == b.text; }
};

// A field that may be absent.
template <class T>
struct Maybe {
  const T* node = nullptr;

  explicit operator bool() const { return node != nullptr; }
  const T& operator*() const { return *node; }
  const T* operator->() const { return node; }
};

// Items in the arena: pointers to const nodes, or names.
template <class T>
using List = std::span<const T>;

}  // namespace ferro::ast
