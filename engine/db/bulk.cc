#include "engine/db/bulk.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/bulk_statements.h"
#include "engine/db/ordered_rows.h"
#include "engine/sql/compile.h"

namespace ferro::db {
namespace {

constexpr size_t kFewestCopied = 500;  // rows for which asking about the table pays

size_t RowsOfOneStatement(const sql::Compiled& compiled, const sql::DialectProfile& profile) {
  if (compiled.bulk.style == sql::BulkStyle::kNone || compiled.bulk.one_row_each) return 1;
  size_t rows = std::min(profile.bulk_rows, BulkStatements::kMostRows);
  const size_t width = compiled.bulk.row_parameters;
  if (compiled.bulk.style == sql::BulkStyle::kValues && width > 0) {
    const size_t shared = std::min(compiled.bulk.tail_binds.size(), profile.max_parameters);
    rows = std::min(rows, (profile.max_parameters - shared) / width);
  }
  return std::max<size_t>(rows, 1);
}

bool Copies(const sql::Compiled& compiled, size_t rows) {
  return !compiled.bulk.copy.text.empty() && rows >= kFewestCopied;
}

// MySQL: after an insert of `rows` rows the keys are `first`, `first + step`, …; shows them, or the rows that have
// them.
Task<absl::Status> ShowInserted(const Execution& execution, Connection& connection,
                                const Outcome& outcome, size_t rows, RowSink& sink) {
  const sql::Compiled& compiled = *execution.compiled;
  const sql::DialectProfile& profile = *execution.database->profile();
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
  absl::StatusOr<Outcome> selected =
      co_await RunInTime(connection, request, &sink, execution.database->url().statement_timeout);
  co_return selected.status();
}

class NoRows : public RowSink {
 public:
  Task<absl::Status> Accept(Batch& /*batch*/) override { co_return absl::OkStatus(); }
};

bool HasLonger(std::span<const Value> values, size_t most) {
  return most > 0 && std::any_of(values.begin(), values.end(), [most](const Value& value) {
           return value.type == Type::kText && value.size > most;
         });
}

Task<absl::StatusOr<int64_t>> RunChunk(const Execution& execution, BulkStatements& statements,
                                       Connection& connection, std::span<const Value> arguments,
                                       size_t rows, RowSink& show) {
  const sql::Compiled& compiled = *execution.compiled;
  if (compiled.bulk.style == sql::BulkStyle::kNone || compiled.bulk.one_row_each) {
    co_return co_await RunSteps(execution, connection, arguments, show);
  }
  if (HasLonger(arguments, compiled.bulk.max_bytes)) {
    const size_t width = compiled.parameters.size();
    int64_t affected = 0;
    for (size_t row = 0; row < rows; ++row) {
      FERRO_CO_ASSIGN(const int64_t one,
                      co_await RunSteps(execution, connection,
                                        arguments.subspan(row * width, width), show));
      affected += one;
    }
    co_return affected;
  }
  const bool emulated = compiled.steps.front().role == sql::StepRole::kInsertForKeys;
  if (!compiled.bulk.read.empty()) {
    NoRows none;
    FERRO_CO_ASSIGN(const Outcome written, co_await statements.Run(arguments, rows, none));
    FERRO_CO_TRY(co_await statements.Read(arguments, rows, show));
    co_return written.rows_affected;
  }
  if (emulated || compiled.bulk.unordered || compiled.columns.empty() ||
      compiled.bulk.style == sql::BulkStyle::kArrays) {
    absl::StatusOr<Outcome> outcome = co_await statements.Run(arguments, rows, show);
    if (!outcome.ok()) co_return outcome.status();
    if (emulated) {
      FERRO_CO_TRY(co_await ShowInserted(execution, connection, *outcome, rows, show));
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

// The state before a bulk call, to which one can go back whoever began the transaction.
class StartPoint {
 public:
  // `own`: the transaction was begun for this call. Else `inside` says whether there is one.
  StartPoint(const Execution& execution, Connection& connection, bool own, bool inside)
      : connection_(connection),
        words_(*execution.database->profile()->lexicon),
        timeout_(execution.database->url().statement_timeout),
        own_(own),
        inside_(inside) {}

  Task<absl::Status> Mark() {
    if (!inside_) co_return absl::OkStatus();
    co_return co_await Script(absl::StrCat(words_.savepoint, kName));
  }

  Task<absl::Status> Return() {
    if (inside_) co_return co_await Script(absl::StrCat(words_.rollback_to, kName));
    if (own_) FERRO_CO_TRY(co_await Script("ROLLBACK"));
    began_ = !own_;
    co_return co_await Script(words_.begin_write);
  }

  // Keeps or undoes what was done since the mark. A transaction of its own is its owner's to end.
  Task<absl::Status> End(absl::Status status) {
    const bool open = connection_.healthy() &&
                      connection_.transaction_state() != TransactionState::kIdle;
    if (inside_ && status.ok()) {
      co_return co_await Script(absl::StrCat(words_.release, kName));
    }
    if (inside_ && open) {
      (co_await Script(absl::StrCat(words_.rollback_to, kName))).IgnoreError();
      (co_await Script(absl::StrCat(words_.release, kName))).IgnoreError();
    } else if (began_ && open) {
      (co_await Script("ROLLBACK")).IgnoreError();
    }
    co_return status;
  }

 private:
  Task<absl::Status> Script(absl::string_view sql) { return ScriptInTime(connection_, sql, timeout_); }

  static constexpr absl::string_view kName = "ferro_bulk";

  Connection& connection_;
  const sql::Lexicon& words_;
  const absl::Duration timeout_;
  const bool own_;
  const bool inside_;
  bool began_ = false;
};

// Whether an error is about a row, so that the statement without it would have succeeded.
bool IsOfARow(const absl::Status& status) {
  const ErrorClass error = ClassOf(status);
  return error >= ErrorClass::kUnique && error <= ErrorClass::kData;
}

class BulkRun {
 public:
  BulkRun(const Execution& execution, Connection& connection, size_t rows, size_t chunk)
      : execution_(execution),
        connection_(connection),
        statements_(execution, connection),
        rows_(rows),
        chunk_(chunk) {}

  // All rows, or those before `end`. After an error `failed_at` is where the statement began.
  Task<absl::StatusOr<int64_t>> Run(size_t end, RowSink& sink) {
    int64_t affected = 0;
    for (size_t first = 0; first < end; first += chunk_) {
      absl::StatusOr<int64_t> done = co_await Rows(first, std::min(chunk_, end - first), sink);
      if (!done.ok()) {
        failed_at_ = first;
        co_return done.status();
      }
      affected += *done;
    }
    co_return affected;
  }

  // The error with the row that it is about, if that can be told: what came before is run again, and then ever smaller
  // parts of the statement that failed. Nothing of it is kept.
  Task<absl::Status> Located(absl::Status status, StartPoint& start) {
    const size_t count = std::min(chunk_, rows_ - failed_at_);
    const int64_t within = DetailOf(status).row;
    // A driver may know the row within its statement (PostgreSQL's arrays).
    if (within >= 0 || count == 1) {
      co_return WithRow(status, failed_at_ + static_cast<size_t>(std::max<int64_t>(within, 0)));
    }
    if (!IsOfARow(status) || !connection_.healthy()) co_return status;
    absl::Status searched = co_await Search(failed_at_, count, start);
    co_return searched.ok() ? status : searched;
  }

 private:
  static absl::Status WithRow(const absl::Status& status, size_t row) {
    return WithDetail(status, [row](ErrorDetail& detail) { detail.row = static_cast<int64_t>(row); });
  }

  std::span<const Value> ArgumentsOf(size_t first, size_t count) const {
    const size_t width = execution_.compiled->parameters.size();
    return execution_.arguments.subspan(first * width, count * width);
  }

  Task<absl::StatusOr<int64_t>> Rows(size_t first, size_t count, RowSink& sink) {
    if (!Copies(*execution_.compiled, count)) {
      co_return co_await RunChunk(execution_, statements_, connection_, ArgumentsOf(first, count), count, sink);
    }
    FERRO_CO_ASSIGN(const Outcome copied, co_await statements_.Copy(ArgumentsOf(first, count), count));
    if (!copied.declined) co_return copied.rows_affected;
    const size_t most = RowsOfOneStatement(*execution_.compiled, *execution_.database->profile());
    int64_t affected = 0;
    for (size_t done = 0; done < count; done += most) {
      const size_t some = std::min(most, count - done);
      absl::StatusOr<int64_t> inserted = co_await RunChunk(
          execution_, statements_, connection_, ArgumentsOf(first + done, some), some, sink);
      if (!inserted.ok()) co_return WithRowsBefore(inserted.status(), done);
      affected += *inserted;
    }
    co_return affected;
  }

  static absl::Status WithRowsBefore(const absl::Status& status, size_t rows) {
    return WithDetail(status, [rows](ErrorDetail& detail) {
      if (detail.row >= 0) detail.row += static_cast<int64_t>(rows);
    });
  }

  // OK when it cannot be told, perhaps because the rows are fine by now.
  Task<absl::Status> Search(size_t first, size_t count, StartPoint& start) {
    if (!(co_await start.Return()).ok()) co_return absl::OkStatus();
    NoRows none;
    absl::StatusOr<int64_t> before = co_await Run(first, none);
    if (!before.ok()) co_return absl::OkStatus();
    const sql::Lexicon& words = *execution_.database->profile()->lexicon;
    while (true) {
      const size_t half = count > 1 ? count / 2 : 1;
      if (!(co_await Script(absl::StrCat(words.savepoint, kPart))).ok()) {
        co_return absl::OkStatus();
      }
      absl::StatusOr<int64_t> part = co_await Rows(first, half, none);
      if (count == 1) co_return part.ok() ? absl::OkStatus() : WithRow(part.status(), first);
      absl::Status next;
      if (part.ok()) {
        first += half;
        count -= half;
      } else {
        count = half;
        next = co_await Script(absl::StrCat(words.rollback_to, kPart));
      }
      if (next.ok()) next = co_await Script(absl::StrCat(words.release, kPart));
      if (!next.ok()) co_return absl::OkStatus();
    }
  }

  Task<absl::Status> Script(absl::string_view sql) {
    return ScriptInTime(connection_, sql, execution_.database->url().statement_timeout);
  }

  static constexpr absl::string_view kPart = "ferro_part";

  const Execution& execution_;
  Connection& connection_;
  BulkStatements statements_;
  const size_t rows_;
  const size_t chunk_;
  size_t failed_at_ = 0;
};

}  // namespace

Task<absl::Status> ExecuteBulk(Execution execution, size_t rows, runtime::Operation& operation) {
  const sql::Compiled& compiled = *execution.compiled;
  if (compiled.statement_class != sql::StatementClass::kWrite) {
    co_return MakeError(ErrorClass::kInvalidArgument, "only a change can be run for many rows");
  }
  if (rows == 0) co_return absl::OkStatus();
  std::optional<TransactionUse> use;
  FERRO_CO_TRY(Join(execution, co_await runtime::ThisContext(), use));
  const sql::DialectProfile& profile = *execution.database->profile();
  const bool copies = Copies(compiled, rows);
  const size_t chunk = copies ? rows : RowsOfOneStatement(compiled, profile);
  const bool inside = execution.transaction != nullptr;
  const bool atomic = compiled.atomic || copies || rows > chunk;
  ExecutionScope scope(execution, atomic);
  absl::StatusOr<Connection*> connection = co_await scope.Begin();
  if (!connection.ok()) co_return connection.status();
  StartPoint start(execution, **connection, atomic && !inside, inside && rows > 1);
  absl::Status status = co_await start.Mark();
  if (status.ok()) {
    BulkRun run(execution, **connection, rows, chunk);
    ShowRows show;
    absl::StatusOr<int64_t> affected = co_await run.Run(rows, show);
    if (affected.ok()) {
      operation.rows_affected = *affected;
    } else {
      status = co_await run.Located(affected.status(), start);
    }
    status = co_await start.End(std::move(status));
  }
  Judge(execution, status);
  co_return co_await scope.End(std::move(status));
}

}  // namespace ferro::db
