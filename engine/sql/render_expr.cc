// Expressions. Every part of an expression that is itself made of parts stands in parentheses.
#include <utility>

#include "engine/base/error.h"
#include "engine/sql/renderer.h"
#include "engine/sql/type_of.h"

namespace ferro::sql {
namespace {

using ast::BinaryOp;
using ast::Kind;

// A rewrite may say a part twice; parts of parts then double. No server takes a text of this size.
constexpr size_t kMaxSqlBytes = 32 << 20;

// Of a chain of AND or OR this many stand beside each other before it is balanced (see Chain).
constexpr size_t kFlatTerms = 16;

// Whether it needs parentheses beside an operator.
bool IsCompound(const ast::Expr& expr) {
  return ast::Visit(expr, [](const auto& node) {
    using T = std::remove_cvref_t<decltype(node)>;
    if constexpr (std::is_same_v<T, ast::Exists>) {
      return node.negated;
    } else if constexpr (std::is_same_v<T, ast::Logical>) {
      return node.terms.size() > 1 || IsCompound(*node.terms.front());
    } else {
      return !(std::is_same_v<T, ast::Column> || std::is_same_v<T, ast::Excluded> || std::is_same_v<T, ast::Param> ||
               std::is_same_v<T, ast::ParamList> || std::is_same_v<T, ast::Literal> ||
               std::is_same_v<T, ast::Subquery> || std::is_same_v<T, ast::Row> ||
               std::is_same_v<T, ast::Case> || std::is_same_v<T, ast::Cast> ||
               std::is_same_v<T, ast::Aggregate> || std::is_same_v<T, ast::Over>);
    }
  });
}

}  // namespace

absl::string_view Renderer::ComparisonWord(BinaryOp op) {
  switch (op) {
    case BinaryOp::kEqual:
      return " = ";
    case BinaryOp::kNotEqual:
      return " <> ";
    case BinaryOp::kLess:
      return " < ";
    case BinaryOp::kLessEqual:
      return " <= ";
    case BinaryOp::kGreater:
      return " > ";
    case BinaryOp::kGreaterEqual:
      return " >= ";
    case BinaryOp::kAdd:
    case BinaryOp::kSubtract:
    case BinaryOp::kMultiply:
    case BinaryOp::kDivide:
    case BinaryOp::kIntegerDivide:
    case BinaryOp::kModulo:
    case BinaryOp::kDistinctFrom:
    case BinaryOp::kNotDistinctFrom:
      break;
  }
  return "";
}

void Renderer::Expression(const ast::Expr& expr) {
  if (!status_.ok()) return;
  if (sql_.size() > kMaxSqlBytes) {
    return Fail(MakeError(ErrorClass::kPlan, "the SQL text of the statement would be too long"));
  }
  ast::Visit(expr, [this](const auto& node) {
    using T = std::remove_cvref_t<decltype(node)>;
    if constexpr (std::is_same_v<T, ast::Column>) {
      Column(node, false);
    } else if constexpr (std::is_same_v<T, ast::Param>) {
      Parameter(node);
    } else if constexpr (std::is_same_v<T, ast::Literal>) {
      Literal(node);
    } else if constexpr (std::is_same_v<T, ast::Unary>) {
      Unary(node);
    } else if constexpr (std::is_same_v<T, ast::Binary>) {
      if (ast::IsDistinctness(node.op)) return DistinctFrom(node);
      ast::IsComparison(node.op) ? Comparison(node) : Arithmetic(node);
    } else if constexpr (std::is_same_v<T, ast::Logical>) {
      Chain(node.op, node.terms);
    } else if constexpr (std::is_same_v<T, ast::In>) {
      Membership(node);
    } else if constexpr (std::is_same_v<T, ast::Between>) {
      BetweenPredicate(node);
    } else if constexpr (std::is_same_v<T, ast::Like>) {
      LikePredicate(node);
    } else if constexpr (std::is_same_v<T, ast::Call>) {
      Call(node);
    } else if constexpr (std::is_same_v<T, ast::Aggregate>) {
      OpenAggregate(node);
      Aggregate(node);
      CloseAggregate(node);
    } else if constexpr (std::is_same_v<T, ast::Over>) {
      Over(node);
    } else if constexpr (std::is_same_v<T, ast::Case>) {
      Case(node);
    } else if constexpr (std::is_same_v<T, ast::Cast>) {
      CastTo(node);
    } else if constexpr (std::is_same_v<T, ast::Row>) {
      Row(node);
    } else if constexpr (std::is_same_v<T, ast::Subquery>) {
      sql_ << "(";
      QueryText(*node.query);
      sql_ << ")";
    } else if constexpr (std::is_same_v<T, ast::InQuery>) {
      InQuery(node);
    } else if constexpr (std::is_same_v<T, ast::Quantified>) {
      QuantifiedComparison(node);
    } else if constexpr (std::is_same_v<T, ast::Regex>) {
      RegexPredicate(node);
    } else if constexpr (std::is_same_v<T, ast::JsonGet>) {
      JsonValue(node);
    } else if constexpr (std::is_same_v<T, ast::TextSearch>) {
      Search(node);
    } else if constexpr (std::is_same_v<T, ast::Excluded>) {
      ExcludedValue(node);
    } else if constexpr (std::is_same_v<T, ast::Raw>) {
      Raw(node);
    } else if constexpr (std::is_same_v<T, ast::Exists>) {
      sql_ << (node.negated ? "NOT EXISTS (" : "EXISTS (");
      Existing(*node.query);
      sql_ << ")";
    } else {
      // A ParamList stands in IN only; the reader lets no other node be an expression.
      Fail(absl::InternalError("a node that is no expression stands where one is needed"));
    }
  });
}

void Renderer::Operand(const ast::Expr& expr) {
  const bool compound = IsCompound(expr);
  if (compound) sql_ << "(";
  Expression(expr);
  if (compound) sql_ << ")";
}

void Renderer::Column(const ast::Column& column, bool alone) {
  if (column.source.empty() && naming_ != nullptr && !alone && !FindsItemsByName(in_having_)) {
    for (const ast::SelectItem* item : naming_->items) {
      if (item->alias != column.name) continue;
      const ast::Select* const naming = std::exchange(naming_, nullptr);
      Operand(*item->value);
      naming_ = naming;
      return;
    }
  }
  // A definition has one table, and some servers want no name of it there.
  if (!column.source.empty() && !sql_.writes_literals()) {
    sql_.Identifier(column.source);
    sql_ << ".";
  }
  sql_.Identifier(column.name);
}

void Renderer::Parameter(const ast::Param& param) { Bound(param, param.not_negative); }

void Renderer::Bound(const ast::Param& param, bool not_negative) {
  sql_.Placeholder({BindSource::kParameter, param.index, param.type, not_negative, nullptr});
}

void Renderer::Literal(const ast::Literal& literal) {
  switch (literal.literal) {
    case ast::LiteralKind::kNull:
      sql_ << "NULL";
      return;
    case ast::LiteralKind::kTrue:
      sql_ << profile_.lexicon->true_word;
      return;
    case ast::LiteralKind::kFalse:
      sql_ << profile_.lexicon->false_word;
      return;
    case ast::LiteralKind::kInteger:
      sql_.Integer(literal.integer);
      return;
  }
}

void Renderer::Unary(const ast::Unary& unary) {
  switch (unary.op) {
    case ast::UnaryOp::kNot:
      sql_ << "NOT ";
      Operand(*unary.operand);
      return;
    case ast::UnaryOp::kNegate:
      Negation(*unary.operand);
      return;
    case ast::UnaryOp::kIsNull:
      Operand(*unary.operand);
      sql_ << " IS NULL";
      return;
    case ast::UnaryOp::kIsNotNull:
      Operand(*unary.operand);
      sql_ << " IS NOT NULL";
      return;
  }
}

// Where the depth of an expression is limited a chain is a tree: SQLite counts each term as a
// level.
void Renderer::Chain(ast::LogicalOp op, std::span<const ast::Expr* const> terms) {
  const absl::string_view word = op == ast::LogicalOp::kAnd ? " AND " : " OR ";
  if (terms.size() == 1) return Expression(*terms.front());
  if (profile_.max_depth > 0 && terms.size() > kFlatTerms) {
    const size_t half = terms.size() / 2;
    sql_ << "(";
    Chain(op, terms.first(half));
    sql_ << ")" << word << "(";
    Chain(op, terms.subspan(half));
    sql_ << ")";
    return;
  }
  for (size_t i = 0; i < terms.size(); ++i) {
    if (i > 0) sql_ << word;
    Term(*terms[i]);
  }
}

void Renderer::Term(const ast::Expr& term) { Operand(term); }

void Renderer::Comparison(const ast::Binary& binary) {
  const Type common = CommonType(TypeOf(*binary.left), TypeOf(*binary.right));
  Compared(*binary.left, common);
  sql_ << ComparisonWord(binary.op);
  Compared(*binary.right, common);
}

void Renderer::BetweenPredicate(const ast::Between& between) {
  Type common = CommonType(TypeOf(*between.value), TypeOf(*between.low));
  common = CommonType(common, TypeOf(*between.high));
  Compared(*between.value, common);
  sql_ << (between.negated ? " NOT BETWEEN " : " BETWEEN ");
  Compared(*between.low, common);
  sql_ << " AND ";
  Compared(*between.high, common);
}

void Renderer::Compared(const ast::Expr& expr, Type /*common*/) { Operand(expr); }

void Renderer::Membership(const ast::In& in) {
  Compared(*in.value, CommonType(TypeOf(*in.value), in.list->type));
  sql_ << (in.negated ? " NOT IN (" : " IN (");
  Bind bind = {BindSource::kList, in.list->index, in.list->type, false};
  if (Is(Feature::kMixedNumbers, Support::kRewritten)) {
    bind.meets = CommonType(TypeOf(*in.value), in.list->type);
  }
  sql_.SpelledList(bind);
  sql_ << ")";
}

void Renderer::LikePredicate(const ast::Like& like) {
  const auto side = [&](const ast::Expr& expr) {
    if (!like.fold_case) return Operand(expr);
    sql_ << "LOWER(";
    Expression(expr);
    sql_ << ")";
  };
  side(*like.value);
  sql_ << (like.negated ? " NOT LIKE " : " LIKE ");
  side(*like.pattern);
  sql_ << " ESCAPE '\\'";
}

void Renderer::Arithmetic(const ast::Binary& binary) {
  const auto infix = [&](absl::string_view word) {
    ArithmeticOperand(*binary.left);
    sql_ << word;
    ArithmeticOperand(*binary.right);
  };
  // By zero is NULL, which no server does by itself in every mode.
  const auto by = [&](absl::string_view word) {
    sql_ << word << "NULLIF(";
    ArithmeticOperand(*binary.right);
    sql_ << ", 0)";
  };
  switch (binary.op) {
    case BinaryOp::kAdd:
      return infix(" + ");
    case BinaryOp::kSubtract:
      return infix(" - ");
    case BinaryOp::kMultiply:
      return infix(" * ");
    case BinaryOp::kDivide:
      sql_ << "CAST(";
      Expression(*binary.left);
      sql_ << " AS " << profile_.lexicon->double_type << ")";
      return by(" / ");
    case BinaryOp::kIntegerDivide:
      ArithmeticOperand(*binary.left);
      return by(" / ");
    case BinaryOp::kModulo:
      ArithmeticOperand(*binary.left);
      return by(" % ");
    case BinaryOp::kEqual:
    case BinaryOp::kNotEqual:
    case BinaryOp::kLess:
    case BinaryOp::kLessEqual:
    case BinaryOp::kGreater:
    case BinaryOp::kGreaterEqual:
    case BinaryOp::kDistinctFrom:
    case BinaryOp::kNotDistinctFrom:
      return Comparison(binary);
  }
}

void Renderer::ArithmeticOperand(const ast::Expr& expr) { Operand(expr); }

void Renderer::Negation(const ast::Expr& operand) {
  sql_ << "-(";
  Expression(operand);
  sql_ << ")";
}

}  // namespace ferro::sql
