// Definitions: CREATE and DROP of tables and indexes, and constraints of tables. Expressions among them speak of
// the columns of one table, by names without a source. Their parameters become literals in the text when the
// statement is run, since servers take no parameters in definitions.
#pragma once

#include "engine/ast/query.h"

namespace ferro::ast {

struct ColumnDefinition final : Node {
  static constexpr Kind kKind = Kind::kColumnDefinition;
  static constexpr size_t kFewest = 8;
  ColumnDefinition() : Node(kKind) {}

  Name name;
  Type type = Type::kNull;
  int64_t length = 0;     // of text, in characters, 0 is no limit; of int64, 2 or 4 bytes, 0 is 8
  int64_t precision = 0;  // of decimal, in digits; 0 is as many as the database holds exactly
  int64_t scale = 0;
  bool nullable = false;
  bool generated = false;  // an int64 key the database numbers when no value is given
  bool indexed = false;    // part of a key, unique constraint or index: MySQL wants a bounded type
  Maybe<Expr> otherwise;   // DEFAULT: the value of a row that gives none

  static constexpr auto Fields(auto& n) {
    return std::tie(n.name, n.type, n.length, n.precision, n.scale, n.nullable, n.generated,
                    n.indexed, n.otherwise);
  }
};

// What rows have to meet. Named, so that errors can name it.
struct Constraint : Node {
  explicit constexpr Constraint(Kind node_kind) : Node(node_kind) {}

  Name name;
};

struct Unique final : Constraint {
  static constexpr Kind kKind = Kind::kUnique;
  Unique() : Constraint(kKind) {}

  List<Name> columns;

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.columns); }
};

// What happens to the rows that refer to one that is deleted, or whose key changes.
enum class ReferentialAction : uint8_t { kNoAction, kRestrict, kCascade, kSetNull, kSetDefault };
inline constexpr ReferentialAction kLastReferentialAction = ReferentialAction::kSetDefault;

// Whether a constraint can wait for the end of the transaction, and whether it does unless told otherwise.
enum class Deferral : uint8_t { kNever, kImmediate, kDeferred };
inline constexpr Deferral kLastDeferral = Deferral::kDeferred;

struct ForeignKey final : Constraint {
  static constexpr Kind kKind = Kind::kForeignKey;
  ForeignKey() : Constraint(kKind) {}

  List<Name> columns;
  Name target;
  List<Name> target_columns;  // its key, or columns of one of its unique constraints
  ReferentialAction on_delete = ReferentialAction::kNoAction;
  ReferentialAction on_update = ReferentialAction::kNoAction;
  Deferral deferral = Deferral::kNever;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.name, n.columns, n.target, n.target_columns, n.on_delete, n.on_update,
                    n.deferral);
  }
};

struct Check final : Constraint {
  static constexpr Kind kKind = Kind::kCheck;
  Check() : Constraint(kKind) {}

  const Expr* condition = nullptr;  // not false; NULL passes

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.condition); }
};

struct CreateTable final : Statement {
  static constexpr Kind kKind = Kind::kCreateTable;
  CreateTable() : Statement(kKind) {}

  Name name;
  bool if_not_exists = false;
  List<const ColumnDefinition*> columns;
  List<Name> primary_key;  // may be empty
  List<const Constraint*> constraints;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.name, n.if_not_exists, n.columns, n.primary_key, n.constraints);
  }
};

struct DropTable final : Statement {
  static constexpr Kind kKind = Kind::kDropTable;
  static constexpr size_t kFewest = 2;
  DropTable() : Statement(kKind) {}

  Name name;
  bool if_exists = false;
  bool deferred = false;  // what refers to it is looked at when the transaction ends

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.if_exists, n.deferred); }
};

struct CreateIndex final : Statement {
  static constexpr Kind kKind = Kind::kCreateIndex;
  static constexpr size_t kFewest = 5;
  CreateIndex() : Statement(kKind) {}

  Name name;
  Name table;
  List<Name> columns;
  bool unique = false;
  bool if_not_exists = false;
  List<const OrderItem*> keys;  // instead of `columns`: expressions, and descending ones; nothing on NULLs
  Maybe<Expr> where;            // rows that do not meet it are not in the index

  static constexpr auto Fields(auto& n) {
    return std::tie(n.name, n.table, n.columns, n.unique, n.if_not_exists, n.keys, n.where);
  }
};

struct DropIndex final : Statement {
  static constexpr Kind kKind = Kind::kDropIndex;
  DropIndex() : Statement(kKind) {}

  Name name;
  Name table;
  bool if_exists = false;

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.table, n.if_exists); }
};

// For tables that refer to each other: the constraint that closes the circle comes when both are there.
struct AddConstraint final : Statement {
  static constexpr Kind kKind = Kind::kAddConstraint;
  AddConstraint() : Statement(kKind) {}

  Name table;
  const Constraint* constraint = nullptr;

  static constexpr auto Fields(auto& n) { return std::tie(n.table, n.constraint); }
};

struct DropConstraint final : Statement {
  static constexpr Kind kKind = Kind::kDropConstraint;
  DropConstraint() : Statement(kKind) {}

  Name table;
  Name name;

  static constexpr auto Fields(auto& n) { return std::tie(n.table, n.name); }
};

// What TextSearch looks through. Does nothing when it is there.
struct CreateTextIndex final : Statement {
  static constexpr Kind kKind = Kind::kCreateTextIndex;
  CreateTextIndex() : Statement(kKind) {}

  Name name;
  Name table;
  Name key;  // may be empty: the table has no key that is one int64
  List<Name> columns;
  Name language;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.name, n.table, n.key, n.columns, n.language);
  }
};

// Does nothing when it is not there. Where it is more than an index it does not go with its table.
struct DropTextIndex final : Statement {
  static constexpr Kind kKind = Kind::kDropTextIndex;
  DropTextIndex() : Statement(kKind) {}

  Name name;
  Name table;

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.table); }
};

}  // namespace ferro::ast
