// Calls and casts as PostgreSQL writes them.
#include "dialects/postgresql/renderer.h"
#include "engine/regex/print.h"
#include "engine/sql/type_of.h"

namespace ferro::postgresql {
namespace {

// The sum of bigint is a numeric here.
bool IsIntegerSum(const ast::Aggregate& aggregate) {
  return aggregate.function == ast::AggregateFunction::kSum &&
         sql::TypeOf(aggregate) == Type::kInt64;
}

}  // namespace

void PostgresqlRenderer::LikePredicate(const ast::Like& like) {
  if (!like.fold_case) return Renderer::LikePredicate(like);
  Operand(*like.value);
  sql_ << (like.negated ? " NOT ILIKE " : " ILIKE ");
  Operand(*like.pattern);
  sql_ << " ESCAPE '\\'";
}

// A small integer is an int4 here, and a recursive query takes the type of its first part.
void PostgresqlRenderer::IntegerItem(const ast::Literal& literal) { ArithmeticOperand(literal); }

void PostgresqlRenderer::OpenAggregate(const ast::Aggregate& aggregate) {
  if (IsIntegerSum(aggregate)) sql_ << "CAST(";
}

void PostgresqlRenderer::CloseAggregate(const ast::Aggregate& aggregate) {
  if (IsIntegerSum(aggregate)) sql_ << " AS bigint)";
}

void PostgresqlRenderer::Aggregate(const ast::Aggregate& aggregate) {
  if (aggregate.function == ast::AggregateFunction::kJsonAgg) return JsonArray(aggregate);
  if (aggregate.function != ast::AggregateFunction::kStringAgg) {
    return Renderer::Aggregate(aggregate);
  }
  sql_ << "STRING_AGG(" << (aggregate.distinct ? "DISTINCT " : "");
  Expressions(aggregate.arguments);
  OrderBy(aggregate.order);
  sql_ << ")";
  FilterClause(aggregate);
}

// A cast to bigint would round.
void PostgresqlRenderer::CastTo(const ast::Cast& cast) {
  const Type from = sql::TypeOf(*cast.operand);
  if (cast.type != Type::kInt64 || from == Type::kNull || from == Type::kInt64) {
    return Renderer::CastTo(cast);
  }
  sql_ << (from == Type::kBool ? "CAST(CAST(" : "CAST(TRUNC(");
  Expression(*cast.operand);
  sql_ << (from == Type::kBool ? " AS integer) AS bigint)" : ") AS bigint)");
}

// The pattern is in words of ours (engine/regex/parse.h), with either case of a letter written out.
void PostgresqlRenderer::RegexPredicate(const ast::Regex& regex) {
  Operand(*regex.value);
  sql_ << (regex.negated ? " !~ " : " ~ ");
  Pattern(regex, regex::Printed<regex::PrintPostgresql, false>, regex::Printed<regex::PrintPostgresql, true>);
}

}  // namespace ferro::postgresql
