#include "dialects/postgresql/renderer.h"

#include "absl/strings/str_cat.h"
#include "dialects/postgresql/tables.h"

namespace ferro::postgresql {
namespace {

absl::string_view IntegerType(const ast::ColumnDefinition& column) {
  if (column.length == 2) return "smallint";
  return column.length == 4 ? "integer" : "bigint";
}

bool IsIntegerColumn(const ast::Expr& expr) {
  if (expr.kind == ast::Kind::kExcluded) return ast::As<ast::Excluded>(expr).type == Type::kInt64;
  return expr.kind == ast::Kind::kColumn && ast::As<ast::Column>(expr).type == Type::kInt64;
}

}  // namespace

absl::string_view TypeWord(Type type) {
  switch (type) {
    case Type::kBool:
      return "boolean";
    case Type::kInt64:
      return "bigint";  // see IntegerType for a narrower one
    case Type::kFloat64:
      return "double precision";
    case Type::kDecimal:
      return "numeric";
    case Type::kText:
      return "text";
    case Type::kBytes:
      return "bytea";
    case Type::kDate:
      return "date";
    case Type::kTime:
      return "time";
    case Type::kTimestamp:
      return "timestamp";
    case Type::kTimestampTz:
      return "timestamptz";
    case Type::kInterval:
      return "interval";
    case Type::kUuid:
      return "uuid";
    case Type::kJson:
      return "jsonb";
    case Type::kNull:
    case Type::kArray:
      break;
  }
  return "";
}

// One array, whatever its length: one text and one prepared statement. An empty array gives false,
// and true when negated, also for NULL.
void PostgresqlRenderer::Membership(const ast::In& in) {
  if (sql_.writes_literals()) return Renderer::Membership(in);
  Operand(*in.value);
  sql_ << (in.negated ? " <> ALL(" : " = ANY(");
  sql_.Placeholder({sql::BindSource::kList, in.list->index, in.list->type, false});
  sql_ << ")";
}

// A small integer in the text is an int4 to PostgreSQL, and two of them would overflow as such.
void PostgresqlRenderer::ArithmeticOperand(const ast::Expr& expr) {
  const bool integer = expr.kind == ast::Kind::kLiteral &&
                       ast::As<ast::Literal>(expr).literal == ast::LiteralKind::kInteger;
  if (!integer) return Operand(expr);
  sql_ << "CAST(";
  Expression(expr);
  sql_ << " AS bigint)";
}

void PostgresqlRenderer::WideColumn(const ast::Expr& expr) {
  sql_ << "CAST(";
  Expression(expr);
  sql_ << " AS bigint)";
}

// A column may be a smallint or integer, and two of them would overflow as such, or one alone when
// it is negated. Parameters are bigint, and so is the other operand then.
void PostgresqlRenderer::Arithmetic(const ast::Binary& binary) {
  const auto infix = [&](absl::string_view word) {
    WideColumn(*binary.left);
    sql_ << word;
    ArithmeticOperand(*binary.right);
  };
  if (!IsIntegerColumn(*binary.left) || !IsIntegerColumn(*binary.right)) {
    return Renderer::Arithmetic(binary);
  }
  switch (binary.op) {
    case ast::BinaryOp::kAdd:
      return infix(" + ");
    case ast::BinaryOp::kSubtract:
      return infix(" - ");
    case ast::BinaryOp::kMultiply:
      return infix(" * ");
    case ast::BinaryOp::kIntegerDivide:
      WideColumn(*binary.left);
      sql_ << " / NULLIF(";
      ArithmeticOperand(*binary.right);
      sql_ << ", 0)";
      return;
    case ast::BinaryOp::kDivide:
    case ast::BinaryOp::kModulo:
    case ast::BinaryOp::kEqual:
    case ast::BinaryOp::kNotEqual:
    case ast::BinaryOp::kLess:
    case ast::BinaryOp::kLessEqual:
    case ast::BinaryOp::kGreater:
    case ast::BinaryOp::kGreaterEqual:
    case ast::BinaryOp::kDistinctFrom:
    case ast::BinaryOp::kNotDistinctFrom:
      return Renderer::Arithmetic(binary);
  }
}

void PostgresqlRenderer::Negation(const ast::Expr& operand) {
  if (!IsIntegerColumn(operand)) return Renderer::Negation(operand);
  sql_ << "-(";
  WideColumn(operand);
  sql_ << ")";
}

std::optional<bool> PostgresqlRenderer::NullsStandFirst(bool descending) const {
  return descending;
}

void PostgresqlRenderer::LimitClause(const sql::Page& page) {
  // Only the standard's words have room for ties.
  page.with_ties ? Renderer::LimitClause(page) : LimitOffset(page, "");
}

// One array for each column: the text does not depend on the number of rows, and the rows are
// inserted, numbered and given back in the order of the arrays.
void PostgresqlRenderer::BulkInsert(const ast::Insert& insert, sql::Bulk& bulk) {
  DescribeCopy(insert, bulk.copy);
  for (const ast::Assignment* assignment : insert.row) {
    const Type type = ast::As<ast::Param>(*assignment->value).type;
    // unnest() would take arrays of arrays apart to their last element.
    if (IsArray(type)) return Renderer::BulkInsert(insert, bulk);
    if (TypeWord(type).empty()) return;
  }
  const auto names = [&] {
    for (size_t i = 0; i < insert.row.size(); ++i) {
      sql_ << absl::StrCat(i > 0 ? ", c" : "c", i + 1);
    }
  };
  sql_ << "INSERT INTO ";
  sql_.Identifier(insert.table);
  Names(insert.row);
  sql_ << " SELECT ";
  names();
  sql_ << " FROM unnest(";
  for (size_t i = 0; i < insert.row.size(); ++i) {
    const auto& param = ast::As<ast::Param>(*insert.row[i]->value);
    if (i > 0) sql_ << ", ";
    Bound(param);
    sql_ << "::" << TypeWord(param.type) << "[]";
  }
  sql_ << ") WITH ORDINALITY AS u(";
  names();
  sql_ << ", n) ORDER BY n";
  ConflictClause();
  ReturningClause(insert.returning);
  bulk.style = sql::BulkStyle::kArrays;
  bulk.arrays = sql_.Take();
}

void PostgresqlRenderer::DescribeCopy(const ast::Insert& insert, sql::BulkCopy& copy) {
  const auto take = [this] { return sql_.Take().pieces.front(); };
  copy.table = std::string(insert.table);
  sql_.Identifier(insert.table);
  copy.quoted_table = take();
  Names(insert.row);
  const std::string into = absl::StrCat(copy.quoted_table, take());
  copy.text = absl::StrCat("COPY ", into, " FROM STDIN (FORMAT binary)");
  copy.probe = absl::StrCat("INSERT INTO ", into, " VALUES (");
  for (size_t i = 0; i < insert.row.size(); ++i) {
    copy.columns.emplace_back(insert.row[i]->column);
    absl::StrAppend(&copy.probe, i == 0 ? "$" : ", $", i + 1);
  }
  copy.probe += ")";
}

void PostgresqlRenderer::BulkUpdate(const ast::Update& update, const Keys& keys, sql::Bulk& bulk) {
  std::vector<const ast::Param*> parameters;
  const auto add = [&](const ast::Expr& value) {
    if (value.kind == ast::Kind::kParam) parameters.push_back(&ast::As<ast::Param>(value));
  };
  for (const ast::Assignment* assignment : update.assignments) add(*assignment->value);
  for (const ast::Binary* key : keys) add(*key->right);
  for (const ast::Param* parameter : parameters) {
    if (TypeWord(parameter->type).empty()) return;  // an array, for one
  }
  const absl::string_view rows = update.table == "u" ? "v" : "u";
  const std::string prefix = absl::StrCat(rows, ".c");
  sql_ << "UPDATE ";
  sql_.Identifier(update.table);
  sql_ << " SET ";
  SetFromRows(update, prefix);
  sql_ << " FROM unnest(";
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) sql_ << ", ";
    Bound(*parameters[i]);
    sql_ << "::" << TypeWord(parameters[i]->type) << "[]";
  }
  sql_ << ") AS " << rows << "(";
  for (size_t i = 0; i < parameters.size(); ++i) sql_ << absl::StrCat(i > 0 ? ", c" : "c", i + 1);
  sql_ << ") WHERE ";
  WhereKeysOfRows(update, keys, prefix);
  bulk.style = sql::BulkStyle::kArrays;
  bulk.arrays = sql_.Take();
}

void PostgresqlRenderer::ColumnType(const ast::CreateTable& table,
                                    const ast::ColumnDefinition& column) {
  if (IsArray(column.type)) {
    sql_ << TypeWord(ElementOf(column.type)) << "[]";
    return;
  }
  if (TypeWord(column.type).empty()) return Renderer::ColumnType(table, column);
  if (column.type == Type::kText && column.length > 0) {
    sql_ << absl::StrCat("varchar(", column.length, ")");
    return;
  }
  sql_ << (column.type == Type::kInt64 ? IntegerType(column) : TypeWord(column.type));
  if (column.type == Type::kDecimal && column.precision > 0) {
    sql_ << absl::StrCat("(", column.precision, ", ", column.scale, ")");
  }
}

// BY DEFAULT: ALWAYS would refuse keys that the caller supplies.
void PostgresqlRenderer::GeneratedColumn(const ast::CreateTable& /*table*/,
                                         const ast::ColumnDefinition& column) {
  sql_ << IntegerType(column) << " GENERATED BY DEFAULT AS IDENTITY";
}

}  // namespace ferro::postgresql
