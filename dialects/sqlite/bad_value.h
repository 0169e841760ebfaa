// What to say about a cell that a decoder refused: its column, table, row, the row's key, storage
// class and declaration, never the value. Slow; only for failures.
#pragma once

#include <sqlite3.h>

#include "absl/status/status.h"
#include "engine/db/driver.h"

namespace ferro::sqlite {

// `statement` stands on the row, the `row`-th (from 0) of its result.
absl::Status BadStoredValue(sqlite3_stmt* statement, int column, const db::Request& request,
                            int64_t row);

}  // namespace ferro::sqlite
