// Queries within queries, where MySQL and MariaDB find other rows than those asked for unless they are told how.
#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dialects/mysql/find.h"
#include "dialects/mysql/renderer.h"
#include "engine/ast/derive.h"
#include "engine/base/error.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"

namespace ferro::mysql {
namespace {

void AddWindows(const ast::Node& node, std::vector<const ast::Over*>& windows) {
  if (node.kind == ast::Kind::kOver) windows.push_back(&ast::As<ast::Over>(node));
  ast::ForEachChild(node, [&windows](const ast::Node& child) {
    if (!ast::IsQuery(child.kind)) AddWindows(child, windows);
  });
}

// Whether an item is computed, but of no column: of parameters, perhaps.
bool IsComputedConstant(const ast::SelectItem& item) {
  return item.value->kind != ast::Kind::kLiteral && ReadsNoColumn(*item.value);
}

bool HasComputedConstant(const ast::Query& query) {
  bool found = false;
  const auto look = [&found](const ast::Node& node) {
    found = found || (node.kind == ast::Kind::kSelectItem && IsComputedConstant(ast::As<ast::SelectItem>(node)));
  };
  ast::Walk(query, look);
  return found;
}

// MariaDB asks for an order of these (error 4018); without one all rows are equal, or come as they come.
bool WantsOrder(const ast::Node& call) {
  if (call.kind != ast::Kind::kWindowCall) return false;
  switch (ast::As<ast::WindowCall>(call).function) {
    case ast::WindowFunction::kRank:
    case ast::WindowFunction::kDenseRank:
    case ast::WindowFunction::kPercentRank:
    case ast::WindowFunction::kCumeDist:
    case ast::WindowFunction::kLag:
    case ast::WindowFunction::kLead: return true;
    case ast::WindowFunction::kRowNumber:
    case ast::WindowFunction::kNtile:
    case ast::WindowFunction::kFirstValue:
    case ast::WindowFunction::kLastValue:
    case ast::WindowFunction::kNthValue: return false;
  }
  return false;
}

}  // namespace

// Through the semijoin or outer join that reads it MySQL loses the row of an EXCEPT whose first select has one, and has error
// 1030 for an INTERSECT. That is not so of one that is read by another query with a limit.
void MysqlRenderer::TableText(const ast::Query& query) {
  const bool loses = query.kind == ast::Kind::kCompound && ast::As<ast::Compound>(query).op != ast::SetOp::kUnion;
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
  // Rows of a lateral one it groups twice (error 1022).
  const auto* derived = source.kind == ast::Kind::kDerived ? &ast::As<ast::Derived>(source) : nullptr;
  const bool constants = derived != nullptr
                             ? derived->lateral || reads_constants_ || HasComputedConstant(*derived->query)
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

absl::string_view MysqlRenderer::NoOrder(const ast::Over& over) {
  if (!mariadb()) return "";
  const bool beside_others = beside_others_.contains(&over);
  // A value that it does not take for a constant.
  if (beside_others) return WantsOrder(*over.call) ? "PARTITION BY RAND() < 0 ORDER BY NULL" : "PARTITION BY RAND() < 0";
  return WantsOrder(*over.call) ? "ORDER BY NULL" : "";
}

// Error 1054: HAVING of a query within another HAVING does not find a column of the query around it, and neither does a query in FROM
// there.
void MysqlRenderer::RefuseOuterHaving(const ast::Statement& statement) {
  if (mariadb()) return;
  bool lost = false;
  const auto within = [&lost](const ast::Node& part) {
    lost = lost || (part.kind == ast::Kind::kDerived && sql::IsCorrelated(*ast::As<ast::Derived>(part).query));
    if (part.kind != ast::Kind::kSelect) return;
    const auto& select = ast::As<ast::Select>(part);
    const bool having = select.grouping && select.grouping->having;
    lost = lost || (having && sql::ReadsOuter(*select.grouping->having, select));
  };
  WalkOnce(statement, [&](const ast::Node& node) {
    if (node.kind != ast::Kind::kGrouping) return;
    const auto& having = ast::As<ast::Grouping>(node).having;
    if (having) WalkOnce(*having, within);
  });
  if (!lost) return;
  Fail(MakeErrorWithHint(ErrorClass::kUnsupported,
                         absl::StrCat(profile_.version.ToString(),
                                      " does not find a column of the query around in HAVING, or in a query in FROM, of a query "
                                      "within HAVING"),
                         "compare with the column in WHERE, or in the query around"));
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

// What DISTINCT rows are ordered by MySQL wants among the items (error 3065), which have + 0e0 as they are compared: outside then.
bool MysqlRenderer::DistinctMember(const ast::Query& member, size_t number) {
  if (mariadb() || !rows_are_matched_ || member.kind != ast::Kind::kSelect || !HasNames(member)) return false;
  const auto& select = ast::As<ast::Select>(member);
  if (!select.distinct || select.order.empty()) return false;
  for (const ast::SelectItem* item : select.items) {
    const ast::Name name = sql::NameOf(*item);
    sql_ << (item == select.items[0] ? "SELECT " : ", ");
    sql_.Identifier(name);
    if (sql::TypeOf(*item->value) != Type::kFloat64) continue;
    sql_ << " + 0e0 AS ";
    sql_.Identifier(name);
  }
  sql_ << " FROM (";
  QueryText(member);
  sql_ << ") AS ";
  sql_.Identifier(absl::StrCat("member_", number));
  return true;
}

// In MariaDB a table in FROM does not see the query around it, and no WITH stands in parentheses.
void MysqlRenderer::NestedMember(const ast::Query& member, size_t number) {
  if (DistinctMember(member, number)) return;
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

// Both servers leave DISTINCT and GROUP BY out of what is in EXISTS, and then skip rows of all that are there. Of INTERSECT
// and EXCEPT they compare the rows of a query in FROM as in WHERE, where NULL is not NULL, unless the whole is one, too. MySQL does
// not find what rows of several queries are ordered by (errors 1247, 1054), which does not change how many there are.
void MysqlRenderer::Existing(const ast::Query& query) {
  if (query.kind == ast::Kind::kCompound) {
    ast::Compound compound = ast::As<ast::Compound>(query);
    compound.order = {};
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
