// What the types of a node's fields do not say: lists that may not be empty, fields that exclude
// each other, ranges. `Fault` names what is wrong with a node that has just been built, or nullptr.
// Nothing here looks deeper than one node and its direct operands. Where a field would have no
// effect it is refused rather than ignored.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

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
  if constexpr (requires { node.alias; } && !std::is_same_v<T, ast::Derived>) {
    if (&name == &node.alias) return true;
  }
  if constexpr (requires { { node.key } -> std::convertible_to<ast::Name>; }) {
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

// In SQL an integer there is not a value but the position of a column.
inline const char* Fault(const ast::OrderItem& node) {
  return node.value->kind == ast::Kind::kLiteral ? "a literal orders nothing" : nullptr;
}

inline const char* Fault(const ast::Aggregate& node) {
  const size_t wanted = node.function == ast::AggregateFunction::kStringAgg ? 2 : 1;
  const bool rows = node.function == ast::AggregateFunction::kCount && node.arguments.empty();
  if (!rows && node.arguments.size() != wanted) return "an aggregate has the wrong arguments";
  if (rows && node.distinct) return "a distinct count needs an argument";
  const bool ordered = node.function == ast::AggregateFunction::kStringAgg ||
                       node.function == ast::AggregateFunction::kJsonAgg;
  return !ordered && !node.order.empty() ? "the order of its rows is nothing to this aggregate"
                                         : nullptr;
}

inline const char* Fault(const ast::WindowCall& node) {
  size_t least = 0, most = 0;
  switch (node.function) {
    case ast::WindowFunction::kRowNumber:
    case ast::WindowFunction::kRank:
    case ast::WindowFunction::kDenseRank:
    case ast::WindowFunction::kPercentRank:
    case ast::WindowFunction::kCumeDist:
      break;
    case ast::WindowFunction::kNtile:
    case ast::WindowFunction::kFirstValue:
    case ast::WindowFunction::kLastValue:
      least = most = 1;
      break;
    case ast::WindowFunction::kLag:
    case ast::WindowFunction::kLead:
      least = 1;
      most = 3;
      break;
    case ast::WindowFunction::kNthValue:
      least = most = 2;
      break;
  }
  if (node.arguments.size() < least || node.arguments.size() > most) {
    return "a window function has the wrong number of arguments";
  }
  const size_t count = node.function == ast::WindowFunction::kNtile ? 0 : 1;
  const bool counts = node.function != ast::WindowFunction::kFirstValue &&
                      node.function != ast::WindowFunction::kLastValue;
  if (!counts || node.arguments.size() <= count) return nullptr;
  // Servers want it to be the same for all rows, and of their own type of integers.
  const ast::Expr& argument = *node.arguments[count];
  if (argument.kind == ast::Kind::kLiteral) {
    const auto& literal = ast::As<ast::Literal>(argument);
    const int64_t smallest = most == 3 ? 0 : 1;
    if (literal.literal == ast::LiteralKind::kInteger && literal.integer >= smallest &&
        literal.integer <= INT32_MAX) {
      return nullptr;
    }
  }
  return "the count of a window function is an integer that is part of the plan";
}

inline const char* Fault(const ast::Over& node) {
  if (node.call->kind == ast::Kind::kWindowCall) return nullptr;
  if (node.call->kind != ast::Kind::kAggregate) {
    return "only an aggregate or a window function has a window";
  }
  const auto& call = ast::As<ast::Aggregate>(*node.call);
  if (call.function == ast::AggregateFunction::kStringAgg ||
      call.function == ast::AggregateFunction::kJsonAgg) {
    return "texts and documents are not put together in a window";
  }
  return call.distinct || !call.order.empty() ? "an aggregate with a window has no DISTINCT and no order"
                                              : nullptr;
}

constexpr bool NeedsCount(ast::FrameBound bound) {
  return bound == ast::FrameBound::kPreceding || bound == ast::FrameBound::kFollowing;
}

inline const char* Fault(const ast::Frame& node) {
  if (NeedsCount(node.start) != static_cast<bool>(node.start_count) ||
      NeedsCount(node.end) != static_cast<bool>(node.end_count)) {
    return "a count belongs to PRECEDING and FOLLOWING, and to nothing else";
  }
  if (!IsRowCount(node.start_count) || !IsRowCount(node.end_count)) {
    return "the count of a frame must be an int64 parameter or a count";
  }
  for (const auto* count : {&node.start_count, &node.end_count}) {
    if (node.unit == ast::FrameUnit::kRange && *count && (*count)->kind != ast::Kind::kLiteral) {
      return "the distance of a frame of RANGE is an integer that is part of the plan";
    }
  }
  if (node.start == ast::FrameBound::kUnboundedFollowing ||
      node.end == ast::FrameBound::kUnboundedPreceding || node.start > node.end) {
    return "a frame ends before it starts";
  }
  return nullptr;
}

inline const char* Fault(const ast::Case& node) {
  return node.whens.empty() ? "CASE needs a condition" : nullptr;
}

inline const char* Fault(const ast::Cast& node) {
  return node.type == Type::kNull ? "a cast needs a type" : nullptr;
}

inline const char* Fault(const ast::Row& node) {
  return node.items.size() < 2 ? "a row needs two items" : nullptr;
}

inline const char* Fault(const ast::Quantified& node) {
  return ast::IsComparison(node.op) && !ast::IsDistinctness(node.op)
             ? nullptr
             : "ANY and ALL need one of the six comparisons";
}

inline const char* Fault(const ast::Regex& node) {
  return node.pattern->type == Type::kText ? nullptr : "a pattern is a text parameter";
}

inline const char* Fault(const ast::JsonStep& node) {
  if (node.index < -1) return "a place in a JSON array counts from 0";
  return node.index >= 0 && !node.key.text.empty() ? "a JSON step has a key or a place" : nullptr;
}

inline const char* Fault(const ast::JsonGet& node) {
  return node.path.empty() ? "a JSON path needs a step" : nullptr;
}

// A name of a text search configuration: it stands in the text as a string.
inline bool IsLanguage(ast::Name name) {
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

inline const char* Fault(const ast::TextSearch& node) {
  if (node.columns.empty()) return "a text search needs a column";
  for (const ast::Column* column : node.columns) {
    if (column->source != node.columns[0]->source) return "the columns of a text search are of one table";
  }
  if (!IsLanguage(node.language)) return "a language has small letters, digits and _";
  return node.words->type == Type::kText ? nullptr : "the words of a search are a text parameter";
}

inline const char* Fault(const ast::Raw& node) {
  return node.pieces.size() == node.arguments.size() + 1
             ? nullptr
             : "SQL has one piece more than arguments";
}

inline const char* Fault(const ast::RawStatement& node) {
  if (node.pieces.size() != node.places.size() + 1) return "SQL has one piece more than places";
  for (const int64_t place : node.places) {
    if (place < 0 || static_cast<uint64_t>(place) >= node.arguments.size()) {
      return "a place for an argument that is not there";
    }
  }
  for (const ast::Column* column : node.columns) {
    if (!column->source.empty()) return "the columns of a result have no source";
  }
  return nullptr;
}

inline const char* Fault(const ast::Explain& node) {
  const ast::Kind kind = node.statement->kind;
  const bool explained = kind == ast::Kind::kExplain || kind == ast::Kind::kTagged;
  return explained ? "what is explained is a plain statement" : nullptr;
}

// Nothing that could end the comment, begin another one or break a line of a log.
inline const char* Fault(const ast::Tagged& node) {
  if (node.statement->kind == ast::Kind::kTagged) return "a statement has one comment";
  const absl::string_view text = node.comment.text;
  if (text.empty() || text.size() > 255) return "a comment has 1 to 255 bytes";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '*' || byte < 0x20 || byte == 0x7F) return "a comment holds * or a control character";
  }
  return nullptr;
}

inline const char* Fault(const ast::ChangeCte& node) {
  return ast::IsChange(node.change->kind) ? nullptr : "a common table expression changes rows or is a query";
}

inline const char* Fault(const ast::WithChanges& node) {
  if (node.changes.empty()) return "there is no change before the statement";
  const ast::Kind kind = node.statement->kind;
  return ast::IsQuery(kind) || ast::IsChange(kind) ? nullptr : "changes stand before a query or another change";
}

inline const char* Fault(const ast::Join& node) {
  if ((node.join == ast::JoinKind::kCross) == static_cast<bool>(node.on)) {
    return "a join has a condition unless it is a cross join";
  }
  return node.right->kind == ast::Kind::kJoin ? "the right side of a join is no join" : nullptr;
}

inline const char* Fault(const ast::With& node) {
  return node.ctes.empty() ? "WITH needs a query" : nullptr;
}

inline const char* Fault(const ast::Grouping& node) {
  const bool sets = node.grouping == ast::GroupingKind::kSets;
  if (sets == node.sets.empty()) return "grouping sets are given with their kind only";
  if (sets && !node.items.empty()) return "grouping sets have no items beside them";
  const bool plain = node.grouping == ast::GroupingKind::kPlain;
  if (!sets && !plain && node.items.empty()) return "ROLLUP and CUBE need an item";
  return plain && node.items.empty() && !node.having ? "an empty grouping" : nullptr;
}

// Whether the places among them are places of select items.
inline bool AreWithin(ast::List<const ast::Expr*> items, size_t count) {
  for (const ast::Expr* item : items) {
    if (item->kind != ast::Kind::kLiteral) continue;
    const auto& literal = ast::As<ast::Literal>(*item);
    if (literal.literal != ast::LiteralKind::kInteger || literal.integer < 1 ||
        static_cast<uint64_t>(literal.integer) > count) {
      return false;
    }
  }
  return true;
}

inline const char* Fault(const ast::Select& node) {
  if (node.items.empty()) return "a select needs an item";
  if (node.grouping) {
    bool within = AreWithin(node.grouping->items, node.items.size());
    for (const ast::GroupingSet* set : node.grouping->sets) {
      within = within && AreWithin(set->items, node.items.size());
    }
    if (!within) return "a literal groups nothing unless it is the place of an item";
  }
  if (!IsRowCount(node.limit)) return "limit must be an int64 parameter or a count";
  if (!IsRowCount(node.offset)) return "offset must be an int64 parameter or a count";
  if (node.with_ties && (!node.limit || node.order.empty())) {
    return "WITH TIES needs a limit and an order";
  }
  if (node.lock && (node.distinct || node.grouping)) {
    return "rows that are grouped or made distinct cannot be locked";
  }
  return node.lock && !node.from ? "there is nothing to lock" : nullptr;
}

inline const char* Fault(const ast::Compound& node) {
  if (node.members.size() < 2) return "a compound needs two queries";
  if (!IsRowCount(node.limit)) return "limit must be an int64 parameter or a count";
  if (!IsRowCount(node.offset)) return "offset must be an int64 parameter or a count";
  for (const ast::OrderItem* item : node.order) {
    if (item->value->kind != ast::Kind::kColumn ||
        !ast::As<ast::Column>(*item->value).source.empty()) {
      return "a compound is ordered by names of its columns";
    }
  }
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
inline const char* Fault(const ast::Upsert& node) {
  if (node.insert->row.empty()) return "an upsert needs a row";
  if (node.assignments.empty()) return node.where ? "a condition without an assignment" : nullptr;
  return node.target.empty() ? "an upsert that changes a row needs a target" : nullptr;
}
inline const char* Fault(const ast::InsertSelect& node) {
  return node.columns.empty() ? "an insert of rows of a query needs a column" : nullptr;
}

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
  if (node.generated && node.otherwise) return "a generated column has no default";
  return nullptr;
}

inline const char* Fault(const ast::Unique& node) {
  return node.columns.empty() ? "a unique constraint needs a column" : nullptr;
}
inline const char* Fault(const ast::CreateTable& node) {
  return node.columns.empty() ? "a table needs a column" : nullptr;
}
inline const char* Fault(const ast::CreateIndex& node) {
  if (node.columns.empty() && node.keys.empty()) return "an index needs a column";
  if (!node.columns.empty() && !node.keys.empty()) return "an index has columns and keys";
  for (const ast::OrderItem* key : node.keys) {
    if (key->nulls != ast::Nulls::kNever) return "a key of an index says where NULLs stand";
  }
  return nullptr;
}
inline const char* Fault(const ast::CreateTextIndex& node) {
  if (node.columns.empty()) return "a text index needs a column";
  return IsLanguage(node.language) ? nullptr : "a language has small letters, digits and _";
}
inline const char* Fault(const ast::ForeignKey& node) {
  if (node.columns.empty()) return "a foreign key needs a column";
  return node.columns.size() == node.target_columns.size()
             ? nullptr
             : "a foreign key refers to as many columns as it has";
}

template <class T>
const char* Fault(const T&) {
  return nullptr;
}

}  // namespace ferro::plan
