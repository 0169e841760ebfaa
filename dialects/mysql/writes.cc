// Upserts, and updates of many rows, as MySQL and MariaDB write them.
#include "absl/strings/str_cat.h"
#include "dialects/mysql/renderer.h"

namespace ferro::mysql {
namespace {

// Of VALUES the type of a column is that of the first row, so each has to be told a length. Longer texts are not sent so.
constexpr size_t kMaxText = 16383;

// A parameter of a derived table has no type by itself, and MySQL would take it for text. Decimals are sent as text, of
// any number of digits, and are converted when they are stored. Nothing for a type that cannot be told: BINARY(n) would
// be padded.
absl::string_view CastWord(Type type) {
  if (IsArray(type)) return "";
  switch (type) {
    case Type::kBool:
    case Type::kInt64:
    case Type::kInterval:
      return "SIGNED";
    case Type::kFloat64:
      return "DOUBLE";
    case Type::kDecimal:
    case Type::kText:
      return "CHAR(16383)";
    case Type::kUuid:
      return "BINARY(16)";
    case Type::kDate:
      return "DATE";
    case Type::kTime:
      return "TIME(6)";
    case Type::kTimestamp:
    case Type::kTimestampTz:
      return "DATETIME(6)";
    case Type::kBytes:
    case Type::kJson:
    case Type::kNull:
    case Type::kArray:
      break;
  }
  return "";
}

}  // namespace

bool MysqlRenderer::NamesNewRow() const {
  return profile_.version.product != Product::kMariadb &&
         profile_.version >= ServerVersion{Product::kMysql, 8, 0, 19};
}

// There is no target: whichever unique key is violated, the row that has it is changed. INSERT IGNORE would let more
// pass than a key, down to values that do not fit.
void MysqlRenderer::OnConflict(const ast::Upsert& upsert) {
  if (!upsert.target.empty() && !upsert.only_key) {
    return Refuse(upsert.assignments.empty() ? sql::Feature::kConflictIgnore
                                             : sql::Feature::kConflictUpdate,
                  "it knows no target, and the row might violate another unique key of the table: "
                  "look for the row in a transaction, and update or insert it");
  }
  const ast::Insert& insert = *upsert.insert;
  if (upsert.assignments.empty()) {
    const ast::Name column = upsert.target.empty() ? insert.row[0]->column : upsert.target[0];
    sql_ << " ON DUPLICATE KEY UPDATE ";
    sql_.Identifier(column);
    sql_ << " = ";
    sql_.Identifier(insert.table);
    sql_ << ".";
    sql_.Identifier(column);
    return;
  }
  if (NamesNewRow()) sql_ << " AS excluded";
  sql_ << " ON DUPLICATE KEY UPDATE ";
  Assignments(upsert.assignments);
}

void MysqlRenderer::ExcludedValue(const ast::Excluded& excluded) {
  if (NamesNewRow()) return Renderer::ExcludedValue(excluded);
  sql_ << "VALUES(";
  sql_.Identifier(excluded.name);
  sql_ << ")";
}

void MysqlRenderer::BulkUpdate(const ast::Update& update, const Keys& keys, sql::Bulk& bulk) {
  const bool mariadb = profile_.version.product == Product::kMariadb;
  if (!mariadb && !NamesNewRow()) return;  // VALUES ROW() came with the names
  std::vector<Type> types;
  const auto add = [&](const ast::Expr& value) {
    if (value.kind == ast::Kind::kParam) types.push_back(ast::As<ast::Param>(value).type);
  };
  for (const ast::Assignment* assignment : update.assignments) add(*assignment->value);
  for (const ast::Binary* key : keys) {
    // A decimal would be compared as a float, being text here.
    const Type type = ast::As<ast::Param>(*key->right).type;
    if (type == Type::kDecimal) return;
    add(*key->right);
  }
  for (const Type type : types) {
    if (CastWord(type).empty()) return;
  }
  const auto take = [this] { return sql_.Take().pieces.front(); };
  const absl::string_view rows = update.table == "u" ? "v" : "u";
  const std::string prefix = absl::StrCat(rows, ".c");
  const auto names = [&] {
    for (size_t i = 0; i < types.size(); ++i) sql_ << absl::StrCat(i > 0 ? ", c" : "c", i + 1);
  };
  sql_ << "UPDATE ";
  sql_.Identifier(update.table);
  sql_ << " JOIN (";
  if (mariadb) {
    sql_ << "WITH r (";
    names();
    sql_ << ") AS (";
  }
  sql_ << "VALUES ";
  bulk.head = take();
  sql_ << (mariadb ? "(" : "ROW(");
  for (size_t i = 0; i < types.size(); ++i) {
    sql_ << (i > 0 ? ", CAST(? AS " : "CAST(? AS ") << CastWord(types[i]) << ")";
  }
  sql_ << ")";
  bulk.row = take();
  if (mariadb) {
    sql_ << ") SELECT ";
    names();
    sql_ << " FROM r) AS " << rows;
  } else {
    sql_ << ") AS " << rows << " (";
    names();
    sql_ << ")";
  }
  sql_ << " ON ";
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) sql_ << " AND ";
    const auto& parameter = ast::As<ast::Param>(*keys[i]->right);
    sql_.Identifier(update.table);
    sql_ << ".";
    sql_.Identifier(ast::As<ast::Column>(*keys[i]->left).name);
    sql_ << absl::StrCat(" = ", prefix, parameter.index + 1);
    if (parameter.type == Type::kText) ExactCollation();
  }
  sql_ << " SET ";
  SetFromRows(update, prefix);
  bulk.tail = take();
  bulk.style = sql::BulkStyle::kValues;
  bulk.max_bytes = kMaxText;
}

}  // namespace ferro::mysql
