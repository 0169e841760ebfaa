// SQLite's result codes and messages as our errors. Knows the shapes of SQLite's texts; does not
// look anything up but the name of a unique index, on the connection where it was violated.
#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/error.h"

namespace ferro::sqlite {

// What the library was asked to do when it failed: a code of SQLITE_ERROR means a bad text in one
// case and bad data in the other.
enum class Phase : uint8_t { kPrepare, kRun };

// The class of an extended result code alone.
ErrorClass ClassOfCode(int extended_code);

// The failure that `db` has just reported with `extended_code`. Call it before anything else runs
// on `db`. `sql` is attached; bound values never are.
absl::Status MakeSqliteError(sqlite3* db, int extended_code, Phase phase, absl::string_view sql);

// The name of the constraint that `code` (unique or primary key) on these columns means: the
// index's own name, or the one that PostgreSQL would have given: <table>_pkey,
// <table>_<column>_key.
std::string UniqueName(sqlite3* db, int extended_code, absl::string_view table,
                       const std::vector<absl::string_view>& columns);

}  // namespace ferro::sqlite
