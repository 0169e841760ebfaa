// INSERT, UPDATE, DELETE and what is made of them. `key` names the table's single-column primary key when there is one: dialects
// without RETURNING find the touched rows by it.
#pragma once

#include "engine/ast/query.h"

namespace ferro::ast {

struct Assignment final : Node {
  static constexpr Kind kKind = Kind::kAssignment;
  Assignment() : Node(kKind) {}

  Name column;
  const Expr* value = nullptr;

  static constexpr auto Fields(auto& n) { return std::tie(n.column, n.value); }
};

// One row; a bulk call repeats it (engine/db/bulk.h). No assignments: a row of defaults. A key that is assigned NULL is
// refused, by the compiler or once the arguments are known; one without an assignment is the database's to make.
struct Insert final : Statement {
  static constexpr Kind kKind = Kind::kInsert;
  Insert() : Statement(kKind) {}

  Name table;
  List<const Assignment*> row;
  List<const SelectItem*> returning;
  Name key;  // may be empty
  Type key_type = Type::kNull;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.table, n.row, n.returning, n.key, n.key_type);
  }
};

// Every assignment sees the row as it was before the statement.
struct Update final : Statement {
  static constexpr Kind kKind = Kind::kUpdate;
  Update() : Statement(kKind) {}

  Name table;
  List<const Assignment*> assignments;
  Maybe<Expr> where;
  List<const SelectItem*> returning;
  Name key;
  Type key_type = Type::kNull;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.table, n.assignments, n.where, n.returning, n.key, n.key_type);
  }
};

struct Delete final : Statement {
  static constexpr Kind kKind = Kind::kDelete;
  Delete() : Statement(kKind) {}

  Name table;
  Maybe<Expr> where;
  List<const SelectItem*> returning;
  Name key;
  Type key_type = Type::kNull;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.table, n.where, n.returning, n.key, n.key_type);
  }
};

// Within an Upsert's assignments and condition: what the row that was to be inserted has in that column.
struct Excluded final : Expr {
  static constexpr Kind kKind = Kind::kExcluded;
  Excluded() : Expr(kKind) {}

  Name name;
  Type type = Type::kNull;

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.type); }
};

// An insert whose row, where there is one already that equals it in all columns of `target`, changes that one: by the
// assignments, which see the row as it was, or not at all when there are none. Any other unique key that the row violates
// is an error. An empty target, only without assignments, means every unique key. Columns say their table. What is
// returned are the rows that were inserted or changed, in no order; nothing is promised of how they are counted.
struct Upsert final : Statement {
  static constexpr Kind kKind = Kind::kUpsert;
  Upsert() : Statement(kKind) {}

  bool only_key = false;  // the row can violate no unique key but the target: what servers need that know no targets
  const Insert* insert = nullptr;
  List<Name> target;
  List<const Assignment*> assignments;
  Maybe<Expr> where;  // the row that is there stays as it is unless this is true

  static constexpr auto Fields(auto& n) {
    return std::tie(n.only_key, n.insert, n.target, n.assignments, n.where);
  }
};

// Inserts the rows of a query.
struct InsertSelect final : Statement {
  static constexpr Kind kKind = Kind::kInsertSelect;
  InsertSelect() : Statement(kKind) {}

  Name table;
  List<Name> columns;  // as many as the query gives
  const Query* query = nullptr;
  List<const SelectItem*> returning;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.table, n.columns, n.query, n.returning);
  }
};

}  // namespace ferro::ast
