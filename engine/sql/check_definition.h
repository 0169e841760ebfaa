// What expressions of definitions may hold.
#pragma once

#include "absl/status/status.h"
#include "engine/ast/visit.h"

namespace ferro::sql {

// Conditions and keys speak of columns of their own table and give the same for the same row, always; defaults
// know no row. Servers differ in how much of this they check, and in when.
absl::Status CheckDefinition(const ast::Statement& statement);

}  // namespace ferro::sql
