// What the types of a node's fields do not say: lists that may not be empty, fields that exclude
// each other, ranges. `Fault` names what is wrong with a node that has just been built, or nullptr.
// Nothing here looks deeper than one node and its direct operands. Where a field would have no
// effect it is refused rather than ignored.
#pragma once

#include <cstdint>

#include "engine/ast/visit.h"

namespace ferro::plan {

// `limit` and `offset`: an int64 parameter or an integer that is not negative.
inline bool IsRowCount(const ast::Maybe<ast::Expr>& count) {
  if (!count) return true;
  if (count->kind == ast::Kind::kParam) return ast::As<ast::Param>(*count).type == Type::kInt64;
  if (count->kind != ast::Kind::kLiteral) return false;
  const auto& literal = ast::As<ast::Literal>(*count);
  return literal.literal == ast::LiteralKind::kInteger && literal.integer >= 0;
}

// Lengths and digits: what any server could be told.
inline bool IsMeasure(int64_t value) { return value >= 0 && value <= INT32_MAX; }

// Names that may be empty; any other name must be given.
template <class T>
bool MayBeEmpty(const T& node, const ast::Name& name) {
  if constexpr (requires { node.source; }) {
    if (&name == &node.source) return true;
  }
  if constexpr (requires { node.alias; }) {
    if (&name == &node.alias) return true;
  }
  if constexpr (requires { node.key; }) {
    if (&name == &node.key) return true;
  }
  return false;
}

inline const char* Fault(const ast::Literal& node) {
  if (node.literal != ast::LiteralKind::kInteger && node.integer != 0) {
    return "only an integer literal has an integer";
  }
  return nullptr;
}

inline const char* Fault(const ast::Logical& node) {
  return node.terms.empty() ? "AND and OR need a term" : nullptr;
}

inline const char* Fault(const ast::Count& node) {
  return node.distinct && !node.operand ? "a distinct count needs an operand" : nullptr;
}

// In SQL an integer there is not a value but the position of a column.
inline const char* Fault(const ast::OrderItem& node) {
  return node.value->kind == ast::Kind::kLiteral ? "a literal orders nothing" : nullptr;
}

inline const char* Fault(const ast::Select& node) {
  if (node.items.empty()) return "a select needs an item";
  if (!IsRowCount(node.limit)) return "limit must be an int64 parameter or a count";
  if (!IsRowCount(node.offset)) return "offset must be an int64 parameter or a count";
  return nullptr;
}

template <class T>
const char* KeyFault(const T& node) {
  if (IsArray(node.key_type)) return "an array is no key";
  return node.key.empty() && node.key_type != Type::kNull ? "a key type without a key" : nullptr;
}

inline const char* Fault(const ast::Insert& node) { return KeyFault(node); }
inline const char* Fault(const ast::Update& node) {
  return node.assignments.empty() ? "an update needs an assignment" : KeyFault(node);
}
inline const char* Fault(const ast::Delete& node) { return KeyFault(node); }

inline const char* Fault(const ast::ColumnDefinition& node) {
  if (node.type == Type::kNull) return "no type for a column";
  // MySQL indexes no JSON, and equal arrays may be stored as different texts.
  if (node.indexed && IsArray(node.type)) return "an array in a key, unique constraint or index";
  if (!IsMeasure(node.length) || !IsMeasure(node.precision) || !IsMeasure(node.scale)) {
    return "a length, precision or scale is out of range";
  }
  if (node.type == Type::kInt64) {
    if (node.length != 0 && node.length != 2 && node.length != 4) {
      return "the length of an int64 is 2 or 4 bytes, or 0 for all 8";
    }
  } else if (node.length != 0 && node.type != Type::kText) {
    return "only text and int64 have a length";
  }
  if ((node.precision != 0 || node.scale != 0) && node.type != Type::kDecimal) {
    return "only a decimal has a precision and a scale";
  }
  if (node.precision != 0 && node.scale > node.precision) return "the scale exceeds the precision";
  if (node.generated && node.type != Type::kInt64) return "only an int64 column can be generated";
  return nullptr;
}

inline const char* Fault(const ast::Unique& node) {
  return node.columns.empty() ? "a unique constraint needs a column" : nullptr;
}
inline const char* Fault(const ast::CreateTable& node) {
  return node.columns.empty() ? "a table needs a column" : nullptr;
}
inline const char* Fault(const ast::CreateIndex& node) {
  return node.columns.empty() ? "an index needs a column" : nullptr;
}

template <class T>
const char* Fault(const T&) {
  return nullptr;
}

}  // namespace ferro::plan
