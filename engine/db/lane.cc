#include "engine/db/lane.h"

#include <poll.h>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/memory_error.h"
#include "engine/base/try.h"
#include "engine/db/pipeline.h"
#include "engine/runtime/clock.h"

namespace ferro::db {
namespace {

// A statement that has run for longer gets nobody behind it any more;
constexpr absl::Duration kSlow = absl::Milliseconds(5);
// and those that are behind it already go elsewhere after this.
constexpr absl::Duration kTooSlow = absl::Milliseconds(25);
constexpr size_t kMostPending = 1000;
constexpr absl::Duration kRenewEvery = absl::Milliseconds(100);

bool IsSilent(int socket) {
  pollfd entry{socket, POLLIN, 0};
  return poll(&entry, 1, 0) == 0;
}

// What is wrong with more than one statement.
bool IsOfSession(const absl::Status& status) {
  if (status.ok()) return false;
  const ErrorClass what = ClassOf(status);
  return what == ErrorClass::kConnection || what == ErrorClass::kInternal || what == ErrorClass::kMemory;
}

}  // namespace

Pending::Pending(std::shared_ptr<Lane> lane, const Request& request, runtime::Context& context)
    : lane_(std::move(lane)), request_(request), context_(context) {
  lane_->Join(*this);
}

Pending::~Pending() { lane_->Leave(*this); }

// A lane that has an operation, or was to have one: ends it with that.
class Lane::Served {
 public:
  explicit Served(std::shared_ptr<Lane> lane) : lane_(std::move(lane)) {}
  ~Served() {
    if (lane_ == nullptr) return;
    lane_->Break(Why());
    lane_->End();
  }
  Served(Served&&) = default;
  Served& operator=(Served&&) = delete;

  Lane* operator->() const { return lane_.get(); }

 private:
  static absl::Status Why() {
    if (std::uncaught_exceptions() > 0) return MemoryError();  // there was none for the operation
    try {
      return MakeError(ErrorClass::kClosed, "the loop that this statement ran in has ended");
    } catch (const std::bad_alloc&) {
      return MemoryError();
    }
  }

  std::shared_ptr<Lane> lane_;
};

Lane::Lane(Pipeline& owner, Lease lease) : owner_(&owner), lease_(std::move(lease)) {}

absl::Status Lane::Enter() {
  connection_ = lease_->pipelining();
  absl::Status entered = connection_ == nullptr ? absl::UnimplementedError("no pipeline") : connection_->Enter();
  if (!entered.ok()) End();
  renewed_ = runtime::Now();
  return entered;
}

Task<absl::Status> Lane::Serve(std::shared_ptr<Lane> lane) { return Run(Served(std::move(lane))); }

Task<absl::Status> Lane::Run(Served lane) {
  runtime::Context& context = co_await runtime::ThisContext();
  context.due = false;
  lane->context_ = &context;
  for (lane->Turn(); !lane->over_; lane->Turn()) {
    runtime::Wait wait;
    wait.fd = lane->connection_->socket();
    wait.read = true;
    wait.write = !lane->flushed_;
    if (lane->HasFollowers()) wait.deadline = lane->since_ + kTooSlow;
    (co_await runtime::WaitFor(wait)).IgnoreError();
  }
  // Nobody may watch the socket any more when the connection goes.
  context.due = true;
  (co_await runtime::WaitFor(runtime::Wait())).IgnoreError();
  co_return absl::OkStatus();
}

bool Lane::Takes(absl::Time now) const {
  if (over_ || connection_ == nullptr || load() >= kMostPending || now >= lease_->marks.expires) return false;
  if (sent_.empty()) return true;
  if (live_ == 0) return false;  // it is about to be given up
  // What looks slow may be the loop that has not come to read.
  return now - since_ <= kSlow || !IsSilent(connection_->socket());
}

void Lane::Join(Pending& pending) {
  const size_t room = load() + 1;
  if (sent_.capacity() < room) sent_.reserve(2 * room);
  asked_.PushBack(pending);
  NoteDue();
}

void Lane::Leave(Pending& pending) {
  if (pending.fate != Pending::Fate::kPending) {
    if (owner_ != nullptr && owner_->ready_.Has(pending)) owner_->ready_.Erase(pending);
    return;
  }
  if (asked_.Has(pending)) {
    asked_.Erase(pending);
  } else {
    const auto is = [&pending](const Sent& sent) { return sent.pending == &pending; };
    const auto found = std::find_if(sent_.begin(), sent_.end(), is);
    if (found != sent_.end()) {
      found->pending = nullptr;
      --live_;
    }
  }
  NoteDue();
}

void Lane::Settle(Pending& pending, Pending::Fate fate) {
  pending.fate = fate;
  pending.context().due = true;
  if (owner_ != nullptr) owner_->ready_.PushBack(pending);
}

void Lane::NoteDue() {
  if (context_ == nullptr) return;
  const bool to_send = flushed_ && !asked_.empty();
  const bool to_end = asked_.empty() && live_ == 0;
  context_->due = to_send || to_end;
}

void Lane::Turn() {
  if (asked_.empty() && live_ == 0) {
    over_ = true;
    return;
  }
  try {
    SendAndRead();
  } catch (const std::bad_alloc&) {  // of the answers that came nobody knows whose they are any more
    Break(MemoryError());
  }
  NoteDue();
}

void Lane::SendAndRead() {
  if (!flushed_) {
    const absl::StatusOr<bool> flushed = connection_->Flush();
    flushed_ = flushed.ok() && *flushed;
  }
  const bool sends = flushed_ && !asked_.empty();
  if (sends) SendAsked();
  if (!over_ && (!sends || !flushed_)) {
    if (const absl::Status read = Read(); !read.ok()) Break(read);
    const absl::Time now = runtime::Now();
    if (HasFollowers() && now - since_ >= kTooSlow) Rescue();
    if (owner_ != nullptr && now - renewed_ > kRenewEvery) {
      owner_->database_->pool().Renew(*lease_);
      renewed_ = now;
    }
  }
}

void Lane::SendAsked() {
  connection_->BeginSending();
  while (!asked_.empty()) {
    Pending& pending = *asked_.front();
    absl::Status sent = connection_->Send(pending.request());
    if (sent.ok()) sent = connection_->EndSegment();
    if (IsOfSession(sent)) return Break(sent);
    asked_.Erase(pending);
    if (!sent.ok()) {
      pending.status = std::move(sent);
      Settle(pending, Pending::Fate::kFailed);
      continue;
    }
    if (sent_.empty()) since_ = runtime::Now();
    sent_.push_back({&pending, pending.request().statement_id});
    ++live_;
  }
  const absl::StatusOr<bool> flushed = connection_->Flush();
  if (!flushed.ok()) return Break(flushed.status());
  flushed_ = *flushed;
}

absl::Status Lane::Read() {
  const absl::Status received = connection_->Receive();
  size_t taken = 0;
  while (taken < sent_.size()) {
    std::unique_ptr<Answer> answer = connection_->Take();
    if (answer == nullptr) break;
    Pending* const pending = std::exchange(sent_[taken++].pending, nullptr);
    if (pending == nullptr) continue;
    --live_;
    pending->answer = std::move(answer);
    Settle(*pending, Pending::Fate::kAnswered);
  }
  sent_.erase(sent_.begin(), sent_.begin() + static_cast<std::ptrdiff_t>(taken));
  if (taken > 0) since_ = runtime::Now();
  if (received.ok() && lease_->lost()) return MakeError(ErrorClass::kConnection, "the connection was lost");
  return received;
}

bool Lane::HasFollowers() const {
  if (sent_.empty()) return false;
  const size_t first = sent_.front().pending == nullptr ? 0 : 1;
  return live_ > first || !asked_.empty();
}

void Lane::Rescue() {
  if (owner_ != nullptr) owner_->Avoid(sent_.front().statement_id);
  for (size_t i = 1; i < sent_.size(); ++i) {
    Pending* const pending = std::exchange(sent_[i].pending, nullptr);
    if (pending == nullptr) continue;
    --live_;
    Settle(*pending, Pending::Fate::kMoved);
  }
  while (Pending* const pending = asked_.PopFront()) Settle(*pending, Pending::Fate::kMoved);
}

void Lane::Break(const absl::Status& why) {
  over_ = true;
  const bool lost = lease_ && lease_->lost();
  bool oldest = true;
  for (const Sent& sent : sent_) {
    const bool first = std::exchange(oldest, false);
    if (sent.pending == nullptr) continue;
    try {
      sent.pending->status = lost ? connection_->LostError(sent.pending->request(), first) : why;
    } catch (const std::bad_alloc&) {
      sent.pending->status = MemoryError();
    }
    Settle(*sent.pending, Pending::Fate::kFailed);
  }
  sent_.clear();
  live_ = 0;
  while (Pending* const pending = asked_.PopFront()) {
    pending->status = why;
    Settle(*pending, lost ? Pending::Fate::kMoved : Pending::Fate::kFailed);
  }
}

void Lane::End() {
  over_ = true;
  context_ = nullptr;
  if (std::exchange(connection_, nullptr) != nullptr && sent_.empty() && lease_) {
    try {
      lease_->pipelining()->Leave().IgnoreError();
    } catch (const std::bad_alloc&) {  // of the error
    }
    // One that cannot is in doubt, and the pool sees it.
  }
  lease_ = Lease();
  if (owner_ != nullptr) std::exchange(owner_, nullptr)->Remove(*this);
}

}  // namespace ferro::db
