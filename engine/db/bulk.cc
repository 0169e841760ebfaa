#include "engine/db/bulk.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/ordered_rows.h"
#include "engine/sql/compile.h"

namespace ferro::db {
namespace {

// Which text of a Compiled a bulk statement is: steps are numbered from 0, so these come last.
constexpr uint64_t kValuesStep = 14;
constexpr uint64_t kArraysStep = 15;
constexpr size_t kMostRows = (1 << 20) - 1;  // they share an id with the step

size_t RowsOfOneStatement(const sql::Compiled& compiled, const sql::DialectProfile& profile) {
  if (compiled.bulk.style == sql::BulkStyle::kNone || compiled.bulk.one_row_each) return 1;
  size_t rows = std::min(profile.bulk_rows, kMostRows);
  const size_t width = compiled.bulk.row_parameters;
  if (compiled.bulk.style == sql::BulkStyle::kValues && width > 0) {
    const size_t shared = std::min(compiled.bulk.tail_binds.size(), profile.max_parameters);
    rows = std::min(rows, (profile.max_parameters - shared) / width);
  }
  return std::max<size_t>(rows, 1);
}

// Makes the statements of one bulk call; texts for full chunks are made once.
class BulkStatements {
 public:
  BulkStatements(const sql::Compiled& compiled, const sql::DialectProfile& profile,
                 Connection& connection)
      : compiled_(compiled),
        numbered_(profile.lexicon->placeholder == sql::Placeholder::kDollar),
        connection_(connection) {}

  Task<absl::StatusOr<Outcome>> Run(std::span<const Value> arguments, size_t rows, RowSink& sink) {
    const sql::Step& step = compiled_.steps.front();
    Request request;
    request.columns = step.columns;
    request.returns_rows = !step.columns.empty();
    request.writes = true;
    parameters_.clear();
    if (compiled_.bulk.style == sql::BulkStyle::kArrays) {
      request.statement_id = (compiled_.id << 24) | (kArraysStep << 20);
      request.sql = compiled_.bulk.arrays.pieces.front();
      BindArrays(arguments, rows);
    } else {
      request.statement_id = (compiled_.id << 24) | (kValuesStep << 20) | rows;
      request.sql = ValuesText(rows);
      BindValues(arguments, rows);
    }
    request.parameters = parameters_;
    co_return co_await connection_.Run(request, &sink);
  }

 private:
  void BindArrays(std::span<const Value> arguments, size_t rows) {
    const auto columns = static_cast<uint32_t>(compiled_.parameters.size());
    for (const sql::Bind& bind : compiled_.bulk.arrays.binds) {
      const Value* first = arguments.data() + bind.index;
      if (bind.source == sql::BindSource::kList) {
        parameters_.push_back({first->items, static_cast<uint32_t>(first->size), 1, bind.type, true});
      } else if (bind.index < compiled_.bulk.row_parameters) {
        parameters_.push_back({first, static_cast<uint32_t>(rows), columns, bind.type, true});
      } else {
        parameters_.push_back({first, 1, 1, bind.type, false});
      }
    }
  }

  // Parameters that are the same for all rows are taken from the first.
  void BindValues(std::span<const Value> arguments, size_t rows) {
    const size_t columns = compiled_.parameters.size();
    for (size_t row = 0; row < rows; ++row) {
      for (size_t column = 0; column < compiled_.bulk.row_parameters; ++column) {
        parameters_.push_back(
            {&arguments[row * columns + column], 1, 1, compiled_.parameters[column], false});
      }
    }
    for (const sql::Bind& bind : compiled_.bulk.tail_binds) {
      parameters_.push_back({&arguments[bind.index], 1, 1, bind.type, false});
    }
  }

  const std::string& ValuesText(size_t rows) {
    if (text_rows_ == rows) return text_;
    const sql::Bulk& bulk = compiled_.bulk;
    text_ = bulk.head;
    for (size_t i = 0; i < rows; ++i) {
      if (i > 0) text_ += ", ";
      if (numbered_) {
        AppendNumbered(i * bulk.row_parameters);
      } else {
        text_ += bulk.row;
      }
    }
    text_ += bulk.tail;
    text_rows_ = rows;
    return text_;
  }

  // A row is its parameters in order; those of each row have numbers of their own.
  void AppendNumbered(size_t before) {
    for (size_t i = 0; i < compiled_.bulk.row_parameters; ++i) {
      absl::StrAppend(&text_, i == 0 ? "($" : ", $", before + i + 1);
    }
    text_ += ")";
  }

  const sql::Compiled& compiled_;
  const bool numbered_;
  Connection& connection_;
  std::vector<Parameter> parameters_;
  std::string text_;
  size_t text_rows_ = 0;
};

// MySQL: after an insert of `rows` rows the keys are `first`, `first + step`, …; shows them, or the rows that have
// them.
Task<absl::Status> ShowInserted(const sql::Compiled& compiled, const sql::DialectProfile& profile,
                                Connection& connection, const Outcome& outcome, size_t rows,
                                RowSink& sink) {
  std::vector<Value> keys(rows);
  for (size_t i = 0; i < rows; ++i) {
    keys[i] = Value::Int64(outcome.first_insert_id +
                           static_cast<int64_t>(i) * connection.insert_id_step());
  }
  if (compiled.keys_are_result) co_return co_await SendKeys(keys, sink);
  const sql::Step& step = compiled.steps.back();
  const size_t sizes[] = {keys.size()};
  const std::string text = sql::Expand(step.text, *profile.lexicon, sizes);
  std::vector<Parameter> parameters;
  const Type type = step.text.binds.front().type;
  if (sql::IsSpelledOut(keys.size(), *profile.lexicon)) {
    for (size_t i = 0; i < sql::PaddedSize(keys.size()); ++i) {
      parameters.push_back({&keys[std::min(i, keys.size() - 1)], 1, 1, type, false});
    }
  } else {
    parameters.push_back({keys.data(), static_cast<uint32_t>(keys.size()), 1, type, true});
  }
  Request request;
  request.sql = text;
  request.parameters = parameters;
  request.columns = step.columns;
  request.returns_rows = true;
  absl::StatusOr<Outcome> selected = co_await connection.Run(request, &sink);
  co_return selected.status();
}

Task<absl::StatusOr<int64_t>> RunChunk(const Execution& execution, BulkStatements& statements,
                                       Connection& connection, std::span<const Value> arguments,
                                       size_t rows) {
  const sql::Compiled& compiled = *execution.compiled;
  const sql::DialectProfile& profile = *execution.database->profile();
  ShowRows show;
  if (compiled.bulk.style == sql::BulkStyle::kNone || compiled.bulk.one_row_each) {
    co_return co_await RunSteps(compiled, profile, connection, arguments, show);
  }
  const bool emulated = compiled.steps.front().role == sql::StepRole::kInsertForKeys;
  if (emulated || compiled.bulk.unordered || compiled.columns.empty() ||
      compiled.bulk.style == sql::BulkStyle::kArrays) {
    absl::StatusOr<Outcome> outcome = co_await statements.Run(arguments, rows, show);
    if (!outcome.ok()) co_return outcome.status();
    if (emulated) {
      FERRO_CO_TRY(co_await ShowInserted(compiled, profile, connection, *outcome, rows, show));
    }
    co_return outcome->rows_affected;
  }
  OrderedRows ordered(compiled, arguments, rows);
  absl::StatusOr<Outcome> outcome = co_await statements.Run(arguments, rows, ordered);
  if (!outcome.ok()) co_return outcome.status();
  FERRO_CO_TRY(ordered.Sort());
  FERRO_CO_TRY(co_await show.Accept(ordered.batch()));
  co_return outcome->rows_affected;
}

}  // namespace

Task<absl::Status> ExecuteBulk(Execution execution, size_t rows, runtime::Operation& operation) {
  const sql::Compiled& compiled = *execution.compiled;
  if (compiled.statement_class != sql::StatementClass::kWrite) {
    co_return MakeError(ErrorClass::kInvalidArgument, "only a change can be run for many rows");
  }
  if (rows == 0) co_return absl::OkStatus();
  std::optional<TransactionUse> use;
  if (execution.transaction != nullptr) {
    FERRO_CO_ASSIGN(TransactionUse taken, TransactionUse::Take(execution.transaction));
    use.emplace(std::move(taken));
  }
  const size_t chunk = RowsOfOneStatement(compiled, *execution.database->profile());
  ExecutionScope scope(execution, compiled.atomic || rows > chunk);
  absl::StatusOr<Connection*> connection = co_await scope.Begin();
  if (!connection.ok()) co_return connection.status();
  BulkStatements statements(compiled, *execution.database->profile(), **connection);
  absl::Status status;
  int64_t affected = 0;
  const size_t width = compiled.parameters.size();
  for (size_t first = 0; first < rows; first += chunk) {
    const size_t count = std::min(chunk, rows - first);
    absl::StatusOr<int64_t> done =
        co_await RunChunk(execution, statements, **connection,
                          execution.arguments.subspan(first * width, count * width), count);
    if (!done.ok()) {
      status = WithDetail(done.status(),
                          [&](ErrorDetail& detail) {
                            // A driver may know the row within its statement (PostgreSQL's arrays).
                            detail.row = static_cast<int64_t>(first) + std::max<int64_t>(detail.row, 0);
                          });
      break;
    }
    affected += *done;
  }
  operation.rows_affected = affected;
  co_return co_await scope.End(status);
}

}  // namespace ferro::db
