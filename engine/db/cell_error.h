// The error for a cell that a driver could not read, in one form for all of them: which column of
// which table, which row of the result, and, where the driver knows the table's key, that row's
// key. The value itself is never in it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/error.h"
#include "engine/value/value.h"

namespace ferro::db {

struct CellPlace {
  absl::string_view column;  // as the result names it
  absl::string_view table;   // empty: not known, or the column is an expression
  int64_t row = -1;          // of the result, from 0; -1: it is about the whole column
  std::string key;           // made by AppendKey; empty: not known
};

// Appends `"id" = 5`, for one column of a key. Keys are told where the server's own texts with
// values stand: in ErrorDetail::detail, not in the message.
void AppendKey(std::string& key, absl::string_view column, const Value& value);

// Whether `sql` reads `table` in one place only, so that cells of its columns in a row of the
// result are of one row of it. Client libraries that tell a cell's table but not which of two (a
// join of a table with itself) need to know. Errs towards no.
bool ReadsOnce(absl::string_view sql, absl::string_view table);

// `what` goes on after the place: "holds …", "cannot be read as …".
absl::Status CellError(ErrorClass error_class, const CellPlace& place, absl::string_view what,
                       absl::string_view hint = {});

// The same error in a place that has become better known since.
absl::Status WithTable(const absl::Status& status, absl::string_view table, absl::string_view key);

}  // namespace ferro::db
