// Comparisons with rows of values, and with the one row of an aggregate.
#include "engine/sql/rewrite/queries.h"
#include "engine/sql/rewrite/wrap.h"
#include "engine/sql/scope.h"

namespace ferro::sql::rewrite {
namespace {

using ast::BinaryOp;

const ast::Expr* Value(const ast::Query& query, Context& context) {
  auto* value = context.New<ast::Subquery>();
  value->query = &query;
  return value;
}

bool HasOneRow(const ast::Query& query) { return !ast::As<ast::Select>(query).grouping; }

// The query as one whose rows are those of a table.
const ast::Query* FromTable(const ast::Query& query, Context& context) {
  if (IsCorrelated(query)) {
    context.Refuse(Feature::kSoughtAggregate,
                   "the aggregate reads the query around it, and has HAVING or is looked for a row: compare with each "
                   "of its values in a query of one column without HAVING");
    return &query;
  }
  const std::vector<ast::Name> names = FreshColumns(query, context);
  const ast::Name alias = context.Fresh("r");
  auto* outer = context.New<ast::Select>();
  outer->items = OuterItems(query, alias, names, context);
  outer->from = {context.Table(*Renamed(query, names, context), alias)};
  return outer;
}

}  // namespace

bool IsRowOrder(const ast::Binary& binary) {
  return binary.op >= BinaryOp::kLess && binary.op <= BinaryOp::kGreaterEqual &&
         binary.left->kind == ast::Kind::kRow && binary.right->kind == ast::Kind::kRow;
}

const ast::Expr* RowOrderByItems(const ast::Binary& binary, Context& context) {
  const auto left = ast::As<ast::Row>(*binary.left).items;
  const auto right = ast::As<ast::Row>(*binary.right).items;
  const bool less = binary.op == BinaryOp::kLess || binary.op == BinaryOp::kLessEqual;
  const BinaryOp strictly = less ? BinaryOp::kLess : BinaryOp::kGreater;
  const BinaryOp or_equal = less ? BinaryOp::kLessEqual : BinaryOp::kGreaterEqual;
  size_t i = left.size() - 1;
  const ast::Expr* rest = context.Binary(binary.op, *left[i], *right[i]);
  while (i-- > 0) {
    auto* either = context.New<ast::Logical>();
    either->op = ast::LogicalOp::kOr;
    either->terms =
        context.Copy<const ast::Expr*>({context.Binary(strictly, *left[i], *right[i]), rest});
    rest = context.And({context.Binary(or_equal, *left[i], *right[i]), either});
  }
  return rest;
}

bool IsRowEquality(const ast::Binary& binary) {
  return (binary.op == BinaryOp::kEqual || binary.op == BinaryOp::kNotEqual) &&
         binary.left->kind == ast::Kind::kRow && binary.right->kind == ast::Kind::kRow;
}

const ast::Expr* RowEqualityByItems(const ast::Binary& binary, Context& context) {
  const auto left = ast::As<ast::Row>(*binary.left).items;
  const auto right = ast::As<ast::Row>(*binary.right).items;
  std::vector<const ast::Expr*> pairs;
  for (size_t i = 0; i < left.size(); ++i) pairs.push_back(context.Binary(binary.op, *left[i], *right[i]));
  auto* all = context.New<ast::Logical>();
  all->op = binary.op == BinaryOp::kEqual ? ast::LogicalOp::kAnd : ast::LogicalOp::kOr;
  all->terms = context.Copy(pairs);
  return all;
}

bool IsOneAggregate(const ast::Query& query) {
  if (query.kind != ast::Kind::kSelect) return false;
  const auto& select = ast::As<ast::Select>(query);
  if (select.limit || select.offset || !HasAggregate(select)) return false;
  return !select.grouping || (select.grouping->items.empty() && select.grouping->sets.empty());
}

const ast::Expr* SoughtAsValue(const ast::InQuery& in, Context& context) {
  if (in.value->kind != ast::Kind::kRow && HasOneRow(*in.query)) {
    return context.Binary(in.negated ? BinaryOp::kNotEqual : BinaryOp::kEqual, *in.value,
                          *Value(*in.query, context));
  }
  auto* copy = context.New(in);
  copy->query = FromTable(*in.query, context);
  return copy;
}

const ast::Expr* QuantifiedAsValue(const ast::Quantified& quantified, Context& context) {
  if (HasOneRow(*quantified.query)) {
    return context.Binary(quantified.op, *quantified.value, *Value(*quantified.query, context));
  }
  auto* copy = context.New(quantified);
  copy->query = FromTable(*quantified.query, context);
  return copy;
}

}  // namespace ferro::sql::rewrite
