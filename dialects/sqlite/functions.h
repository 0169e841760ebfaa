// SQL functions that give SQLite the meaning our operators have on every database. The renderer
// calls them by name.
#pragma once

#include <sqlite3.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace ferro::sqlite {

// On each new connection: like (with and without ESCAPE), ferro_add, ferro_subtract, ferro_multiply
// and the collation ferro_decimal.
absl::Status RegisterFunctions(sqlite3* db);

// Whether `text` matches: '%' any characters, '_' one character, `escape` (one character; empty:
// none) makes the next one plain. Case matters. An escape at the very end matches nothing.
bool Like(absl::string_view pattern, absl::string_view text, absl::string_view escape);

}  // namespace ferro::sqlite
