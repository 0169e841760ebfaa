// What becomes of a connection whose operation left in the middle of something: nobody waits for it any more, and the server
// may still be at work. A thread of its own cancels, reads what is left, and rolls back.
#pragma once

#include <functional>
#include <memory>

#include "engine/db/driver.h"

namespace ferro::db {

// Returns at once. Later `done` gets the connection back, on another thread, and whether it is healthy and idle now; where
// that could not be had within a few seconds it is to be closed. `done` must not throw. False when there is no thread or no
// memory for it: then nothing happens, and `connection` is where it was.
bool RecoverApart(std::unique_ptr<Connection>& connection,
                  std::function<void(std::unique_ptr<Connection>, bool fit)> done);

}  // namespace ferro::db
