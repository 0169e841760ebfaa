// The first row of each group, and distinct rows in order.
#include "engine/sql/rewrite/queries.h"
#include "engine/sql/rewrite/wrap.h"
#include "engine/sql/scope.h"

namespace ferro::sql::rewrite {

const ast::Select* DistinctOn(const ast::Select& select, Context& context) {
  Wrap wrap(select, context);
  auto* over = context.New<ast::Over>();
  over->call = context.New<ast::WindowCall>();  // ROW_NUMBER
  over->partition = wrap.inner().distinct->on;
  std::vector<const ast::OrderItem*> order;
  for (const ast::OrderItem* item : select.order) {
    auto* copy = context.New(*item);
    copy->value = Resolve(*item->value, select, context.arena());
    order.push_back(copy);
  }
  over->order = context.Copy(order);
  wrap.inner().distinct = {};
  const ast::Column* number = wrap.Hidden("n", *over, Type::kInt64);
  ast::Select* outer = wrap.Finish();
  outer->where = {context.Binary(ast::BinaryOp::kEqual, *number, *context.Integer(1))};
  outer->limit = select.limit;
  outer->offset = select.offset;
  outer->with_ties = select.with_ties;
  return outer;
}

const ast::Select* OrderOutside(const ast::Select& select, Context& context) {
  Wrap wrap(select, context);
  ast::Select* outer = wrap.Finish();
  outer->limit = select.limit;
  outer->offset = select.offset;
  outer->with_ties = select.with_ties;
  return outer;
}

}  // namespace ferro::sql::rewrite
