// The check of what may stand where rows are grouped. SQLite and MariaDB take any row's value for a column
// that is not grouped by; here that is an error on every database.
#pragma once

#include "absl/status/status.h"
#include "engine/ast/visit.h"

namespace ferro::sql {

// ErrorClass::kPlan when, in `statement` or a query in it,
// - a column is neither grouped by nor within an aggregate, where rows are grouped or aggregated;
// - an aggregate, GROUPING or a window function stands where there are no groups or rows to count yet;
// - distinct rows are ordered by what they do not show.
absl::Status CheckGrouping(const ast::Statement& statement);

}  // namespace ferro::sql
