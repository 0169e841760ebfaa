// SQL functions that give SQLite the meaning our operators and functions have on every database.
// The renderer calls them by name. Each other file of this folder holds functions of one kind and
// a table of them (tables.h).
#pragma once

#include <sqlite3.h>

#include "absl/status/status.h"

namespace ferro::sqlite {

// On each new connection: like (with and without ESCAPE), all functions named ferro_… and the
// collation ferro_decimal.
absl::Status RegisterFunctions(sqlite3* db);

}  // namespace ferro::sqlite
