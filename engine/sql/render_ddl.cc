// CREATE and DROP of tables and indexes.
#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "engine/sql/renderer.h"

namespace ferro::sql {
namespace {

constexpr size_t kMaxNameBytes = 63;  // as in engine/plan/format.h

absl::string_view ActionWords(ast::ReferentialAction action) {
  switch (action) {
    case ast::ReferentialAction::kNoAction:
      return "NO ACTION";
    case ast::ReferentialAction::kRestrict:
      return "RESTRICT";
    case ast::ReferentialAction::kCascade:
      return "CASCADE";
    case ast::ReferentialAction::kSetNull:
      return "SET NULL";
    case ast::ReferentialAction::kSetDefault:
      return "SET DEFAULT";
  }
  return "";
}

bool IsKey(const ast::CreateTable& table, const ast::ColumnDefinition& column) {
  return absl::c_linear_search(table.primary_key, column.name);
}

}  // namespace

bool Renderer::IsOnlyKey(const ast::CreateTable& table, const ast::ColumnDefinition& column) {
  return table.primary_key.size() == 1 && table.primary_key[0] == column.name;
}

void Renderer::NameList(ast::List<ast::Name> names) {
  sql_ << "(";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) sql_ << ", ";
    sql_.Identifier(names[i]);
  }
  sql_ << ")";
}

void Renderer::CreateTable(const ast::CreateTable& table, Compiled& compiled) {
  sql_ << "CREATE TABLE " << (table.if_not_exists ? "IF NOT EXISTS " : "");
  sql_.Identifier(table.name);
  sql_ << " (";
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) sql_ << ", ";
    ColumnDefinition(table, *table.columns[i]);
  }
  if (!table.primary_key.empty() && !ColumnSaysPrimaryKey(table)) {
    sql_ << ", PRIMARY KEY ";
    NameList(table.primary_key);
  }
  for (const ast::Constraint* constraint : table.constraints) {
    sql_ << ", ";
    Constraint(*constraint);
  }
  sql_ << ")";
  TableOptions();
  AddStep(compiled);
}

void Renderer::Constraint(const ast::Constraint& constraint) {
  sql_ << "CONSTRAINT ";
  sql_.Identifier(constraint.name);
  if (constraint.kind == ast::Kind::kUnique) {
    sql_ << " UNIQUE ";
    NameList(ast::As<ast::Unique>(constraint).columns);
  } else if (constraint.kind == ast::Kind::kForeignKey) {
    ForeignKey(ast::As<ast::ForeignKey>(constraint));
  } else {
    sql_ << " CHECK (";
    Expression(*ast::As<ast::Check>(constraint).condition);
    sql_ << ")";
  }
}

void Renderer::ForeignKey(const ast::ForeignKey& key) {
  sql_ << " FOREIGN KEY ";
  NameList(key.columns);
  sql_ << " REFERENCES ";
  sql_.Identifier(key.target);
  sql_ << " ";
  NameList(key.target_columns);
  // What is not said is NO ACTION, and not deferrable.
  const auto action = [&](absl::string_view event, ast::ReferentialAction what) {
    if (what != ast::ReferentialAction::kNoAction) sql_ << event << ActionWords(what);
  };
  action(" ON DELETE ", key.on_delete);
  action(" ON UPDATE ", key.on_update);
  if (key.deferral != ast::Deferral::kNever) sql_ << " DEFERRABLE";
  if (key.deferral == ast::Deferral::kDeferred) sql_ << " INITIALLY DEFERRED";
}

void Renderer::AddConstraint(const ast::AddConstraint& add, Compiled& compiled) {
  sql_ << "ALTER TABLE ";
  sql_.Identifier(add.table);
  sql_ << " ADD ";
  Constraint(*add.constraint);
  AddStep(compiled);
}

void Renderer::DropConstraint(const ast::DropConstraint& drop, Compiled& compiled) {
  sql_ << "ALTER TABLE ";
  sql_.Identifier(drop.table);
  sql_ << " DROP CONSTRAINT ";
  sql_.Identifier(drop.name);
  AddStep(compiled);
}

void Renderer::CreateIndex(const ast::CreateIndex& index, Compiled& compiled) {
  Step step;
  CreateIndexHead(index, step);
  sql_.Identifier(index.name);
  sql_ << " ON ";
  sql_.Identifier(index.table);
  sql_ << " ";
  if (index.keys.empty() && !index.where) {
    NameList(index.columns);
  } else {
    IndexKeys(index);
  }
  AddStep(compiled).tolerated_native_code = step.tolerated_native_code;
}

void Renderer::CreateTextIndex(const ast::CreateTextIndex& /*index*/, Compiled& /*compiled*/) {
  Refuse(Feature::kTextSearch, "this dialect has no text search");
}

void Renderer::DropTextIndex(const ast::DropTextIndex& /*index*/, Compiled& /*compiled*/) {
  Refuse(Feature::kTextSearch, "this dialect has no text search");
}

void Renderer::IndexKeys(const ast::CreateIndex& index) {
  if (index.keys.empty()) {
    NameList(index.columns);
  } else {
    sql_ << "(";
    for (size_t i = 0; i < index.keys.size(); ++i) {
      if (i > 0) sql_ << ", ";
      IndexKey(*index.keys[i]);
    }
    sql_ << ")";
  }
  if (!index.where) return;
  sql_ << " WHERE ";
  Expression(*index.where);
}

void Renderer::IndexKey(const ast::OrderItem& key) {
  if (key.value->kind == ast::Kind::kColumn) {
    sql_.Identifier(ast::As<ast::Column>(*key.value).name);
  } else {
    sql_ << "(";
    Expression(*key.value);
    sql_ << ")";
  }
  if (key.descending) sql_ << " DESC";
}

void Renderer::ColumnDefinition(const ast::CreateTable& table,
                                const ast::ColumnDefinition& column) {
  sql_.Identifier(column.name);
  sql_ << " ";
  if (column.generated) return GeneratedColumn(table, column);
  ColumnType(table, column);
  // SQLite would let a key be NULL.
  if (!column.nullable || IsKey(table, column)) sql_ << " NOT NULL";
  if (column.otherwise) DefaultValue(*column.otherwise);
  ColumnChecks(table, column);
}

void Renderer::DefaultValue(const ast::Expr& value) {
  // MySQL wants parentheses around the default of a long text, and all take them.
  const bool plain = value.kind == ast::Kind::kLiteral;
  sql_ << (plain ? " DEFAULT " : " DEFAULT (");
  Expression(value);
  if (!plain) sql_ << ")";
}

void Renderer::CheckConstraint(const ast::CreateTable& table, const ast::ColumnDefinition& column,
                               absl::string_view about) {
  const std::string name = absl::StrCat(table.name, "_", column.name, "_", about);
  if (name.size() <= kMaxNameBytes) {
    sql_ << " CONSTRAINT ";
    sql_.Identifier(name);
  }
  sql_ << " CHECK ";
}

absl::string_view Renderer::IntegerWord(const ast::ColumnDefinition& column) {
  if (column.length == 2) return "SMALLINT";
  return column.length == 4 ? "INTEGER" : "BIGINT";
}

void Renderer::ColumnType(const ast::CreateTable& table, const ast::ColumnDefinition& column) {
  const auto measures = [&](absl::string_view word) {
    sql_ << word;
    if (column.precision == 0) return;
    sql_ << absl::StrCat("(", column.precision, ", ", column.scale, ")");
  };
  if (IsArray(column.type)) {
    ast::ColumnDefinition element(column);
    element.type = ElementOf(column.type);
    ColumnType(table, element);
    sql_ << " ARRAY";
    return;
  }
  switch (column.type) {
    case Type::kBool:
      sql_ << "BOOLEAN";
      return;
    case Type::kInt64:
      sql_ << IntegerWord(column);
      return;
    case Type::kFloat64:
      sql_ << "DOUBLE PRECISION";
      return;
    case Type::kDecimal:
      return measures("DECIMAL");
    case Type::kText:
      if (column.length > 0) {
        sql_ << absl::StrCat("VARCHAR(", column.length, ")");
      } else {
        sql_ << "CHARACTER LARGE OBJECT";
      }
      return;
    case Type::kBytes:
      sql_ << "BINARY LARGE OBJECT";
      return;
    case Type::kDate:
      sql_ << "DATE";
      return;
    case Type::kTime:
      sql_ << "TIME(6)";
      return;
    case Type::kTimestamp:
      sql_ << "TIMESTAMP(6)";
      return;
    case Type::kTimestampTz:
      sql_ << "TIMESTAMP(6) WITH TIME ZONE";
      return;
    case Type::kInterval:
      sql_ << "INTERVAL DAY TO SECOND(6)";
      return;
    case Type::kUuid:
      sql_ << "BINARY(16)";
      return;
    case Type::kJson:
      sql_ << "JSON";
      return;
    case Type::kNull:
    case Type::kArray:
      break;  // refused by the reader
  }
  Fail(absl::InternalError("a column without a type"));
}

void Renderer::ColumnChecks(const ast::CreateTable& /*table*/,
                            const ast::ColumnDefinition& /*column*/) {}

void Renderer::GeneratedColumn(const ast::CreateTable& /*table*/,
                               const ast::ColumnDefinition& column) {
  sql_ << IntegerWord(column) << " GENERATED BY DEFAULT AS IDENTITY NOT NULL";
}

void Renderer::CreateIndexHead(const ast::CreateIndex& index, Step& /*step*/) {
  sql_ << (index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ")
       << (index.if_not_exists ? "IF NOT EXISTS " : "");
}

void Renderer::DropIndexText(const ast::DropIndex& index, Step& /*step*/) {
  sql_ << "DROP INDEX " << (index.if_exists ? "IF EXISTS " : "");
  sql_.Identifier(index.name);
}

}  // namespace ferro::sql
