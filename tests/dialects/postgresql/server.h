// What the tests against a real server share: its URL from FERRO_TEST_POSTGRESQL, connections,
// statements run to their end with the rows copied, and operations driven step by step.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "dialects/postgresql/driver.h"
#include "engine/db/driver.h"
#include "engine/value/decimal.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace ferro::postgresql {

// An operation resumed one suspension at a time.
template <class T>
class Stepper {
 public:
  explicit Stepper(runtime::Task<T> task) : task_(std::move(task)) { task_.StartIn(context_); }

  // Runs to the next suspension; false when the operation has ended.
  bool Step() {
    if (started_ && context_.wait.fd >= 0) Poll();
    started_ = true;
    context_.wait = {};
    return context_.Resume() != runtime::Progress::kDone;
  }
  T Finish() {
    while (Step()) {
    }
    return task_.Take();
  }

 private:
  void Poll() {
    const int events = (context_.wait.read ? POLLIN : 0) | (context_.wait.write ? POLLOUT : 0);
    pollfd entry{context_.wait.fd, static_cast<short>(events), 0};
    const absl::Duration left = context_.wait.deadline - absl::Now();
    poll(&entry, 1,
         left > absl::Minutes(1) ? 60'000 : static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
  }

  runtime::Context context_;
  runtime::Task<T> task_;
  bool started_ = false;
};

// The rows of a statement, copied.
struct Answer {
  absl::Status status;
  db::Outcome outcome;
  std::vector<std::vector<Value>> rows;
  Arena arena;

  const Value& cell(size_t row = 0, size_t column = 0) const { return rows.at(row).at(column); }
};

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* url = std::getenv("FERRO_TEST_POSTGRESQL");
    if (url == nullptr || *url == '\0') {
      GTEST_SKIP() << "FERRO_TEST_POSTGRESQL names no server: NOTHING WAS TESTED HERE";
    }
    ASSERT_OK_AND_ASSIGN(url_, db::ParseUrl(url));
    connection_ = Connect();
    ASSERT_NE(connection_, nullptr);
  }

  absl::StatusOr<std::unique_ptr<db::Connection>> TryConnect(const db::Url& url) {
    return testing::RunTask(driver_->Connect(url, absl::Now() + absl::Seconds(10)));
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
        if (!HasBytes(cell.type) || cell.is_small_decimal()) continue;
        cell.bytes = answer.arena.Copy(cell.view()).data();
      }
    });
    auto outcome = testing::RunTask(connection.Run(request, &sink));
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
  void Script(absl::string_view sql) {
    SCOPED_TRACE(std::string(sql));
    ASSERT_OK(testing::RunTask(connection_->Script(sql)));
  }

  int64_t Integer(db::Connection& connection, absl::string_view sql) {
    const Answer answer = Run(connection, sql);
    SCOPED_TRACE(std::string(sql));
    EXPECT_OK(answer.status);
    return answer.rows.empty() ? -1 : answer.cell().integer;
  }
  int64_t Integer(absl::string_view sql) { return Integer(*connection_, sql); }

  // Asks `other` until `sql` gives true.
  void Await(db::Connection& other, absl::string_view sql) {
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    while (Integer(other, sql) == 0) ASSERT_LT(absl::Now(), deadline) << sql;
  }

  const std::unique_ptr<db::Driver> driver_ = MakeDriver();
  db::Url url_;
  std::unique_ptr<db::Connection> connection_;
};

}  // namespace ferro::postgresql
