#include "dialects/sqlite/trust.h"

#include <string>

#include "absl/strings/strip.h"
#include "dialects/sqlite/handle.h"

namespace ferro::sqlite {
namespace {

constexpr absl::string_view kTextIndex =
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1 AND sql = printf('CREATE VIRTUAL TABLE \"%w\" USING "
    "fts5(words, content='''', tokenize=''unicode61 remove_diacritics 0'')', ?1)";

bool IsTextIndex(sqlite3* db, absl::string_view name) {
  StatementHandle statement;
  absl::string_view tail;
  if (Prepare(db, kTextIndex, false, statement, tail) != SQLITE_OK) return false;
  sqlite3_bind_text(statement.get(), 1, name.data(), static_cast<int>(name.size()), SQLITE_TRANSIENT);
  return sqlite3_step(statement.get()) == SQLITE_ROW;
}

}  // namespace

bool TrustTextIndex(sqlite3* db) {
  // It says its name in double quotes, which are not doubled within.
  const std::string message = sqlite3_errmsg(db);
  absl::string_view name = message;
  if (!absl::ConsumePrefix(&name, "unsafe use of virtual table \"") || !absl::ConsumeSuffix(&name, "\"")) {
    return false;
  }
  return IsTextIndex(db, name) && sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, nullptr) == SQLITE_OK;
}

}  // namespace ferro::sqlite
