// S-expression to plan bytes: knows where each operand stands in the text and writes it where the
// wire wants it. What is valid is left to the reader, through which everything goes, so there is
// one place for it.
#pragma once

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "engine/ast/derive.h"
#include "engine/base/try.h"
#include "engine/plan/sexpr_tree.h"
#include "engine/plan/sexpr_words.h"
#include "engine/plan/writer.h"

namespace ferro::plan {

class Assembler {
 public:
  absl::Status Statement(const Sexpr& form);

  const std::string& bytes() const { return writer_.bytes(); }

 private:
  using Part = absl::Status (Assembler::*)(const Sexpr&);

  // Names, types and lists: assemble_parts.cc.

  absl::Status Word(const Sexpr& atom);
  absl::Status Name(const Sexpr& atom, absl::string_view name, bool quoted);
  absl::Status NextName(Cursor& cursor);
  static absl::StatusOr<Type> TypeOf(const Sexpr& atom, absl::string_view word);
  absl::Status WriteType(const Sexpr& atom);
  absl::Status Integer(const Sexpr& atom);
  // What is left of the list, each item by `part`.
  absl::Status Rest(Cursor& cursor, Part part);
  absl::Status Repeated(Cursor& cursor, absl::string_view head, Part part);
  absl::Status ListClause(Cursor& cursor, absl::string_view head, Part part);
  absl::Status ExprClause(Cursor& cursor, absl::string_view head);
  absl::Status NextExpr(Cursor& cursor);

  // assemble_expr.cc.

  absl::Status Expr(const Sexpr& form);
  absl::Status AtomExpr(const Sexpr& atom);
  absl::Status Column(const Sexpr& atom);
  absl::Status Parameter(const Sexpr& form, bool list);
  // `count` expressions, which are all that is left.
  absl::Status Operands(Cursor& cursor, size_t count);
  absl::Status Negatable(const Sexpr& form, size_t count, bool negated, ast::Kind kind);
  absl::Status CallOrFields(const Sexpr& form);
  // (sum value distinct (filter condition) (order item …))
  absl::Status Aggregate(ast::AggregateFunction function, Cursor& cursor);
  absl::Status Like(const Sexpr& form, bool negated, bool fold_case);
  absl::Status Exists(const Sexpr& form, bool negated);

  // assemble_query.cc.

  absl::Status Select(const Sexpr& form);
  absl::Status Item(const Sexpr& form);
  // (from name alias), or (from source).
  absl::Status From(Cursor& statement);
  // A name, (table name alias), (derived …) or (join …).
  absl::Status Source(const Sexpr& form);
  absl::Status Table(const Sexpr& form);
  absl::Status OrderItem(const Sexpr& form);

  // assemble_statement.cc.

  absl::Status Assignment(const Sexpr& form);
  absl::Status Key(Cursor& statement);
  absl::Status Insert(const Sexpr& form);
  absl::Status Update(const Sexpr& form);
  absl::Status Delete(const Sexpr& form);
  absl::Status Upsert(const Sexpr& form);
  absl::Status InsertSelect(const Sexpr& form);

  // assemble_ddl.cc.

  absl::Status CreateTable(const Sexpr& form);
  absl::Status ColumnDefinition(const Sexpr& form);
  // Up to `most` integers of a clause; 0 for those that are not there.
  absl::Status Measures(Cursor& column, absl::string_view head, size_t most);
  absl::Status Constraint(const Sexpr& form);
  absl::Status Unique(const Sexpr& form);
  absl::Status DropTable(const Sexpr& form);
  absl::Status CreateIndex(const Sexpr& form);
  absl::Status DropIndex(const Sexpr& form);

  // Nodes without a form of their own.

  template <class E>
  void Enum(E value) {
    writer_.Int(static_cast<int64_t>(value));
  }

  // (head field …): its fields in order. What is left out at the end has
  // its default; () is an absent operand, and lists have no head.
  template <class T>
  absl::Status Fields(const Sexpr& form) {
    if (form.head() != FormWord<T>()) {
      return SexprError(absl::StrCat("expected (", FormWord<T>(), " …)"), form.offset);
    }
    Cursor cursor(form);
    const T defaults;
    const auto fields = T::Fields(defaults);
    absl::Status status;
    std::apply(
        [&](const auto&... field) { (void)((status = Operand(cursor, field)).ok() && ...); },
        fields);
    FERRO_TRY(status);
    writer_.Node(T::kKind, std::tuple_size_v<decltype(fields)>);
    return cursor.End();
  }

  template <class T>
  absl::Status NodeClause(Cursor& cursor) {
    const Sexpr* clause = cursor.Clause(FormWord<T>());
    if (clause != nullptr) return Fields<T>(*clause);
    writer_.None();
    return absl::OkStatus();
  }

  template <class F>
  absl::Status Operand(Cursor& cursor, const F& otherwise) {
    if (cursor.done()) return Default(cursor, otherwise);
    FERRO_ASSIGN(const Sexpr* form, cursor.Take("an operand"));
    return Field(*form, otherwise);
  }

  template <class F>
  absl::Status Default(const Cursor& cursor, const F& otherwise) {
    if constexpr (std::is_same_v<F, ast::Name>) {
      writer_.Name(otherwise);
    } else if constexpr (std::is_same_v<F, ast::Text>) {
      writer_.Text(otherwise.text);
    } else if constexpr (std::is_integral_v<F> || std::is_enum_v<F>) {
      writer_.Int(static_cast<int64_t>(otherwise));
    } else if constexpr (ast::internal::kIsNodePointer<F>) {
      return cursor.Lacks("an operand");
    } else if constexpr (requires { otherwise.node; }) {
      writer_.None();
    } else {
      writer_.Node(ast::Kind::kList, 0);
    }
    return absl::OkStatus();
  }

  // One operand of a field's type; the value only says which type that is.
  template <class F>
  absl::Status Field(const Sexpr& form, const F& field) {
    if constexpr (std::is_same_v<F, ast::Name>) {
      return Word(form);
    } else if constexpr (std::is_same_v<F, ast::Text>) {
      if (!form.is_atom() || !form.has_name) return SexprError("expected a text", form.offset);
      writer_.Text(form.name);
      return absl::OkStatus();
    } else if constexpr (std::is_same_v<F, bool>) {
      const auto word = Find(kLiteralWords, form.word());
      if (!word || *word == 0) return SexprError("expected true or false", form.offset);
      writer_.Int(*word == 1);
      return absl::OkStatus();
    } else if constexpr (std::is_same_v<F, Type>) {
      FERRO_ASSIGN(const Type type, TypeOf(form, form.word()));
      Enum(type);
      return absl::OkStatus();
    } else if constexpr (std::is_enum_v<F>) {
      const auto found = Find(WordsOf(field), form.word());
      if (!found) return SexprError("an unknown word", form.offset);
      writer_.Int(*found);
      return absl::OkStatus();
    } else if constexpr (std::is_integral_v<F>) {
      return Integer(form);
    } else if constexpr (ast::internal::kIsNodePointer<F>) {
      return NodeField(form, std::type_identity<std::remove_cv_t<std::remove_pointer_t<F>>>{});
    } else if constexpr (requires { field.node; }) {
      if (form.is_list && form.items.empty()) {
        writer_.None();
        return absl::OkStatus();
      }
      return Field(form, field.node);
    } else {
      if (!form.is_list) return SexprError("expected a list", form.offset);
      for (const Sexpr& item : form.items) FERRO_TRY(Field(item, typename F::value_type{}));
      writer_.Node(ast::Kind::kList, form.items.size());
      return absl::OkStatus();
    }
  }

  template <class T>
  absl::Status NodeField(const Sexpr& form, std::type_identity<T>) {
    if constexpr (std::is_same_v<T, ast::Expr> || std::is_same_v<T, ast::Node> ||
                  std::is_same_v<T, ast::Param>) {
      return Expr(form);
    } else if constexpr (std::is_same_v<T, ast::Query> || std::is_same_v<T, ast::Statement>) {
      return Statement(form);
    } else if constexpr (std::is_same_v<T, ast::Source>) {
      return Source(form);
    } else if constexpr (std::is_same_v<T, ast::Constraint>) {
      return Constraint(form);
    } else if constexpr (std::is_same_v<T, ast::OrderItem>) {
      return OrderItem(form);
    } else if constexpr (std::is_same_v<T, ast::Column>) {
      return form.is_atom() ? Column(form) : SexprError("expected a column", form.offset);
    } else {
      return Fields<T>(form);
    }
  }

  Writer writer_;
};

}  // namespace ferro::plan
