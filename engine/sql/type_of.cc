#include "engine/sql/type_of.h"

#include <initializer_list>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "engine/ast/derive.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

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

bool GoTogether(Type a, Type b) {
  return a == b || a == Type::kNull || b == Type::kNull || (IsNumeric(a) && IsNumeric(b));
}

absl::Status Wrong(absl::string_view what, absl::string_view hint) {
  return MakeErrorWithHint(ErrorClass::kPlan, what, hint);
}

constexpr absl::string_view kNoArrays =
    "arrays can be tested for NULL and for equality: select the rows and look at them in the "
    "program";

absl::Status RefuseArrays(absl::string_view what, std::initializer_list<Type> types) {
  for (const Type type : types) {
    if (IsArray(type))
      return Wrong(absl::StrCat("a value of type ", Name(type), " ", what), kNoArrays);
  }
  return absl::OkStatus();
}

// Most databases compare the JSON texts of arrays, and equal numbers may be written differently
// there.
absl::Status CheckArrayEquality(Type type) {
  if (!IsArray(type)) return absl::OkStatus();
  const Type element = ElementOf(type);
  if (element != Type::kFloat64 && element != Type::kDecimal) return absl::OkStatus();
  return Wrong(
      absl::StrCat("a value of type ", Name(type), " is compared"),
      "equal numbers have several spellings (1.0 and 1.00, 0.0 and -0.0), by which databases tell "
      "arrays apart: compare them in the program");
}

absl::Status CheckComparable(std::initializer_list<Type> types) {
  Type known = Type::kNull;
  for (const Type type : types) {
    FERRO_TRY(CheckArrayEquality(type));
    if (type == Type::kJson) {
      return Wrong("JSON cannot be compared",
                   "servers disagree on when two documents are equal: compare in the program");
    }
    if (!GoTogether(known, type)) {
      return Wrong(absl::StrCat("a value of type ", Name(known), " is compared with one of type ",
                                Name(type)),
                   "declare both sides with the same type");
    }
    known = CommonType(known, type);
  }
  return absl::OkStatus();
}

absl::Status CheckNumber(Type type) {
  if (type == Type::kNull || IsNumeric(type)) return absl::OkStatus();
  return Wrong(absl::StrCat("a value of type ", Name(type), " is used as a number"),
               "arithmetic takes int64, float64 and decimal operands");
}

absl::Status CheckBinary(const ast::Binary& binary) {
  const Type left = TypeOf(*binary.left);
  const Type right = TypeOf(*binary.right);
  if (binary.op == BinaryOp::kEqual || binary.op == BinaryOp::kNotEqual) {
    return CheckComparable({left, right});
  }
  if (ast::IsComparison(binary.op)) {
    FERRO_TRY(RefuseArrays("is compared by order", {left, right}));
    return CheckComparable({left, right});
  }
  FERRO_TRY(CheckNumber(left));
  FERRO_TRY(CheckNumber(right));
  if (binary.op != BinaryOp::kIntegerDivide && binary.op != BinaryOp::kModulo) {
    return absl::OkStatus();
  }
  // An operand of unknown type could be a fraction, and servers differ on what is done with it.
  // Decimals are left to Feature::kDecimalDivision, whose advice is better.
  for (const Type type : {left, right}) {
    if (type != Type::kInt64 && type != Type::kDecimal) {
      return Wrong("integer division and remainder take operands of type int64",
                   "declare the columns and parameters as int64, or use true division");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLike(const ast::Like& like) {
  for (const ast::Expr* operand : {like.value, like.pattern}) {
    const Type type = TypeOf(*operand);
    if (type != Type::kText && type != Type::kNull) {
      return Wrong(absl::StrCat("LIKE is used on a value of type ", Name(type)),
                   "LIKE takes text on both sides");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNode(const ast::Node& node) {
  if (node.kind == ast::Kind::kBinary) return CheckBinary(ast::As<ast::Binary>(node));
  if (node.kind == ast::Kind::kLike) return CheckLike(ast::As<ast::Like>(node));
  if (node.kind == ast::Kind::kUnary) {
    const auto& unary = ast::As<ast::Unary>(node);
    if (unary.op == UnaryOp::kNegate) return CheckNumber(TypeOf(*unary.operand));
  }
  if (node.kind == ast::Kind::kIn) {
    const auto& in = ast::As<ast::In>(node);
    FERRO_TRY(RefuseArrays("is looked for in a list", {TypeOf(*in.value)}));
    return CheckComparable({TypeOf(*in.value), in.list->type});
  }
  if (node.kind == ast::Kind::kBetween) {
    const auto& between = ast::As<ast::Between>(node);
    FERRO_TRY(RefuseArrays("is compared by order",
                           {TypeOf(*between.value), TypeOf(*between.low), TypeOf(*between.high)}));
    return CheckComparable({TypeOf(*between.value), TypeOf(*between.low), TypeOf(*between.high)});
  }
  if (node.kind == ast::Kind::kOrderItem) {
    return RefuseArrays("orders rows", {TypeOf(*ast::As<ast::OrderItem>(node).value)});
  }
  if (node.kind == ast::Kind::kCount) {
    const auto& count = ast::As<ast::Count>(node);
    if (count.distinct) return RefuseArrays("is counted distinctly", {TypeOf(*count.operand)});
  }
  return absl::OkStatus();
}

}  // namespace

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
    } else if constexpr (std::is_same_v<T, ast::Count>) {
      return Type::kInt64;
    } else if constexpr (std::is_base_of_v<ast::Expr, T>) {
      return Type::kBool;  // AND, OR, IN, BETWEEN, LIKE and EXISTS
    } else {
      return Type::kNull;
    }
  });
}

absl::Status CheckTypes(const ast::Statement& statement) {
  absl::Status status;
  const auto check = [&status](const ast::Node& node) {
    if (status.ok()) status = CheckNode(node);
  };
  ast::Walk(statement, check);
  return status;
}

}  // namespace ferro::sql
