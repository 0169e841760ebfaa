// Connections of one pool write one after the other, in the order in which they came.
#include "dialects/sqlite/turns.h"

#include <algorithm>
#include <thread>

#include "absl/time/clock.h"
#include "dialects/sqlite/pace.h"
#include "tests/dialects/sqlite/harness.h"

namespace ferro::sqlite {
namespace {

using runtime::Progress;
using Result = absl::StatusOr<db::Outcome>;

constexpr int64_t kMilli = 1'000'000;

TEST(TurnTest, IsHadInOrderAndTheQueueCanBeLeft) {
  auto turns = std::make_shared<Turns>();
  const std::atomic<bool> never = false;
  Turn a(turns, never), b(turns, never), c(turns, never), d(turns, never);
  EXPECT_TRUE(a.Try());
  EXPECT_TRUE(a.Try());
  EXPECT_FALSE(b.Try());
  for (Turn* waiting : {&b, &c, &d}) EXPECT_FALSE(waiting->Await(0));
  c.Release();
  a.Release();
  EXPECT_TRUE(b.held());
  EXPECT_FALSE(a.Try());  // as others wait
  b.Release();
  EXPECT_TRUE(d.held());
  EXPECT_FALSE(c.held());
  d.Release();
  EXPECT_TRUE(c.Await(0));
}

TEST(TurnTest, IsGivenOnWhenAConnectionGoes) {
  auto turns = std::make_shared<Turns>();
  const std::atomic<bool> never = false;
  Turn next(turns, never);
  {
    Turn gone(turns, never), other(turns, never);
    ASSERT_TRUE(gone.Try());
    EXPECT_FALSE(other.Await(0));
    EXPECT_FALSE(next.Await(0));
  }
  EXPECT_TRUE(next.held());
}

class TurnsTest : public SqliteTest {
 protected:
  TurnsTest() {
    url_.busy_timeout = absl::Milliseconds(300);
    url_.synchronous = "off";  // a disk that takes longer is not what is tested
    connection_ = Connect(url_);
    EXPECT_OK(Script(*connection_, "CREATE TABLE t (a INTEGER)"));
  }

  db::Url url_ = FileUrl();
  std::unique_ptr<db::Connection> connection_;
};

// All wait for much longer than busy_timeout, but for nobody as long as that.
TEST_F(TurnsTest, EachIsServedHoweverManyComeBefore) {
  std::vector<std::unique_ptr<db::Connection>> connections;
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (int i = 0; i < 8; ++i) connections.push_back(Connect(url_));
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&connection = *connections[static_cast<size_t>(i)], &done, blocking = i % 2 == 0] {
      for (int round = 0; round < 4; ++round) {
        if (!Script(connection, "BEGIN IMMEDIATE", blocking).ok()) return;
        absl::SleepFor(absl::Milliseconds(25));
        if (!Execute(connection, "INSERT INTO t VALUES (1)", {}, {.blocking = blocking}).ok()) return;
        if (!Script(connection, "COMMIT", blocking).ok()) return;
        // A statement alone queues as a transaction does.
        if (!Execute(connection, "INSERT INTO t VALUES (2)", {}, {.blocking = blocking}).ok()) return;
        ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 8 * 4);
}

TEST_F(TurnsTest, AReaderComesBetweenWriters) {
  for (bool blocking : {false, true}) {
    std::atomic<bool> over = false;
    std::thread writer([&] {
      while (!over) {
        EXPECT_OK(Script(*connection_, "BEGIN EXCLUSIVE", true));
        absl::SleepFor(absl::Milliseconds(30));
        EXPECT_OK(Script(*connection_, "COMMIT", true));
      }
    });
    auto reader = Connect(url_, blocking);
    for (int i = 0; i < 5; ++i) EXPECT_OK(Query(*reader, "SELECT a FROM t", {}, {}, {.blocking = blocking}));
    over = true;
    writer.join();
  }
}

// Its rows are still being read: nobody has to wait for their reader.
TEST_F(TurnsTest, AReaderKeepsNoTurn) {
  auto reader = Connect(url_);
  ASSERT_OK(Script(*connection_, "BEGIN EXCLUSIVE"));
  class Sink : public db::RowSink {
   public:
    runtime::Task<absl::Status> Accept(Batch& batch) override {
      co_await runtime::ShowBatch(batch);
      co_return absl::OkStatus();
    }
  } sink;
  const std::vector<sql::ResultColumn> columns = {{.name = {}, .type = Type::kInt64}};
  const db::Request request{.sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)"
                                   " SELECT i FROM n, t",
                            .parameters = {},
                            .columns = columns,
                            .returns_rows = true,
                            .stream_rows = 100};
  ASSERT_OK(Execute(*connection_, "INSERT INTO t VALUES (1)"));
  Operation<Result> operation(reader->Run(request, &sink));
  ASSERT_EQ(operation.context.Resume(), Progress::kWait);
  absl::SleepFor(absl::Milliseconds(20));  // now it queues
  ASSERT_OK(Script(*connection_, "COMMIT"));
  Progress progress = Progress::kWait;  // for its schema, and for its rows
  while (progress == Progress::kWait) progress = operation.WaitAndResume();
  ASSERT_EQ(progress, Progress::kBatch);
  ASSERT_OK(Script(*connection_, "BEGIN IMMEDIATE"));
  ASSERT_OK(Script(*connection_, "ROLLBACK"));
}

TEST_F(TurnsTest, WhoLeavesTheQueueIsGoneAtOnce) {
  url_.busy_timeout = absl::Seconds(60);
  auto first = Connect(url_), second = Connect(url_);
  ASSERT_OK(Script(*connection_, "BEGIN IMMEDIATE"));
  const db::Request request{.sql = "INSERT INTO t VALUES (1)", .parameters = {}, .columns = {}, .writes = true};
  auto given_up = std::make_unique<Operation<Result>>(first->Run(request, nullptr));
  ASSERT_EQ(given_up->context.Resume(), Progress::kWait);
  absl::SleepFor(absl::Milliseconds(10));
  Operation<Result> next(second->Run(request, nullptr));
  ASSERT_EQ(next.context.Resume(), Progress::kWait);
  const int64_t start = SteadyNanos();
  given_up.reset();
  EXPECT_LT(SteadyNanos() - start, 20 * kMilli);
  EXPECT_TRUE(first->healthy());
  ASSERT_OK(Script(*connection_, "COMMIT"));
  while (next.WaitAndResume() != Progress::kDone) {
  }
  EXPECT_OK(next.task.Take());
  EXPECT_OK(Execute(*first, "INSERT INTO t VALUES (1)"));
}

TEST_F(TurnsTest, AWriteAfterAReadDoesNotQueue) {
  auto reader = Connect(url_);
  ASSERT_OK(Script(*reader, "BEGIN"));
  ASSERT_OK(Query(*reader, "SELECT a FROM t"));
  ASSERT_OK(Script(*connection_, "BEGIN IMMEDIATE"));
  const int64_t start = SteadyNanos();
  // Its lock is what the other waits for: SQLite refuses at once.
  EXPECT_ERROR(ErrorClass::kLock, Execute(*reader, "INSERT INTO t VALUES (1)"));
  EXPECT_LT(SteadyNanos() - start, 200 * kMilli);
  ASSERT_OK(Script(*reader, "ROLLBACK"));
  ASSERT_OK(Script(*connection_, "COMMIT"));
}

}  // namespace
}  // namespace ferro::sqlite
