// The one switch over Kind: calls `f` with the node as its own type. Passes build on this or on derive.h, so
// a new node is found by the compiler (-Wswitch) here and nowhere else.
#pragma once

#include <utility>

#include "engine/ast/ddl.h"
#include "engine/ast/mutation.h"
#include "engine/ast/query.h"
#include "engine/ast/raw.h"

namespace ferro::ast {

template <class T>
const T& As(const Node& node) {
  return static_cast<const T&>(node);
}

template <class F>
decltype(auto) Visit(const Node& node, F&& f) {
  switch (node.kind) {
    case Kind::kColumn: return f(As<Column>(node));
    case Kind::kParam: return f(As<Param>(node));
    case Kind::kParamList: return f(As<ParamList>(node));
    case Kind::kLiteral: return f(As<Literal>(node));
    case Kind::kUnary: return f(As<Unary>(node));
    case Kind::kBinary: return f(As<Binary>(node));
    case Kind::kLogical: return f(As<Logical>(node));
    case Kind::kIn: return f(As<In>(node));
    case Kind::kBetween: return f(As<Between>(node));
    case Kind::kLike: return f(As<Like>(node));
    case Kind::kAggregate: return f(As<Aggregate>(node));
    case Kind::kExists: return f(As<Exists>(node));
    case Kind::kCall: return f(As<Call>(node));
    case Kind::kCase: return f(As<Case>(node));
    case Kind::kCast: return f(As<Cast>(node));
    case Kind::kSubquery: return f(As<Subquery>(node));
    case Kind::kInQuery: return f(As<InQuery>(node));
    case Kind::kQuantified: return f(As<Quantified>(node));
    case Kind::kRow: return f(As<Row>(node));
    case Kind::kOver: return f(As<Over>(node));
    case Kind::kWindowCall: return f(As<WindowCall>(node));
    case Kind::kRegex: return f(As<Regex>(node));
    case Kind::kJsonGet: return f(As<JsonGet>(node));
    case Kind::kRaw: return f(As<Raw>(node));
    case Kind::kExcluded: return f(As<Excluded>(node));
    case Kind::kTextSearch: return f(As<TextSearch>(node));
    case Kind::kSelectItem: return f(As<SelectItem>(node));
    case Kind::kTable: return f(As<Table>(node));
    case Kind::kOrderItem: return f(As<OrderItem>(node));
    case Kind::kSelect: return f(As<Select>(node));
    case Kind::kCompound: return f(As<Compound>(node));
    case Kind::kWhen: return f(As<When>(node));
    case Kind::kFrame: return f(As<Frame>(node));
    case Kind::kJsonStep: return f(As<JsonStep>(node));
    case Kind::kDerived: return f(As<Derived>(node));
    case Kind::kJoin: return f(As<Join>(node));
    case Kind::kWith: return f(As<With>(node));
    case Kind::kCte: return f(As<Cte>(node));
    case Kind::kDistinct: return f(As<Distinct>(node));
    case Kind::kGrouping: return f(As<Grouping>(node));
    case Kind::kGroupingSet: return f(As<GroupingSet>(node));
    case Kind::kLock: return f(As<Lock>(node));
    case Kind::kChangeCte: return f(As<ChangeCte>(node));
    case Kind::kAssignment: return f(As<Assignment>(node));
    case Kind::kInsert: return f(As<Insert>(node));
    case Kind::kUpdate: return f(As<Update>(node));
    case Kind::kDelete: return f(As<Delete>(node));
    case Kind::kUpsert: return f(As<Upsert>(node));
    case Kind::kInsertSelect: return f(As<InsertSelect>(node));
    case Kind::kColumnDefinition: return f(As<ColumnDefinition>(node));
    case Kind::kUnique: return f(As<Unique>(node));
    case Kind::kCreateTable: return f(As<CreateTable>(node));
    case Kind::kDropTable: return f(As<DropTable>(node));
    case Kind::kCreateIndex: return f(As<CreateIndex>(node));
    case Kind::kDropIndex: return f(As<DropIndex>(node));
    case Kind::kForeignKey: return f(As<ForeignKey>(node));
    case Kind::kCheck: return f(As<Check>(node));
    case Kind::kAddConstraint: return f(As<AddConstraint>(node));
    case Kind::kDropConstraint: return f(As<DropConstraint>(node));
    case Kind::kCreateTextIndex: return f(As<CreateTextIndex>(node));
    case Kind::kDropTextIndex: return f(As<DropTextIndex>(node));
    case Kind::kRawStatement: return f(As<RawStatement>(node));
    case Kind::kExplain: return f(As<Explain>(node));
    case Kind::kTagged: return f(As<Tagged>(node));
    case Kind::kWithChanges: return f(As<WithChanges>(node));
    case Kind::kNone:
    case Kind::kList: break;  // never in a tree
  }
  __builtin_unreachable();
}

constexpr bool IsExpr(Kind kind) { return kind >= Kind::kColumn && kind <= Kind::kTextSearch; }
constexpr bool IsQuery(Kind kind) { return kind == Kind::kSelect || kind == Kind::kCompound; }
constexpr bool IsChange(Kind kind) { return kind >= Kind::kInsert && kind <= Kind::kInsertSelect; }
constexpr bool IsSource(Kind kind) {
  return kind == Kind::kTable || kind == Kind::kDerived || kind == Kind::kJoin;
}
constexpr bool IsConstraint(Kind kind) {
  return kind == Kind::kUnique || kind == Kind::kForeignKey || kind == Kind::kCheck;
}
constexpr bool IsDefinition(Kind kind) {
  return (kind >= Kind::kCreateTable && kind <= Kind::kDropIndex) || kind == Kind::kAddConstraint ||
         (kind >= Kind::kDropConstraint && kind <= Kind::kDropTextIndex);
}
constexpr bool IsStatement(Kind kind) {
  return IsQuery(kind) || IsChange(kind) || IsDefinition(kind) ||
         (kind >= Kind::kRawStatement && kind <= Kind::kWithChanges);
}

}  // namespace ferro::ast
