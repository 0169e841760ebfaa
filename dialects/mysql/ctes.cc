// Common table expressions, which MySQL and MariaDB confuse in some places.
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "dialects/mysql/find.h"
#include "dialects/mysql/renderer.h"
#include "engine/ast/derive.h"
#include "engine/base/error.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"

namespace ferro::mysql {
namespace {

int CountParameters(const ast::Node& node) {
  int count = 0;
  const auto look = [&count](const ast::Node& part) {
    count += part.kind == ast::Kind::kParam || part.kind == ast::Kind::kParamList ? 1 : 0;
  };
  ast::Walk(node, look);
  return count;
}

// How many sources have the name.
int CountReads(const ast::Node& node, ast::Name name) {
  int count = 0;
  const auto look = [&](const ast::Node& part) {
    count += part.kind == ast::Kind::kTable && ast::As<ast::Table>(part).name == name ? 1 : 0;
  };
  ast::Walk(node, look);
  return count;
}

bool IsNamedAsItsItems(const ast::Cte& cte) {
  const auto items = sql::ItemsOf(*cte.query);
  for (size_t i = 0; i < cte.columns.size(); ++i) {
    if (sql::NameOf(*items[i]) != cte.columns[i]) return false;
  }
  return true;
}

}  // namespace

// MariaDB goes down, or never ends, where nobody reads a common table expression that reads a recursive one, and another that does is
// read twice. What nobody reads is not said.
void MysqlRenderer::FindUnread(const ast::Statement& statement) {
  if (!mariadb()) return;
  std::unordered_map<ast::Name, std::vector<const ast::Cte*>, absl::Hash<ast::Name>> ctes;
  ForEachCte(statement, [&](const ast::Cte& cte) {
    ctes[cte.name].push_back(&cte);
    unread_.insert(&cte);
  });
  std::unordered_set<const ast::Node*> seen;
  const std::function<void(const ast::Node&)> read = [&](const ast::Node& node) {
    if (node.kind == ast::Kind::kCte || !seen.insert(&node).second) return;
    ast::ForEachChild(node, read);
    if (node.kind != ast::Kind::kTable) return;
    const auto found = ctes.find(ast::As<ast::Table>(node).name);
    if (found == ctes.end()) return;
    for (const ast::Cte* cte : std::exchange(found->second, {})) {
      unread_.erase(cte);
      read(*cte->query);
    }
  };
  if (!ctes.empty()) read(statement);
}

// Error 1111: MariaDB takes the aggregates of a common table expression that is read within another aggregate for nested
// ones, but not those of a query in FROM.
void MysqlRenderer::FindNestedCtes(const ast::Statement& statement) {
  if (!mariadb()) return;
  std::unordered_map<ast::Name, const ast::Cte*, absl::Hash<ast::Name>> ctes;
  ForEachCte(statement, [&ctes](const ast::Cte& cte) {
    const auto [at, is_new] = ctes.emplace(cte.name, &cte);
    if (!is_new) at->second = nullptr;  // which one is read depends on where
  });
  if (ctes.empty()) return;
  std::unordered_set<const ast::Node*> seen;
  const std::function<void(const ast::Node&)> look = [&](const ast::Node& part) {
    if (part.kind != ast::Kind::kTable) return;
    const auto& table = ast::As<ast::Table>(part);
    const auto found = ctes.find(table.name);
    if (found == ctes.end() || found->second == nullptr) return;
    const ast::Cte& cte = *found->second;
    const ast::Query& query = *cte.query;
    const bool has_names = IsNamedAsItsItems(cte) || HasNames(query);
    if (!has_names || CountReads(query, table.name) > 0 || sql::IsCorrelated(query)) return;
    inlined_.emplace(&table, &cte);
    WalkOnce(query, seen, look);
  };
  WalkOnce(statement, [&](const ast::Node& node) {
    if (node.kind == ast::Kind::kAggregate) WalkOnce(node, seen, look);
  });
}

// Error 1054: with names for the columns MariaDB does not find the first select's, which rows of several queries are ordered by.
void MysqlRenderer::CommonText(const ast::Cte& cte) {
  const bool ordered = cte.query->kind == ast::Kind::kCompound && !ast::As<ast::Compound>(*cte.query).order.empty();
  if (!mariadb() || cte.columns.empty() || !ordered) return Renderer::CommonText(cte);
  sql_ << "SELECT * FROM (";
  TableText(*cte.query);
  sql_ << ") AS named";
}

// A query in FROM has no other names for its columns than another one around it.
bool MysqlRenderer::Inlined(const ast::Table& table) {
  const auto found = inlined_.find(&table);
  if (found == inlined_.end()) return false;
  const ast::Cte& cte = *found->second;
  const bool renamed = !IsNamedAsItsItems(cte);
  const auto items = sql::ItemsOf(*cte.query);
  sql_ << "(";
  for (size_t i = 0; renamed && i < items.size(); ++i) {
    sql_ << (i == 0 ? "SELECT " : ", ");
    sql_.Identifier(sql::NameOf(*items[i]));
    sql_ << " AS ";
    sql_.Identifier(cte.columns[i]);
  }
  if (renamed) sql_ << " FROM (";
  TableText(*cte.query);
  sql_ << (renamed ? ") AS named)" : ")");
  return true;
}

// MySQL parses a common table expression anew for each place that reads it after the first. In what it has parsed anew
// twice the parameters have each other's values.
void MysqlRenderer::RefuseCopiesOfCopies(const ast::Statement& statement) {
  if (mariadb()) return;
  bool mixes = false;
  ForEachCte(statement, [&](const ast::Cte& outer) {
    ForEachCte(*outer.query, [&](const ast::Cte& inner) {
      mixes = mixes || (CountParameters(*inner.query) > 1 && CountReads(*outer.query, inner.name) > 1 &&
                        CountReads(statement, outer.name) > 1);
    });
  });
  if (!mixes) return;
  Fail(MakeErrorWithHint(ErrorClass::kUnsupported,
                         absl::StrCat(profile_.version.ToString(),
                                      " does not support a common table expression with parameters within another one, "
                                      "both read several times"),
                         "say the one within before the other one, in the same WITH"));
}

}  // namespace ferro::mysql
