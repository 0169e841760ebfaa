#include "engine/sql/rewrite/nulls_order.h"

#include <algorithm>

#include "engine/ast/rebuild.h"

namespace ferro::sql::rewrite {
namespace {

// The smallest value is first when ascending and last when descending: then nothing need be said.
bool SaysNull(const ast::OrderItem& item) {
  const bool last = item.nulls == ast::Nulls::kLast ||
                    (item.nulls == ast::Nulls::kDefault && !item.descending);
  return item.nulls != ast::Nulls::kNever && last != item.descending;
}

}  // namespace

ast::List<const ast::OrderItem*> NullsOrderAsIsNull(ast::List<const ast::OrderItem*> order,
                                                    Arena& arena) {
  std::vector<const ast::OrderItem*> items;
  for (const ast::OrderItem* item : order) {
    if (SaysNull(*item)) {
      auto* is_null = arena.New<ast::Unary>();
      is_null->op = ast::UnaryOp::kIsNull;
      is_null->operand = item->value;
      auto* before = arena.New<ast::OrderItem>();
      before->value = is_null;
      before->descending = item->descending;
      before->nulls = ast::Nulls::kNever;
      items.push_back(before);
    }
    auto* plain = arena.New<ast::OrderItem>(*item);
    plain->nulls = ast::Nulls::kNever;
    items.push_back(plain);
  }
  return ast::CopyList(items, arena);
}

bool SaysNulls(ast::List<const ast::OrderItem*> order) {
  return std::any_of(order.begin(), order.end(),
                     [](const ast::OrderItem* item) { return SaysNull(*item); });
}

ast::List<const ast::OrderItem*> NullsAsTheyStand(ast::List<const ast::OrderItem*> order,
                                                  Arena& arena) {
  std::vector<const ast::OrderItem*> items;
  for (const ast::OrderItem* item : order) {
    auto* plain = arena.New<ast::OrderItem>(*item);
    plain->nulls = ast::Nulls::kNever;
    items.push_back(plain);
  }
  return ast::CopyList(items, arena);
}

bool HasDistance(const ast::Frame& frame) {
  return frame.unit == ast::FrameUnit::kRange && (frame.start_count || frame.end_count);
}

bool HasOpenEnd(const ast::Frame& frame) {
  return frame.start == ast::FrameBound::kUnboundedPreceding ||
         frame.end == ast::FrameBound::kUnboundedFollowing;
}

}  // namespace ferro::sql::rewrite
