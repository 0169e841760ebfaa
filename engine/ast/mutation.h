// INSERT, UPDATE and DELETE. `key` names the table's single-column primary key when there is one: dialects
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

}  // namespace ferro::ast
