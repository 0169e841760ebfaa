#include "engine/db/pool.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::db {
namespace {

// A connection that has been idle for longer is looked at before it is used: the server may have closed it.
constexpr absl::Duration kLookAfter = absl::Milliseconds(500);

absl::Status ClosedError() {
  return MakeErrorWithHint(ErrorClass::kClosed, "the database is closed",
                           "connect again before using it");
}

// An idle session has nothing to say: something to read is its end, or a protocol gone wrong.
bool IsQuiet(int descriptor) {
  if (descriptor < 0) return true;
  pollfd entry{descriptor, POLLIN, 0};
  return poll(&entry, 1, 0) == 0;
}

int MaximumOf(const Driver& driver, const Url& url) {
  const int limit = driver.max_connections(url);
  return limit > 0 ? std::min(limit, url.pool_size) : url.pool_size;
}

}  // namespace

struct Pool::Waiter {
  explicit Waiter(Pool& owner) : pool(owner), event(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Waiter() {
    std::unique_ptr<Connection> unused;
    bool slot = false;
    {
      absl::MutexLock lock(&pool.mutex_);
      const auto self = std::find(pool.waiters_.begin(), pool.waiters_.end(), this);
      if (self != pool.waiters_.end()) pool.waiters_.erase(self);
      unused = std::move(connection);
      slot = may_open;
    }
    if (unused != nullptr) pool.Return(std::move(unused));
    if (slot) pool.GiveUpSlot();
    if (event >= 0) close(event);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Called with the pool's mutex held.
  void Wake() const {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(event, &one, sizeof one);
  }

  Pool& pool;
  const int event;
  // Set by whoever hands over, under the pool's mutex.
  std::unique_ptr<Connection> connection;
  bool may_open = false;  // a connection was closed: this waiter may open one in its place
  bool woken = false;
};

void Lease::GiveBack() {
  if (connection_ != nullptr) pool_->Return(std::move(connection_));
  pool_.reset();
}

Pool::Pool(std::unique_ptr<Driver> driver, Url url)
    : driver_(std::move(driver)), url_(std::move(url)), maximum_(MaximumOf(*driver_, url_)) {}

std::unique_ptr<Connection> Pool::TakeIdle(bool& stale) {
  stale = false;
  if (idle_.empty()) return nullptr;
  Idle idle = std::move(idle_.back());
  idle_.pop_back();
  stale = absl::Now() - idle.since > kLookAfter && !IsQuiet(idle.connection->descriptor());
  return std::move(idle.connection);
}

Task<absl::StatusOr<Lease>> Pool::Acquire() {
  const std::shared_ptr<Pool> self = shared_from_this();
  bool may_open = false;
  while (!may_open) {
    std::unique_ptr<Connection> connection;
    bool stale = false;
    {
      absl::MutexLock lock(&mutex_);
      if (closed_) co_return ClosedError();
      connection = TakeIdle(stale);
      if (connection == nullptr && open_ < maximum_) {
        ++open_;
        may_open = true;
      }
    }
    if (connection != nullptr) {
      if (!stale) co_return Lease(self, std::move(connection));
      connection.reset();
      GiveUpSlot();
      continue;
    }
    if (may_open) break;

    Waiter waiter(*this);
    if (waiter.event < 0) {
      co_return MakeError(ErrorClass::kInternal, "no descriptor is left to wait for a connection");
    }
    {
      absl::MutexLock lock(&mutex_);
      // Something may have come free, or the pool closed, since the mutex was let go.
      if (closed_ || !idle_.empty() || open_ < maximum_) continue;
      waiters_.push_back(&waiter);
    }
    const absl::Time deadline = absl::Now() + url_.pool_timeout;
    for (;;) {
      const absl::Status ready = co_await runtime::Readable(waiter.event, deadline);
      absl::MutexLock lock(&mutex_);
      if (waiter.woken) break;
      if (!ready.ok()) {
        if (absl::Now() < deadline) co_return ready;  // the operation's own deadline
        co_return MakeErrorWithHint(
            ErrorClass::kPoolTimeout,
            absl::StrCat("no connection came free within ", absl::FormatDuration(url_.pool_timeout),
                         " (all ", maximum_, " are in use)"),
            "end transactions sooner, or raise pool_size in the URL");
      }
    }
    {
      absl::MutexLock lock(&mutex_);
      if (waiter.connection != nullptr) {
        connection = std::move(waiter.connection);
      } else {
        may_open = std::exchange(waiter.may_open, false);
      }
    }
    if (connection != nullptr) co_return Lease(self, std::move(connection));
  }

  // The slot is ours until the connection stands for it.
  struct Slot {
    Pool* pool;
    ~Slot() {
      if (pool != nullptr) pool->GiveUpSlot();
    }
  } slot{this};
  FERRO_CO_ASSIGN(std::unique_ptr<Connection> opened,
                  co_await driver_->Connect(url_, absl::Now() + url_.connect_timeout));
  slot.pool = nullptr;
  co_return Lease(self, std::move(opened));
}

void Pool::Return(std::unique_ptr<Connection> connection) {
  if (!connection->healthy() || connection->transaction_state() != TransactionState::kIdle) {
    connection.reset();  // closed outside the lock
    GiveUpSlot();
    return;
  }
  {
    absl::MutexLock lock(&mutex_);
    if (!closed_) {
      if (waiters_.empty()) {
        idle_.push_back({std::move(connection), absl::Now()});
      } else {
        Waiter* next = waiters_.front();
        waiters_.pop_front();
        next->connection = std::move(connection);
        next->woken = true;
        next->Wake();
      }
      return;
    }
    --open_;
  }
  connection.reset();
}

void Pool::GiveUpSlot() {
  absl::MutexLock lock(&mutex_);
  if (waiters_.empty() || closed_) {
    --open_;
    return;
  }
  Waiter* next = waiters_.front();
  waiters_.pop_front();
  next->may_open = true;
  next->woken = true;
  next->Wake();
}

void Pool::Close() {
  std::vector<Idle> closing;
  absl::MutexLock lock(&mutex_);
  closed_ = true;
  closing.swap(idle_);
  open_ -= static_cast<int>(closing.size());
  for (Waiter* waiter : waiters_) {
    waiter->woken = true;  // with nothing in hand: it looks again and finds the pool closed
    waiter->Wake();
  }
  waiters_.clear();
}

Pool::Statistics Pool::statistics() const {
  absl::MutexLock lock(&mutex_);
  return {open_, open_ - static_cast<int>(idle_.size())};
}

}  // namespace ferro::db
