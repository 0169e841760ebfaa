// A change of one row run for many rows of arguments: as few statements as the dialect's limits allow, all in one transaction.
// What is returned comes in the order of the rows given, whatever order the server returns it in.
#pragma once

#include "engine/db/execute.h"

namespace ferro::db {

// The body of an operation, as Execute; `execution.arguments` holds `rows` rows, row-major; parameters beyond
// Bulk::row_parameters are taken from the first row of a statement. Nothing is kept after an error, within a transaction
// of the caller's neither. One that is about a row says which in ErrorDetail::row; to find it the rows are run again, in
// ever smaller statements.
Task<absl::Status> ExecuteBulk(Execution execution, size_t rows, runtime::Operation& operation);

}  // namespace ferro::db
