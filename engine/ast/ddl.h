// CREATE and DROP of tables and indexes.
#pragma once

#include "engine/ast/node.h"

namespace ferro::ast {

struct ColumnDefinition final : Node {
  static constexpr Kind kKind = Kind::kColumnDefinition;
  ColumnDefinition() : Node(kKind) {}

  Name name;
  Type type = Type::kNull;
  int64_t length = 0;     // of text, in characters, 0 is no limit; of int64, 2 or 4 bytes, 0 is 8
  int64_t precision = 0;  // of decimal, in digits; 0 is as many as the database holds exactly
  int64_t scale = 0;
  bool nullable = false;
  bool generated = false;  // an int64 key the database numbers when no value is given
  bool indexed = false;    // part of a key, unique constraint or index: MySQL wants a bounded type

  static constexpr auto Fields(auto& n) {
    return std::tie(n.name, n.type, n.length, n.precision, n.scale, n.nullable, n.generated,
                    n.indexed);
  }
};

struct Unique final : Node {
  static constexpr Kind kKind = Kind::kUnique;
  Unique() : Node(kKind) {}

  Name name;
  List<Name> columns;

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.columns); }
};

struct CreateTable final : Statement {
  static constexpr Kind kKind = Kind::kCreateTable;
  CreateTable() : Statement(kKind) {}

  Name name;
  bool if_not_exists = false;
  List<const ColumnDefinition*> columns;
  List<Name> primary_key;  // may be empty
  List<const Unique*> uniques;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.name, n.if_not_exists, n.columns, n.primary_key, n.uniques);
  }
};

struct DropTable final : Statement {
  static constexpr Kind kKind = Kind::kDropTable;
  DropTable() : Statement(kKind) {}

  Name name;
  bool if_exists = false;

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.if_exists); }
};

struct CreateIndex final : Statement {
  static constexpr Kind kKind = Kind::kCreateIndex;
  CreateIndex() : Statement(kKind) {}

  Name name;
  Name table;
  List<Name> columns;
  bool unique = false;
  bool if_not_exists = false;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.name, n.table, n.columns, n.unique, n.if_not_exists);
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

}  // namespace ferro::ast
