// Opening, settings, transactions and the cache of statements, on real files.
#include <fstream>

#include "dialects/sqlite/handle.h"
#include "dialects/sqlite/prepared.h"
#include "tests/dialects/sqlite/harness.h"

namespace ferro::sqlite {
namespace {

using ConnectionTest = SqliteTest;

TEST_F(ConnectionTest, NamesThePathWhenTheFolderIsMissing) {
  db::Url url;
  url.database = Path("missing/x.db");
  const auto connection = TryConnect(url);
  EXPECT_ERROR(ErrorClass::kConnection, connection);
  EXPECT_NE(connection.status().message().find(url.database), absl::string_view::npos);
  EXPECT_NE(DetailOf(connection.status()).hint.find("missing"), std::string::npos);
}

TEST_F(ConnectionTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(Path("text.db")) << std::string(4096, 'x');
  for (bool blocking : {false, true}) {
    const auto connection = TryConnect(FileUrl("text.db"), blocking);
    EXPECT_ERROR(ErrorClass::kConnection, connection);
    EXPECT_EQ(DetailOf(connection.status()).native_code, SQLITE_NOTADB);
  }
}

TEST_F(ConnectionTest, AFileNamedLikeAUriIsAFile) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  db::Url url;
  url.database = "file:a.db?mode=memory";
  auto connection = Connect(url);
  EXPECT_OK(Script(*connection, "CREATE TABLE t (a)"));
  EXPECT_TRUE(std::filesystem::exists(Path("file:a.db?mode=memory")));
  connection.reset();
  std::filesystem::current_path(before);
}

TEST_F(ConnectionTest, MakesTheSessionSettings) {
  auto connection = Connect();
  ASSERT_OK_AND_ASSIGN(auto keys, Query(*connection, "PRAGMA foreign_keys"));
  EXPECT_EQ(keys.at(0, 0).integer, 1);
  ASSERT_OK_AND_ASSIGN(auto trusted, Query(*connection, "PRAGMA trusted_schema"));
  EXPECT_EQ(trusted.at(0, 0).integer, 0);
  // A double-quoted string that is no column is an error, not a text.
  EXPECT_ERROR(ErrorClass::kUndefined, Query(*connection, "SELECT \"no_such\""));
  // Defensive: the schema's own table is not for writing.
  EXPECT_OK(Script(*connection, "PRAGMA writable_schema = ON"));
  EXPECT_FALSE(Execute(*connection, "DELETE FROM sqlite_schema").ok());
}

TEST_F(ConnectionTest, SetsTheJournalModeThatTheUrlAsksFor) {
  db::Url url = FileUrl();
  url.journal_mode = "WAL";
  url.synchronous = "normal";
  auto connection = Connect(url);
  ASSERT_OK_AND_ASSIGN(auto mode, Query(*connection, "PRAGMA journal_mode"));
  EXPECT_EQ(mode.text(0, 0), "wal");
  ASSERT_OK_AND_ASSIGN(auto sync, Query(*connection, "PRAGMA synchronous"));
  EXPECT_EQ(sync.at(0, 0).integer, 1);
}

TEST_F(ConnectionTest, RefusesUnknownSettings) {
  db::Url url = FileUrl();
  url.journal_mode = "wal; DROP TABLE t";
  EXPECT_ERROR(ErrorClass::kInvalidArgument, TryConnect(url));
  url.journal_mode = "off";
  EXPECT_ERROR(ErrorClass::kInvalidArgument, TryConnect(url));
  url.journal_mode = "";
  url.synchronous = "sometimes";
  EXPECT_ERROR(ErrorClass::kInvalidArgument, TryConnect(url));
  db::Url memory;
  memory.database = ":memory:";
  memory.journal_mode = "wal";
  EXPECT_ERROR(ErrorClass::kInvalidArgument, TryConnect(memory));
}

TEST_F(ConnectionTest, MemoryHasOneConnection) {
  db::Url url;
  EXPECT_EQ(driver_->max_connections(url), 1);
  url.database = ":memory:";
  EXPECT_EQ(driver_->max_connections(url), 1);
  EXPECT_EQ(driver_->max_connections(FileUrl()), 0);
  auto connection = Connect(url);
  EXPECT_OK(Execute(*connection, "CREATE TABLE t (a)"));
  EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

TEST_F(ConnectionTest, TellsItsVersionAndTransaction) {
  auto connection = Connect();
  EXPECT_EQ(connection->version().ToString(), absl::StrCat("SQLite ", sqlite3_libversion()));
  EXPECT_EQ(connection->transaction_state(), db::TransactionState::kIdle);
  EXPECT_OK(Script(*connection, "BEGIN IMMEDIATE"));
  EXPECT_EQ(connection->transaction_state(), db::TransactionState::kActive);
  EXPECT_OK(Script(*connection, "ROLLBACK"));
  EXPECT_EQ(connection->transaction_state(), db::TransactionState::kIdle);
}

TEST_F(ConnectionTest, CommitsAndRollsBackInBothModes) {
  for (bool blocking : {false, true}) {
    auto connection = Connect(FileUrl(blocking ? "a.db" : "b.db"), blocking);
    ASSERT_OK(Script(*connection, "CREATE TABLE t (a INTEGER)", blocking));
    ASSERT_OK(Script(*connection, "BEGIN IMMEDIATE", blocking));
    // The same statement again and again: on the worker first, inline when it is known to be quick.
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(*Execute(*connection, "INSERT INTO t VALUES (?)", {Value::Int64(i)},
                         {.blocking = blocking, .id = 7}),
                1);
    }
    ASSERT_OK(Script(*connection, "SAVEPOINT s", blocking));
    EXPECT_EQ(*Execute(*connection, "DELETE FROM t", {}, {.blocking = blocking}), 5);
    ASSERT_OK(Script(*connection, "ROLLBACK TO s", blocking));
    ASSERT_OK(Script(*connection, "RELEASE s", blocking));
    ASSERT_OK(Script(*connection, "COMMIT", blocking));
    ASSERT_OK(Script(*connection, "BEGIN", blocking));
    EXPECT_EQ(*Execute(*connection, "DELETE FROM t", {}, {.blocking = blocking}), 5);
    ASSERT_OK(Script(*connection, "ROLLBACK", blocking));
    ASSERT_OK_AND_ASSIGN(
        auto rows, Query(*connection, "SELECT count(*) FROM t", {}, {}, {.blocking = blocking}));
    EXPECT_EQ(rows.at(0, 0).integer, 5);
  }
}

TEST_F(ConnectionTest, CountsRows) {
  auto connection = Connect();
  EXPECT_EQ(*Execute(*connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, a)"), 0);
  EXPECT_EQ(*Execute(*connection, "INSERT INTO t (a) VALUES (1), (2), (3)"), 3);
  EXPECT_EQ(*Execute(*connection, "CREATE INDEX i ON t (a)"), 0);  // not the three of before
  EXPECT_EQ(*Execute(*connection, "UPDATE t SET a = 9 WHERE id > 1"), 2);
  EXPECT_EQ(*Execute(*connection, "UPDATE t SET a = 9 WHERE id > 10"), 0);
  ASSERT_OK_AND_ASSIGN(auto all, Query(*connection, "SELECT id FROM t"));
  EXPECT_EQ(all.outcome.rows_affected, 3);
  ASSERT_OK_AND_ASSIGN(auto back,
                       Query(*connection, "INSERT INTO t (a) VALUES (5), (6) RETURNING id", {},
                             {Type::kInt64}, {.writes = true}));
  EXPECT_EQ(back.outcome.rows_affected, 2);
  EXPECT_EQ(back.at(1, 0).integer, 5);
}

TEST_F(ConnectionTest, ReturningIsCommittedBeforeARowIsShown) {
  auto connection = Connect();
  auto other = Connect();
  ASSERT_OK(Execute(*connection, "CREATE TABLE t (a INTEGER)"));
  int shown = 0;
  int64_t seen_at_first_row = -1;
  EachRow sink([&](std::span<const Value>) {
    if (shown++ > 0) return;
    auto rows = Query(*other, "SELECT count(*) FROM t");
    if (rows.ok()) seen_at_first_row = rows->at(0, 0).integer;
  });
  const std::string sql = absl::StrCat("INSERT INTO t ", kSeries, " RETURNING a");
  const Value count = Value::Int64(3000);
  const std::vector<db::Parameter> parameters = {{.first = &count, .type = Type::kInt64}};
  db::Request request{
      .sql = sql, .parameters = parameters, .columns = {}, .returns_rows = true, .writes = true};
  ASSERT_OK_AND_ASSIGN(const auto outcome, RunTask(connection->Run(request, &sink)));
  EXPECT_EQ(outcome.rows_affected, 3000);
  EXPECT_EQ(shown, 3000);
  EXPECT_EQ(seen_at_first_row, 3000);
}

TEST_F(ConnectionTest, RefusesSeveralStatementsInOneRequest) {
  auto connection = Connect();
  EXPECT_ERROR(ErrorClass::kSyntax, Query(*connection, "SELECT 1; SELECT 2"));
  EXPECT_ERROR(ErrorClass::kSyntax, Query(*connection, "SELECT 1; nonsense"));
  EXPECT_ERROR(ErrorClass::kSyntax, Query(*connection, " -- nothing"));
  EXPECT_ERROR(ErrorClass::kSyntax, Query(*connection, absl::string_view("SELECT 1\0, 2", 12)));
  EXPECT_OK(Query(*connection, "SELECT 1; -- the end\n ; /* really */"));
  EXPECT_OK(
      Script(*connection, "CREATE TABLE a (x); CREATE TABLE b (x); INSERT INTO b VALUES (1);"));
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*connection, "SELECT count(*) FROM b"));
  EXPECT_EQ(rows.at(0, 0).integer, 1);
}

TEST_F(ConnectionTest, ChecksTheNumberOfParameters) {
  auto connection = Connect();
  EXPECT_ERROR(ErrorClass::kInvalidArgument, Query(*connection, "SELECT ?, ?", {Value::Int64(1)}));
  EXPECT_ERROR(ErrorClass::kInvalidArgument, Query(*connection, "SELECT 1", {Value::Int64(1)}));
  const std::vector<Value> many(600'000, Value::Int64(1));
  const auto too_many = Query(*connection, "SELECT 1", many);
  EXPECT_ERROR(ErrorClass::kInvalidArgument, too_many);
  EXPECT_NE(too_many.status().message().find("600000"), absl::string_view::npos);
}

TEST_F(ConnectionTest, ChecksTheNumberOfColumns) {
  auto connection = Connect();
  EXPECT_ERROR(ErrorClass::kInvalidArgument, Query(*connection, "SELECT 1, 2", {}, {Type::kInt64}));
}

TEST_F(ConnectionTest, AKeptStatementSeesAChangedSchema) {
  auto connection = Connect();
  ASSERT_OK(Execute(*connection, "CREATE TABLE t (a INTEGER)"));
  ASSERT_OK(Execute(*connection, "INSERT INTO t VALUES (1)"));
  ASSERT_OK_AND_ASSIGN(auto before, Query(*connection, "SELECT * FROM t", {}, {}, {.id = 3}));
  EXPECT_EQ(before.cells[0].size(), 1u);
  ASSERT_OK(Execute(*connection, "ALTER TABLE t ADD COLUMN b BOOLEAN DEFAULT 1"));
  ASSERT_OK_AND_ASSIGN(auto after, Query(*connection, "SELECT * FROM t", {}, {}, {.id = 3}));
  ASSERT_EQ(after.cells[0].size(), 2u);
  EXPECT_EQ(after.at(0, 1).type, Type::kBool);
}

TEST_F(ConnectionTest, ASmallCacheStillRunsEveryStatement) {
  db::Url url = FileUrl();
  url.statement_cache = 2;
  auto connection = Connect(url);
  for (int round = 0; round < 3; ++round) {
    for (uint64_t id = 1; id <= 5; ++id) {
      ASSERT_OK_AND_ASSIGN(auto rows,
                           Query(*connection, absl::StrCat("SELECT ", id), {}, {}, {.id = id}));
      EXPECT_EQ(rows.at(0, 0).integer, static_cast<int64_t>(id));
    }
  }
  url.statement_cache = 0;
  auto uncached = Connect(url);
  ASSERT_OK_AND_ASSIGN(auto rows, Query(*uncached, "SELECT 4", {}, {}, {.id = 1}));
  EXPECT_EQ(rows.at(0, 0).integer, 4);
}

TEST(PreparedCache, DropsTheLeastRecentlyUsedAndFinalizesIt) {
  DatabaseHandle db;
  ASSERT_EQ(Open(":memory:", db), SQLITE_OK);
  PreparedCache cache(2);
  for (uint64_t id = 1; id <= 3; ++id) {
    Prepared prepared;
    absl::string_view tail;
    ASSERT_EQ(Prepare(db.get(), absl::StrCat("SELECT ", id), true, prepared.handle, tail),
              SQLITE_OK);
    ASSERT_NE(cache.Insert(id, std::move(prepared)), nullptr);
    if (id == 2) {
      EXPECT_NE(cache.Find(1), nullptr);
    }
  }
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_NE(cache.Find(1), nullptr);
  EXPECT_EQ(cache.Find(2), nullptr);
  EXPECT_NE(cache.Find(3), nullptr);
  int open = 0;
  for (sqlite3_stmt* s = sqlite3_next_stmt(db.get(), nullptr); s != nullptr;
       s = sqlite3_next_stmt(db.get(), s)) {
    ++open;
  }
  EXPECT_EQ(open, 2);
}

}  // namespace
}  // namespace ferro::sqlite
