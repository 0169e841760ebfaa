// Many statements on one session at once: answers in order, failures of one, sockets that are full, sessions that are left or
// lost in the middle.
#include <poll.h>

#include <deque>

#include "tests/dialects/postgresql/server.h"

namespace ferro::postgresql {
namespace {

class Ints final : public db::RowSink {
 public:
  runtime::Task<absl::Status> Accept(Batch& batch) override {
    for (size_t i = 0; i < batch.rows(); ++i) {
      const Value& cell = std::as_const(batch).row(i)[0];
      found.push_back(cell.type == Type::kInt64 ? cell.integer : cell.size);
    }
    co_return absl::OkStatus();
  }
  std::vector<int64_t> found;
};

class PostgresqlPipeline : public ServerTest {
 protected:
  // A statement of one parameter; requests point at it, so it stays where it is.
  struct Asked {
    std::string sql;
    Value value;
    db::Parameter parameter;
    sql::ResultColumn column;
    db::Request request;
  };
  const db::Request& Ask(uint64_t id, const std::string& sql, Value value, Type wanted = Type::kInt64) {
    Asked& asked = asked_.emplace_back();
    asked.sql = sql;
    asked.value = value;
    asked.parameter = {&asked.value, 1, 1, value.type, false};
    asked.column = {"", wanted};
    asked.request.statement_id = id;
    asked.request.sql = asked.sql;
    asked.request.parameters = {&asked.parameter, 1};
    asked.request.columns = {&asked.column, 1};
    asked.request.returns_rows = true;
    return asked.request;
  }
  db::Pipelining& pipe() { return *connection_->pipelining(); }
  // A segment of one.
  absl::Status Put(const db::Request& request) {
    absl::Status sent = pipe().Send(request);
    return sent.ok() ? pipe().EndSegment() : sent;
  }

  // Flushes and reads until so many answers are here.
  std::vector<std::unique_ptr<db::Answer>> Take(size_t count) {
    std::vector<std::unique_ptr<db::Answer>> answers;
    bool flushed = false;
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (answers.size() < count && absl::Now() < end) {
      if (!flushed) {
        const absl::StatusOr<bool> done = pipe().Flush();
        EXPECT_OK(done);
        flushed = done.ok() && *done;
      }
      pollfd entry{pipe().socket(), static_cast<short>(POLLIN | (flushed ? 0 : POLLOUT)), 0};
      poll(&entry, 1, 1000);
      if (!pipe().Receive().ok() && connection_->lost()) break;
      while (std::unique_ptr<db::Answer> answer = pipe().Take()) answers.push_back(std::move(answer));
    }
    return answers;
  }
  static absl::StatusOr<std::vector<int64_t>> Read(db::Answer& answer, const db::Request& request) {
    Ints ints;
    const auto outcome = testing::RunTask(answer.Read(request, ints));
    if (!outcome.ok()) return outcome.status();
    return ints.found;
  }

  std::deque<Asked> asked_;
};

constexpr const char* kTwice = "SELECT $1::bigint * 2";

TEST_F(PostgresqlPipeline, AnswersInOrderAndAFailureIsOfOneAlone) {
  ASSERT_OK(pipe().Enter());
  pipe().BeginSending();
  for (int64_t i = 0; i < 20; ++i) {
    const bool bad = i % 5 == 3;
    ASSERT_OK(Put(Ask(bad ? 2 : 1, bad ? "SELECT 1 / ($1::bigint - $1::bigint)" : kTwice, Value::Int64(i))));
  }
  const auto answers = Take(20);
  ASSERT_EQ(answers.size(), 20u);
  for (int64_t i = 0; i < 20; ++i) {
    const auto found = Read(*answers[i], asked_[i].request);
    if (i % 5 == 3) {
      EXPECT_FALSE(found.ok());
      EXPECT_EQ(DetailOf(found.status()).sqlstate, "22012");
      EXPECT_EQ(DetailOf(found.status()).sql, asked_[i].sql);
    } else {
      ASSERT_OK(found);
      EXPECT_EQ(*found, std::vector<int64_t>{2 * i});
    }
  }
  EXPECT_FALSE(connection_->healthy());
  ASSERT_OK(pipe().Leave());
  EXPECT_TRUE(connection_->healthy());
  EXPECT_EQ(Integer("SELECT 7"), 7);
  EXPECT_EQ(Integer("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'ferro%'"), 2);
}

TEST_F(PostgresqlPipeline, WhatFollowsAFailureInItsSegmentIsNotRun) {
  Script("CREATE TEMP TABLE segments (n bigint PRIMARY KEY)");
  Script("BEGIN");
  ASSERT_OK(pipe().Enter());
  const char* const insert = "INSERT INTO segments VALUES ($1::bigint) RETURNING n";
  for (const int64_t n : {1, 2, 1, 3}) ASSERT_OK(pipe().Send(Ask(6, insert, Value::Int64(n))));
  ASSERT_OK(pipe().EndSegment());
  ASSERT_OK(Put(Ask(1, kTwice, Value::Int64(4))));
  const auto answers = Take(5);
  ASSERT_EQ(answers.size(), 5u);
  EXPECT_EQ(*Read(*answers[0], asked_[0].request), std::vector<int64_t>{1});
  EXPECT_EQ(*Read(*answers[1], asked_[1].request), std::vector<int64_t>{2});
  EXPECT_EQ(ClassOf(Read(*answers[2], asked_[2].request).status()), ErrorClass::kUnique);
  EXPECT_EQ(ClassOf(Read(*answers[3], asked_[3].request).status()), ErrorClass::kFailedTransaction);
  EXPECT_EQ(DetailOf(Read(*answers[4], asked_[4].request).status()).sqlstate, "25P02");
  ASSERT_OK(pipe().Leave());
  EXPECT_EQ(connection_->transaction_state(), db::TransactionState::kFailed);
  Script("ROLLBACK");
  EXPECT_EQ(Integer("SELECT count(*) FROM segments"), 0);
}

TEST_F(PostgresqlPipeline, ASegmentCountsRowsForEach) {
  Script("CREATE TEMP TABLE counted (n bigint); INSERT INTO counted VALUES (1), (1), (2)");
  ASSERT_OK(pipe().Enter());
  for (const int64_t n : {1, 2, 3}) {
    Ask(7, "UPDATE counted SET n = n WHERE n = $1::bigint", Value::Int64(n));
    asked_.back().request.columns = {};
    asked_.back().request.returns_rows = false;
    ASSERT_OK(pipe().Send(asked_.back().request));
  }
  ASSERT_OK(pipe().EndSegment());
  const auto answers = Take(3);
  ASSERT_EQ(answers.size(), 3u);
  for (int64_t i = 0; i < 3; ++i) {
    Ints none;
    const auto outcome = testing::RunTask(answers[i]->Read(asked_[i].request, none));
    ASSERT_OK(outcome);
    EXPECT_EQ(outcome->rows_affected, 2 - i);
    EXPECT_TRUE(none.found.empty());
  }
  ASSERT_OK(pipe().Leave());
}

TEST_F(PostgresqlPipeline, WhatCannotBePreparedIsToldToEach) {
  ASSERT_OK(pipe().Enter());
  for (int i = 0; i < 3; ++i) ASSERT_OK(Put(Ask(5, "SELECT $1::bigint FROM nowhere_at_all", Value::Int64(i))));
  ASSERT_OK(Put(Ask(1, kTwice, Value::Int64(4))));
  const auto answers = Take(4);
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(DetailOf(Read(*answers[0], asked_[0].request).status()).sqlstate, "42P01");
  // The others were sent by its name, which the server has never known: they are run by themselves.
  EXPECT_TRUE(answers[1]->stale() && answers[2]->stale());
  EXPECT_EQ(*Read(*answers[3], asked_[3].request), std::vector<int64_t>{8});
  ASSERT_OK(pipe().Leave());
}

TEST_F(PostgresqlPipeline, AChangedTableMakesAnAnswerStale) {
  Script("CREATE TEMP TABLE changing (n int); INSERT INTO changing VALUES (1)");
  constexpr const char* kAll = "SELECT * FROM changing WHERE n > $1::bigint";
  ASSERT_OK(pipe().Enter());
  ASSERT_OK(Put(Ask(1, kAll, Value::Int64(0))));
  EXPECT_FALSE(Take(1).at(0)->stale());
  ASSERT_OK(pipe().Leave());
  Script("ALTER TABLE changing ALTER COLUMN n TYPE bigint");
  ASSERT_OK(pipe().Enter());
  ASSERT_OK(Put(Ask(1, kAll, Value::Int64(0))));
  EXPECT_TRUE(Take(1).at(0)->stale());
  ASSERT_OK(Put(Ask(1, kAll, Value::Int64(0))));
  const auto again = Take(1);
  EXPECT_FALSE(again.at(0)->stale());
  EXPECT_EQ(*Read(*again.at(0), asked_.back().request), std::vector<int64_t>{1});
  ASSERT_OK(pipe().Leave());
}

TEST_F(PostgresqlPipeline, FullSocketsInBothDirections) {
  const std::string big(1 << 20, 'x');
  ASSERT_OK(pipe().Enter());
  pipe().BeginSending();
  for (int i = 0; i < 24; ++i) {
    ASSERT_OK(Put(Ask(9, "SELECT $1::text || $1", Value::Bytes(Type::kText, big), Type::kText)));
  }
  const auto answers = Take(24);
  ASSERT_EQ(answers.size(), 24u);
  for (const auto& answer : answers) {
    EXPECT_EQ(*Read(*answer, asked_.front().request), std::vector<int64_t>{2 << 20});
  }
  ASSERT_OK(pipe().Leave());
}

TEST_F(PostgresqlPipeline, ASessionThatIsLeftIsRecovered) {
  Script("CREATE TEMP TABLE kept (n int)");
  ASSERT_OK(pipe().Enter());
  ASSERT_OK(Put(Ask(3, "SELECT 1::bigint FROM pg_sleep($1::float8)", Value::Float64(30))));
  for (int i = 0; i < 3; ++i) ASSERT_OK(Put(Ask(1, kTwice, Value::Int64(i))));
  ASSERT_OK(pipe().Flush());
  EXPECT_TRUE(connection_->recoverable());
  const absl::Time start = absl::Now();
  ASSERT_OK(testing::RunTask(connection_->Recover()));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_TRUE(connection_->healthy());
  EXPECT_EQ(Integer("SELECT count(*) FROM kept"), 0);  // the same session
  // What was being prepared is not taken for prepared.
  EXPECT_EQ(Run(kTwice, {Value::Int64(21)}, 1, {Type::kInt64}).cell().integer, 42);
}

TEST_F(PostgresqlPipeline, ALostSessionSaysWhy) {
  const auto killer = Connect();
  ASSERT_NE(killer, nullptr);
  const int64_t self = Integer("SELECT pg_backend_pid()");
  ASSERT_OK(pipe().Enter());
  ASSERT_OK(Put(Ask(1, kTwice, Value::Int64(1))));
  ASSERT_OK(Put(Ask(3, "SELECT 1::bigint FROM pg_sleep($1::float8)", Value::Float64(30))));
  ASSERT_OK(Put(Ask(1, kTwice, Value::Int64(2))));
  const auto first = Take(1);
  ASSERT_EQ(first.size(), 1u);
  Await(*killer, absl::StrCat("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = ", self));
  Script(*killer, absl::StrCat("SELECT pg_terminate_backend(", self, ")"));
  EXPECT_TRUE(Take(2).empty());
  EXPECT_TRUE(connection_->lost());
  EXPECT_FALSE(connection_->healthy());
  const absl::Status told = pipe().LostError(asked_[1].request, true);
  EXPECT_EQ(ClassOf(told), ErrorClass::kConnection);
  EXPECT_EQ(DetailOf(told).sqlstate, "57P01");
  EXPECT_EQ(ClassOf(pipe().LostError(asked_[2].request, false)), ErrorClass::kConnection);
}

TEST_F(PostgresqlPipeline, NothingIsSharedWithoutPreparedStatements) {
  db::Url url = url_;
  EXPECT_TRUE(driver_->pipelines(url));
  url.statement_cache = 0;
  EXPECT_FALSE(driver_->pipelines(url));
  const auto connection = TryConnect(url);
  ASSERT_OK(connection);
  EXPECT_EQ((*connection)->pipelining(), nullptr);
  url = url_;
  url.pipelining = "off";
  EXPECT_FALSE(driver_->pipelines(url));
}

}  // namespace
}  // namespace ferro::postgresql
