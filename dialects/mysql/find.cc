#include "dialects/mysql/find.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"

namespace ferro::mysql {
namespace {

bool HasWindow(const ast::Select& select) {
  return std::any_of(select.items.begin(), select.items.end(),
                     [](const ast::SelectItem* item) { return sql::HasWindow(*item); });
}

}  // namespace

bool ReadsNoColumn(const ast::Node& node) {
  bool none = true;
  sql::ForEachFreeColumn(node, [&none](const ast::Column&) { none = false; });
  return none;
}

bool HasLimit(const ast::Query& query) {
  const auto limited = [](const auto& node) { return node.limit || node.offset; };
  if (query.kind == ast::Kind::kSelect) return limited(ast::As<ast::Select>(query));
  return limited(ast::As<ast::Compound>(query));
}

void WalkOnce(const ast::Node& node, std::unordered_set<const ast::Node*>& seen,
              absl::FunctionRef<void(const ast::Node&)> look) {
  if (!seen.insert(&node).second) return;
  look(node);
  ast::ForEachChild(node, [&](const ast::Node& child) { WalkOnce(child, seen, look); });
}

void WalkOnce(const ast::Node& node, absl::FunctionRef<void(const ast::Node&)> look) {
  std::unordered_set<const ast::Node*> seen;
  WalkOnce(node, seen, look);
}

void ForEachCte(const ast::Node& node, absl::FunctionRef<void(const ast::Cte&)> sink) {
  WalkOnce(node, [&sink](const ast::Node& part) {
    if (part.kind == ast::Kind::kCte) sink(ast::As<ast::Cte>(part));
  });
}

bool CombinesRows(const ast::Query& query) {
  if (query.kind == ast::Kind::kSelect) return HasWindow(ast::As<ast::Select>(query));
  const auto& compound = ast::As<ast::Compound>(query);
  return compound.op != ast::SetOp::kUnion ||
         std::any_of(compound.members.begin(), compound.members.end(),
                     [](const ast::Query* member) { return CombinesRows(*member); });
}

bool HasNames(const ast::Query& query) {
  std::unordered_set<ast::Name, absl::Hash<ast::Name>> names;
  const auto items = sql::ItemsOf(query);
  return std::all_of(items.begin(), items.end(), [&names](const ast::SelectItem* item) {
    const ast::Name name = sql::NameOf(*item);
    return !name.empty() && names.insert(name).second;
  });
}

}  // namespace ferro::mysql
