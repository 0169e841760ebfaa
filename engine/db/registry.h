// Names and URL schemes to dialects. Filled by whoever links the dialects (dialects/builtin.h); thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/sql/dialect.h"

namespace ferro::db {

// `dialect` must live as long as the process.
void RegisterDialect(const sql::Dialect& dialect);

// Null when no registered dialect has this URL scheme or name.
const sql::Dialect* DialectForScheme(absl::string_view scheme);

std::vector<const sql::Dialect*> AllDialects();

}  // namespace ferro::db
