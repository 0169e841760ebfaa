// A query made a table of another one, which filters, orders or cuts off its rows.
#pragma once

#include <vector>

#include "engine/ast/visit.h"
#include "engine/sql/rewrite/context.h"

namespace ferro::sql::rewrite {

// The query with its columns named so. What its order and groups mean stays the same.
const ast::Query* Renamed(const ast::Query& query, const std::vector<ast::Name>& names,
                          Context& context);

// Fresh names for the columns of `query`.
std::vector<ast::Name> FreshColumns(const ast::Query& query, Context& context);

// before: SELECT x AS a, … FROM … ORDER BY y LIMIT 3
// after:  SELECT r.c1 AS a, … FROM (SELECT x AS c1, …, y AS k FROM …) AS r ORDER BY r.k LIMIT 3
class Wrap {
 public:
  // The inner select has no CTEs (they stand outside, for both), no order, no page and no lock.
  Wrap(const ast::Select& select, Context& context);

  // The rest of the inner select may be changed until Finish.
  ast::Select& inner() { return *inner_; }

  // What is outside the value of an expression inside: an item's column, or that of a new one that is not
  // shown.
  const ast::Expr* Outside(const ast::Expr& inside);
  // A new column that is not shown.
  const ast::Column* Hidden(absl::string_view stem, const ast::Expr& inside, Type type);

  // The outer select, with the order of the old one, which limit and what else is up to the caller.
  ast::Select* Finish();

 private:
  const ast::Select& select_;
  Context& context_;
  ast::Select* inner_;
  ast::Name alias_;
  std::vector<const ast::Expr*> values_;  // of the inner select, aliases resolved
  std::vector<const ast::SelectItem*> inner_items_;
  std::vector<const ast::Column*> columns_;  // for each item inside, what it is outside
};

// The same around a compound, which is ordered and cut off outside then.
const ast::Select* WrapCompound(const ast::Compound& compound, Context& context);

// The items of a select around `names` of `alias` that stand for those of `query`.
ast::List<const ast::SelectItem*> OuterItems(const ast::Query& query, ast::Name alias,
                                             const std::vector<ast::Name>& names, Context& context);

}  // namespace ferro::sql::rewrite
