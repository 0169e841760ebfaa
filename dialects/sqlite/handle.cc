#include "dialects/sqlite/handle.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dialects/sqlite/trust.h"

namespace ferro::sqlite {

int Open(const std::string& path, DatabaseHandle& db) {
  // A library may be built to understand URIs everywhere; a file whose name only looks like one is
  // a file.
  const std::string name = absl::StartsWith(path, "file:") ? absl::StrCat("./", path) : path;
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(name.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  db.reset(raw);
  if (raw != nullptr) sqlite3_extended_result_codes(raw, 1);
  return code;
}

int Prepare(sqlite3* db, absl::string_view sql, bool keep, StatementHandle& statement,
            absl::string_view& tail) {
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const auto prepare = [&] {
    return sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                              keep ? SQLITE_PREPARE_PERSISTENT : 0, &raw, &rest);
  };
  int code = prepare();
  if (code == SQLITE_ERROR && TrustTextIndex(db)) code = prepare();
  statement.reset(raw);
  tail = rest == nullptr ? absl::string_view() : sql.substr(static_cast<size_t>(rest - sql.data()));
  return code;
}

bool IsBlank(sqlite3* db, absl::string_view sql) {
  while (!sql.empty()) {
    if (sql.find_first_not_of(" \t\r\n\f;") == absl::string_view::npos) return true;
    StatementHandle statement;
    absl::string_view tail;
    if (Prepare(db, sql, false, statement, tail) != SQLITE_OK || statement != nullptr) return false;
    if (tail.size() == sql.size()) return false;
    sql = tail;
  }
  return true;
}

int64_t Changes(sqlite3* db) {
#if SQLITE_VERSION_NUMBER >= 3037000
  return sqlite3_changes64(db);
#else
  return sqlite3_changes(db);
#endif
}

int64_t TotalChanges(sqlite3* db) {
#if SQLITE_VERSION_NUMBER >= 3037000
  return sqlite3_total_changes64(db);
#else
  return sqlite3_total_changes(db);
#endif
}

}  // namespace ferro::sqlite
