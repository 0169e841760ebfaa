// What names mean within a select, as far as a statement says it: there is no schema here, so a column that
// names no source may be one of any source around it.
#pragma once

#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/ast/visit.h"
#include "engine/base/arena.h"

namespace ferro::sql {

// The name of a column of the result: the alias, or the name of the column that is selected; may be empty.
ast::Name NameOf(const ast::SelectItem& item);

// The place of the item that is called `name`, or -1.
int PlaceOf(ast::Name name, ast::List<const ast::SelectItem*> items);

// `part` of the grouping, HAVING or order of `select`, with the aliases of items replaced by their values.
// Subqueries have names of their own.
const ast::Expr* Resolve(const ast::Expr& part, const ast::Select& select, Arena& arena);
// The same of what groups rows, where an integer is the place of an item.
const ast::Expr* ResolveGroup(const ast::Expr& group, const ast::Select& select, Arena& arena);
// The same of DISTINCT ON, where an alias counts only by itself.
const ast::Expr* ResolveDistinct(const ast::Expr& on, const ast::Select& select);

// What rows are grouped by, once each: the values of all sets.
std::vector<const ast::Expr*> GroupsOf(const ast::Select& select, Arena& arena);
// Where `expr` stands among `values` (see ast::SameValue), or -1.
int IndexOf(const ast::Expr& expr, const std::vector<const ast::Expr*>& values);

// The names by which columns name the sources in `from`.
void AddSources(const ast::Source& from, std::vector<ast::Name>& names);
bool Contains(const std::vector<ast::Name>& names, ast::Name name);

// Calls `sink` for each column in `node` whose source is of no select within `node`; of columns without a
// source for those that stand in no select within it.
void ForEachFreeColumn(const ast::Node& node, absl::FunctionRef<void(const ast::Column&)> sink);

// Whether the query reads a column of a query around it.
bool IsCorrelated(const ast::Query& query);

// Whether an expression of the select reads a column of a query around it. A column that names no source is
// taken for its own.
bool ReadsOuter(const ast::Node& expr, const ast::Select& select);
// Whether what orders its rows does, or what groups them.
bool OrdersByOuter(const ast::Select& select);
bool GroupsByOuter(const ast::Select& select);

bool IsGroupingCall(const ast::Node& node);

// Whether an aggregate, or GROUPING, stands in it that is of its own select: not in a subquery, and not as a
// function with a window.
bool HasAggregate(const ast::Node& node);
// In items, HAVING, order or DISTINCT ON.
bool HasAggregate(const ast::Select& select);
bool HasGroupingCall(const ast::Select& select);
// Whether a function with a window, of its own select, stands in it.
bool HasWindow(const ast::Node& node);

bool HasParameter(const ast::Expr& expr);
// Whether a group is an expression with parameters.
bool GroupsByParameter(const ast::Select& select);

}  // namespace ferro::sql
