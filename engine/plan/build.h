// Makes a node of a kind that is known at run time from the operands before it, and checks each
// operand against the type of its field. Generic over Fields(): a new node is one line of
// VisitKind, a new enumeration one line of LastOf. The reader is its only user; S-expressions go
// through plan bytes and so through the same checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/ast/derive.h"
#include "engine/ast/function_words.h"
#include "engine/base/arena.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/plan/check.h"

namespace ferro::plan {

struct Operand;

struct OperandList {
  const Operand* data = nullptr;
  size_t size = 0;
};

// What an instruction has pushed.
struct Operand {
  std::variant<std::monostate, ast::Name, ast::Text, int64_t, const ast::Node*, OperandList> value;
  uint32_t offset = 0;  // of its instruction, for messages
  uint32_t depth = 0;   // of nested nodes
};

inline absl::Status PlanError(absl::string_view what, size_t offset) {
  return MakeError(ErrorClass::kPlan, absl::StrCat("invalid plan: ", what, " at byte ", offset));
}

constexpr ast::LiteralKind LastOf(ast::LiteralKind) { return ast::kLastLiteralKind; }
constexpr ast::UnaryOp LastOf(ast::UnaryOp) { return ast::kLastUnaryOp; }
constexpr ast::BinaryOp LastOf(ast::BinaryOp) { return ast::kLastBinaryOp; }
constexpr ast::LogicalOp LastOf(ast::LogicalOp) { return ast::kLastLogicalOp; }
constexpr ast::Nulls LastOf(ast::Nulls) { return ast::kLastNulls; }
constexpr ast::Function LastOf(ast::Function) { return ast::kLastFunction; }
constexpr ast::AggregateFunction LastOf(ast::AggregateFunction) { return ast::kLastAggregateFunction; }
constexpr ast::WindowFunction LastOf(ast::WindowFunction) { return ast::kLastWindowFunction; }
constexpr ast::FrameUnit LastOf(ast::FrameUnit) { return ast::kLastFrameUnit; }
constexpr ast::FrameBound LastOf(ast::FrameBound) { return ast::kLastFrameBound; }
constexpr ast::FrameExclude LastOf(ast::FrameExclude) { return ast::kLastFrameExclude; }
constexpr ast::JoinKind LastOf(ast::JoinKind) { return ast::kLastJoinKind; }
constexpr ast::Materialized LastOf(ast::Materialized) { return ast::kLastMaterialized; }
constexpr ast::GroupingKind LastOf(ast::GroupingKind) { return ast::kLastGroupingKind; }
constexpr ast::LockStrength LastOf(ast::LockStrength) { return ast::kLastLockStrength; }
constexpr ast::LockWait LastOf(ast::LockWait) { return ast::kLastLockWait; }
constexpr ast::SetOp LastOf(ast::SetOp) { return ast::kLastSetOp; }
constexpr ast::RawEffect LastOf(ast::RawEffect) { return ast::kLastRawEffect; }
constexpr ast::ReferentialAction LastOf(ast::ReferentialAction) { return ast::kLastReferentialAction; }
constexpr ast::Deferral LastOf(ast::Deferral) { return ast::kLastDeferral; }

// Whether a node of this kind may stand where a `T` is wanted.
template <class T>
constexpr bool Fits(ast::Kind kind) {
  if constexpr (std::is_same_v<T, ast::Expr>) {
    // A list is no value, and the function of a window none by itself.
    return ast::IsExpr(kind) && kind != ast::Kind::kParamList && kind != ast::Kind::kWindowCall;
  } else if constexpr (std::is_same_v<T, ast::Query>) {
    return ast::IsQuery(kind);
  } else if constexpr (std::is_same_v<T, ast::Source>) {
    return ast::IsSource(kind);
  } else if constexpr (std::is_same_v<T, ast::Constraint>) {
    return ast::IsConstraint(kind);
  } else if constexpr (std::is_same_v<T, ast::Node>) {
    return true;
  } else if constexpr (std::is_same_v<T, ast::Statement>) {
    return ast::IsStatement(kind);
  } else {
    return kind == T::kKind;
  }
}

// Calls `f(std::type_identity<T>{})` with the node type of `kind`; `otherwise` for a kind that NODE
// cannot make.
template <class F, class Otherwise>
auto VisitKind(ast::Kind kind, F f, Otherwise otherwise) {
  using ast::Kind;
  switch (kind) {
    case Kind::kColumn:
      return f(std::type_identity<ast::Column>{});
    case Kind::kLiteral:
      return f(std::type_identity<ast::Literal>{});
    case Kind::kUnary:
      return f(std::type_identity<ast::Unary>{});
    case Kind::kBinary:
      return f(std::type_identity<ast::Binary>{});
    case Kind::kLogical:
      return f(std::type_identity<ast::Logical>{});
    case Kind::kIn:
      return f(std::type_identity<ast::In>{});
    case Kind::kBetween:
      return f(std::type_identity<ast::Between>{});
    case Kind::kLike:
      return f(std::type_identity<ast::Like>{});
    case Kind::kAggregate:
      return f(std::type_identity<ast::Aggregate>{});
    case Kind::kExists:
      return f(std::type_identity<ast::Exists>{});
    case Kind::kCall:
      return f(std::type_identity<ast::Call>{});
    case Kind::kCase:
      return f(std::type_identity<ast::Case>{});
    case Kind::kCast:
      return f(std::type_identity<ast::Cast>{});
    case Kind::kSubquery:
      return f(std::type_identity<ast::Subquery>{});
    case Kind::kInQuery:
      return f(std::type_identity<ast::InQuery>{});
    case Kind::kQuantified:
      return f(std::type_identity<ast::Quantified>{});
    case Kind::kRow:
      return f(std::type_identity<ast::Row>{});
    case Kind::kOver:
      return f(std::type_identity<ast::Over>{});
    case Kind::kWindowCall:
      return f(std::type_identity<ast::WindowCall>{});
    case Kind::kRegex:
      return f(std::type_identity<ast::Regex>{});
    case Kind::kJsonGet:
      return f(std::type_identity<ast::JsonGet>{});
    case Kind::kRaw:
      return f(std::type_identity<ast::Raw>{});
    case Kind::kExcluded:
      return f(std::type_identity<ast::Excluded>{});
    case Kind::kTextSearch:
      return f(std::type_identity<ast::TextSearch>{});
    case Kind::kSelectItem:
      return f(std::type_identity<ast::SelectItem>{});
    case Kind::kTable:
      return f(std::type_identity<ast::Table>{});
    case Kind::kOrderItem:
      return f(std::type_identity<ast::OrderItem>{});
    case Kind::kSelect:
      return f(std::type_identity<ast::Select>{});
    case Kind::kCompound:
      return f(std::type_identity<ast::Compound>{});
    case Kind::kWhen:
      return f(std::type_identity<ast::When>{});
    case Kind::kFrame:
      return f(std::type_identity<ast::Frame>{});
    case Kind::kJsonStep:
      return f(std::type_identity<ast::JsonStep>{});
    case Kind::kDerived:
      return f(std::type_identity<ast::Derived>{});
    case Kind::kJoin:
      return f(std::type_identity<ast::Join>{});
    case Kind::kWith:
      return f(std::type_identity<ast::With>{});
    case Kind::kCte:
      return f(std::type_identity<ast::Cte>{});
    case Kind::kDistinct:
      return f(std::type_identity<ast::Distinct>{});
    case Kind::kGrouping:
      return f(std::type_identity<ast::Grouping>{});
    case Kind::kGroupingSet:
      return f(std::type_identity<ast::GroupingSet>{});
    case Kind::kLock:
      return f(std::type_identity<ast::Lock>{});
    case Kind::kAssignment:
      return f(std::type_identity<ast::Assignment>{});
    case Kind::kInsert:
      return f(std::type_identity<ast::Insert>{});
    case Kind::kUpdate:
      return f(std::type_identity<ast::Update>{});
    case Kind::kDelete:
      return f(std::type_identity<ast::Delete>{});
    case Kind::kUpsert:
      return f(std::type_identity<ast::Upsert>{});
    case Kind::kInsertSelect:
      return f(std::type_identity<ast::InsertSelect>{});
    case Kind::kColumnDefinition:
      return f(std::type_identity<ast::ColumnDefinition>{});
    case Kind::kUnique:
      return f(std::type_identity<ast::Unique>{});
    case Kind::kCreateTable:
      return f(std::type_identity<ast::CreateTable>{});
    case Kind::kDropTable:
      return f(std::type_identity<ast::DropTable>{});
    case Kind::kCreateIndex:
      return f(std::type_identity<ast::CreateIndex>{});
    case Kind::kDropIndex:
      return f(std::type_identity<ast::DropIndex>{});
    case Kind::kRawStatement:
      return f(std::type_identity<ast::RawStatement>{});
    case Kind::kExplain:
      return f(std::type_identity<ast::Explain>{});
    case Kind::kTagged:
      return f(std::type_identity<ast::Tagged>{});
    case Kind::kWithChanges:
      return f(std::type_identity<ast::WithChanges>{});
    case Kind::kChangeCte:
      return f(std::type_identity<ast::ChangeCte>{});
    case Kind::kForeignKey:
      return f(std::type_identity<ast::ForeignKey>{});
    case Kind::kCheck:
      return f(std::type_identity<ast::Check>{});
    case Kind::kAddConstraint:
      return f(std::type_identity<ast::AddConstraint>{});
    case Kind::kDropConstraint:
      return f(std::type_identity<ast::DropConstraint>{});
    case Kind::kCreateTextIndex:
      return f(std::type_identity<ast::CreateTextIndex>{});
    case Kind::kDropTextIndex:
      return f(std::type_identity<ast::DropTextIndex>{});
    case Kind::kNone:
    case Kind::kList:
    case Kind::kParam:  // PARAM and LIST_PARAM make these
    case Kind::kParamList:
      break;
  }
  return otherwise();
}

// How many operands a plan has to give. Fields that a node got later (after kFewest) may be left out, so that
// plans of older callers stay what they are; they have other bytes than a plan that gives the defaults.
template <class T>
constexpr size_t FewestOperands(size_t count) {
  if constexpr (requires { T::kFewest; }) {
    return T::kFewest;
  } else {
    return count;
  }
}

// Converts operands to the fields of one node.
template <class T>
class NodeBuilder {
 public:
  NodeBuilder(T& node, Arena& arena) : node_(node), arena_(arena) {}

  absl::Status Fill(std::span<const Operand> operands, size_t offset) {
    auto fields = T::Fields(node_);
    constexpr size_t kCount = std::tuple_size_v<decltype(fields)>;
    if (operands.size() < FewestOperands<T>(kCount) || operands.size() > kCount) {
      return PlanError(absl::StrCat("a node of kind ", static_cast<int>(T::kKind), " with ",
                                    operands.size(), " operands instead of ", kCount),
                       offset);
    }
    absl::Status status;
    size_t next = 0;
    // Stops at the first operand that does not fit.
    const auto set = [&](auto& field) {
      if (next < operands.size()) status = Set(field, operands[next++]);
      return status.ok();
    };
    std::apply([&](auto&... field) { (void)(set(field) && ...); }, fields);
    if (!status.ok()) return status;
    if (const char* fault = Fault(node_)) return PlanError(fault, offset);
    return absl::OkStatus();
  }

 private:
  template <class F>
  absl::Status Set(F& field, const Operand& operand) {
    if constexpr (std::is_same_v<F, ast::Name>) {
      return SetName(field, operand);
    } else if constexpr (std::is_same_v<F, ast::Text>) {
      const auto* text = std::get_if<ast::Text>(&operand.value);
      if (text == nullptr) return Wrong("a text", operand);
      field = *text;
      return absl::OkStatus();
    } else if constexpr (std::is_same_v<F, Type>) {
      const auto* integer = std::get_if<int64_t>(&operand.value);
      if (integer == nullptr) return Wrong("an integer", operand);
      if (!IsDeclarable(*integer)) {
        return PlanError(absl::StrCat("an unknown type ", *integer), operand.offset);
      }
      field = static_cast<Type>(*integer);
      return absl::OkStatus();
    } else if constexpr (std::is_same_v<F, bool> || std::is_enum_v<F>) {
      int64_t last = 1;
      if constexpr (std::is_enum_v<F>) last = static_cast<int64_t>(LastOf(F{}));
      const auto* integer = std::get_if<int64_t>(&operand.value);
      if (integer == nullptr) return Wrong("an integer", operand);
      if (*integer < 0 || *integer > last) {
        return PlanError(absl::StrCat("an integer beyond ", last), operand.offset);
      }
      if constexpr (std::is_same_v<F, ast::Function>) {
        if (!ast::IsFunction(*integer)) {
          return PlanError(absl::StrCat("an unknown function ", *integer), operand.offset);
        }
      }
      field = static_cast<F>(*integer);
      return absl::OkStatus();
    } else if constexpr (std::is_same_v<F, int64_t>) {
      const auto* integer = std::get_if<int64_t>(&operand.value);
      if (integer == nullptr) return Wrong("an integer", operand);
      field = *integer;
      return absl::OkStatus();
    } else if constexpr (ast::internal::kIsNodePointer<F>) {
      return SetNode(field, operand);
    } else if constexpr (requires { field.node; }) {
      if (std::holds_alternative<std::monostate>(operand.value)) return absl::OkStatus();
      return SetNode(field.node, operand);
    } else {
      return SetList(field, operand);
    }
  }

  absl::Status SetName(ast::Name& field, const Operand& operand) {
    const auto* name = std::get_if<ast::Name>(&operand.value);
    if (name == nullptr) return Wrong("a name", operand);
    if (name->empty() && !MayBeEmpty(node_, field)) {
      return PlanError("an empty name where one is needed", operand.offset);
    }
    field = *name;
    return absl::OkStatus();
  }

  template <class N>
  absl::Status SetNode(const N*& field, const Operand& operand) {
    const auto* node = std::get_if<const ast::Node*>(&operand.value);
    if (node == nullptr || !Fits<N>((*node)->kind)) return Wrong("a node that fits", operand);
    field = static_cast<const N*>(*node);
    return absl::OkStatus();
  }

  template <class Item>
  absl::Status SetList(std::span<Item>& field, const Operand& operand) {
    const auto* list = std::get_if<OperandList>(&operand.value);
    if (list == nullptr) return Wrong("a list", operand);
    const auto items = arena_.NewArray<std::remove_const_t<Item>>(list->size);
    for (size_t i = 0; i < list->size; ++i) {
      new (&items[i]) std::remove_const_t<Item>();
      FERRO_TRY(Set(items[i], list->data[i]));
    }
    field = items;
    return absl::OkStatus();
  }

  static absl::Status Wrong(absl::string_view wanted, const Operand& operand) {
    return PlanError(absl::StrCat("a node of kind ", static_cast<int>(T::kKind), " needs ", wanted,
                                  " and gets something else"),
                     operand.offset);
  }

  T& node_;
  Arena& arena_;
};

// `offset` is that of the NODE instruction.
inline absl::StatusOr<const ast::Node*> BuildNode(ast::Kind kind, std::span<const Operand> operands,
                                                  size_t offset, Arena& arena) {
  using Result = absl::StatusOr<const ast::Node*>;
  return VisitKind(
      kind,
      [&]<class T>(std::type_identity<T>) -> Result {
        T* node = arena.New<T>();
        FERRO_TRY(NodeBuilder<T>(*node, arena).Fill(operands, offset));
        return node;
      },
      [&]() -> Result {
        return PlanError(absl::StrCat("unknown node kind ", static_cast<int>(kind)), offset);
      });
}

}  // namespace ferro::plan
