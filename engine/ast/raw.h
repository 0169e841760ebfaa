// Statements in words of the caller's, and what stands around a statement of any kind.
#pragma once

#include "engine/ast/query.h"

namespace ferro::ast {

// What a statement in words of the caller's does, as far as the caller knows.
enum class RawEffect : uint8_t {
  kUnknown = 0,     // it may change rows
  kReads = 1,       // it changes nothing, so that it may be sent again
  kDefinition = 2,  // it creates or drops: some servers end the transaction for it
};
inline constexpr RawEffect kLastRawEffect = RawEffect::kDefinition;

// Sent as it is, with values in the places of its own. It is not looked into. Columns of its result are read as the
// server describes them, or as one of `columns` of the same name says.
struct RawStatement final : Statement {
  static constexpr Kind kKind = Kind::kRawStatement;
  RawStatement() : Statement(kKind) {}

  List<Text> pieces;            // one more than places
  List<const Expr*> arguments;
  List<int64_t> places;         // which argument, from 0, stands after each piece but the last
  List<const Column*> columns;  // name and type; their source is empty
  RawEffect effect = RawEffect::kUnknown;

  static constexpr auto Fields(auto& n) {
    return std::tie(n.pieces, n.arguments, n.places, n.columns, n.effect);
  }
};

// How the server would run `statement`, in the server's words; with `analyze` it runs it, too, and measures.
struct Explain final : Statement {
  static constexpr Kind kKind = Kind::kExplain;
  Explain() : Statement(kKind) {}

  const Statement* statement = nullptr;
  bool analyze = false;

  static constexpr auto Fields(auto& n) { return std::tie(n.statement, n.analyze); }
};

// The statement with a comment before its text, which the server's logs and statistics show.
struct Tagged final : Statement {
  static constexpr Kind kKind = Kind::kTagged;
  Tagged() : Statement(kKind) {}

  Text comment;
  const Statement* statement = nullptr;

  static constexpr auto Fields(auto& n) { return std::tie(n.comment, n.statement); }
};

// A change of rows as a common table expression: what it returns is read by its name. All changes of a statement, and
// the statement itself, see the tables as they were before it.
struct ChangeCte final : Node {
  static constexpr Kind kKind = Kind::kChangeCte;
  ChangeCte() : Node(kKind) {}

  Name name;
  List<Name> columns;  // of what it returns; may be empty
  const Statement* change = nullptr;  // Insert, InsertSelect, Upsert, Update or Delete

  static constexpr auto Fields(auto& n) { return std::tie(n.name, n.columns, n.change); }
};

// `statement`, a query or a change, with changes before it.
struct WithChanges final : Statement {
  static constexpr Kind kKind = Kind::kWithChanges;
  WithChanges() : Statement(kKind) {}

  List<const ChangeCte*> changes;
  const Statement* statement = nullptr;

  static constexpr auto Fields(auto& n) { return std::tie(n.changes, n.statement); }
};

}  // namespace ferro::ast
