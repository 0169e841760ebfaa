// Comparison with ANY and ALL rows of a query.
#include <algorithm>

#include "engine/sql/rewrite/queries.h"
#include "engine/sql/rewrite/wrap.h"
#include "engine/sql/type_of.h"

namespace ferro::sql::rewrite {
namespace {

using enum ast::BinaryOp;

// The comparison that is false where `op` is true, of values that are not NULL.
ast::BinaryOp Opposite(ast::BinaryOp op) {
  switch (op) {
    case kEqual:
      return kNotEqual;
    case kNotEqual:
      return kEqual;
    case kLess:
      return kGreaterEqual;
    case kLessEqual:
      return kGreater;
    case kGreater:
      return kLessEqual;
    case kGreaterEqual:
      return kLess;
    case kAdd:
    case kSubtract:
    case kMultiply:
    case kDivide:
    case kIntegerDivide:
    case kModulo:
    case kDistinctFrom:
    case kNotDistinctFrom:
      break;
  }
  return op;
}

// The rows of the query that is compared with, as a table. The value that is compared never stands in a
// query around it: it may be an aggregate.
class Rows {
 public:
  Rows(const ast::Query& query, Context& context) : context_(context) {
    const std::vector<ast::Name> names = FreshColumns(query, context);
    const ast::Name alias = context.Fresh("r");
    column_ = OuterItems(query, alias, names, context).front()->value;
    table_ = context.Table(*Renamed(query, names, context), alias);
  }

  const ast::Expr* Extreme(ast::AggregateFunction function) {
    auto* aggregate = context_.New<ast::Aggregate>();
    aggregate->function = function;
    aggregate->arguments = context_.Copy<const ast::Expr*>({column_});
    auto* value = context_.New<ast::Subquery>();
    value->query = Select(*aggregate);
    return value;
  }

  const ast::Expr* Exist(bool null) {
    ast::Select* select = Select(*context_.Integer(1));
    if (null) select->where = {context_.Unary(ast::UnaryOp::kIsNull, *column_)};
    auto* exists = context_.New<ast::Exists>();
    exists->query = select;
    return exists;
  }

 private:
  ast::Select* Select(const ast::Expr& item) {
    auto* select = context_.New<ast::Select>();
    select->items = context_.Copy<const ast::SelectItem*>({context_.Item(item, "")});
    select->from = {table_};
    return select;
  }

  Context& context_;
  const ast::Expr* column_;
  const ast::Source* table_;
};

// True when the comparison with some row is; otherwise false or NULL.
const ast::Expr* SomeRow(ast::BinaryOp op, const ast::Expr& value, Rows& rows, Context& context) {
  const auto with = [&](ast::AggregateFunction extreme) {
    return context.Binary(op, value, *rows.Extreme(extreme));
  };
  if (op == kLess || op == kLessEqual) return with(ast::AggregateFunction::kMax);
  if (op == kGreater || op == kGreaterEqual) return with(ast::AggregateFunction::kMin);
  auto* either = context.New<ast::Logical>();
  either->op = ast::LogicalOp::kOr;
  either->terms = context.Copy<const ast::Expr*>(
      {with(ast::AggregateFunction::kMin), with(ast::AggregateFunction::kMax)});
  return either;
}

bool HasQuantified(const ast::Expr& condition) {
  if (condition.kind == ast::Kind::kQuantified) return true;
  if (condition.kind == ast::Kind::kUnary) {
    const auto& unary = ast::As<ast::Unary>(condition);
    return unary.op == ast::UnaryOp::kNot && HasQuantified(*unary.operand);
  }
  if (condition.kind != ast::Kind::kLogical) return false;
  const auto terms = ast::As<ast::Logical>(condition).terms;
  return std::any_of(terms.begin(), terms.end(), [](const ast::Expr* term) { return HasQuantified(*term); });
}

// `condition`, or what is true where it is false. No NOT is left above ANY and ALL.
const ast::Expr* Pushed(const ast::Expr& condition, bool negate, Context& context) {
  if (condition.kind == ast::Kind::kUnary) {
    const auto& unary = ast::As<ast::Unary>(condition);
    if (unary.op == ast::UnaryOp::kNot) return Pushed(*unary.operand, !negate, context);
  } else if (condition.kind == ast::Kind::kLogical) {
    auto* copy = context.New(ast::As<ast::Logical>(condition));
    if (negate) copy->op = copy->op == ast::LogicalOp::kAnd ? ast::LogicalOp::kOr : ast::LogicalOp::kAnd;
    std::vector<const ast::Expr*> terms;
    for (const ast::Expr* term : copy->terms) terms.push_back(Pushed(*term, negate, context));
    copy->terms = context.Copy(terms);
    return copy;
  } else if (condition.kind == ast::Kind::kQuantified && negate) {
    auto* copy = context.New(ast::As<ast::Quantified>(condition));
    copy->op = Opposite(copy->op);
    copy->all = !copy->all;
    return copy;
  }
  return negate ? context.Unary(ast::UnaryOp::kNot, condition) : &condition;
}

}  // namespace

bool NegatesQuantified(const ast::Unary& unary) {
  return unary.op == ast::UnaryOp::kNot && HasQuantified(*unary.operand);
}

const ast::Expr* NegatedByParts(const ast::Unary& negation, Context& context) {
  return Pushed(negation, false, context);
}

// ANY is true when one comparison is, else NULL when one is, else false. ALL is false when the opposite of
// one comparison is true.
const ast::Expr* QuantifiedAsExtremes(const ast::Quantified& quantified, Context& context) {
  if (quantified.op == (quantified.all ? kNotEqual : kEqual)) {
    auto* in = context.New<ast::InQuery>();
    in->value = quantified.value;
    in->query = quantified.query;
    in->negated = quantified.all;
    return in;
  }
  Rows rows(*quantified.query, context);
  const ast::BinaryOp op = quantified.all ? Opposite(quantified.op) : quantified.op;
  auto* unknown = context.New<ast::Logical>();
  unknown->op = ast::LogicalOp::kOr;
  unknown->terms = context.Copy<const ast::Expr*>(
      {context.And({context.Unary(ast::UnaryOp::kIsNull, *quantified.value), rows.Exist(false)}),
       rows.Exist(true)});
  const auto when = [&](const ast::Expr& condition, ast::LiteralKind value) {
    auto* branch = context.New<ast::When>();
    branch->condition = &condition;
    branch->value = context.Constant(value);
    return branch;
  };
  const auto found = quantified.all ? ast::LiteralKind::kFalse : ast::LiteralKind::kTrue;
  const auto otherwise = quantified.all ? ast::LiteralKind::kTrue : ast::LiteralKind::kFalse;
  auto* choice = context.New<ast::Case>();
  choice->whens = context.Copy<const ast::When*>(
      {when(*SomeRow(op, *quantified.value, rows, context), found),
       when(*unknown, ast::LiteralKind::kNull)});
  choice->otherwise = {context.Constant(otherwise)};
  return choice;
}

}  // namespace ferro::sql::rewrite
