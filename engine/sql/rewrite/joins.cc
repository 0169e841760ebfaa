#include "engine/sql/rewrite/joins.h"

namespace ferro::sql::rewrite {
namespace {

bool IsExtreme(ast::AggregateFunction function) {
  switch (function) {
    case ast::AggregateFunction::kMin:
    case ast::AggregateFunction::kMax:
    case ast::AggregateFunction::kBoolAnd:
    case ast::AggregateFunction::kBoolOr:
      return true;
    case ast::AggregateFunction::kCount:
    case ast::AggregateFunction::kSum:
    case ast::AggregateFunction::kAverage:
    case ast::AggregateFunction::kStringAgg:
    case ast::AggregateFunction::kStddevSample:
    case ast::AggregateFunction::kStddevPopulation:
    case ast::AggregateFunction::kVarianceSample:
    case ast::AggregateFunction::kVariancePopulation:
    case ast::AggregateFunction::kJsonAgg:
      return false;
  }
  return false;
}

}  // namespace

const ast::Join* RightJoinAsLeft(const ast::Join& join, Context& context) {
  const bool right = join.join == ast::JoinKind::kRight;
  const bool full_of_joined = join.join == ast::JoinKind::kFull &&
                              join.left->kind == ast::Kind::kJoin &&
                              join.right->kind != ast::Kind::kJoin;
  if (!right && !full_of_joined) return nullptr;
  auto* other = context.New(join);
  if (right) other->join = ast::JoinKind::kLeft;
  other->left = join.right;
  other->right = join.left;
  return other;
}

bool FilterExtremeByCase(ast::Over& over, Context& context) {
  if (over.call->kind != ast::Kind::kAggregate) return false;
  const auto& aggregate = ast::As<ast::Aggregate>(*over.call);
  if (!aggregate.filter || !IsExtreme(aggregate.function)) return false;
  auto* when = context.New<ast::When>();
  when->condition = &*aggregate.filter;
  when->value = aggregate.arguments[0];
  auto* value = context.New<ast::Case>();
  value->whens = context.Copy<const ast::When*>({when});
  auto* plain = context.New(aggregate);
  plain->arguments = context.Copy<const ast::Expr*>({value});
  plain->filter = {};
  over.call = plain;
  return true;
}

}  // namespace ferro::sql::rewrite
