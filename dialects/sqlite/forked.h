// SQLite and fork(). The library keeps for each file of the process how its handles have locked it, and a child has a copy:
// a new handle would meet locks that the child does not hold, or believe that it has one, which is worse. So the parent's
// handles have to be closed in the child before it opens any, and that can be done only to handles which nothing happens on.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <list>
#include <string>

#include "absl/status/status.h"
#include "engine/runtime/fork.h"

namespace ferro::sqlite {

// A handle that a child by fork() should know of, for as long as it is open. Made and destroyed on any thread.
class Known {
 public:
  explicit Known(sqlite3* handle);
  ~Known();
  Known(const Known&) = delete;
  Known& operator=(const Known&) = delete;

  // Around every use of the handle.
  void Begin() { busy_.store(true, std::memory_order_relaxed); }
  void End() { busy_.store(false, std::memory_order_relaxed); }

 private:
  friend absl::Status LeaveParent(const std::string& path);

  sqlite3* handle_;  // null once the child has closed it
  std::atomic<bool> busy_{true};  // it is being opened
  std::list<Known*>::iterator place_;
  const runtime::Born born_;
};

// Before a file is opened: in a child, closes the parent's idle handles. kForked when one on this file was in use when the
// process forked: nobody can open it in this process any more.
absl::Status LeaveParent(const std::string& path);

}  // namespace ferro::sqlite
