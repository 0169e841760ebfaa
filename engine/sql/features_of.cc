#include "engine/sql/features_of.h"

#include "engine/ast/derive.h"
#include "engine/sql/rewrite/old_row.h"
#include "engine/sql/rewrite/queries.h"
#include "engine/sql/rewrite/target.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"

namespace ferro::sql {
namespace {

using ast::BinaryOp;
using ast::Kind;

// Whether a select within the aggregate has aggregates, and queries that read what is around them.
bool HasReadAggregate(const ast::Aggregate& aggregate) {
  bool found = false;
  const auto look = [&found](const ast::Node& node) {
    if (found || node.kind != Kind::kSelect || !HasAggregate(ast::As<ast::Select>(node))) return;
    const auto within = [&](const ast::Node& part) {
      if (&part == &node || !ast::IsQuery(part.kind)) return;
      found = found || IsCorrelated(static_cast<const ast::Query&>(part));
    };
    ast::Walk(node, within);
  };
  ast::Walk(aggregate, look);
  return found;
}

class Collector {
 public:
  // What a node asks for by itself, without its children. Nodes without a word here ask for
  // nothing.
  void operator()(const ast::Node& node) {
    ast::Visit(node, [this](const auto& typed) { Of(typed); });
  }

  FeatureSet features() const { return features_; }

 private:
  void Use(Feature feature) { features_.set(static_cast<size_t>(feature)); }

  void Of(const ast::Node&) {}

  void Of(const ast::Binary& node) {
    const Type left = TypeOf(*node.left), right = TypeOf(*node.right);
    const bool mixed = left != right && IsNumeric(left) && IsNumeric(right);
    if (mixed && ast::IsComparison(node.op)) Use(Feature::kMixedNumbers);
    if (ast::IsDistinctness(node.op)) return Use(Feature::kDistinctFrom);
    if (!ast::IsComparison(node.op)) return UseArithmetic(node.op, *node.left, *node.right);
    if (rewrite::IsRowOrder(node)) Use(Feature::kRowOrder);
    if (rewrite::IsRowEquality(node)) Use(Feature::kRowEquality);
  }

  void Of(const ast::Unary& node) {
    if (node.op == ast::UnaryOp::kNegate) {
      UseArithmetic(BinaryOp::kSubtract, *node.operand, *node.operand);
    }
    if (rewrite::NegatesQuantified(node)) Use(Feature::kNegatedQuantified);
  }

  void UseArithmetic(BinaryOp op, const ast::Expr& left_operand, const ast::Expr& right_operand) {
    const Type left = TypeOf(left_operand);
    const Type right = TypeOf(right_operand);
    const bool decimal = left == Type::kDecimal || right == Type::kDecimal;
    if (op == BinaryOp::kDivide || op == BinaryOp::kIntegerDivide || op == BinaryOp::kModulo) {
      if (decimal) Use(Feature::kDecimalDivision);
      Use(op == BinaryOp::kDivide ? Feature::kTrueDivision : Feature::kIntegerDivision);
    } else if (decimal) {
      Use(Feature::kDecimalArithmetic);
    } else if (left != Type::kFloat64 && right != Type::kFloat64) {
      Use(Feature::kCheckedArithmetic);  // both int64, or not known to be anything else
    }
  }

  void Of(const ast::Column& node) { UseArrays(node.type); }
  void Of(const ast::Param& node) { UseArrays(node.type); }
  void UseArrays(Type type) {
    if (IsArray(type)) Use(Feature::kArrays);
  }

  void Of(const ast::In&) {
    Use(Feature::kEmptyList);
    Use(Feature::kListAsOneParameter);
  }

  void Of(const ast::Like& node) {
    Use(node.fold_case ? Feature::kIgnoreCase : Feature::kCaseSensitiveLike);
  }

  void Of(const ast::InQuery& node) { UseSought(*node.value, *node.query); }
  void Of(const ast::Quantified& node) {
    Use(Feature::kQuantified);
    UseSought(*node.value, *node.query);
  }
  void UseSought(const ast::Expr& value, const ast::Query& query) {
    if (rewrite::IsOneAggregate(query)) Use(Feature::kSoughtAggregate);
    if (HasWindow(value) && IsCorrelated(query)) Use(Feature::kSoughtWindow);
  }
  void Of(const ast::Regex&) { Use(Feature::kRegex); }
  void Of(const ast::JsonGet&) { Use(Feature::kJsonPath); }
  void Of(const ast::TextSearch& node) { UseSearch(node.language); }
  void Of(const ast::CreateTextIndex& node) { UseSearch(node.language); }
  void Of(const ast::DropTextIndex&) { Use(Feature::kTextSearch); }
  void UseSearch(ast::Name language) {
    Use(Feature::kTextSearch);
    if (language != "simple") Use(Feature::kSearchLanguage);
  }
  void Of(const ast::WithChanges&) { Use(Feature::kChangingCte); }

  void Of(const ast::Aggregate& node) {
    if (node.filter) Use(Feature::kAggregateFilter);
    const bool spread = node.function >= ast::AggregateFunction::kStddevSample &&
                        node.function <= ast::AggregateFunction::kVariancePopulation;
    if (node.distinct && spread) Use(Feature::kDistinctSpread);
    if (HasReadAggregate(node)) Use(Feature::kAggregatedQuery);
    if (!node.order.empty()) Use(Feature::kAggregateOrder);
    if (node.function == ast::AggregateFunction::kJsonAgg) Use(Feature::kJsonAggregate);
    if (node.function == ast::AggregateFunction::kSum && TypeOf(node) == Type::kDecimal) {
      Use(Feature::kDecimalArithmetic);
    }
  }

  void Of(const ast::WindowCall& node) {
    const bool neighbour = node.function == ast::WindowFunction::kLag ||
                           node.function == ast::WindowFunction::kLead;
    if (neighbour && node.arguments.size() == 3) Use(Feature::kNeighbourDefault);
  }

  void Of(const ast::Frame& node) {
    if (node.unit == ast::FrameUnit::kGroups) Use(Feature::kGroupsFrame);
    const bool counts = node.start_count || node.end_count;
    if (node.unit == ast::FrameUnit::kRange && counts) Use(Feature::kRangeDistance);
    if (node.exclude != ast::FrameExclude::kNothing) Use(Feature::kFrameExclude);
    const auto bound = [](const ast::Maybe<ast::Expr>& count) { return count && count->kind == Kind::kParam; };
    if (bound(node.start_count) || bound(node.end_count)) Use(Feature::kFrameParameter);
  }

  void Of(const ast::Over& node) {
    const bool aggregate = node.call->kind == Kind::kAggregate;
    if (aggregate && ast::As<ast::Aggregate>(*node.call).filter) Use(Feature::kWindowFilter);
  }

  void Of(const ast::Derived& node) {
    if (node.lateral) return Use(Feature::kLateral);
    if (IsCorrelated(*node.query)) Use(Feature::kCorrelatedTable);
  }

  void Of(const ast::Join& node) {
    if (node.join == ast::JoinKind::kFull) Use(Feature::kFullJoin);
    if (node.join == ast::JoinKind::kRight) Use(Feature::kRightJoin);
  }

  void Of(const ast::Cte& node) {
    if (node.materialized != ast::Materialized::kDefault) Use(Feature::kMaterializedHint);
  }

  void Of(const ast::Distinct& node) {
    if (!node.on.empty()) Use(Feature::kDistinctOn);
  }

  void Of(const ast::Grouping& node) {
    switch (node.grouping) {
      case ast::GroupingKind::kPlain:
        return;
      case ast::GroupingKind::kRollup:
        return Use(Feature::kRollup);
      case ast::GroupingKind::kCube:
      case ast::GroupingKind::kSets:
        return Use(Feature::kGroupingSets);
    }
  }

  void Of(const ast::Lock& node) {
    Use(node.strength == ast::LockStrength::kShare ? Feature::kShareLock : Feature::kRowLock);
    if (node.wait != ast::LockWait::kWait) Use(Feature::kLockWait);
    if (!node.of.empty()) Use(Feature::kLockOf);
  }

  void Of(const ast::Compound& node) {
    if (node.offset && !node.limit) Use(Feature::kOffsetWithoutLimit);
    if (node.op == ast::SetOp::kUnion) return;
    Use(node.all ? Feature::kIntersectExceptAll : Feature::kIntersectExcept);
  }

  void Of(const ast::OrderItem& node) {
    if (node.nulls != ast::Nulls::kNever) Use(Feature::kNullsOrder);
  }

  void Of(const ast::Select& node) {
    if (node.offset && !node.limit) Use(Feature::kOffsetWithoutLimit);
    if (node.with_ties) Use(Feature::kWithTies);
    if (OrdersByOuter(node) || GroupsByOuter(node)) Use(Feature::kOuterInOrder);
    if (node.distinct && node.offset) Use(Feature::kDistinctOffset);
    if (!node.grouping) return;
    if (GroupsByParameter(node)) Use(Feature::kParameterGroup);
    const bool alone = node.grouping->items.empty() && node.grouping->sets.empty();
    if (alone && !HasAggregate(node)) Use(Feature::kLoneHaving);
    if (alone && node.grouping->having) Use(Feature::kUngroupedHaving);
    if (rewrite::HavingNamesColumn(node)) Use(Feature::kGroupedHaving);
  }

  void Of(const ast::Insert& node) {
    if (node.row.empty()) Use(Feature::kDefaultRow);
    if (!node.returning.empty()) Use(Feature::kInsertReturning);
  }

  void Of(const ast::Explain& node) {
    if (node.analyze) Use(Feature::kExplainAnalyze);
  }

  void Of(const ast::Upsert& node) {
    Use(node.assignments.empty() ? Feature::kConflictIgnore : Feature::kConflictUpdate);
    if (node.where) Use(Feature::kConflictWhere);
    if (rewrite::HasDependentAssignments(node.assignments)) Use(Feature::kOldRowAssignment);
    const bool all_written = !node.assignments.empty() && !node.where;
    if (!node.insert->returning.empty() && !all_written) Use(Feature::kConflictReturning);
  }

  void Of(const ast::InsertSelect& node) {
    if (!node.returning.empty()) Use(Feature::kInsertSelectReturning);
  }

  void Of(const ast::Update& node) {
    if (!node.returning.empty()) Use(Feature::kUpdateReturning);
    if (rewrite::HasDependentAssignments(node.assignments)) Use(Feature::kOldRowAssignment);
    if (rewrite::ReadsTarget(node, node.table)) Use(Feature::kTargetInSubquery);
  }

  void Of(const ast::Delete& node) {
    if (!node.returning.empty()) Use(Feature::kDeleteReturning);
    if (rewrite::ReadsTarget(node, node.table)) Use(Feature::kTargetInSubquery);
  }

  void Of(const ast::ColumnDefinition& node) {
    UseArrays(node.type);
    if (node.generated) Use(Feature::kGeneratedKey);
    if (node.type == Type::kDecimal && node.precision == 0) Use(Feature::kUnboundedDecimal);
    if (node.otherwise && node.otherwise->kind != Kind::kParam && node.otherwise->kind != Kind::kLiteral) {
      Use(Feature::kExpressionDefault);
    }
  }

  void Of(const ast::Check&) { Use(Feature::kCheckConstraint); }

  void Of(const ast::ForeignKey& node) {
    const auto sets_default = ast::ReferentialAction::kSetDefault;
    if (node.on_delete == sets_default || node.on_update == sets_default) {
      Use(Feature::kSetDefaultAction);
    }
    if (node.deferral != ast::Deferral::kNever) Use(Feature::kDeferrableConstraint);
  }

  void Of(const ast::DropTable& node) {
    if (node.deferred) Use(Feature::kDeferredDrop);
  }

  void Of(const ast::AddConstraint&) { Use(Feature::kAlterConstraint); }
  void Of(const ast::DropConstraint&) { Use(Feature::kAlterConstraint); }

  void Of(const ast::CreateIndex& node) {
    if (node.if_not_exists) Use(Feature::kCreateIndexIfNotExists);
    if (node.where) Use(node.unique ? Feature::kPartialUniqueIndex : Feature::kPartialIndex);
    for (const ast::OrderItem* key : node.keys) {
      if (key->value->kind != Kind::kColumn) Use(Feature::kExpressionIndex);
    }
  }

  void Of(const ast::DropIndex& node) {
    if (node.if_exists) Use(Feature::kDropIndexIfExists);
  }

  FeatureSet features_;
};

}  // namespace

FeatureSet FeaturesOf(const ast::Statement& statement) {
  Collector collector;
  ast::Walk(statement, collector);
  return collector.features();
}

}  // namespace ferro::sql
