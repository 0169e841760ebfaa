// Sessions: connecting and being refused, their settings, transactions as the server sees them, and
// what breaks them.
#include <arpa/inet.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/dialects/mysql/server.h"
#include "tests/dialects/mysql/slow_proxy.h"

namespace ferro::mysql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MysqlConnection : public ServerTest {};
FERRO_ON_BOTH_SERVERS(MysqlConnection);

// Bytes that the process holds from malloc: a sanitizer's count where there is one.
extern "C" size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));
size_t AllocatedBytes() {
  if (__sanitizer_get_current_allocated_bytes != nullptr) {
    return __sanitizer_get_current_allocated_bytes();
  }
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// A listening socket that never answers, for the time of a test.
class SilentServer {
 public:
  SilentServer() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
    listen(fd_, 8);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { Close(); }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }
  int fd() const { return fd_; }
  int port() const { return port_; }

 private:
  int fd_;
  int port_ = 0;
};

TEST_P(MysqlConnection, SetsTheSessionUp) {
  EXPECT_TRUE(connection_->healthy());
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kIdle);
  EXPECT_THAT(Text("SELECT VERSION()"), HasSubstr(absl::StrCat(connection_->version().major, ".",
                                                               connection_->version().minor, ".",
                                                               connection_->version().patch)));
  EXPECT_EQ(Text("SELECT @@time_zone"), "+00:00");
  EXPECT_THAT(Text("SELECT @@sql_mode"), HasSubstr("STRICT_TRANS_TABLES"));
  EXPECT_THAT(Text("SELECT @@sql_mode"), HasSubstr("PIPES_AS_CONCAT"));
  EXPECT_EQ(Text("SELECT @@character_set_client"), "utf8mb4");
  EXPECT_EQ(Text("SELECT @@character_set_results"), "utf8mb4");
  EXPECT_GE(Integer("SELECT @@group_concat_max_len"), 1 << 30);
  EXPECT_EQ(Integer("SELECT 'a' = 'A'"), 0) << "text is compared by its bytes";
  EXPECT_EQ(Integer("SELECT 'a' = 'a '"), 0) << "without padding";
  EXPECT_EQ(connection_->insert_id_step(), Integer("SELECT @@auto_increment_increment"));
}

TEST_P(MysqlConnection, LocalhostIsTcp) {
  db::Url url = url_;
  url.host = "localhost";
  ASSERT_OK_AND_ASSIGN(auto connection, TryConnect(url));
  EXPECT_EQ(Integer(*connection, "SELECT @@port"), url_.port);
}

TEST_P(MysqlConnection, ConnectsThroughAUnixSocket) {
  db::Url url = url_;
  url.host = Text("SELECT @@socket");
  ASSERT_THAT(url.host, ::testing::StartsWith("/"));
  url.port = 0;
  ASSERT_OK_AND_ASSIGN(auto connection, TryConnect(url));
  EXPECT_EQ(Integer(*connection, "SELECT 1"), 1);
  url.host += ".missing";
  const auto missing = TryConnect(url);
  EXPECT_ERROR(ErrorClass::kConnection, missing);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr(url.host));
}

TEST_P(MysqlConnection, AWrongPasswordIsAuthenticationAndNeverShown) {
  db::Url url = url_;
  url.password = "not-the-s3cret";
  const auto connection = TryConnect(url);
  EXPECT_ERROR(ErrorClass::kAuthentication, connection);
  EXPECT_EQ(DetailOf(connection.status()).native_code, 1045);
  EXPECT_THAT(connection.status().ToString(), Not(HasSubstr("s3cret")));
  EXPECT_THAT(DetailOf(connection.status()).detail, Not(HasSubstr("s3cret")));
}

TEST_P(MysqlConnection, AMissingDatabaseSaysWhatToDo) {
  db::Url url = url_;
  url.database = "no_such_database";
  const auto connection = TryConnect(url);
  EXPECT_ERROR(ErrorClass::kConnection, connection);
  EXPECT_THAT(DetailOf(connection.status()).hint, HasSubstr("create the database"));
}

TEST_P(MysqlConnection, AServerThatIsDownIsNamed) {
  SilentServer server;
  server.Close();
  db::Url url = url_;
  url.host = "127.0.0.1";
  url.port = server.port();
  const auto connection = TryConnect(url);
  EXPECT_ERROR(ErrorClass::kConnection, connection);
  EXPECT_THAT(std::string(connection.status().message()),
              HasSubstr(absl::StrCat("127.0.0.1:", server.port())));
}

TEST_P(MysqlConnection, ASilentServerMeetsTheDeadline) {
  SilentServer server;
  db::Url url = url_;
  url.host = "127.0.0.1";
  url.port = server.port();
  const absl::Time start = absl::Now();
  const auto connection = TryConnect(url, absl::Milliseconds(200));
  EXPECT_ERROR(ErrorClass::kConnection, connection);
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  EXPECT_THAT(std::string(connection.status().message()), HasSubstr(absl::StrCat(server.port())));
}

TEST_P(MysqlConnection, AServerThatHangsUpIsAConnectionError) {
  SilentServer server;
  std::thread peer([&] { close(accept(server.fd(), nullptr, nullptr)); });
  db::Url url = url_;
  url.host = "127.0.0.1";
  url.port = server.port();
  EXPECT_ERROR(ErrorClass::kConnection, TryConnect(url));
  peer.join();
}

// Connecting is left at each of its suspensions; sanitizers look for what is left behind.
TEST_P(MysqlConnection, ConnectingCanBeAbandonedAnywhere) {
  SlowProxy proxy(url_.host, url_.port, 16'384);
  db::Url url = url_;
  url.port = proxy.port();
  for (const char* tls : {"disable", "prefer"}) {
    url.tls = tls;
    int suspensions = 0;
    for (int stop = 0;; ++stop) {
      Stepper stepper(driver_->Connect(url, absl::Now() + absl::Seconds(10)));
      int step = 0;
      while (step < stop && stepper.Step()) ++step;
      if (step < stop) {
        EXPECT_OK(stepper.Take());
        break;
      }
      suspensions = stop;
    }
    EXPECT_GE(suspensions, 3) << tls;  // the greeting, the settings, the question
  }
  EXPECT_EQ(Integer("SELECT 1"), 1);
}

TEST_P(MysqlConnection, WakeUpsWithoutCauseDoNoHarm) {
  SlowProxy proxy(url_.host, url_.port, 16'384);
  db::Url url = url_;
  url.port = proxy.port();
  Stepper stepper(driver_->Connect(url, absl::Now() + absl::Seconds(10)));
  do {
    for (int i = 0; i < 3; ++i) {
      if (!stepper.Nudge()) break;
    }
  } while (stepper.Step());
  ASSERT_OK_AND_ASSIGN(auto connection, stepper.Take());
  EXPECT_EQ(Integer(*connection, "SELECT 1"), 1);
}

TEST_P(MysqlConnection, TlsIsWhatTheUrlAsksFor) {
  const auto cipher = [&](absl::string_view tls) -> absl::StatusOr<std::string> {
    db::Url url = url_;
    url.tls = std::string(tls);
    auto connection = TryConnect(url);
    if (!connection.ok()) return connection.status();
    const Answer answer = Run(**connection, "SHOW STATUS LIKE 'Ssl_cipher'");
    EXPECT_OK(answer.status);
    return std::string(answer.cell(0, 1).view());
  };
  ASSERT_OK_AND_ASSIGN(const std::string plain, cipher("disable"));
  EXPECT_EQ(plain, "");
  const bool has_tls = !on_mariadb() || Text("SELECT @@have_ssl") == "YES";
  ASSERT_OK_AND_ASSIGN(const std::string preferred, cipher("prefer"));
  EXPECT_EQ(!preferred.empty(), has_tls);
  const auto required = cipher("require");
  if (has_tls) {
    ASSERT_OK(required);
    EXPECT_NE(*required, "");
    EXPECT_ERROR(ErrorClass::kConnection,
                 cipher("verify-full"));  // nobody vouches for a test server
  } else {
    EXPECT_ERROR(ErrorClass::kConnection, required);
    EXPECT_ERROR(ErrorClass::kConnection, cipher("verify-full"));
  }
  EXPECT_ERROR(ErrorClass::kInvalidArgument, cipher("verify-ca"));  // without an authority
  EXPECT_ERROR(ErrorClass::kInvalidArgument, cipher("maybe"));

  if (on_mariadb()) return;
  db::Url url = url_;
  url.tls = "verify-ca";
  url.tls_ca = Text("SELECT @@datadir") + "ca.pem";
  if (access(url.tls_ca.c_str(), R_OK) != 0) return;  // the server is another machine's
  EXPECT_OK(TryConnect(url));
  url.tls = "prefer";  // who names an authority wants it checked
  EXPECT_ERROR(ErrorClass::kConnection, TryConnect(url));
  url.tls = "verify-full";  // the certificate that the server made for itself names no host
  EXPECT_ERROR(ErrorClass::kConnection, TryConnect(url));
  url.tls = "verify-ca";
  url.tls_ca = Text("SELECT @@datadir") + "client-cert.pem";
  EXPECT_ERROR(ErrorClass::kConnection, TryConnect(url));
}

TEST_P(MysqlConnection, TransactionStateIsTheServers) {
  MakeTable("id INT PRIMARY KEY, v INT");
  using db::TransactionState;
  Script("BEGIN");
  EXPECT_EQ(connection_->transaction_state(), TransactionState::kActive);
  EXPECT_OK(Run("INSERT INTO t VALUES (1, 1)").status);
  EXPECT_ERROR(ErrorClass::kUnique, Run("INSERT INTO t VALUES (1, 1)").status);
  EXPECT_EQ(connection_->transaction_state(), TransactionState::kActive);
  EXPECT_FALSE(testing::RunTask(connection_->Script("gibberish")).ok());
  EXPECT_EQ(connection_->transaction_state(), TransactionState::kActive);
  // Commits implicitly, then fails.
  EXPECT_ERROR(ErrorClass::kDuplicateObject, Run("CREATE TABLE t (id INT)").status);
  EXPECT_EQ(connection_->transaction_state(), TransactionState::kIdle);
  EXPECT_EQ(Integer("SELECT COUNT(*) FROM t"), 1);
  Script("BEGIN");
  Script("ROLLBACK");
  EXPECT_EQ(connection_->transaction_state(), TransactionState::kIdle);
}

TEST_P(MysqlConnection, ADeadlockEndsTheTransaction) {
  MakeTable("id INT PRIMARY KEY, v INT");
  Script("INSERT INTO t VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 0)");
  auto other = Connect();
  Script("BEGIN");
  Script(*other, "BEGIN");
  // The one that has changed less is the victim: this connection.
  ASSERT_OK(Run("UPDATE t SET v = 1 WHERE id = 1").status);
  for (int id = 2; id <= 5; ++id)
    Script(*other, absl::StrCat("UPDATE t SET v = 2 WHERE id = ", id));
  Stepper waiting(other->Script("UPDATE t SET v = 2 WHERE id = 1"));
  ASSERT_TRUE(waiting.Step());
  absl::SleepFor(absl::Milliseconds(200));
  const Answer answer = Run("UPDATE t SET v = 1 WHERE id = 2");
  EXPECT_ERROR(ErrorClass::kDeadlock, answer.status);
  EXPECT_TRUE(connection_->healthy());
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kIdle);
  while (waiting.Step()) {
  }
  EXPECT_OK(waiting.Take());
  Script(*other, "ROLLBACK");
}

TEST_P(MysqlConnection, KillBreaksIt) {
  auto other = Connect();
  const int64_t id = Integer("SELECT CONNECTION_ID()");
  db::Request request;
  request.sql = "SELECT SLEEP(20)";
  request.returns_rows = true;
  testing::EachRow sink([](auto) {});
  Stepper stepper(connection_->Run(request, &sink));
  for (int i = 0; i < 4; ++i) {  // prepared; asleep now
    ASSERT_TRUE(stepper.Nudge());
    absl::SleepFor(absl::Milliseconds(50));
  }
  Await(*other, absl::StrCat("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE "
                             "'SELECT SLEEP%' AND id = ",
                             id));
  Script(*other, absl::StrCat("KILL ", id));
  while (stepper.Step()) {
  }
  EXPECT_ERROR(ErrorClass::kConnection, stepper.Take());
  EXPECT_FALSE(connection_->healthy());
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kUnknown);
  EXPECT_ERROR(ErrorClass::kConnection, Run("SELECT 1").status);
  EXPECT_ERROR(ErrorClass::kConnection, testing::RunTask(connection_->Script("BEGIN")));
}

TEST_P(MysqlConnection, KillWhileIdleIsFoundByTheNextStatement) {
  auto other = Connect();
  const int64_t id = Integer("SELECT CONNECTION_ID()");
  Script(*other, absl::StrCat("KILL ", id));
  Await(*other,
        absl::StrCat("SELECT COUNT(*) = 0 FROM information_schema.processlist WHERE id = ", id));
  EXPECT_TRUE(connection_->healthy());
  EXPECT_ERROR(ErrorClass::kConnection, Run("SELECT 1").status);
  EXPECT_FALSE(connection_->healthy());
}

TEST_P(MysqlConnection, KillQueryLeavesItUsable) {
  MakeTable("id INT PRIMARY KEY");
  Script("INSERT INTO t VALUES (1)");
  auto other = Connect();
  Script(*other, "BEGIN");
  Script(*other, "UPDATE t SET id = 2");
  const int64_t id = Integer("SELECT CONNECTION_ID()");
  Stepper stepper(connection_->Script("UPDATE t SET id = 3"));
  ASSERT_TRUE(stepper.Step());
  absl::SleepFor(absl::Milliseconds(100));
  Script(*other, absl::StrCat("KILL QUERY ", id));
  while (stepper.Step()) {
  }
  EXPECT_ERROR(ErrorClass::kCancelled, stepper.Take());
  EXPECT_TRUE(connection_->healthy());
  Script(*other, "ROLLBACK");
  EXPECT_EQ(Integer("SELECT id FROM t"), 1);
}

TEST_P(MysqlConnection, AfterADeadlineItIsRecovered) {
  db::Request request;
  request.sql = "SELECT SLEEP(20)";
  request.returns_rows = true;
  testing::EachRow sink([](auto) {});
  const absl::Time start = absl::Now();
  EXPECT_ERROR(ErrorClass::kTimeout,
               testing::RunTask(Within(absl::Milliseconds(100), connection_->Run(request, &sink))));
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  EXPECT_FALSE(connection_->healthy());
  EXPECT_ERROR(ErrorClass::kClosed, Run("SELECT 1").status);
  ASSERT_TRUE(connection_->recoverable());
  EXPECT_OK(testing::RunTask(connection_->Recover()));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_TRUE(connection_->healthy());
  EXPECT_EQ(Integer("SELECT 7"), 7);
}

TEST_P(MysqlConnection, ATransactionThatWasLeftIsRolledBack) {
  MakeTable("id INT PRIMARY KEY");
  Script("BEGIN");
  Script("INSERT INTO t VALUES (1)");
  EXPECT_OK(testing::RunTask(connection_->Recover()));
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kIdle);
  EXPECT_EQ(Integer("SELECT COUNT(*) FROM t"), 0);
}

// One that comes when the statement has just ended must not meet the next one.
TEST_P(MysqlConnection, ALateCancellationMeetsNothing) {
  for (int i = 0; i < 30; ++i) {
    {
      db::Request request;
      request.statement_id = static_cast<uint64_t>(i % 3);
      request.sql = "SELECT SLEEP(0.01)";
      request.returns_rows = true;
      testing::EachRow sink([](auto) {});
      Stepper running(connection_->Run(request, &sink));
      for (int step = 0; step <= i % 3 && running.Nudge(); ++step) absl::SleepFor(absl::Milliseconds(1));
    }
    ASSERT_OK(testing::RunTask(connection_->Recover()));
    for (int n = 0; n < 3; ++n) ASSERT_EQ(Integer("SELECT 7"), 7) << i;
  }
}

// A statement with parameters, many rows and a full cache is left at each of its suspensions.
TEST_P(MysqlConnection, AStatementCanBeAbandonedAnywhere) {
  MakeTable("id INT PRIMARY KEY, v VARCHAR(200)");
  Script(
      "INSERT INTO t SELECT n, REPEAT('x', 200) FROM (WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL "
      "SELECT n + 1 FROM s "
      "WHERE n < 900) SELECT n FROM s) q");
  const std::string large(100'000, 'y');
  const Value value = Value::Bytes(Type::kText, large);
  const db::Parameter parameter{&value, 1, 1, Type::kText, false};
  SlowProxy proxy(url_.host, url_.port, 16'384);
  db::Url url = url_;
  url.port = proxy.port();
  url.statement_cache = 1;
  int suspensions = 0;
  for (int stop = 0;; ++stop) {
    ASSERT_OK_AND_ASSIGN(auto connection, TryConnect(url));
    ASSERT_OK(Run(*connection, "SELECT 1", {}, 1).status);
    db::Request request;
    request.statement_id = 2;
    request.sql = "SELECT id, v FROM t WHERE v <> ?";
    request.parameters = {&parameter, 1};
    request.returns_rows = true;
    int64_t rows = 0;
    testing::EachRow sink([&](auto) { ++rows; });
    {
      Stepper stepper(connection->Run(request, &sink));
      int step = 0;
      while (step < stop && stepper.Step()) ++step;
      if (step < stop) {
        EXPECT_OK(stepper.Take());
        EXPECT_EQ(rows, 900);
        EXPECT_TRUE(connection->healthy());
        break;
      }
      suspensions = stop;
    }
    EXPECT_EQ(connection->healthy(), stop == 0) << "nothing was sent before the first step";
    ASSERT_OK(testing::RunTask(connection->Recover()));
    ASSERT_TRUE(connection->healthy());
    EXPECT_EQ(connection->transaction_state(), db::TransactionState::kIdle);
    rows = 0;
    EXPECT_OK(testing::RunTask(connection->Run(request, &sink)));
    EXPECT_EQ(rows, 900);
  }
  EXPECT_GE(suspensions, 4) << "preparing, running, and the rows in pieces";
  EXPECT_EQ(Integer("SELECT COUNT(*) FROM t"), 900);
}

// While it sends, the library holds the whole packet on the call's own stack: it must be given
// back.
TEST_P(MysqlConnection, ASendCanBeAbandoned) {
  SlowProxy proxy(url_.host, url_.port, 1024);
  db::Url url = url_;
  url.port = proxy.port();
  const std::string large(12'000'000, 'y');
  const size_t before = AllocatedBytes();
  for (const char* tls : {"disable", "prefer"}) {
    url.tls = tls;
    ASSERT_OK_AND_ASSIGN(auto connection, TryConnect(url));
    const Value value = Value::Bytes(Type::kText, large);
    const db::Parameter parameter{&value, 1, 1, Type::kText, false};
    db::Request request;
    request.sql = "SELECT LENGTH(?)";
    request.parameters = {&parameter, 1};
    {
      Stepper stepper(connection->Run(request, nullptr));
      while (!stepper.waits_to_write()) ASSERT_TRUE(stepper.Step());
      ASSERT_TRUE(stepper.Nudge());
    }
    EXPECT_FALSE(connection->healthy());
  }
  EXPECT_LT(AllocatedBytes(), before + large.size()) << "a packet was left behind";
}

// The sink suspends while the rows are shown; the operation is left there.
TEST_P(MysqlConnection, ARowSinkCanBeAbandoned) {
  struct Show final : db::RowSink {
    runtime::Task<absl::Status> Accept(Batch& batch) override {
      co_await runtime::ShowBatch(batch);
      co_return absl::OkStatus();
    }
  } show;
  db::Request request;
  request.sql = "SELECT 7";
  request.returns_rows = true;
  {
    Stepper stepper(connection_->Run(request, &show));
    while (!stepper.shows_batch()) ASSERT_TRUE(stepper.Step());
  }
  EXPECT_FALSE(connection_->healthy());
}

TEST_P(MysqlConnection, ConnectionsGoAway) {
  const std::string count = absl::StrCat(
      "SELECT COUNT(*) FROM information_schema.processlist WHERE user = '", url_.user, "'");
  const int64_t before = Integer(count);
  {
    std::vector<std::unique_ptr<db::Connection>> connections;
    for (int i = 0; i < 5; ++i) connections.push_back(Connect());
    EXPECT_EQ(Integer(count), before + 5);
  }
  Await(*connection_, absl::StrCat("SELECT (", count, ") <= ", before));
}

TEST_P(MysqlConnection, TooManyConnectionsAreNamed) {
  std::vector<std::unique_ptr<db::Connection>> connections;
  absl::Status status;
  for (int i = 0; i < 250 && status.ok(); ++i) {
    auto connection = TryConnect(url_);
    status = connection.status();
    if (connection.ok()) connections.push_back(*std::move(connection));
  }
  if (status.ok())
    GTEST_SKIP() << "this server takes more than 250 connections: NOTHING WAS TESTED HERE";
  EXPECT_ERROR(ErrorClass::kTooManyConnections, status);
}

}  // namespace
}  // namespace ferro::mysql
