// What the pool does with connections that come back unfit: recovered on another thread, or closed; who waits gets them.
#include "engine/db/recovery.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>

#include "absl/time/clock.h"
#include "engine/db/pool.h"
#include "engine/runtime/apart.h"
#include "engine/runtime/operation.h"
#include "tests/support/notification.h"
#include "tests/support/status_matchers.h"

namespace ferro::db {
namespace {

struct World {
  std::atomic<int> opened{0}, closed{0}, recovered{0};
  bool recoverable = true;
  absl::Status outcome;  // of a recovery
  bool fit = true;       // after it
  std::thread::id on;
  testing::Notification* hold = nullptr;  // a recovery takes until then
};

class FakeConnection : public Connection {
 public:
  explicit FakeConnection(World& world) : world_(world) { ++world_.opened; }
  ~FakeConnection() override { ++world_.closed; }
  Task<absl::StatusOr<Outcome>> Run(const Request&, RowSink*) override { co_return Outcome{}; }
  Task<absl::Status> Script(absl::string_view) override { co_return absl::OkStatus(); }
  TransactionState transaction_state() const override { return state; }
  bool healthy() const override { return is_healthy; }
  bool recoverable() const override { return world_.recoverable; }
  Task<absl::Status> Recover() override {
    if (world_.hold != nullptr) world_.hold->Wait();
    world_.on = std::this_thread::get_id();
    is_healthy = world_.fit;
    state = TransactionState::kIdle;
    ++world_.recovered;
    co_return world_.outcome;
  }
  ServerVersion version() const override { return {}; }

  TransactionState state = TransactionState::kIdle;
  bool is_healthy = true;

 private:
  World& world_;
};

class FakeDriver : public Driver {
 public:
  explicit FakeDriver(World& world) : world_(world) {}
  Task<absl::StatusOr<std::unique_ptr<Connection>>> Connect(const Url&, absl::Time) override {
    co_return std::make_unique<FakeConnection>(world_);
  }

 private:
  World& world_;
};

class RecoveryTest : public ::testing::Test {
 protected:
  RecoveryTest() {
    Url url;
    url.pool_size = 1;
    pool_ = std::make_shared<Pool>(std::make_unique<FakeDriver>(world_), url);
  }
  // A recovery's thread may be the last to let go of the pool, and its connections are of this world.
  ~RecoveryTest() override {
    pool_.reset();
    runtime::WaitForApart(absl::Seconds(10));
  }

  static Task<absl::Status> Body(Pool& pool, Lease& lease) {
    absl::StatusOr<Lease> got = co_await pool.Acquire();
    if (!got.ok()) co_return got.status();
    lease = *std::move(got);
    co_return absl::OkStatus();
  }
  Lease Acquire() {
    Lease lease;
    runtime::Operation operation;
    operation.Start(Body(*pool_, lease));
    operation.Block();
    EXPECT_OK(operation.status());
    return lease;
  }
  static FakeConnection& Of(Lease& lease) { return static_cast<FakeConnection&>(*lease); }
  void WaitUntilIdle() {
    for (int i = 0; i < 5000 && pool_->statistics().busy != 0; ++i) absl::SleepFor(absl::Milliseconds(1));
    EXPECT_EQ(pool_->statistics().busy, 0);
  }

  World world_;
  std::shared_ptr<Pool> pool_;
};

TEST_F(RecoveryTest, HappensOnAnotherThreadAndGivesTheConnectionBack) {
  for (const bool in_transaction : {false, true}) {
    Lease lease = Acquire();
    Of(lease).is_healthy = in_transaction;
    if (in_transaction) Of(lease).state = TransactionState::kActive;
    lease = Lease();
    WaitUntilIdle();
    EXPECT_NE(world_.on, std::this_thread::get_id());
  }
  EXPECT_EQ(world_.recovered, 2);
  EXPECT_EQ(world_.opened, 1);
  EXPECT_EQ(world_.closed, 0);
}

TEST_F(RecoveryTest, CountsAsBusyAndServesWhoWaits) {
  testing::Notification go_on;
  world_.hold = &go_on;
  Lease lease = Acquire();
  Of(lease).is_healthy = false;
  lease = Lease();  // does not wait
  EXPECT_EQ(pool_->statistics().busy, 1);
  std::thread later([&] {
    absl::SleepFor(absl::Milliseconds(20));
    go_on.Notify();
  });
  Lease next = Acquire();
  later.join();
  EXPECT_TRUE(Of(next).is_healthy);
  EXPECT_EQ(world_.opened, 1);
}

TEST_F(RecoveryTest, ThatFailsClosesTheConnection) {
  for (const bool says_so : {false, true}) {
    world_.outcome = says_so ? MakeError(ErrorClass::kConnection, "gone") : absl::OkStatus();
    world_.fit = says_so;
    Lease lease = Acquire();
    Of(lease).is_healthy = false;
    lease = Lease();
    WaitUntilIdle();
    EXPECT_EQ(pool_->statistics().open, 0);
  }
  EXPECT_EQ(world_.closed, 2);
}

TEST_F(RecoveryTest, IsNotTriedWhereItCannotHelp) {
  world_.recoverable = false;
  Lease lease = Acquire();
  Of(lease).is_healthy = false;
  lease = Lease();
  EXPECT_EQ(pool_->statistics().open, 0);
  EXPECT_EQ(world_.recovered, 0);
}

TEST_F(RecoveryTest, OfAClosedPoolClosesTheConnectionAfterwards) {
  Lease lease = Acquire();
  pool_->Close();
  Of(lease).is_healthy = false;
  lease = Lease();
  WaitUntilIdle();
  EXPECT_EQ(world_.closed, 1);
}

// The child has a copy of everything, and touches nothing.
TEST_F(RecoveryTest, AChildByForkLeavesTheParentsConnectionsAlone) {
  Lease lease = Acquire();
  Of(lease).is_healthy = false;
  const pid_t child = fork();
  if (child == 0) {
    bool good = !pool_->here();
    lease = Lease();
    good = good && world_.closed == 0 && world_.recovered == 0;
    runtime::Operation fresh;  // of the child's own
    fresh.Start([]() -> Task<absl::Status> { co_return absl::OkStatus(); }());
    good = good && fresh.Block() == runtime::Progress::kDone && fresh.status().ok();
    _exit(good ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(pool_->here());
  lease = Lease();
  WaitUntilIdle();
  EXPECT_EQ(world_.recovered, 1);
}

TEST(Forked, AnOperationOfTheParentFailsInTheChild) {
  struct Mark {
    bool& gone;
    ~Mark() { gone = true; }
  };
  bool gone = false;
  auto operation = std::make_unique<runtime::Operation>();
  const auto body = [](bool& out) -> Task<absl::Status> {
    const Mark mark{out};
    co_await runtime::Readable(-1);
    co_return absl::OkStatus();
  };
  operation->Start(body(gone));
  ASSERT_EQ(operation->Step(), runtime::Progress::kWait);
  const pid_t child = fork();
  if (child == 0) {
    bool good = operation->Step() == runtime::Progress::kDone &&
                ClassOf(operation->status()) == ErrorClass::kForked;
    operation.reset();
    _exit(good && !gone ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  operation.reset();
  EXPECT_TRUE(gone);
}

}  // namespace
}  // namespace ferro::db
