// A pool of connections with a maximum. Idle connections are given out last in, first out; who finds none waits in
// a fair queue until one is handed over or the deadline passes. A connection comes back to the pool only when it is
// healthy and the server says that no transaction is open; else it is closed. Thread-safe; a Lease is not.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "engine/db/driver.h"

namespace ferro::db {

class Pool;

// A connection on loan. Giving it back is its destruction.
class Lease {
 public:
  Lease() = default;
  Lease(std::shared_ptr<Pool> pool, std::unique_ptr<Connection> connection)
      : pool_(std::move(pool)), connection_(std::move(connection)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&& other) noexcept {
    if (this != &other) {
      GiveBack();
      pool_ = std::move(other.pool_);
      connection_ = std::move(other.connection_);
    }
    return *this;
  }
  ~Lease() { GiveBack(); }

  explicit operator bool() const { return connection_ != nullptr; }
  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }

 private:
  void GiveBack();

  std::shared_ptr<Pool> pool_;
  std::unique_ptr<Connection> connection_;
};

class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(std::unique_ptr<Driver> driver, Url url);

  // kPoolTimeout, kClosed, or what connecting gave.
  Task<absl::StatusOr<Lease>> Acquire();

  // Closes idle connections now, others when they come back, and opens no more: who waits, or was
  // told to open one and has not begun, fails with kClosed. A connection that was handed over
  // before counts as busy.
  void Close();

  struct Statistics {
    int open = 0;  // including those being opened
    int busy = 0;
  };
  Statistics statistics() const;

 private:
  friend class Lease;

  // One operation that wants a connection, and what it has been given. Lives in its coroutine
  // frame; its destructor leaves the queue and gives on what it holds, so that an aborted operation
  // loses nothing.
  struct Waiter;

  struct Idle {
    std::unique_ptr<Connection> connection;
    absl::Time since;
  };

  // In one go, so that nothing comes free unseen in between: an idle connection, or a slot to open
  // one, or a place in the queue.
  absl::Status Claim(Waiter& waiter);
  // Until the waiter in the queue has been handed one of the first two.
  Task<absl::Status> Wait(Waiter& waiter);
  void Return(std::unique_ptr<Connection> connection);
  void GiveUpSlot();

  const std::unique_ptr<Driver> driver_;
  const Url url_;
  const int maximum_;

  mutable absl::Mutex mutex_;
  // While anybody is in the queue nothing is idle and no slot is free.
  std::vector<Idle> idle_ ABSL_GUARDED_BY(mutex_);
  std::deque<Waiter*> waiters_ ABSL_GUARDED_BY(mutex_);
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace ferro::db
