// What the rewrites share: the arena, the profile, names that are still free, and short ways to make nodes.
// One for each statement.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/ast/rebuild.h"
#include "engine/base/arena.h"
#include "engine/sql/dialect.h"

namespace ferro::sql::rewrite {

class Context {
 public:
  Context(const ast::Statement& statement, const DialectProfile& profile, Arena& arena)
      : statement_(statement), profile_(profile), arena_(arena) {}

  Arena& arena() { return arena_; }
  bool Rewrites(Feature feature) const {
    return profile_.SupportOf(feature) == Support::kRewritten;
  }

  // `stem`, perhaps with a number: no name that the statement uses, so it neither hides nor is hidden.
  ast::Name Fresh(absl::string_view stem);

  // Whether a common table expression of the statement has the name.
  bool IsCte(ast::Name name) const;

  // A grouping that is as the server wants it.
  void SetDone(const ast::Grouping& grouping) { done_.insert(&grouping); }
  bool IsDone(const ast::Grouping& grouping) const { return done_.contains(&grouping); }

  // Remembers the first refusal of a statement that has no rewrite that is exact. The caller goes on with
  // whatever node it has.
  void Refuse(Feature feature, absl::string_view advice);
  const absl::Status& status() const { return status_; }

  template <class T>
  T* New(const T& node = {}) {
    return arena_.New<T>(node);
  }
  template <class T>
  ast::List<T> Copy(const std::vector<T>& items) {
    return ast::CopyList(items, arena_);
  }

  const ast::Column* Column(ast::Name source, ast::Name name, Type type);
  const ast::Literal* Integer(int64_t value);
  const ast::Literal* Constant(ast::LiteralKind literal);
  const ast::Binary* Binary(ast::BinaryOp op, const ast::Expr& left, const ast::Expr& right);
  const ast::Unary* Unary(ast::UnaryOp op, const ast::Expr& operand);
  const ast::Logical* And(const std::vector<const ast::Expr*>& terms);
  const ast::SelectItem* Item(const ast::Expr& value, ast::Name alias, Type type = Type::kNull);
  const ast::Derived* Table(const ast::Query& query, ast::Name alias);
  // An aggregate of its own select, of all rows.
  const ast::Aggregate* CountOfRows();

 private:
  const ast::Statement& statement_;
  const DialectProfile& profile_;
  Arena& arena_;
  std::unordered_set<std::string> taken_;  // in lower case, as MySQL compares
  std::unordered_set<const ast::Grouping*> done_;
  absl::Status status_;
};

}  // namespace ferro::sql::rewrite
