// The one switch over Kind: calls `f` with the node as its own type. Passes build on this or on derive.h, so
// a new node is found by the compiler (-Wswitch) here and nowhere else.
#pragma once

#include <utility>

#include "engine/ast/ddl.h"
#include "engine/ast/expr.h"
#include "engine/ast/mutation.h"
#include "engine/ast/query.h"

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
    case Kind::kCount: return f(As<Count>(node));
    case Kind::kExists: return f(As<Exists>(node));
    case Kind::kSelectItem: return f(As<SelectItem>(node));
    case Kind::kTable: return f(As<Table>(node));
    case Kind::kOrderItem: return f(As<OrderItem>(node));
    case Kind::kSelect: return f(As<Select>(node));
    case Kind::kAssignment: return f(As<Assignment>(node));
    case Kind::kInsert: return f(As<Insert>(node));
    case Kind::kUpdate: return f(As<Update>(node));
    case Kind::kDelete: return f(As<Delete>(node));
    case Kind::kColumnDefinition: return f(As<ColumnDefinition>(node));
    case Kind::kUnique: return f(As<Unique>(node));
    case Kind::kCreateTable: return f(As<CreateTable>(node));
    case Kind::kDropTable: return f(As<DropTable>(node));
    case Kind::kCreateIndex: return f(As<CreateIndex>(node));
    case Kind::kDropIndex: return f(As<DropIndex>(node));
    case Kind::kNone:
    case Kind::kList: break;  // never in a tree
  }
  __builtin_unreachable();
}

constexpr bool IsExpr(Kind kind) { return kind >= Kind::kColumn && kind <= Kind::kExists; }
constexpr bool IsStatement(Kind kind) {
  return kind == Kind::kSelect || kind == Kind::kInsert || kind == Kind::kUpdate ||
         kind == Kind::kDelete || (kind >= Kind::kCreateTable && kind <= Kind::kDropIndex);
}

}  // namespace ferro::ast
