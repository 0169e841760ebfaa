// Queries and what they read.
#include "engine/plan/assembler.h"

namespace ferro::plan {

using ast::Kind;

absl::Status Assembler::Select(const Sexpr& form) {
  if (form.head() != "select") return SexprError("expected a select", form.offset);
  Cursor cursor(form);
  FERRO_TRY(NodeClause<ast::With>(cursor));
  FERRO_TRY(NodeClause<ast::Distinct>(cursor));
  FERRO_TRY(ListClause(cursor, "columns", &Assembler::Item));
  FERRO_TRY(From(cursor));
  FERRO_TRY(ExprClause(cursor, "where"));
  FERRO_TRY(NodeClause<ast::Grouping>(cursor));
  FERRO_TRY(ListClause(cursor, "order", &Assembler::OrderItem));
  FERRO_TRY(ExprClause(cursor, "limit"));
  FERRO_TRY(ExprClause(cursor, "offset"));
  writer_.Int(cursor.Flag("with-ties"));
  FERRO_TRY(NodeClause<ast::Lock>(cursor));
  writer_.Node(Kind::kSelect, 11);
  return cursor.End();
}

absl::Status Assembler::Item(const Sexpr& form) {
  if (form.head() == "item") {
    Cursor cursor(form);
    FERRO_TRY(NextExpr(cursor));
    Sexpr result;
    if (!cursor.done()) {
      FERRO_ASSIGN(const Sexpr* given, cursor.Take("a name"));
      if (given->is_list || given->has_source) {
        return SexprError("expected alias, alias:type or :type", given->offset);
      }
      result = *given;
    }
    if (result.has_name) {
      FERRO_TRY(Name(result, result.name, result.quoted));
    } else {
      writer_.Name("");
    }
    FERRO_TRY(WriteType(result));
    FERRO_TRY(cursor.End());
  } else {
    FERRO_TRY(Expr(form));
    writer_.Name("");
    FERRO_TRY(WriteType(form));
  }
  writer_.Node(Kind::kSelectItem, 3);
  return absl::OkStatus();
}

absl::Status Assembler::From(Cursor& statement) {
  const Sexpr* clause = statement.Clause("from");
  if (clause == nullptr) {
    writer_.None();
    return absl::OkStatus();
  }
  if (clause->items.size() != 2 || clause->items[1].is_atom()) return Table(*clause);
  return Source(clause->items[1]);
}

absl::Status Assembler::Source(const Sexpr& form) {
  if (form.is_atom()) {
    FERRO_TRY(Word(form));
    writer_.Name("");
    writer_.Node(Kind::kTable, 2);
    return absl::OkStatus();
  }
  if (form.head() == "table") return Table(form);
  if (form.head() == "join") return Fields<ast::Join>(form);
  return Fields<ast::Derived>(form);
}

absl::Status Assembler::Table(const Sexpr& form) {
  Cursor cursor(form);
  FERRO_TRY(NextName(cursor));
  if (cursor.done()) {
    writer_.Name("");
  } else {
    FERRO_TRY(NextName(cursor));
  }
  writer_.Node(Kind::kTable, 2);
  return cursor.End();
}

absl::Status Assembler::OrderItem(const Sexpr& form) {
  const bool descending = form.head() == "desc";
  auto nulls = static_cast<int64_t>(ast::Nulls::kDefault);
  if (descending || form.head() == "asc") {
    Cursor cursor(form);
    FERRO_TRY(NextExpr(cursor));
    if (!cursor.done()) {
      FERRO_ASSIGN(const Sexpr* word, cursor.Take("nulls"));
      const auto found = Find(kNullsWords, word->word());
      if (!found) return SexprError("expected nulls-first, -last or -never", word->offset);
      nulls = *found;
    }
    FERRO_TRY(cursor.End());
  } else {
    FERRO_TRY(Expr(form));
  }
  writer_.Int(descending);
  writer_.Int(nulls);
  writer_.Node(Kind::kOrderItem, 3);
  return absl::OkStatus();
}

}  // namespace ferro::plan
