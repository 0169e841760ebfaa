#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "engine/ast/derive.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/sql/functions.h"
#include "engine/sql/type_of.h"

namespace ferro::sql {
namespace {

using ast::BinaryOp;
using ast::UnaryOp;

absl::Status Wrong(absl::string_view what, absl::string_view hint) {
  return MakeErrorWithHint(ErrorClass::kPlan, what, hint);
}

constexpr absl::string_view kNoArrays =
    "arrays can be tested for NULL and for equality: select the rows and look at them in the "
    "program";

absl::Status RefuseArrays(absl::string_view what, std::initializer_list<Type> types) {
  for (const Type type : types) {
    if (IsArray(type))
      return Wrong(absl::StrCat("a value of type ", Name(type), " ", what), kNoArrays);
  }
  return absl::OkStatus();
}

// Most databases compare the JSON texts of arrays, and equal numbers may be written differently
// there.
absl::Status CheckArrayEquality(Type type) {
  if (!IsArray(type)) return absl::OkStatus();
  const Type element = ElementOf(type);
  if (element != Type::kFloat64 && element != Type::kDecimal) return absl::OkStatus();
  return Wrong(
      absl::StrCat("a value of type ", Name(type), " is compared"),
      "equal numbers have several spellings (1.0 and 1.00, 0.0 and -0.0), by which databases tell "
      "arrays apart: compare them in the program");
}

absl::Status CheckComparable(std::initializer_list<Type> types) {
  Type known = Type::kNull;
  for (const Type type : types) {
    FERRO_TRY(CheckArrayEquality(type));
    if (type == Type::kJson) {
      return Wrong("JSON cannot be compared",
                   "servers disagree on when two documents are equal: compare in the program");
    }
    if (!GoTogether(known, type)) {
      return Wrong(absl::StrCat("a value of type ", Name(known), " is compared with one of type ",
                                Name(type)),
                   "declare both sides with the same type");
    }
    known = CommonType(known, type);
  }
  return absl::OkStatus();
}

absl::Status CheckNumber(Type type) {
  if (type == Type::kNull || IsNumeric(type)) return absl::OkStatus();
  return Wrong(absl::StrCat("a value of type ", Name(type), " is used as a number"),
               "arithmetic takes int64, float64 and decimal operands");
}

absl::Status CheckRows(const ast::Row& left, const ast::Row& right);

absl::Status CheckBinary(const ast::Binary& binary) {
  if (binary.left->kind == ast::Kind::kRow && binary.right->kind == ast::Kind::kRow) {
    return CheckRows(ast::As<ast::Row>(*binary.left), ast::As<ast::Row>(*binary.right));
  }
  const Type left = TypeOf(*binary.left);
  const Type right = TypeOf(*binary.right);
  if (binary.op == BinaryOp::kEqual || binary.op == BinaryOp::kNotEqual ||
      ast::IsDistinctness(binary.op)) {
    return CheckComparable({left, right});
  }
  if (ast::IsComparison(binary.op)) {
    FERRO_TRY(RefuseArrays("is compared by order", {left, right}));
    return CheckComparable({left, right});
  }
  FERRO_TRY(CheckNumber(left));
  FERRO_TRY(CheckNumber(right));
  if (binary.op != BinaryOp::kIntegerDivide && binary.op != BinaryOp::kModulo) {
    return absl::OkStatus();
  }
  // An operand of unknown type could be a fraction, and servers differ on what is done with it.
  // Decimals are left to Feature::kDecimalDivision, whose advice is better.
  for (const Type type : {left, right}) {
    if (type != Type::kInt64 && type != Type::kDecimal) {
      return Wrong("integer division and remainder take operands of type int64",
                   "declare the columns and parameters as int64, or use true division");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLike(const ast::Like& like) {
  for (const ast::Expr* operand : {like.value, like.pattern}) {
    const Type type = TypeOf(*operand);
    if (type != Type::kText && type != Type::kNull) {
      return Wrong(absl::StrCat("LIKE is used on a value of type ", Name(type)),
                   "LIKE takes text on both sides");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCondition(const ast::Expr& condition, absl::string_view where) {
  const Type type = TypeOf(condition);
  if (condition.kind != ast::Kind::kRow && (type == Type::kBool || type == Type::kNull)) {
    return absl::OkStatus();
  }
  return Wrong(absl::StrCat("a value of type ", Name(type), " stands as a condition in ", where),
               "compare it with something");
}
absl::Status CheckCondition(const ast::Maybe<ast::Expr>& condition, absl::string_view where) {
  return condition ? CheckCondition(*condition, where) : absl::OkStatus();
}

absl::Status CheckRows(const ast::Row& left, const ast::Row& right) {
  if (left.items.size() != right.items.size()) {
    return Wrong("rows of different sizes are compared", "give both sides as many items");
  }
  for (size_t i = 0; i < left.items.size(); ++i) {
    const Type a = TypeOf(*left.items[i]), b = TypeOf(*right.items[i]);
    FERRO_TRY(RefuseArrays("is compared within a row", {a, b}));
    FERRO_TRY(CheckComparable({a, b}));
  }
  return absl::OkStatus();
}

// A row has no value by itself.
absl::Status CheckNoRows(const ast::Node& node) {
  if (node.kind == ast::Kind::kBinary) {
    const auto& binary = ast::As<ast::Binary>(node);
    const bool left = binary.left->kind == ast::Kind::kRow;
    const bool right = binary.right->kind == ast::Kind::kRow;
    if (left && right && ast::IsComparison(binary.op) && !ast::IsDistinctness(binary.op)) {
      return absl::OkStatus();
    }
  } else if (node.kind == ast::Kind::kInQuery) {
    return absl::OkStatus();
  }
  bool found = false;
  ast::ForEachChild(node, [&found](const ast::Node& child) {
    found = found || child.kind == ast::Kind::kRow;
  });
  return found ? Wrong("a row of values stands where one value is needed",
                       "compare it with another row, or look for it in a query")
               : absl::OkStatus();
}

absl::Status CheckOneColumn(const ast::Query& query) {
  return ItemsOf(query).size() == 1
             ? absl::OkStatus()
             : Wrong("a query of several columns stands where one value is needed",
                     "select one column");
}

absl::Status CheckInQuery(const ast::InQuery& in) {
  const auto items = ItemsOf(*in.query);
  if (in.value->kind != ast::Kind::kRow) {
    FERRO_TRY(CheckOneColumn(*in.query));
    const Type type = TypeOf(*in.value);
    FERRO_TRY(RefuseArrays("is looked for in a query", {type}));
    return CheckComparable({type, TypeOf(*items.front())});
  }
  const auto& row = ast::As<ast::Row>(*in.value);
  if (row.items.size() != items.size()) {
    return Wrong("a row is looked for in a query of another number of columns",
                 "select as many columns as the row has items");
  }
  for (size_t i = 0; i < items.size(); ++i) {
    FERRO_TRY(CheckComparable({TypeOf(*row.items[i]), TypeOf(*items[i])}));
  }
  return absl::OkStatus();
}

absl::Status CheckCast(const ast::Cast& cast) {
  const Type from = TypeOf(*cast.operand);
  const Type to = cast.type;
  const bool null_literal = cast.operand->kind == ast::Kind::kLiteral && from == Type::kNull;
  if (from == to || null_literal || cast.operand->kind == ast::Kind::kRaw) return absl::OkStatus();
  const bool day = to == Type::kDate || to == Type::kTimestamp || to == Type::kTimestampTz;
  bool allowed = false;
  if (from == Type::kBool) allowed = to == Type::kInt64;
  if (from == Type::kInt64) {
    allowed = to == Type::kFloat64 || to == Type::kDecimal || to == Type::kText;
  }
  if (from == Type::kFloat64) allowed = to == Type::kInt64;
  if (from == Type::kDecimal) allowed = to == Type::kInt64 || to == Type::kFloat64;
  if (from == Type::kDate) allowed = day || to == Type::kText;
  if (from == Type::kTimestamp || from == Type::kTimestampTz) allowed = day;
  if (allowed) return absl::OkStatus();
  return Wrong(absl::StrCat("a value of type ", Name(from), " is cast to ", Name(to)),
               "databases disagree on what such a cast gives: convert in the program");
}

absl::Status CheckCase(const ast::Case& node) {
  Type common = node.otherwise ? TypeOf(*node.otherwise) : Type::kNull;
  for (const ast::When* when : node.whens) {
    const Type type = TypeOf(*when->value);
    if (!GoTogether(common, type)) {
      return Wrong(absl::StrCat("CASE gives values of types ", Name(common), " and ", Name(type)),
                   "its values have to be of one type, or numbers");
    }
    common = CommonType(common, type);
  }
  return absl::OkStatus();
}

absl::Status CheckCompound(const ast::Compound& compound) {
  const auto first = ItemsOf(compound);
  for (const ast::Query* member : compound.members) {
    const auto items = ItemsOf(*member);
    if (items.size() != first.size()) {
      return Wrong("queries of different numbers of columns are put together",
                   "select as many columns in each");
    }
    for (size_t i = 0; i < items.size(); ++i) {
      const Type a = TypeOf(*first[i]), b = TypeOf(*items[i]);
      if (!GoTogether(a, b)) {
        return Wrong(absl::StrCat("column ", i + 1, " of queries that are put together is of type ",
                                  Name(a), " in one and ", Name(b), " in another"),
                     "cast one of them");
      }
      const bool all_rows = compound.op == ast::SetOp::kUnion && compound.all;
      if (!all_rows) FERRO_TRY(CheckComparable({a, b}));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckGroups(ast::List<const ast::Expr*> items) {
  for (const ast::Expr* item : items) {
    const Type type = TypeOf(*item);
    FERRO_TRY(RefuseArrays("groups rows", {type}));
    if (type == Type::kJson) {
      return Wrong("JSON groups rows", "servers disagree on when two documents are equal");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSelect(const ast::Select& select) {
  FERRO_TRY(CheckCondition(select.where, "WHERE"));
  if (!select.distinct) return absl::OkStatus();
  const auto on = select.distinct->on;
  if (on.empty()) {
    for (const ast::SelectItem* item : select.items) FERRO_TRY(CheckComparable({TypeOf(*item)}));
  }
  FERRO_TRY(CheckGroups(on));
  for (const ast::Expr* expr : on) {
    if (expr->kind == ast::Kind::kLiteral) {
      return Wrong("rows are distinct on a literal", "name the expression that tells them apart");
    }
  }
  for (size_t i = 0; i < on.size() && i < select.order.size(); ++i) {
    bool found = false;
    for (const ast::Expr* expr : on) found = found || ast::Equal(*expr, *select.order[i]->value);
    if (!found) {
      return Wrong("the order does not begin with what the rows are distinct on",
                   "order by those expressions first, in any sequence");
    }
  }
  return absl::OkStatus();
}

// What is wrong with a node by itself; nodes without an overload take whatever they are given.
absl::Status Check(const ast::Node&) { return absl::OkStatus(); }
absl::Status Check(const ast::Binary& node) { return CheckBinary(node); }
absl::Status Check(const ast::Like& node) { return CheckLike(node); }
absl::Status Check(const ast::Unary& node) {
  if (node.op == UnaryOp::kNot) return CheckCondition(*node.operand, "NOT");
  return node.op == UnaryOp::kNegate ? CheckNumber(TypeOf(*node.operand)) : absl::OkStatus();
}
absl::Status Check(const ast::Logical& node) {
  for (const ast::Expr* term : node.terms) FERRO_TRY(CheckCondition(*term, "AND or OR"));
  return absl::OkStatus();
}
absl::Status Check(const ast::In& node) {
  FERRO_TRY(RefuseArrays("is looked for in a list", {TypeOf(*node.value)}));
  return CheckComparable({TypeOf(*node.value), node.list->type});
}
absl::Status Check(const ast::Between& node) {
  const std::initializer_list<Type> types = {TypeOf(*node.value), TypeOf(*node.low),
                                             TypeOf(*node.high)};
  FERRO_TRY(RefuseArrays("is compared by order", types));
  return CheckComparable(types);
}
absl::Status Check(const ast::Call& node) { return CheckCall(node); }
absl::Status Check(const ast::Aggregate& node) { return CheckAggregate(node); }
absl::Status Check(const ast::WindowCall& node) { return CheckWindowCall(node); }
absl::Status Check(const ast::Over& node) {
  if (!node.frame || node.frame->unit != ast::FrameUnit::kRange) return absl::OkStatus();
  if (!node.frame->start_count && !node.frame->end_count) return absl::OkStatus();
  if (node.order.size() == 1 && TypeOf(*node.order[0]->value) == Type::kInt64) {
    return absl::OkStatus();
  }
  return Wrong("a frame of RANGE with distances in an order that is not one int64",
               "order by one column of int64, or count rows or groups");
}
absl::Status Check(const ast::Case& node) { return CheckCase(node); }
absl::Status Check(const ast::When& node) { return CheckCondition(*node.condition, "CASE"); }
absl::Status Check(const ast::Cast& node) { return CheckCast(node); }
absl::Status Check(const ast::Subquery& node) { return CheckOneColumn(*node.query); }
absl::Status Check(const ast::InQuery& node) { return CheckInQuery(node); }
absl::Status Check(const ast::Quantified& node) {
  FERRO_TRY(CheckOneColumn(*node.query));
  const Type type = TypeOf(*node.value);
  FERRO_TRY(RefuseArrays("is compared with the rows of a query", {type}));
  return CheckComparable({type, TypeOf(*ItemsOf(*node.query).front())});
}
absl::Status Check(const ast::Regex& node) {
  const Type type = TypeOf(*node.value);
  if (type == Type::kText || type == Type::kNull) return absl::OkStatus();
  return Wrong(absl::StrCat("a regular expression is used on a value of type ", Name(type)),
               "it takes text");
}
absl::Status Check(const ast::JsonGet& node) {
  const Type type = TypeOf(*node.document);
  if (type != Type::kJson && type != Type::kNull) {
    return Wrong(absl::StrCat("a path into JSON is used on a value of type ", Name(type)),
                 "it takes json");
  }
  if (node.type == Type::kJson || node.type == Type::kText || node.type == Type::kBool ||
      IsNumeric(node.type)) {
    return absl::OkStatus();
  }
  return Wrong(absl::StrCat("JSON has no value of type ", Name(node.type)),
               "take it as json, text, bool or a number");
}
absl::Status Check(const ast::TextSearch& node) {
  for (const ast::Column* column : node.columns) {
    if (column->type == Type::kText || column->type == Type::kNull) continue;
    return Wrong(absl::StrCat("words are looked for in a value of type ", Name(column->type)), "it takes text");
  }
  return absl::OkStatus();
}
absl::Status Check(const ast::OrderItem& node) {
  return RefuseArrays("orders rows", {TypeOf(*node.value)});
}
absl::Status Check(const ast::Select& node) { return CheckSelect(node); }
absl::Status Check(const ast::Compound& node) { return CheckCompound(node); }
absl::Status Check(const ast::Join& node) { return CheckCondition(node.on, "ON"); }
absl::Status Check(const ast::Update& node) { return CheckCondition(node.where, "WHERE"); }
absl::Status Check(const ast::Delete& node) { return CheckCondition(node.where, "WHERE"); }
absl::Status Check(const ast::Upsert& node) { return CheckCondition(node.where, "WHERE"); }
absl::Status Check(const ast::Grouping& node) {
  FERRO_TRY(CheckGroups(node.items));
  return CheckCondition(node.having, "HAVING");
}
absl::Status Check(const ast::GroupingSet& node) { return CheckGroups(node.items); }
absl::Status Check(const ast::Cte& node) {
  if (node.columns.empty() || node.columns.size() == ItemsOf(*node.query).size()) {
    return absl::OkStatus();
  }
  return Wrong(absl::StrCat("common table expression ", node.name,
                            " names another number of columns than its query has"),
               "name each of them, or none");
}

absl::Status CheckNode(const ast::Node& node) {
  FERRO_TRY(CheckNoRows(node));
  return ast::Visit(node, [](const auto& typed) { return Check(typed); });
}

}  // namespace

absl::Status CheckTypes(const ast::Statement& statement) {
  absl::Status status;
  const auto check = [&status](const ast::Node& node) {
    if (status.ok()) status = CheckNode(node);
  };
  ast::Walk(statement, check);
  return status;
}

}  // namespace ferro::sql
