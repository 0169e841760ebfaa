// Sessions: connecting, prepared statements, errors, lost connections, deadlines and abandoned
// operations.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/dialects/postgresql/server.h"

namespace ferro::postgresql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PostgresqlConnect : public ServerTest {};
class PostgresqlSession : public ServerTest {
 protected:
  int64_t Prepared() {
    return Integer("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'ferro%'");
  }
  absl::Status Fails(absl::string_view sql, const std::vector<Value>& values = {}) {
    const Answer answer = Run(sql, values);
    EXPECT_FALSE(answer.status.ok()) << sql;
    EXPECT_TRUE(connection_->healthy()) << sql;
    return answer.status;
  }
};

TEST_F(PostgresqlConnect, SetsTheSessionUp) {
  EXPECT_TRUE(connection_->healthy());
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kIdle);
  EXPECT_EQ(connection_->version().product, Product::kPostgresql);
  EXPECT_EQ(connection_->version().major * 10'000 + connection_->version().minor,
            Integer("SELECT current_setting('server_version_num')::int"));
  const std::pair<const char*, const char*> settings[] = {{"TimeZone", "UTC"},
                                                          {"client_encoding", "UTF8"},
                                                          {"standard_conforming_strings", "on"},
                                                          {"IntervalStyle", "postgres"},
                                                          {"application_name", "pyferro"}};
  for (const auto& [name, value] : settings) {
    EXPECT_EQ(Run(absl::StrCat("SELECT current_setting('", name, "')")).cell().view(), value)
        << name;
  }
  EXPECT_THAT(std::string(Run("SHOW DateStyle").cell().view()), HasSubstr("ISO"));
}

TEST_F(PostgresqlConnect, AWrongPasswordIsAuthenticationAndNeverShown) {
  db::Url url = url_;
  url.password = "not-the-s3cret";
  const auto connection = TryConnect(url);
  EXPECT_ERROR(ErrorClass::kAuthentication, connection);
  EXPECT_EQ(DetailOf(connection.status()).sqlstate, "28P01");
  EXPECT_THAT(std::string(connection.status().message()), Not(HasSubstr("s3cret")));
  EXPECT_THAT(std::string(connection.status().message()), Not(HasSubstr("\n")));
}

TEST_F(PostgresqlConnect, AnUnknownRoleIsAuthentication) {
  db::Url url = url_;
  url.user = "nobody_of_this_name";
  EXPECT_ERROR(ErrorClass::kAuthentication, TryConnect(url));
}

TEST_F(PostgresqlConnect, AMissingDatabaseSaysWhatToDo) {
  db::Url url = url_;
  url.database = "no_such_database";
  const auto connection = TryConnect(url);
  EXPECT_ERROR(ErrorClass::kConnection, connection);
  EXPECT_THAT(DetailOf(connection.status()).hint, HasSubstr("create the database"));
}

TEST_F(PostgresqlConnect, TlsThatTheServerDoesNotOfferIsNotGivenUpSilently) {
  if (Run("SHOW ssl").cell().view() == "on") GTEST_SKIP() << "this server offers TLS";
  db::Url url = url_;
  url.tls = "require";
  const auto connection = TryConnect(url);
  EXPECT_ERROR(ErrorClass::kConnection, connection);
  EXPECT_THAT(DetailOf(connection.status()).hint, HasSubstr("tls_ca"));
}

TEST_F(PostgresqlConnect, NamesTheAddressWhereNobodyListens) {
  db::Url url = url_;
  url.host = "127.0.0.1";
  url.port = 1;
  const auto connection = TryConnect(url);
  EXPECT_ERROR(ErrorClass::kConnection, connection);
  EXPECT_THAT(std::string(connection.status().message()), HasSubstr("127.0.0.1:1: "));
}

// A listening socket that never answers.
class SilentServer {
 public:
  SilentServer() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd_, 8), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { close(fd_); }
  int port() const { return port_; }

 private:
  int fd_ = socket(AF_INET, SOCK_STREAM, 0);
  int port_ = 0;
};

TEST_F(PostgresqlConnect, GivesUpAtTheDeadline) {
  SilentServer silent;
  db::Url url = url_;
  url.host = "127.0.0.1";
  url.port = silent.port();
  const absl::Time start = absl::Now();
  const auto connection =
      testing::RunTask(driver_->Connect(url, absl::Now() + absl::Milliseconds(100)));
  EXPECT_ERROR(ErrorClass::kConnection, connection);
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST_F(PostgresqlConnect, CanBeAbandonedAtEverySuspension) {
  db::Url url = url_;
  url.application_name = absl::StrCat("abandoned ", getpid());
  for (int steps = 0;; ++steps) {
    Stepper connecting(driver_->Connect(url, absl::Now() + absl::Seconds(10)));
    bool ended = false;
    for (int i = 0; i < steps && !ended; ++i) ended = !connecting.Step();
    if (ended) break;
  }
  // The sessions given up are gone on the server as well.
  Await(*connection_,
        absl::StrCat("SELECT (count(*) = 0)::int FROM pg_stat_activity WHERE application_name = '",
                     url.application_name, "'"));
}

TEST_F(PostgresqlSession, CountsTheRowsItTouched) {
  Script("CREATE TEMP TABLE t (n int)");
  EXPECT_EQ(Run("INSERT INTO t SELECT generate_series(1, 5)").outcome.rows_affected, 5);
  EXPECT_EQ(Run("UPDATE t SET n = n WHERE n > 3").outcome.rows_affected, 2);
  EXPECT_EQ(Run("SELECT n FROM t").outcome.rows_affected, 5);
  EXPECT_EQ(Run("DELETE FROM t").outcome.rows_affected, 5);
  for (const int rows : {0, 1, 256, 1023, 1024, 1025, 2048, 5000}) {
    const Answer answer = Run(absl::StrCat("SELECT generate_series(1, ", rows, ")"));
    EXPECT_EQ(answer.outcome.rows_affected, rows);
    EXPECT_EQ(answer.rows.size(), static_cast<size_t>(rows));
  }
  EXPECT_EQ(Run("CREATE TEMP TABLE u (n int)").outcome.rows_affected, 0);
}

TEST_F(PostgresqlSession, AHundredThousandRowsComeInOrder) {
  int64_t next = 1;
  size_t batches = 0;
  class Counting final : public db::RowSink {
   public:
    Counting(int64_t& expected, size_t& seen) : expected_(expected), seen_(seen) {}
    runtime::Task<absl::Status> Accept(Batch& batch) override {
      ++seen_;
      for (size_t i = 0; i < batch.rows(); ++i, ++expected_) {
        if (batch.row(i)[0].integer != expected_ ||
            batch.row(i)[1].view() != absl::StrCat("row ", expected_)) {
          co_return absl::InternalError(absl::StrCat("not row ", expected_));
        }
      }
      co_return absl::OkStatus();
    }

   private:
    int64_t& expected_;
    size_t& seen_;
  } sink(next, batches);
  db::Request request;
  request.sql = "SELECT g, 'row ' || g FROM generate_series(1, 100000) g";
  request.returns_rows = true;
  for (const uint64_t id : {0, 1, 1}) {
    next = 1;
    batches = 0;
    request.statement_id = id;
    const auto outcome = testing::RunTask(connection_->Run(request, &sink));
    ASSERT_OK(outcome);
    EXPECT_EQ(outcome->rows_affected, 100'000);
    EXPECT_EQ(next, 100'001);
    EXPECT_GE(batches, 98u);
  }
}

TEST_F(PostgresqlSession, TransactionStateIsWhatTheServerSays) {
  Script("BEGIN");
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kActive);
  EXPECT_EQ(ClassOf(Fails("SELECT 1/0")), ErrorClass::kData);
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kFailed);
  EXPECT_EQ(ClassOf(Fails("SELECT 1")), ErrorClass::kFailedTransaction);
  Script("ROLLBACK");
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kIdle);
}

TEST_F(PostgresqlSession, AScriptStopsAtItsFirstError) {
  const absl::Status status =
      testing::RunTask(connection_->Script("SELECT 1; SELECT nothing_here; SELECT 2"));
  EXPECT_ERROR(ErrorClass::kUndefined, status);
  EXPECT_TRUE(connection_->healthy());
  Script("");
  EXPECT_EQ(Integer("SELECT 7"), 7);
}

TEST_F(PostgresqlSession, ConstraintErrorsSayWhatWasViolated) {
  Script(
      "CREATE TEMP TABLE p (id int PRIMARY KEY, a int, b int, UNIQUE (a, b));"
      "CREATE TEMP TABLE c (p_id int REFERENCES p, n int NOT NULL, k int CONSTRAINT small CHECK (k "
      "< 9));"
      "INSERT INTO p VALUES (1, 4711, 4712)");
  absl::Status status = Fails("INSERT INTO p VALUES (2, 4711, 4712)");
  EXPECT_ERROR(ErrorClass::kUnique, status);
  EXPECT_EQ(DetailOf(status).constraint, "p_a_b_key");
  EXPECT_EQ(DetailOf(status).table, "p");
  EXPECT_EQ(DetailOf(status).column, "a,b");
  EXPECT_EQ(DetailOf(status).sqlstate, "23505");
  EXPECT_EQ(DetailOf(status).sql, "INSERT INTO p VALUES (2, 4711, 4712)");
  EXPECT_THAT(DetailOf(status).detail, HasSubstr("4711"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("4711")));
  status = Fails("INSERT INTO c VALUES (5, 1, 1)");
  EXPECT_ERROR(ErrorClass::kForeignKey, status);
  EXPECT_EQ(DetailOf(status).constraint, "c_p_id_fkey");
  status = Fails("INSERT INTO c VALUES (1, NULL, 1)");
  EXPECT_ERROR(ErrorClass::kNotNull, status);
  EXPECT_EQ(DetailOf(status).column, "n");
  EXPECT_EQ(DetailOf(status).constraint, "c_n_not_null");
  status = Fails("INSERT INTO c VALUES (1, 1, 10)");
  EXPECT_ERROR(ErrorClass::kCheck, status);
  EXPECT_EQ(DetailOf(status).constraint, "small");
}

TEST_F(PostgresqlSession, OtherErrorsHaveTheirClass) {
  Script("CREATE TEMP TABLE t (s varchar(3), n int2)");
  EXPECT_EQ(ClassOf(Fails("SELEKT 1")), ErrorClass::kSyntax);
  EXPECT_EQ(ClassOf(Fails("SELECT * FROM no_such_table")), ErrorClass::kUndefined);
  EXPECT_EQ(ClassOf(Fails("SELECT no_such_column FROM t")), ErrorClass::kUndefined);
  EXPECT_EQ(ClassOf(Fails("SELECT no_such_function(1)")), ErrorClass::kUndefined);
  EXPECT_EQ(ClassOf(Fails("CREATE TEMP TABLE t (n int)")), ErrorClass::kDuplicateObject);
  EXPECT_EQ(ClassOf(Fails("INSERT INTO t (s) VALUES ('long')")), ErrorClass::kStringTooLong);
  EXPECT_EQ(ClassOf(Fails("INSERT INTO t (n) VALUES ($1)", {Value::Int64(40'000)})),
            ErrorClass::kOutOfRange);
  EXPECT_EQ(ClassOf(Fails("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SELECT 1")),
            ErrorClass::kSyntax);
  Script("BEGIN READ ONLY");
  EXPECT_EQ(ClassOf(Fails("CREATE TABLE nowhere (n int)")), ErrorClass::kReadOnly);
  Script("ROLLBACK");
  Script("SET statement_timeout = 20");
  EXPECT_EQ(ClassOf(Fails("SELECT pg_sleep(10)")), ErrorClass::kTimeout);
  Script("SET statement_timeout = 0");
  const absl::Status text = Fails("SELECT $1::text::int", {Value::Bytes(Type::kText, "s3cret")});
  EXPECT_ERROR(ErrorClass::kInvalidText, text);
  EXPECT_THAT(std::string(text.message()), Not(HasSubstr("s3cret")));
}

TEST_F(PostgresqlSession, LocksOfAnotherSessionHaveTheirClass) {
  const auto other = Connect();
  Script("DROP TABLE IF EXISTS ferro_locks; CREATE TABLE ferro_locks AS SELECT 1 AS n");
  ASSERT_OK(testing::RunTask(other->Script("BEGIN; SELECT * FROM ferro_locks FOR UPDATE")));
  EXPECT_EQ(ClassOf(Fails("SELECT * FROM ferro_locks FOR UPDATE NOWAIT")), ErrorClass::kLock);
  Script("SET lock_timeout = 20");
  EXPECT_EQ(ClassOf(Fails("UPDATE ferro_locks SET n = 2")), ErrorClass::kLock);
  ASSERT_OK(testing::RunTask(other->Script("ROLLBACK")));
  Script("DROP TABLE ferro_locks");
}

TEST_F(PostgresqlSession, SerializationFailuresAndDeadlocksHaveTheirClass) {
  const auto other = Connect();
  Script(
      "DROP TABLE IF EXISTS ferro_rows; CREATE TABLE ferro_rows AS SELECT generate_series(1, 2) AS "
      "n");
  Script("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM ferro_rows");
  EXPECT_OK(Run(*other, "UPDATE ferro_rows SET n = n WHERE n = 1").status);
  EXPECT_EQ(ClassOf(Fails("UPDATE ferro_rows SET n = n WHERE n = 1")), ErrorClass::kSerialization);
  Script("ROLLBACK");

  Script("BEGIN; SET LOCAL deadlock_timeout = 50; UPDATE ferro_rows SET n = n WHERE n = 1");
  ASSERT_OK(testing::RunTask(other->Script(
      "BEGIN; SET LOCAL deadlock_timeout = '10s'; UPDATE ferro_rows SET n = n WHERE n = 2")));
  db::Request request;
  request.sql = "UPDATE ferro_rows SET n = n WHERE n = 1";
  {
    Stepper waiting(other->Run(request, nullptr));
    ASSERT_TRUE(waiting.Step());
    const auto third = Connect();
    Await(*third, "SELECT (count(*) = 1)::int FROM pg_locks WHERE NOT granted");
    EXPECT_EQ(ClassOf(Fails("UPDATE ferro_rows SET n = n WHERE n = 2")), ErrorClass::kDeadlock);
    Script("ROLLBACK");
    EXPECT_OK(waiting.Finish());
  }
  ASSERT_OK(testing::RunTask(other->Script("ROLLBACK")));
  Script("DROP TABLE ferro_rows");
}

TEST_F(PostgresqlSession, ARowThatCannotBeReadLeavesTheSessionUsable) {
  for (const uint64_t id : {0, 1, 1}) {
    const Answer answer =
        Run("SELECT CASE WHEN g = 5000 THEN 'infinity' ELSE '2024-01-01' END::date AS day "
            "FROM generate_series(1, 10000) g",
            {}, id);
    EXPECT_ERROR(ErrorClass::kOutOfRange, answer.status);
    EXPECT_EQ(DetailOf(answer.status).column, "day");
    ASSERT_TRUE(connection_->healthy());
    EXPECT_EQ(Integer("SELECT 7"), 7);
  }
}

TEST_F(PostgresqlSession, ASinkThatRefusesLeavesTheSessionUsable) {
  class Refusing final : public db::RowSink {
   public:
    runtime::Task<absl::Status> Accept(Batch&) override {
      ++calls;
      co_return MakeError(ErrorClass::kCancelled, "enough");
    }
    int calls = 0;
  } sink;
  db::Request request;
  request.sql = "SELECT g FROM generate_series(1, 10000) g";
  request.returns_rows = true;
  const auto outcome = testing::RunTask(connection_->Run(request, &sink));
  EXPECT_ERROR(ErrorClass::kCancelled, outcome);
  EXPECT_EQ(sink.calls, 1);
  EXPECT_TRUE(connection_->healthy());
  EXPECT_EQ(Integer("SELECT 7"), 7);
}

TEST_F(PostgresqlSession, AnErrorAfterSomeRowsIsAnError) {
  const Answer answer = Run("SELECT 1 / (5000 - g) FROM generate_series(1, 10000) g");
  EXPECT_ERROR(ErrorClass::kData, answer.status);
  EXPECT_EQ(Integer("SELECT 7"), 7);
}

TEST_F(PostgresqlSession, PreparesAStatementOnce) {
  for (int64_t i = 0; i < 5; ++i) {
    const Answer answer = Run("SELECT $1 + 1", {Value::Int64(i)}, 9);
    ASSERT_OK(answer.status);
    EXPECT_EQ(answer.cell().integer, i + 1);
  }
  EXPECT_EQ(Prepared(), 1);
}

TEST_F(PostgresqlSession, AStatementThatFailsToPrepareIsNotKept) {
  EXPECT_ERROR(ErrorClass::kUndefined, Run("SELECT * FROM later", {}, 9).status);
  EXPECT_EQ(Prepared(), 0);
  Script("CREATE TEMP TABLE later AS SELECT 7 AS n");
  EXPECT_EQ(Run("SELECT * FROM later", {}, 9).cell().integer, 7);
}

TEST_F(PostgresqlSession, AStatementThatFailsToRunIsKept) {
  EXPECT_ERROR(ErrorClass::kData, Run("SELECT 1 / $1", {Value::Int64(0)}, 9).status);
  EXPECT_EQ(Prepared(), 1);
  EXPECT_EQ(Run("SELECT 1 / $1", {Value::Int64(1)}, 9).cell().integer, 1);
}

TEST_F(PostgresqlSession, TheServerHoldsNoMoreStatementsThanTheCache) {
  url_.statement_cache = 4;
  connection_ = Connect();
  for (uint64_t id = 1; id <= 40; ++id) {
    const Answer answer = Run(absl::StrCat("SELECT ", id), {}, id);
    ASSERT_OK(answer.status);
    ASSERT_EQ(answer.cell().integer, static_cast<int64_t>(id));
    ASSERT_LE(Prepared(), 5);  // the one given up is closed along with the next
  }
  EXPECT_EQ(Run("SELECT 40", {}, 40).cell().integer, 40);
  EXPECT_EQ(Run("SELECT 1", {}, 1).cell().integer, 1);
}

TEST_F(PostgresqlSession, TheOneUsedLeastRecentlyGoesFirst) {
  url_.statement_cache = 2;
  connection_ = Connect();
  Run("SELECT 1", {}, 1);
  Run("SELECT 2", {}, 2);
  Run("SELECT 1", {}, 1);
  Run("SELECT 3", {}, 3);  // gives up 2
  Run("SELECT 4", {}, 4);  // closes 2, gives up 1
  EXPECT_EQ(Integer("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 2'"), 0);
  EXPECT_EQ(Integer("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 3'"), 1);
}

TEST_F(PostgresqlSession, ALongTransactionDoesNotPrepareWithoutEnd) {
  url_.statement_cache = 4;
  connection_ = Connect();
  Script("BEGIN");
  for (uint64_t id = 1; id <= 40; ++id) {
    ASSERT_EQ(Run(absl::StrCat("SELECT ", id), {}, id).cell().integer, static_cast<int64_t>(id));
  }
  EXPECT_LE(Prepared(), 8);
  Script("COMMIT");
  Run("SELECT 100", {}, 100);
  EXPECT_LE(Prepared(), 8);
  Run("SELECT 101", {}, 101);
  EXPECT_LE(Prepared(), 5);
}

TEST_F(PostgresqlSession, PreparingOnlyInTransactionsGoesOnForEver) {
  url_.statement_cache = 4;
  connection_ = Connect();
  for (uint64_t id = 1; id <= 60; ++id) {
    Script("BEGIN");
    ASSERT_OK(Run(absl::StrCat("SELECT ", id), {}, id).status);
    ASSERT_LE(Prepared(), 8);
    ASSERT_EQ(
        Integer(absl::StrCat(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT ", id, "'")),
        1);
    Script("COMMIT");
  }
}

TEST_F(PostgresqlSession, WithoutACacheNothingIsPrepared) {
  url_.statement_cache = 0;
  connection_ = Connect();
  EXPECT_EQ(Run("SELECT 7", {}, 9).cell().integer, 7);
  EXPECT_EQ(Prepared(), 0);
}

TEST_F(PostgresqlSession, AlteringATableIsNotSeenOutsideATransaction) {
  Script("CREATE TEMP TABLE t AS SELECT 7 AS n");
  ASSERT_OK(Run("SELECT * FROM t", {}, 9).status);
  Script("ALTER TABLE t ADD COLUMN s text DEFAULT 'x'");
  const Answer answer = Run("SELECT * FROM t", {}, 9);
  ASSERT_OK(answer.status);
  EXPECT_EQ(answer.cell(0, 1).view(), "x");
  EXPECT_OK(Run("SELECT * FROM t", {}, 9).status);
}

TEST_F(PostgresqlSession, AlteringATableInATransactionIsAnErrorWithAHint) {
  Script("CREATE TEMP TABLE t AS SELECT 7 AS n");
  ASSERT_OK(Run("SELECT * FROM t", {}, 9).status);
  Script("BEGIN; ALTER TABLE t ADD COLUMN s text");
  const Answer answer = Run("SELECT * FROM t", {}, 9);
  EXPECT_ERROR(ErrorClass::kUnsupported, answer.status);
  EXPECT_THAT(DetailOf(answer.status).hint, HasSubstr("altered"));
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kFailed);
  Script("ROLLBACK");
  EXPECT_OK(Run("SELECT * FROM t", {}, 9).status);
}

TEST_F(PostgresqlSession, StatementsThatSomebodyDiscardedArePreparedAnew) {
  for (uint64_t id = 1; id <= 3; ++id) Run("SELECT 7", {}, id);
  Script("DEALLOCATE ALL");
  for (uint64_t id = 1; id <= 3; ++id) EXPECT_EQ(Run("SELECT 7", {}, id).cell().integer, 7);
  // A close of one that is gone spoils nothing either.
  url_.statement_cache = 1;
  connection_ = Connect();
  Run("SELECT 1", {}, 1);
  Run("SELECT 2", {}, 2);
  Script("DEALLOCATE ALL");
  EXPECT_EQ(Run("SELECT 3", {}, 3).cell().integer, 3);
  EXPECT_EQ(Integer("SELECT 7"), 7);
}

TEST_F(PostgresqlSession, AnUntypedNullDoesNotFixTheTypeForLater) {
  Script("CREATE TEMP TABLE t (n int)");
  const char* insert = "INSERT INTO t VALUES ($1)";
  EXPECT_OK(Run(insert, {Value::Null()}, 9).status);
  EXPECT_OK(Run(insert, {Value::Int64(5)}, 9).status);
  EXPECT_EQ(Integer("SELECT sum(n)::int FROM t"), 5);
}

TEST_F(PostgresqlSession, CopyIsRefusedAndTheSessionGivenUp) {
  const Answer answer = Run("COPY (SELECT 1) TO STDOUT");
  EXPECT_ERROR(ErrorClass::kUnsupported, answer.status);
  EXPECT_FALSE(connection_->healthy());
  connection_ = Connect();
  EXPECT_FALSE(Run("COPY (SELECT 1) TO STDOUT", {}, 9).status.ok());
  connection_ = Connect();
  EXPECT_ERROR(ErrorClass::kUnsupported,
               testing::RunTask(connection_->Script("COPY (SELECT 1) TO STDOUT")));
  EXPECT_FALSE(connection_->healthy());
}

TEST_F(PostgresqlSession, AStatementWithNulIsRefusedBeforeItIsSent) {
  EXPECT_ERROR(ErrorClass::kInvalidArgument, Run(absl::string_view("SELECT 1\0", 9)).status);
  EXPECT_ERROR(ErrorClass::kInvalidText,
               Run("SELECT $1", {Value::Bytes(Type::kText, absl::string_view("\0", 1))}).status);
  EXPECT_TRUE(connection_->healthy());
}

TEST_F(PostgresqlSession, AKilledBackendIsALostConnection) {
  const auto other = Connect();
  for (const uint64_t id : {0, 1}) {
    for (const char* sql :
         {"SELECT pg_sleep(30)",
          "SELECT g, repeat('x', 1000), pg_sleep(0.001) FROM generate_series(1, 100000) g"}) {
      connection_ = Connect();
      const int64_t pid = Integer("SELECT pg_backend_pid()");
      db::Request request;
      request.statement_id = id;
      request.sql = sql;
      request.returns_rows = true;
      testing::EachRow sink([](std::span<const Value>) {});
      Stepper running(connection_->Run(request, &sink));
      ASSERT_TRUE(running.Step());
      Await(*other,
            absl::StrCat("SELECT (state = 'active')::int FROM pg_stat_activity WHERE pid = ", pid));
      Integer(*other, absl::StrCat("SELECT pg_terminate_backend(", pid, ")::int"));
      const auto outcome = running.Finish();
      EXPECT_ERROR(ErrorClass::kConnection, outcome);
      EXPECT_EQ(DetailOf(outcome.status()).sqlstate, "57P01");
      EXPECT_FALSE(connection_->healthy());
      EXPECT_ERROR(ErrorClass::kConnection, Run("SELECT 1").status);
      EXPECT_ERROR(ErrorClass::kConnection, testing::RunTask(connection_->Script("SELECT 1")));
    }
  }
}

TEST_F(PostgresqlSession, ABackendKilledWhileIdleIsFoundByTheNextStatement) {
  const auto other = Connect();
  for (const bool script : {false, true}) {
    connection_ = Connect();
    const int64_t pid = Integer("SELECT pg_backend_pid()");
    Integer(*other, absl::StrCat("SELECT pg_terminate_backend(", pid, ")::int"));
    Await(*other,
          absl::StrCat("SELECT (count(*) = 0)::int FROM pg_stat_activity WHERE pid = ", pid));
    const absl::Status status =
        script ? testing::RunTask(connection_->Script("BEGIN")) : Run("SELECT 1", {}, 9).status;
    EXPECT_ERROR(ErrorClass::kConnection, status);
    EXPECT_FALSE(connection_->healthy());
  }
}

TEST_F(PostgresqlSession, TheDeadlineEndsAStatement) {
  db::Request request;
  request.sql = "SELECT pg_sleep(30)";
  const absl::Time start = absl::Now();
  const auto outcome =
      testing::RunTask(Within(absl::Milliseconds(50), connection_->Run(request, nullptr)));
  EXPECT_ERROR(ErrorClass::kTimeout, outcome);
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_FALSE(connection_->healthy());
}

TEST_F(PostgresqlSession, AnAbandonedStatementLeavesTheConnectionUnhealthy) {
  {
    db::Request request;
    request.sql = "SELECT pg_sleep(30)";
    Stepper running(connection_->Run(request, nullptr));
    ASSERT_TRUE(running.Step());
  }
  EXPECT_FALSE(connection_->healthy());
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kUnknown);
  EXPECT_ERROR(ErrorClass::kClosed, Run("SELECT 1").status);
  // The server is told to stop, and the session is as new.
  const absl::Time start = absl::Now();
  ASSERT_TRUE(connection_->recoverable());
  EXPECT_OK(testing::RunTask(connection_->Recover()));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kIdle);
  EXPECT_EQ(Integer("SELECT 7"), 7);
}

TEST_F(PostgresqlSession, ATransactionThatWasLeftIsRolledBack) {
  Script("CREATE TEMP TABLE left_half_way (n int)");
  Script("BEGIN");
  Script("INSERT INTO left_half_way VALUES (1)");
  ASSERT_TRUE(connection_->recoverable());
  EXPECT_OK(testing::RunTask(connection_->Recover()));
  EXPECT_EQ(Integer("SELECT count(*)::int FROM left_half_way"), 0);
}

// One that comes when the statement has just ended must not meet the next one.
TEST_F(PostgresqlSession, ALateCancellationMeetsNothing) {
  for (int i = 0; i < 100; ++i) {
    {
      db::Request request;
      request.statement_id = static_cast<uint64_t>(i % 3);
      request.sql = "SELECT pg_sleep(0.0005)";
      Stepper running(connection_->Run(request, nullptr));
      ASSERT_TRUE(running.Step());
      absl::SleepFor(absl::Microseconds(i * 15));
    }
    ASSERT_OK(testing::RunTask(connection_->Recover()));
    for (int n = 0; n < 3; ++n) ASSERT_EQ(Integer("SELECT 7"), 7) << i;
  }
}

// Suspends at each batch, as a streaming reader does.
class Showing final : public db::RowSink {
 public:
  runtime::Task<absl::Status> Accept(Batch& batch) override {
    co_await runtime::ShowBatch(batch);
    co_return absl::OkStatus();
  }
};

TEST_F(PostgresqlSession, CanBeAbandonedAtEverySuspension) {
  for (const uint64_t id : {0, 1}) {
    for (int steps = 1;; ++steps) {
      connection_ = Connect();
      Showing sink;
      db::Request request;
      request.statement_id = id;
      request.sql = "SELECT g, 'x' FROM generate_series(1, 3000) g";
      request.returns_rows = true;
      bool ended = false;
      {
        Stepper running(connection_->Run(request, &sink));
        for (int i = 0; i < steps && !ended; ++i) ended = !running.Step();
      }
      EXPECT_EQ(connection_->healthy(), ended);
      if (ended) break;
      ASSERT_OK(testing::RunTask(connection_->Recover()));
      ASSERT_TRUE(connection_->healthy());
      EXPECT_EQ(Integer("SELECT 7"), 7);
      testing::EachRow ignored([](std::span<const Value>) {});
      EXPECT_OK(testing::RunTask(connection_->Run(request, &ignored)));
      EXPECT_EQ(Integer("SELECT (count(*) <= 1)::int FROM pg_prepared_statements"), 1);
      ASSERT_LT(steps, 1000);
    }
  }
}

TEST_F(PostgresqlSession, ParametersLargerThanTheSocketsBuffersGoThrough) {
  const std::string large(20'000'000, 'x');
  for (const uint64_t id : {0, 1, 1}) {
    const Answer answer = Run("SELECT length($1), $1", {Value::Bytes(Type::kText, large)}, id);
    ASSERT_OK(answer.status);
    EXPECT_EQ(answer.cell(0, 0).integer, 20'000'000);
    EXPECT_EQ(answer.cell(0, 1).size, 20'000'000u);
  }
}

TEST_F(PostgresqlSession, TakesAsManyParametersAsTheProtocolCounts) {
  const std::vector<Value> values(65'535, Value::Int64(1));
  std::string sql = "SELECT $1";
  for (size_t i = 2; i <= values.size(); ++i)
    absl::StrAppend(&sql, i % 1000 == 0 ? "\n+$" : "+$", i);
  // Deep sums hit the server's stack limit before its parameter limit: as one array constructor
  // instead.
  sql = "SELECT cardinality(ARRAY[$1";
  for (size_t i = 2; i <= values.size(); ++i) absl::StrAppend(&sql, ",$", i);
  sql += "])";
  EXPECT_EQ(Run(sql, values).cell().integer, 65'535);
}

}  // namespace
}  // namespace ferro::postgresql
