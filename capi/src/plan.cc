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
              Same(FERRO_NODE_COUNT, Kind::kCount) && Same(FERRO_NODE_EXISTS, Kind::kExists));
static_assert(Same(FERRO_NODE_SELECT_ITEM, Kind::kSelectItem) &&
              Same(FERRO_NODE_TABLE, Kind::kTable) &&
              Same(FERRO_NODE_ORDER_ITEM, Kind::kOrderItem) &&
              Same(FERRO_NODE_SELECT, Kind::kSelect));
static_assert(Same(FERRO_NODE_ASSIGNMENT, Kind::kAssignment) &&
              Same(FERRO_NODE_INSERT, Kind::kInsert) && Same(FERRO_NODE_UPDATE, Kind::kUpdate) &&
              Same(FERRO_NODE_DELETE, Kind::kDelete));
static_assert(Same(FERRO_NODE_COLUMN_DEFINITION, Kind::kColumnDefinition) &&
              Same(FERRO_NODE_UNIQUE, Kind::kUnique) &&
              Same(FERRO_NODE_CREATE_TABLE, Kind::kCreateTable) &&
              Same(FERRO_NODE_DROP_TABLE, Kind::kDropTable) &&
              Same(FERRO_NODE_CREATE_INDEX, Kind::kCreateIndex) &&
              Same(FERRO_NODE_DROP_INDEX, Kind::kDropIndex));
static_assert(FERRO_LITERAL_INTEGER == static_cast<int>(ferro::ast::kLastLiteralKind));
static_assert(FERRO_UNARY_IS_NOT_NULL == static_cast<int>(ferro::ast::kLastUnaryOp));
static_assert(FERRO_BINARY_MODULO == static_cast<int>(ferro::ast::kLastBinaryOp));
static_assert(FERRO_LOGICAL_OR == static_cast<int>(ferro::ast::kLastLogicalOp));
static_assert(FERRO_NULLS_NEVER == static_cast<int>(ferro::ast::kLastNulls));
static_assert(FERRO_PLAN_NAME == static_cast<int>(ferro::plan::Op::kName) &&
              FERRO_PLAN_INT == static_cast<int>(ferro::plan::Op::kInt) &&
              FERRO_PLAN_PARAM == static_cast<int>(ferro::plan::Op::kParam) &&
              FERRO_PLAN_LIST_PARAM == static_cast<int>(ferro::plan::Op::kListParam) &&
              FERRO_PLAN_NODE == static_cast<int>(ferro::plan::Op::kNode));

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
