#include "engine/sql/type_of.h"

#include <type_traits>

#include "engine/ast/derive.h"
#include "engine/sql/functions.h"

namespace ferro::sql {
namespace {

using ast::BinaryOp;
using ast::UnaryOp;

Type TypeOfLiteral(const ast::Literal& literal) {
  switch (literal.literal) {
    case ast::LiteralKind::kNull:
      return Type::kNull;
    case ast::LiteralKind::kTrue:
    case ast::LiteralKind::kFalse:
      return Type::kBool;
    case ast::LiteralKind::kInteger:
      return Type::kInt64;
  }
  return Type::kNull;
}

Type TypeOfBinary(const ast::Binary& binary) {
  if (ast::IsComparison(binary.op)) return Type::kBool;
  if (binary.op == BinaryOp::kDivide) return Type::kFloat64;
  if (binary.op == BinaryOp::kIntegerDivide || binary.op == BinaryOp::kModulo) return Type::kInt64;
  const Type left = TypeOf(*binary.left);
  const Type right = TypeOf(*binary.right);
  if (left == Type::kNull || right == Type::kNull) return Type::kNull;
  return CommonType(left, right);
}

Type TypeOfCase(const ast::Case& node) {
  Type common = node.otherwise ? TypeOf(*node.otherwise) : Type::kNull;
  for (const ast::When* when : node.whens) common = CommonType(common, TypeOf(*when->value));
  return common;
}

}  // namespace

bool GoTogether(Type a, Type b) {
  return a == b || a == Type::kNull || b == Type::kNull || (IsNumeric(a) && IsNumeric(b));
}

ast::List<const ast::SelectItem*> ItemsOf(const ast::Query& query) {
  const ast::Query* first = &query;
  while (first->kind == ast::Kind::kCompound) {
    first = ast::As<ast::Compound>(*first).members.front();
  }
  return ast::As<ast::Select>(*first).items;
}

Type TypeOf(const ast::SelectItem& item) {
  return item.type == Type::kNull ? TypeOf(*item.value) : item.type;
}

Type CommonType(Type a, Type b) {
  if (a == Type::kNull) return b;
  if (b == Type::kNull || a == b) return a;
  if (a == Type::kFloat64 || b == Type::kFloat64) return Type::kFloat64;
  return a == Type::kDecimal || b == Type::kDecimal ? Type::kDecimal : a;
}

Type TypeOf(const ast::Expr& expr) {
  return ast::Visit(expr, [](const auto& node) {
    using T = std::remove_cvref_t<decltype(node)>;
    if constexpr (std::is_same_v<T, ast::Column> || std::is_same_v<T, ast::Param> ||
                  std::is_same_v<T, ast::ParamList>) {
      return node.type;
    } else if constexpr (std::is_same_v<T, ast::Literal>) {
      return TypeOfLiteral(node);
    } else if constexpr (std::is_same_v<T, ast::Unary>) {
      return node.op == UnaryOp::kNegate ? TypeOf(*node.operand) : Type::kBool;
    } else if constexpr (std::is_same_v<T, ast::Binary>) {
      return TypeOfBinary(node);
    } else if constexpr (std::is_same_v<T, ast::Call>) {
      return TypeOfCall(node);
    } else if constexpr (std::is_same_v<T, ast::Aggregate>) {
      return TypeOfAggregate(node);
    } else if constexpr (std::is_same_v<T, ast::WindowCall>) {
      return TypeOfWindowCall(node);
    } else if constexpr (std::is_same_v<T, ast::Over>) {
      return TypeOf(static_cast<const ast::Expr&>(*node.call));
    } else if constexpr (std::is_same_v<T, ast::Case>) {
      return TypeOfCase(node);
    } else if constexpr (std::is_same_v<T, ast::Subquery>) {
      return TypeOf(*ItemsOf(*node.query).front());
    } else if constexpr (std::is_same_v<T, ast::Cast> || std::is_same_v<T, ast::JsonGet> ||
                         std::is_same_v<T, ast::Raw> || std::is_same_v<T, ast::Excluded>) {
      return node.type;
    } else if constexpr (std::is_same_v<T, ast::TextSearch>) {
      return node.rank ? Type::kFloat64 : Type::kBool;
    } else if constexpr (std::is_same_v<T, ast::Row>) {
      return Type::kNull;
    } else if constexpr (std::is_base_of_v<ast::Expr, T>) {
      return Type::kBool;  // conditions
    } else {
      return Type::kNull;
    }
  });
}

}  // namespace ferro::sql
