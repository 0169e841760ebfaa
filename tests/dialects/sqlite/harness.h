// A folder for one test's files, and short ways to run statements on a connection to a file in it.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dialects/sqlite/driver.h"
#include "engine/db/driver.h"
#include "engine/value/copy.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace ferro::sqlite {

using ferro::testing::EachRow;
using ferro::testing::RunTask;

// Rows with bytes of their own.
struct Rows {
  std::vector<std::vector<Value>> cells;
  Arena arena;
  db::Outcome outcome;

  const Value& at(size_t row, size_t column) const { return cells.at(row).at(column); }
  std::string text(size_t row, size_t column) const { return std::string(at(row, column).view()); }
};

struct Options {
  bool blocking = false;
  uint64_t id = 0;
  bool writes = false;
};

class SqliteTest : public ::testing::Test {
 protected:
  SqliteTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ferro_sqlite_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~SqliteTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(absl::string_view name) const { return absl::StrCat(folder_, "/", name); }

  db::Url FileUrl(absl::string_view name = "test.db") const {
    db::Url url;
    url.scheme = "sqlite";
    url.database = Path(name);
    return url;
  }

  absl::StatusOr<std::unique_ptr<db::Connection>> TryConnect(const db::Url& url,
                                                             bool blocking = false) {
    return RunTask(driver_->Connect(url, absl::InfiniteFuture()), blocking);
  }
  std::unique_ptr<db::Connection> Connect(const db::Url& url, bool blocking = false) {
    auto connection = TryConnect(url, blocking);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return connection.ok() ? *std::move(connection) : nullptr;
  }
  std::unique_ptr<db::Connection> Connect() { return Connect(FileUrl()); }

  static std::vector<db::Parameter> Parameters(const std::vector<Value>& values) {
    std::vector<db::Parameter> parameters;
    for (const Value& value : values) parameters.push_back({.first = &value, .type = value.type});
    return parameters;
  }

  // A statement without rows.
  static absl::StatusOr<int64_t> Execute(db::Connection& connection, absl::string_view sql,
                                         const std::vector<Value>& values = {},
                                         Options options = {}) {
    const auto parameters = Parameters(values);
    db::Request request{.statement_id = options.id,
                        .sql = sql,
                        .parameters = parameters,
                        .columns = {},
                        .writes = true};
    auto outcome = RunTask(connection.Run(request, nullptr), options.blocking);
    if (!outcome.ok()) return outcome.status();
    return outcome->rows_affected;
  }

  // A statement with rows; `types` empty: as the server says.
  static absl::StatusOr<Rows> Query(db::Connection& connection, absl::string_view sql,
                                    const std::vector<Value>& values = {},
                                    const std::vector<Type>& types = {}, Options options = {}) {
    const auto parameters = Parameters(values);
    std::vector<sql::ResultColumn> columns;
    for (Type type : types) columns.push_back({.name = {}, .type = type});
    Rows rows;
    EachRow sink([&](std::span<const Value> row) {
      std::vector<Value>& copy = rows.cells.emplace_back(row.begin(), row.end());
      for (Value& cell : copy) cell = CopyOf(cell, rows.arena);
    });
    db::Request request{.statement_id = options.id,
                        .sql = sql,
                        .parameters = parameters,
                        .columns = columns,
                        .returns_rows = true,
                        .writes = options.writes};
    auto outcome = RunTask(connection.Run(request, &sink), options.blocking);
    if (!outcome.ok()) return outcome.status();
    rows.outcome = *outcome;
    return rows;
  }

  static absl::Status Script(db::Connection& connection, absl::string_view sql,
                             bool blocking = false) {
    return RunTask(connection.Script(sql), blocking);
  }

  // Steps an operation by hand, to stop where a test wants to.
  template <class T>
  struct Operation {
    explicit Operation(runtime::Task<T> to_run, bool blocking = false) : task(std::move(to_run)) {
      context.blocking = blocking;
      task.StartIn(context);
    }
    // Waits for whatever it waits for, at most ten seconds.
    runtime::Progress WaitAndResume() {
      pollfd entry{context.wait.fd, POLLIN, 0};
      EXPECT_EQ(poll(&entry, 1, 10'000), 1);
      return context.Resume();
    }
    runtime::Context context;
    runtime::Task<T> task;
  };

  std::string folder_;
  std::unique_ptr<db::Driver> driver_ = MakeDriver();
};

// Counts up to its first parameter; at 100 ns or more each, a number in the millions overruns any
// budget.
inline constexpr absl::string_view kSlow =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) SELECT count(*) "
    "FROM c";
// The same as rows.
inline constexpr absl::string_view kSeries =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) SELECT n FROM c";

}  // namespace ferro::sqlite
