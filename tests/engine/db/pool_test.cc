// The pool with connections that are only counted: how many there are, who gets which, and what is
// left when operations are aborted half-way. Operations are driven by hand, so that their order is
// the test's.
#include "engine/db/pool.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/runtime/operation.h"
#include "tests/support/status_matchers.h"

namespace ferro::db {
namespace {

using runtime::Operation;
using runtime::Progress;

// What the fake driver and its connections share with the test.
struct World {
  std::atomic<int> opened{0};
  std::atomic<int> closed{0};
  int limit = 0;
  absl::Status refusal;  // how connecting fails, unless it is OK
  int gate = -1;         // connecting waits for this descriptor
  int asked = 0;         // by a statement of the pool's own
  std::string password;  // of the last connect
};

class FakeConnection : public Connection {
 public:
  FakeConnection(World& world, int how_many) : number(how_many), world_(world) {}
  ~FakeConnection() override { ++world_.closed; }

  Task<absl::StatusOr<Outcome>> Run(const Request&, RowSink*) override { co_return Outcome{}; }
  Task<absl::Status> Script(absl::string_view) override {
    ++world_.asked;
    if (!is_there) is_healthy = false;
    if (is_there) co_return absl::OkStatus();
    co_return MakeError(ErrorClass::kConnection, "gone");
  }
  bool lost() const override { return is_lost || !is_there; }
  TransactionState transaction_state() const override { return state; }
  bool healthy() const override { return is_healthy; }
  ServerVersion version() const override { return {}; }
  int descriptor() const override { return socket; }

  const int number;  // in the order of opening, from 1
  TransactionState state = TransactionState::kIdle;
  bool is_healthy = true;
  bool is_lost = false;
  bool is_there = true;  // it answers
  int socket = -1;

 private:
  World& world_;
};

class FakeDriver : public Driver {
 public:
  explicit FakeDriver(World& world) : world_(world) {}

  Task<absl::StatusOr<std::unique_ptr<Connection>>> Connect(const Url& url,
                                                            absl::Time deadline) override {
    world_.password = url.password;
    if (world_.gate >= 0) {
      const absl::Status ready = co_await runtime::Readable(world_.gate, deadline);
      if (!ready.ok()) co_return ready;
    }
    if (!world_.refusal.ok()) co_return world_.refusal;
    co_return std::make_unique<FakeConnection>(world_, ++world_.opened);
  }
  int max_connections(const Url&) const override { return world_.limit; }

 private:
  World& world_;
};

// One operation that asks for a connection and keeps it.
class Client {
 public:
  explicit Client(Pool& pool) { operation_.Start(Body(pool, lease_)); }

  // Runs until it waits or ends; true when it has ended.
  bool Step() { return operation_.Step() == Progress::kDone; }
  void Block() { operation_.Block(); }
  void Abort() { operation_.Abort(); }
  const absl::Status& status() const { return operation_.status(); }
  FakeConnection& connection() { return static_cast<FakeConnection&>(*lease_); }
  bool holds() const { return static_cast<bool>(lease_); }
  void GiveBack() { lease_ = Lease(); }

 private:
  static Task<absl::Status> Body(Pool& pool, Lease& lease) {
    absl::StatusOr<Lease> got = co_await pool.Acquire();
    if (!got.ok()) co_return got.status();
    lease = *std::move(got);
    co_return absl::OkStatus();
  }

  Lease lease_;
  Operation operation_;
};

class PoolTest : public ::testing::Test {
 protected:
  Pool& Make(int size, absl::Duration timeout = absl::Seconds(30)) {
    Url url;
    url.pool_size = size;
    url.pool_timeout = timeout;
    return Make(url);
  }

  Pool& Make(const Url& url) {
    pool_ = std::make_shared<Pool>(std::make_unique<FakeDriver>(world_), url);
    return *pool_;
  }

  // A client that has its connection at once.
  std::unique_ptr<Client> Take() {
    auto client = std::make_unique<Client>(*pool_);
    EXPECT_TRUE(client->Step());
    EXPECT_OK(client->status());
    EXPECT_TRUE(client->holds());
    return client;
  }
  // A client that has to wait.
  std::unique_ptr<Client> Queue() {
    auto client = std::make_unique<Client>(*pool_);
    EXPECT_FALSE(client->Step());
    return client;
  }

  void ExpectCounts(int open, int busy) {
    const Pool::Statistics now = pool_->statistics();
    EXPECT_EQ(now.open, open);
    EXPECT_EQ(now.busy, busy);
  }

  World world_;
  std::shared_ptr<Pool> pool_;
};

TEST_F(PoolTest, OpensNothingBeforeItIsAsked) {
  Make(3);
  EXPECT_EQ(world_.opened, 0);
  ExpectCounts(0, 0);
}

TEST_F(PoolTest, OpensAsManyAsAreAskedForAndNoMoreThanItsSize) {
  Make(2);
  const auto first = Take();
  ExpectCounts(1, 1);
  const auto second = Take();
  ExpectCounts(2, 2);
  const auto third = Queue();
  EXPECT_EQ(world_.opened, 2);
  ExpectCounts(2, 2);
}

TEST_F(PoolTest, KeepsToTheLimitOfTheDriver) {
  world_.limit = 1;
  Make(10);
  const auto first = Take();
  const auto second = Queue();
  EXPECT_EQ(world_.opened, 1);
}

TEST_F(PoolTest, GivesTheOneThatCameBackLastFirst) {
  Make(3);
  const auto first = Take();
  const auto second = Take();
  const auto third = Take();
  second->GiveBack();
  third->GiveBack();
  first->GiveBack();
  ExpectCounts(3, 0);
  EXPECT_EQ(Take()->connection().number, 1);  // and it comes back at the end of the line
  const auto a = Take();
  const auto b = Take();
  const auto c = Take();
  EXPECT_EQ(a->connection().number, 1);
  EXPECT_EQ(b->connection().number, 3);
  EXPECT_EQ(c->connection().number, 2);
  EXPECT_EQ(world_.opened, 3);
}

TEST_F(PoolTest, HandsOverInTheOrderOfWaiting) {
  Make(1);
  auto holder = Take();
  const auto first = Queue();
  const auto second = Queue();
  EXPECT_FALSE(first->Step()) << "it was resumed for nothing";
  holder->GiveBack();
  ExpectCounts(1, 1);
  EXPECT_FALSE(second->Step());
  ASSERT_TRUE(first->Step());
  EXPECT_EQ(first->connection().number, 1);
  first->GiveBack();
  ASSERT_TRUE(second->Step());
  EXPECT_EQ(second->connection().number, 1);
  EXPECT_EQ(world_.opened, 1);
}

TEST_F(PoolTest, LetsNobodyPassTheQueue) {
  Make(1);
  auto holder = Take();
  const auto waiting = Queue();
  holder->GiveBack();  // it belongs to the waiting one, though that has not run since
  const auto late = Queue();
  ASSERT_TRUE(waiting->Step());
  waiting->GiveBack();
  EXPECT_TRUE(late->Step());
}

TEST_F(PoolTest, WakesABlockedThread) {
  Make(1);
  auto holder = Take();
  std::atomic<bool> got{false};
  Client waiting(*pool_);
  ASSERT_FALSE(waiting.Step());
  std::thread thread([&] {
    waiting.Block();
    got = waiting.holds();
  });
  holder->GiveBack();
  thread.join();
  EXPECT_TRUE(got);
}

TEST_F(PoolTest, SaysWhenNoneCameFreeInTime) {
  Make(1, absl::Milliseconds(5));
  auto holder = Take();
  Client waiting(*pool_);
  waiting.Block();
  EXPECT_FALSE(waiting.holds());
  EXPECT_EQ(ClassOf(waiting.status()), ErrorClass::kPoolTimeout) << waiting.status();
  EXPECT_TRUE(absl::StrContains(DetailOf(waiting.status()).hint, "pool_size"));
  ExpectCounts(1, 1);
  holder->GiveBack();  // not to the one that has gone
  ExpectCounts(1, 0);
  EXPECT_EQ(Take()->connection().number, 1);
}

TEST_F(PoolTest, WaitsNoLongerThanTheOperationMay) {
  Make(1);
  const auto holder = Take();
  Operation operation;
  const auto body = [](Pool& pool) -> Task<absl::Status> {
    const absl::StatusOr<Lease> lease = co_await pool.Acquire();
    co_return lease.status();
  };
  operation.context().deadline = absl::Now() + absl::Milliseconds(5);
  operation.Start(body(*pool_));
  EXPECT_EQ(operation.Block(), Progress::kDone);
  EXPECT_EQ(ClassOf(operation.status()), ErrorClass::kTimeout) << operation.status();
  ExpectCounts(1, 1);
}

TEST_F(PoolTest, ThrowsAwayABrokenConnection) {
  Make(1);
  auto client = Take();
  client->connection().is_healthy = false;
  client->GiveBack();
  EXPECT_EQ(world_.closed, 1);
  ExpectCounts(0, 0);
  EXPECT_EQ(Take()->connection().number, 2);
}

TEST_F(PoolTest, ThrowsAwayAConnectionInATransaction) {
  Make(1);
  int number = 0;
  for (const TransactionState state :
       {TransactionState::kActive, TransactionState::kFailed, TransactionState::kUnknown}) {
    auto client = Take();
    EXPECT_EQ(client->connection().number, ++number);
    client->connection().state = state;
    client->GiveBack();
    EXPECT_EQ(world_.closed, number);
    ExpectCounts(0, 0);
  }
}

TEST_F(PoolTest, LetsAWaiterOpenOneInThePlaceOfABrokenOne) {
  Make(1);
  auto holder = Take();
  const auto waiting = Queue();
  holder->connection().is_healthy = false;
  holder->GiveBack();
  EXPECT_EQ(world_.closed, 1);
  EXPECT_EQ(world_.opened, 1) << "the waiter opens it, not who gave back";
  const auto late = Queue();  // the place is taken
  ASSERT_TRUE(waiting->Step());
  EXPECT_EQ(waiting->connection().number, 2);
  ExpectCounts(1, 1);
}

TEST_F(PoolTest, PassesOverIdleConnectionsThatTheServerEnded) {
  Make(3);
  const int socket =
      eventfd(1, EFD_NONBLOCK);  // readable: an idle session that has something to say
  ASSERT_GE(socket, 0);
  auto quiet = Take();
  auto ended = Take();
  auto ended_too = Take();
  ended->connection().socket = socket;
  ended_too->connection().socket = socket;
  quiet->GiveBack();
  ended->GiveBack();
  ended_too->GiveBack();
  // Nothing tells that the pool would look again but the time that has passed.
  absl::SleepFor(absl::Milliseconds(600));
  const auto next = Take();
  EXPECT_EQ(next->connection().number, 1);
  EXPECT_EQ(world_.closed, 2);
  ExpectCounts(1, 1);
  const auto another = Take();  // in the place of one of them
  EXPECT_EQ(another->connection().number, 4);
  ExpectCounts(2, 2);
  close(socket);
}

TEST_F(PoolTest, ClosesIdleConnectionsAtOnceAndBusyOnesWhenTheyComeBack) {
  Make(2);
  auto busy = Take();
  Take()->GiveBack();
  ExpectCounts(2, 1);
  pool_->Close();
  EXPECT_EQ(world_.closed, 1);
  ExpectCounts(1, 1);
  EXPECT_TRUE(busy->connection().healthy());
  busy->GiveBack();
  EXPECT_EQ(world_.closed, 2);
  ExpectCounts(0, 0);
  pool_->Close();  // again is fine
}

TEST_F(PoolTest, RefusesEverybodyOnceItIsClosed) {
  Make(1);
  pool_->Close();
  Client late(*pool_);
  ASSERT_TRUE(late.Step());
  EXPECT_EQ(ClassOf(late.status()), ErrorClass::kClosed) << late.status();
  EXPECT_EQ(world_.opened, 0);
}

TEST_F(PoolTest, WakesEveryWaiterWhenItIsClosed) {
  Make(1);
  auto holder = Take();
  const auto first = Queue();
  const auto second = Queue();
  pool_->Close();
  for (Client* waiting : {first.get(), second.get()}) {
    ASSERT_TRUE(waiting->Step());
    EXPECT_EQ(ClassOf(waiting->status()), ErrorClass::kClosed) << waiting->status();
  }
  holder->GiveBack();
  ExpectCounts(0, 0);
  EXPECT_EQ(world_.closed, 1);
}

// The place was handed over before the pool was closed, and the waiter resumes after that.
TEST_F(PoolTest, OpensNothingMoreForAWaiterThatWasHandedAPlace) {
  Make(1);
  auto holder = Take();
  const auto waiting = Queue();
  holder->connection().is_healthy = false;
  holder->GiveBack();
  pool_->Close();
  ASSERT_TRUE(waiting->Step());
  EXPECT_EQ(ClassOf(waiting->status()), ErrorClass::kClosed) << waiting->status();
  EXPECT_EQ(world_.opened, 1);
  ExpectCounts(0, 0);
}

TEST_F(PoolTest, ForgetsThePlaceOfAWaiterThatIsAbortedAfterTheClose) {
  Make(1);
  auto holder = Take();
  const auto aborted = Queue();
  const auto other = Queue();
  holder->connection().is_healthy = false;
  holder->GiveBack();
  pool_->Close();
  aborted->Abort();
  ExpectCounts(0, 0);
  ASSERT_TRUE(other->Step());
  EXPECT_EQ(ClassOf(other->status()), ErrorClass::kClosed) << other->status();
  EXPECT_EQ(world_.opened, 1);
}

TEST_F(PoolTest, LeavesAWaiterTheConnectionThatItWasHandedBeforeTheClose) {
  Make(1);
  auto holder = Take();
  const auto waiting = Queue();
  holder->GiveBack();
  pool_->Close();
  EXPECT_EQ(world_.closed, 0);
  ASSERT_TRUE(waiting->Step());
  EXPECT_OK(waiting->status());
  waiting->GiveBack();
  EXPECT_EQ(world_.closed, 1);
  ExpectCounts(0, 0);
}

TEST_F(PoolTest, OutlivesItsOwnerWhileSomethingIsOnLoan) {
  Make(1);
  auto holder = Take();
  pool_->Close();
  pool_.reset();
  holder->GiveBack();
  EXPECT_EQ(world_.closed, 1);
}

TEST_F(PoolTest, ForgetsAWaiterThatWasAborted) {
  Make(1);
  auto holder = Take();
  const auto aborted = Queue();
  const auto next = Queue();
  aborted->Abort();
  holder->GiveBack();
  EXPECT_TRUE(next->Step());
  EXPECT_EQ(next->connection().number, 1);
}

TEST_F(PoolTest, GivesOnWhatAnAbortedWaiterWasHanded) {
  Make(1);
  auto holder = Take();
  const auto aborted = Queue();
  const auto next = Queue();
  holder->GiveBack();  // to `aborted`, which does not come to know
  aborted->Abort();
  ASSERT_TRUE(next->Step());
  EXPECT_EQ(next->connection().number, 1);
  EXPECT_EQ(world_.opened, 1);
}

TEST_F(PoolTest, KeepsWhatAnAbortedWaiterWasHandedWhenNobodyElseWaits) {
  Make(1);
  auto holder = Take();
  const auto aborted = Queue();
  holder->GiveBack();
  aborted->Abort();
  ExpectCounts(1, 0);
  EXPECT_EQ(Take()->connection().number, 1);
}

TEST_F(PoolTest, GivesOnThePlaceThatAnAbortedWaiterWasHanded) {
  Make(1);
  auto holder = Take();
  const auto aborted = Queue();
  const auto next = Queue();
  holder->connection().is_healthy = false;
  holder->GiveBack();
  aborted->Abort();
  ASSERT_TRUE(next->Step());
  EXPECT_EQ(next->connection().number, 2);
  ExpectCounts(1, 1);
}

TEST_F(PoolTest, FreesThePlaceOfAConnectThatFailed) {
  Make(1);
  world_.refusal = MakeError(ErrorClass::kAuthentication, "who are you");
  Client refused(*pool_);
  ASSERT_TRUE(refused.Step());
  EXPECT_EQ(ClassOf(refused.status()), ErrorClass::kAuthentication);
  ExpectCounts(0, 0);
  world_.refusal = absl::OkStatus();
  EXPECT_TRUE(Take()->holds());
}

TEST_F(PoolTest, LetsAWaiterTryWhenAConnectFailed) {
  Make(1);
  world_.gate = eventfd(0, EFD_NONBLOCK);
  ASSERT_GE(world_.gate, 0);
  world_.refusal = MakeError(ErrorClass::kConnection, "nobody is at home");
  const auto connecting = Queue();
  ExpectCounts(1, 1);
  const auto waiting = Queue();
  ASSERT_EQ(eventfd_write(world_.gate, 1), 0);
  ASSERT_TRUE(connecting->Step());
  EXPECT_EQ(ClassOf(connecting->status()), ErrorClass::kConnection);
  world_.refusal = absl::OkStatus();
  waiting->Block();
  EXPECT_OK(waiting->status());
  EXPECT_TRUE(waiting->holds());
  ExpectCounts(1, 1);
  close(world_.gate);
}

TEST_F(PoolTest, FreesThePlaceOfAConnectThatWasAborted) {
  Make(1);
  world_.gate = eventfd(0, EFD_NONBLOCK);
  ASSERT_GE(world_.gate, 0);
  const auto connecting = Queue();
  const auto waiting = Queue();
  connecting->Abort();
  ASSERT_EQ(eventfd_write(world_.gate, 1), 0);
  waiting->Block();
  EXPECT_TRUE(waiting->holds());
  ExpectCounts(1, 1);
  close(world_.gate);
}

// Between finding nothing and joining the queue a connection may come back: it must not lie idle
// while its waiter sleeps. The start of the other thread is shifted a little each time, to meet
// that moment.
TEST_F(PoolTest, OpensWhatIsToBeKept) {
  Url url;
  url.pool_min = 3;
  Pool& pool = Make(url);
  Operation warming;
  warming.Start(pool.WarmUp());
  EXPECT_EQ(warming.Step(), Progress::kDone);
  EXPECT_OK(warming.status());
  ExpectCounts(3, 0);
}

TEST_F(PoolTest, ClosesWhatHasBeenIdleForTooLongDownToWhatIsKept) {
  Url url;
  url.pool_min = 2;
  url.pool_idle = absl::Milliseconds(1);
  Make(url);
  std::vector<std::unique_ptr<Client>> all;
  for (int i = 0; i < 4; ++i) all.push_back(Take());
  for (auto& client : all) client->GiveBack();
  absl::SleepFor(absl::Milliseconds(5));
  auto one = Take();
  EXPECT_EQ(one->connection().number, 4);  // the last one back is taken
  ExpectCounts(2, 1);
  EXPECT_EQ(world_.closed, 2);
}

TEST_F(PoolTest, ClosesWhatIsTooOldWhenItComesBackOrIsAskedFor) {
  Url url;
  url.pool_lifetime = absl::Milliseconds(20);
  Make(url);
  auto busy = Take();
  Take()->GiveBack();
  absl::SleepFor(absl::Milliseconds(25));
  busy->GiveBack();
  EXPECT_EQ(world_.closed, 1);
  EXPECT_EQ(Take()->connection().number, 3);
  EXPECT_EQ(world_.closed, 2);
}

TEST_F(PoolTest, AsksTheOthersOnceASessionWasLost) {
  Make(3);
  auto first = Take(), second = Take();
  second->GiveBack();
  first->connection().is_lost = true;
  first->connection().is_healthy = false;
  first->GiveBack();
  EXPECT_EQ(world_.asked, 0);
  auto again = Take();  // it answers
  EXPECT_EQ(again->connection().number, 2);
  EXPECT_EQ(world_.asked, 1);
  again->GiveBack();
  Take();
  EXPECT_EQ(world_.asked, 1);  // and is not asked again
}

TEST_F(PoolTest, AsksThoseThatWereInUseWhenASessionWasLost) {
  Make(2);
  auto first = Take(), second = Take();
  first->connection().is_lost = true;
  first->connection().is_healthy = false;
  first->GiveBack();
  second->GiveBack();  // its rows had come before
  auto again = Take();
  EXPECT_EQ(again->connection().number, 2);
  EXPECT_EQ(world_.asked, 1);
  again->GiveBack();
  Take();
  EXPECT_EQ(world_.asked, 1);
}

TEST_F(PoolTest, AsksWhatIsHandedOverAfterASessionWasLost) {
  Make(2);
  auto first = Take(), second = Take();
  const auto opening = Queue(), handed = Queue();
  first->connection().is_lost = true;
  first->connection().is_healthy = false;
  first->GiveBack();
  second->GiveBack();
  ASSERT_TRUE(opening->Step());
  ASSERT_TRUE(handed->Step());
  EXPECT_EQ(opening->connection().number, 3);
  EXPECT_EQ(handed->connection().number, 2);
  EXPECT_EQ(world_.asked, 1);
}

TEST_F(PoolTest, OpensAnotherInThePlaceOfOneThatDoesNotAnswer) {
  Make(2);
  auto first = Take(), second = Take();
  FakeConnection& silent = second->connection();
  second->GiveBack();
  silent.is_there = false;
  first->connection().is_lost = true;
  first->connection().is_healthy = false;
  first->GiveBack();
  auto third = Take();
  EXPECT_EQ(third->connection().number, 3);
  EXPECT_EQ(world_.asked, 1);
  EXPECT_EQ(world_.closed, 2);
  ExpectCounts(1, 1);
}

TEST_F(PoolTest, WaitsUntilAllHaveComeBack) {
  Pool& pool = Make(2);
  auto busy = Take();
  Take()->GiveBack();
  Operation draining;
  int64_t left = -1;
  const auto drain = [](Pool& of, int64_t& out) -> Task<absl::Status> {
    absl::StatusOr<int64_t> counted = co_await of.Drain(absl::InfiniteFuture());
    out = counted.ok() ? *counted : -2;
    co_return counted.status();
  };
  draining.Start(drain(pool, left));
  EXPECT_EQ(draining.Step(), Progress::kWait);
  ExpectCounts(1, 1);  // the idle one is closed
  EXPECT_EQ(Client(pool).Step(), true);
  busy->GiveBack();
  EXPECT_EQ(draining.Step(), Progress::kDone);
  EXPECT_EQ(left, 0);
}

TEST_F(PoolTest, SaysHowManyAreStillInUse) {
  Pool& pool = Make(2);
  auto busy = Take();
  Operation draining;
  int64_t left = -1;
  const auto drain = [](Pool& of, int64_t& out) -> Task<absl::Status> {
    absl::StatusOr<int64_t> counted = co_await of.Drain(absl::Now() + absl::Milliseconds(5));
    out = counted.ok() ? *counted : -2;
    co_return counted.status();
  };
  draining.Start(drain(pool, left));
  EXPECT_EQ(draining.Block(), Progress::kDone);
  EXPECT_EQ(left, 1);
  busy->GiveBack();
  ExpectCounts(0, 0);
}

TEST_F(PoolTest, AsksForThePasswordOfEachConnection) {
  Pool& pool = Make(3);
  int calls = 0;
  pool.SetPassword([&]() -> absl::StatusOr<std::string> {
    if (++calls == 3) return MakeError(ErrorClass::kAuthentication, "no password today");
    return absl::StrCat("word", calls);
  });
  auto first = Take();
  EXPECT_EQ(world_.password, "word1");
  auto second = Take();
  EXPECT_EQ(world_.password, "word2");
  Client third(pool);
  EXPECT_TRUE(third.Step());
  EXPECT_EQ(ClassOf(third.status()), ErrorClass::kAuthentication);
  ExpectCounts(2, 2);
}

TEST_F(PoolTest, CountsWhatItDid) {
  Make(1);
  auto holder = Take();
  auto waiting = Queue();
  const Pool::Statistics during = pool_->statistics();
  EXPECT_EQ(during.waiting, 1);
  EXPECT_EQ(during.waits, 1);
  EXPECT_EQ(during.acquired, 2);
  EXPECT_GE(during.longest_busy, absl::ZeroDuration());
  holder->GiveBack();
  EXPECT_TRUE(waiting->Step());
  waiting->connection().is_healthy = false;
  waiting->GiveBack();
  const Pool::Statistics after = pool_->statistics();
  EXPECT_EQ(after.waiting, 0);
  EXPECT_EQ(after.opened, 1);
  EXPECT_EQ(after.closed, 1);
  EXPECT_EQ(after.longest_busy, absl::ZeroDuration());
}

TEST_F(PoolTest, LosesNoConnectionThatComesBackWhileSomebodyBeginsToWait) {
  Make(1, absl::Seconds(3));
  for (int round = 0; round < 3000; ++round) {
    auto holder = Take();
    std::atomic<bool> go{false};
    absl::Status status;
    std::thread other([&] {
      Client client(*pool_);
      go = true;
      client.Block();
      status = client.status();
    });
    while (!go) std::this_thread::yield();
    for (std::atomic<int> spin{0}; spin < round % 300 * 4; ++spin) {
    }
    holder->GiveBack();
    other.join();
    ASSERT_TRUE(status.ok()) << status << " in round " << round;
  }
}

}  // namespace
}  // namespace ferro::db
