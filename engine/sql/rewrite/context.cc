#include "engine/sql/rewrite/context.h"

#include <type_traits>
#include <unordered_set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/error.h"

namespace ferro::sql::rewrite {
namespace {

void AddNames(const ast::Node& node, std::unordered_set<std::string>& names) {
  const auto add = [&names](const auto& field) {
    using T = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_same_v<T, ast::Name>) {
      names.insert(absl::AsciiStrToLower(field));
    } else if constexpr (std::is_same_v<T, ast::List<ast::Name>>) {
      for (const ast::Name name : field) names.insert(absl::AsciiStrToLower(name));
    }
  };
  ast::Visit(node, [&add](const auto& typed) {
    using T = std::remove_cvref_t<decltype(typed)>;
    std::apply([&add](const auto&... fields) { (add(fields), ...); }, T::Fields(typed));
  });
}

}  // namespace

ast::Name Context::Fresh(absl::string_view stem) {
  if (taken_.empty()) {
    const auto look = [this](const ast::Node& node) { AddNames(node, taken_); };
    ast::Walk(statement_, look);
  }
  std::string name(stem);
  for (int i = 2; !taken_.insert(name).second; ++i) name = absl::StrCat(stem, "_", i);
  return arena_.Copy(name);
}

bool Context::IsCte(ast::Name name) const {
  bool found = false;
  const auto look = [&](const ast::Node& node) {
    found = found || (node.kind == ast::Kind::kCte && ast::As<ast::Cte>(node).name == name);
  };
  ast::Walk(statement_, look);
  return found;
}

void Context::Refuse(Feature feature, absl::string_view advice) {
  status_.Update(MakeErrorWithHint(ErrorClass::kUnsupported,
                                   absl::StrCat(profile_.version.ToString(), " does not support ",
                                                Name(feature), " for this statement"),
                                   advice));
}

const ast::Column* Context::Column(ast::Name source, ast::Name name, Type type) {
  auto* column = New<ast::Column>();
  column->source = source;
  column->name = name;
  column->type = type;
  return column;
}

const ast::Literal* Context::Integer(int64_t value) {
  auto* literal = New<ast::Literal>();
  literal->literal = ast::LiteralKind::kInteger;
  literal->integer = value;
  return literal;
}

const ast::Literal* Context::Constant(ast::LiteralKind kind) {
  auto* literal = New<ast::Literal>();
  literal->literal = kind;
  return literal;
}

const ast::Binary* Context::Binary(ast::BinaryOp op, const ast::Expr& left,
                                   const ast::Expr& right) {
  auto* binary = New<ast::Binary>();
  binary->op = op;
  binary->left = &left;
  binary->right = &right;
  return binary;
}

const ast::Unary* Context::Unary(ast::UnaryOp op, const ast::Expr& operand) {
  auto* unary = New<ast::Unary>();
  unary->op = op;
  unary->operand = &operand;
  return unary;
}

const ast::Logical* Context::And(const std::vector<const ast::Expr*>& terms) {
  auto* chain = New<ast::Logical>();
  chain->op = ast::LogicalOp::kAnd;
  chain->terms = Copy(terms);
  return chain;
}

const ast::SelectItem* Context::Item(const ast::Expr& value, ast::Name alias, Type type) {
  auto* item = New<ast::SelectItem>();
  item->value = &value;
  item->alias = alias;
  item->type = type;
  return item;
}

const ast::Derived* Context::Table(const ast::Query& query, ast::Name alias) {
  auto* table = New<ast::Derived>();
  table->query = &query;
  table->alias = alias;
  return table;
}

const ast::Aggregate* Context::CountOfRows() { return New<ast::Aggregate>(); }

}  // namespace ferro::sql::rewrite
