// SELECT and its clauses.
#include "engine/sql/renderer.h"
#include "engine/sql/type_of.h"

namespace ferro::sql {

std::vector<ResultColumn> ResultColumns(ast::List<const ast::SelectItem*> items) {
  std::vector<ResultColumn> columns;
  columns.reserve(items.size());
  for (const ast::SelectItem* item : items) {
    absl::string_view name = item->alias;
    if (name.empty() && item->value->kind == ast::Kind::kColumn) {
      name = ast::As<ast::Column>(*item->value).name;
    }
    const Type type = item->type == Type::kNull ? TypeOf(*item->value) : item->type;
    columns.push_back({std::string(name), type});
  }
  return columns;
}

void Renderer::Select(const ast::Select& select, Compiled& compiled) {
  compiled.columns = ResultColumns(select.items);
  // What takes locks is no mere query: it must not be sent to a replica, nor be repeated unasked.
  compiled.statement_class = select.for_update ? StatementClass::kWrite : StatementClass::kQuery;
  SelectText(select);
  AddStep(compiled).columns = compiled.columns;
}

void Renderer::SelectText(const ast::Select& select) {
  // A subquery's names are its own.
  const ast::Select* const outer_ordering = ordering_;
  ordering_ = nullptr;
  sql_ << "SELECT ";
  Items(select.items);
  if (select.from) From(*select.from);
  WhereClause(select.where);
  OrderClause(select);
  if (select.limit || select.offset) LimitClause(select);
  if (select.for_update) sql_ << " FOR UPDATE";
  ordering_ = outer_ordering;
}

void Renderer::Items(ast::List<const ast::SelectItem*> items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) sql_ << ", ";
    Expression(*items[i]->value);
    if (!items[i]->alias.empty()) {
      sql_ << " AS ";
      sql_.Identifier(items[i]->alias);
    }
  }
}

void Renderer::From(const ast::Table& table) {
  sql_ << " FROM ";
  sql_.Identifier(table.name);
  if (!table.alias.empty()) {
    sql_ << " AS ";
    sql_.Identifier(table.alias);
  }
}

void Renderer::WhereClause(const ast::Maybe<ast::Expr>& where) {
  if (!where) return;
  sql_ << " WHERE ";
  Expression(*where);
}

void Renderer::OrderClause(const ast::Select& select) {
  if (select.order.empty()) return;
  ordering_ = &select;
  sql_ << " ORDER BY ";
  for (size_t i = 0; i < select.order.size(); ++i) {
    if (i > 0) sql_ << ", ";
    OrderItem(*select.order[i]);
  }
  ordering_ = nullptr;
}

void Renderer::OrderItem(const ast::OrderItem& item) {
  Compared(*item.value, TypeOf(*item.value));
  if (item.descending) sql_ << " DESC";
  if (item.nulls == ast::Nulls::kNever) return;
  const bool first =
      item.nulls == ast::Nulls::kFirst || (item.nulls == ast::Nulls::kDefault && item.descending);
  if (NullsStandFirst(item.descending) == first) return;
  sql_ << (first ? " NULLS FIRST" : " NULLS LAST");
}

std::optional<bool> Renderer::NullsStandFirst(bool /*descending*/) const { return std::nullopt; }

void Renderer::LimitOffset(const ast::Select& select, absl::string_view all_rows) {
  const auto count = [this](const ast::Expr& expr) {
    if (expr.kind == ast::Kind::kParam) return Bound(ast::As<ast::Param>(expr), true);
    Expression(expr);
  };
  if (select.limit) {
    sql_ << " LIMIT ";
    count(*select.limit);
  } else if (!all_rows.empty()) {
    sql_ << " LIMIT " << all_rows;
  }
  if (select.offset) {
    sql_ << " OFFSET ";
    count(*select.offset);
  }
}

void Renderer::LimitClause(const ast::Select& select) {
  const auto rows = [this](const ast::Expr& expr) {
    if (expr.kind == ast::Kind::kParam) {
      Bound(ast::As<ast::Param>(expr), true);
    } else {
      Expression(expr);
    }
    sql_ << " ROWS";
  };
  if (select.offset) {
    sql_ << " OFFSET ";
    rows(*select.offset);
  }
  if (select.limit) {
    sql_ << " FETCH NEXT ";
    rows(*select.limit);
    sql_ << " ONLY";
  }
}

}  // namespace ferro::sql
