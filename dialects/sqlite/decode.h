// Cells of SQLite as values. Which function decodes a column is decided once for a result; SQLite
// stores any storage class anywhere, so each function looks at what it found and says no to what
// the type cannot be.
#pragma once

#include <sqlite3.h>

#include "engine/base/arena.h"
#include "engine/value/value.h"

namespace ferro::sqlite {

// Reads a cell of the current row (sqlite3_column_value) into `out`; bytes are copied into `arena`.
// False when the stored value is not of the type. The functions for a statement's columns lock a
// mutex for each question about a cell; those for values do not, and may be asked about a column's
// because our handles have no mutexes (SQLITE_OPEN_NOMUTEX; "Obtaining SQL values" in SQLite's C
// interface).
using DecodeCell = bool (*)(sqlite3_value* cell, Arena& arena, Value& out);

// kNull: by the declared type when it is one of ours, else each cell by its own storage class.
DecodeCell DecoderFor(Type wanted, const char* declared);

// The type that `declared` means when it is a name that only we or standard SQL would use, else
// kNull.
Type TypeOfDeclaration(const char* declared);

// Reads a cell by its own storage class, whatever the column is declared.
bool DecodeByStorage(sqlite3_value* cell, Arena& arena, Value& out);

}  // namespace ferro::sqlite
