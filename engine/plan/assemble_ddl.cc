// Definitions.
#include "engine/plan/assembler.h"

namespace ferro::plan {

using ast::Kind;

absl::Status Assembler::CreateTable(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  writer_.Int(cursor.Flag("if-not-exists"));
  FERRO_TRY(Repeated(cursor, "column", &Assembler::ColumnDefinition));
  FERRO_TRY(ListClause(cursor, "primary-key", &Assembler::Word));
  FERRO_TRY(Rest(cursor, &Assembler::Constraint));
  writer_.Node(Kind::kCreateTable, 5);
  return absl::OkStatus();
}

absl::Status Assembler::ColumnDefinition(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  FERRO_ASSIGN(const Sexpr* word, cursor.Take("a type"));
  FERRO_ASSIGN(const Type type, TypeOf(*word, word->word()));
  Enum(type);
  FERRO_TRY(Measures(cursor, "length", 1));
  FERRO_TRY(Measures(cursor, "precision", 2));
  writer_.Int(cursor.Flag("null"));
  writer_.Int(cursor.Flag("generated"));
  writer_.Int(cursor.Flag("indexed"));
  FERRO_TRY(ExprClause(cursor, "default"));
  writer_.Node(Kind::kColumnDefinition, 9);
  return cursor.End();
}

absl::Status Assembler::Measures(Cursor& column, absl::string_view head, size_t most) {
  const Sexpr* clause = column.Clause(head);
  size_t given = 0;
  if (clause != nullptr) {
    Cursor cursor(*clause);
    for (; given < most && (given == 0 || !cursor.done()); ++given) {
      FERRO_ASSIGN(const Sexpr* number, cursor.Take("a number"));
      FERRO_TRY(Integer(*number));
    }
    FERRO_TRY(cursor.End());
  }
  for (; given < most; ++given) writer_.Int(0);
  return absl::OkStatus();
}

absl::Status Assembler::Constraint(const Sexpr& form) {
  if (form.head() == "unique") return Unique(form);
  if (form.head() == "check") return Fields<ast::Check>(form);
  return Fields<ast::ForeignKey>(form);
}

absl::Status Assembler::Unique(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  FERRO_TRY(Rest(cursor, &Assembler::Word));
  writer_.Node(Kind::kUnique, 2);
  return absl::OkStatus();
}

absl::Status Assembler::DropTable(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  writer_.Int(cursor.Flag("if-exists"));
  writer_.Int(cursor.Flag("deferred"));
  writer_.Node(Kind::kDropTable, 3);
  return cursor.End();
}

absl::Status Assembler::CreateIndex(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  FERRO_TRY(NextName(cursor));
  FERRO_TRY(ListClause(cursor, "columns", &Assembler::Word));
  writer_.Int(cursor.Flag("unique"));
  writer_.Int(cursor.Flag("if-not-exists"));
  FERRO_TRY(ListClause(cursor, "keys", &Assembler::OrderItem));
  FERRO_TRY(ExprClause(cursor, "where"));
  writer_.Node(Kind::kCreateIndex, 7);
  return cursor.End();
}

absl::Status Assembler::DropIndex(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  FERRO_TRY(NextName(cursor));
  writer_.Int(cursor.Flag("if-exists"));
  writer_.Node(Kind::kDropIndex, 3);
  return cursor.End();
}

}  // namespace ferro::plan
