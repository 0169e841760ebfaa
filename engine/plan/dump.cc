// A tree to its canonical S-expression (Dump of sexpr.h): short forms wherever they mean the same,
// quotes only where they are needed, defaults left out. One overload for each node; one that is
// missing does not compile.
#include <algorithm>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/ast/function_words.h"
#include "engine/ast/visit.h"
#include "engine/plan/sexpr.h"
#include "engine/plan/sexpr_words.h"

namespace ferro::plan {
namespace {

template <class Words, class E>
absl::string_view WordOf(const Words& words, E value) {
  return words[static_cast<size_t>(value)];
}

std::string Quoted(ast::Name name) {
  const bool plain = !name.empty() && IsWordStart(name.front()) &&
                     std::all_of(name.begin(), name.end(), IsWordPart) &&
                     !Find(kLiteralWords, name);
  if (plain) return std::string(name);
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

std::string Typed(std::string name, Type type) {
  return type == Type::kNull ? name : absl::StrCat(name, ":", Name(type));
}

class Dumper {
 public:
  void Put(const ast::Node& node) { ast::Visit(node, *this); }
  std::string Take() { return std::move(out_); }

  void operator()(const ast::Column& n) {
    const std::string name = Quoted(n.name);
    Word(Typed(n.source.empty() ? name : absl::StrCat(Quoted(n.source), ".", name), n.type));
  }
  void operator()(const ast::Param& n) { Parameter("param", n.type); }
  void operator()(const ast::ParamList& n) { Parameter("param-list", n.type); }
  void operator()(const ast::Literal& n) {
    if (n.literal == ast::LiteralKind::kInteger) {
      Word(absl::StrCat(n.integer));
    } else {
      Word(WordOf(kLiteralWords, n.literal));
    }
  }
  void operator()(const ast::Unary& n) { Form(WordOf(kUnaryWords, n.op), *n.operand); }
  void operator()(const ast::Binary& n) { Form(WordOf(kBinaryWords, n.op), *n.left, *n.right); }
  void operator()(const ast::Logical& n) {
    Open(WordOf(kLogicalWords, n.op));
    PutAll(n.terms);
    Close();
  }
  void operator()(const ast::In& n) { Form(n.negated ? "not-in" : "in", *n.value, *n.list); }
  void operator()(const ast::Between& n) {
    Form(n.negated ? "not-between" : "between", *n.value, *n.low, *n.high);
  }
  void operator()(const ast::Like& n) {
    const absl::string_view word = n.fold_case ? "ilike" : "like";
    Form(n.negated ? absl::StrCat("not-", word) : std::string(word), *n.value, *n.pattern);
  }
  void operator()(const ast::Aggregate& n) {
    Open(ast::WordOf(n.function));
    PutAll(n.arguments);
    Flag("distinct", n.distinct);
    Clause("filter", n.filter);
    Clause("order", n.order);
    Close();
  }
  void operator()(const ast::Call& n) { Call(n); }
  void operator()(const ast::WindowCall& n) { Call(n); }
  void operator()(const ast::Row& n) {
    Open("row");
    PutAll(n.items);
    Close();
  }
  void operator()(const ast::Exists& n) { Form(n.negated ? "not-exists" : "exists", *n.query); }

  void operator()(const ast::SelectItem& n) {
    const bool is_column = n.value->kind == ast::Kind::kColumn;
    const Type implied = is_column ? ast::As<ast::Column>(*n.value).type : Type::kNull;
    if (n.alias.empty() && n.type == implied) return Put(*n.value);
    Open("item");
    Put(*n.value);
    const std::string result = Typed(n.alias.empty() ? "" : Quoted(n.alias), n.type);
    if (!result.empty()) Word(result);
    Close();
  }
  void operator()(const ast::Table& n) {
    if (n.alias.empty()) return Word(Quoted(n.name));
    Open("table");
    Word(Quoted(n.name));
    Word(Quoted(n.alias));
    Close();
  }
  void operator()(const ast::OrderItem& n) {
    if (!n.descending && n.nulls == ast::Nulls::kDefault) return Put(*n.value);
    Open(n.descending ? "desc" : "asc");
    Put(*n.value);
    if (n.nulls != ast::Nulls::kDefault) Word(WordOf(kNullsWords, n.nulls));
    Close();
  }
  void operator()(const ast::Select& n) {
    Open("select");
    if (n.with) Put(*n.with);
    if (n.distinct) Put(*n.distinct);
    Clause("columns", n.items);
    if (n.from) From(*n.from);
    Clause("where", n.where);
    if (n.grouping) Put(*n.grouping);
    Clause("order", n.order);
    Clause("limit", n.limit);
    Clause("offset", n.offset);
    Flag("with-ties", n.with_ties);
    if (n.lock) Put(*n.lock);
    Close();
  }

  // A node whose form is its fields in order, without those at the end that have their defaults.
  template <class T>
    requires(!FormWord<T>().empty())
  void operator()(const T& n) {
    const T defaults;
    const auto fields = T::Fields(n);
    size_t given = 0;
    EachField(fields, T::Fields(defaults),
              [&](size_t i, const auto& field, const auto& otherwise) {
                if (!IsDefault(field, otherwise)) given = i + 1;
              });
    Open(FormWord<T>());
    EachField(fields, T::Fields(defaults), [&](size_t i, const auto& field, const auto&) {
      if (i < given) Field(field);
    });
    Close();
  }

  void operator()(const ast::Assignment& n) { Form(Quoted(n.column), *n.value); }
  void operator()(const ast::Insert& n) {
    Open("insert");
    Word(Quoted(n.table));
    Clause("row", n.row);
    Clause("returning", n.returning);
    Key(n);
    Close();
  }
  void operator()(const ast::Update& n) {
    Open("update");
    Word(Quoted(n.table));
    Clause("set", n.assignments);
    Clause("where", n.where);
    Clause("returning", n.returning);
    Key(n);
    Close();
  }
  void operator()(const ast::Delete& n) {
    Open("delete");
    Word(Quoted(n.table));
    Clause("where", n.where);
    Clause("returning", n.returning);
    Key(n);
    Close();
  }

  void operator()(const ast::Upsert& n) {
    Open("upsert");
    Flag("only-key", n.only_key);
    Put(*n.insert);
    Clause("target", n.target);
    Clause("set", n.assignments);
    Clause("where", n.where);
    Close();
  }
  void operator()(const ast::InsertSelect& n) {
    Open("insert-select");
    Word(Quoted(n.table));
    Clause("columns", n.columns);
    Put(*n.query);
    Clause("returning", n.returning);
    Close();
  }

  void operator()(const ast::ColumnDefinition& n) {
    Open("column");
    Word(Quoted(n.name));
    Word(Name(n.type));
    if (n.length != 0) Word(absl::StrCat("(length ", n.length, ")"));
    if (n.scale != 0) {
      Word(absl::StrCat("(precision ", n.precision, " ", n.scale, ")"));
    } else if (n.precision != 0) {
      Word(absl::StrCat("(precision ", n.precision, ")"));
    }
    Flag("null", n.nullable);
    Flag("generated", n.generated);
    Flag("indexed", n.indexed);
    Clause("default", n.otherwise);
    Close();
  }
  void operator()(const ast::Unique& n) {
    Open("unique");
    Word(Quoted(n.name));
    for (const ast::Name column : n.columns) Word(Quoted(column));
    Close();
  }
  void operator()(const ast::CreateTable& n) {
    Open("create-table");
    Word(Quoted(n.name));
    Flag("if-not-exists", n.if_not_exists);
    PutAll(n.columns);
    Clause("primary-key", n.primary_key);
    PutAll(n.constraints);
    Close();
  }
  void operator()(const ast::DropTable& n) {
    Open("drop-table");
    Word(Quoted(n.name));
    Flag("if-exists", n.if_exists);
    Flag("deferred", n.deferred);
    Close();
  }
  void operator()(const ast::CreateIndex& n) {
    Open("create-index");
    Word(Quoted(n.name));
    Word(Quoted(n.table));
    Clause("columns", n.columns);
    Flag("unique", n.unique);
    Flag("if-not-exists", n.if_not_exists);
    Clause("keys", n.keys);
    Clause("where", n.where);
    Close();
  }
  void operator()(const ast::DropIndex& n) {
    Open("drop-index");
    Word(Quoted(n.name));
    Word(Quoted(n.table));
    Flag("if-exists", n.if_exists);
    Close();
  }

 private:
  template <class Tuple, class F>
  static void EachField(const Tuple& fields, const Tuple& defaults, F f) {
    [&]<size_t... kIndex>(std::index_sequence<kIndex...>) {
      (f(kIndex, std::get<kIndex>(fields), std::get<kIndex>(defaults)), ...);
    }(std::make_index_sequence<std::tuple_size_v<Tuple>>());
  }

  template <class F>
  static bool IsDefault(const F& field, const F& otherwise) {
    if constexpr (requires { field.node; }) {
      return !field;
    } else if constexpr (requires { field == otherwise; }) {
      return field == otherwise;
    } else {
      return field.empty();
    }
  }

  template <class F>
  void Field(const F& field) {
    if constexpr (std::is_same_v<F, ast::Name>) {
      Word(Quoted(field));
    } else if constexpr (std::is_same_v<F, ast::Text>) {
      Word(Quoted(field.text));
    } else if constexpr (std::is_same_v<F, bool>) {
      Word(field ? "true" : "false");
    } else if constexpr (std::is_same_v<F, Type>) {
      Word(Name(field));
    } else if constexpr (std::is_enum_v<F>) {
      Word(WordsOf(field)[static_cast<size_t>(field)]);
    } else if constexpr (std::is_integral_v<F>) {
      Word(absl::StrCat(field));
    } else if constexpr (std::is_pointer_v<F>) {
      Put(*field);
    } else if constexpr (requires { field.node; }) {
      field ? Put(*field) : Word("()");
    } else {
      Open("");
      for (const auto& item : field) Field(item);
      Close();
    }
  }

  template <class T>
  void Call(const T& n) {
    Open(ast::WordOf(n.function));
    PutAll(n.arguments);
    Close();
  }

  void From(const ast::Source& source) {
    Open("from");
    if (source.kind == ast::Kind::kTable) {
      const auto& table = ast::As<ast::Table>(source);
      Word(Quoted(table.name));
      if (!table.alias.empty()) Word(Quoted(table.alias));
    } else {
      Put(source);
    }
    Close();
  }

  void Word(absl::string_view word) {
    if (!out_.empty() && out_.back() != '(') out_.push_back(' ');
    absl::StrAppend(&out_, word);
  }
  void Open(absl::string_view head) {
    Word("(");
    if (!head.empty()) Word(head);
  }
  void Close() { out_.push_back(')'); }
  void Flag(absl::string_view word, bool given) {
    if (given) Word(word);
  }

  template <class... Operands>
  void Form(absl::string_view head, const Operands&... operands) {
    Open(head);
    (Put(operands), ...);
    Close();
  }
  template <class T>
  void PutAll(ast::List<const T*> nodes) {
    for (const T* node : nodes) Put(*node);
  }

  template <class T>
  void Clause(absl::string_view head, ast::List<const T*> nodes) {
    if (nodes.empty()) return;
    Open(head);
    PutAll(nodes);
    Close();
  }
  void Clause(absl::string_view head, ast::List<ast::Name> names) {
    if (names.empty()) return;
    Open(head);
    for (const ast::Name name : names) Word(Quoted(name));
    Close();
  }
  void Clause(absl::string_view head, const ast::Maybe<ast::Expr>& operand) {
    if (operand) Form(head, *operand);
  }
  template <class T>
  void Key(const T& n) {
    if (n.key.empty()) return;
    Open("key");
    Word(Typed(Quoted(n.key), n.key_type));
    Close();
  }
  void Parameter(absl::string_view head, Type type) {
    Open(head);
    if (type != Type::kNull) Word(Name(type));
    Close();
  }

  std::string out_;
};

}  // namespace

std::string Dump(const ast::Node& node) {
  Dumper dumper;
  dumper.Put(node);
  return dumper.Take();
}

}  // namespace ferro::plan
