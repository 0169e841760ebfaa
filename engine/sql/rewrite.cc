#include "engine/sql/rewrite.h"

#include <type_traits>

#include "absl/strings/str_cat.h"
#include "engine/ast/rebuild.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/sql/rewrite/context.h"
#include "engine/sql/rewrite/joins.h"
#include "engine/sql/rewrite/mixed_numbers.h"
#include "engine/sql/rewrite/nulls_order.h"
#include "engine/sql/rewrite/old_row.h"
#include "engine/sql/rewrite/queries.h"
#include "engine/sql/rewrite/target.h"
#include "engine/sql/rewrite/wrap.h"
#include "engine/sql/scope.h"

namespace ferro::sql {
namespace {

class Rewriter {
 public:
  Rewriter(const ast::Statement& statement, const DialectProfile& profile, Arena& arena)
      : profile_(profile), arena_(arena), context_(statement, profile, arena) {}

  // What replaces the node is rewritten in its turn; then the children are. The same node when nothing has
  // changed.
  const ast::Node* Node(const ast::Node& node) {
    return ast::Visit(node, [this](const auto& typed) -> const ast::Node* { return Typed(typed); });
  }

  // The statement with what concerns it as a whole, then all of it.
  const ast::Node* Whole(const ast::Statement& statement) {
    const ast::Statement* whole = &statement;
    if (context_.Rewrites(Feature::kTargetInSubquery)) {
      ast::Name table;
      if (whole->kind == ast::Kind::kUpdate) table = ast::As<ast::Update>(statement).table;
      if (whole->kind == ast::Kind::kDelete) table = ast::As<ast::Delete>(statement).table;
      if (!table.empty() && rewrite::ReadsTarget(statement, table)) {
        whole = rewrite::KeepTargetApart(statement, table, context_);
      }
    }
    return Node(*whole);
  }

  const absl::Status& status() const {
    return status_.ok() ? context_.status() : status_;
  }

 private:
  template <class T>
  const ast::Node* Typed(const T& node) {
    const ast::Node* other = Instead(node);
    if (!status().ok()) return &node;
    if (other != nullptr) return Node(*other);
    T copy = node;
    bool changed = ast::RebuildChildren(
        copy, arena_, [this](const ast::Node& child) { return Node(child); });
    changed |= Own(copy);
    return changed ? arena_.New<T>(copy) : &node;
  }

  // Another node in the place of this one, without the construct that the server lacks; nullptr when it has
  // all of it.
  const ast::Node* Instead(const ast::Node&) { return nullptr; }

  const ast::Node* Instead(const ast::Select& select) {
    const auto lacks = [this](Feature feature) { return context_.Rewrites(feature); };
    if (lacks(Feature::kFullJoin) && rewrite::HasFullJoin(select)) {
      return rewrite::FullJoinAsUnion(select, context_);
    }
    const bool distinct_on = select.distinct && !select.distinct->on.empty();
    if (distinct_on && lacks(Feature::kDistinctOn)) return rewrite::DistinctOn(select, context_);
    const bool ties = select.with_ties && lacks(Feature::kWithTies);
    const bool says_nulls = lacks(Feature::kNullsOrder) && rewrite::SaysNulls(select.order);
    const bool skips = select.offset && lacks(Feature::kDistinctOffset);
    if (select.distinct && !distinct_on && (ties || says_nulls || skips)) {
      return rewrite::OrderOutside(select, context_);
    }
    if (ties) return rewrite::WithTies(select, context_);
    if (lacks(Feature::kOuterInOrder) && OrdersByOuter(select)) {
      return rewrite::OrderOutside(select, context_);
    }
    return LacksGroups(select) ? rewrite::GroupsAsUnion(select, context_) : nullptr;
  }

  bool LacksGroups(const ast::Select& select) {
    if (!select.grouping || context_.IsDone(*select.grouping)) return false;
    const auto lacks = [this](Feature feature) { return context_.Rewrites(feature); };
    switch (select.grouping->grouping) {
      case ast::GroupingKind::kRollup:
        return lacks(Feature::kRollup);
      case ast::GroupingKind::kCube:
      case ast::GroupingKind::kSets:
        return lacks(Feature::kGroupingSets);
      case ast::GroupingKind::kPlain:
        break;
    }
    if (select.grouping->items.empty()) {
      if (select.grouping->having && lacks(Feature::kUngroupedHaving)) return true;
      return lacks(Feature::kLoneHaving) && !HasAggregate(select);
    }
    if (lacks(Feature::kOuterInOrder) && GroupsByOuter(select)) return true;
    if (lacks(Feature::kGroupingSets) && HasGroupingCall(select)) return true;
    if (lacks(Feature::kGroupedHaving) && rewrite::HavingNeedsTable(select, context_)) return true;
    return lacks(Feature::kParameterGroup) && GroupsByParameter(select);
  }

  const ast::Node* Instead(const ast::Compound& compound) {
    const bool all = compound.all && compound.op != ast::SetOp::kUnion;
    if (all && context_.Rewrites(Feature::kIntersectExceptAll)) {
      return rewrite::SetAll(compound, context_);
    }
    const bool wrapped = context_.Rewrites(Feature::kNullsOrder) && rewrite::SaysNulls(compound.order);
    return wrapped ? rewrite::WrapCompound(compound, context_) : nullptr;
  }

  const ast::Node* Instead(const ast::Binary& binary) {
    if (context_.Rewrites(Feature::kRowOrder) && rewrite::IsRowOrder(binary)) {
      return rewrite::RowOrderByItems(binary, context_);
    }
    const bool lacks = context_.Rewrites(Feature::kRowEquality) && rewrite::IsRowEquality(binary);
    return lacks ? rewrite::RowEqualityByItems(binary, context_) : nullptr;
  }

  const ast::Node* Instead(const ast::Unary& unary) {
    const bool lacks = context_.Rewrites(Feature::kNegatedQuantified) && rewrite::NegatesQuantified(unary);
    return lacks ? rewrite::NegatedByParts(unary, context_) : nullptr;
  }

  const ast::Node* Instead(const ast::InQuery& in) {
    const bool lacks = context_.Rewrites(Feature::kSoughtAggregate) && rewrite::IsOneAggregate(*in.query);
    return lacks ? rewrite::SoughtAsValue(in, context_) : nullptr;
  }

  const ast::Node* Instead(const ast::Quantified& quantified) {
    if (context_.Rewrites(Feature::kSoughtAggregate) && rewrite::IsOneAggregate(*quantified.query)) {
      return rewrite::QuantifiedAsValue(quantified, context_);
    }
    if (!context_.Rewrites(Feature::kQuantified)) return nullptr;
    return rewrite::QuantifiedAsExtremes(quantified, context_);
  }

  const ast::Node* Instead(const ast::Join& join) {
    if (!context_.Rewrites(Feature::kRightJoin)) return nullptr;
    return rewrite::RightJoinAsLeft(join, context_);
  }

  // What is changed in a node, its children being done.
  template <class T>
  bool Own(T& node) {
    if constexpr (requires { rewrite::CastNumbers(node, context_); }) {
      return context_.Rewrites(Feature::kMixedNumbers) && rewrite::CastNumbers(node, context_);
    }
    return false;
  }

  bool Own(ast::Select& select) { return OwnOrder(select); }
  bool Own(ast::Compound& compound) {
    const bool numbers =
        context_.Rewrites(Feature::kMixedNumbers) && rewrite::CastNumbers(compound, context_);
    return OwnOrder(compound) || numbers;
  }
  bool Own(ast::Aggregate& aggregate) { return OwnOrder(aggregate); }
  bool Own(ast::Over& over) {
    const bool filter = context_.Rewrites(Feature::kWindowFilter) &&
                        rewrite::FilterExtremeByCase(over, context_);
    if (!over.frame || !rewrite::HasDistance(*over.frame)) return OwnOrder(over) || filter;
    // An order of two items has no distances.
    if (!context_.Rewrites(Feature::kRangeDistance) || !rewrite::SaysNulls(over.order)) return filter;
    if (rewrite::HasOpenEnd(*over.frame)) {
      status_.Update(MakeErrorWithHint(
          ErrorClass::kUnsupported,
          absl::StrCat(profile_.version.ToString(), " does not support ",
                       Name(Feature::kRangeDistance), " beside NULLs that stand last"),
          "say nulls=\"native\" where there are none, or give the frame both its ends"));
      return false;
    }
    over.order = rewrite::NullsAsTheyStand(over.order, arena_);
    return true;
  }

  template <class T>
  bool OwnOrder(T& node) {
    if (node.order.empty() || !context_.Rewrites(Feature::kNullsOrder)) return false;
    node.order = rewrite::NullsOrderAsIsNull(node.order, arena_);
    return true;
  }

  bool Own(ast::Update& update) { return OwnAssignments(update); }

  bool Own(ast::Upsert& upsert) {
    const bool conditional = upsert.where && context_.Rewrites(Feature::kConflictWhere);
    if (conditional) {
      upsert.assignments = rewrite::IfTrue(upsert, context_);
      upsert.where = {};
    }
    return OwnAssignments(upsert) || conditional;
  }

  template <class T>
  bool OwnAssignments(T& node) {
    if (!context_.Rewrites(Feature::kOldRowAssignment) ||
        !rewrite::HasDependentAssignments(node.assignments)) {
      return false;
    }
    auto ordered = rewrite::ReadersFirst(node.assignments, profile_, arena_);
    if (ordered.ok()) {
      node.assignments = *ordered;
    } else {
      status_.Update(ordered.status());
    }
    return true;
  }

  const DialectProfile& profile_;
  Arena& arena_;
  rewrite::Context context_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<const ast::Statement*> ApplyRewrites(const ast::Statement& statement,
                                                    const DialectProfile& profile, Arena& arena) {
  Rewriter rewriter(statement, profile, arena);
  const ast::Node* rewritten = rewriter.Whole(statement);
  FERRO_TRY(rewriter.status());
  return static_cast<const ast::Statement*>(rewritten);
}

}  // namespace ferro::sql
