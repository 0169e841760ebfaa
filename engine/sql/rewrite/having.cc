// HAVING that names what rows are grouped by, on servers that look the name up among the groups and the items.
#include <algorithm>

#include "engine/ast/derive.h"
#include "engine/sql/rewrite/queries.h"
#include "engine/sql/scope.h"

namespace ferro::sql::rewrite {
namespace {

bool HasRaw(const ast::Node& node) {
  bool found = false;
  const auto look = [&found](const ast::Node& part) { found = found || part.kind == ast::Kind::kRaw; };
  ast::Walk(node, look);
  return found;
}

// The columns of the select's own rows that the condition reads, but not in its aggregates.
void AddNamed(const ast::Node& node, std::vector<const ast::Column*>& columns) {
  if (node.kind == ast::Kind::kAggregate || IsGroupingCall(node)) return;
  if (node.kind == ast::Kind::kColumn) {
    columns.push_back(&ast::As<ast::Column>(node));
  } else if (ast::IsQuery(node.kind)) {
    ForEachFreeColumn(node, [&columns](const ast::Column& column) {
      if (!column.source.empty()) columns.push_back(&column);
    });
  } else {
    ast::ForEachChild(node, [&columns](const ast::Node& child) { AddNamed(child, columns); });
  }
}

const ast::Source* Find(const ast::Source& from, ast::Name alias) {
  if (from.kind == ast::Kind::kJoin) {
    const auto& join = ast::As<ast::Join>(from);
    const ast::Source* left = Find(*join.left, alias);
    return left != nullptr ? left : Find(*join.right, alias);
  }
  std::vector<ast::Name> names;
  AddSources(from, names);
  return names.front() == alias ? &from : nullptr;
}

// Whether the server may put another expression in the column's place before it looks for its name.
bool IsOfQuery(const ast::Column& column, const ast::Select& select, const Context& context) {
  if (!select.from) return false;
  const ast::Source* source = column.source.empty() ? &*select.from : Find(*select.from, column.source);
  if (source == nullptr || source->kind == ast::Kind::kJoin) return false;
  return source->kind == ast::Kind::kDerived || context.IsCte(ast::As<ast::Table>(*source).name);
}

}  // namespace

bool HavingNamesColumn(const ast::Select& select) {
  if (!select.grouping || !select.grouping->having || select.grouping->items.empty()) return false;
  std::vector<const ast::Column*> named;
  AddNamed(*select.grouping->having, named);
  return !named.empty();
}

bool HavingNeedsTable(const ast::Select& select, Context& context) {
  if (!HavingNamesColumn(select)) return false;
  const ast::Expr& having = *Resolve(*select.grouping->having, select, context.arena());
  std::vector<const ast::Column*> named;
  AddNamed(having, named);
  const std::vector<const ast::Expr*> groups = GroupsOf(select, context.arena());
  const auto unclear = [&](const ast::Column* column) {
    const int place = IndexOf(*column, groups);
    if (place < 0) return false;
    const bool twice = std::any_of(groups.begin(), groups.end(), [&](const ast::Expr* group) {
      return group != groups[static_cast<size_t>(place)] && group->kind == ast::Kind::kColumn &&
             ast::As<ast::Column>(*group).name == column->name;
    });
    return twice || IsOfQuery(*column, select, context);
  };
  // It could not be moved (see GroupsAsUnion).
  return std::any_of(named.begin(), named.end(), unclear) && !HasRaw(having);
}

}  // namespace ferro::sql::rewrite
