// Expressions.
#include "engine/plan/assembler.h"

#include "engine/ast/function_words.h"

namespace ferro::plan {

using ast::Kind;

absl::Status Assembler::Expr(const Sexpr& form) {
  if (form.is_atom()) return AtomExpr(form);
  const absl::string_view head = form.head();
  Cursor cursor(form);
  if (const auto op = Find(kUnaryWords, head)) {
    writer_.Int(*op);
    FERRO_TRY(Operands(cursor, 1));
    writer_.Node(Kind::kUnary, 2);
    return absl::OkStatus();
  }
  if (const auto op = Find(kBinaryWords, head)) {
    writer_.Int(*op);
    FERRO_TRY(Operands(cursor, 2));
    writer_.Node(Kind::kBinary, 3);
    return absl::OkStatus();
  }
  if (const auto op = Find(kLogicalWords, head)) {
    writer_.Int(*op);
    FERRO_TRY(Rest(cursor, &Assembler::Expr));
    writer_.Node(Kind::kLogical, 2);
    return absl::OkStatus();
  }
  if (head == "param") return Parameter(form, false);
  if (head == "param-list") return Parameter(form, true);
  if (head == "in" || head == "not-in") return Negatable(form, 2, head != "in", Kind::kIn);
  if (head == "between" || head == "not-between") {
    return Negatable(form, 3, head != "between", Kind::kBetween);
  }
  if (head == "like" || head == "not-like") return Like(form, head != "like", false);
  if (head == "ilike" || head == "not-ilike") return Like(form, head != "ilike", true);
  if (head == "exists" || head == "not-exists") return Exists(form, head != "exists");
  if (head == "row") {
    FERRO_TRY(Rest(cursor, &Assembler::Expr));
    writer_.Node(Kind::kRow, 1);
    return absl::OkStatus();
  }
  return CallOrFields(form);
}

absl::Status Assembler::AtomExpr(const Sexpr& atom) {
  const absl::string_view word = atom.word();
  if (const auto literal = Find(kLiteralWords, word)) {
    writer_.Int(*literal);
    writer_.Int(0);
  } else if (!word.empty() && !IsWordStart(word.front())) {
    Enum(ast::LiteralKind::kInteger);
    FERRO_TRY(Integer(atom));
  } else {
    return Column(atom);
  }
  writer_.Node(Kind::kLiteral, 2);
  return absl::OkStatus();
}

absl::Status Assembler::Column(const Sexpr& atom) {
  if (atom.has_source) {
    writer_.Name(atom.source);
  } else {
    writer_.Name("");
  }
  if (!atom.has_name) return SexprError("a type without a column", atom.offset);
  FERRO_TRY(Name(atom, atom.name, atom.quoted));
  FERRO_TRY(WriteType(atom));
  writer_.Node(Kind::kColumn, 3);
  return absl::OkStatus();
}

absl::Status Assembler::Parameter(const Sexpr& form, bool list) {
  Cursor cursor(form);
  Type type = Type::kNull;
  if (!cursor.done()) {
    FERRO_ASSIGN(const Sexpr* word, cursor.Take("a type"));
    FERRO_ASSIGN(type, TypeOf(*word, word->word()));
  }
  list ? writer_.ListParam(type) : writer_.Param(type);
  return cursor.End();
}

absl::Status Assembler::Operands(Cursor& cursor, size_t count) {
  for (size_t i = 0; i < count; ++i) FERRO_TRY(NextExpr(cursor));
  return cursor.End();
}

absl::Status Assembler::Negatable(const Sexpr& form, size_t count, bool negated, Kind kind) {
  Cursor cursor(form);
  FERRO_TRY(Operands(cursor, count));
  writer_.Int(negated);
  writer_.Node(kind, count + 1);
  return absl::OkStatus();
}

absl::Status Assembler::CallOrFields(const Sexpr& form) {
  const absl::string_view head = form.head();
  Cursor cursor(form);
  if (const auto function = ast::FunctionFromWord(head)) {
    Enum(*function);
    FERRO_TRY(Rest(cursor, &Assembler::Expr));
    writer_.Node(Kind::kCall, 2);
    return absl::OkStatus();
  }
  if (const auto function = ast::AggregateFromWord(head)) return Aggregate(*function, cursor);
  if (const auto function = ast::WindowFunctionFromWord(head)) {
    Enum(*function);
    FERRO_TRY(Rest(cursor, &Assembler::Expr));
    writer_.Node(Kind::kWindowCall, 2);
    return absl::OkStatus();
  }
  bool found = false;
  absl::Status status;
  const auto attempt = [&]<class T>(std::type_identity<T>) {
    if (found || head != FormWord<T>()) return;
    found = true;
    status = Fields<T>(form);
  };
  attempt(std::type_identity<ast::Case>{});
  attempt(std::type_identity<ast::Cast>{});
  attempt(std::type_identity<ast::Subquery>{});
  attempt(std::type_identity<ast::InQuery>{});
  attempt(std::type_identity<ast::Quantified>{});
  attempt(std::type_identity<ast::Over>{});
  attempt(std::type_identity<ast::Regex>{});
  attempt(std::type_identity<ast::JsonGet>{});
  attempt(std::type_identity<ast::Raw>{});
  attempt(std::type_identity<ast::Excluded>{});
  attempt(std::type_identity<ast::TextSearch>{});
  return found ? status : SexprError("expected an expression", form.offset);
}

absl::Status Assembler::Aggregate(ast::AggregateFunction function, Cursor& cursor) {
  Enum(function);
  size_t count = 0;
  while (!cursor.done() && cursor.peek().word() != "distinct" &&
         cursor.peek().head() != "filter" && cursor.peek().head() != "order") {
    FERRO_TRY(NextExpr(cursor));
    ++count;
  }
  writer_.Node(Kind::kList, count);
  writer_.Int(cursor.Flag("distinct"));
  FERRO_TRY(ExprClause(cursor, "filter"));
  FERRO_TRY(ListClause(cursor, "order", &Assembler::OrderItem));
  writer_.Node(Kind::kAggregate, 5);
  return cursor.End();
}

absl::Status Assembler::Like(const Sexpr& form, bool negated, bool fold_case) {
  Cursor cursor(form);
  FERRO_TRY(Operands(cursor, 2));
  writer_.Int(negated);
  writer_.Int(fold_case);
  writer_.Node(Kind::kLike, 4);
  return absl::OkStatus();
}

absl::Status Assembler::Exists(const Sexpr& form, bool negated) {
  Cursor cursor(form);
  FERRO_ASSIGN(const Sexpr* query, cursor.Take("a select"));
  FERRO_TRY(Statement(*query));
  writer_.Int(negated);
  writer_.Node(Kind::kExists, 2);
  return cursor.End();
}

}  // namespace ferro::plan
