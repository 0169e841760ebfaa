#include "dialects/mysql/parameters.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/strip.h"
#include "engine/ast/derive.h"
#include "engine/base/error.h"
#include "engine/sql/type_of.h"
#include "engine/value/decimal.h"

namespace ferro::mysql {
namespace {

using ast::Kind;

// What the servers compare the parameter as, whatever is bound.
bool HasType(const ast::Expr& beside, Type type) {
  if (beside.kind == Kind::kParam || beside.kind == Kind::kLiteral || beside.kind == Kind::kSubquery ||
      beside.kind == Kind::kRow) {
    return false;
  }
  const Type other = sql::TypeOf(beside);
  return other == type || (type == Type::kInt64 && IsNumeric(other));
}

class Search {
 public:
  void Node(const ast::Node& node) {
    if (node.kind == Kind::kParam) {
      untyped_[&ast::As<ast::Param>(node)] |= in_extreme_;
      return;
    }
    // A rewrite may say a part twice, and parts of parts then double.
    if (!seen_.insert({&node, in_extreme_}).second) return;
    ast::Visit(node, [this](const auto& typed) { Of(typed); });
  }

  std::unordered_map<const ast::Param*, bool> Take() { return std::move(untyped_); }

 private:
  void Of(const ast::Node& node) {
    ast::ForEachChild(node, [this](const ast::Node& child) { Node(child); });
  }

  void Of(const ast::Binary& binary) {
    if (!ast::IsComparison(binary.op)) return Of(static_cast<const ast::Node&>(binary));
    if (binary.left->kind == Kind::kRow && binary.right->kind == Kind::kRow) {
      const auto left = ast::As<ast::Row>(*binary.left).items;
      const auto right = ast::As<ast::Row>(*binary.right).items;
      for (size_t i = 0; i < left.size(); ++i) Pair(*left[i], *right[i]);
      return;
    }
    Pair(*binary.left, *binary.right);
  }

  void Of(const ast::Between& between) {
    Node(*between.value);
    Beside(*between.low, *between.value);
    Beside(*between.high, *between.value);
  }

  void Of(const ast::Aggregate& aggregate) {
    const bool extreme = aggregate.function == ast::AggregateFunction::kMin ||
                         aggregate.function == ast::AggregateFunction::kMax;
    const bool outer = std::exchange(in_extreme_, in_extreme_ || extreme);
    Of(static_cast<const ast::Node&>(aggregate));
    in_extreme_ = outer;
  }

  // Both sides are texts here, and the collation is said.
  void Of(const ast::Like& like) {
    if (like.value->kind != Kind::kParam) Node(*like.value);
    if (like.pattern->kind != Kind::kParam) Node(*like.pattern);
  }

  void Of(const ast::Regex& regex) {
    if (regex.value->kind != Kind::kParam) Node(*regex.value);
  }

  // It is stored as the column is.
  void Of(const ast::Assignment& assignment) {
    if (assignment.value->kind != Kind::kParam) Node(*assignment.value);
  }

  void Of(const ast::ColumnDefinition& column) {
    if (column.otherwise && column.otherwise->kind != Kind::kParam) Node(*column.otherwise);
  }

  // What is said there is the caller's affair.
  void Of(const ast::Raw& raw) { Arguments(raw.arguments); }
  void Of(const ast::RawStatement& raw) { Arguments(raw.arguments); }
  void Arguments(ast::List<const ast::Expr*> arguments) {
    for (const ast::Expr* argument : arguments) {
      if (argument->kind != Kind::kParam) Node(*argument);
    }
  }

  void Pair(const ast::Expr& left, const ast::Expr& right) {
    Beside(left, right);
    Beside(right, left);
  }

  void Beside(const ast::Expr& expr, const ast::Expr& other) {
    const bool typed = expr.kind == Kind::kParam && HasType(other, ast::As<ast::Param>(expr).type);
    if (!typed) Node(expr);
  }

  using Seen = std::pair<const ast::Node*, bool>;

  std::unordered_set<Seen, absl::Hash<Seen>> seen_;
  std::unordered_map<const ast::Param*, bool> untyped_;
  bool in_extreme_ = false;
};

}  // namespace

std::unordered_map<const ast::Param*, bool> UntypedParameters(const ast::Statement& statement) {
  Search search;
  search.Node(statement);
  return search.Take();
}

absl::Status CheckWideDecimal(const Value& value) {
  constexpr size_t kPlaces = 30, kBefore = 35;
  if (value.type != Type::kDecimal || value.is_small_decimal()) return absl::OkStatus();
  std::string text;
  AppendDecimal(text, value);
  const absl::string_view digits = absl::StripPrefix(text, "-");
  const size_t point = std::min(digits.find('.'), digits.size());
  const size_t last = digits.find_last_not_of('0');
  const bool short_enough = last == absl::string_view::npos || last <= point || last - point <= kPlaces;
  if (point <= kBefore && short_enough) return absl::OkStatus();
  return MakeErrorWithHint(
      ErrorClass::kOutOfRange,
      "a decimal has more than 35 digits before the point or 30 after it, which MySQL keeps beside a column only",
      "compare it with a column, or calculate in the program");
}

}  // namespace ferro::mysql
