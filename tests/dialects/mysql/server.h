// What the tests against real servers share. Each test runs twice, once for the server named by
// FERRO_TEST_MARIADB and once for FERRO_TEST_MYSQL, and says so loudly when there is none.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "dialects/mysql/driver.h"
#include "engine/db/driver.h"
#include "engine/value/decimal.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace ferro::mysql {

// The rows of a statement, copied.
struct Answer {
  absl::Status status;
  db::Outcome outcome;
  std::vector<std::vector<Value>> rows;
  Arena arena;

  const Value& cell(size_t row = 0, size_t column = 0) const { return rows.at(row).at(column); }
};

class ServerTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const char* url = std::getenv(GetParam());
    if (url == nullptr || *url == '\0') {
      GTEST_SKIP() << GetParam() << " names no server: NOTHING WAS TESTED HERE";
    }
    ASSERT_OK_AND_ASSIGN(url_, db::ParseUrl(url));
    connection_ = Connect();
    ASSERT_NE(connection_, nullptr);
    EXPECT_EQ(connection_->version().product, on_mariadb() ? Product::kMariadb : Product::kMysql);
  }

  bool on_mariadb() const { return GetParam() == std::string("FERRO_TEST_MARIADB"); }

  absl::StatusOr<std::unique_ptr<db::Connection>> TryConnect(
      const db::Url& url, absl::Duration limit = absl::Seconds(10)) {
    return testing::RunTask(driver_->Connect(url, absl::Now() + limit));
  }
  std::unique_ptr<db::Connection> Connect() {
    auto connection = TryConnect(url_);
    EXPECT_OK(connection);
    return connection.ok() ? *std::move(connection) : nullptr;
  }

  static Answer RunOn(db::Connection& connection, const db::Request& request) {
    Answer answer;
    testing::EachRow sink([&](std::span<const Value> row) {
      std::vector<Value>& copy = answer.rows.emplace_back(row.begin(), row.end());
      for (Value& cell : copy) {
        if (HasBytes(cell.type) && !cell.is_small_decimal())
          cell.bytes = answer.arena.Copy(cell.view()).data();
      }
    });
    auto outcome = testing::RunTask(connection.Run(request, &sink));
    answer.status = outcome.status();
    if (outcome.ok()) answer.outcome = *outcome;
    return answer;
  }

  // A statement with parameters whose types are those of the values; `id` 0: not kept.
  static Answer Run(db::Connection& connection, absl::string_view sql,
                    const std::vector<Value>& values = {}, uint64_t id = 0,
                    const std::vector<Type>& wanted = {}) {
    std::vector<db::Parameter> parameters;
    for (const Value& value : values) parameters.push_back({&value, 1, 1, value.type, false});
    std::vector<sql::ResultColumn> columns;
    for (const Type type : wanted) columns.push_back({"", type});
    db::Request request;
    request.statement_id = id;
    request.sql = sql;
    request.parameters = parameters;
    request.columns = columns;
    request.returns_rows = true;
    return RunOn(connection, request);
  }
  Answer Run(absl::string_view sql, const std::vector<Value>& values = {}, uint64_t id = 0,
             const std::vector<Type>& wanted = {}) {
    return Run(*connection_, sql, values, id, wanted);
  }
  // A statement that must fail and leave the connection usable.
  absl::Status Fails(absl::string_view sql, const std::vector<Value>& values = {},
                     const std::vector<Type>& wanted = {}) {
    const Answer answer = Run(sql, values, 0, wanted);
    EXPECT_FALSE(answer.status.ok()) << sql;
    EXPECT_TRUE(connection_->healthy()) << sql << ": " << answer.status;
    EXPECT_EQ(Integer("SELECT 41 + 1"), 42) << "after " << sql;
    return answer.status;
  }
  void Script(absl::string_view sql) { Script(*connection_, sql); }
  static void Script(db::Connection& connection, absl::string_view sql) {
    SCOPED_TRACE(std::string(sql));
    ASSERT_OK(testing::RunTask(connection.Script(sql)));
  }

  static int64_t Integer(db::Connection& connection, absl::string_view sql) {
    const Answer answer = Run(connection, sql, {}, 0, {Type::kInt64});
    SCOPED_TRACE(std::string(sql));
    EXPECT_OK(answer.status);
    return answer.rows.empty() ? -1 : answer.cell().integer;
  }
  int64_t Integer(absl::string_view sql) { return Integer(*connection_, sql); }
  std::string Text(absl::string_view sql) {
    const Answer answer = Run(sql);
    SCOPED_TRACE(std::string(sql));
    EXPECT_OK(answer.status);
    return answer.rows.empty() ? "" : std::string(answer.cell().view());
  }

  // Asks `other` until `sql` gives something else than 0.
  static void Await(db::Connection& other, absl::string_view sql) {
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    while (Integer(other, sql) == 0) {
      ASSERT_LT(absl::Now(), deadline) << sql;
      absl::SleepFor(absl::Milliseconds(10));
    }
  }

  // A table that is there for this test only; `columns` in parentheses.
  void MakeTable(absl::string_view columns, absl::string_view name = "t") {
    Script(absl::StrCat("DROP TABLE IF EXISTS ", name));
    Script(absl::StrCat("CREATE TABLE ", name, " (", columns,
                        ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"));
  }

  const std::unique_ptr<db::Driver> driver_ = MakeDriver();
  db::Url url_;
  std::unique_ptr<db::Connection> connection_;
};

// An operation resumed one suspension at a time.
template <class T>
class Stepper {
 public:
  explicit Stepper(runtime::Task<T> task) : task_(std::move(task)) { task_.StartIn(context_); }

  // Runs to the next suspension; false when the operation has ended.
  bool Step() {
    if (context_.wait.fd >= 0) {
      pollfd entry{context_.wait.fd,
                   static_cast<short>((context_.wait.read ? POLLIN : 0) |
                                      (context_.wait.write ? POLLOUT : 0)),
                   0};
      poll(&entry, 1, 10'000);
    }
    context_.wait = {};
    return context_.Resume() != runtime::Progress::kDone;
  }
  // Resumes without waiting, as a caller may at any time.
  bool Nudge() { return context_.Resume() != runtime::Progress::kDone; }
  bool waits_to_write() const { return context_.wait.write; }
  bool shows_batch() const { return context_.batch != nullptr; }
  T Take() { return task_.Take(); }

 private:
  runtime::Context context_;
  runtime::Task<T> task_;
};

// Gives the operation a deadline of its own, as its caller would.
template <class T>
runtime::Task<T> Within(absl::Duration limit, runtime::Task<T> task) {
  runtime::Context& context = co_await runtime::ThisContext();
  context.deadline = absl::Now() + limit;
  T result = co_await std::move(task);
  co_return result;
}

}  // namespace ferro::mysql

#define FERRO_ON_BOTH_SERVERS(suite)                                               \
  INSTANTIATE_TEST_SUITE_P(                                                        \
      Servers, suite, ::testing::Values("FERRO_TEST_MARIADB", "FERRO_TEST_MYSQL"), \
      [](const auto& server) { return std::string(server.param).substr(11); })
