#include <new>

#include "capi/src/handle.h"
#include "engine/ast/visit.h"
#include "engine/plan/format.h"

namespace {

using ferro::ast::Kind;

constexpr bool Same(int number, Kind kind) { return number == static_cast<int>(kind); }
static_assert(Same(FERRO_NODE_NONE, Kind::kNone) && Same(FERRO_NODE_LIST, Kind::kList));
static_assert(Same(FERRO_NODE_COLUMN, Kind::kColumn) && Same(FERRO_NODE_LITERAL, Kind::kLiteral) &&
              Same(FERRO_NODE_UNARY, Kind::kUnary) && Same(FERRO_NODE_BINARY, Kind::kBinary) &&
              Same(FERRO_NODE_LOGICAL, Kind::kLogical) && Same(FERRO_NODE_IN, Kind::kIn) &&
              Same(FERRO_NODE_BETWEEN, Kind::kBetween) && Same(FERRO_NODE_LIKE, Kind::kLike) &&
              Same(FERRO_NODE_AGGREGATE, Kind::kAggregate) && Same(FERRO_NODE_EXISTS, Kind::kExists));
static_assert(Same(FERRO_NODE_SELECT_ITEM, Kind::kSelectItem) &&
              Same(FERRO_NODE_TABLE, Kind::kTable) &&
              Same(FERRO_NODE_ORDER_ITEM, Kind::kOrderItem) &&
              Same(FERRO_NODE_SELECT, Kind::kSelect));
static_assert(Same(FERRO_NODE_CALL, Kind::kCall) && Same(FERRO_NODE_CASE, Kind::kCase) && Same(FERRO_NODE_CAST, Kind::kCast) && Same(FERRO_NODE_SUBQUERY, Kind::kSubquery) && Same(FERRO_NODE_IN_QUERY, Kind::kInQuery) && Same(FERRO_NODE_QUANTIFIED, Kind::kQuantified) && Same(FERRO_NODE_ROW, Kind::kRow) && Same(FERRO_NODE_OVER, Kind::kOver) && Same(FERRO_NODE_WINDOW_CALL, Kind::kWindowCall) && Same(FERRO_NODE_REGEX, Kind::kRegex) && Same(FERRO_NODE_JSON_GET, Kind::kJsonGet) && Same(FERRO_NODE_RAW, Kind::kRaw) && Same(FERRO_NODE_EXCLUDED, Kind::kExcluded) && Same(FERRO_NODE_TEXT_SEARCH, Kind::kTextSearch) && Same(FERRO_NODE_COMPOUND, Kind::kCompound) && Same(FERRO_NODE_WHEN, Kind::kWhen) && Same(FERRO_NODE_FRAME, Kind::kFrame) && Same(FERRO_NODE_JSON_STEP, Kind::kJsonStep) && Same(FERRO_NODE_DERIVED, Kind::kDerived) && Same(FERRO_NODE_JOIN, Kind::kJoin) && Same(FERRO_NODE_WITH, Kind::kWith) && Same(FERRO_NODE_CTE, Kind::kCte) && Same(FERRO_NODE_DISTINCT, Kind::kDistinct) && Same(FERRO_NODE_GROUPING, Kind::kGrouping) && Same(FERRO_NODE_GROUPING_SET, Kind::kGroupingSet) && Same(FERRO_NODE_LOCK, Kind::kLock));
static_assert(Same(FERRO_NODE_ASSIGNMENT, Kind::kAssignment) &&
              Same(FERRO_NODE_INSERT, Kind::kInsert) && Same(FERRO_NODE_UPDATE, Kind::kUpdate) &&
              Same(FERRO_NODE_DELETE, Kind::kDelete) &&
              Same(FERRO_NODE_UPSERT, Kind::kUpsert) &&
              Same(FERRO_NODE_INSERT_SELECT, Kind::kInsertSelect));
static_assert(Same(FERRO_NODE_COLUMN_DEFINITION, Kind::kColumnDefinition) &&
              Same(FERRO_NODE_UNIQUE, Kind::kUnique) &&
              Same(FERRO_NODE_CREATE_TABLE, Kind::kCreateTable) &&
              Same(FERRO_NODE_DROP_TABLE, Kind::kDropTable) &&
              Same(FERRO_NODE_CREATE_INDEX, Kind::kCreateIndex) &&
              Same(FERRO_NODE_DROP_INDEX, Kind::kDropIndex) &&
              Same(FERRO_NODE_FOREIGN_KEY, Kind::kForeignKey) &&
              Same(FERRO_NODE_CHECK, Kind::kCheck) &&
              Same(FERRO_NODE_ADD_CONSTRAINT, Kind::kAddConstraint) &&
              Same(FERRO_NODE_DROP_CONSTRAINT, Kind::kDropConstraint) &&
              Same(FERRO_NODE_CREATE_TEXT_INDEX, Kind::kCreateTextIndex) &&
              Same(FERRO_NODE_DROP_TEXT_INDEX, Kind::kDropTextIndex));
static_assert(Same(FERRO_NODE_RAW_STATEMENT, Kind::kRawStatement) &&
              Same(FERRO_NODE_EXPLAIN, Kind::kExplain) && Same(FERRO_NODE_TAGGED, Kind::kTagged) &&
              Same(FERRO_NODE_WITH_CHANGES, Kind::kWithChanges) && Same(FERRO_NODE_CHANGE_CTE, Kind::kChangeCte));
static_assert(FERRO_EFFECT_DEFINITION == static_cast<int>(ferro::ast::kLastRawEffect));
static_assert(FERRO_LITERAL_INTEGER == static_cast<int>(ferro::ast::kLastLiteralKind));
static_assert(FERRO_UNARY_IS_NOT_NULL == static_cast<int>(ferro::ast::kLastUnaryOp));
static_assert(FERRO_BINARY_NOT_DISTINCT_FROM == static_cast<int>(ferro::ast::kLastBinaryOp));
static_assert(FERRO_ACTION_SET_DEFAULT == static_cast<int>(ferro::ast::kLastReferentialAction));
static_assert(FERRO_DEFERRAL_DEFERRED == static_cast<int>(ferro::ast::kLastDeferral));
static_assert(FERRO_LOGICAL_OR == static_cast<int>(ferro::ast::kLastLogicalOp));
static_assert(FERRO_NULLS_NEVER == static_cast<int>(ferro::ast::kLastNulls));
static_assert(FERRO_JOIN_CROSS == static_cast<int>(ferro::ast::kLastJoinKind));
static_assert(FERRO_SET_EXCEPT == static_cast<int>(ferro::ast::kLastSetOp));
static_assert(FERRO_GROUPING_SETS == static_cast<int>(ferro::ast::kLastGroupingKind));
static_assert(FERRO_MATERIALIZED_NEVER == static_cast<int>(ferro::ast::kLastMaterialized));
static_assert(FERRO_LOCK_SHARE == static_cast<int>(ferro::ast::kLastLockStrength));
static_assert(FERRO_LOCK_SKIP_LOCKED == static_cast<int>(ferro::ast::kLastLockWait));
static_assert(FERRO_FRAME_GROUPS == static_cast<int>(ferro::ast::kLastFrameUnit));
static_assert(FERRO_BOUND_UNBOUNDED_FOLLOWING == static_cast<int>(ferro::ast::kLastFrameBound));
static_assert(FERRO_EXCLUDE_TIES == static_cast<int>(ferro::ast::kLastFrameExclude));
static_assert(FERRO_FUNCTION_GROUPING == static_cast<int>(ferro::ast::kLastFunction));
static_assert(FERRO_AGGREGATE_JSON_AGG == static_cast<int>(ferro::ast::kLastAggregateFunction));
static_assert(FERRO_WINDOW_NTH_VALUE == static_cast<int>(ferro::ast::kLastWindowFunction));
static_assert(FERRO_PLAN_NAME == static_cast<int>(ferro::plan::Op::kName) &&
              FERRO_PLAN_INT == static_cast<int>(ferro::plan::Op::kInt) &&
              FERRO_PLAN_PARAM == static_cast<int>(ferro::plan::Op::kParam) &&
              FERRO_PLAN_LIST_PARAM == static_cast<int>(ferro::plan::Op::kListParam) &&
              FERRO_PLAN_NODE == static_cast<int>(ferro::plan::Op::kNode) &&
              FERRO_PLAN_TEXT == static_cast<int>(ferro::plan::Op::kText));

template <class F>
uint8_t Write(ferro_plan* plan, F write) {
  if (plan == nullptr) return 0;
  try {
    write(plan->writer);
    return 1;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

}  // namespace

ferro_plan* ferro_plan_new(void) {
  try {
    return new ferro_plan;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void ferro_plan_free(ferro_plan* plan) { delete plan; }

void ferro_plan_reset(ferro_plan* plan) {
  if (plan != nullptr) plan->writer.Reset();
}

uint8_t ferro_plan_name(ferro_plan* plan, ferro_bytes name) {
  return Write(plan, [&](ferro::plan::Writer& writer) { writer.Name(ferro::capi::View(name)); });
}

uint8_t ferro_plan_text(ferro_plan* plan, ferro_bytes text) {
  return Write(plan, [&](ferro::plan::Writer& writer) { writer.Text(ferro::capi::View(text)); });
}

uint8_t ferro_plan_int(ferro_plan* plan, int64_t value) {
  return Write(plan, [&](ferro::plan::Writer& writer) { writer.Int(value); });
}

uint8_t ferro_plan_param(ferro_plan* plan, uint8_t type, uint8_t is_list) {
  return Write(plan, [&](ferro::plan::Writer& writer) {
    if (is_list) {
      writer.ListParam(static_cast<ferro::Type>(type));
    } else {
      writer.Param(static_cast<ferro::Type>(type));
    }
  });
}

uint8_t ferro_plan_node(ferro_plan* plan, uint8_t kind, uint32_t operand_count) {
  return Write(plan, [&](ferro::plan::Writer& writer) {
    writer.Node(static_cast<Kind>(kind), operand_count);
  });
}

ferro_bytes ferro_plan_bytes(const ferro_plan* plan) {
  return plan == nullptr ? ferro_bytes{nullptr, 0} : ferro::capi::BytesOf(plan->writer.bytes());
}
