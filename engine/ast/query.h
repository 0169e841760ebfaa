// SELECT and its parts.
#pragma once

#include "engine/ast/expr.h"

namespace ferro::ast {

// One column of the result. `type` is how it is decoded; kNull takes what the server says.
struct SelectItem final : Node {
  static constexpr Kind kKind = Kind::kSelectItem;
  SelectItem() : Node(kKind) {}

  const Expr* value = nullptr;
  Name alias;  // may be empty
  Type type = Type::kNull;

  static constexpr auto Fields(auto& n) { return std::tie(n.value, n.alias, n.type); }
};

struct Table final : Node {
  static constexpr Kind kKind = Kind::kTable;
  Table() : Node(kKind) {}

  Name name;
  Name alias;  // may be empty

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.alias); }
};

enum class Nulls : uint8_t {
  kDefault = 0,  // as in PostgreSQL: after all values, so first when descending
  kFirst = 1,
  kLast = 2,
  kNever = 3,  // the caller knows that there are none: nothing is said, indexes stay usable
};
inline constexpr Nulls kLastNulls = Nulls::kNever;

struct OrderItem final : Node {
  static constexpr Kind kKind = Kind::kOrderItem;
  OrderItem() : Node(kKind) {}

  const Expr* value = nullptr;
  bool descending = false;
  Nulls nulls = Nulls::kDefault;

  static constexpr auto Fields(auto& n) { return std::tie(n.value, n.descending, n.nulls); }
};

// `limit` and `offset` are int64 parameters or integer literals, not negative.
struct Select final : Statement {
  static constexpr Kind kKind = Kind::kSelect;
  Select() : Statement(kKind) {}

  List<const SelectItem*> items;
  Maybe<Table> from;
  Maybe<Expr> where;
  List<const OrderItem*> order;
  Maybe<Expr> limit;
  Maybe<Expr> offset;
  bool for_update = false;  // lock the rows found until the transaction ends

  static constexpr auto Fields(auto& n) {
    return std::tie(n.items, n.from, n.where, n.order, n.limit, n.offset, n.for_update);
  }
};

}  // namespace ferro::ast
