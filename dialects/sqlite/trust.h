// FTS5 tables in triggers, which our text indexes have. The schema is not trusted, and only since some version does
// SQLite itself take FTS5 for harmless there (https://sqlite.org/c3ref/c_vtab_constraint_support.html).
#pragma once

#include <sqlite3.h>

namespace ferro::sqlite {

// After an error: whether it was that the schema is not trusted with a virtual table, the table is exactly as
// SqliteRenderer::CreateTextIndex makes it, and the schema is trusted now, for as long as the connection lives. Then
// what failed may be prepared again. What a schema gets by it are virtual tables: our functions are harmless or refuse to
// be called from there, and SQLite's that are neither are off.
bool TrustTextIndex(sqlite3* db);

}  // namespace ferro::sqlite
