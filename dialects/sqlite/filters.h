// Bloom filters of SQLite's joins, which some versions fill by the length of a text (3.38 to 3.40 at least), so that
// decimals of one value and two spellings do not find each other.
#pragma once

#include <sqlite3.h>

#include "absl/status/status.h"

namespace ferro::sqlite {

// Turns these filters off for statements that are prepared from now on, if this library has them wrong: that is
// tried once in a process. kUnsupported when they are wrong and stay on.
absl::Status AvoidWrongFilters(sqlite3* db);

}  // namespace ferro::sqlite
