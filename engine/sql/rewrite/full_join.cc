// FULL JOIN as a union: a left join, and the rows on the right that match nothing. There is no schema here, so
// the columns of the union are those that the select names.
#include "absl/strings/str_cat.h"
#include "engine/sql/rewrite/queries.h"
#include "engine/sql/scope.h"

namespace ferro::sql::rewrite {
namespace {

constexpr absl::string_view kSayTheSource =
    "say of each column which table it is of, or put a left join and the unmatched rows of the right side "
    "together with UNION ALL";

bool HasFullJoin(const ast::Source& source) {
  if (source.kind != ast::Kind::kJoin) return false;
  const auto& join = ast::As<ast::Join>(source);
  return join.join == ast::JoinKind::kFull || HasFullJoin(*join.left);
}

// Whether two readings of a derived table may give different rows.
bool MayDiffer(const ast::Source& source) {
  if (source.kind == ast::Kind::kJoin) {
    const auto& join = ast::As<ast::Join>(source);
    return MayDiffer(*join.left) || MayDiffer(*join.right);
  }
  if (source.kind != ast::Kind::kDerived) return false;
  const auto& derived = ast::As<ast::Derived>(source);
  const auto any_rows = [](const auto& query) {
    return (query.limit || query.offset) && query.order.empty();
  };
  return derived.lateral || (derived.query->kind == ast::Kind::kSelect
                                 ? any_rows(ast::As<ast::Select>(*derived.query))
                                 : any_rows(ast::As<ast::Compound>(*derived.query)));
}

class Joins {
 public:
  Joins(const ast::Select& select, Context& context) : select_(select), context_(context) {
    AddSources(*select.from, sources_);
  }

  const ast::Select* Rewritten() {
    ForEachFreeColumn(*WithoutSources(), [this](const ast::Column& column) { Remember(column); });
    EachCondition(*select_.from);
    auto* outer = context_.New(select_);
    outer->from = {From(*select_.from)};
    RebuildClauses(*outer);
    return outer;
  }

 private:
  struct Known {
    ast::Name source;
    ast::Name name;
    const ast::Column* now;  // by which the column is read above the joins so far
  };

  // The select as something that has all its columns free.
  const ast::Select* WithoutSources() {
    auto* copy = context_.New(select_);
    copy->from = {};
    return copy;
  }

  // Conditions of joins, and lateral tables.
  void EachCondition(const ast::Source& source) {
    const auto remember = [this](const ast::Column& column) { Remember(column); };
    if (source.kind == ast::Kind::kDerived) return ForEachFreeColumn(source, remember);
    if (source.kind != ast::Kind::kJoin) return;
    const auto& join = ast::As<ast::Join>(source);
    if (join.on) ForEachFreeColumn(*join.on, remember);
    EachCondition(*join.left);
    EachCondition(*join.right);
  }

  void Remember(const ast::Column& column) {
    if (!Contains(sources_, column.source) || Find(column) != nullptr) return;
    columns_.push_back({column.source, column.name, &column});
  }

  Known* Find(const ast::Column& column) {
    for (Known& known : columns_) {
      if (known.source == column.source && known.name == column.name) return &known;
    }
    return nullptr;
  }

  const ast::Source* From(const ast::Source& source) {
    if (source.kind != ast::Kind::kJoin) {
      return static_cast<const ast::Source*>(Now(source, {}, false));
    }
    const auto& join = ast::As<ast::Join>(source);
    auto* copy = context_.New(join);
    copy->left = From(*join.left);
    copy->right = From(*join.right);
    if (join.on) copy->on = {static_cast<const ast::Expr*>(Now(*join.on, {}, true))};
    if (join.join != ast::JoinKind::kFull) return copy;
    if (MayDiffer(*copy->left) || MayDiffer(*copy->right)) {
      context_.Refuse(Feature::kFullJoin,
                      "it reads both sides twice: order the rows of a side that has a limit");
    }
    return Union(join, *copy);
  }

  const ast::Source* Union(const ast::Join& old, const ast::Join& join) {
    std::vector<ast::Name> left;
    std::vector<ast::Name> right;
    AddSources(*old.left, left);
    AddSources(*old.right, right);
    const ast::Name alias = context_.Fresh("j");
    std::vector<const ast::SelectItem*> matched;
    std::vector<const ast::SelectItem*> unmatched;
    for (Known& known : columns_) {
      const bool on_left = Contains(left, known.source);
      if (!on_left && !Contains(right, known.source)) continue;
      const ast::Name name = context_.Fresh("c");
      matched.push_back(context_.Item(*known.now, name));
      const ast::Expr* value = known.now;
      if (on_left) value = context_.Constant(ast::LiteralKind::kNull);
      unmatched.push_back(context_.Item(*value, name));
      known.now = context_.Column(alias, name, known.now->type);
    }
    if (matched.empty()) {
      matched.push_back(context_.Item(*context_.Integer(1), context_.Fresh("c")));
      unmatched = matched;
    }
    auto* all = context_.New<ast::Compound>();
    all->all = true;
    all->members = context_.Copy<const ast::Query*>({Matched(join, matched), Unmatched(join, unmatched)});
    return context_.Table(*all, alias);
  }

  const ast::Query* Matched(const ast::Join& join, const std::vector<const ast::SelectItem*>& items) {
    auto* left_join = context_.New(join);
    left_join->join = ast::JoinKind::kLeft;
    auto* select = context_.New<ast::Select>();
    select->items = context_.Copy(items);
    select->from = {left_join};
    return select;
  }

  const ast::Query* Unmatched(const ast::Join& join,
                              const std::vector<const ast::SelectItem*>& items) {
    auto* match = context_.New<ast::Select>();
    match->items = context_.Copy<const ast::SelectItem*>({context_.Item(*context_.Integer(1), "")});
    match->from = {join.left};
    match->where = join.on;
    auto* none = context_.New<ast::Exists>();
    none->query = match;
    none->negated = true;
    auto* select = context_.New<ast::Select>();
    select->items = context_.Copy(items);
    select->from = {join.right};
    select->where = {none};
    return select;
  }

  void RebuildClauses(ast::Select& outer) {
    std::vector<const ast::SelectItem*> items;
    for (const ast::SelectItem* item : outer.items) {
      const auto* value = static_cast<const ast::Expr*>(Now(*item->value, {}, true));
      items.push_back(context_.Item(*value, NameOf(*item), item->type));
    }
    outer.items = context_.Copy(items);
    if (outer.where) outer.where = {static_cast<const ast::Expr*>(Now(*outer.where, {}, true))};
    named_ = true;
    if (outer.distinct) {
      outer.distinct = {static_cast<const ast::Distinct*>(Now(*outer.distinct, {}, true))};
    }
    if (outer.grouping) {
      outer.grouping = {static_cast<const ast::Grouping*>(Now(*outer.grouping, {}, true))};
    }
    std::vector<const ast::OrderItem*> order;
    for (const ast::OrderItem* item : outer.order) {
      order.push_back(static_cast<const ast::OrderItem*>(Now(*item, {}, true)));
    }
    outer.order = context_.Copy(order);
  }

  // The node with columns of the joined tables as they are read now. `hidden`: sources of queries between;
  // `own`: it stands in no query between.
  const ast::Node* Now(const ast::Node& node, std::vector<ast::Name> hidden, bool own) {
    if (node.kind == ast::Kind::kColumn) {
      const auto& column = ast::As<ast::Column>(node);
      if (column.source.empty() && own) CheckNamed(column);
      const Known* known = Contains(hidden, column.source) ? nullptr : Find(column);
      return known == nullptr ? &node : known->now;
    }
    if (node.kind == ast::Kind::kRaw && own) {
      context_.Refuse(Feature::kFullJoin, "SQL of your own may name columns: take it out");
      return &node;
    }
    if (node.kind == ast::Kind::kSelect) {
      const auto& select = ast::As<ast::Select>(node);
      if (select.from) {
        AddSources(*select.from, hidden);
        own = false;
      }
    }
    return ast::Rebuild(node, context_.arena(),
                        [&](const ast::Node& child) { return Now(child, hidden, own); });
  }

  void CheckNamed(const ast::Column& column) {
    if (named_ && PlaceOf(column.name, select_.items) >= 0) return;
    context_.Refuse(Feature::kFullJoin, kSayTheSource);
  }

  const ast::Select& select_;
  Context& context_;
  std::vector<ast::Name> sources_;
  std::vector<Known> columns_;
  bool named_ = false;  // items may be meant by their names
};

}  // namespace

bool HasFullJoin(const ast::Select& select) { return select.from && HasFullJoin(*select.from); }

const ast::Select* FullJoinAsUnion(const ast::Select& select, Context& context) {
  if (select.lock) {
    context.Refuse(Feature::kFullJoin, "lock the rows of the tables by queries of their own");
    return nullptr;
  }
  return Joins(select, context).Rewritten();
}

}  // namespace ferro::sql::rewrite
