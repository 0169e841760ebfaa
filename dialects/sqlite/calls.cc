// Calls and casts as SQLite writes them; ferro_… are ours (see functions/).
#include <string>

#include "absl/strings/str_cat.h"
#include "dialects/sqlite/renderer.h"
#include "engine/base/error.h"
#include "engine/regex/parse.h"
#include "engine/sql/type_of.h"

namespace ferro::sqlite {

using ast::AggregateFunction;

namespace {

// SQLite's SUM fails when an integer sum overflows on the way, and has no decimals.
absl::string_view SumFunction(Type type) {
  if (type == Type::kDecimal) return "ferro_decimal_sum";
  return type == Type::kInt64 ? "ferro_int_sum" : "SUM";
}

// It is bound as it is, once it is known to be one.
template <bool kFoldCase>
absl::StatusOr<std::string> Checked(absl::string_view pattern) {
  const absl::StatusOr<regex::Node> node = regex::Parse(pattern, kFoldCase);
  if (!node.ok()) return node.status();
  return std::string(pattern);
}

}  // namespace

void SqliteRenderer::AsFloat(const ast::Expr& expr) {
  if (sql::TypeOf(expr) != Type::kDecimal) return Renderer::AsFloat(expr);
  sql_ << "ferro_to_float(";  // the nearest, which SQLite's cast of a text is not always
  Expression(expr);
  sql_ << ")";
}

void SqliteRenderer::RegexPredicate(const ast::Regex& regex) {
  sql_ << (regex.negated ? "NOT ferro_regexp(" : "ferro_regexp(");
  Expression(*regex.value);
  sql_ << ", ";
  Pattern(regex, Checked<false>, Checked<true>);
  sql_ << (regex.fold_case ? ", 1)" : ", 0)");
}

void SqliteRenderer::LikePredicate(const ast::Like& like) {
  if (!like.fold_case) return Renderer::LikePredicate(like);
  sql_ << (like.negated ? "NOT ferro_ilike(" : "ferro_ilike(");
  Expression(*like.value);
  sql_ << ", ";
  Expression(*like.pattern);
  sql_ << ", '\\')";
}

void SqliteRenderer::Aggregate(const ast::Aggregate& aggregate) {
  switch (aggregate.function) {
    case AggregateFunction::kSum:
      return AggregateCall(
          SumFunction(sql::TypeOf(aggregate)), aggregate);
    case AggregateFunction::kBoolAnd:
      return AggregateCall("MIN", aggregate);
    case AggregateFunction::kBoolOr:
      return AggregateCall("MAX", aggregate);
    case AggregateFunction::kStddevSample:
      return AggregateCall("ferro_stddev_samp", aggregate);
    case AggregateFunction::kStddevPopulation:
      return AggregateCall("ferro_stddev_pop", aggregate);
    case AggregateFunction::kVarianceSample:
      return AggregateCall("ferro_var_samp", aggregate);
    case AggregateFunction::kVariancePopulation:
      return AggregateCall("ferro_var_pop", aggregate);
    case AggregateFunction::kJsonAgg:
      return JsonArray(aggregate);
    case AggregateFunction::kStringAgg:
      break;
    case AggregateFunction::kCount:
    case AggregateFunction::kAverage:
    case AggregateFunction::kMin:
    case AggregateFunction::kMax:
      return Renderer::Aggregate(aggregate);
  }
  if (aggregate.distinct) {
    return Fail(MakeErrorWithHint(
        ErrorClass::kUnsupported,
        absl::StrCat(profile_.version.ToString(), " does not support distinct texts in string-agg"),
        "select the distinct texts in a subquery"));
  }
  sql_ << "GROUP_CONCAT(";
  Expressions(aggregate.arguments);
  OrderBy(aggregate.order);
  sql_ << ")";
  FilterClause(aggregate);
}

// Dates and timestamps are texts of which one begins as the other; those with a zone end in Z.
void SqliteRenderer::CastTo(const ast::Cast& cast) {
  const Type from = sql::TypeOf(*cast.operand);
  const bool moment = cast.type == Type::kTimestamp || cast.type == Type::kTimestampTz;
  if (from == cast.type) return Operand(*cast.operand);
  if (cast.type == Type::kFloat64 && from != Type::kNull) return AsFloat(*cast.operand);
  if (moment && from != Type::kNull) {
    if (from == Type::kTimestampTz) sql_ << "SUBSTR(";
    Operand(*cast.operand);
    if (from == Type::kTimestampTz) sql_ << ", 1, 26)";
    if (from == Type::kDate) sql_ << " || ' 00:00:00.000000'";
    if (cast.type == Type::kTimestampTz) sql_ << " || 'Z'";
    return;
  }
  absl::string_view function;
  if (cast.type == Type::kDate) function = "SUBSTR(";
  if (cast.type == Type::kInt64) function = "ferro_to_int(";
  if (cast.type == Type::kDecimal && from != Type::kInt64) function = "ferro_to_decimal(";
  if (from == Type::kNull) function = "";  // NULL itself
  sql_ << (function.empty() ? "CAST(" : function);
  Expression(*cast.operand);
  if (cast.type == Type::kDate && !function.empty()) sql_ << ", 1, 10";
  if (function.empty()) sql_ << (cast.type == Type::kFloat64 ? " AS REAL" : " AS TEXT");
  sql_ << ")";
}

void SqliteRenderer::DistinctFrom(const ast::Binary& binary) {
  const Type common = sql::CommonType(sql::TypeOf(*binary.left), sql::TypeOf(*binary.right));
  Compared(*binary.left, common);
  sql_ << (binary.op == ast::BinaryOp::kDistinctFrom ? " IS NOT " : " IS ");
  Compared(*binary.right, common);
}

}  // namespace ferro::sqlite
