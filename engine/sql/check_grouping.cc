#include "engine/sql/check_grouping.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/ast/derive.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/sql/scope.h"

namespace ferro::sql {
namespace {

using ast::Kind;

absl::Status Wrong(absl::string_view what, absl::string_view hint) {
  return MakeErrorWithHint(ErrorClass::kPlan, what, hint);
}

std::string Shown(const ast::Column& column) {
  return column.source.empty() ? std::string(column.name)
                               : absl::StrCat(column.source, ".", column.name);
}

// What may stand in some part of a statement.
struct Place {
  absl::string_view name;
  bool aggregates = false;
  bool windows = false;
};

// Stops at subqueries, which are checked by themselves.
absl::Status CheckCalls(const ast::Node& node, const Place& place) {
  if (ast::IsQuery(node.kind)) return absl::OkStatus();
  Place within = place;
  const ast::Node* windowed = nullptr;
  if (node.kind == Kind::kAggregate || IsGroupingCall(node)) {
    if (!place.aggregates) {
      return Wrong(absl::StrCat("an aggregate stands in ", place.name),
                   "put conditions on aggregates into HAVING, or aggregate in a subquery");
    }
    within = {"an aggregate", false, false};
  } else if (node.kind == Kind::kOver) {
    if (!place.windows) {
      return Wrong(absl::StrCat("a window function stands in ", place.name),
                   "compute it in a subquery, and filter or group the rows of that");
    }
    within = {"a window function", place.aggregates, false};
    windowed = ast::As<ast::Over>(node).call;
  }
  absl::Status status;
  ast::ForEachChild(node, [&](const ast::Node& child) {
    if (!status.ok()) return;
    if (&child != windowed) {
      status = CheckCalls(child, within);
      return;
    }
    ast::ForEachChild(child, [&](const ast::Node& part) {
      if (status.ok()) status = CheckCalls(part, within);
    });
  });
  return status;
}

absl::Status CheckJoins(const ast::Source& source) {
  if (source.kind != Kind::kJoin) return absl::OkStatus();
  const auto& join = ast::As<ast::Join>(source);
  if (join.on) FERRO_TRY(CheckCalls(*join.on, {"the condition of a join"}));
  return CheckJoins(*join.left);
}

// The columns of one select that groups or aggregates its rows.
class GroupedColumns {
 public:
  GroupedColumns(const ast::Select& select, Arena& arena)
      : groups_(GroupsOf(select, arena)), has_rows_(select.from) {
    if (select.from) AddSources(*select.from, sources_);
  }

  // `node` is a part of the select in which aliases are resolved.
  absl::Status Check(const ast::Node& node) {
    if (ast::IsExpr(node.kind) && IndexOf(static_cast<const ast::Expr&>(node), groups_) >= 0) {
      return absl::OkStatus();
    }
    // Raw SQL is the caller's affair; it may be an aggregate.
    if (node.kind == Kind::kAggregate || node.kind == Kind::kRaw) return absl::OkStatus();
    if (node.kind == Kind::kColumn) return CheckColumn(ast::As<ast::Column>(node));
    if (ast::IsQuery(node.kind)) return CheckSubquery(node);
    if (IsGroupingCall(node)) {
      if (IndexOf(*ast::As<ast::Call>(node).arguments[0], groups_) >= 0) return absl::OkStatus();
      return Wrong("GROUPING is asked of what the rows are not grouped by",
                   "give it one of the expressions of the groups");
    }
    const ast::Node* windowed = node.kind == Kind::kOver ? ast::As<ast::Over>(node).call : nullptr;
    absl::Status status;
    ast::ForEachChild(node, [&](const ast::Node& child) {
      if (!status.ok()) return;
      status = &child == windowed ? CheckParts(child) : Check(child);
    });
    return status;
  }

 private:
  absl::Status CheckParts(const ast::Node& node) {
    absl::Status status;
    ast::ForEachChild(node, [&](const ast::Node& part) {
      if (status.ok()) status = Check(part);
    });
    return status;
  }

  absl::Status CheckColumn(const ast::Column& column) {
    const bool own = column.source.empty() ? has_rows_ : Contains(sources_, column.source);
    if (!own) return absl::OkStatus();
    return Wrong(absl::StrCat("column ", Shown(column), " is neither grouped by nor aggregated"),
                 "add it to the groups or aggregate it");
  }

  // A column without a source is taken for one of the subquery's.
  absl::Status CheckSubquery(const ast::Node& query) {
    absl::Status status;
    ForEachFreeColumn(query, [&](const ast::Column& column) {
      if (column.source.empty() || IndexOf(column, groups_) >= 0) return;
      status.Update(CheckColumn(column));
    });
    return status;
  }

  std::vector<const ast::Expr*> groups_;
  std::vector<ast::Name> sources_;
  bool has_rows_;
};

absl::Status CheckGroups(const ast::Select& select, Arena& arena) {
  GroupedColumns columns(select, arena);
  for (const ast::SelectItem* item : select.items) FERRO_TRY(columns.Check(*item->value));
  for (const ast::OrderItem* item : select.order) {
    FERRO_TRY(columns.Check(*Resolve(*item->value, select, arena)));
  }
  if (select.distinct) {
    for (const ast::Expr* on : select.distinct->on) {
      FERRO_TRY(columns.Check(*ResolveDistinct(*on, select)));
    }
  }
  if (!select.grouping || !select.grouping->having) return absl::OkStatus();
  return columns.Check(*Resolve(*select.grouping->having, select, arena));
}

absl::Status CheckOrderOfDistinct(const ast::Select& select, Arena& arena) {
  std::vector<const ast::Expr*> values;
  for (const ast::SelectItem* item : select.items) values.push_back(item->value);
  for (const ast::OrderItem* item : select.order) {
    if (IndexOf(*Resolve(*item->value, select, arena), values) >= 0) continue;
    return Wrong("distinct rows are ordered by what is not selected",
                 "select it too, or leave out the order");
  }
  return absl::OkStatus();
}

absl::Status CheckSelect(const ast::Select& select, Arena& arena) {
  if (select.from) FERRO_TRY(CheckJoins(*select.from));
  if (select.where) FERRO_TRY(CheckCalls(*select.where, {"WHERE"}));
  for (const ast::SelectItem* item : select.items) {
    FERRO_TRY(CheckCalls(*item->value, {"an item", true, true}));
  }
  for (const ast::OrderItem* item : select.order) {
    FERRO_TRY(CheckCalls(*item->value, {"ORDER BY", true, true}));
  }
  for (const ast::Expr* group : GroupsOf(select, arena)) {
    FERRO_TRY(CheckCalls(*group, {"GROUP BY"}));
  }
  if (select.distinct) {
    for (const ast::Expr* on : select.distinct->on) {
      FERRO_TRY(CheckCalls(*on, {"DISTINCT ON", true, true}));
    }
    if (select.distinct->on.empty()) FERRO_TRY(CheckOrderOfDistinct(select, arena));
  }
  if (select.grouping && select.grouping->having) {
    const ast::Expr* having = Resolve(*select.grouping->having, select, arena);
    FERRO_TRY(CheckCalls(*having, {"HAVING", true, false}));
  }
  if (!select.grouping && !HasAggregate(select)) return absl::OkStatus();
  return CheckGroups(select, arena);
}

absl::Status CheckNode(const ast::Node& node, Arena& arena) {
  if (node.kind == Kind::kSelect) return CheckSelect(ast::As<ast::Select>(node), arena);
  // What a change does it does for each row.
  if (!ast::IsStatement(node.kind) || ast::IsQuery(node.kind)) return absl::OkStatus();
  absl::Status status;
  ast::ForEachChild(node, [&](const ast::Node& child) {
    if (status.ok()) status = CheckCalls(child, {"a change of rows"});
  });
  return status;
}

}  // namespace

absl::Status CheckGrouping(const ast::Statement& statement) {
  Arena scratch;
  absl::Status status;
  const auto check = [&](const ast::Node& node) {
    if (status.ok()) status = CheckNode(node, scratch);
  };
  ast::Walk(statement, check);
  return status;
}

}  // namespace ferro::sql
