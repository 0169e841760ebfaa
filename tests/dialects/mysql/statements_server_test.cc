// Running statements: counts, generated keys, batches, the cache of prepared statements, altered
// tables, procedures, and sinks that fail.
#include "absl/strings/numbers.h"
#include "tests/dialects/mysql/server.h"

namespace ferro::mysql {
namespace {

class MysqlStatements : public ServerTest {
 protected:
  // Prepared statements that this session holds at the server.
  int64_t Held(db::Connection& connection) {
    // The question itself is prepared too.
    const std::string sql = "SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'";
    const Answer answer = Run(connection, sql);
    EXPECT_OK(answer.status);
    int64_t count = -1;
    EXPECT_TRUE(absl::SimpleAtoi(answer.cell(0, 1).view(), &count));
    return count - 1;
  }
};
FERRO_ON_BOTH_SERVERS(MysqlStatements);

TEST_P(MysqlStatements, CountsAndGeneratedKeys) {
  MakeTable("id INT PRIMARY KEY AUTO_INCREMENT, v INT");
  Answer answer = Run("INSERT INTO t (v) VALUES (?), (?), (?)",
                      {Value::Int64(1), Value::Int64(2), Value::Int64(3)});
  ASSERT_OK(answer.status);
  EXPECT_EQ(answer.outcome.rows_affected, 3);
  EXPECT_EQ(answer.outcome.first_insert_id, 1);
  answer = Run("INSERT INTO t (v) VALUES (9)");
  EXPECT_EQ(answer.outcome.first_insert_id, 1 + 3 * connection_->insert_id_step());
  answer = Run("UPDATE t SET v = 2 WHERE v <= 2");
  EXPECT_EQ(answer.outcome.rows_affected, 2) << "matched, not changed";
  answer = Run("SELECT * FROM t");
  EXPECT_EQ(answer.outcome.rows_affected, 4);
  EXPECT_EQ(answer.outcome.first_insert_id, 0);
  answer = Run("DELETE FROM t WHERE v = 9");
  EXPECT_EQ(answer.outcome.rows_affected, 1);
  EXPECT_EQ(answer.outcome.first_insert_id, 0);
}

TEST_P(MysqlStatements, ReturningGivesRows) {
  if (!on_mariadb()) GTEST_SKIP() << "MySQL has no RETURNING";
  MakeTable("id INT PRIMARY KEY AUTO_INCREMENT, v INT");
  const Answer answer = Run("INSERT INTO t (v) VALUES (5), (6) RETURNING id, v");
  ASSERT_OK(answer.status);
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.outcome.rows_affected, 2);
  EXPECT_EQ(answer.cell(1, 1).integer, 6);
}

TEST_P(MysqlStatements, ManyRowsComeInBatchesAndInOrder) {
  constexpr int64_t kRows = 100'000;
  Script(on_mariadb() ? "SET max_recursive_iterations=200000"
                      : "SET cte_max_recursion_depth=200000");
  struct Count final : db::RowSink {
    std::vector<size_t> sizes;
    int64_t next = 1;
    bool right = true;
    runtime::Task<absl::Status> Accept(Batch& batch) override {
      sizes.push_back(batch.rows());
      for (size_t i = 0; i < batch.rows(); ++i, ++next) {
        const auto row = batch.row(i);
        right = right && row[0].integer == next && row[1].view() == absl::StrCat("row ", next) &&
                row[2].is_null() == (next % 2 == 0);
      }
      co_return absl::OkStatus();
    }
  } sink;
  db::Request request;
  request.sql =
      "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 100000) "
      "SELECT n, CONCAT('row ', n), CASE WHEN n % 2 = 1 THEN n END FROM s";
  request.returns_rows = true;
  ASSERT_OK_AND_ASSIGN(const db::Outcome outcome,
                       testing::RunTask(connection_->Run(request, &sink)));
  EXPECT_EQ(outcome.rows_affected, kRows);
  EXPECT_EQ(sink.next, kRows + 1);
  EXPECT_TRUE(sink.right);
  ASSERT_GT(sink.sizes.size(), 2u);
  EXPECT_EQ(sink.sizes[0], 256u);
  EXPECT_EQ(sink.sizes[1], 1024u);
}

TEST_P(MysqlStatements, AnEmptyResultShowsNoBatch) {
  int accepted = 0;
  testing::EachRow sink([&](auto) { ++accepted; });
  db::Request request;
  request.sql = "SELECT 1 FROM DUAL WHERE 1 = 0";
  request.returns_rows = true;
  ASSERT_OK(testing::RunTask(connection_->Run(request, &sink)));
  EXPECT_EQ(accepted, 0);
}

// The library must know that a result without rows was read, or it waits for one at the next
// execute.
TEST_P(MysqlStatements, AnEmptyResultMayComeAgain) {
  for (int i = 0; i < 3; ++i) {
    for (const int64_t limit : {0, 2, 0}) {
      const Answer answer = Run("SELECT n FROM (SELECT 1 AS n UNION ALL SELECT 2) q WHERE n <= ?",
                                {Value::Int64(limit)}, 21);
      ASSERT_OK(answer.status);
      EXPECT_EQ(answer.rows.size(), static_cast<size_t>(limit));
    }
  }
}

TEST_P(MysqlStatements, RowsNobodyWantsAreDropped) {
  db::Request request;
  request.sql = "SELECT 1 UNION ALL SELECT 2";
  ASSERT_OK_AND_ASSIGN(const db::Outcome outcome,
                       testing::RunTask(connection_->Run(request, nullptr)));
  EXPECT_EQ(outcome.rows_affected, 2);
  EXPECT_EQ(Integer("SELECT 3"), 3);
}

TEST_P(MysqlStatements, TheCacheIsBoundedAndCloses) {
  db::Url url = url_;
  url.statement_cache = 4;
  ASSERT_OK_AND_ASSIGN(auto connection, TryConnect(url));
  const int64_t before = Held(*connection_);
  for (int round = 0; round < 3; ++round) {
    for (uint64_t id = 1; id <= 10; ++id) {
      const Answer answer =
          Run(*connection, absl::StrCat("SELECT ? + ", id), {Value::Int64(1)}, id, {Type::kInt64});
      ASSERT_OK(answer.status);
      EXPECT_EQ(answer.cell().integer, static_cast<int64_t>(id) + 1);
    }
    EXPECT_EQ(Held(*connection_), before + 4);
  }
  // 0 is not worth keeping.
  for (int i = 0; i < 10; ++i) ASSERT_OK(Run(*connection, "SELECT 1").status);
  EXPECT_EQ(Held(*connection_), before + 4);
  connection.reset();
  const absl::Time deadline = absl::Now() + absl::Seconds(5);
  while (Held(*connection_) != before && absl::Now() < deadline)
    absl::SleepFor(absl::Milliseconds(10));
  EXPECT_EQ(Held(*connection_), before);
}

TEST_P(MysqlStatements, TheLeastRecentlyUsedGoes) {
  db::Url url = url_;
  url.statement_cache = 2;
  ASSERT_OK_AND_ASSIGN(auto connection, TryConnect(url));
  const auto prepares = [&] {
    const Answer answer = Run(*connection, "SHOW SESSION STATUS LIKE 'Com_stmt_prepare'");
    int64_t count = -1;
    EXPECT_TRUE(absl::SimpleAtoi(answer.cell(0, 1).view(), &count));
    return count;
  };
  ASSERT_OK(Run(*connection, "SELECT 1", {}, 1).status);
  ASSERT_OK(Run(*connection, "SELECT 2", {}, 2).status);
  ASSERT_OK(Run(*connection, "SELECT 1", {}, 1).status);
  ASSERT_OK(Run(*connection, "SELECT 3", {}, 3).status);  // 2 goes
  int64_t count = prepares();
  ASSERT_OK(Run(*connection, "SELECT 1", {}, 1).status);
  ASSERT_OK(Run(*connection, "SELECT 3", {}, 3).status);
  EXPECT_EQ(prepares(), count + 1) << "only the question was prepared";
  count = prepares();
  ASSERT_OK(Run(*connection, "SELECT 2", {}, 2).status);
  EXPECT_EQ(prepares(), count + 2);
}

TEST_P(MysqlStatements, ACacheOfNothingWorks) {
  db::Url url = url_;
  url.statement_cache = 0;
  ASSERT_OK_AND_ASSIGN(auto connection, TryConnect(url));
  for (uint64_t id = 1; id < 4; ++id) EXPECT_OK(Run(*connection, "SELECT 1", {}, id).status);
}

TEST_P(MysqlStatements, AFailedStatementIsNotKept) {
  MakeTable("id INT PRIMARY KEY");
  Script("DROP TABLE t");
  EXPECT_ERROR(ErrorClass::kUndefined, Run("SELECT id FROM t", {}, 77).status);
  MakeTable("id INT PRIMARY KEY");
  EXPECT_OK(Run("SELECT id FROM t", {}, 77).status);
}

TEST_P(MysqlStatements, ATableMayBeAlteredUnderAPreparedStatement) {
  MakeTable("id INT PRIMARY KEY, v INT");
  Script("INSERT INTO t VALUES (1, 2)");
  EXPECT_EQ(Run("SELECT * FROM t", {}, 5).rows.at(0).size(), 2u);
  Script("ALTER TABLE t ADD COLUMN w VARCHAR(10) DEFAULT 'new'");
  for (int i = 0; i < 2; ++i) {
    const Answer answer = Run("SELECT * FROM t", {}, 5);
    ASSERT_OK(answer.status);
    ASSERT_EQ(answer.rows.at(0).size(), 3u);
    EXPECT_EQ(answer.cell(0, 2).view(), "new");
  }
  Script("ALTER TABLE t MODIFY COLUMN v VARCHAR(10)");
  const Answer answer = Run("SELECT * FROM t", {}, 5);
  ASSERT_OK(answer.status);
  EXPECT_EQ(answer.cell(0, 1).view(), "2");
  Script("ALTER TABLE t DROP COLUMN v");
  EXPECT_EQ(Run("SELECT * FROM t", {}, 5).rows.at(0).size(), 2u);
  Script("DROP TABLE t");
  EXPECT_ERROR(ErrorClass::kUndefined, Run("SELECT * FROM t", {}, 5).status);
  EXPECT_EQ(Integer("SELECT 1"), 1);
}

TEST_P(MysqlStatements, ParameterTypesMayChange) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Run("SELECT ?", {Value::Int64(7)}, 9).cell().integer, 7);
    EXPECT_EQ(Run("SELECT ?", {Value::Bytes(Type::kText, "seven")}, 9).cell().view(), "seven");
    EXPECT_TRUE(Run("SELECT ?", {Value::Null()}, 9).cell().is_null());
  }
}

TEST_P(MysqlStatements, AProcedureIsReadToItsEnd) {
  Script("DROP PROCEDURE IF EXISTS p");
  Script("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2, 'two'; SELECT 3; END");
  for (int i = 0; i < 2; ++i) {
    const Answer answer = Run("CALL p()", {}, 12);
    ASSERT_OK(answer.status);
    ASSERT_EQ(answer.rows.size(), 1u);
    EXPECT_EQ(answer.cell().integer, 1);
    EXPECT_EQ(Integer("SELECT 4"), 4);
  }
  Script("CALL p()");
  EXPECT_EQ(Integer("SELECT 5"), 5);
  Script("DROP PROCEDURE p");
}

TEST_P(MysqlStatements, ASinkThatFailsLeavesTheConnection) {
  struct Refuse final : db::RowSink {
    int calls = 0;
    runtime::Task<absl::Status> Accept(Batch&) override {
      ++calls;
      co_return MakeError(ErrorClass::kInvalidArgument, "enough");
    }
  } sink;
  Script(on_mariadb() ? "SET max_recursive_iterations=5000" : "SET cte_max_recursion_depth=5000");
  db::Request request;
  request.statement_id = 3;
  request.sql =
      "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 3000) SELECT n "
      "FROM s";
  request.returns_rows = true;
  EXPECT_ERROR(ErrorClass::kInvalidArgument, testing::RunTask(connection_->Run(request, &sink)));
  EXPECT_EQ(sink.calls, 1);
  EXPECT_TRUE(connection_->healthy());
  EXPECT_EQ(RunOn(*connection_, request).rows.size(), 3000u);
}

TEST_P(MysqlStatements, ARowThatFailsLateIsAnError) {
  MakeTable("id INT PRIMARY KEY, v INT");
  Script(on_mariadb() ? "SET max_recursive_iterations=5000" : "SET cte_max_recursion_depth=5000");
  Script(
      "INSERT INTO t WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < "
      "3000) "
      "SELECT n, IF(n = 2999, 2, n % 2) FROM s");
  const absl::Status status = Fails("SELECT v FROM t ORDER BY id", {}, {Type::kBool});
  EXPECT_ERROR(ErrorClass::kBadStoredValue, status);
  // The server itself gives up between rows.
  EXPECT_ERROR(ErrorClass::kOutOfRange,
               Fails("SELECT id, 9223372036854775807 + (id >= 2999) FROM t"));
}

TEST_P(MysqlStatements, ScriptsTakeOneStatement) {
  EXPECT_ERROR(ErrorClass::kSyntax, testing::RunTask(connection_->Script("SELECT 1; SELECT 2")));
  EXPECT_TRUE(connection_->healthy());
  Script("SELECT 1 UNION ALL SELECT 2");
  EXPECT_EQ(Integer("SELECT 6"), 6);
}

TEST_P(MysqlStatements, LocalFilesAreNotSent) {
  MakeTable("v TEXT");
  EXPECT_FALSE(
      testing::RunTask(connection_->Script("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t"))
          .ok());
  auto again = connection_->healthy() ? std::move(connection_) : Connect();
  EXPECT_EQ(Integer(*again, "SELECT COUNT(*) FROM t"), 0);
}

TEST_P(MysqlStatements, ArrayParametersAreRefused) {
  const Value values[] = {Value::Int64(1), Value::Int64(2)};
  const db::Parameter parameter{values, 2, 1, Type::kInt64, true};
  db::Request request;
  request.sql = "SELECT ?";
  request.parameters = {&parameter, 1};
  EXPECT_ERROR(ErrorClass::kInternal, testing::RunTask(connection_->Run(request, nullptr)));
}

}  // namespace
}  // namespace ferro::mysql
