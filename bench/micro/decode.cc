// Rows of SQLite into batches: the driver's own loop over a table in memory, by type of column. It
// includes SQLite's stepping, which the first row (a table of keys alone) gives an idea of.
#include <benchmark/benchmark.h>

#include "bench/micro/statements.h"
#include "dialects/sqlite/sqlite.h"
#include "engine/db/driver.h"
#include "engine/runtime/operation.h"

namespace ferro::bench {
namespace {

constexpr int64_t kRows = 20'000;

struct Shape {
  const char* name;
  const char* columns;
  std::vector<Type> types;
};

const std::vector<Shape>& Shapes() {
  static const auto* const shapes = new std::vector<Shape>{
      {"int64", "id", {Type::kInt64}},
      {"int64 x 4", "id, team, id, team", {4, Type::kInt64}},
      {"float64 x 4", "score, score, score, score", {4, Type::kFloat64}},
      {"text x 4", "name, name, name, name", {4, Type::kText}},
      {"timestamptz x 4", "seen, seen, seen, seen", {4, Type::kTimestampTz}},
      {"row of 6",
       "id, team, name, score, seen, note",
       {Type::kInt64, Type::kInt64, Type::kText, Type::kFloat64, Type::kTimestampTz, Type::kText}},
  };
  return *shapes;
}

// Runs a task to its end on this thread.
void Finish(runtime::Task<absl::Status> task) {
  runtime::Operation operation;
  operation.Start(std::move(task));
  while (operation.Block() != runtime::Progress::kDone) {
  }
  if (operation.status().ok()) return;
  std::fprintf(stderr, "%s\n", operation.status().ToString().c_str());
  std::abort();
}

class Counter : public db::RowSink {
 public:
  runtime::Task<absl::Status> Accept(Batch& batch) override {
    rows += static_cast<int64_t>(batch.rows());
    benchmark::DoNotOptimize(batch.cells().data());
    co_return absl::OkStatus();
  }
  int64_t rows = 0;
};

runtime::Task<absl::Status> Prepare(db::Driver& driver, std::unique_ptr<db::Connection>& out) {
  db::Url url;
  url.scheme = "sqlite";
  url.database = ":memory:";
  auto connection = co_await driver.Connect(url, absl::InfiniteFuture());
  if (!connection.ok()) co_return connection.status();
  out = *std::move(connection);
  absl::Status made = co_await out->Script(
      "CREATE TABLE player (id INTEGER PRIMARY KEY, team INTEGER, name TEXT, score REAL, seen TEXT,"
      " note TEXT)");
  if (!made.ok()) co_return made;
  // Timestamps as the driver stores them; every third note is there.
  co_return co_await out->Script(absl::StrCat(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ", kRows,
      ") INSERT INTO player SELECT i, i % 100, printf('player %012d', i), i / 8.0,"
      " strftime('%Y-%m-%d %H:%M:%f000Z', 1700000000 + i, 'unixepoch'),"
      " CASE WHEN i % 3 = 0 THEN 'a note on every third row' END FROM n"));
}

runtime::Task<absl::Status> Fetch(db::Connection& connection, const db::Request& request,
                                  Counter& counter) {
  const auto outcome = co_await connection.Run(request, &counter);
  co_return outcome.status();
}

void Decode(benchmark::State& state) {
  const Shape& shape = Shapes()[static_cast<size_t>(state.range(0))];
  state.SetLabel(shape.name);
  const auto driver = sqlite::GetDialect().make_driver();
  std::unique_ptr<db::Connection> connection;
  Finish(Prepare(*driver, connection));
  const std::string sql = absl::StrCat("SELECT ", shape.columns, " FROM player");
  std::vector<sql::ResultColumn> columns;
  for (const Type type : shape.types) columns.push_back({.name = "", .type = type});
  db::Request request;
  request.statement_id = 1;
  request.sql = sql;
  request.columns = columns;
  request.returns_rows = true;
  for (auto _ : state) {
    Counter counter;
    Finish(Fetch(*connection, request, counter));
    if (counter.rows != kRows) return state.SkipWithError("rows are missing");
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(Decode)->DenseRange(0, 5)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ferro::bench

BENCHMARK_MAIN();
