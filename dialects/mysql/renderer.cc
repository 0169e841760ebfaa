#include "dialects/mysql/renderer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialects/mysql/parameters.h"

namespace ferro::mysql {
namespace {

// Of a key, constraint or index without a stated length: its bytes must be bounded.
constexpr int64_t kIndexedLength = 255;
// A row has 65,535 bytes, and a character of utf8mb4 up to four.
constexpr int64_t kMaxVarchar = 16383;

// The type that a parameter is cast to where nothing says its own; empty: it needs none.
absl::string_view CastWord(Type type, bool mariadb) {
  // MariaDB pads the UUIDs beside a NULL of no length, and groups by as many bytes of COALESCE(x, x) as it takes x for.
  if (mariadb) return type == Type::kText ? "CHAR" : type == Type::kUuid ? "BINARY(16)" : type == Type::kBytes ? "BINARY" : "";
  switch (type) {
    case Type::kBool:
    case Type::kInt64:
    case Type::kInterval:
      return "SIGNED";
    case Type::kFloat64:
      return "DOUBLE";
    case Type::kDecimal:
      return "DECIMAL(65, 30)";
    case Type::kBytes:
    case Type::kUuid:
      return "BINARY";
    case Type::kDate:
      return "DATE";
    case Type::kTime:
      return "TIME(6)";
    case Type::kTimestamp:
    case Type::kTimestampTz:
      return "DATETIME(6)";
    case Type::kText:
    case Type::kJson:
    case Type::kNull:
    case Type::kArray:
      break;
  }
  return "";
}

}  // namespace

absl::string_view MysqlRenderer::BinaryCollation() const {
  return profile_.version.product == Product::kMariadb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";
}

// LIKE follows the collation, and the one that is stated wins over the column's. It is the one of
// our tables, so their indexes serve. The drivers set NO_BACKSLASH_ESCAPES: '\' is one character.
void MysqlRenderer::LikePredicate(const ast::Like& like) {
  const auto side = [&](const ast::Expr& expr) {
    if (!like.fold_case) return Operand(expr);
    sql_ << "LOWER(";
    Expression(expr);
    sql_ << ")";
  };
  side(*like.value);
  sql_ << (like.negated ? " NOT LIKE " : " LIKE ");
  // NULL is no text that a collation could follow, whatever is looked at. To MySQL it is binary, which some values
  // then become (error 3988).
  if (like.pattern->kind == ast::Kind::kLiteral) {
    sql_ << (mariadb() ? "NULL" : "CAST(NULL AS CHAR)");
    return;
  }
  // MySQL moves a condition into a UNION in FROM, and does not understand what it says there of one that is NULL (error 1064).
  const bool cast = !mariadb() && like.pattern->kind != ast::Kind::kParam;
  if (cast) sql_ << "CAST(";
  side(*like.pattern);
  if (cast) sql_ << " AS CHAR)";
  ExactCollation();
  // MySQL prints a definition, and a condition that it moves into a table of FROM, with two backslashes (see literal.cc).
  if (sql_.writes_literals()) {
    sql_ << " ESCAPE X'5c'";
  } else {
    sql_ << (mariadb() ? " ESCAPE '\\'" : " ESCAPE x'5C'");
  }
}

void MysqlRenderer::ExactCollation() { sql_ << " COLLATE " << BinaryCollation(); }

// Arrays are JSON. A JSON column of MySQL is compared by meaning, and with JSON only; MariaDB's is
// a text, compared without the spaces that others may have written.
void MysqlRenderer::Compared(const ast::Expr& expr, Type common) {
  const bool mariadb = profile_.version.product == Product::kMariadb;
  const bool ours = expr.kind == ast::Kind::kParam;
  if (!IsArray(common) || ours == mariadb) return Operand(expr);
  sql_ << (mariadb ? "JSON_COMPACT(" : "CAST(");
  Expression(expr);
  sql_ << (mariadb ? ")" : " AS JSON)");
}

// `/` of integers is a decimal here.
void MysqlRenderer::Arithmetic(const ast::Binary& binary) {
  if (binary.op != ast::BinaryOp::kIntegerDivide) return Renderer::Arithmetic(binary);
  if (mariadb()) {
    ArithmeticOperand(*binary.left);
  } else {
    // As integers the least one is out of range for MySQL, whatever it is divided by.
    sql_ << "CAST(";
    Expression(*binary.left);
    sql_ << " AS DECIMAL(20, 0))";
  }
  sql_ << " DIV NULLIF(";
  ArithmeticOperand(*binary.right);
  sql_ << ", 0)";
}

void MysqlRenderer::Begin(const ast::Statement& statement) {
  untyped_ = UntypedParameters(statement);
  FindConstantTables(statement);
  FindUnions(statement);
  FindSought(statement);
  FindUnread(statement);
  FindNestedCtes(statement);
  FindWholeWindows(statement);
  RefuseCopiesOfCopies(statement);
  RefuseOuterHaving(statement);
}

// See parameters.h.
void MysqlRenderer::Parameter(const ast::Param& param) {
  const auto untyped = untyped_.find(&param);
  absl::string_view type = untyped == untyped_.end() ? "" : CastWord(param.type, mariadb());
  if (type.empty() && given_.contains(&param)) type = CastWord(param.type, false);
  if (type.empty() && param.type == Type::kText && untyped != untyped_.end() && untyped->second) type = "CHAR";
  if (type.empty()) return Renderer::Parameter(param);
  sql_ << "CAST(";
  const bool wide = param.type == Type::kDecimal;
  sql_.Placeholder({sql::BindSource::kParameter, param.index, param.type, param.not_negative, nullptr,
                    Type::kNull, wide ? CheckWideDecimal : nullptr});
  sql_ << " AS " << type << ")";
}

void MysqlRenderer::LimitClause(const sql::Page& page) {
  // Only the standard's words have room for ties.
  page.with_ties ? Renderer::LimitClause(page) : LimitOffset(page, kAllRows);
}

// MariaDB has FOR UPDATE as MySQL has, and its own words for the other one.
void MysqlRenderer::LockClause(const ast::Lock& lock) {
  const bool mariadb = profile_.version.product == Product::kMariadb;
  if (!mariadb || lock.strength != ast::LockStrength::kShare) return Renderer::LockClause(lock);
  sql_ << " LOCK IN SHARE MODE";
  if (lock.wait == ast::LockWait::kNoWait) sql_ << " NOWAIT";
  if (lock.wait == ast::LockWait::kSkipLocked) sql_ << " SKIP LOCKED";
}

void MysqlRenderer::DefaultRow() { sql_ << " () VALUES ()"; }

void MysqlRenderer::ColumnType(const ast::CreateTable& table, const ast::ColumnDefinition& column) {
  if (IsArray(column.type)) {
    sql_ << "JSON";
    return;
  }
  switch (column.type) {
    case Type::kBool:
      sql_ << "TINYINT(1)";
      return;
    case Type::kFloat64:
      sql_ << "DOUBLE";
      return;
    case Type::kDecimal:
      sql_ << absl::StrCat("DECIMAL(", column.precision, ", ", column.scale, ")");
      return;
    case Type::kText: {
      const int64_t length = column.length > 0 || !column.indexed ? column.length : kIndexedLength;
      if (length == 0 || length > kMaxVarchar) {
        sql_ << "LONGTEXT";
      } else {
        sql_ << absl::StrCat("VARCHAR(", length, ")");
      }
      return;
    }
    case Type::kBytes:
      if (column.indexed) {
        sql_ << absl::StrCat("VARBINARY(", kIndexedLength, ")");
      } else {
        sql_ << "LONGBLOB";
      }
      return;
    // TIMESTAMP ends in 2038 and moves with the session's zone; what has a zone is stored in UTC.
    case Type::kTimestamp:
    case Type::kTimestampTz:
      sql_ << "DATETIME(6)";
      return;
    case Type::kInterval:
      sql_ << "BIGINT";
      return;
    // As the standard has them. Without the (6) of its TIME fractions of seconds are rounded (MySQL) or cut off
    // (MariaDB).
    case Type::kInt64:
    case Type::kDate:
    case Type::kTime:
    case Type::kUuid:
    case Type::kJson:
    case Type::kNull:
    case Type::kArray:
      break;
  }
  Renderer::ColumnType(table, column);
}

// These checks have the names that the server gives them.
void MysqlRenderer::ColumnChecks(const ast::CreateTable& /*table*/,
                                 const ast::ColumnDefinition& column) {
  if (column.type == Type::kBool) {
    sql_ << " CHECK (";
    sql_.Identifier(column.name);
    sql_ << " IN (0, 1))";
  } else if (column.type == Type::kText && column.length > kMaxVarchar) {
    sql_ << " CHECK (CHAR_LENGTH(";
    sql_.Identifier(column.name);
    sql_ << absl::StrCat(") <= ", column.length, ")");
  }
}

void MysqlRenderer::GeneratedColumn(const ast::CreateTable& table,
                                    const ast::ColumnDefinition& column) {
  const bool leads_key = !table.primary_key.empty() && table.primary_key[0] == column.name;
  const bool leads_unique =
      std::any_of(table.constraints.begin(), table.constraints.end(),
                  [&](const ast::Constraint* constraint) {
                    return constraint->kind == ast::Kind::kUnique &&
                           ast::As<ast::Unique>(*constraint).columns[0] == column.name;
                  });
  if (!leads_key && !leads_unique) {
    return Refuse(sql::Feature::kGeneratedKey,
                  "only the first column of a primary key or unique constraint is numbered here");
  }
  sql_ << IntegerWord(column) << " NOT NULL AUTO_INCREMENT";
}

void MysqlRenderer::TableOptions() {
  sql_ << " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE " << BinaryCollation();
}

void MysqlRenderer::CreateIndexHead(const ast::CreateIndex& index, sql::Step& step) {
  if (!index.if_not_exists || Is(sql::Feature::kCreateIndexIfNotExists, sql::Support::kNative)) {
    return Renderer::CreateIndexHead(index, step);
  }
  step.tolerated_native_code = 1061;  // ER_DUP_KEYNAME
  sql_ << (index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
}

// Rows outside of the condition have NULL for each key, and NULLs are never equal.
void MysqlRenderer::IndexKeys(const ast::CreateIndex& index) {
  if (!index.where) return Renderer::IndexKeys(index);
  bool first = true;
  const auto key = [&](const auto& value) {
    sql_ << (first ? "((CASE WHEN " : ", (CASE WHEN ");
    first = false;
    Expression(*index.where);
    sql_ << " THEN ";
    value();
    sql_ << " END)";
  };
  for (const ast::Name column : index.columns) key([&] { sql_.Identifier(column); });
  for (const ast::OrderItem* item : index.keys) {
    key([&] { Operand(*item->value); });
    if (item->descending) sql_ << " DESC";
  }
  sql_ << ")";
}

void MysqlRenderer::DropIndexText(const ast::DropIndex& index, sql::Step& step) {
  sql_ << "DROP INDEX ";
  if (index.if_exists) {
    if (Is(sql::Feature::kDropIndexIfExists, sql::Support::kNative)) {
      sql_ << "IF EXISTS ";
    } else {
      step.tolerated_native_code = 1091;  // ER_CANT_DROP_FIELD_OR_KEY
    }
  }
  sql_.Identifier(index.name);
  sql_ << " ON ";
  sql_.Identifier(index.table);
}

}  // namespace ferro::mysql
