// ROLLUP, CUBE and GROUPING SETS, and groups that a server does not make by itself. A member of a union makes
// the groups of each set; what is computed from them is computed outside, of all sets at once.
#include "absl/strings/str_cat.h"
#include "engine/sql/rewrite/queries.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"

namespace ferro::sql::rewrite {
namespace {

// Each member reads the tables anew; and SQLite takes 500.
constexpr size_t kMaxSets = 128;

using Set = std::vector<const ast::Expr*>;

// The sets with aliases and places resolved; nothing when there are too many.
std::vector<Set> SetsOf(const ast::Select& select, Arena& arena) {
  const ast::Grouping& grouping = *select.grouping;
  const auto resolved = [&](ast::List<const ast::Expr*> items) {
    Set set;
    for (const ast::Expr* item : items) set.push_back(ResolveGroup(*item, select, arena));
    return set;
  };
  const Set items = resolved(grouping.items);
  std::vector<Set> sets;
  switch (grouping.grouping) {
    case ast::GroupingKind::kPlain:
      sets.push_back(items);
      break;
    case ast::GroupingKind::kRollup:
      for (size_t size = items.size() + 1; size-- > 0;) {
        sets.emplace_back(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(size));
      }
      break;
    case ast::GroupingKind::kCube:
      if (items.size() > 7) break;
      for (size_t left_out = 0; left_out < size_t{1} << items.size(); ++left_out) {
        Set set;
        for (size_t i = 0; i < items.size(); ++i) {
          if ((left_out >> i & 1) == 0) set.push_back(items[i]);
        }
        sets.push_back(std::move(set));
      }
      break;
    case ast::GroupingKind::kSets:
      for (const ast::GroupingSet* set : grouping.sets) sets.push_back(resolved(set->items));
      break;
  }
  if (sets.size() > kMaxSets) sets.clear();
  return sets;
}

// A value of the groups that is computed in the members: what is grouped by, an aggregate, or GROUPING.
struct Part {
  const ast::Expr* value;
  const ast::Column* outside;
};

class GroupsOutside {
 public:
  GroupsOutside(const ast::Select& select, Context& context)
      : select_(select),
        context_(context),
        alias_(context.Fresh("r")),
        groups_(GroupsOf(select, context.arena())) {
    if (select.from) AddSources(*select.from, sources_);
    for (const ast::Expr* group : groups_) {
      // A subquery outside may read it by its own name.
      const bool plain = group->kind == ast::Kind::kColumn &&
                         ast::As<ast::Column>(*group).source.empty();
      const ast::Name name =
          plain ? ast::As<ast::Column>(*group).name : context.Fresh("g");
      Add(*group, name);
    }
  }

  // The expression of the old select as one of the new one.
  const ast::Expr* operator()(const ast::Expr& expr) {
    return static_cast<const ast::Expr*>(Outside(expr));
  }
  const ast::Expr* Resolved(const ast::Expr& expr) {
    return (*this)(*Resolve(expr, select_, context_.arena()));
  }

  const ast::Query* Member(const Set& set) {
    auto* member = context_.New<ast::Select>();
    member->from = select_.from;
    member->where = select_.where;
    std::vector<const ast::SelectItem*> items;
    std::vector<const ast::Expr*> by;
    bool aggregated = false;
    for (const Part& part : parts_) {
      const ast::Expr* value = part.value;
      if (IndexOf(*value, groups_) >= 0) {
        const bool kept = IndexOf(*value, set) >= 0;
        if (!kept) value = context_.Constant(ast::LiteralKind::kNull);
        if (kept) by.push_back(By(*value, items.size() + 1));
      } else if (IsGroupingCall(*value)) {
        const ast::Expr& argument = *ast::As<ast::Call>(*value).arguments[0];
        value = context_.Integer(IndexOf(argument, set) >= 0 ? 0 : 1);
      } else {
        aggregated = true;
      }
      items.push_back(context_.Item(*value, part.outside->name));
    }
    if (by.empty() && !aggregated) {
      // It makes one group of all rows, of none too.
      items.push_back(context_.Item(*context_.CountOfRows(), AllRows()));
    } else if (!all_rows_.empty()) {
      items.push_back(context_.Item(*context_.Constant(ast::LiteralKind::kNull), all_rows_));
    }
    member->items = context_.Copy(items);
    if (!by.empty()) {
      auto* grouping = context_.New<ast::Grouping>();
      grouping->items = context_.Copy(by);
      context_.SetDone(*grouping);
      member->grouping = {grouping};
    }
    return member;
  }

  // Makes sure that every member has the column that a set without aggregates needs.
  void Prepare(const std::vector<Set>& sets) {
    bool aggregated = false;
    for (const Part& part : parts_) {
      const bool group = IndexOf(*part.value, groups_) >= 0;
      aggregated = aggregated || (!group && !IsGroupingCall(*part.value));
    }
    if (aggregated) return;
    for (const Set& set : sets) {
      if (set.empty()) AllRows();
    }
  }

  ast::Name alias() const { return alias_; }

 private:
  const ast::Column* Add(const ast::Expr& value, ast::Name name) {
    parts_.push_back({&value, context_.Column(alias_, name, TypeOf(value))});
    return parts_.back().outside;
  }

  ast::Name AllRows() {
    if (all_rows_.empty()) all_rows_ = context_.Fresh("n");
    return all_rows_;
  }

  // A constant would be the place of an item, MySQL does not see that two parameters are one, and SQLite does not
  // find columns of queries around it here.
  const ast::Expr* By(const ast::Expr& value, size_t place) {
    const bool by_place = value.kind == ast::Kind::kLiteral || HasParameter(value) ||
                          ReadsOuter(value, select_);
    return by_place ? context_.Integer(static_cast<int64_t>(place)) : &value;
  }

  const ast::Column* PartOf(const ast::Node& node) {
    if (!ast::IsExpr(node.kind)) return nullptr;
    const auto& expr = static_cast<const ast::Expr&>(node);
    for (const Part& part : parts_) {
      if (ast::SameValue(expr, *part.value)) return part.outside;
    }
    if (node.kind == ast::Kind::kAggregate) return Add(expr, context_.Fresh("a"));
    if (IsGroupingCall(node)) return Add(expr, context_.Fresh("s"));
    return nullptr;
  }

  const ast::Node* Outside(const ast::Node& node) {
    if (const ast::Column* column = PartOf(node)) return column;
    if (ast::IsQuery(node.kind)) return InSubquery(node, {});
    if (node.kind == ast::Kind::kRaw) {
      context_.Refuse(Feature::kGroupingSets,
                      "SQL of your own may stand within an aggregate or among the groups only");
      return &node;
    }
    const ast::Node* windowed =
        node.kind == ast::Kind::kOver ? ast::As<ast::Over>(node).call : nullptr;
    return ast::Rebuild(node, context_.arena(), [&](const ast::Node& child) {
      if (&child != windowed) return Outside(child);
      return ast::Rebuild(child, context_.arena(),
                          [this](const ast::Node& part) { return Outside(part); });
    });
  }

  // Columns that are grouped by, where a subquery reads them. `hidden`: sources of queries between.
  const ast::Node* InSubquery(const ast::Node& node, std::vector<ast::Name> hidden) {
    if (node.kind == ast::Kind::kColumn) {
      const auto& column = ast::As<ast::Column>(node);
      const bool own = !column.source.empty() && Contains(sources_, column.source) &&
                       !Contains(hidden, column.source);
      const int place = own ? IndexOf(column, groups_) : -1;
      return place < 0 ? &node : parts_[static_cast<size_t>(place)].outside;
    }
    if (node.kind == ast::Kind::kSelect) {
      const auto& select = ast::As<ast::Select>(node);
      if (select.from) AddSources(*select.from, hidden);
    }
    return ast::Rebuild(node, context_.arena(),
                        [&](const ast::Node& child) { return InSubquery(child, hidden); });
  }

  const ast::Select& select_;
  Context& context_;
  const ast::Name alias_;
  const std::vector<const ast::Expr*> groups_;
  std::vector<ast::Name> sources_;
  std::vector<Part> parts_;  // first the groups
  ast::Name all_rows_;
};

}  // namespace

const ast::Select* GroupsAsUnion(const ast::Select& select, Context& context) {
  const std::vector<Set> sets = SetsOf(select, context.arena());
  if (sets.empty()) {
    context.Refuse(Feature::kGroupingSets,
                   absl::StrCat("it is rewritten as a union, of ", kMaxSets, " groupings at most"));
    return nullptr;
  }
  GroupsOutside outside(select, context);
  auto* outer = context.New(select);
  outer->grouping = {};
  std::vector<const ast::SelectItem*> items;
  for (const ast::SelectItem* item : select.items) {
    items.push_back(context.Item(*outside(*item->value), NameOf(*item), item->type));
  }
  outer->items = context.Copy(items);
  outer->where = {};
  if (select.grouping->having) outer->where = {outside.Resolved(*select.grouping->having)};
  std::vector<const ast::OrderItem*> order;
  for (const ast::OrderItem* item : select.order) {
    auto* copy = context.New(*item);
    copy->value = outside.Resolved(*item->value);
    order.push_back(copy);
  }
  outer->order = context.Copy(order);
  outside.Prepare(sets);
  std::vector<const ast::Query*> members;
  for (const Set& set : sets) members.push_back(outside.Member(set));
  const ast::Query* rows = members.front();
  if (members.size() > 1) {
    auto* all = context.New<ast::Compound>();
    all->op = ast::SetOp::kUnion;
    all->all = true;
    all->members = context.Copy(members);
    rows = all;
  }
  outer->from = {context.Table(*rows, outside.alias())};
  return outer;
}

}  // namespace ferro::sql::rewrite
