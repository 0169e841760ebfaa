#include "engine/sql/scope.h"

#include <algorithm>

#include "engine/ast/rebuild.h"

namespace ferro::sql {
namespace {

const ast::Expr* ValueOf(const ast::Column& column, const ast::Select& select) {
  if (!column.source.empty()) return nullptr;
  for (const ast::SelectItem* item : select.items) {
    if (item->alias == column.name) return item->value;
  }
  return nullptr;
}

const ast::Node* ResolveNode(const ast::Node& node, const ast::Select& select, Arena& arena) {
  if (ast::IsQuery(node.kind)) return &node;
  if (node.kind == ast::Kind::kColumn) {
    const ast::Expr* value = ValueOf(ast::As<ast::Column>(node), select);
    return value == nullptr ? &node : value;
  }
  return ast::Rebuild(node, arena, [&](const ast::Node& child) {
    return ResolveNode(child, select, arena);
  });
}

class FreeColumns {
 public:
  explicit FreeColumns(absl::FunctionRef<void(const ast::Column&)> sink) : sink_(sink) {}

  void operator()(const ast::Node& node) {
    if (node.kind == ast::Kind::kColumn) {
      const auto& column = ast::As<ast::Column>(node);
      const bool free = column.source.empty() ? selects_ == 0 : !Contains(names_, column.source);
      if (free) sink_(column);
      return;
    }
    if (node.kind != ast::Kind::kSelect) return Children(node);
    const size_t outer = names_.size();
    const auto& select = ast::As<ast::Select>(node);
    // Without a table it has no columns of its own.
    const int own = select.from ? 1 : 0;
    if (select.from) AddSources(*select.from, names_);
    selects_ += own;
    Children(node);
    selects_ -= own;
    names_.resize(outer);
  }

 private:
  void Children(const ast::Node& node) {
    ast::ForEachChild(node, [this](const ast::Node& child) { (*this)(child); });
  }

  absl::FunctionRef<void(const ast::Column&)> sink_;
  std::vector<ast::Name> names_;
  int selects_ = 0;
};

using Test = absl::FunctionRef<bool(const ast::Node&)>;

// Whether a part of the node, of its own select, is so. A function with a window is none of an aggregate's
// parts; what it is given is.
bool HasOwn(const ast::Node& node, Test test) {
  if (test(node)) return true;
  if (ast::IsQuery(node.kind)) return false;
  const ast::Node* windowed =
      node.kind == ast::Kind::kOver ? ast::As<ast::Over>(node).call : nullptr;
  bool found = false;
  ast::ForEachChild(node, [&](const ast::Node& child) {
    if (found) return;
    if (&child != windowed) {
      found = HasOwn(child, test);
      return;
    }
    ast::ForEachChild(child, [&](const ast::Node& part) { found = found || HasOwn(part, test); });
  });
  return found;
}

// Whether a part that is computed of the groups of the select is so.
bool AnyGroupedPart(const ast::Select& select, Test test) {
  const auto is = [&](const auto* part) { return test(*part); };
  const bool having = select.grouping && select.grouping->having && test(*select.grouping->having);
  const bool on = select.distinct &&
                  std::any_of(select.distinct->on.begin(), select.distinct->on.end(), is);
  return having || on || std::any_of(select.items.begin(), select.items.end(), is) ||
         std::any_of(select.order.begin(), select.order.end(), is);
}

}  // namespace

ast::Name NameOf(const ast::SelectItem& item) {
  if (!item.alias.empty() || item.value->kind != ast::Kind::kColumn) return item.alias;
  return ast::As<ast::Column>(*item.value).name;
}

int PlaceOf(ast::Name name, ast::List<const ast::SelectItem*> items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (NameOf(*items[i]) == name) return static_cast<int>(i);
  }
  return -1;
}

const ast::Expr* Resolve(const ast::Expr& part, const ast::Select& select, Arena& arena) {
  return static_cast<const ast::Expr*>(ResolveNode(part, select, arena));
}

const ast::Expr* ResolveGroup(const ast::Expr& group, const ast::Select& select, Arena& arena) {
  if (group.kind != ast::Kind::kLiteral) return Resolve(group, select, arena);
  const int64_t place = ast::As<ast::Literal>(group).integer;
  return select.items[static_cast<size_t>(place - 1)]->value;
}

const ast::Expr* ResolveDistinct(const ast::Expr& on, const ast::Select& select) {
  if (on.kind != ast::Kind::kColumn) return &on;
  const ast::Expr* value = ValueOf(ast::As<ast::Column>(on), select);
  return value == nullptr ? &on : value;
}

std::vector<const ast::Expr*> GroupsOf(const ast::Select& select, Arena& arena) {
  std::vector<const ast::Expr*> groups;
  const auto add = [&](ast::List<const ast::Expr*> items) {
    for (const ast::Expr* item : items) {
      const ast::Expr* group = ResolveGroup(*item, select, arena);
      if (IndexOf(*group, groups) < 0) groups.push_back(group);
    }
  };
  if (!select.grouping) return groups;
  add(select.grouping->items);
  for (const ast::GroupingSet* set : select.grouping->sets) add(set->items);
  return groups;
}

int IndexOf(const ast::Expr& expr, const std::vector<const ast::Expr*>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (&expr == values[i] || ast::SameValue(expr, *values[i])) return static_cast<int>(i);
  }
  return -1;
}

void AddSources(const ast::Source& from, std::vector<ast::Name>& names) {
  if (from.kind == ast::Kind::kTable) {
    const auto& table = ast::As<ast::Table>(from);
    names.push_back(table.alias.empty() ? table.name : table.alias);
  } else if (from.kind == ast::Kind::kDerived) {
    names.push_back(ast::As<ast::Derived>(from).alias);
  } else {
    const auto& join = ast::As<ast::Join>(from);
    AddSources(*join.left, names);
    AddSources(*join.right, names);
  }
}

bool Contains(const std::vector<ast::Name>& names, ast::Name name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void ForEachFreeColumn(const ast::Node& node, absl::FunctionRef<void(const ast::Column&)> sink) {
  FreeColumns walk(sink);
  walk(node);
}

bool IsCorrelated(const ast::Query& query) {
  bool found = false;
  ForEachFreeColumn(query, [&found](const ast::Column& column) {
    found = found || !column.source.empty();
  });
  return found;
}

bool ReadsOuter(const ast::Node& expr, const ast::Select& select) {
  std::vector<ast::Name> own;
  if (select.from) AddSources(*select.from, own);
  bool found = false;
  ForEachFreeColumn(expr, [&](const ast::Column& column) {
    found = found || (!column.source.empty() && !Contains(own, column.source));
  });
  return found;
}

bool OrdersByOuter(const ast::Select& select) {
  return std::any_of(select.order.begin(), select.order.end(),
                     [&](const ast::OrderItem* item) { return ReadsOuter(*item, select); });
}

bool GroupsByOuter(const ast::Select& select) {
  Arena scratch;
  const auto groups = GroupsOf(select, scratch);
  return std::any_of(groups.begin(), groups.end(),
                     [&](const ast::Expr* group) { return ReadsOuter(*group, select); });
}

bool IsGroupingCall(const ast::Node& node) {
  return node.kind == ast::Kind::kCall &&
         ast::As<ast::Call>(node).function == ast::Function::kGrouping;
}

bool HasAggregate(const ast::Node& node) {
  return HasOwn(node, [](const ast::Node& part) {
    return part.kind == ast::Kind::kAggregate || IsGroupingCall(part);
  });
}

bool HasAggregate(const ast::Select& select) {
  return AnyGroupedPart(select, [](const ast::Node& part) { return HasAggregate(part); });
}

bool HasGroupingCall(const ast::Select& select) {
  return AnyGroupedPart(select, [](const ast::Node& part) { return HasOwn(part, IsGroupingCall); });
}

bool HasWindow(const ast::Node& node) {
  return HasOwn(node, [](const ast::Node& part) { return part.kind == ast::Kind::kOver; });
}

bool HasParameter(const ast::Expr& expr) {
  bool found = false;
  const auto look = [&found](const ast::Node& node) {
    found = found || node.kind == ast::Kind::kParam || node.kind == ast::Kind::kParamList;
  };
  ast::Walk(expr, look);
  return found;
}

bool GroupsByParameter(const ast::Select& select) {
  Arena scratch;
  const auto groups = GroupsOf(select, scratch);
  return std::any_of(groups.begin(), groups.end(),
                     [](const ast::Expr* group) { return HasParameter(*group); });
}

}  // namespace ferro::sql
