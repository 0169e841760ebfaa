// A pool of connections with a maximum. Idle connections are given out last in, first out; who finds none waits in
// a fair queue until one is handed over or the deadline passes. A connection comes back to the pool only when it is
// healthy, not too old, and the server says that no transaction is open; else it is recovered (recovery.h) or closed.
// Once a session was lost, or could not be recovered, the others are asked whether they are still there before they are
// used again, those that were in use then, too: what they were read may have come before. There is no thread that tidies up: connections that have been idle for too long are closed
// when the pool is next used.
// Thread-safe; a Lease is not.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/mutex.h"
#include "engine/db/driver.h"
#include "engine/runtime/fork.h"

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

  // Gives it back now; in a child by fork() it is left alone instead, being the parent's.
  void GiveBack();

  explicit operator bool() const { return connection_ != nullptr; }
  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }

 private:
  std::shared_ptr<Pool> pool_;
  std::unique_ptr<Connection> connection_;
};

class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(std::unique_ptr<Driver> driver, Url url);

  // The password for each new connection instead of the URL's; an error's message ends the connect. Called by whoever
  // opens one, on any thread. Before the first connect.
  using Password = std::function<absl::StatusOr<std::string>()>;
  void SetPassword(Password password) { password_ = std::move(password); }
  const Password& password() const { return password_; }

  // kPoolTimeout, kClosed, or what connecting gave.
  Task<absl::StatusOr<Lease>> Acquire();

  // Opens connections until there are as many as are to be kept.
  Task<absl::Status> WarmUp();

  // Closes idle connections now, others when they come back, and opens no more: who waits, or was
  // told to open one and has not begun, fails with kClosed. A connection that was handed over
  // before counts as busy.
  void Close();

  // Closes, and waits until all connections have come back or `deadline` has passed; the number of those still in use.
  Task<absl::StatusOr<int64_t>> Drain(absl::Time deadline);

  struct Statistics {
    int open = 0;  // including those being opened
    int busy = 0;
    int idle = 0;
    int waiting = 0;
    int64_t acquired = 0;  // requests for a connection so far, and of these
    int64_t waits = 0;     // had to wait,
    int64_t timeouts = 0;  // for too long;
    absl::Duration waited;
    int64_t opened = 0;  // connections so far
    int64_t closed = 0;
    absl::Duration longest_busy;  // of those in use now
  };
  Statistics statistics() const;

  // Connections have pipelines.
  bool pipelines() const { return driver_->pipelines(url_); }
  // Nobody who can do without should keep a connection: somebody waits for one, or the pool was closed.
  bool wanted() const { return wanted_.load(std::memory_order_relaxed); }
  // A connection is idle, or can be opened.
  bool spare() const;
  // A connection that serves one statement after the other begins with another one: as if it had been lent just now.
  void Renew(Connection& connection);

  // False in a child by fork(): its connections, and maybe its locks, are the parent's.
  bool here() const { return born_.here(); }

 private:
  friend class Lease;

  // One operation that wants a connection, and what it has been given. Lives in its coroutine
  // frame; its destructor leaves the queue and gives on what it holds, so that an aborted operation
  // loses nothing.
  struct Waiter;
  // Somebody who waits until no connection is open.
  struct Drainer;

  // In one go, so that nothing comes free unseen in between: an idle connection, or a slot to open
  // one, or a place in the queue.
  absl::Status Claim(Waiter& waiter);
  // Until the waiter in the queue has been handed one of the first two.
  Task<absl::Status> Wait(Waiter& waiter);
  // Whether it answers; one that does not is closed, and the waiter has its slot to open another in.
  Task<absl::Status> Revalidate(Waiter& waiter);
  Task<absl::Status> Open(Waiter& waiter);
  void Return(std::unique_ptr<Connection> connection);
  // One that is sound goes to who waits longest or to the idle ones; another is closed.
  void Keep(std::unique_ptr<Connection> connection, bool sound);
  // What is open now is asked before it is used again.
  void Doubt();
  void GiveUpSlot();

  using Connections = std::vector<std::unique_ptr<Connection>>;
  // So that connections come and go without taking memory: they do in destructors.
  void MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsUsable(const Connection& connection, absl::Time now) const;
  absl::Status ClaimNow(Waiter& waiter);
  void Lend(Connection& connection, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget(const Connection& connection) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Closes what has been idle for too long.
  void Prune() ABSL_LOCKS_EXCLUDED(mutex_);
  void NoteWanted() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    wanted_.store(closed_ || !waiters_.empty(), std::memory_order_relaxed);
  }
  void LeaveSlot() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration LongestBusy(absl::Time now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::unique_ptr<Driver> driver_;
  const Url url_;
  const int maximum_;
  const int minimum_;
  const runtime::Born born_;
  Password password_;

  mutable Mutex mutex_;
  // While anybody is in the queue nothing is idle and no slot is free.
  Connections idle_ ABSL_GUARDED_BY(mutex_);
  std::vector<Connection*> all_ ABSL_GUARDED_BY(mutex_);  // open ones, whoever has them
  std::deque<Waiter*> waiters_ ABSL_GUARDED_BY(mutex_);
  std::vector<Drainer*> drainers_ ABSL_GUARDED_BY(mutex_);
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;  // of what was connected before a session was lost, and after
  Statistics counts_ ABSL_GUARDED_BY(mutex_);        // what has to be counted
  std::minstd_rand chance_ ABSL_GUARDED_BY(mutex_);
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<bool> wanted_{false};  // closed_, or waiters_ has any
};

}  // namespace ferro::db
