#include "engine/sql/check_definition.h"

#include "absl/strings/str_cat.h"
#include "engine/ast/derive.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/sql/type_of.h"

namespace ferro::sql {
namespace {

absl::Status Wrong(absl::string_view what, absl::string_view hint) {
  return MakeErrorWithHint(ErrorClass::kPlan, what, hint);
}

bool DependsOnTime(const ast::Node& node) {
  if (node.kind != ast::Kind::kCall) return false;
  const ast::Function function = ast::As<ast::Call>(node).function;
  return function == ast::Function::kNow || function == ast::Function::kToday;
}

// MySQL and MariaDB keep the text of a definition with backslashes of their own in it, and read it again without.
bool IsPlainKey(const ast::Text& key) { return key.text.find_first_of("'\"\\") == absl::string_view::npos; }

bool ReadsRows(ast::Kind kind) {
  return ast::IsQuery(kind) || kind == ast::Kind::kAggregate || kind == ast::Kind::kWindowCall;
}

// `table` is empty for a default.
absl::Status CheckParts(const ast::Expr& expr, ast::Name table, absl::string_view where) {
  absl::Status status;
  const auto look = [&](const ast::Node& node) {
    if (!status.ok()) return;
    if (ReadsRows(node.kind)) {
      status = Wrong(absl::StrCat(where, " reads rows of tables"),
                     "it may speak of the columns of one row only");
    } else if (!table.empty() && DependsOnTime(node)) {
      status = Wrong(absl::StrCat(where, " depends on the time"),
                     "it has to be true, or not, of a row forever");
    } else if (node.kind == ast::Kind::kJsonStep && !IsPlainKey(ast::As<ast::JsonStep>(node).key)) {
      status = Wrong(absl::StrCat(where, " has a JSON key with a quote or backslash in it"),
                     "MySQL and MariaDB would read it differently later: check it in the program");
    } else if (node.kind == ast::Kind::kColumn) {
      const auto& column = ast::As<ast::Column>(node);
      if (table.empty()) {
        status = Wrong(absl::StrCat(where, " reads the column ", column.name),
                       "it is computed before there is a row");
      } else if (!column.source.empty() && column.source != table) {
        status = Wrong(absl::StrCat(where, " reads the column ", column.name, " of ", column.source),
                       absl::StrCat("only columns of ", table, " are there"));
      }
    }
  };
  ast::Walk(expr, look);
  return status;
}

absl::Status CheckCondition(const ast::Expr& condition, ast::Name table, absl::string_view where) {
  const Type type = TypeOf(condition);
  if (type != Type::kBool && type != Type::kNull) {
    return Wrong(absl::StrCat("a value of type ", Name(type), " stands as a condition in ", where),
                 "compare it with something");
  }
  return CheckParts(condition, table, where);
}

absl::Status CheckConstraint(const ast::Constraint& constraint, ast::Name table) {
  if (constraint.kind != ast::Kind::kCheck) return absl::OkStatus();
  return CheckCondition(*ast::As<ast::Check>(constraint).condition, table, "a CHECK");
}

absl::Status CheckTable(const ast::CreateTable& table) {
  for (const ast::ColumnDefinition* column : table.columns) {
    if (!column->otherwise) continue;
    FERRO_TRY(CheckParts(*column->otherwise, "", "a default"));
    const Type type = TypeOf(*column->otherwise);
    if (type != Type::kNull && type != column->type) {
      return Wrong(absl::StrCat("the default of ", column->name, " is of type ", Name(type),
                                ", the column of type ", Name(column->type)),
                   "give a value of the column's type");
    }
  }
  for (const ast::Constraint* constraint : table.constraints) {
    FERRO_TRY(CheckConstraint(*constraint, table.name));
  }
  return absl::OkStatus();
}

absl::Status CheckIndex(const ast::CreateIndex& index) {
  for (const ast::OrderItem* key : index.keys) {
    FERRO_TRY(CheckParts(*key->value, index.table, "a key of an index"));
  }
  if (!index.where) return absl::OkStatus();
  return CheckCondition(*index.where, index.table, "the condition of an index");
}

}  // namespace

absl::Status CheckDefinition(const ast::Statement& statement) {
  const ast::Kind kind = statement.kind;
  if (kind == ast::Kind::kTagged) {
    return CheckDefinition(*ast::As<ast::Tagged>(statement).statement);
  }
  if (kind == ast::Kind::kCreateTable) return CheckTable(ast::As<ast::CreateTable>(statement));
  if (kind == ast::Kind::kCreateIndex) return CheckIndex(ast::As<ast::CreateIndex>(statement));
  if (kind != ast::Kind::kAddConstraint) return absl::OkStatus();
  const auto& add = ast::As<ast::AddConstraint>(statement);
  return CheckConstraint(*add.constraint, add.table);
}

}  // namespace ferro::sql
