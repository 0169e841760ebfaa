#include "engine/sql/rewrite/wrap.h"

#include "absl/strings/str_cat.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"

namespace ferro::sql::rewrite {
namespace {

// As what its values are compared: of the value, not of how it is decoded.
Type TypeOfValue(const ast::SelectItem& item) {
  const Type type = TypeOf(*item.value);
  return type == Type::kNull ? item.type : type;
}

ast::List<const ast::Expr*> Groups(ast::List<const ast::Expr*> groups, const ast::Select& select,
                                   Context& context) {
  std::vector<const ast::Expr*> resolved;
  for (const ast::Expr* group : groups) {
    const bool place = group->kind == ast::Kind::kLiteral;
    resolved.push_back(place ? group : Resolve(*group, select, context.arena()));
  }
  return context.Copy(resolved);
}

const ast::Grouping* ResolvedGrouping(const ast::Select& select, Context& context) {
  auto* grouping = context.New(*select.grouping);
  grouping->items = Groups(grouping->items, select, context);
  std::vector<const ast::GroupingSet*> sets;
  for (const ast::GroupingSet* set : grouping->sets) {
    auto* resolved = context.New<ast::GroupingSet>();
    resolved->items = Groups(set->items, select, context);
    sets.push_back(resolved);
  }
  grouping->sets = context.Copy(sets);
  if (grouping->having) {
    grouping->having = {Resolve(*grouping->having, select, context.arena())};
  }
  return grouping;
}

ast::List<const ast::OrderItem*> Ordered(ast::List<const ast::OrderItem*> order, auto value_of,
                                         Context& context) {
  std::vector<const ast::OrderItem*> items;
  for (const ast::OrderItem* item : order) {
    auto* copy = context.New(*item);
    copy->value = value_of(*item->value);
    items.push_back(copy);
  }
  return context.Copy(items);
}

const ast::Select* RenamedSelect(const ast::Select& select, const std::vector<ast::Name>& names,
                                 Context& context) {
  auto* copy = context.New(select);
  std::vector<const ast::SelectItem*> items;
  for (size_t i = 0; i < names.size(); ++i) {
    items.push_back(context.Item(*select.items[i]->value, names[i], select.items[i]->type));
  }
  copy->items = context.Copy(items);
  if (select.grouping) copy->grouping = {ResolvedGrouping(select, context)};
  if (select.distinct && !select.distinct->on.empty()) {
    std::vector<const ast::Expr*> on;
    for (const ast::Expr* expr : select.distinct->on) {
      on.push_back(ResolveDistinct(*expr, select));
    }
    auto* distinct = context.New<ast::Distinct>();
    distinct->on = context.Copy(on);
    copy->distinct = {distinct};
  }
  const auto resolve = [&](const ast::Expr& expr) {
    return Resolve(expr, select, context.arena());
  };
  copy->order = Ordered(select.order, resolve, context);
  return copy;
}

}  // namespace

const ast::Query* Renamed(const ast::Query& query, const std::vector<ast::Name>& names,
                          Context& context) {
  if (query.kind == ast::Kind::kSelect) {
    return RenamedSelect(ast::As<ast::Select>(query), names, context);
  }
  auto* copy = context.New(ast::As<ast::Compound>(query));
  const auto items = ItemsOf(query);
  const auto rename = [&](const ast::Expr& expr) -> const ast::Expr* {
    const auto& column = ast::As<ast::Column>(expr);
    const int place = PlaceOf(column.name, items);
    if (place < 0) return &expr;
    return context.Column("", names[static_cast<size_t>(place)], column.type);
  };
  copy->order = Ordered(copy->order, rename, context);
  std::vector<const ast::Query*> members(copy->members.begin(), copy->members.end());
  members.front() = Renamed(*members.front(), names, context);
  copy->members = context.Copy(members);
  return copy;
}

std::vector<ast::Name> FreshColumns(const ast::Query& query, Context& context) {
  std::vector<ast::Name> names;
  for (size_t i = 1; i <= ItemsOf(query).size(); ++i) {
    names.push_back(context.Fresh(absl::StrCat("c", i)));
  }
  return names;
}

ast::List<const ast::SelectItem*> OuterItems(const ast::Query& query, ast::Name alias,
                                             const std::vector<ast::Name>& names,
                                             Context& context) {
  std::vector<const ast::SelectItem*> outer;
  const auto items = ItemsOf(query);
  for (size_t i = 0; i < items.size(); ++i) {
    const auto* column = context.Column(alias, names[i], TypeOfValue(*items[i]));
    outer.push_back(context.Item(*column, NameOf(*items[i]), items[i]->type));
  }
  return context.Copy(outer);
}

Wrap::Wrap(const ast::Select& select, Context& context)
    : select_(select), context_(context), alias_(context.Fresh("r")) {
  const std::vector<ast::Name> names = FreshColumns(select, context);
  inner_ = context.New(*RenamedSelect(select, names, context));
  inner_->with = {};
  inner_->order = {};
  inner_->limit = {};
  inner_->offset = {};
  inner_->with_ties = false;
  inner_->lock = {};
  inner_items_.assign(inner_->items.begin(), inner_->items.end());
  for (size_t i = 0; i < names.size(); ++i) {
    values_.push_back(select.items[i]->value);
    columns_.push_back(context.Column(alias_, names[i], TypeOfValue(*select.items[i])));
  }
}

const ast::Expr* Wrap::Outside(const ast::Expr& inside) {
  const int place = IndexOf(inside, values_);
  if (place >= 0) return columns_[static_cast<size_t>(place)];
  return Hidden("k", inside, TypeOf(inside));
}

const ast::Column* Wrap::Hidden(absl::string_view stem, const ast::Expr& inside, Type type) {
  const ast::Name name = context_.Fresh(stem);
  inner_items_.push_back(context_.Item(inside, name));
  values_.push_back(&inside);
  columns_.push_back(context_.Column(alias_, name, type));
  return columns_.back();
}

ast::Select* Wrap::Finish() {
  auto* outer = context_.New<ast::Select>();
  outer->with = select_.with;
  std::vector<const ast::SelectItem*> items;
  for (size_t i = 0; i < select_.items.size(); ++i) {
    items.push_back(context_.Item(*columns_[i], NameOf(*select_.items[i]), select_.items[i]->type));
  }
  outer->items = context_.Copy(items);
  const auto outside = [&](const ast::Expr& expr) {
    return Outside(*Resolve(expr, select_, context_.arena()));
  };
  outer->order = Ordered(select_.order, outside, context_);
  inner_->items = context_.Copy(inner_items_);
  outer->from = {context_.Table(*inner_, alias_)};
  return outer;
}

const ast::Select* WrapCompound(const ast::Compound& compound, Context& context) {
  const std::vector<ast::Name> names = FreshColumns(compound, context);
  const ast::Name alias = context.Fresh("r");
  auto* inner = context.New(ast::As<ast::Compound>(*Renamed(compound, names, context)));
  inner->with = {};
  inner->order = {};
  inner->limit = {};
  inner->offset = {};
  auto* outer = context.New<ast::Select>();
  outer->with = compound.with;
  outer->items = OuterItems(compound, alias, names, context);
  outer->from = {context.Table(*inner, alias)};
  const auto items = ItemsOf(compound);
  const auto outside = [&](const ast::Expr& expr) -> const ast::Expr* {
    const int place = PlaceOf(ast::As<ast::Column>(expr).name, items);
    return place < 0 ? &expr : outer->items[static_cast<size_t>(place)]->value;
  };
  outer->order = Ordered(compound.order, outside, context);
  outer->limit = compound.limit;
  outer->offset = compound.offset;
  return outer;
}

}  // namespace ferro::sql::rewrite
