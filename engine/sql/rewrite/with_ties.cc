// A limit that keeps the rows equal to the last one within it.
#include "engine/sql/rewrite/queries.h"
#include "engine/sql/rewrite/wrap.h"
#include "engine/sql/scope.h"

namespace ferro::sql::rewrite {
namespace {

// A count that may not be negative, where it is no clause of its own any more.
const ast::Expr* Count(const ast::Expr& expr, Context& context) {
  if (expr.kind != ast::Kind::kParam) return &expr;
  auto* param = context.New(ast::As<ast::Param>(expr));
  param->not_negative = true;
  return param;
}

}  // namespace

// The last row within the limit is number offset + limit; equal to it or before it is what has that rank
// at most. The sum might overflow, the difference does not: a rank is at least 1.
const ast::Select* WithTies(const ast::Select& select, Context& context) {
  if (select.lock) {
    context.Refuse(Feature::kWithTies, "lock the rows by a second query, or leave out the ties");
    return nullptr;
  }
  Wrap wrap(select, context);
  auto* over = context.New<ast::Over>();
  auto* rank = context.New<ast::WindowCall>();
  rank->function = ast::WindowFunction::kRank;
  over->call = rank;
  std::vector<const ast::OrderItem*> order;
  for (const ast::OrderItem* item : select.order) {
    auto* copy = context.New(*item);
    copy->value = Resolve(*item->value, select, context.arena());
    order.push_back(copy);
  }
  over->order = context.Copy(order);
  const ast::Column* number = wrap.Hidden("n", *over, Type::kInt64);
  ast::Select* outer = wrap.Finish();
  const ast::Expr& limit = *Count(*select.limit, context);
  if (!select.offset) {
    outer->where = {context.Binary(ast::BinaryOp::kLessEqual, *number, limit)};
    return outer;
  }
  const auto* beyond = context.Binary(ast::BinaryOp::kSubtract, *number,
                                      *Count(*select.offset, context));
  outer->where = {context.And({
      context.Binary(ast::BinaryOp::kLessEqual, *beyond, limit),
      // Of no rows there is no last one, though the row before them may have equals.
      context.Binary(ast::BinaryOp::kGreater, limit, *context.Integer(0)),
  })};
  outer->offset = select.offset;
  return outer;
}

}  // namespace ferro::sql::rewrite
