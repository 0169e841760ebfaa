// An insert run for many rows of arguments: as few statements as the dialect's limits allow, all in one transaction.
// What is returned comes in the order of the rows given, whatever order the server returns it in.
#pragma once

#include "engine/db/execute.h"

namespace ferro::db {

// The body of an operation, as Execute; `execution.arguments` holds `rows` rows, row-major. An error says in
// ErrorDetail::row where the failed statement began.
Task<absl::Status> ExecuteBulk(Execution execution, size_t rows, runtime::Operation& operation);

}  // namespace ferro::db
