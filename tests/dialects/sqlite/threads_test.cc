// Which thread a statement runs on: the budget, the worker, locks, deadlines, and operations given
// up half-way.
#include <sys/stat.h>

#include <algorithm>
#include <thread>

#include "absl/time/clock.h"
#include "dialects/sqlite/pace.h"
#include "tests/dialects/sqlite/harness.h"

namespace ferro::sqlite {
namespace {

using runtime::Progress;
using Result = absl::StatusOr<db::Outcome>;

// Remembers on which thread it was called.
class ThreadRecorder : public db::RowSink {
 public:
  runtime::Task<absl::Status> Accept(Batch& batch) override {
    rows += batch.rows();
    largest = std::max(largest, batch.rows());
    ++batches;
    same_thread = same_thread && std::this_thread::get_id() == home_;
    for (size_t i = 0; i < batch.rows(); ++i)
      in_order = in_order && batch.row(i)[0].integer == ++last_;
    if (!suspend) co_return absl::OkStatus();
    co_await runtime::ShowBatch(batch);
    co_return absl::OkStatus();
  }
  size_t rows = 0, batches = 0, largest = 0;
  bool same_thread = true, in_order = true, suspend = false;

 private:
  const std::thread::id home_ = std::this_thread::get_id();
  int64_t last_ = 0;
};

const std::thread::id home_thread = std::this_thread::get_id();

// SQL that tells where it runs: on_worker() is 0 on the test's thread and 1 elsewhere.
int RegisterOnWorker(sqlite3* db, const char**, const sqlite3_api_routines*) {
  return sqlite3_create_function_v2(
      db, "on_worker", 0, SQLITE_UTF8, nullptr,
      [](sqlite3_context* context, int, sqlite3_value**) {
        sqlite3_result_int(context, std::this_thread::get_id() == home_thread ? 0 : 1);
      },
      nullptr, nullptr, nullptr);
}

size_t ThreadCount() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<size_t>(std::distance(begin(tasks), end(tasks)));
}

class ThreadsTest : public SqliteTest {
 protected:
  static void SetUpTestSuite() {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&RegisterOnWorker));
  }
  static void TearDownTestSuite() { sqlite3_reset_auto_extension(); }

  ThreadsTest() : connection_(Connect()) {
    EXPECT_OK(Script(*connection_, "CREATE TABLE t (a INTEGER)"));
    columns_.push_back({.name = {}, .type = Type::kInt64});
  }

  db::Request Request(absl::string_view sql, int64_t n, uint64_t id = 0) {
    n_ = Value::Int64(n);
    parameter_ = {.first = &n_, .type = Type::kInt64};
    return {.statement_id = id,
            .sql = sql,
            .parameters = std::span<const db::Parameter>(&parameter_, 1),
            .columns = columns_,
            .returns_rows = true};
  }
  db::Request Write(absl::string_view sql, int64_t n) {
    db::Request request = Request(sql, n);
    request.columns = {};
    request.returns_rows = false;
    request.writes = true;
    return request;
  }

  std::unique_ptr<db::Connection> connection_;
  std::vector<sql::ResultColumn> columns_;
  Value n_;
  db::Parameter parameter_;
};

TEST_F(ThreadsTest, ALookupNeverWaits) {
  ThreadRecorder sink;
  const db::Request request = Request("SELECT ?", 1);
  Operation<Result> operation(connection_->Run(request, &sink));
  EXPECT_EQ(operation.context.Resume(), Progress::kDone);
  EXPECT_EQ(sink.rows, 1u);
}

TEST_F(ThreadsTest, ASlowStatementGoesToTheWorkerAndStartsThereNextTime) {
  for (int round = 0; round < 2; ++round) {
    const db::Request request = Request(kSlow, 1'000'000, 5);
    int64_t counted = 0;
    EachRow sink([&](std::span<const Value> row) { counted = row[0].integer; });
    Operation<Result> operation(connection_->Run(request, &sink));
    const int64_t start = SteadyNanos();
    ASSERT_EQ(operation.context.Resume(), Progress::kWait);
    const int64_t taken = SteadyNanos() - start;
    EXPECT_GE(operation.context.wait.fd, 0);
    EXPECT_TRUE(operation.context.wait.read);
    // The first time it used up its budget here; the second time it did not try.
    if (round == 0) {
      EXPECT_GE(taken, kBudgetNanos);
    }
    while (operation.WaitAndResume() != Progress::kDone) {
    }
    EXPECT_OK(operation.task.Take());
    EXPECT_EQ(counted, 1'000'000);
  }
}

TEST_F(ThreadsTest, ALongScanContinuesOnTheWorkerWithoutLosingARow) {
  for (uint64_t id : {uint64_t{0}, uint64_t{9}, uint64_t{9}}) {
    ThreadRecorder sink;
    const db::Request request = Request(kSeries, 20'000, id);
    Operation<Result> operation(connection_->Run(request, &sink));
    ASSERT_EQ(operation.context.Resume(), Progress::kWait);
    while (operation.WaitAndResume() != Progress::kDone) {
    }
    ASSERT_OK_AND_ASSIGN(const auto outcome, operation.task.Take());
    EXPECT_EQ(outcome.rows_affected, 20'000);
    EXPECT_EQ(sink.rows, 20'000u);
    EXPECT_LE(sink.largest, 1024u);
    EXPECT_TRUE(sink.in_order);
    EXPECT_TRUE(sink.same_thread);
  }
}

TEST_F(ThreadsTest, BlockingUseNeedsNoWorkerAndShowsAFirstSmallBatch) {
  ThreadRecorder sink;
  const db::Request request = Request(kSeries, 20'000);
  Operation<Result> operation(connection_->Run(request, &sink), /*blocking=*/true);
  EXPECT_EQ(operation.context.Resume(), Progress::kDone);
  EXPECT_EQ(sink.rows, 20'000u);
  EXPECT_EQ(sink.batches, 1 + (20'000 - 256 + 1023) / 1024u);
  const db::Request write = Write("INSERT INTO t VALUES (?)", 1);
  Operation<Result> writing(connection_->Run(write, nullptr), /*blocking=*/true);
  EXPECT_EQ(writing.context.Resume(), Progress::kDone);
  EXPECT_OK(writing.task.Take());
}

TEST_F(ThreadsTest, AWriteThatCommitsGoesToTheWorker) {
  ASSERT_OK(Execute(*connection_, "INSERT INTO t VALUES (on_worker())"));
  ASSERT_OK(Execute(*connection_, "INSERT INTO t VALUES (on_worker())", {}, {.blocking = true}));
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*connection_, "SELECT a FROM t ORDER BY rowid"));
  EXPECT_EQ(rows.at(0, 0).integer, 1);
  EXPECT_EQ(rows.at(1, 0).integer, 0);
}

// Connections whose commits only append to a write-ahead log.
class AppendingTest : public ThreadsTest {
 protected:
  AppendingTest() {
    url_ = FileUrl();
    url_.journal_mode = "wal";
    url_.synchronous = "normal";
    appending_ = Connect(url_);
  }

  // Where a kept statement ran, `times` times: on_worker() of each. The machine may be busy and make some of them look
  // slow; not all.
  std::vector<int64_t> Ran(int times, db::Connection& connection) {
    EXPECT_OK(Execute(connection, "DELETE FROM t"));
    for (int i = 0; i < times; ++i) {
      EXPECT_OK(Execute(connection, "INSERT INTO t VALUES (on_worker())", {}, {.id = 4}));
    }
    return Stored();
  }
  std::vector<int64_t> Stored() {
    std::vector<int64_t> found;
    auto rows = Query(*connection_, "SELECT a FROM t ORDER BY rowid");
    EXPECT_OK(rows);
    for (size_t i = 0; rows.ok() && i < rows->cells.size(); ++i) found.push_back(rows->at(i, 0).integer);
    return found;
  }
  static bool AllOnWorker(const std::vector<int64_t>& ran) {
    return std::find(ran.begin(), ran.end(), 0) == ran.end();
  }

  db::Url url_;
  std::unique_ptr<db::Connection> appending_;
};

TEST_F(AppendingTest, AKnownQuickWriteStaysHere) {
  const std::vector<int64_t> ran = Ran(50, *appending_);
  EXPECT_EQ(ran.front(), 1);
  EXPECT_FALSE(AllOnWorker(ran));
}

TEST_F(AppendingTest, NotWhenCommitsSync) {
  EXPECT_FALSE(AllOnWorker(Ran(50, *appending_)));
  ASSERT_OK(Script(*appending_, "PRAGMA synchronous = full"));
  EXPECT_TRUE(AllOnWorker(Ran(20, *appending_)));
  ASSERT_OK(Execute(*appending_, " Pragma synchronous = off"));
  EXPECT_FALSE(AllOnWorker(Ran(50, *appending_)));
  ASSERT_OK(Script(*appending_, "ATTACH ':memory:' AS other"));
  EXPECT_TRUE(AllOnWorker(Ran(20, *appending_)));
}

TEST_F(AppendingTest, NotWithManyBytes) {
  const std::string large(70'000, 'x');
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK(Execute(*appending_, "INSERT INTO t SELECT on_worker() WHERE length(?) > 1",
                      {Value::Bytes(Type::kText, large)}, {.id = 6}));
  }
  EXPECT_TRUE(AllOnWorker(Stored()));
}

TEST_F(AppendingTest, TheLogIsWrittenBackAndBegunAnewOnTheWorker) {
  ASSERT_OK(Script(*appending_, "PRAGMA wal_autocheckpoint = 4"));
  const std::vector<int64_t> ran = Ran(200, *appending_);
  // At least every fourth commit finds a long log, and the one after that begins it anew.
  const auto here = std::count(ran.begin(), ran.end(), 0);
  EXPECT_GT(here, 0);
  EXPECT_LT(here, 150);
  struct stat log;
  ASSERT_EQ(stat((url_.database + "-wal").c_str(), &log), 0);
  EXPECT_LT(log.st_size, 20 * 4096);
}

TEST_F(AppendingTest, AWriteThatIsSlowHereIsDoneOnceOnTheWorker) {
  const absl::string_view sql =
      "INSERT INTO t SELECT max(x) + on_worker() FROM (WITH RECURSIVE s(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM s "
      "LIMIT ?) SELECT x FROM s)";
  const auto run = [&](int64_t rows) { return Execute(*appending_, sql, {Value::Int64(rows)}, {.id = 7}); };
  bool here = false;
  for (int i = 0; i < 50 && !here; ++i) {
    ASSERT_OK(run(1));
    here = Stored().back() == 1;
  }
  ASSERT_TRUE(here);
  const size_t before = Stored().size();
  ASSERT_OK_AND_ASSIGN(const int64_t changed, run(300'000));
  EXPECT_EQ(changed, 1);
  EXPECT_EQ(Stored().size(), before + 1);
  EXPECT_EQ(Stored().back(), 300'001);
  ASSERT_OK(run(1));
  EXPECT_EQ(Stored().back(), 2);  // it is known by now
}

TEST_F(AppendingTest, ALockIsWaitedForOnTheWorker) {
  EXPECT_FALSE(AllOnWorker(Ran(50, *appending_)));
  ASSERT_OK(Script(*connection_, "BEGIN IMMEDIATE"));
  const auto write = Write("INSERT INTO t VALUES (?)", 7);
  Operation<Result> operation(appending_->Run(write, nullptr));
  EXPECT_EQ(operation.context.Resume(), Progress::kWait);
  ASSERT_OK(Script(*connection_, "COMMIT"));
  while (operation.WaitAndResume() != Progress::kDone) {
  }
  EXPECT_OK(operation.task.Take());
  EXPECT_EQ(Stored().back(), 7);
}

TEST_F(AppendingTest, ALittleTransactionEndsHere) {
  const size_t before = ThreadCount();
  auto fresh = Connect(url_, /*blocking=*/true);
  const auto transaction = [&](int rows) {
    ASSERT_OK(Script(*fresh, "BEGIN IMMEDIATE", /*blocking=*/true));
    for (int i = 0; i < rows; ++i) ASSERT_OK(Execute(*fresh, "INSERT INTO t VALUES (1)", {}, {.blocking = true}));
    ASSERT_OK(Script(*fresh, "COMMIT"));
  };
  ASSERT_OK(Execute(*fresh, "INSERT INTO t VALUES (1)", {}, {.blocking = true}));
  transaction(3);
  EXPECT_EQ(ThreadCount(), before);
  transaction(65);
  EXPECT_EQ(ThreadCount(), before + 1);
}

TEST_F(ThreadsTest, AKnownQuickWriteInATransactionStaysHere) {
  ASSERT_OK(Script(*connection_, "BEGIN IMMEDIATE"));
  // The machine may be busy and make some of them look slow; not all.
  for (int i = 0; i < 50; ++i) {
    ASSERT_OK(Execute(*connection_, "INSERT INTO t VALUES (on_worker())", {}, {.id = 4}));
    ASSERT_OK(Execute(*connection_, "INSERT INTO t VALUES (on_worker() + 10)"));
  }
  std::string bulk = "INSERT INTO t SELECT on_worker() + 20 WHERE 1 IN (?";
  for (int i = 1; i < 65; ++i) bulk += ", ?";
  bulk += ")";
  const std::vector<Value> values(65, Value::Int64(1));
  for (int i = 0; i < 3; ++i) ASSERT_OK(Execute(*connection_, bulk, values, {.id = 5}));
  ASSERT_OK(Script(*connection_, "COMMIT"));
  ASSERT_OK_AND_ASSIGN(
      auto rows,
      Query(*connection_, "SELECT min(a), max(a) FROM t GROUP BY a / 10 ORDER BY a / 10"));
  EXPECT_EQ(rows.at(0, 0).integer, 0);   // some stayed,
  EXPECT_EQ(rows.at(0, 1).integer, 1);   // the first did not;
  EXPECT_EQ(rows.at(1, 0).integer, 11);  // what is not kept is never known,
  EXPECT_EQ(rows.at(2, 0).integer, 21);  // and many parameters are many rows
}

TEST_F(ThreadsTest, ACommitOfSomethingGoesToTheWorker) {
  auto fresh = Connect();
  const size_t before = ThreadCount();
  ASSERT_OK(Script(*fresh, "BEGIN IMMEDIATE"));
  ASSERT_OK(Execute(*fresh, "INSERT INTO t VALUES (1)", {}, {.blocking = true}));
  EXPECT_EQ(ThreadCount(), before);
  ASSERT_OK(Script(*fresh, "COMMIT"));
  EXPECT_EQ(ThreadCount(), before + 1);

  auto reader = Connect();
  ASSERT_OK(Script(*reader, "BEGIN"));
  ASSERT_OK(Query(*reader, "SELECT * FROM t"));
  ASSERT_OK(Script(*reader, "COMMIT"));
  EXPECT_EQ(ThreadCount(), before + 1);
}

TEST_F(ThreadsTest, MemoryWritesStayHere) {
  db::Url url;
  url.database = ":memory:";
  const size_t before = ThreadCount();
  auto memory = Connect(url);
  ASSERT_OK(Script(*memory, "BEGIN IMMEDIATE"));
  ASSERT_OK(Script(*memory, "CREATE TABLE t (a)"));
  ASSERT_OK(Execute(*memory, "INSERT INTO t VALUES (on_worker())"));
  ASSERT_OK(Script(*memory, "COMMIT"));
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*memory, "SELECT a FROM t"));
  EXPECT_EQ(rows.at(0, 0).integer, 0);
  EXPECT_EQ(ThreadCount(), before);
}

TEST_F(ThreadsTest, ALockIsWaitedForAndThenGivenUp) {
  db::Url url = FileUrl();
  url.busy_timeout = absl::Milliseconds(60);
  for (bool blocking : {false, true}) {
    auto other = Connect(url, blocking);
    ASSERT_OK(Script(*connection_, "BEGIN IMMEDIATE"));
    const int64_t start = SteadyNanos();
    EXPECT_ERROR(ErrorClass::kLock,
                 Execute(*other, "INSERT INTO t VALUES (1)", {}, {.blocking = blocking}));
    EXPECT_GE(SteadyNanos() - start, 55'000'000);
    EXPECT_ERROR(ErrorClass::kLock, Script(*other, "BEGIN IMMEDIATE", blocking));
    EXPECT_TRUE(other->healthy());
    EXPECT_EQ(other->transaction_state(), db::TransactionState::kIdle);
    ASSERT_OK(Script(*connection_, "ROLLBACK"));
    EXPECT_OK(Execute(*other, "INSERT INTO t VALUES (1)", {}, {.blocking = blocking}));
  }
}

TEST_F(ThreadsTest, AReadThatMeetsALockWaitsOnTheWorker) {
  auto other = Connect();
  ASSERT_OK(Script(*connection_, "BEGIN EXCLUSIVE"));
  ThreadRecorder sink;
  const db::Request request = Request("SELECT count(*) FROM t WHERE a = ?", 1);
  Operation<Result> operation(other->Run(request, &sink));
  ASSERT_EQ(operation.context.Resume(), Progress::kWait);
  ASSERT_OK(Script(*connection_, "COMMIT"));
  while (operation.WaitAndResume() != Progress::kDone) {
  }
  EXPECT_OK(operation.task.Take());
  EXPECT_EQ(sink.rows, 1u);
}

TEST_F(ThreadsTest, TheDeadlineEndsStatementsInBothModes) {
  for (bool blocking : {false, true}) {
    EachRow sink([](std::span<const Value>) {});
    const db::Request request = Request(kSlow, 1'000'000'000);
    Operation<Result> operation(connection_->Run(request, &sink), blocking);
    operation.context.deadline = absl::Now() + absl::Milliseconds(30);
    Progress progress = operation.context.Resume();
    while (progress != Progress::kDone) {
      pollfd entry{operation.context.wait.fd, POLLIN, 0};
      poll(&entry, 1, 5);
      progress = operation.context.Resume();
    }
    EXPECT_ERROR(ErrorClass::kTimeout, operation.task.Take());
    EXPECT_TRUE(connection_->healthy());
    EXPECT_OK(Query(*connection_, "SELECT 1", {}, {}, {.blocking = blocking}));
  }
}

TEST_F(ThreadsTest, TheDeadlineEndsTheWaitForALock) {
  auto other = Connect();
  ASSERT_OK(Script(*connection_, "BEGIN IMMEDIATE"));
  for (bool blocking : {false, true}) {
    const db::Request request = Write("INSERT INTO t VALUES (?)", 1);
    Operation<Result> operation(other->Run(request, nullptr), blocking);
    operation.context.deadline = absl::Now() + absl::Milliseconds(30);
    Progress progress = operation.context.Resume();
    while (progress != Progress::kDone) {
      pollfd entry{operation.context.wait.fd, POLLIN, 0};
      poll(&entry, 1, 5);
      progress = operation.context.Resume();
    }
    EXPECT_ERROR(ErrorClass::kTimeout, operation.task.Take());
  }
}

TEST_F(ThreadsTest, AnOperationGivenUpOnTheWorkerEndsItsStatement) {
  for (int i = 0; i < 20; ++i) {
    EachRow sink([](std::span<const Value>) {});
    const db::Request request = Request(kSlow, 1'000'000'000, i % 2 == 0 ? 0 : 11);
    {
      Operation<Result> operation(connection_->Run(request, &sink));
      ASSERT_EQ(operation.context.Resume(), Progress::kWait);
      // From time to time it gets going before it is given up.
      if (i % 3 == 0) absl::SleepFor(absl::Milliseconds(2));
    }
    EXPECT_TRUE(connection_->healthy());
    ASSERT_OK(Query(*connection_, "SELECT 1"));
  }
  EXPECT_OK(Execute(*connection_, "INSERT INTO t VALUES (1)"));
}

TEST_F(ThreadsTest, AnOperationGivenUpBetweenBatchesIsReset) {
  for (int64_t rows : {int64_t{10}, int64_t{100'000}}) {
    for (int resumes = 1; resumes <= 4; ++resumes) {
      ThreadRecorder sink;
      sink.suspend = true;
      const db::Request request = Request(kSeries, rows, 12);
      Operation<Result> operation(connection_->Run(request, &sink));
      Progress progress = operation.context.Resume();
      for (int i = 1; i < resumes && progress != Progress::kDone; ++i) {
        progress =
            progress == Progress::kWait ? operation.WaitAndResume() : operation.context.Resume();
      }
    }
    EXPECT_TRUE(connection_->healthy());
    // A read that was not reset would hold its lock against this.
    EXPECT_OK(Script(*connection_, "DROP TABLE IF EXISTS u; CREATE TABLE u (a)"));
  }
}

TEST_F(ThreadsTest, AnOperationGivenUpInATransactionMakesTheConnectionUseless) {
  ASSERT_OK(Script(*connection_, "BEGIN"));
  const std::string sql = absl::StrCat("INSERT INTO t ", kSeries);
  const db::Request request = Write(sql, 1'000'000'000);
  {
    Operation<Result> operation(connection_->Run(request, nullptr));
    ASSERT_EQ(operation.context.Resume(), Progress::kWait);
  }
  EXPECT_FALSE(connection_->healthy());
  // Until it is rolled back.
  ASSERT_TRUE(connection_->recoverable());
  EXPECT_OK(RunTask(connection_->Recover()));
  EXPECT_TRUE(connection_->healthy());
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kIdle);
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*connection_, "SELECT count(*) FROM t"));
  EXPECT_EQ(rows.at(0, 0).integer, 0);
}

// Whoever is blocked is asked from time to time, and can end it.
TEST_F(ThreadsTest, AnInterruptionEndsAStatementOfABlockedThread) {
  for (const int64_t asks : {1, 3}) {
    struct Asked {
      int64_t times = 0, enough = 0;
    } asked{0, asks};
    EachRow sink([](std::span<const Value>) {});
    const db::Request request = Request(kSlow, 1'000'000'000);
    Operation<Result> operation(connection_->Run(request, &sink), true);
    operation.context.interrupt = {[](void* data) {
                                     auto& self = *static_cast<Asked*>(data);
                                     return ++self.times >= self.enough;
                                   },
                                   &asked};
    const int64_t start = SteadyNanos();
    ASSERT_EQ(operation.context.Resume(), Progress::kDone);
    EXPECT_ERROR(ErrorClass::kCancelled, operation.task.Take());
    EXPECT_EQ(asked.times, asks);
    EXPECT_LT(SteadyNanos() - start, 1'000'000'000);
    EXPECT_TRUE(connection_->healthy());
    EXPECT_OK(Query(*connection_, "SELECT 1"));
  }
}

TEST_F(ThreadsTest, AWriteGivenUpIsDoneOrNotAtAll) {
  for (int i = 0; i < 10; ++i) {
    const std::string sql = absl::StrCat("INSERT INTO t ", kSeries);
    const db::Request request = Write(sql, 200'000);
    {
      Operation<Result> operation(connection_->Run(request, nullptr));
      operation.context.Resume();
      if (i > 4) absl::SleepFor(absl::Milliseconds(i));
    }
    EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kIdle);
    EXPECT_TRUE(connection_->healthy());
  }
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*connection_, "SELECT count(*) % 200000 FROM t"));
  EXPECT_EQ(rows.at(0, 0).integer, 0);
}

TEST_F(ThreadsTest, ALockWaitGivenUpEndsSoon) {
  db::Url url = FileUrl();
  url.busy_timeout = absl::Seconds(60);
  auto other = Connect(url);
  ASSERT_OK(Script(*connection_, "BEGIN IMMEDIATE"));
  const int64_t start = SteadyNanos();
  {
    const db::Request request = Write("INSERT INTO t VALUES (?)", 1);
    Operation<Result> operation(other->Run(request, nullptr));
    ASSERT_EQ(operation.context.Resume(), Progress::kWait);
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_LT(SteadyNanos() - start, 5'000'000'000);
  EXPECT_TRUE(other->healthy());
}

TEST_F(ThreadsTest, ASinkThatFailsEndsTheStatement) {
  class Refuser : public db::RowSink {
   public:
    runtime::Task<absl::Status> Accept(Batch&) override {
      co_return MakeError(ErrorClass::kData, "no, thank you");
    }
  } sink;
  const db::Request request = Request(kSeries, 100'000, 13);
  EXPECT_ERROR(ErrorClass::kData, RunTask(connection_->Run(request, &sink)));
  EXPECT_TRUE(connection_->healthy());
  EXPECT_OK(Execute(*connection_, "INSERT INTO t VALUES (1)"));
}

}  // namespace
}  // namespace ferro::sqlite
