// Calls, windows, choices, casts and what contains a query.
#include "engine/sql/renderer.h"
#include "engine/sql/type_of.h"

namespace ferro::sql {
namespace {

using ast::AggregateFunction;

// Of aggregates that are no more than a name before their argument.
absl::string_view AggregateName(AggregateFunction function) {
  switch (function) {
    case AggregateFunction::kCount:
      return "COUNT";
    case AggregateFunction::kSum:
      return "SUM";
    case AggregateFunction::kAverage:
      return "AVG";
    case AggregateFunction::kMin:
      return "MIN";
    case AggregateFunction::kMax:
      return "MAX";
    case AggregateFunction::kBoolAnd:
      return "BOOL_AND";
    case AggregateFunction::kBoolOr:
      return "BOOL_OR";
    case AggregateFunction::kStringAgg:
      return "LISTAGG";
    case AggregateFunction::kStddevSample:
      return "STDDEV_SAMP";
    case AggregateFunction::kStddevPopulation:
      return "STDDEV_POP";
    case AggregateFunction::kVarianceSample:
      return "VAR_SAMP";
    case AggregateFunction::kVariancePopulation:
      return "VAR_POP";
    case AggregateFunction::kJsonAgg:
      return "JSON_ARRAYAGG";
  }
  return "";
}

absl::string_view WindowName(ast::WindowFunction function) {
  switch (function) {
    case ast::WindowFunction::kRowNumber:
      return "ROW_NUMBER";
    case ast::WindowFunction::kRank:
      return "RANK";
    case ast::WindowFunction::kDenseRank:
      return "DENSE_RANK";
    case ast::WindowFunction::kPercentRank:
      return "PERCENT_RANK";
    case ast::WindowFunction::kCumeDist:
      return "CUME_DIST";
    case ast::WindowFunction::kNtile:
      return "NTILE";
    case ast::WindowFunction::kLag:
      return "LAG";
    case ast::WindowFunction::kLead:
      return "LEAD";
    case ast::WindowFunction::kFirstValue:
      return "FIRST_VALUE";
    case ast::WindowFunction::kLastValue:
      return "LAST_VALUE";
    case ast::WindowFunction::kNthValue:
      return "NTH_VALUE";
  }
  return "";
}

// A collation may follow any other text.
bool IsNull(const ast::Expr& expr) {
  return expr.kind == ast::Kind::kLiteral &&
         ast::As<ast::Literal>(expr).literal == ast::LiteralKind::kNull;
}

Type CommonOf(ast::List<const ast::Expr*> arguments) {
  Type common = Type::kNull;
  for (const ast::Expr* argument : arguments) common = CommonType(common, TypeOf(*argument));
  return common;
}

}  // namespace

void Renderer::Expressions(ast::List<const ast::Expr*> expressions) {
  for (size_t i = 0; i < expressions.size(); ++i) {
    if (i > 0) sql_ << ", ";
    Expression(*expressions[i]);
  }
}

void Renderer::Groups(ast::List<const ast::Expr*> expressions) {
  for (size_t i = 0; i < expressions.size(); ++i) {
    if (i > 0) sql_ << ", ";
    Compared(*expressions[i], TypeOf(*expressions[i]));
  }
}

void Renderer::Template(absl::string_view sql, ast::List<const ast::Expr*> arguments,
                        const Signature& signature) {
  const ast::Expr* last = nullptr;
  const auto argument = [&](size_t i, bool alone) {
    const ast::Expr& expr = *arguments[i];
    last = &expr;
    const bool converted = signature.of(i) == Takes::kFloat && TypeOf(expr) != Type::kFloat64;
    if (converted) return AsFloat(expr);
    alone ? Expression(expr) : Operand(expr);
  };
  while (!sql.empty()) {
    const size_t at = sql.find('$');
    if (at == sql.npos) break;
    sql_ << sql.substr(0, at);
    const bool opened = at > 0 && (sql[at - 1] == '(' || (at > 1 && sql.substr(at - 2, 2) == ", "));
    const char which = sql[at + 1];
    sql.remove_prefix(at + 2);
    const bool closed = !sql.empty() && (sql.front() == ')' || sql.front() == ',');
    const auto each = [&](absl::string_view between, auto put) {
      for (size_t i = 0; i < arguments.size(); ++i) {
        if (i > 0) sql_ << between;
        put(i);
      }
    };
    switch (which) {
      case '*':
        each(", ", [&](size_t i) { argument(i, true); });
        break;
      case '=':
        each(", ", [&](size_t i) { Compared(*arguments[i], CommonOf(arguments)); });
        break;
      case '|':
        each(" || ", [&](size_t i) { Operand(*arguments[i]); });
        break;
      case '?':
        each(" OR ", [&](size_t i) {
          Operand(*arguments[i]);
          sql_ << " IS NULL";
        });
        break;
      case '~':
        if (last == nullptr || !IsNull(*last)) ExactCollation();
        break;
      case '$':
        sql_ << "$";
        break;
      default:
        argument(static_cast<size_t>(which - '1'), opened && closed);
    }
  }
  sql_ << sql;
}

void Renderer::Call(const ast::Call& call) {
  if (ast::IsJsonChange(call.function)) {
    return JsonChange(call, PathOf(ast::As<ast::JsonGet>(*call.arguments[0])));
  }
  auto row = RowFor(call, profile_);
  if (!row.ok()) return Fail(row.status());
  Template((*row)->sql, call.arguments, SignatureOf(call.function));
}

void Renderer::AsFloat(const ast::Expr& expr) {
  sql_ << "CAST(";
  Expression(expr);
  sql_ << " AS " << profile_.lexicon->double_type << ")";
}

void Renderer::Filtered(const ast::Aggregate& aggregate, const ast::Expr* argument) {
  const bool rewritten = aggregate.filter && Is(Feature::kAggregateFilter, Support::kRewritten);
  if (rewritten) {
    sql_ << "CASE WHEN ";
    Expression(*aggregate.filter);
    sql_ << " THEN ";
  }
  const bool converted = argument != nullptr &&
                         SignatureOf(aggregate.function).of(0) == Takes::kFloat &&
                         TypeOf(*argument) != Type::kFloat64;
  if (argument == nullptr) {
    sql_ << (rewritten ? "1" : "*");
  } else if (converted) {
    AsFloat(*argument);
  } else if (aggregate.distinct || aggregate.function == AggregateFunction::kMin ||
             aggregate.function == AggregateFunction::kMax) {
    Compared(*argument, TypeOf(*argument));
  } else {
    Expression(*argument);
  }
  if (rewritten) sql_ << " END";
}

void Renderer::AggregateCall(absl::string_view name, const ast::Aggregate& aggregate) {
  sql_ << name << (aggregate.distinct ? "(DISTINCT " : "(");
  Filtered(aggregate, aggregate.arguments.empty() ? nullptr : aggregate.arguments[0]);
  OrderBy(aggregate.order);
  sql_ << ")";
  FilterClause(aggregate);
}

void Renderer::FilterClause(const ast::Aggregate& aggregate) {
  if (!aggregate.filter || !Is(Feature::kAggregateFilter, Support::kNative)) return;
  sql_ << " FILTER (WHERE ";
  Expression(*aggregate.filter);
  sql_ << ")";
}

void Renderer::Aggregate(const ast::Aggregate& aggregate) {
  if (aggregate.function != AggregateFunction::kStringAgg) {
    return AggregateCall(AggregateName(aggregate.function), aggregate);
  }
  sql_ << "LISTAGG(" << (aggregate.distinct ? "DISTINCT " : "");
  Expressions(aggregate.arguments);
  sql_ << ")";
  if (!aggregate.order.empty()) {
    sql_ << " WITHIN GROUP (";
    OrderBy(aggregate.order);
    sql_ << ")";
  }
  FilterClause(aggregate);
}

void Renderer::Over(const ast::Over& over) {
  const auto* aggregate = over.call->kind == ast::Kind::kAggregate
                              ? &ast::As<ast::Aggregate>(*over.call)
                              : nullptr;
  if (aggregate != nullptr) {
    OpenAggregate(*aggregate);
    Aggregate(*aggregate);
  } else {
    OpenWindowCall(ast::As<ast::WindowCall>(*over.call));
    WindowFunction(ast::As<ast::WindowCall>(*over.call));
  }
  sql_ << " OVER (";
  absl::string_view space;
  if (!over.partition.empty()) {
    sql_ << "PARTITION BY ";
    Groups(over.partition);
    space = " ";
  }
  if (!over.order.empty()) {
    OrderBy(over.order, space);
    space = " ";
  } else if (const absl::string_view instead = NoOrder(over); !instead.empty()) {
    sql_ << space << instead;
    space = " ";
  }
  if (over.frame) {
    sql_ << space;
    Frame(*over.frame);
  }
  sql_ << ")";
  if (aggregate != nullptr) {
    CloseAggregate(*aggregate);
  } else {
    CloseWindowCall(ast::As<ast::WindowCall>(*over.call));
  }
}

void Renderer::WindowFunction(const ast::WindowCall& call) {
  sql_ << WindowName(call.function) << "(";
  Expressions(call.arguments);
  sql_ << ")";
}

void Renderer::Frame(const ast::Frame& frame) {
  switch (frame.unit) {
    case ast::FrameUnit::kRows:
      sql_ << "ROWS";
      break;
    case ast::FrameUnit::kRange:
      sql_ << "RANGE";
      break;
    case ast::FrameUnit::kGroups:
      sql_ << "GROUPS";
      break;
  }
  sql_ << " BETWEEN ";
  FrameEdge(frame.start, frame.start_count);
  sql_ << " AND ";
  FrameEdge(frame.end, frame.end_count);
  switch (frame.exclude) {
    case ast::FrameExclude::kNothing:
      break;
    case ast::FrameExclude::kCurrentRow:
      sql_ << " EXCLUDE CURRENT ROW";
      break;
    case ast::FrameExclude::kGroup:
      sql_ << " EXCLUDE GROUP";
      break;
    case ast::FrameExclude::kTies:
      sql_ << " EXCLUDE TIES";
      break;
  }
}

void Renderer::FrameEdge(ast::FrameBound bound, const ast::Maybe<ast::Expr>& count) {
  if (count && count->kind == ast::Kind::kParam) {
    Bound(ast::As<ast::Param>(*count), true);
  } else if (count) {
    Expression(*count);
  }
  switch (bound) {
    case ast::FrameBound::kUnboundedPreceding:
      sql_ << "UNBOUNDED PRECEDING";
      return;
    case ast::FrameBound::kPreceding:
      sql_ << " PRECEDING";
      return;
    case ast::FrameBound::kCurrentRow:
      sql_ << "CURRENT ROW";
      return;
    case ast::FrameBound::kFollowing:
      sql_ << " FOLLOWING";
      return;
    case ast::FrameBound::kUnboundedFollowing:
      sql_ << "UNBOUNDED FOLLOWING";
      return;
  }
}

void Renderer::Case(const ast::Case& node) {
  sql_ << "CASE";
  for (const ast::When* when : node.whens) {
    sql_ << " WHEN ";
    Expression(*when->condition);
    sql_ << " THEN ";
    Expression(*when->value);
  }
  if (node.otherwise) {
    sql_ << " ELSE ";
    Expression(*node.otherwise);
  }
  sql_ << " END";
}

void Renderer::CastTo(const ast::Cast& cast) {
  ast::ColumnDefinition target;
  target.type = cast.type;
  sql_ << "CAST(";
  Expression(*cast.operand);
  sql_ << " AS ";
  ColumnType(ast::CreateTable(), target);
  sql_ << ")";
}

void Renderer::Row(const ast::Row& row) {
  sql_ << "(";
  for (size_t i = 0; i < row.items.size(); ++i) {
    if (i > 0) sql_ << ", ";
    RowItem(*row.items[i]);
  }
  sql_ << ")";
}

void Renderer::RowItem(const ast::Expr& item) { Expression(item); }

void Renderer::InQuery(const ast::InQuery& in) {
  const Type found = TypeOf(*ItemsOf(*in.query).front());
  in.value->kind == ast::Kind::kRow ? Operand(*in.value)
                                    : Sought(*in.value, CommonType(TypeOf(*in.value), found));
  sql_ << (in.negated ? " NOT IN (" : " IN (");
  Looked(*in.query);
  sql_ << ")";
}

void Renderer::Looked(const ast::Query& query) { QueryText(query); }

void Renderer::Sought(const ast::Expr& value, Type common) { Compared(value, common); }

void Renderer::QuantifiedComparison(const ast::Quantified& quantified) {
  Sought(*quantified.value, TypeOf(*quantified.value));
  sql_ << ComparisonWord(quantified.op) << (quantified.all ? "ALL (" : "ANY (");
  Looked(*quantified.query);
  sql_ << ")";
}

void Renderer::DistinctFrom(const ast::Binary& binary) {
  const Type common = CommonType(TypeOf(*binary.left), TypeOf(*binary.right));
  Compared(*binary.left, common);
  sql_ << (binary.op == ast::BinaryOp::kDistinctFrom ? " IS DISTINCT FROM "
                                                     : " IS NOT DISTINCT FROM ");
  Compared(*binary.right, common);
}

void Renderer::RegexPredicate(const ast::Regex& regex) {
  Operand(*regex.value);
  sql_ << (regex.negated ? " NOT LIKE_REGEX " : " LIKE_REGEX ");
  Bound(*regex.pattern);
  if (regex.fold_case) sql_ << " FLAG 'i'";
}

void Renderer::Pattern(const ast::Regex& regex, Translate exact, Translate folded) {
  const ast::Param& pattern = *regex.pattern;
  sql_.Placeholder({BindSource::kParameter, pattern.index, pattern.type, false,
                    regex.fold_case ? folded : exact});
}

void Renderer::JsonValue(const ast::JsonGet& /*get*/) {
  Refuse(Feature::kJsonPath, "this dialect has no path into JSON");
}

void Renderer::JsonChange(const ast::Call& /*call*/, const JsonPath& /*path*/) {
  Refuse(Feature::kJsonPath, "this dialect has no path into JSON");
}

void Renderer::Search(const ast::TextSearch& /*search*/) {
  Refuse(Feature::kTextSearch, "this dialect has no text search");
}

void Renderer::SearchWords(const ast::TextSearch& search, Translate all, Translate any) {
  const ast::Param& words = *search.words;
  sql_.Placeholder({BindSource::kParameter, words.index, words.type, false, search.any ? any : all});
}

void Renderer::Raw(const ast::Raw& raw) {
  for (size_t i = 0; i < raw.pieces.size(); ++i) {
    sql_ << raw.pieces[i].text;
    if (i < raw.arguments.size()) Operand(*raw.arguments[i]);
  }
}

}  // namespace ferro::sql
