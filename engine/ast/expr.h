// Expression nodes. NULL propagates as in ISO SQL unless a node says otherwise; docs/dialects.md has the
// meaning of each, which is the same on every database.
#pragma once

#include "engine/ast/node.h"

namespace ferro::ast {

// `name`, or `source.name` when source is not empty. `type` is what the model declares, kNull if unknown.
struct Column final : Expr {
  static constexpr Kind kKind = Kind::kColumn;
  Column() : Expr(kKind) {}

  Name source;
  Name name;
  Type type = Type::kNull;

  static constexpr auto Fields(auto& n) { return std::tie(n.source, n.name, n.type); }
};

// The place of one value. Parameters and lists are numbered together, from 0, in wire order.
struct Param final : Expr {
  static constexpr Kind kKind = Kind::kParam;
  Param() : Expr(kKind) {}

  uint32_t index = 0;
  Type type = Type::kNull;
  bool not_negative = false;  // of a rewrite only: a count of rows that stands in a condition

  static constexpr auto Fields(auto& n) { return std::tie(n.index, n.type); }
};

// The place of any number of values of one type. Its length is not part of the statement's shape.
struct ParamList final : Expr {
  static constexpr Kind kKind = Kind::kParamList;
  ParamList() : Expr(kKind) {}

  uint32_t index = 0;
  Type type = Type::kNull;

  static constexpr auto Fields(auto& n) { return std::tie(n.index, n.type); }
};

enum class LiteralKind : uint8_t { kNull = 0, kTrue = 1, kFalse = 2, kInteger = 3 };
inline constexpr LiteralKind kLastLiteralKind = LiteralKind::kInteger;

// The only constants that are written into the text; every value of a user is a Param.
struct Literal final : Expr {
  static constexpr Kind kKind = Kind::kLiteral;
  Literal() : Expr(kKind) {}

  LiteralKind literal = LiteralKind::kNull;
  int64_t integer = 0;  // for kInteger

  static constexpr auto Fields(auto& n) { return std::tie(n.literal, n.integer); }
};

enum class UnaryOp : uint8_t { kNot = 0, kNegate = 1, kIsNull = 2, kIsNotNull = 3 };
inline constexpr UnaryOp kLastUnaryOp = UnaryOp::kIsNotNull;

struct Unary final : Expr {
  static constexpr Kind kKind = Kind::kUnary;
  Unary() : Expr(kKind) {}

  UnaryOp op = UnaryOp::kNot;
  const Expr* operand = nullptr;

  static constexpr auto Fields(auto& n) { return std::tie(n.op, n.operand); }
};

enum class BinaryOp : uint8_t {
  kEqual = 0,
  kNotEqual = 1,
  kLess = 2,
  kLessEqual = 3,
  kGreater = 4,
  kGreaterEqual = 5,
  kAdd = 6,
  kSubtract = 7,
  kMultiply = 8,
  kDivide = 9,         // true division: float64 whatever the operands; by zero: NULL
  kIntegerDivide = 10,  // of int64, truncates toward zero; by zero: NULL
  kModulo = 11,        // of int64, the sign of the dividend; by zero: NULL
  kDistinctFrom = 12,     // not equal, where NULL equals NULL; never NULL itself
  kNotDistinctFrom = 13,
};
inline constexpr BinaryOp kLastBinaryOp = BinaryOp::kNotDistinctFrom;

constexpr bool IsDistinctness(BinaryOp op) { return op >= BinaryOp::kDistinctFrom; }
constexpr bool IsComparison(BinaryOp op) {
  return op <= BinaryOp::kGreaterEqual || IsDistinctness(op);
}

struct Binary final : Expr {
  static constexpr Kind kKind = Kind::kBinary;
  Binary() : Expr(kKind) {}

  BinaryOp op = BinaryOp::kEqual;
  const Expr* left = nullptr;
  const Expr* right = nullptr;

  static constexpr auto Fields(auto& n) { return std::tie(n.op, n.left, n.right); }
};

enum class LogicalOp : uint8_t { kAnd = 0, kOr = 1 };
inline constexpr LogicalOp kLastLogicalOp = LogicalOp::kOr;

// One or more terms. Flat however long the chain, so a thousand conditions are not a thousand levels.
struct Logical final : Expr {
  static constexpr Kind kKind = Kind::kLogical;
  Logical() : Expr(kKind) {}

  LogicalOp op = LogicalOp::kAnd;
  List<const Expr*> terms;

  static constexpr auto Fields(auto& n) { return std::tie(n.op, n.terms); }
};

// `value IN (list)`; an empty list is false (and its negation true) whatever the value.
struct In final : Expr {
  static constexpr Kind kKind = Kind::kIn;
  In() : Expr(kKind) {}

  const Expr* value = nullptr;
  const ParamList* list = nullptr;
  bool negated = false;

  static constexpr auto Fields(auto& n) { return std::tie(n.value, n.list, n.negated); }
};

// `value BETWEEN low AND high`, both ends included.
struct Between final : Expr {
  static constexpr Kind kKind = Kind::kBetween;
  Between() : Expr(kKind) {}

  const Expr* value = nullptr;
  const Expr* low = nullptr;
  const Expr* high = nullptr;
  bool negated = false;

  static constexpr auto Fields(auto& n) { return std::tie(n.value, n.low, n.high, n.negated); }
};

// `value LIKE pattern`: % and _ are wild, backslash escapes. Case matters unless it is folded (of letters
// beyond ASCII as the database's locale has it).
struct Like final : Expr {
  static constexpr Kind kKind = Kind::kLike;
  Like() : Expr(kKind) {}

  const Expr* value = nullptr;
  const Expr* pattern = nullptr;
  bool negated = false;
  bool fold_case = false;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.value, n.pattern, n.negated, n.fold_case);
  }
};

struct Exists final : Expr {
  static constexpr Kind kKind = Kind::kExists;
  Exists() : Expr(kKind) {}

  const Query* query = nullptr;
  bool negated = false;

  static constexpr auto Fields(auto& n) { return std::tie(n.query, n.negated); }
};

}  // namespace ferro::ast
