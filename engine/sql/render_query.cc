// Queries and their clauses.
#include <algorithm>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/sql/renderer.h"
#include "engine/sql/type_of.h"

namespace ferro::sql {
namespace {

bool GroupsByPlace(const ast::Select& select) {
  if (!select.grouping) return false;
  const auto by_place = [](ast::List<const ast::Expr*> items) {
    return std::any_of(items.begin(), items.end(), [](const ast::Expr* item) {
      return item->kind == ast::Kind::kLiteral;
    });
  };
  const auto sets = select.grouping->sets;
  return by_place(select.grouping->items) ||
         std::any_of(sets.begin(), sets.end(),
                     [&](const ast::GroupingSet* set) { return by_place(set->items); });
}

}  // namespace

std::vector<ResultColumn> ResultColumns(ast::List<const ast::SelectItem*> items) {
  std::vector<ResultColumn> columns;
  columns.reserve(items.size());
  for (const ast::SelectItem* item : items) {
    absl::string_view name = item->alias;
    if (name.empty() && item->value->kind == ast::Kind::kColumn) {
      name = ast::As<ast::Column>(*item->value).name;
    }
    columns.push_back({std::string(name), TypeOf(*item)});
  }
  return columns;
}

void Renderer::Query(const ast::Query& query, Compiled& compiled) {
  compiled.columns = ResultColumns(ItemsOf(query));
  // What takes locks is no mere query: it must not be sent to a replica, nor be repeated unasked.
  const bool locks = compiled.features.test(static_cast<size_t>(Feature::kRowLock)) ||
                     compiled.features.test(static_cast<size_t>(Feature::kShareLock));
  compiled.statement_class = locks ? StatementClass::kWrite : StatementClass::kQuery;
  QueryText(query);
  AddStep(compiled).columns = compiled.columns;
}

void Renderer::QueryText(const ast::Query& query) {
  // A subquery's names are its own, and so is what its rows are compared with.
  const ast::Select* const outer_naming = std::exchange(naming_, nullptr);
  const bool outer_compared = std::exchange(rows_are_compared_, false);
  const bool outer_matched = std::exchange(rows_are_matched_, false);
  RowsText(query);
  rows_are_compared_ = outer_compared;
  rows_are_matched_ = outer_matched;
  naming_ = outer_naming;
}

void Renderer::RowsText(const ast::Query& query) {
  if (query.kind == ast::Kind::kSelect) {
    SelectText(ast::As<ast::Select>(query));
  } else {
    CompoundText(ast::As<ast::Compound>(query));
  }
}

void Renderer::SelectText(const ast::Select& select) {
  if (select.with) With(*select.with);
  sql_ << "SELECT ";
  Hints(select);
  if (select.distinct) DistinctClause(*select.distinct);
  const bool outer_compared = rows_are_compared_;
  rows_are_compared_ = outer_compared || select.distinct || GroupsByPlace(select);
  Items(select.items);
  rows_are_compared_ = outer_compared;
  if (select.from) {
    sql_ << " FROM ";
    Source(*select.from);
  } else {
    NoTable(select);
  }
  WhereClause(select.where);
  if (select.grouping) {
    naming_ = &select;
    in_having_ = true;
    GroupingClause(*select.grouping);
    in_having_ = false;
    naming_ = nullptr;
  }
  OrderClause(select);
  if (select.limit || select.offset) {
    LimitClause({select.limit, select.offset, select.with_ties});
  }
  if (select.lock) LockClause(*select.lock);
}

// Precedences differ, and SQLite takes no parentheses here: a member that is more than a plain select is a
// table of its own.
void Renderer::CompoundText(const ast::Compound& compound) {
  if (compound.with) With(*compound.with);
  const bool outer_compared = rows_are_compared_;
  rows_are_compared_ = outer_compared || compound.op != ast::SetOp::kUnion || !compound.all ||
                       !compound.order.empty();
  const bool outer_matched = rows_are_matched_;
  rows_are_matched_ = outer_matched || compound.op != ast::SetOp::kUnion;
  for (size_t i = 0; i < compound.members.size(); ++i) {
    if (i > 0) {
      switch (compound.op) {
        case ast::SetOp::kUnion:
          sql_ << " UNION ";
          break;
        case ast::SetOp::kIntersect:
          sql_ << " INTERSECT ";
          break;
        case ast::SetOp::kExcept:
          sql_ << " EXCEPT ";
          break;
      }
      if (compound.all) sql_ << "ALL ";
    }
    Member(*compound.members[i], i + 1);
  }
  rows_are_compared_ = outer_compared;
  rows_are_matched_ = outer_matched;
  for (size_t i = 0; i < compound.order.size(); ++i) {
    sql_ << (i == 0 ? " ORDER BY " : ", ");
    // Of columns by their names only, which are ordered as the items are compared: to SQLite, which is told how at
    // the items, it is another statement when it is said here.
    Column(ast::As<ast::Column>(*compound.order[i]->value), true);
    Direction(*compound.order[i]);
  }
  if (compound.limit || compound.offset) LimitClause({compound.limit, compound.offset, false});
}

void Renderer::Member(const ast::Query& member, size_t number) {
  if (IsPlainMember(member)) return SelectText(ast::As<ast::Select>(member));
  NestedMember(member, number);
}

bool Renderer::IsPlainMember(const ast::Query& member) {
  if (member.kind != ast::Kind::kSelect) return false;
  const auto& select = ast::As<ast::Select>(member);
  return !select.with && select.order.empty() && !select.limit && !select.offset && !select.lock;
}

void Renderer::NestedMember(const ast::Query& member, size_t number) {
  sql_ << "SELECT * FROM (";
  RowsText(member);
  sql_ << ") AS ";
  sql_.Identifier(absl::StrCat("member_", number));
}

void Renderer::With(const ast::With& with) {
  const bool open = std::exchange(with_is_open_, false);
  absl::string_view before = open ? "" : with.recursive ? "WITH RECURSIVE " : "WITH ";
  for (const ast::Cte* each : with.ctes) {
    const ast::Cte& cte = *each;
    if (!IsSaid(cte)) continue;
    sql_ << std::exchange(before, ", ");
    sql_.Identifier(cte.name);
    if (!cte.columns.empty()) NameList(cte.columns);
    sql_ << " AS ";
    MaterializedWord(cte.materialized);
    sql_ << "(";
    CommonText(cte);
    sql_ << ")";
  }
  if (open || before == ", ") sql_ << " ";
}

void Renderer::CommonText(const ast::Cte& cte) { TableText(*cte.query); }

void Renderer::MaterializedWord(ast::Materialized materialized) {
  if (!Is(Feature::kMaterializedHint, Support::kNative)) return;
  if (materialized == ast::Materialized::kAlways) sql_ << "MATERIALIZED ";
  if (materialized == ast::Materialized::kNever) sql_ << "NOT MATERIALIZED ";
}

void Renderer::DistinctClause(const ast::Distinct& distinct) {
  if (distinct.on.empty()) {
    sql_ << "DISTINCT ";
    return;
  }
  sql_ << "DISTINCT ON (";
  Groups(distinct.on);
  sql_ << ") ";
}

void Renderer::Items(ast::List<const ast::SelectItem*> items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) sql_ << ", ";
    const ast::Expr& value = *items[i]->value;
    ast::Name name = items[i]->alias;
    if (value.kind == ast::Kind::kLiteral && TypeOf(value) == Type::kInt64) {
      IntegerItem(ast::As<ast::Literal>(value));
    } else if (!rows_are_compared_) {
      Expression(value);
    } else if (ComparedItem(value) && name.empty() && value.kind == ast::Kind::kColumn) {
      name = ast::As<ast::Column>(value).name;
    }
    if (!name.empty()) {
      sql_ << " AS ";
      sql_.Identifier(name);
    }
  }
}

void Renderer::Source(const ast::Source& source) {
  ast::Visit(source, [this](const auto& node) {
    using T = std::remove_cvref_t<decltype(node)>;
    if constexpr (std::is_same_v<T, ast::Table>) {
      Table(node);
    } else if constexpr (std::is_same_v<T, ast::Derived>) {
      Derived(node);
    } else if constexpr (std::is_same_v<T, ast::Join>) {
      Join(node);
    }
  });
}

void Renderer::Table(const ast::Table& table) {
  if (Inlined(table)) {
    sql_ << " AS ";
    return sql_.Identifier(table.alias.empty() ? table.name : table.alias);
  }
  sql_.Identifier(table.name);
  if (!table.alias.empty()) {
    sql_ << " AS ";
    sql_.Identifier(table.alias);
  }
}

void Renderer::Derived(const ast::Derived& derived) {
  sql_ << (derived.lateral ? "LATERAL (" : "(");
  TableText(*derived.query);
  sql_ << ") AS ";
  sql_.Identifier(derived.alias);
}

void Renderer::Join(const ast::Join& join) {
  Source(*join.left);
  switch (join.join) {
    case ast::JoinKind::kInner:
      sql_ << " INNER JOIN ";
      break;
    case ast::JoinKind::kLeft:
      sql_ << " LEFT JOIN ";
      break;
    case ast::JoinKind::kRight:
      sql_ << " RIGHT JOIN ";
      break;
    case ast::JoinKind::kFull:
      sql_ << " FULL JOIN ";
      break;
    case ast::JoinKind::kCross:
      sql_ << " CROSS JOIN ";
      break;
  }
  const bool joined = join.right->kind == ast::Kind::kJoin;  // of a rewrite only
  if (joined) sql_ << "(";
  Source(*join.right);
  if (joined) sql_ << ")";
  if (!join.on) return;
  sql_ << " ON ";
  Expression(*join.on);
}

void Renderer::GroupingClause(const ast::Grouping& grouping) {
  if (!grouping.items.empty() || !grouping.sets.empty()) {
    sql_ << " GROUP BY ";
    GroupByClause(grouping);
  }
  if (!grouping.having) return;
  sql_ << " HAVING ";
  Expression(*grouping.having);
}

void Renderer::GroupByClause(const ast::Grouping& grouping) {
  switch (grouping.grouping) {
    case ast::GroupingKind::kPlain:
      return Groups(grouping.items);
    case ast::GroupingKind::kRollup:
      sql_ << "ROLLUP (";
      break;
    case ast::GroupingKind::kCube:
      sql_ << "CUBE (";
      break;
    case ast::GroupingKind::kSets:
      sql_ << "GROUPING SETS (";
      for (size_t i = 0; i < grouping.sets.size(); ++i) {
        sql_ << (i > 0 ? ", (" : "(");
        Groups(grouping.sets[i]->items);
        sql_ << ")";
      }
      break;
  }
  Groups(grouping.items);
  sql_ << ")";
}

void Renderer::LockClause(const ast::Lock& lock) {
  sql_ << (lock.strength == ast::LockStrength::kUpdate ? " FOR UPDATE" : " FOR SHARE");
  for (size_t i = 0; i < lock.of.size(); ++i) {
    sql_ << (i > 0 ? ", " : " OF ");
    sql_.Identifier(lock.of[i]);
  }
  if (lock.wait == ast::LockWait::kNoWait) sql_ << " NOWAIT";
  if (lock.wait == ast::LockWait::kSkipLocked) sql_ << " SKIP LOCKED";
}

void Renderer::WhereClause(const ast::Maybe<ast::Expr>& where) {
  if (!where) return;
  sql_ << " WHERE ";
  Expression(*where);
}

void Renderer::OrderClause(const ast::Select& select) {
  // All rows of a query are compared with those of another one: their order is nothing. MySQL would want what DISTINCT rows are
  // ordered by among the items, which are written there as they are compared.
  const bool distinct = select.distinct && select.distinct->on.empty();
  if (rows_are_matched_ && distinct && !select.limit && !select.offset) return;
  naming_ = &select;
  OrderBy(select.order);
  naming_ = nullptr;
}

void Renderer::OrderBy(ast::List<const ast::OrderItem*> order, absl::string_view before) {
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0) sql_ << before << "ORDER BY ";
    if (i > 0) sql_ << ", ";
    OrderItem(*order[i]);
  }
}

void Renderer::OrderItem(const ast::OrderItem& item) {
  const bool name = item.value->kind == ast::Kind::kColumn && TypeOf(*item.value) != Type::kDecimal;
  if (name) {
    Column(ast::As<ast::Column>(*item.value), true);
  } else {
    Compared(*item.value, TypeOf(*item.value));
  }
  Direction(item);
}

void Renderer::Direction(const ast::OrderItem& item) {
  if (item.descending) sql_ << " DESC";
  if (item.nulls == ast::Nulls::kNever) return;
  const bool first =
      item.nulls == ast::Nulls::kFirst || (item.nulls == ast::Nulls::kDefault && item.descending);
  if (NullsStandFirst(item.descending) == first) return;
  sql_ << (first ? " NULLS FIRST" : " NULLS LAST");
}

void Renderer::IntegerItem(const ast::Literal& literal) { Expression(literal); }

bool Renderer::ComparedItem(const ast::Expr& value) {
  Expression(value);
  return false;
}

std::optional<bool> Renderer::NullsStandFirst(bool /*descending*/) const { return std::nullopt; }

void Renderer::LimitOffset(const Page& page, absl::string_view all_rows) {
  const auto count = [this](const ast::Expr& expr) {
    if (expr.kind == ast::Kind::kParam) return Bound(ast::As<ast::Param>(expr), true);
    Expression(expr);
  };
  if (page.limit) {
    sql_ << " LIMIT ";
    count(*page.limit);
  } else if (!all_rows.empty()) {
    sql_ << " LIMIT " << all_rows;
  }
  if (page.offset) {
    sql_ << " OFFSET ";
    count(*page.offset);
  }
}

void Renderer::LimitClause(const Page& page) {
  const auto rows = [this](const ast::Expr& expr) {
    if (expr.kind == ast::Kind::kParam) {
      Bound(ast::As<ast::Param>(expr), true);
    } else {
      Expression(expr);
    }
    sql_ << " ROWS";
  };
  if (page.offset) {
    sql_ << " OFFSET ";
    rows(*page.offset);
  }
  if (page.limit) {
    sql_ << " FETCH NEXT ";
    rows(*page.limit);
    sql_ << (page.with_ties ? " WITH TIES" : " ONLY");
  }
}

}  // namespace ferro::sql
