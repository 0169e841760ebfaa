// Values as SQLite stores them. Which storage class a type has is written in README.md of this
// folder.
#pragma once

#include <sqlite3.h>

#include <span>

#include "absl/status/status.h"
#include "engine/base/arena.h"
#include "engine/db/driver.h"

namespace ferro::sqlite {

// Binds all of `parameters`. Texts and blobs are borrowed by SQLite, those of the caller as well as
// those written into `scratch`: both must live until sqlite3_clear_bindings(). A list is bound as a
// pointer to its db::Parameter, which ferro_list() reads (functions/list.cc).
absl::Status BindAll(sqlite3_stmt* statement, std::span<const db::Parameter> parameters,
                     Arena& scratch);

// The type of that pointer, for sqlite3_value_pointer().
inline constexpr char kListPointer[] = "ferro_list";

// A value of a list that is bound, as a result. Texts and blobs are borrowed in the same way.
void ResultValue(sqlite3_context* context, const Value& value);

}  // namespace ferro::sqlite
