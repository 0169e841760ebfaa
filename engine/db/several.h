// Statements one after the other in a transaction, by one operation. What each does and gives is as if it had been waited
// for before the next one; where the connection has a pipeline they are sent without that.
#pragma once

#include <vector>

#include "engine/db/execute.h"

namespace ferro::db {

// The body of an operation; `all` are of one database and one transaction. Batches are shown as they come, each of the statement
// that Operation::position says; Operation::counts are set one by one. The first that fails is the last that has run.
Task<absl::Status> ExecuteSeveral(std::vector<Execution> all, runtime::Operation& operation);

}  // namespace ferro::db
