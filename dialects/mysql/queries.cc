// Queries within queries, where MySQL and MariaDB find other rows than those asked for unless they are told how.
#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "dialects/mysql/renderer.h"
#include "engine/ast/derive.h"
#include "engine/base/error.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"

namespace ferro::mysql {
namespace {

bool HasLimit(const ast::Query& query) {
  const auto limited = [](const auto& node) { return node.limit || node.offset; };
  if (query.kind == ast::Kind::kSelect) return limited(ast::As<ast::Select>(query));
  return limited(ast::As<ast::Compound>(query));
}

// As ast::Walk, but each node once: a rewrite says the same part in several places.
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

void AddWindows(const ast::Node& node, std::vector<const ast::Over*>& windows) {
  if (node.kind == ast::Kind::kOver) windows.push_back(&ast::As<ast::Over>(node));
  ast::ForEachChild(node, [&windows](const ast::Node& child) {
    if (!ast::IsQuery(child.kind)) AddWindows(child, windows);
  });
}

bool HasWindow(const ast::Select& select) {
  return std::any_of(select.items.begin(), select.items.end(),
                     [](const ast::SelectItem* item) { return sql::HasWindow(*item); });
}

// Whether the rows of its selects are no more than what INTERSECT, EXCEPT or a window computes from.
bool CombinesRows(const ast::Query& query) {
  if (query.kind == ast::Kind::kSelect) return HasWindow(ast::As<ast::Select>(query));
  const auto& compound = ast::As<ast::Compound>(query);
  return compound.op != ast::SetOp::kUnion ||
         std::any_of(compound.members.begin(), compound.members.end(),
                     [](const ast::Query* member) { return CombinesRows(*member); });
}

// The selects whose rows are those of the query, and that read no table.
void AddTableless(const ast::Query& query, std::unordered_set<const ast::Select*>& found) {
  if (query.kind == ast::Kind::kSelect) {
    const auto& select = ast::As<ast::Select>(query);
    if (!select.from) found.insert(&select);
    return;
  }
  for (const ast::Query* member : ast::As<ast::Compound>(query).members) AddTableless(*member, found);
}

// Whether an item is computed, but of no column: of parameters, perhaps.
bool IsComputedConstant(const ast::SelectItem& item) {
  if (item.value->kind == ast::Kind::kLiteral) return false;
  bool constant = true;
  sql::ForEachFreeColumn(*item.value, [&constant](const ast::Column&) { constant = false; });
  return constant;
}

bool HasComputedConstant(const ast::Query& query) {
  bool found = false;
  const auto look = [&found](const ast::Node& node) {
    found = found || (node.kind == ast::Kind::kSelectItem && IsComputedConstant(ast::As<ast::SelectItem>(node)));
  };
  ast::Walk(query, look);
  return found;
}

// A query in FROM has no other names for its columns.
bool IsNamedAsItsItems(const ast::Cte& cte) {
  const auto items = sql::ItemsOf(*cte.query);
  for (size_t i = 0; i < cte.columns.size(); ++i) {
    const ast::SelectItem& item = *items[i];
    const bool column = item.alias.empty() && item.value->kind == ast::Kind::kColumn;
    if ((column ? ast::As<ast::Column>(*item.value).name : item.alias) != cte.columns[i]) return false;
  }
  return true;
}

bool IsUnionOfDistinct(const ast::Node& node) {
  if (node.kind != ast::Kind::kCompound) return false;
  const auto& compound = ast::As<ast::Compound>(node);
  return compound.op == ast::SetOp::kUnion && !compound.all;
}

}  // namespace

// Through the semijoin or outer join that reads it MySQL loses the row of an EXCEPT whose first select has one. That
// is not so of one that is read by another query with a limit.
void MysqlRenderer::TableText(const ast::Query& query) {
  const auto* compound = query.kind == ast::Kind::kCompound ? &ast::As<ast::Compound>(query) : nullptr;
  const bool loses = compound != nullptr && (compound->op == ast::SetOp::kExcept ||
                                             (compound->op == ast::SetOp::kIntersect && compound->all));
  if (mariadb() || !loses) return QueryText(query);
  sql_ << "SELECT * FROM (";
  QueryText(query);
  sql_ << ") AS whole LIMIT " << kAllRows;
}

// Of the rows that an outer join adds MySQL computes the constants of a query that it has merged with the one around,
// instead of NULL.
void MysqlRenderer::Hints(const ast::Select& select) {
  if (mariadb() || !select.from) return;
  std::vector<ast::Name> names;
  AddConstantTables(*select.from, false, names);
  for (size_t i = 0; i < names.size(); ++i) {
    sql_ << (i == 0 ? "/*+ NO_MERGE(" : ", ");
    sql_.Identifier(names[i]);
  }
  if (!names.empty()) sql_ << ") */ ";
}

void MysqlRenderer::AddConstantTables(const ast::Source& source, bool may_lack, std::vector<ast::Name>& names) const {
  if (source.kind == ast::Kind::kJoin) {
    const auto& join = ast::As<ast::Join>(source);
    AddConstantTables(*join.left, may_lack || join.join == ast::JoinKind::kRight, names);
    AddConstantTables(*join.right, may_lack || join.join == ast::JoinKind::kLeft, names);
    return;
  }
  const bool constants = source.kind == ast::Kind::kDerived
                             ? reads_constants_ || HasComputedConstant(*ast::As<ast::Derived>(source).query)
                             : constant_ctes_.contains(ast::As<ast::Table>(source).name);
  if (may_lack && constants) sql::AddSources(source, names);
}

// All of a statement that has such a one: they may read each other.
void MysqlRenderer::FindConstantTables(const ast::Statement& statement) {
  if (mariadb()) return;
  const auto look = [this](const ast::Node& node) {
    if (node.kind != ast::Kind::kCte) return;
    const auto& cte = ast::As<ast::Cte>(node);
    constant_ctes_.insert(cte.name);
    reads_constants_ = reads_constants_ || HasComputedConstant(*cte.query);
  };
  WalkOnce(statement, look);
  if (!reads_constants_) constant_ctes_.clear();
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
    if (found == ctes.end() || found->second == nullptr || !IsNamedAsItsItems(*found->second)) return;
    const ast::Query& query = *found->second->query;
    if (CountReads(query, table.name) > 0 || sql::IsCorrelated(query)) return;
    inlined_.emplace(&table, &query);
    WalkOnce(query, seen, look);
  };
  WalkOnce(statement, [&](const ast::Node& node) {
    if (node.kind == ast::Kind::kAggregate) WalkOnce(node, seen, look);
  });
}

// MariaDB sorts by the first of its windows only, where one of all rows stands beside two others.
void MysqlRenderer::FindWholeWindows(const ast::Statement& statement) {
  if (!mariadb()) return;
  const auto look = [this](const ast::Node& node) {
    if (node.kind != ast::Kind::kSelect) return;
    std::vector<const ast::Over*> windows;
    ast::ForEachChild(node, [&windows](const ast::Node& part) {
      if (!ast::IsQuery(part.kind)) AddWindows(part, windows);
    });
    if (windows.size() < 3) return;
    for (const ast::Over* window : windows) {
      if (window->partition.empty() && window->order.empty()) beside_others_.insert(window);
    }
  };
  WalkOnce(statement, look);
}

// A value that it does not take for a constant.
absl::string_view MysqlRenderer::WholeWindow(const ast::Over& over) {
  return beside_others_.contains(&over) ? "PARTITION BY RAND() < 0" : "";
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

// INTERSECT and EXCEPT of MySQL tell -0.0 from 0.0.
bool MysqlRenderer::ComparedItem(const ast::Expr& value) {
  if (mariadb() || !rows_are_matched_ || sql::TypeOf(value) != Type::kFloat64) return Renderer::ComparedItem(value);
  Operand(value);
  sql_ << " + 0e0";
  return true;
}

// To the INTERSECT ALL of three MySQL finds a NULL where the last one has a 0: two at a time.
void MysqlRenderer::CompoundText(const ast::Compound& compound) {
  const size_t count = compound.members.size();
  if (mariadb() || compound.op != ast::SetOp::kIntersect || !compound.all || count < 3) {
    return Renderer::CompoundText(compound);
  }
  ast::Compound first;
  first.op = compound.op;
  first.all = true;
  first.members = compound.members.first(count - 1);
  const std::array<const ast::Query*, 2> pair = {&first, compound.members.back()};
  ast::Compound both = compound;
  both.members = pair;
  Renderer::CompoundText(both);
}

// In MariaDB a table in FROM does not see the query around it, and no WITH stands in parentheses.
void MysqlRenderer::NestedMember(const ast::Query& member, size_t number) {
  if (!mariadb() || !sql::IsCorrelated(member)) return Renderer::NestedMember(member, number);
  const bool with = member.kind == ast::Kind::kSelect ? static_cast<bool>(ast::As<ast::Select>(member).with)
                                                      : static_cast<bool>(ast::As<ast::Compound>(member).with);
  if (with) {
    return Refuse(sql::Feature::kCorrelatedTable,
                  "a query with common table expressions is put together with another one and reads the query around "
                  "it: join instead");
  }
  sql_ << "(";
  QueryText(member);
  sql_ << ")";
}

// A value that is looked for in a UNION in FROM MySQL finds by the key that tells the rows apart, and forgets that one of
// them may be NULL: it is not in the union then, instead of nobody knows. A limit makes rows without that key.
bool MysqlRenderer::ReadsUnion(const ast::Query& query) const {
  if (mariadb() || query.kind != ast::Kind::kSelect) return false;
  bool found = false;
  WalkOnce(query, [&](const ast::Node& node) {
    found = found || IsUnionOfDistinct(node) ||
            (node.kind == ast::Kind::kTable && union_ctes_.contains(ast::As<ast::Table>(node).name));
  });
  return found;
}

// All of a statement that has such a one: they may read each other.
void MysqlRenderer::FindUnions(const ast::Statement& statement) {
  if (mariadb()) return;
  bool found = false;
  ForEachCte(statement, [&](const ast::Cte& cte) {
    union_ctes_.insert(cte.name);
    WalkOnce(*cte.query, [&found](const ast::Node& node) { found = found || IsUnionOfDistinct(node); });
  });
  if (!found) union_ctes_.clear();
}

// Error 1235: no LIMIT in a query that a value is looked for in, but in one within it. Both servers ask each select for
// the value before INTERSECT and EXCEPT put rows together, and MariaDB before windows are known, which MySQL refuses.
void MysqlRenderer::Looked(const ast::Query& query) {
  if (!HasLimit(query) && !CombinesRows(query)) {
    if (!ReadsUnion(query)) return QueryText(query);
    sql_ << "SELECT * FROM (";
    QueryText(query);
    sql_ << " LIMIT " << kAllRows << ") AS looked";
    return;
  }
  if (mariadb() && sql::IsCorrelated(query)) {
    return Refuse(sql::Feature::kCorrelatedTable,
                  "a query with a limit, a window, INTERSECT or EXCEPT is a table in FROM here, which does not see the "
                  "query around it: leave that out, or join");
  }
  sql_ << "SELECT * FROM (";
  TableText(query);
  sql_ << ") AS looked";
}

// To MySQL nothing is greater than ANY (SELECT 2), and MariaDB finds no NULL in `? IN (SELECT ? UNION SELECT ?)`: these selects
// read a table of one row.
void MysqlRenderer::FindSought(const ast::Statement& statement) {
  WalkOnce(statement, [this](const ast::Node& node) {
    if (node.kind == ast::Kind::kInQuery) AddTableless(*ast::As<ast::InQuery>(node).query, sought_);
    if (node.kind == ast::Kind::kQuantified) AddTableless(*ast::As<ast::Quantified>(node).query, sought_);
  });
}

// An aggregate of no table is computed by MariaDB with the query around, and `(SELECT COUNT(?)) IN (…)` before it.
void MysqlRenderer::NoTable(const ast::Select& select) {
  if (sought_.contains(&select) || (mariadb() && sql::HasAggregate(select))) sql_ << " FROM (SELECT 1) AS one";
}

// Both servers leave DISTINCT and GROUP BY out of what is in EXISTS, and then skip rows of all that are there. Of INTERSECT
// and EXCEPT they compare the rows of a query in FROM as in WHERE, where NULL is not NULL, unless the whole is one, too. MySQL does
// not find what rows of several queries are ordered by (error 1247), which says nothing without a limit.
void MysqlRenderer::Existing(const ast::Query& query) {
  if (query.kind == ast::Kind::kCompound) {
    ast::Compound compound = ast::As<ast::Compound>(query);
    if (!HasLimit(query)) compound.order = {};
    if (!CombinesRows(compound)) return QueryText(compound);
    if (!mariadb() || !sql::IsCorrelated(compound)) return ExistingTable(compound);
    const auto plain = [](const ast::Query* member) { return IsPlainMember(*member); };
    if (std::all_of(compound.members.begin(), compound.members.end(), plain)) return QueryText(compound);
    return Refuse(sql::Feature::kCorrelatedTable,
                  "INTERSECT and EXCEPT in EXISTS that order, limit or put together rows first are a table in FROM here, "
                  "which does not see the query around it: join instead");
  }
  const auto& select = ast::As<ast::Select>(query);
  if (!select.offset || !(select.distinct || select.grouping)) return QueryText(query);
  if (mariadb() && sql::IsCorrelated(query)) {
    return Refuse(sql::Feature::kCorrelatedTable,
                  "a query in EXISTS that skips groups or distinct rows is a table in FROM here, which does not see the "
                  "query around it: compare a count of them");
  }
  ExistingTable(query);
}

void MysqlRenderer::ExistingTable(const ast::Query& query) {
  sql_ << "SELECT * FROM (";
  TableText(query);
  sql_ << ") AS existing";
}

}  // namespace ferro::mysql
