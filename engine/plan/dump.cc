// A tree to its canonical S-expression (Dump of sexpr.h): short forms wherever they mean the same,
// quotes only where they are needed, defaults left out. One overload for each node; one that is
// missing does not compile.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
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
    Form(n.negated ? "not-like" : "like", *n.value, *n.pattern);
  }
  void operator()(const ast::Count& n) {
    Open(n.distinct ? "count-distinct" : "count");
    if (n.operand) Put(*n.operand);
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
  // As in its clause, since it has no other place.
  void operator()(const ast::Table& n) {
    Open("from");
    Word(Quoted(n.name));
    if (!n.alias.empty()) Word(Quoted(n.alias));
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
    Clause("columns", n.items);
    if (n.from) Put(*n.from);
    Clause("where", n.where);
    Clause("order", n.order);
    Clause("limit", n.limit);
    Clause("offset", n.offset);
    Flag("for-update", n.for_update);
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
    PutAll(n.uniques);
    Close();
  }
  void operator()(const ast::DropTable& n) {
    Open("drop-table");
    Word(Quoted(n.name));
    Flag("if-exists", n.if_exists);
    Close();
  }
  void operator()(const ast::CreateIndex& n) {
    Open("create-index");
    Word(Quoted(n.name));
    Word(Quoted(n.table));
    Clause("columns", n.columns);
    Flag("unique", n.unique);
    Flag("if-not-exists", n.if_not_exists);
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
  void Word(absl::string_view word) {
    if (!out_.empty() && out_.back() != '(') out_.push_back(' ');
    absl::StrAppend(&out_, word);
  }
  void Open(absl::string_view head) {
    Word("(");
    Word(head);
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
