// Values that are looked for in queries: IN, ANY and ALL.
#include <algorithm>
#include <unordered_set>

#include "dialects/mysql/find.h"
#include "dialects/mysql/renderer.h"
#include "engine/ast/derive.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"

namespace ferro::mysql {
namespace {

// The selects whose rows are those of the query.
void AddSelects(const ast::Query& query, std::unordered_set<const ast::Select*>& found) {
  if (query.kind == ast::Kind::kSelect) {
    found.insert(&ast::As<ast::Select>(query));
    return;
  }
  for (const ast::Query* member : ast::As<ast::Compound>(query).members) AddSelects(*member, found);
}

bool HasGroups(const ast::Query& query) {
  return query.kind == ast::Kind::kSelect && ast::As<ast::Select>(query).grouping;
}

bool HasHaving(const ast::Query& query) {
  return HasGroups(query) && ast::As<ast::Select>(query).grouping->having;
}

// Whether an item is an aggregate of no column.
bool HasConstantAggregate(const ast::Query& query) {
  const auto items = sql::ItemsOf(query);
  return std::any_of(items.begin(), items.end(), [](const ast::SelectItem* item) {
    return sql::HasAggregate(*item->value) && ReadsNoColumn(*item->value);
  });
}

bool IsUnionOfDistinct(const ast::Node& node) {
  if (node.kind != ast::Kind::kCompound) return false;
  const auto& compound = ast::As<ast::Compound>(node);
  return compound.op == ast::SetOp::kUnion && !compound.all;
}

}  // namespace

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
// the value before INTERSECT and EXCEPT put rows together, and MariaDB before windows are known, which MySQL refuses. Groups that
// a row is looked for in MySQL does not understand (error 1064), and MariaDB goes down with some; of those whose aggregates are of
// constants it forgets a NULL, as MySQL does of those with HAVING.
void MysqlRenderer::Looked(const ast::Query& query) {
  if (!HasLimit(query) && !CombinesRows(query) && !groups_sought_.contains(&query)) {
    if (!ReadsUnion(query)) return QueryText(query);
    sql_ << "SELECT * FROM (";
    QueryText(query);
    sql_ << " LIMIT " << kAllRows << ") AS looked";
    return;
  }
  if (mariadb() && sql::IsCorrelated(query)) {
    return Refuse(sql::Feature::kCorrelatedTable,
                  "a query with a limit, a window, INTERSECT or EXCEPT, or with groups of rows or constants, is a "
                  "table in FROM here, which does not see the query around it: leave that out, or join");
  }
  if (windows_sought_.contains(&query)) {
    return Refuse(sql::Feature::kSoughtWindow,
                  "MySQL compares before the window is known with a query that has a limit, a window, INTERSECT or EXCEPT "
                  "and reads the one around: leave that out, or compute the window in a query in FROM");
  }
  const bool keyed = !mariadb() && IsUnionOfDistinct(query) && !HasLimit(query);  // see ReadsUnion
  sql_ << "SELECT * FROM (" << (keyed ? "SELECT * FROM (" : "");
  TableText(query);
  if (keyed) sql_ << ") AS whole LIMIT " << kAllRows;
  sql_ << ") AS looked";
}

// MariaDB finds no NULL among parameters that a select without a table gives to another query, and MySQL nothing greater than
// ANY (SELECT 2): such selects read a table of one row.
void MysqlRenderer::NoTable(const ast::Select& select) {
  if (needs_table_.contains(&select)) sql_ << " FROM (SELECT 1) AS one";
}

// Nor does it find a NULL in what FULL JOIN is rewritten to, unless the parameter is cast.
void MysqlRenderer::FindGiven(const ast::Query& query) {
  std::unordered_set<const ast::Select*> selects;
  AddSelects(query, selects);
  for (const ast::Select* select : selects) {
    if (select->from) continue;
    needs_table_.insert(select);
    for (const ast::SelectItem* item : select->items) {
      if (item->value->kind == ast::Kind::kParam) given_.insert(&ast::As<ast::Param>(*item->value));
    }
  }
}

void MysqlRenderer::FindSought(const ast::Statement& statement) {
  const auto sought = [this](const ast::Expr& value, const ast::Query& query) {
    AddSelects(query, needs_table_);
    if (sql::HasWindow(value) && sql::IsCorrelated(query)) windows_sought_.insert(&query);
    const bool lost = value.kind == ast::Kind::kRow || (mariadb() ? HasConstantAggregate(query) : HasHaving(query));
    if (lost && HasGroups(query)) groups_sought_.insert(&query);
  };
  WalkOnce(statement, [&](const ast::Node& node) {
    if (node.kind == ast::Kind::kInQuery) {
      const auto& in = ast::As<ast::InQuery>(node);
      sought(*in.value, *in.query);
    } else if (node.kind == ast::Kind::kQuantified) {
      const auto& quantified = ast::As<ast::Quantified>(node);
      sought(*quantified.value, *quantified.query);
    } else if (mariadb() && node.kind == ast::Kind::kDerived) {
      FindGiven(*ast::As<ast::Derived>(node).query);
    } else if (mariadb() && node.kind == ast::Kind::kCte) {
      FindGiven(*ast::As<ast::Cte>(node).query);
    }
  });
}

// To MariaDB `(SELECT MIN(0) FROM t) IN (SELECT 1 FROM t)` is true, and `HAVING MIN(a) IN (SELECT …)` of no group.
void MysqlRenderer::Sought(const ast::Expr& value, Type common) {
  const bool computed = value.kind == ast::Kind::kSubquery || value.kind == ast::Kind::kAggregate;
  if (!mariadb() || !computed) return Renderer::Sought(value, common);
  sql_ << "COALESCE(";
  Compared(value, common);
  sql_ << ")";
}

}  // namespace ferro::mysql
