#include "tests/engine/db/simulation/server.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::db::simulation {
namespace {

absl::Status Gone() { return MakeError(ErrorClass::kConnection, "the server has gone"); }

void Signal(const Session& session) { eventfd_write(session.event, 1); }

}  // namespace

Session::~Session() {
  if (event >= 0) close(event);
}

World::World(uint64_t seed) : random_(seed) { runtime::Simulate(this); }
World::~World() { runtime::Simulate(nullptr); }

bool World::Advance(absl::Time most) {
  if (events_.empty() || events_.begin()->first > most) {
    if (most == absl::InfiniteFuture()) return false;
    now_ = std::max(now_, most);
    return true;
  }
  auto next = events_.extract(events_.begin());
  now_ = std::max(now_, next.key());
  next.mapped()();
  return true;
}

bool World::RunApart() {
  if (apart_.empty()) return false;
  const auto chosen = apart_.begin() + Below(static_cast<int>(apart_.size()));
  const std::function<void()> body = std::move(*chosen);
  apart_.erase(chosen);
  body();
  return true;
}

FakeConnection::FakeConnection(World& world, std::shared_ptr<Session> session)
    : world_(world), session_(std::move(session)) {
  world_.sessions.insert(session_.get());
}

FakeConnection::~FakeConnection() { world_.sessions.erase(session_.get()); }

TransactionState FakeConnection::transaction_state() const {
  if (busy_) return TransactionState::kUnknown;
  return session_->in_transaction ? TransactionState::kActive : TransactionState::kIdle;
}

Task<absl::Status> FakeConnection::Ask(absl::string_view sql) {
  if (busy_) world_.Fault("a connection is used whose last request was left half-way");
  if (session_->asked != session_->answered) world_.Fault("a connection is used while an answer is outstanding");
  if (session_->dead) co_return Gone();
  busy_ = true;
  const uint64_t number = ++session_->asked;
  const bool dies = world_.Chance(world_.percent_of_trouble);
  const bool fails = !dies && world_.Chance(world_.percent_of_trouble);
  const std::string text(sql);
  world_.At(world_.Now() + absl::Milliseconds(world_.Below(30)), [session = session_, number, dies, text,
                                                                 before = session_->cancelled] {
    if (session->dead || session->cancelled != before) return;
    session->dead = dies;
    session->answered = number;
    if (text == "BEGIN") session->in_transaction = true;
    if (text == "COMMIT" || text == "ROLLBACK") session->in_transaction = false;
    Signal(*session);
  });
  while (session_->answered != number && !session_->dead) {
    FERRO_CO_TRY(co_await runtime::Readable(session_->event));
  }
  eventfd_t count;
  eventfd_read(session_->event, &count);
  if (session_->dead) co_return Gone();
  if (session_->asked != number) world_.Fault("an answer was taken for another request's");
  busy_ = false;
  if (fails && text != "COMMIT" && text != "ROLLBACK") co_return MakeError(ErrorClass::kUnique, "there is one");
  co_return absl::OkStatus();
}

Task<absl::StatusOr<Outcome>> FakeConnection::Run(const Request& request, RowSink*) {
  FERRO_CO_TRY(co_await Ask(request.sql));
  co_return Outcome{};
}

Task<absl::Status> FakeConnection::Script(absl::string_view sql) { co_return co_await Ask(sql); }

// Whoever waits for it has left, so it takes no time of its own: that passed before it was begun.
Task<absl::Status> FakeConnection::Recover() {
  if (session_->dead) co_return Gone();
  if (world_.Chance(world_.percent_of_trouble)) co_return MakeError(ErrorClass::kConnection, "no cancellation today");
  ++session_->cancelled;
  session_->answered = session_->asked;
  session_->in_transaction = false;
  eventfd_t count;
  eventfd_read(session_->event, &count);
  busy_ = false;
  co_return absl::OkStatus();
}

Task<absl::StatusOr<std::unique_ptr<Connection>>> FakeDriver::Connect(const Url&, absl::Time deadline) {
  struct Counted {
    explicit Counted(World& of) : world(of) { ++world.connecting; }
    ~Counted() { --world.connecting; }
    World& world;
  } counted(world_);
  auto session = std::make_shared<Session>();
  session->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (session->event < 0) co_return MakeError(ErrorClass::kInternal, "no descriptor is left");
  // Every tenth takes longer than anybody waits.
  const int wait = world_.Chance(10) ? 100'000 : world_.Below(50);
  world_.At(world_.Now() + absl::Milliseconds(wait), [session] { Signal(*session); });
  const absl::Status ready = co_await runtime::Readable(session->event, deadline);
  eventfd_t count;
  if (!ready.ok() && world_.Now() < deadline) co_return ready;
  if (!ready.ok()) co_return MakeError(ErrorClass::kConnection, "no answer in time");
  while (eventfd_read(session->event, &count) != 0) FERRO_CO_TRY(co_await runtime::Readable(session->event, deadline));
  if (world_.Chance(world_.percent_of_trouble)) co_return MakeError(ErrorClass::kConnection, "nobody is at home");
  co_return std::make_unique<FakeConnection>(world_, std::move(session));
}

}  // namespace ferro::db::simulation
