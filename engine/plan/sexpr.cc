// S-expression to plan bytes: knows where each operand stands in the text and writes it where the
// wire wants it. What is valid is left to the reader, through which everything goes, so there is
// one place for it.
#include "engine/plan/sexpr.h"

#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/ast/derive.h"
#include "engine/ast/function_words.h"
#include "engine/base/try.h"
#include "engine/plan/sexpr_tree.h"
#include "engine/plan/sexpr_words.h"
#include "engine/plan/writer.h"

namespace ferro::plan {
namespace {

using ast::Kind;

class Assembler {
 public:
  absl::Status Statement(const Sexpr& form) {
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

  const std::string& bytes() const { return writer_.bytes(); }

 private:
  using Part = absl::Status (Assembler::*)(const Sexpr&);

  absl::Status Word(const Sexpr& atom) {
    if (!atom.is_atom() || !atom.has_name || atom.has_source || atom.has_type) {
      return SexprError("expected a name", atom.offset);
    }
    return Name(atom, atom.name, atom.quoted);
  }

  absl::Status Name(const Sexpr& atom, absl::string_view name, bool quoted) {
    if (!quoted && !IsWordStart(name.front())) {
      return SexprError("a name that starts so must be quoted,", atom.offset);
    }
    writer_.Name(name);
    return absl::OkStatus();
  }

  absl::Status NextName(Cursor& cursor) {
    FERRO_ASSIGN(const Sexpr* name, cursor.Take("a name"));
    return Word(*name);
  }

  static absl::StatusOr<Type> TypeOf(const Sexpr& atom, absl::string_view word) {
    if (const auto type = TypeFromName(word)) return *type;
    return SexprError(absl::StrCat("unknown type ", word), atom.offset);
  }

  absl::Status WriteType(const Sexpr& atom) {
    Type type = Type::kNull;
    if (atom.has_type) {
      FERRO_ASSIGN(type, TypeOf(atom, atom.type));
    }
    Enum(type);
    return absl::OkStatus();
  }

  template <class E>
  void Enum(E value) {
    writer_.Int(static_cast<int64_t>(value));
  }

  absl::Status Integer(const Sexpr& atom) {
    int64_t value = 0;
    if (!absl::SimpleAtoi(atom.word(), &value))
      return SexprError("expected an integer", atom.offset);
    writer_.Int(value);
    return absl::OkStatus();
  }

  // What is left of the list, each item by `part`.
  absl::Status Rest(Cursor& cursor, Part part) {
    const size_t count = cursor.left();
    while (!cursor.done()) {
      FERRO_ASSIGN(const Sexpr* item, cursor.Take("an item"));
      FERRO_TRY((this->*part)(*item));
    }
    writer_.Node(Kind::kList, count);
    return absl::OkStatus();
  }

  absl::Status ListClause(Cursor& cursor, absl::string_view head, Part part) {
    const Sexpr* clause = cursor.Clause(head);
    if (clause == nullptr) {
      writer_.Node(Kind::kList, 0);
      return absl::OkStatus();
    }
    Cursor items(*clause);
    return Rest(items, part);
  }

  absl::Status ExprClause(Cursor& cursor, absl::string_view head) {
    const Sexpr* clause = cursor.Clause(head);
    if (clause == nullptr) {
      writer_.None();
      return absl::OkStatus();
    }
    Cursor operand(*clause);
    FERRO_TRY(NextExpr(operand));
    return operand.End();
  }

  absl::Status NextExpr(Cursor& cursor) {
    FERRO_ASSIGN(const Sexpr* form, cursor.Take("an expression"));
    return Expr(*form);
  }

  absl::Status Column(const Sexpr& atom) {
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

  absl::Status AtomExpr(const Sexpr& atom) {
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

  absl::Status Parameter(const Sexpr& form, bool list) {
    Cursor cursor(form);
    Type type = Type::kNull;
    if (!cursor.done()) {
      FERRO_ASSIGN(const Sexpr* word, cursor.Take("a type"));
      FERRO_ASSIGN(type, TypeOf(*word, word->word()));
    }
    list ? writer_.ListParam(type) : writer_.Param(type);
    return cursor.End();
  }

  // `count` expressions, `tail` after them and the node.
  absl::Status Operands(Cursor& cursor, size_t count) {
    for (size_t i = 0; i < count; ++i) FERRO_TRY(NextExpr(cursor));
    return cursor.End();
  }
  absl::Status Negatable(const Sexpr& form, size_t count, bool negated, Kind kind) {
    Cursor cursor(form);
    FERRO_TRY(Operands(cursor, count));
    writer_.Int(negated);
    writer_.Node(kind, count + 1);
    return absl::OkStatus();
  }

  absl::Status Expr(const Sexpr& form) {
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

  absl::Status CallOrFields(const Sexpr& form) {
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

  // (head field …) of a node without a form of its own: its fields in order. What is left out at the end has
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
      writer_.Node(Kind::kList, 0);
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
      writer_.Node(Kind::kList, form.items.size());
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

  // A name, (table name alias), (derived …) or (join …).
  absl::Status Source(const Sexpr& form) {
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

  absl::Status Table(const Sexpr& form) {
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

  // (sum value distinct (filter condition) (order item …))
  absl::Status Aggregate(ast::AggregateFunction function, Cursor& cursor) {
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

  absl::Status Like(const Sexpr& form, bool negated, bool fold_case) {
    Cursor cursor(form);
    FERRO_TRY(Operands(cursor, 2));
    writer_.Int(negated);
    writer_.Int(fold_case);
    writer_.Node(Kind::kLike, 4);
    return absl::OkStatus();
  }

  absl::Status Exists(const Sexpr& form, bool negated) {
    Cursor cursor(form);
    FERRO_ASSIGN(const Sexpr* query, cursor.Take("a select"));
    FERRO_TRY(Statement(*query));
    writer_.Int(negated);
    writer_.Node(Kind::kExists, 2);
    return cursor.End();
  }

  absl::Status Item(const Sexpr& form) {
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

  // (from name alias), or (from source).
  absl::Status From(Cursor& statement) {
    const Sexpr* clause = statement.Clause("from");
    if (clause == nullptr) {
      writer_.None();
      return absl::OkStatus();
    }
    if (clause->items.size() != 2 || clause->items[1].is_atom()) return Table(*clause);
    return Source(clause->items[1]);
  }

  template <class T>
  absl::Status NodeClause(Cursor& cursor) {
    const Sexpr* clause = cursor.Clause(FormWord<T>());
    if (clause != nullptr) return Fields<T>(*clause);
    writer_.None();
    return absl::OkStatus();
  }

  absl::Status OrderItem(const Sexpr& form) {
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

  absl::Status Select(const Sexpr& form) {
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

  absl::Status Assignment(const Sexpr& form) {
    if (!form.is_list) return SexprError("expected (name expression)", form.offset);
    Cursor cursor(form, 0);
    FERRO_TRY(NextName(cursor));
    FERRO_TRY(NextExpr(cursor));
    writer_.Node(Kind::kAssignment, 2);
    return cursor.End();
  }

  absl::Status Key(Cursor& statement) {
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

  absl::Status Insert(const Sexpr& form) {
    Cursor cursor(form);
    FERRO_TRY(NextName(cursor));
    FERRO_TRY(ListClause(cursor, "row", &Assembler::Assignment));
    FERRO_TRY(ListClause(cursor, "returning", &Assembler::Item));
    FERRO_TRY(Key(cursor));
    writer_.Node(Kind::kInsert, 5);
    return cursor.End();
  }

  absl::Status Update(const Sexpr& form) {
    Cursor cursor(form);
    FERRO_TRY(NextName(cursor));
    FERRO_TRY(ListClause(cursor, "set", &Assembler::Assignment));
    FERRO_TRY(ExprClause(cursor, "where"));
    FERRO_TRY(ListClause(cursor, "returning", &Assembler::Item));
    FERRO_TRY(Key(cursor));
    writer_.Node(Kind::kUpdate, 6);
    return cursor.End();
  }

  absl::Status Delete(const Sexpr& form) {
    Cursor cursor(form);
    FERRO_TRY(NextName(cursor));
    FERRO_TRY(ExprClause(cursor, "where"));
    FERRO_TRY(ListClause(cursor, "returning", &Assembler::Item));
    FERRO_TRY(Key(cursor));
    writer_.Node(Kind::kDelete, 5);
    return cursor.End();
  }

  absl::Status Upsert(const Sexpr& form) {
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

  absl::Status InsertSelect(const Sexpr& form) {
    Cursor cursor(form);
    FERRO_TRY(NextName(cursor));
    FERRO_TRY(ListClause(cursor, "columns", &Assembler::Word));
    FERRO_ASSIGN(const Sexpr* query, cursor.Take("a query"));
    FERRO_TRY(Statement(*query));
    FERRO_TRY(ListClause(cursor, "returning", &Assembler::Item));
    writer_.Node(Kind::kInsertSelect, 4);
    return cursor.End();
  }

  // Up to `most` integers of a clause; 0 for those that are not there.
  absl::Status Measures(Cursor& column, absl::string_view head, size_t most) {
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

  absl::Status ColumnDefinition(const Sexpr& form) {
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

  absl::Status Unique(const Sexpr& form) {
    Cursor cursor(form);
    FERRO_TRY(NextName(cursor));
    FERRO_TRY(Rest(cursor, &Assembler::Word));
    writer_.Node(Kind::kUnique, 2);
    return absl::OkStatus();
  }

  absl::Status Constraint(const Sexpr& form) {
    if (form.head() == "unique") return Unique(form);
    if (form.head() == "check") return Fields<ast::Check>(form);
    return Fields<ast::ForeignKey>(form);
  }

  absl::Status Repeated(Cursor& cursor, absl::string_view head, Part part) {
    size_t count = 0;
    for (; const Sexpr* clause = cursor.Clause(head); ++count) FERRO_TRY((this->*part)(*clause));
    writer_.Node(Kind::kList, count);
    return absl::OkStatus();
  }

  absl::Status CreateTable(const Sexpr& form) {
    Cursor cursor(form);
    FERRO_TRY(NextName(cursor));
    writer_.Int(cursor.Flag("if-not-exists"));
    FERRO_TRY(Repeated(cursor, "column", &Assembler::ColumnDefinition));
    FERRO_TRY(ListClause(cursor, "primary-key", &Assembler::Word));
    FERRO_TRY(Rest(cursor, &Assembler::Constraint));
    writer_.Node(Kind::kCreateTable, 5);
    return absl::OkStatus();
  }

  absl::Status DropTable(const Sexpr& form) {
    Cursor cursor(form);
    FERRO_TRY(NextName(cursor));
    writer_.Int(cursor.Flag("if-exists"));
    writer_.Int(cursor.Flag("deferred"));
    writer_.Node(Kind::kDropTable, 3);
    return cursor.End();
  }

  absl::Status CreateIndex(const Sexpr& form) {
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

  absl::Status DropIndex(const Sexpr& form) {
    Cursor cursor(form);
    FERRO_TRY(NextName(cursor));
    FERRO_TRY(NextName(cursor));
    writer_.Int(cursor.Flag("if-exists"));
    writer_.Node(Kind::kDropIndex, 3);
    return cursor.End();
  }

  Writer writer_;
};

}  // namespace

absl::StatusOr<std::string> Assemble(absl::string_view text) {
  FERRO_ASSIGN(const Sexpr tree, ParseTree(text));
  Assembler assembler;
  FERRO_TRY(assembler.Statement(tree));
  return assembler.bytes();
}

absl::StatusOr<Plan> ParseSexpr(absl::string_view text, Arena& arena) {
  FERRO_ASSIGN(const std::string bytes, Assemble(text));
  return Read(bytes, arena);
}

}  // namespace ferro::plan
