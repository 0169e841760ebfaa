// Queries and their parts. Names of tables, aliases and columns follow the rules of ISO SQL.
#pragma once

#include "engine/ast/call.h"

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

// A table, a view, or a common table expression of that name.
struct Table final : Source {
  static constexpr Kind kKind = Kind::kTable;
  Table() : Source(kKind) {}

  Name name;
  Name alias;  // may be empty

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.alias); }
};

// A query as a table; its columns have the names of its items.
struct Derived final : Source {
  static constexpr Kind kKind = Kind::kDerived;
  Derived() : Source(kKind) {}

  const Query* query = nullptr;
  Name alias;
  bool lateral = false;  // it may read the sources before it

  static constexpr auto Fields(auto& n) { return std::tie(n.query, n.alias, n.lateral); }
};

enum class JoinKind : uint8_t { kInner = 0, kLeft = 1, kRight = 2, kFull = 3, kCross = 4 };
inline constexpr JoinKind kLastJoinKind = JoinKind::kCross;

// `on` is there unless it is a cross join. `right` is no Join.
struct Join final : Source {
  static constexpr Kind kKind = Kind::kJoin;
  Join() : Source(kKind) {}

  JoinKind join = JoinKind::kInner;
  const Source* left = nullptr;
  const Source* right = nullptr;
  Maybe<Expr> on;

  static constexpr auto Fields(auto& n) { return std::tie(n.join, n.left, n.right, n.on); }
};

enum class Materialized : uint8_t { kDefault = 0, kAlways = 1, kNever = 2 };
inline constexpr Materialized kLastMaterialized = Materialized::kNever;

// `name (columns) AS (query)`. The hint changes the plan of the server, never the result.
struct Cte final : Node {
  static constexpr Kind kKind = Kind::kCte;
  Cte() : Node(kKind) {}

  Name name;
  List<Name> columns;  // may be empty
  const Query* query = nullptr;
  Materialized materialized = Materialized::kDefault;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.name, n.columns, n.query, n.materialized);
  }
};

struct With final : Node {
  static constexpr Kind kKind = Kind::kWith;
  With() : Node(kKind) {}

  bool recursive = false;  // each may read itself, as a Compound of UNION [ALL]
  List<const Cte*> ctes;

  static constexpr auto Fields(auto& n) { return std::tie(n.recursive, n.ctes); }
};

// DISTINCT; with expressions DISTINCT ON: of rows in which they are equal the first one in the order.
struct Distinct final : Node {
  static constexpr Kind kKind = Kind::kDistinct;
  Distinct() : Node(kKind) {}

  List<const Expr*> on;

  static constexpr auto Fields(auto& n) { return std::tie(n.on); }
};

enum class GroupingKind : uint8_t { kPlain = 0, kRollup = 1, kCube = 2, kSets = 3 };
inline constexpr GroupingKind kLastGroupingKind = GroupingKind::kSets;

struct GroupingSet final : Node {
  static constexpr Kind kKind = Kind::kGroupingSet;
  GroupingSet() : Node(kKind) {}

  List<const Expr*> items;

  static constexpr auto Fields(auto& n) { return std::tie(n.items); }
};

// GROUP BY and HAVING. Without items (and sets) there is one group, of all rows. An item that is an integer
// literal is the select item at that place, from 1.
struct Grouping final : Node {
  static constexpr Kind kKind = Kind::kGrouping;
  Grouping() : Node(kKind) {}

  GroupingKind grouping = GroupingKind::kPlain;
  List<const Expr*> items;         // not with kSets
  List<const GroupingSet*> sets;   // with kSets only
  Maybe<Expr> having;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.grouping, n.items, n.sets, n.having);
  }
};

enum class LockStrength : uint8_t { kUpdate = 0, kShare = 1 };
inline constexpr LockStrength kLastLockStrength = LockStrength::kShare;
enum class LockWait : uint8_t { kWait = 0, kNoWait = 1, kSkipLocked = 2 };
inline constexpr LockWait kLastLockWait = LockWait::kSkipLocked;

// Locks the rows found until the transaction ends.
struct Lock final : Node {
  static constexpr Kind kKind = Kind::kLock;
  Lock() : Node(kKind) {}

  LockStrength strength = LockStrength::kUpdate;
  List<Name> of;  // aliases of sources; empty: all
  LockWait wait = LockWait::kWait;

  static constexpr auto Fields(auto& n) { return std::tie(n.strength, n.of, n.wait); }
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

// A name without a source that an item has as its alias means that item in GROUP BY, HAVING and ORDER BY.
// `limit` and `offset` are int64 parameters or integer literals, not negative. `with_ties` adds the rows that
// are equal in the order to the last one within the limit.
struct Select final : Query {
  static constexpr Kind kKind = Kind::kSelect;
  Select() : Query(kKind) {}

  Maybe<With> with;
  Maybe<Distinct> distinct;
  List<const SelectItem*> items;
  Maybe<Source> from;
  Maybe<Expr> where;
  Maybe<Grouping> grouping;
  List<const OrderItem*> order;
  Maybe<Expr> limit;
  Maybe<Expr> offset;
  bool with_ties = false;
  Maybe<Lock> lock;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.with, n.distinct, n.items, n.from, n.where, n.grouping, n.order, n.limit,
                    n.offset, n.with_ties, n.lock);
  }
};

enum class SetOp : uint8_t { kUnion = 0, kIntersect = 1, kExcept = 2 };
inline constexpr SetOp kLastSetOp = SetOp::kExcept;

// Two or more queries as one, from left to right. The first one names the columns; the order reads those
// names only.
struct Compound final : Query {
  static constexpr Kind kKind = Kind::kCompound;
  Compound() : Query(kKind) {}

  Maybe<With> with;
  SetOp op = SetOp::kUnion;
  bool all = false;
  List<const Query*> members;
  List<const OrderItem*> order;
  Maybe<Expr> limit;
  Maybe<Expr> offset;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.with, n.op, n.all, n.members, n.order, n.limit, n.offset);
  }
};

}  // namespace ferro::ast
