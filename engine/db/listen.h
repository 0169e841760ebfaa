// Messages that other sessions send: LISTEN of PostgreSQL.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/db/database.h"
#include "engine/runtime/operation.h"

namespace ferro::db {

// The body of an operation that keeps one connection and shows messages as they come; see Connection::Listen.
// kUnsupported where the server has none.
Task<absl::Status> Listen(std::shared_ptr<Database> database, std::vector<std::string> channels,
                          runtime::Operation& operation);

}  // namespace ferro::db
