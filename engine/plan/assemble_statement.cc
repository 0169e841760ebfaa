// Statements that change rows, and which statement it is.
#include "engine/plan/assembler.h"

namespace ferro::plan {

using ast::Kind;

absl::Status Assembler::Statement(const Sexpr& form) {
  const absl::string_view head = form.head();
  if (head == "select") return Select(form);
  if (head == "compound") return Fields<ast::Compound>(form);
  if (head == "insert") return Insert(form);
  if (head == "update") return Update(form);
  if (head == "delete") return Delete(form);
  if (head == "upsert") return Upsert(form);
  if (head == "insert-select") return InsertSelect(form);
  if (head == "create-table") return CreateTable(form);
  if (head == "drop-table") return DropTable(form);
  if (head == "create-index") return CreateIndex(form);
  if (head == "drop-index") return DropIndex(form);
  if (head == "raw-statement") return Fields<ast::RawStatement>(form);
  if (head == "explain") return Fields<ast::Explain>(form);
  if (head == "tagged") return Fields<ast::Tagged>(form);
  if (head == "add-constraint") return Fields<ast::AddConstraint>(form);
  if (head == "drop-constraint") return Fields<ast::DropConstraint>(form);
  if (head == "create-text-index") return Fields<ast::CreateTextIndex>(form);
  if (head == "drop-text-index") return Fields<ast::DropTextIndex>(form);
  if (head == "with-changes") return Fields<ast::WithChanges>(form);
  return SexprError("expected a statement", form.offset);
}

absl::Status Assembler::Assignment(const Sexpr& form) {
  if (!form.is_list) return SexprError("expected (name expression)", form.offset);
  Cursor cursor(form, 0);
  FERRO_TRY(NextName(cursor));
  FERRO_TRY(NextExpr(cursor));
  writer_.Node(Kind::kAssignment, 2);
  return cursor.End();
}

absl::Status Assembler::Key(Cursor& statement) {
  const Sexpr* clause = statement.Clause("key");
  if (clause == nullptr) {
    writer_.Name("");
    Enum(Type::kNull);
    return absl::OkStatus();
  }
  Cursor cursor(*clause);
  FERRO_ASSIGN(const Sexpr* atom, cursor.Take("a name"));
  if (!atom->has_name || atom->has_source) {
    return SexprError("expected name or name:type", atom->offset);
  }
  FERRO_TRY(Name(*atom, atom->name, atom->quoted));
  FERRO_TRY(WriteType(*atom));
  return cursor.End();
}

absl::Status Assembler::Insert(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  FERRO_TRY(ListClause(cursor, "row", &Assembler::Assignment));
  FERRO_TRY(ListClause(cursor, "returning", &Assembler::Item));
  FERRO_TRY(Key(cursor));
  writer_.Node(Kind::kInsert, 5);
  return cursor.End();
}

absl::Status Assembler::Update(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  FERRO_TRY(ListClause(cursor, "set", &Assembler::Assignment));
  FERRO_TRY(ExprClause(cursor, "where"));
  FERRO_TRY(ListClause(cursor, "returning", &Assembler::Item));
  FERRO_TRY(Key(cursor));
  writer_.Node(Kind::kUpdate, 6);
  return cursor.End();
}

absl::Status Assembler::Delete(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  FERRO_TRY(ExprClause(cursor, "where"));
  FERRO_TRY(ListClause(cursor, "returning", &Assembler::Item));
  FERRO_TRY(Key(cursor));
  writer_.Node(Kind::kDelete, 5);
  return cursor.End();
}

absl::Status Assembler::Upsert(const Sexpr& form) {
  Cursor cursor(form);
  writer_.Int(cursor.Flag("only-key"));
  FERRO_ASSIGN(const Sexpr* insert, cursor.Take("an insert"));
  if (insert->head() != "insert") return SexprError("expected (insert …)", insert->offset);
  FERRO_TRY(Insert(*insert));
  FERRO_TRY(ListClause(cursor, "target", &Assembler::Word));
  FERRO_TRY(ListClause(cursor, "set", &Assembler::Assignment));
  FERRO_TRY(ExprClause(cursor, "where"));
  writer_.Node(Kind::kUpsert, 5);
  return cursor.End();
}

absl::Status Assembler::InsertSelect(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  FERRO_TRY(ListClause(cursor, "columns", &Assembler::Word));
  FERRO_ASSIGN(const Sexpr* query, cursor.Take("a query"));
  FERRO_TRY(Statement(*query));
  FERRO_TRY(ListClause(cursor, "returning", &Assembler::Item));
  writer_.Node(Kind::kInsertSelect, 4);
  return cursor.End();
}

}  // namespace ferro::plan
