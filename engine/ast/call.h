// Expressions that are calls, choices or contain queries.
#pragma once

#include "engine/ast/expr.h"
#include "engine/ast/function.h"

namespace ferro::ast {

struct OrderItem;

struct Call final : Expr {
  static constexpr Kind kKind = Kind::kCall;
  Call() : Expr(kKind) {}

  Function function = Function::kCoalesce;
  List<const Expr*> arguments;

  static constexpr auto Fields(auto& n) { return std::tie(n.function, n.arguments); }
};

// Over the rows of a group, or of a window within Over.
struct Aggregate final : Expr {
  static constexpr Kind kKind = Kind::kAggregate;
  Aggregate() : Expr(kKind) {}

  AggregateFunction function = AggregateFunction::kCount;
  List<const Expr*> arguments;
  bool distinct = false;
  Maybe<Expr> filter;                // rows for which it is true
  List<const OrderItem*> order;      // in which the values are taken, of string_agg and json_agg

  static constexpr auto Fields(auto& n) {
    return std::tie(n.function, n.arguments, n.distinct, n.filter, n.order);
  }
};

// Stands in Over only.
struct WindowCall final : Expr {
  static constexpr Kind kKind = Kind::kWindowCall;
  WindowCall() : Expr(kKind) {}

  WindowFunction function = WindowFunction::kRowNumber;
  List<const Expr*> arguments;

  static constexpr auto Fields(auto& n) { return std::tie(n.function, n.arguments); }
};

enum class FrameUnit : uint8_t { kRows = 0, kRange = 1, kGroups = 2 };
inline constexpr FrameUnit kLastFrameUnit = FrameUnit::kGroups;

enum class FrameBound : uint8_t {
  kUnboundedPreceding = 0,
  kPreceding = 1,  // these two with a count of rows or groups, or of RANGE a distance of the int64 that orders
  kCurrentRow = 2,
  kFollowing = 3,
  kUnboundedFollowing = 4,
};
inline constexpr FrameBound kLastFrameBound = FrameBound::kUnboundedFollowing;

enum class FrameExclude : uint8_t { kNothing = 0, kCurrentRow = 1, kGroup = 2, kTies = 3 };
inline constexpr FrameExclude kLastFrameExclude = FrameExclude::kTies;

struct Frame final : Node {
  static constexpr Kind kKind = Kind::kFrame;
  Frame() : Node(kKind) {}

  FrameUnit unit = FrameUnit::kRows;
  FrameBound start = FrameBound::kUnboundedPreceding;
  Maybe<Expr> start_count;
  FrameBound end = FrameBound::kCurrentRow;
  Maybe<Expr> end_count;
  FrameExclude exclude = FrameExclude::kNothing;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.unit, n.start, n.start_count, n.end, n.end_count, n.exclude);
  }
};

// `call` is an Aggregate or a WindowCall.
struct Over final : Expr {
  static constexpr Kind kKind = Kind::kOver;
  Over() : Expr(kKind) {}

  const Node* call = nullptr;
  List<const Expr*> partition;
  List<const OrderItem*> order;
  Maybe<Frame> frame;  // else RANGE UNBOUNDED PRECEDING with an order, all rows without

  static constexpr auto Fields(auto& n) {
    return std::tie(n.call, n.partition, n.order, n.frame);
  }
};

struct When final : Node {
  static constexpr Kind kKind = Kind::kWhen;
  When() : Node(kKind) {}

  const Expr* condition = nullptr;
  const Expr* value = nullptr;

  static constexpr auto Fields(auto& n) { return std::tie(n.condition, n.value); }
};

// The value of the first condition that is true, else `otherwise`, else NULL.
struct Case final : Expr {
  static constexpr Kind kKind = Kind::kCase;
  Case() : Expr(kKind) {}

  List<const When*> whens;
  Maybe<Expr> otherwise;

  static constexpr auto Fields(auto& n) { return std::tie(n.whens, n.otherwise); }
};

// Between numbers, from bool to int64, between date and timestamps, and from int64, decimal, date and uuid
// to text. A fraction is cut off toward zero; what is out of range is an error.
struct Cast final : Expr {
  static constexpr Kind kKind = Kind::kCast;
  Cast() : Expr(kKind) {}

  const Expr* operand = nullptr;
  Type type = Type::kNull;

  static constexpr auto Fields(auto& n) { return std::tie(n.operand, n.type); }
};

// `(a, b)`: beside another one in a comparison, or before IN (query).
struct Row final : Expr {
  static constexpr Kind kKind = Kind::kRow;
  Row() : Expr(kKind) {}

  List<const Expr*> items;

  static constexpr auto Fields(auto& n) { return std::tie(n.items); }
};

// The one value of a query of one column: NULL without a row, an error with several.
struct Subquery final : Expr {
  static constexpr Kind kKind = Kind::kSubquery;
  Subquery() : Expr(kKind) {}

  const Query* query = nullptr;

  static constexpr auto Fields(auto& n) { return std::tie(n.query); }
};

// `value IN (query)`; `value` may be a Row.
struct InQuery final : Expr {
  static constexpr Kind kKind = Kind::kInQuery;
  InQuery() : Expr(kKind) {}

  const Expr* value = nullptr;
  const Query* query = nullptr;
  bool negated = false;

  static constexpr auto Fields(auto& n) { return std::tie(n.value, n.query, n.negated); }
};

// `value op ANY (query)`, or ALL; `op` is one of the six comparisons.
struct Quantified final : Expr {
  static constexpr Kind kKind = Kind::kQuantified;
  Quantified() : Expr(kKind) {}

  BinaryOp op = BinaryOp::kEqual;
  const Expr* value = nullptr;
  const Query* query = nullptr;
  bool all = false;

  static constexpr auto Fields(auto& n) { return std::tie(n.op, n.value, n.query, n.all); }
};

// Whether the pattern matches anywhere in the text. The pattern is a text parameter, within the subset
// of engine/regex/regex.h.
struct Regex final : Expr {
  static constexpr Kind kKind = Kind::kRegex;
  Regex() : Expr(kKind) {}

  const Expr* value = nullptr;
  const Param* pattern = nullptr;
  bool fold_case = false;  // of ASCII letters
  bool negated = false;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.value, n.pattern, n.fold_case, n.negated);
  }
};

// One step of a path: a key of an object, or the place of an element from 0.
struct JsonStep final : Node {
  static constexpr Kind kKind = Kind::kJsonStep;
  JsonStep() : Node(kKind) {}

  Text key;
  int64_t index = -1;  // at least 0: this and not the key

  static constexpr auto Fields(auto& n) { return std::tie(n.key, n.index); }
};

// What a path leads to within a JSON document, as a value of `type`: NULL where the path leads nowhere,
// to JSON null, or to what is no such value.
struct JsonGet final : Expr {
  static constexpr Kind kKind = Kind::kJsonGet;
  JsonGet() : Expr(kKind) {}

  const Expr* document = nullptr;
  List<const JsonStep*> path;
  Type type = Type::kJson;

  static constexpr auto Fields(auto& n) { return std::tie(n.document, n.path, n.type); }
};

// Whether a row of a table has the words of a search (engine/sql/text_search.h says which) in the columns of a text
// index of the table, which are read as one text. With `rank` a float64 instead, larger for rows that fit better; its
// scale is the server's.
struct TextSearch final : Expr {
  static constexpr Kind kKind = Kind::kTextSearch;
  TextSearch() : Expr(kKind) {}

  Name index;
  Maybe<Column> key;  // the table's key, where it is one int64
  List<const Column*> columns;  // all of those that the index has, in its order
  Name language;      // "simple", or one that the server reduces words to their stems by
  const Param* words = nullptr;
  bool any = false;   // one of the words is enough
  bool rank = false;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.index, n.key, n.columns, n.language, n.words, n.any, n.rank);
  }
};

// SQL of the caller's, with expressions between its pieces. It is not looked into: what it means on which
// database is the caller's affair.
struct Raw final : Expr {
  static constexpr Kind kKind = Kind::kRaw;
  Raw() : Expr(kKind) {}

  List<Text> pieces;  // one more than arguments
  List<const Expr*> arguments;
  Type type = Type::kNull;

  static constexpr auto Fields(auto& n) { return std::tie(n.pieces, n.arguments, n.type); }
};

}  // namespace ferro::ast
