#include "engine/db/pool.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/recovery.h"
#include "engine/runtime/clock.h"

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
        const MutexLock lock(pool.mutex_);
        const auto self = std::find(pool.waiters_.begin(), pool.waiters_.end(), this);
        if (self != pool.waiters_.end()) pool.waiters_.erase(self);
        pool.NoteWanted();
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
  bool in_doubt = false;  // the connection has to be asked whether it is still there
  bool woken = false;
};

struct Pool::Drainer {
  explicit Drainer(Pool& owner) : pool(owner) {
    const MutexLock lock(pool.mutex_);
    pool.drainers_.push_back(this);
    event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  }
  ~Drainer() {
    {
      const MutexLock lock(pool.mutex_);
      pool.drainers_.erase(std::find(pool.drainers_.begin(), pool.drainers_.end(), this));
    }
    if (event >= 0) close(event);
  }
  Drainer(const Drainer&) = delete;
  Drainer& operator=(const Drainer&) = delete;

  Pool& pool;
  int event = -1;
};

void Lease::GiveBack() {
  if (pool_ != nullptr && !pool_->here()) {
    static_cast<void>(connection_.release());
    new std::shared_ptr<Pool>(std::move(pool_));
    return;
  }
  if (connection_ != nullptr) pool_->Return(std::move(connection_));
  pool_.reset();
}

Pool::Pool(std::unique_ptr<Driver> driver, Url url)
    : driver_(std::move(driver)),
      url_(std::move(url)),
      maximum_(MaximumOf(*driver_, url_)),
      minimum_(std::min(url_.pool_min, maximum_)),
      chance_(static_cast<uint32_t>(absl::ToUnixNanos(runtime::Now()))) {}

bool Pool::IsUsable(const Connection& connection, absl::Time now) const {
  if (now >= connection.marks.expires) return false;
  if (url_.pool_check == "never" || now - connection.marks.since <= kLookAfter) return true;
  return IsQuiet(connection.descriptor());
}

void Pool::Lend(Connection& connection, absl::Time now) {
  connection.marks.idle = false;
  connection.marks.since = now;
}

void Pool::Forget(const Connection& connection) {
  all_.erase(std::find(all_.begin(), all_.end(), &connection));
  ++counts_.closed;
  if (connection.lost()) ++generation_;
}

void Pool::MakeRoom() {
  all_.reserve(static_cast<size_t>(open_));
  idle_.reserve(static_cast<size_t>(open_));
}

void Pool::Prune() {
  const absl::Time now = runtime::Now();
  for (;;) {
    std::unique_ptr<Connection> ended;  // closed after the mutex is let go
    const MutexLock lock(mutex_);
    if (idle_.empty()) return;
    const PoolMarks& marks = idle_.front()->marks;  // it has been idle for longest
    if (now < marks.expires && (open_ <= minimum_ || now - marks.since <= url_.pool_idle)) return;
    ended = std::move(idle_.front());
    idle_.erase(idle_.begin());
    Forget(*ended);
    --open_;
  }
}

absl::Status Pool::Claim(Waiter& waiter) {
  absl::Status status = ClaimNow(waiter);
  // One that is in the queue may be handed its connection at this moment.
  const bool queued = waiter.event >= 0;
  if (!queued && waiter.connection != nullptr) Prune();
  return status;
}

absl::Status Pool::ClaimNow(Waiter& waiter) {
  Connections ended;  // closed after the mutex is let go
  const MutexLock lock(mutex_);
  if (closed_) return ClosedError();
  ++counts_.acquired;
  while (!idle_.empty()) {
    const absl::Time now = runtime::Now();
    Connection& last = *idle_.back();
    if (IsUsable(last, now)) {
      const bool doubtful = url_.pool_check == "ping" && now - last.marks.since > kLookAfter;
      waiter.in_doubt = doubtful || last.marks.generation != generation_;
      Lend(last, now);
      waiter.connection = std::move(idle_.back());
      idle_.pop_back();
      return absl::OkStatus();
    }
    ended.emplace_back();  // what takes memory comes first
    Forget(last);
    ended.back() = std::move(idle_.back());
    idle_.pop_back();
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
  NoteWanted();
  ++counts_.waits;
  return absl::OkStatus();
}

Task<absl::Status> Pool::Wait(Waiter& waiter) {
  const absl::Time began = runtime::Now();
  const absl::Time deadline = began + url_.pool_timeout;
  for (;;) {
    const absl::Status ready = co_await runtime::Readable(waiter.event, deadline);
    const absl::Time now = runtime::Now();
    const MutexLock lock(mutex_);
    if (waiter.woken) {
      counts_.waited += now - began;
      // Close() wakes with nothing in hand; or it came between the handing over of a slot and now.
      if (closed_ && waiter.connection == nullptr) co_return ClosedError();
      co_return absl::OkStatus();
    }
    if (!ready.ok()) {
      counts_.waited += now - began;
      if (now < deadline) co_return ready;  // the operation's own deadline
      ++counts_.timeouts;
      co_return MakeErrorWithHint(
          ErrorClass::kPoolTimeout,
          absl::StrCat("no connection came free within ", absl::FormatDuration(url_.pool_timeout),
                       " (all ", maximum_, " are in use, one of them for ",
                       absl::FormatDuration(absl::Trunc(LongestBusy(runtime::Now()), absl::Milliseconds(1))),
                       ")"),
          "end transactions and streams sooner, or raise pool_size in the URL");
    }
  }
}

Task<absl::Status> Pool::Revalidate(Waiter& waiter) {
  runtime::Context& context = co_await runtime::ThisContext();
  const absl::Time limit = runtime::Now() + url_.connect_timeout;
  const absl::Time outer = std::exchange(context.deadline, std::min(context.deadline, limit));
  const absl::Status answer = co_await waiter.connection->Script("SELECT 1");
  context.deadline = outer;
  std::unique_ptr<Connection> ended;
  const MutexLock lock(mutex_);
  if (answer.ok() && waiter.connection->healthy()) {
    waiter.connection->marks.generation = generation_;
    co_return absl::OkStatus();
  }
  Forget(*waiter.connection);
  ended = std::move(waiter.connection);
  waiter.may_open = true;
  co_return closed_ ? ClosedError() : absl::OkStatus();
}

Task<absl::Status> Pool::Open(Waiter& waiter) {
  Url url = url_;
  {
    const MutexLock lock(mutex_);
    MakeRoom();
  }
  if (password_) {
    FERRO_CO_ASSIGN(url.password, password_());
  }
  absl::StatusOr<std::unique_ptr<Connection>> made =
      co_await driver_->Connect(url, runtime::Now() + url_.connect_timeout);
  const absl::Time now = runtime::Now();
  const MutexLock lock(mutex_);
  if (!made.ok()) {
    if (ClassOf(made.status()) == ErrorClass::kConnection) ++generation_;
    co_return made.status();
  }
  waiter.connection = *std::move(made);
  waiter.may_open = false;  // the connection stands for the slot now
  all_.push_back(waiter.connection.get());
  ++counts_.opened;
  PoolMarks& marks = waiter.connection->marks;
  marks.since = now;
  marks.generation = generation_;
  // Not all at once: those that were opened together would end together.
  marks.expires = now + url_.pool_lifetime * std::uniform_real_distribution(0.9, 1.0)(chance_);
  co_return absl::OkStatus();
}

Task<absl::StatusOr<Lease>> Pool::Acquire() {
  const std::shared_ptr<Pool> self = shared_from_this();
  Waiter waiter(*this);
  FERRO_CO_TRY(Claim(waiter));
  if (waiter.event >= 0) FERRO_CO_TRY(co_await Wait(waiter));
  if (waiter.in_doubt) FERRO_CO_TRY(co_await Revalidate(waiter));
  if (waiter.connection == nullptr) FERRO_CO_TRY(co_await Open(waiter));
  co_return Lease(self, std::move(waiter.connection));
}

Task<absl::Status> Pool::WarmUp() {
  std::vector<Lease> held;
  while (static_cast<int>(held.size()) < minimum_) {
    FERRO_CO_ASSIGN(Lease lease, co_await Acquire());
    held.push_back(std::move(lease));
  }
  co_return absl::OkStatus();
}

Task<absl::StatusOr<int64_t>> Pool::Drain(absl::Time deadline) {
  const std::shared_ptr<Pool> self = shared_from_this();
  Drainer drainer(*this);
  Close();
  for (;;) {
    {
      const MutexLock lock(mutex_);
      if (open_ == 0 || drainer.event < 0) co_return open_;
    }
    const absl::Status ready = co_await runtime::Readable(drainer.event, deadline);
    if (ready.ok()) continue;
    const MutexLock lock(mutex_);
    co_return open_;
  }
}

void Pool::Return(std::unique_ptr<Connection> connection) {
  const bool sound =
      connection->healthy() && connection->transaction_state() == TransactionState::kIdle;
  if (sound || !connection->recoverable()) {
    Keep(std::move(connection), sound);
    return;
  }
  try {
    const auto keep = [self = shared_from_this()](std::unique_ptr<Connection> recovered, bool fit) {
      // A server that does not even answer to this may answer on no other connection.
      if (!fit) self->Doubt();
      self->Keep(std::move(recovered), fit);
    };
    if (RecoverApart(connection, keep)) return;
  } catch (const std::bad_alloc&) {
  }
  Keep(std::move(connection), false);
}

void Pool::Doubt() {
  const MutexLock lock(mutex_);
  ++generation_;
}

void Pool::Keep(std::unique_ptr<Connection> connection, bool sound) {
  const absl::Time now = runtime::Now();
  std::unique_ptr<Connection> ended;  // closed outside the lock
  {
    const MutexLock lock(mutex_);
    if (!sound || closed_ || now >= connection->marks.expires) {
      Forget(*connection);
      ended = std::move(connection);
      LeaveSlot();
      return;
    }
    if (!waiters_.empty()) {
      Lend(*connection, now);
      Waiter* next = waiters_.front();
      next->in_doubt = connection->marks.generation != generation_;
      waiters_.pop_front();
      NoteWanted();
      next->connection = std::move(connection);
      next->Wake();
      return;
    }
    connection->marks.idle = true;
    connection->marks.since = now;
    idle_.push_back(std::move(connection));
  }
  Prune();
}

void Pool::GiveUpSlot() {
  const MutexLock lock(mutex_);
  LeaveSlot();
}

void Pool::LeaveSlot() {
  if (waiters_.empty() || closed_) {
    --open_;
    if (!closed_ || open_ > 0) return;
    for (const Drainer* drainer : drainers_) {
      const uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = write(drainer->event, &one, sizeof one);
    }
    return;
  }
  Waiter* next = waiters_.front();
  waiters_.pop_front();
  NoteWanted();
  next->may_open = true;
  next->Wake();
}

void Pool::Close() {
  Connections closing;
  const MutexLock lock(mutex_);
  closed_ = true;
  closing.swap(idle_);
  open_ -= static_cast<int>(closing.size());
  for (const std::unique_ptr<Connection>& connection : closing) Forget(*connection);
  for (Waiter* waiter : waiters_) waiter->Wake();  // with nothing in hand
  waiters_.clear();
  NoteWanted();
}

bool Pool::spare() const {
  const MutexLock lock(mutex_);
  return !closed_ && (!idle_.empty() || open_ < maximum_);
}

void Pool::Renew(Connection& connection) {
  const absl::Time now = runtime::Now();
  const MutexLock lock(mutex_);
  Lend(connection, now);
}

absl::Duration Pool::LongestBusy(absl::Time now) const {
  absl::Duration longest;
  for (const Connection* connection : all_) {
    if (!connection->marks.idle) longest = std::max(longest, now - connection->marks.since);
  }
  return longest;
}

Pool::Statistics Pool::statistics() const {
  const absl::Time now = runtime::Now();
  const MutexLock lock(mutex_);
  Statistics found = counts_;
  found.open = open_;
  found.idle = static_cast<int>(idle_.size());
  found.busy = open_ - found.idle;
  found.waiting = static_cast<int>(waiters_.size());
  found.longest_busy = LongestBusy(now);
  return found;
}

}  // namespace ferro::db
