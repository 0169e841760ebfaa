// What the driver tests against real servers share: a connection to the server that an environment
// variable names, statements run to their end with the rows copied, and operations driven step by
// step. It knows no dialect; each dialect's server.h makes a fixture of it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "engine/db/driver.h"
#include "engine/value/copy.h"
#include "engine/value/decimal.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace ferro::testing {

// The rows of a statement, copied.
struct Answer {
  absl::Status status;
  db::Outcome outcome;
  std::vector<std::vector<Value>> rows;
  Arena arena;

  const Value& cell(size_t row = 0, size_t column = 0) const { return rows.at(row).at(column); }
};

// A base beside GoogleTest's own, for tests with and without a parameter.
class OnServer {
 protected:
  explicit OnServer(std::unique_ptr<db::Driver> driver) : driver_(std::move(driver)) {}

  // For SetUp(): connects, or skips the test and says so loudly when `variable` names no server.
  void Open(const char* variable) {
    const char* url = std::getenv(variable);
    if (url == nullptr || *url == '\0') {
      GTEST_SKIP() << variable << " names no server: NOTHING WAS TESTED HERE";
    }
    ASSERT_OK_AND_ASSIGN(url_, db::ParseUrl(url));
    connection_ = Connect();
    ASSERT_NE(connection_, nullptr);
  }

  absl::StatusOr<std::unique_ptr<db::Connection>> TryConnect(
      const db::Url& url, absl::Duration limit = absl::Seconds(10)) {
    return RunTask(driver_->Connect(url, absl::Now() + limit));
  }
  std::unique_ptr<db::Connection> Connect() {
    auto connection = TryConnect(url_);
    EXPECT_OK(connection);
    return connection.ok() ? *std::move(connection) : nullptr;
  }

  static Answer RunOn(db::Connection& connection, const db::Request& request) {
    Answer answer;
    EachRow sink([&](std::span<const Value> row) {
      std::vector<Value>& copy = answer.rows.emplace_back(row.begin(), row.end());
      for (Value& cell : copy) cell = CopyOf(cell, answer.arena);
    });
    auto outcome = RunTask(connection.Run(request, &sink));
    answer.status = outcome.status();
    if (outcome.ok()) answer.outcome = *outcome;
    return answer;
  }

  // A statement with one-value parameters whose types are those of the values; `id` 0: not kept.
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

  static void Script(db::Connection& connection, absl::string_view sql) {
    SCOPED_TRACE(std::string(sql));
    ASSERT_OK(RunTask(connection.Script(sql)));
  }
  void Script(absl::string_view sql) { Script(*connection_, sql); }

  static int64_t Integer(db::Connection& connection, absl::string_view sql) {
    const Answer answer = Run(connection, sql, {}, 0, {Type::kInt64});
    SCOPED_TRACE(std::string(sql));
    EXPECT_OK(answer.status);
    return answer.rows.empty() ? -1 : answer.cell().integer;
  }
  int64_t Integer(absl::string_view sql) { return Integer(*connection_, sql); }

  // Asks `other` until `sql` gives something else than 0.
  static void Await(db::Connection& other, absl::string_view sql) {
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    while (Integer(other, sql) == 0) {
      ASSERT_LT(absl::Now(), deadline) << sql;
      absl::SleepFor(absl::Milliseconds(10));
    }
  }

  const std::unique_ptr<db::Driver> driver_;
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
    PollFor(context_.wait);
    return Nudge();
  }
  // Resumes without waiting, as a caller may at any time.
  bool Nudge() {
    context_.wait = {};
    return context_.Resume() != runtime::Progress::kDone;
  }
  bool waits_to_write() const { return context_.wait.write; }
  bool shows_batch() const { return context_.batch != nullptr; }
  T Take() { return task_.Take(); }
  T Finish() {
    while (Step()) {
    }
    return Take();
  }

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

}  // namespace ferro::testing
