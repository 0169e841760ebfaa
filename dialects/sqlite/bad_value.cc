#include "dialects/sqlite/bad_value.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "dialects/sqlite/decode.h"
#include "engine/db/cell_error.h"

namespace ferro::sqlite {
namespace {

absl::string_view StorageName(int storage) {
  switch (storage) {
    case SQLITE_INTEGER:
      return "INTEGER";
    case SQLITE_FLOAT:
      return "REAL";
    case SQLITE_TEXT:
      return "TEXT";
    case SQLITE_BLOB:
      return "BLOB";
    default:
      return "NULL";
  }
}

// Where a result column comes from; all null for an expression. The library can be built without
// these functions, then nothing is known.
struct Origin {
  const char* database = nullptr;
  const char* table = nullptr;
  const char* column = nullptr;
};

#ifdef FERRO_SQLITE_HAS_COLUMN_METADATA
Origin OriginOf(sqlite3_stmt* statement, int column) {
  return {sqlite3_column_database_name(statement, column),
          sqlite3_column_table_name(statement, column),
          sqlite3_column_origin_name(statement, column)};
}
#else
Origin OriginOf(sqlite3_stmt*, int) { return {}; }
#endif

bool IsOfKey(sqlite3* db, const Origin& origin) {
  int in_key = 0;
  return sqlite3_table_column_metadata(db, origin.database, origin.table, origin.column, nullptr,
                                       nullptr, nullptr, &in_key, nullptr) == SQLITE_OK &&
         in_key != 0;
}

// The key of the row that column `bad` is of, as far as it was selected.
std::string KeyOf(sqlite3_stmt* statement, int bad, absl::string_view sql) {
  std::string key;
  const Origin of = OriginOf(statement, bad);
  if (of.table == nullptr || !db::ReadsOnce(sql, of.table)) return key;
  sqlite3* const db = sqlite3_db_handle(statement);
  Arena arena;
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    const Origin origin = OriginOf(statement, i);
    if (i == bad || origin.table == nullptr || absl::string_view(origin.table) != of.table ||
        absl::string_view(origin.database) != of.database || !IsOfKey(db, origin)) {
      continue;
    }
    Value value;
    if (DecodeByStorage(sqlite3_column_value(statement, i), arena, value)) {
      db::AppendKey(key, origin.column, value);
    }
  }
  return key;
}

}  // namespace

absl::Status BadStoredValue(sqlite3_stmt* statement, int column, const db::Request& request,
                            int64_t row) {
  const char* const declared = sqlite3_column_decltype(statement, column);
  Type wanted = Type::kNull;
  absl::string_view name = sqlite3_column_name(statement, column);
  if (!request.columns.empty()) {
    const sql::ResultColumn& expected = request.columns[static_cast<size_t>(column)];
    wanted = expected.type;
    if (!expected.name.empty()) name = expected.name;
  }
  if (wanted == Type::kNull) wanted = TypeOfDeclaration(declared);
  const int storage = sqlite3_column_type(statement, column);
  const bool any_text = wanted == Type::kNull || wanted == Type::kText || wanted == Type::kJson;
  const std::string fault = storage == SQLITE_TEXT && any_text
                                ? std::string("is not valid UTF-8")
                                : absl::StrCat("is no ", Name(wanted));
  const char* const table = OriginOf(statement, column).table;
  const db::CellPlace place{.column = name,
                            .table = table == nullptr ? absl::string_view() : table,
                            .row = row,
                            .key = KeyOf(statement, column, request.sql)};
  return WithDetail(
      db::CellError(
          ErrorClass::kBadStoredValue, place,
          absl::StrCat(
              StorageName(storage), " is stored that ", fault,
              declared == nullptr ? "" : absl::StrCat(" (the column is declared ", declared, ")")),
          storage == SQLITE_FLOAT && wanted == Type::kDecimal
              ? "digits may be lost already: store decimals as text"
              : ""),
      [&](ErrorDetail& detail) { detail.sql = std::string(request.sql); });
}

}  // namespace ferro::sqlite
