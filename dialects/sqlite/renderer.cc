#include "dialects/sqlite/renderer.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dialects/sqlite/tables.h"
#include "engine/ast/derive.h"
#include "engine/sql/type_of.h"

namespace ferro::sqlite {

using ast::BinaryOp;

// Decimals are stored as text, which is compared by our collation. It is said here too, for tables
// that were not made by us and for operands that are no columns. Numbers of other types have been
// cast by then (see sql::Feature::kMixedNumbers).
void SqliteRenderer::Compared(const ast::Expr& expr, Type common) {
  if (IsArray(common)) return ComparedArray(expr);
  Operand(expr);
  if (common == Type::kDecimal) sql_ << " COLLATE ferro_decimal";
}

// The collation within a condition would be that of the whole CASE (sqlite.org/datatype3.html#collation): SQLite looks for one
// in all that it is made of.
void SqliteRenderer::Case(const ast::Case& node) {
  Renderer::Case(node);
  if (sql::TypeOf(node) == Type::kDecimal) return;
  bool compares = false;
  const auto look = [&compares](const ast::Node& part) {
    compares = compares || (part.kind == ast::Kind::kColumn && ast::As<ast::Column>(part).type == Type::kDecimal) ||
               (part.kind == ast::Kind::kParam && ast::As<ast::Param>(part).type == Type::kDecimal) ||
               (part.kind == ast::Kind::kCast && ast::As<ast::Cast>(part).type == Type::kDecimal);
  };
  for (const ast::When* when : node.whens) ast::Walk(*when->condition, look);
  if (compares) sql_ << " COLLATE BINARY";
}

// DISTINCT is left out of what is in EXISTS, and OFFSET then skips rows of all that are there.
void SqliteRenderer::Existing(const ast::Query& query) {
  const bool skips = query.kind == ast::Kind::kSelect && ast::As<ast::Select>(query).distinct &&
                     ast::As<ast::Select>(query).offset;
  if (!skips) return QueryText(query);
  sql_ << "SELECT * FROM (";
  QueryText(query);
  sql_ << ")";
}

void SqliteRenderer::RowItem(const ast::Expr& item) { ComparedItem(item); }

bool SqliteRenderer::ComparedItem(const ast::Expr& value) {
  if (sql::TypeOf(value) != Type::kDecimal) return Renderer::ComparedItem(value);
  Compared(value, Type::kDecimal);
  return true;
}

// Arrays are JSON texts, ours without spaces; those of others are compared without theirs. What is
// no JSON equals nothing, and must not fail the statement.
void SqliteRenderer::ComparedArray(const ast::Expr& expr) {
  if (expr.kind == ast::Kind::kParam) return Operand(expr);
  sql_ << "CASE WHEN json_valid(";
  Expression(expr);
  sql_ << ") THEN json(";
  Expression(expr);
  sql_ << ") END";
}

namespace {

// SQLITE_MAX_FUNCTION_ARG as distributions have it, and as it is by default.
constexpr size_t kMostArguments = 100;

char SignOf(BinaryOp op) {
  if (op == BinaryOp::kAdd) return '+';
  if (op == BinaryOp::kSubtract) return '-';
  return op == BinaryOp::kMultiply ? '*' : 0;
}

// The terms of a + b - c, from left to right, and what stands between them. Those of decimals are no part of a sum
// of integers, nor the other way round: they overflow elsewhere.
void TermsOf(const ast::Binary& binary, bool decimal, std::vector<const ast::Expr*>& terms,
             std::string& signs) {
  const ast::Expr& left = *binary.left;
  const bool goes_on = left.kind == ast::Kind::kBinary &&
                       SignOf(ast::As<ast::Binary>(left).op) != 0 &&
                       (sql::TypeOf(left) == Type::kDecimal) == decimal;
  if (goes_on) {
    TermsOf(ast::As<ast::Binary>(left), decimal, terms, signs);
  } else {
    terms.push_back(&left);
  }
  terms.push_back(binary.right);
  signs.push_back(SignOf(binary.op));
}

// Of calls within calls of one function that is associative.
void ArgumentsOf(const ast::Call& call, std::vector<const ast::Expr*>& arguments) {
  for (const ast::Expr* argument : call.arguments) {
    const bool same = argument->kind == ast::Kind::kCall &&
                      ast::As<ast::Call>(*argument).function == call.function;
    if (same) {
      ArgumentsOf(ast::As<ast::Call>(*argument), arguments);
    } else {
      arguments.push_back(argument);
    }
  }
}

}  // namespace

// Beside a literal 0 SQLite takes away what else AND has, and a query whose aggregate that was is of all rows then.
void SqliteRenderer::Term(const ast::Expr& term) {
  const bool no = term.kind == ast::Kind::kLiteral && ast::As<ast::Literal>(term).literal == ast::LiteralKind::kFalse;
  no ? void(sql_ << "+0") : Renderer::Term(term);
}

// Our functions (dialects/sqlite/functions/arithmetic.cc) take int64 and float64 operands, also when their
// types are known to SQLite alone, and fail where SQLite's operators would turn to REAL or NULL. A chain is one call
// of many arguments, since SQLite's parser takes some 30 calls within each other.
void SqliteRenderer::Arithmetic(const ast::Binary& binary) {
  switch (binary.op) {
    case BinaryOp::kAdd:
    case BinaryOp::kSubtract:
    case BinaryOp::kMultiply: {
      const bool decimal = sql::TypeOf(binary) == Type::kDecimal;
      std::vector<const ast::Expr*> terms;
      std::string signs;
      TermsOf(binary, decimal, terms, signs);
      return Chain(terms, signs, decimal);
    }
    case BinaryOp::kIntegerDivide:
      sql_ << "ferro_divide(";
      Expression(*binary.left);
      sql_ << ", NULLIF(";
      Expression(*binary.right);
      sql_ << ", 0))";
      return;
    case BinaryOp::kDivide:
    case BinaryOp::kModulo:
    case BinaryOp::kEqual:
    case BinaryOp::kNotEqual:
    case BinaryOp::kLess:
    case BinaryOp::kLessEqual:
    case BinaryOp::kGreater:
    case BinaryOp::kGreaterEqual:
    case BinaryOp::kDistinctFrom:
    case BinaryOp::kNotDistinctFrom:
      return Renderer::Arithmetic(binary);
  }
}

// `signs` are one fewer than the terms. What is too much for one call is the first argument of another.
void SqliteRenderer::Chain(std::span<const ast::Expr* const> terms, absl::string_view signs,
                           bool decimal) {
  constexpr size_t kMostTerms = kMostArguments - 1;  // the signs are an argument, too
  const size_t within = terms.size() > kMostTerms ? terms.size() - (kMostTerms - 1) : 0;
  const absl::string_view own = signs.substr(within == 0 ? 0 : within - 1);
  const bool alike = own.find_first_not_of(own.front()) == own.npos;
  sql_ << (decimal ? "ferro_decimal_" : "ferro_");
  if (!alike) {
    sql_ << "calculate('" << own << "', ";
  } else if (own.front() == '+') {
    sql_ << "add(";
  } else {
    sql_ << (own.front() == '-' ? "subtract(" : "multiply(");
  }
  if (within > 0) Chain(terms.first(within), signs.substr(0, within - 1), decimal);
  for (size_t i = within; i < terms.size(); ++i) {
    if (i > 0) sql_ << ", ";
    Expression(*terms[i]);
  }
  sql_ << ")";
}

void SqliteRenderer::Call(const ast::Call& call) {
  const bool texts = call.function == ast::Function::kConcat;
  if (!texts && call.function != ast::Function::kCoalesce) return Renderer::Call(call);
  std::vector<const ast::Expr*> arguments;
  ArgumentsOf(call, arguments);
  if (!texts && arguments.size() > kMostArguments) return Renderer::Call(call);
  if (!texts) sql_ << "COALESCE(";
  // Each || is a level of an expression, of which SQLite takes 1000.
  const bool in_parts = texts && arguments.size() > kMostArguments;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool begins = in_parts && i % kMostArguments == 0;
    if (i > 0) sql_ << (begins ? ") || " : texts ? " || " : ", ");
    if (begins) sql_ << "(";
    texts ? Operand(*arguments[i]) : Expression(*arguments[i]);
  }
  if (in_parts || !texts) sql_ << ")";
}

void SqliteRenderer::Negation(const ast::Expr& operand) {
  const Type type = sql::TypeOf(operand);
  if (type == Type::kFloat64) return Renderer::Negation(operand);
  sql_ << (type == Type::kDecimal ? "ferro_decimal_subtract(0, " : "ferro_subtract(0, ");
  Expression(operand);
  sql_ << ")";
}

// NULL is the smallest value (https://sqlite.org/lang_select.html#orderby).
std::optional<bool> SqliteRenderer::NullsStandFirst(bool descending) const { return !descending; }

void SqliteRenderer::LimitClause(const sql::Page& page) { LimitOffset(page, "-1"); }

// The columns of VALUES are called column1, column2, …
void SqliteRenderer::BulkUpdate(const ast::Update& update, const Keys& keys, sql::Bulk& bulk) {
  if (profile_.version < ServerVersion{Product::kSqlite, 3, 33, 0}) return;
  const auto take = [this] { return sql_.Take().pieces.front(); };
  const absl::string_view rows = update.table == "u" ? "v" : "u";
  const std::string prefix = absl::StrCat(rows, ".column");
  sql_ << "UPDATE ";
  sql_.Identifier(update.table);
  sql_ << " SET ";
  SetFromRows(update, prefix);
  sql_ << " FROM (VALUES ";
  bulk.head = take();
  sql_ << "(";
  for (size_t i = 0; i < bulk.row_parameters; ++i) sql_ << (i > 0 ? ", ?" : "?");
  sql_ << ")";
  bulk.row = take();
  sql_ << ") AS " << rows << " WHERE ";
  WhereKeysOfRows(update, keys, prefix);
  bulk.tail = take();
  bulk.style = sql::BulkStyle::kValues;
}

// The words are kept by SQLite and read back; what it does with a column follows from parts of them
// (https://sqlite.org/datatype3.html#affinity). DECIMAL TEXT, UUID BLOB, INTERVAL INTEGER and JSON
// TEXT are chosen for their affinity; dates and times are ISO text, which NUMERIC affinity leaves
// alone.
void SqliteRenderer::ColumnType(const ast::CreateTable& table,
                                const ast::ColumnDefinition& column) {
  if (IsArray(column.type)) {
    sql_ << "JSON TEXT";
    return;
  }
  switch (column.type) {
    case Type::kBool:
      sql_ << "BOOLEAN";
      return;
    case Type::kInt64:
      // A lone key declared INTEGER would be numbered by SQLite, which nobody asked for.
      sql_ << (IsOnlyKey(table, column) ? "BIGINT" : "INTEGER");
      return;
    case Type::kFloat64:
      sql_ << "DOUBLE";
      return;
    case Type::kDecimal:
      sql_ << "DECIMAL TEXT";
      if (column.precision > 0)
        sql_ << absl::StrCat("(", column.precision, ", ", column.scale, ")");
      sql_ << " COLLATE ferro_decimal";
      return;
    case Type::kText:
      sql_ << "TEXT";
      return;
    case Type::kBytes:
      sql_ << "BLOB";
      return;
    case Type::kDate:
      sql_ << "DATE";
      return;
    case Type::kTime:
      sql_ << "TIME";
      return;
    case Type::kTimestamp:
      sql_ << "TIMESTAMP";
      return;
    case Type::kTimestampTz:
      sql_ << "TIMESTAMPTZ";
      return;
    case Type::kInterval:
      sql_ << "INTERVAL INTEGER";
      return;
    case Type::kUuid:
      sql_ << "UUID BLOB";
      return;
    case Type::kJson:
      sql_ << "JSON TEXT";
      return;
    case Type::kNull:
    case Type::kArray:
      break;
  }
  Renderer::ColumnType(table, column);  // says that there is no type
}

// Declared measures are words to SQLite; only a CHECK holds a column to them.
void SqliteRenderer::ColumnChecks(const ast::CreateTable& table,
                                  const ast::ColumnDefinition& column) {
  if (column.type == Type::kBool) {
    CheckConstraint(table, column, "bool");
    sql_ << "(";
    sql_.Identifier(column.name);
    sql_ << " IN (0, 1))";
  } else if (column.type == Type::kText && column.length > 0) {
    CheckConstraint(table, column, "length");
    sql_ << "(length(";
    sql_.Identifier(column.name);
    sql_ << ") <= " << absl::StrCat(column.length, ")");
  } else if (column.type == Type::kDecimal && column.precision > 0) {
    CheckConstraint(table, column, "digits");
    DigitsCheck(column);
  } else if (column.type == Type::kInt64 && column.length > 0) {
    // errors.cc knows these names, and the bounds where the name would be too long. Of a text that
    // begins with a quote SQLite shows what is quoted and no more, hence the second parenthesis.
    CheckConstraint(table, column, column.length == 2 ? "int16" : "int32");
    sql_ << "((";
    sql_.Identifier(column.name);
    sql_ << (column.length == 2 ? kInt16Bounds : kInt32Bounds) << ")";
  }
}

// Before the point at most precision - scale digits, after it at most scale; zeros at either end do
// not count.
void SqliteRenderer::DigitsCheck(const ast::ColumnDefinition& column) {
  const auto text = [&] { sql_.Identifier(column.name); };
  const auto point = [&] {
    sql_ << "instr(";
    text();
    sql_ << " || '.', '.')";
  };
  sql_ << "(length(ltrim(substr(";
  text();
  sql_ << ", 1, ";
  point();
  sql_ << " - 1), '-0')) <= " << absl::StrCat(column.precision - column.scale);
  sql_ << " AND length(rtrim(substr(";
  text();
  sql_ << ", ";
  point();
  sql_ << " + 1), '0')) <= " << absl::StrCat(column.scale) << ")";
}

// Only a column of exactly this type, as the whole key, is numbered
// (https://sqlite.org/lang_createtable.html#rowid).
void SqliteRenderer::GeneratedColumn(const ast::CreateTable& table,
                                     const ast::ColumnDefinition& column) {
  if (!IsOnlyKey(table, column)) {
    return Refuse(sql::Feature::kGeneratedKey,
                  "SQLite numbers a column only when it is the whole primary key");
  }
  sql_ << "INTEGER PRIMARY KEY";
  ColumnChecks(table, column);
}

// Until the next COMMIT or ROLLBACK, so it must not stand alone (https://sqlite.org/foreignkeys.html#fk_deferred).
void SqliteRenderer::DeferForeignKeys(sql::Compiled& compiled) {
  sql_ << "PRAGMA defer_foreign_keys = ON";
  AddStep(compiled).counts = false;
  compiled.atomic = true;
}

bool SqliteRenderer::ColumnSaysPrimaryKey(const ast::CreateTable& table) const {
  for (const ast::ColumnDefinition* column : table.columns) {
    if (column->generated) return true;
  }
  return false;
}

}  // namespace ferro::sqlite
