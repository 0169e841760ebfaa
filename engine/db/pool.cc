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
  explicit Waiter(Pool& owner) : pool(owner) {}
  ~Waiter() {
    if (event >= 0) {
      {
        absl::MutexLock lock(&pool.mutex_);
        const auto self = std::find(pool.waiters_.begin(), pool.waiters_.end(), this);
        if (self != pool.waiters_.end()) pool.waiters_.erase(self);
      }
      close(event);
    }
    // Out of the queue, so nobody else knows it any more.
    if (connection != nullptr) pool.Return(std::move(connection));
    if (may_open) pool.GiveUpSlot();
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Called with the pool's mutex held.
  void Wake() {
    woken = true;
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(event, &one, sizeof one);
  }

  Pool& pool;
  int event = -1;  // made when it has to wait
  // While it is in the queue these are set by whoever hands over, under the pool's mutex.
  std::unique_ptr<Connection> connection;
  bool may_open = false;  // it has a slot that no connection stands for yet
  bool woken = false;
};

void Lease::GiveBack() {
  if (connection_ != nullptr) pool_->Return(std::move(connection_));
  pool_.reset();
}

Pool::Pool(std::unique_ptr<Driver> driver, Url url)
    : driver_(std::move(driver)), url_(std::move(url)), maximum_(MaximumOf(*driver_, url_)) {}

absl::Status Pool::Claim(Waiter& waiter) {
  std::vector<std::unique_ptr<Connection>> ended;  // closed after the mutex is let go
  absl::MutexLock lock(&mutex_);
  if (closed_) return ClosedError();
  while (!idle_.empty()) {
    Idle idle = std::move(idle_.back());
    idle_.pop_back();
    if (absl::Now() - idle.since <= kLookAfter || IsQuiet(idle.connection->descriptor())) {
      waiter.connection = std::move(idle.connection);
      return absl::OkStatus();
    }
    ended.push_back(std::move(idle.connection));
    --open_;
  }
  if (open_ < maximum_) {
    ++open_;
    waiter.may_open = true;
    return absl::OkStatus();
  }
  waiter.event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (waiter.event < 0) {
    return MakeError(ErrorClass::kInternal, "no descriptor is left to wait for a connection");
  }
  waiters_.push_back(&waiter);
  return absl::OkStatus();
}

Task<absl::Status> Pool::Wait(Waiter& waiter) {
  const absl::Time deadline = absl::Now() + url_.pool_timeout;
  for (;;) {
    const absl::Status ready = co_await runtime::Readable(waiter.event, deadline);
    absl::MutexLock lock(&mutex_);
    if (waiter.woken) {
      // Close() wakes with nothing in hand; or it came between the handing over of a slot and now.
      if (closed_ && waiter.connection == nullptr) co_return ClosedError();
      co_return absl::OkStatus();
    }
    if (!ready.ok()) {
      if (absl::Now() < deadline) co_return ready;  // the operation's own deadline
      co_return MakeErrorWithHint(
          ErrorClass::kPoolTimeout,
          absl::StrCat("no connection came free within ", absl::FormatDuration(url_.pool_timeout),
                       " (all ", maximum_, " are in use)"),
          "end transactions sooner, or raise pool_size in the URL");
    }
  }
}

Task<absl::StatusOr<Lease>> Pool::Acquire() {
  const std::shared_ptr<Pool> self = shared_from_this();
  Waiter waiter(*this);
  FERRO_CO_TRY(Claim(waiter));
  if (waiter.event >= 0) FERRO_CO_TRY(co_await Wait(waiter));
  if (waiter.connection == nullptr) {
    FERRO_CO_ASSIGN(waiter.connection,
                    co_await driver_->Connect(url_, absl::Now() + url_.connect_timeout));
    waiter.may_open = false;  // the connection stands for the slot now
  }
  co_return Lease(self, std::move(waiter.connection));
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
  next->Wake();
}

void Pool::Close() {
  std::vector<Idle> closing;
  absl::MutexLock lock(&mutex_);
  closed_ = true;
  closing.swap(idle_);
  open_ -= static_cast<int>(closing.size());
  for (Waiter* waiter : waiters_) waiter->Wake();  // with nothing in hand
  waiters_.clear();
}

Pool::Statistics Pool::statistics() const {
  absl::MutexLock lock(&mutex_);
  return {open_, open_ - static_cast<int>(idle_.size())};
}

}  // namespace ferro::db
