// Cells of SQLite as values. Which function decodes a column is decided once for a result; SQLite
// stores any storage class anywhere, so each function looks at what it found and says no to what
// the type cannot be.
#pragma once

#include <sqlite3.h>

#include "engine/base/arena.h"
#include "engine/value/value.h"

namespace ferro::sqlite {

// Reads column `column` of the current row into `out`; bytes are copied into `arena`. False when
// the stored value is not of the type.
using DecodeCell = bool (*)(sqlite3_stmt* statement, int column, Arena& arena, Value& out);

// kNull: by the declared type when it is one of ours, else each cell by its own storage class.
DecodeCell DecoderFor(Type wanted, const char* declared);

// The type that `declared` means when it is a name that only we or standard SQL would use, else
// kNull.
Type TypeOfDeclaration(const char* declared);

// Reads a cell by its own storage class, whatever the column is declared.
bool DecodeByStorage(sqlite3_stmt* statement, int column, Arena& arena, Value& out);

}  // namespace ferro::sqlite
