// Ownership of what SQLite's C library hands out, and the two calls that make it. No policy lives
// here: settings, caching and errors are the callers'.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace ferro::sqlite {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// Opens or creates the file at `path` with extended result codes and without mutexes of the
// library's own: one thread at a time uses the handle. Gives the result code; on failure `db` may
// still hold a handle.
int Open(const std::string& path, DatabaseHandle& db);

// Prepares the first statement of `sql`; `statement` is null when there was none before the end.
// `tail` is what follows it. Gives the result code.
int Prepare(sqlite3* db, absl::string_view sql, bool keep, StatementHandle& statement,
            absl::string_view& tail);

// Whether nothing but white space, semicolons and comments is left.
bool IsBlank(sqlite3* db, absl::string_view sql);

// Rows that the last INSERT, UPDATE or DELETE changed, and those since the connection was opened.
int64_t Changes(sqlite3* db);
int64_t TotalChanges(sqlite3* db);

}  // namespace ferro::sqlite
