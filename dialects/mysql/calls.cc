// Calls, aggregates and casts as MySQL and MariaDB write them.
#include <algorithm>
#include <utility>

#include "dialects/mysql/find.h"
#include "dialects/mysql/renderer.h"
#include "engine/ast/derive.h"
#include "engine/regex/print.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"

namespace ferro::mysql {
namespace {

using ast::AggregateFunction;

bool IsConstant(const ast::Expr& expr) {
  bool constant = ReadsNoColumn(expr);
  const auto look = [&constant](const ast::Node& node) { constant = constant && node.kind != ast::Kind::kRaw; };
  ast::Walk(expr, look);
  return constant;
}

// A value of the type; empty where there is none.
absl::string_view Least(Type type) {
  switch (type) {
    case Type::kBool:
    case Type::kInt64:
    case Type::kInterval:
    case Type::kDecimal:
      return "0";
    case Type::kFloat64:
      return "0e0";
    case Type::kText:
      return "''";
    case Type::kBytes:
    case Type::kUuid:
      return "x''";
    case Type::kDate:
      return "DATE'1970-01-01'";
    case Type::kTime:
      return "TIME'00:00:00'";
    case Type::kTimestamp:
    case Type::kTimestampTz:
      return "TIMESTAMP'1970-01-01 00:00:00'";
    case Type::kJson:
    case Type::kNull:
    case Type::kArray:
      break;
  }
  return "";
}

// Whether all rows, of those that the filter leaves, have the same value.
bool IsConstant(const ast::Aggregate& aggregate) {
  const auto constant = [](const ast::Expr* argument) { return IsConstant(*argument); };
  return std::all_of(aggregate.arguments.begin(), aggregate.arguments.end(), constant);
}

}  // namespace

// The separator of GROUP_CONCAT has to be a literal, and ours is a value: each text is led by it, and the
// first one is cut off.
void MysqlRenderer::OpenAggregate(const ast::Aggregate& aggregate) {
  if (aggregate.function != AggregateFunction::kStringAgg) return;
  if (mariadb()) {
    WhenAnyOf([&] { LedText(aggregate); });
  }
  sql_ << "SUBSTR(";
}

void MysqlRenderer::CloseAggregate(const ast::Aggregate& aggregate) {
  if (aggregate.function != AggregateFunction::kStringAgg) return;
  sql_ << ", CHAR_LENGTH(";
  Expression(*aggregate.arguments[1]);
  sql_ << ") + 1)" << (mariadb() ? " END" : "");
}

// MySQL gives a window over a query of one row that row, whatever its frame is. A frame that begins after the current row or
// ends before it has rows only where there are others.
void MysqlRenderer::Over(const ast::Over& over) {
  const auto beyond = [](const ast::Maybe<ast::Expr>& count) {
    const bool known = count && count->kind == ast::Kind::kLiteral;
    return known && ast::As<ast::Literal>(*count).integer == 0 ? nullptr : count.node;
  };
  const ast::Expr* count = nullptr;
  if (!mariadb() && over.frame) {
    if (over.frame->start == ast::FrameBound::kFollowing) count = beyond(over.frame->start_count);
    if (over.frame->end == ast::FrameBound::kPreceding) count = beyond(over.frame->end_count);
  }
  if (count == nullptr) return Renderer::Over(over);
  sql_ << "CASE WHEN COUNT(*) OVER (";
  if (!over.partition.empty()) {
    sql_ << "PARTITION BY ";
    Groups(over.partition);
  }
  sql_ << ") > 1";
  if (count->kind != ast::Kind::kLiteral) {
    sql_ << " OR ";
    Expression(*count);
    sql_ << " = 0";
  }
  sql_ << " THEN ";
  Renderer::Over(over);
  const bool counts = over.call->kind == ast::Kind::kAggregate &&
                      ast::As<ast::Aggregate>(*over.call).function == ast::AggregateFunction::kCount;
  sql_ << (counts ? " ELSE 0 END" : " END");
}

// In a subquery of one row MariaDB gives '' for the GROUP_CONCAT of nothing. Leaves the CASE open.
void MysqlRenderer::WhenAnyOf(absl::FunctionRef<void()> texts) {
  sql_ << "CASE WHEN COUNT(";
  texts();
  sql_ << ") > 0 THEN ";
}

void MysqlRenderer::LedText(const ast::Aggregate& aggregate) {
  sql_ << "CONCAT(";
  Expression(*aggregate.arguments[1]);
  sql_ << ", ";
  Filtered(aggregate, aggregate.arguments[0]);
  sql_ << ")";
}

void MysqlRenderer::Aggregate(const ast::Aggregate& aggregate) {
  switch (aggregate.function) {
    case AggregateFunction::kBoolAnd:
      return AggregateCall("MIN", aggregate);
    case AggregateFunction::kBoolOr:
      return AggregateCall("MAX", aggregate);
    case AggregateFunction::kStringAgg:
      break;
    case AggregateFunction::kCount:
      if (!mariadb() && aggregate.distinct && IsConstant(aggregate)) return CountOfOne(aggregate);
      return Renderer::Aggregate(aggregate);
    case AggregateFunction::kSum:
    case AggregateFunction::kAverage:
    case AggregateFunction::kMin:
    case AggregateFunction::kMax:
    case AggregateFunction::kStddevSample:
    case AggregateFunction::kStddevPopulation:
    case AggregateFunction::kVarianceSample:
    case AggregateFunction::kVariancePopulation:
      return Renderer::Aggregate(aggregate);
    case AggregateFunction::kJsonAgg:
      return JsonArray(aggregate);
  }
  sql_ << (aggregate.distinct ? "GROUP_CONCAT(DISTINCT " : "GROUP_CONCAT(");
  LedText(aggregate);
  GroupOrder(aggregate.order);
  sql_ << " SEPARATOR '')";
}

// Within GROUP_CONCAT both servers sort by what is left in the place of a NULL, so nothing is NULL there; and MySQL wrongly where keys
// are constant, as `IS NULL` is of a column that cannot be NULL.
void MysqlRenderer::GroupOrder(ast::List<const ast::OrderItem*> order) {
  absl::string_view before = " ORDER BY ";
  const ast::Expr* tested = nullptr;
  for (const ast::OrderItem* key : order) {
    if (IsConstant(*key->value)) continue;
    const auto null = [&](const ast::Expr& value, bool descending) {
      sql_ << std::exchange(before, ", ") << "(";
      Operand(value);
      sql_ << (descending ? " <=> NULL) DESC" : " <=> NULL)");
      tested = &value;
    };
    const auto* unary = key->value->kind == ast::Kind::kUnary ? &ast::As<ast::Unary>(*key->value) : nullptr;
    if (unary != nullptr && unary->op == ast::UnaryOp::kIsNull) {
      null(*unary->operand, key->descending);
      continue;
    }
    const absl::string_view least = Least(sql::TypeOf(*key->value));
    if (tested != key->value && !least.empty()) null(*key->value, !key->descending);
    sql_ << std::exchange(before, ", ") << (least.empty() ? "" : "COALESCE(");
    Compared(*key->value, sql::TypeOf(*key->value));
    if (!least.empty()) sql_ << ", " << least << ")";
    if (key->descending) sql_ << " DESC";
  }
}

// MySQL counts one value where there are rows, also if it is NULL or filtered out.
void MysqlRenderer::CountOfOne(const ast::Aggregate& aggregate) {
  sql_ << "(COUNT(";
  Filtered(aggregate, aggregate.arguments[0]);
  sql_ << ") > 0)";
}

// To MySQL these are unsigned, and so is what is calculated from them: a difference below 0 is an error.
void MysqlRenderer::OpenWindowCall(const ast::WindowCall& call) {
  if (IsUnsigned(call)) sql_ << "CAST(";
}

void MysqlRenderer::CloseWindowCall(const ast::WindowCall& call) {
  if (IsUnsigned(call)) sql_ << " AS SIGNED)";
}

bool MysqlRenderer::IsUnsigned(const ast::WindowCall& call) const {
  return !mariadb() && sql::TypeOf(call) == Type::kInt64 && call.arguments.size() <= 1 &&
         (call.arguments.empty() || call.function == ast::WindowFunction::kNtile);
}

// DIV goes by the digits that a double is printed with: 2^62 would become 4611686018427388000. Without AND, since
// MariaDB knows no expression with it for one that it groups by.
void MysqlRenderer::FloatToInteger(const ast::Expr& value) {
  const auto say = [&](absl::string_view before) {
    sql_ << before;
    Operand(value);
  };
  say("CASE WHEN ");
  say(" BETWEEN -9223372036854775808e0 AND 9223372036854774784e0 THEN CAST(TRUNCATE(");
  say(", 0) AS SIGNED) ELSE ");
  sql_ << " DIV 1 END";
}

// A cast to SIGNED rounds, and cuts what is out of range to the nearest integer with no more than a warning;
// DIV truncates and fails.
void MysqlRenderer::CastTo(const ast::Cast& cast) {
  const Type from = sql::TypeOf(*cast.operand);
  // A cast without digits would cut off those of a decimal. What is declared as text may be a document of the server's.
  if (from == cast.type && from != Type::kText) return Operand(*cast.operand);
  const auto as = [&](absl::string_view type) {
    sql_ << "CAST(";
    Expression(*cast.operand);
    sql_ << " AS " << type << ")";
  };
  switch (cast.type) {
    case Type::kInt64:
      if (from == Type::kFloat64) return FloatToInteger(*cast.operand);
      if (from != Type::kDecimal) return as("SIGNED");
      sql_ << "(";
      Operand(*cast.operand);
      sql_ << " DIV 1)";
      return;
    case Type::kDecimal:
      return as("DECIMAL(65, 0)");
    case Type::kText:
      return as("CHAR");
    case Type::kBytes:
    case Type::kUuid:
      return as("BINARY");
    case Type::kBool:
    case Type::kInterval:
      return as("SIGNED");
    case Type::kFloat64:
    case Type::kDate:
    case Type::kTime:
    case Type::kTimestamp:
    case Type::kTimestampTz:
    case Type::kJson:
    case Type::kNull:
    case Type::kArray:
      return Renderer::CastTo(cast);
  }
}

void MysqlRenderer::DistinctFrom(const ast::Binary& binary) {
  const Type common = sql::CommonType(sql::TypeOf(*binary.left), sql::TypeOf(*binary.right));
  sql_ << (binary.op == ast::BinaryOp::kDistinctFrom ? "NOT (" : "(");
  Compared(*binary.left, common);
  sql_ << " <=> ";
  Compared(*binary.right, common);
  sql_ << ")";
}

// The patterns are in words of ours (engine/regex/parse.h), with either case of a letter written out.
void MysqlRenderer::RegexPredicate(const ast::Regex& regex) {
  if (profile_.version.product == Product::kMariadb) {
    Operand(*regex.value);
    sql_ << (regex.negated ? " NOT REGEXP " : " REGEXP ");
    return Pattern(regex, regex::Printed<regex::PrintMariadb, false>,
                   regex::Printed<regex::PrintMariadb, true>);
  }
  sql_ << (regex.negated ? "NOT REGEXP_LIKE(" : "REGEXP_LIKE(");
  Expression(*regex.value);
  sql_ << ", ";
  Pattern(regex, regex::Printed<regex::PrintMysql, false>, regex::Printed<regex::PrintMysql, true>);
  sql_ << ", 'c')";
}

}  // namespace ferro::mysql
