// Names, types and lists.
#include "engine/plan/assembler.h"

#include "absl/strings/numbers.h"

namespace ferro::plan {

using ast::Kind;

absl::Status Assembler::Word(const Sexpr& atom) {
  if (!atom.is_atom() || !atom.has_name || atom.has_source || atom.has_type) {
    return SexprError("expected a name", atom.offset);
  }
  return Name(atom, atom.name, atom.quoted);
}

absl::Status Assembler::Name(const Sexpr& atom, absl::string_view name, bool quoted) {
  if (!quoted && !IsWordStart(name.front())) {
    return SexprError("a name that starts so must be quoted,", atom.offset);
  }
  writer_.Name(name);
  return absl::OkStatus();
}

absl::Status Assembler::NextName(Cursor& cursor) {
  FERRO_ASSIGN(const Sexpr* name, cursor.Take("a name"));
  return Word(*name);
}

absl::StatusOr<Type> Assembler::TypeOf(const Sexpr& atom, absl::string_view word) {
  if (const auto type = TypeFromName(word)) return *type;
  return SexprError(absl::StrCat("unknown type ", word), atom.offset);
}

absl::Status Assembler::WriteType(const Sexpr& atom) {
  Type type = Type::kNull;
  if (atom.has_type) {
    FERRO_ASSIGN(type, TypeOf(atom, atom.type));
  }
  Enum(type);
  return absl::OkStatus();
}

absl::Status Assembler::Integer(const Sexpr& atom) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(atom.word(), &value))
    return SexprError("expected an integer", atom.offset);
  writer_.Int(value);
  return absl::OkStatus();
}

absl::Status Assembler::Rest(Cursor& cursor, Part part) {
  const size_t count = cursor.left();
  while (!cursor.done()) {
    FERRO_ASSIGN(const Sexpr* item, cursor.Take("an item"));
    FERRO_TRY((this->*part)(*item));
  }
  writer_.Node(Kind::kList, count);
  return absl::OkStatus();
}

absl::Status Assembler::Repeated(Cursor& cursor, absl::string_view head, Part part) {
  size_t count = 0;
  for (; const Sexpr* clause = cursor.Clause(head); ++count) FERRO_TRY((this->*part)(*clause));
  writer_.Node(Kind::kList, count);
  return absl::OkStatus();
}

absl::Status Assembler::ListClause(Cursor& cursor, absl::string_view head, Part part) {
  const Sexpr* clause = cursor.Clause(head);
  if (clause == nullptr) {
    writer_.Node(Kind::kList, 0);
    return absl::OkStatus();
  }
  Cursor items(*clause);
  return Rest(items, part);
}

absl::Status Assembler::ExprClause(Cursor& cursor, absl::string_view head) {
  const Sexpr* clause = cursor.Clause(head);
  if (clause == nullptr) {
    writer_.None();
    return absl::OkStatus();
  }
  Cursor operand(*clause);
  FERRO_TRY(NextExpr(operand));
  return operand.End();
}

absl::Status Assembler::NextExpr(Cursor& cursor) {
  FERRO_ASSIGN(const Sexpr* form, cursor.Take("an expression"));
  return Expr(*form);
}

}  // namespace ferro::plan
