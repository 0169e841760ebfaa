#include "engine/db/execute.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/pipeline.h"
#include "engine/db/prepared.h"
#include "engine/db/until.h"
#include "engine/value/copy.h"

namespace ferro::db {
namespace {

// Keys of an earlier step, copied out of its batches.
class CollectKeys : public RowSink {
 public:
  Task<absl::Status> Accept(Batch& batch) override {
    for (size_t i = 0; i < batch.rows(); ++i) keys_.push_back(CopyOf(batch.row(i)[0], arena_));
    co_return absl::OkStatus();
  }
  std::vector<Value>& keys() { return keys_; }

 private:
  std::vector<Value> keys_;
  Arena arena_;
};

// Of arguments that are as many, and of the types, that the statement declares.
absl::Status CheckKeys(const sql::Compiled& compiled, std::span<const Value> arguments) {
  if (compiled.supplied_key < 0) return absl::OkStatus();
  const auto key = static_cast<size_t>(compiled.supplied_key);
  const size_t columns = compiled.parameters.size();
  for (size_t i = key; i < arguments.size(); i += columns) {
    if (!arguments[i].is_null()) continue;
    return WithDetail(sql::NullKeyError(compiled.table, compiled.key, compiled.parameters[key]),
                      [&](ErrorDetail& detail) { detail.row = static_cast<int64_t>(i / columns); });
  }
  return absl::OkStatus();
}

}  // namespace

Task<absl::Status> ShowRows::Accept(Batch& batch) {
  shown_ = shown_ || !batch.empty();
  if (!batch.empty()) co_await runtime::ShowBatch(batch);
  co_return absl::OkStatus();
}

void ShowRows::Describe(std::vector<std::string> names) {
  if (operation_ != nullptr) operation_->columns = std::move(names);
}

std::vector<sql::ResultColumn> ColumnsByName(std::span<const std::string> names,
                                             std::span<const sql::ResultColumn> named) {
  std::vector<sql::ResultColumn> columns;
  columns.reserve(names.size());
  for (const std::string& name : names) {
    const auto found = std::find_if(named.begin(), named.end(),
                                    [&](const auto& column) { return column.name == name; });
    columns.push_back({name, found == named.end() ? Type::kNull : found->type});
  }
  return columns;
}

Task<absl::Status> SendKeys(std::span<const Value> keys, RowSink& sink) {
  Batch batch;
  batch.Reset(1);
  for (const Value& key : keys) batch.AddRow()[0] = key;
  co_return co_await sink.Accept(batch);
}

absl::Status CheckArguments(const sql::Compiled& compiled, std::span<const Value> arguments,
                            size_t rows) {
  const size_t columns = compiled.parameters.size();
  if (arguments.size() != columns * rows) {
    return MakeError(ErrorClass::kInvalidArgument,
                     absl::StrCat("the statement has ", columns, " parameters for each of ", rows,
                                  " rows, and ", arguments.size(), " arguments were given"));
  }
  const auto fits = [](const Value& value, Type declared) {
    return value.is_null() || value.type == declared;
  };
  const auto all_fit = [&fits](const Value& value, Type element) {
    return value.type == Type::kArray &&
           std::all_of(value.items, value.items + value.size,
                       [&](const Value& item) { return fits(item, element); });
  };
  size_t column = 0;
  for (const Value& value : arguments) {
    const Type declared = compiled.parameters[column];
    bool good;
    if (compiled.parameter_is_list[column]) {
      good = all_fit(value, declared);
    } else if (IsArray(declared)) {
      good = value.is_null() || all_fit(value, ElementOf(declared));
    } else {
      good = fits(value, declared);
    }
    if (!good) {
      return MakeError(ErrorClass::kInvalidArgument,
                       absl::StrCat("argument ", column, " is declared as ",
                                    compiled.parameter_is_list[column] ? "a list of " : "",
                                    Name(declared), " and is something else (", Name(value.type), ")"));
    }
    if (++column == columns) column = 0;
  }
  return CheckKeys(compiled, arguments);
}

absl::Status CheckArguments(const sql::Compiled& compiled, std::span<const Value> arguments) {
  // A row has a number only in a bulk call.
  return WithDetail(CheckArguments(compiled, arguments, 1),
                    [](ErrorDetail& detail) { detail.row = -1; });
}

absl::Status CheckStreams(const sql::Compiled& compiled) {
  if (compiled.statement_class == sql::StatementClass::kQuery && compiled.steps.size() == 1) {
    return absl::OkStatus();
  }
  return MakeErrorWithHint(ErrorClass::kInvalidArgument, "only the rows of a query can be streamed",
                           "run a statement that changes something to its end");
}

Task<absl::StatusOr<Connection*>> ExecutionScope::Begin() {
  if (execution_.transaction != nullptr) co_return execution_.transaction->Use();
  FERRO_CO_ASSIGN(lease_, co_await execution_.database->pool().Acquire());
  if (atomic_) {
    FERRO_CO_TRY(co_await ScriptInTime(*lease_, execution_.database->profile()->lexicon->begin_write,
                                       execution_.database->url().statement_timeout));
    own_transaction_ = true;
  }
  co_return &*lease_;
}

Task<absl::Status> ExecutionScope::End(absl::Status status) {
  if (own_transaction_) {
    const Until until(co_await runtime::ThisContext(), execution_.database->url().statement_timeout);
    if (status.ok()) status = co_await SendCommit(*lease_);
    // The first error is the one to report; a connection that cannot roll back is not given back to the pool.
    if (!status.ok() && lease_->healthy() &&
        lease_->transaction_state() != TransactionState::kIdle) {
      (co_await lease_->Script("ROLLBACK")).IgnoreError();
    }
  } else if (!status.ok() && execution_.transaction == nullptr &&
             execution_.compiled->statement_class != sql::StatementClass::kQuery &&
             ClassOf(status) == ErrorClass::kConnection && !lease_->healthy()) {
    status = CommitUnknown(status);  // a statement on its own is its own COMMIT
  }
  lease_ = Lease();
  co_return status;
}

namespace {

// The time that the reader of a stream takes is not the server's.
class RenewsTime final : public RowSink {
 public:
  RenewsTime(RowSink& sink, Until& until) : sink_(sink), until_(until) {}
  Task<absl::Status> Accept(Batch& batch) override {
    absl::Status accepted = co_await sink_.Accept(batch);
    until_.Renew();
    co_return accepted;
  }
  void Describe(std::vector<std::string> names) override { sink_.Describe(std::move(names)); }

 private:
  RowSink& sink_;
  Until& until_;
};

Task<absl::StatusOr<Outcome>> RunUntil(Connection& connection, const Request& request, RowSink* sink,
                                       absl::Duration timeout) {
  Until until(co_await runtime::ThisContext(), timeout);
  if (request.stream_rows == 0) co_return co_await connection.Run(request, sink);
  RenewsTime renewing(*sink, until);
  co_return co_await connection.Run(request, &renewing);
}

}  // namespace

Task<absl::StatusOr<Outcome>> RunInTime(Connection& connection, const Request& request, RowSink* sink,
                                        absl::Duration timeout) {
  if (timeout == absl::InfiniteDuration()) return connection.Run(request, sink);
  return RunUntil(connection, request, sink, timeout);
}

Task<absl::Status> ScriptInTime(Connection& connection, absl::string_view sql, absl::Duration timeout) {
  const Until until(co_await runtime::ThisContext(), timeout);
  co_return co_await connection.Script(sql);
}

absl::Status Join(const Execution& execution, runtime::Context& context,
                  std::optional<TransactionUse>& use) {
  if (execution.transaction == nullptr) return absl::OkStatus();
  FERRO_ASSIGN(TransactionUse taken, TransactionUse::Take(execution.transaction));
  use.emplace(std::move(taken));
  context.deadline = std::min(context.deadline, execution.transaction->deadline());
  return absl::OkStatus();
}

void Judge(const Execution& execution, const absl::Status& status) {
  if (execution.transaction == nullptr || status.ok()) return;
  const ErrorDetail detail = DetailOf(status);
  if (detail.error_class == ErrorClass::kTimeout && detail.sqlstate.empty()) execution.transaction->Lose();
}

absl::Status CheckDefinition(const Execution& execution) {
  const bool defines = execution.compiled->statement_class == sql::StatementClass::kDefinition;
  if (execution.transaction == nullptr || !defines) return absl::OkStatus();
  return execution.database->profile()->Check(sql::Feature::kTransactionalDdl);
}

Task<absl::StatusOr<int64_t>> RunSteps(const Execution& execution, Connection& connection,
                                       std::span<const Value> arguments, RowSink& sink) {
  const sql::Compiled& compiled = *execution.compiled;
  const sql::DialectProfile& profile = *execution.database->profile();
  int64_t rows = 0;
  CollectKeys collected;
  for (size_t i = 0; i < compiled.steps.size(); ++i) {
    const sql::Step& step = compiled.steps[i];
    Prepared prepared;
    FERRO_CO_TRY(Prepare(compiled, i, profile, arguments, collected.keys(), prepared));
    Request request = RequestFor(prepared, compiled, i);
    request.stream_rows = execution.stream_rows;
    RowSink* target = step.role == sql::StepRole::kCollectKeys ? &collected : &sink;
    absl::StatusOr<Outcome> outcome =
        co_await RunInTime(connection, request, target, execution.database->url().statement_timeout);
    if (!outcome.ok()) {
      const int32_t code = DetailOf(outcome.status()).native_code;
      if (step.tolerated_native_code == 0 || code != step.tolerated_native_code) {
        co_return outcome.status();
      }
      outcome = Outcome{};
    }
    if (step.counts && step.role != sql::StepRole::kCollectKeys) rows += outcome->rows_affected;
    if (step.role == sql::StepRole::kInsertForKeys) {
      collected.keys().push_back(compiled.supplied_key >= 0
                                     ? arguments[static_cast<size_t>(compiled.supplied_key)]
                                     : Value::Int64(outcome->first_insert_id));
    }
    // Nothing was found, so the later steps have nothing to do.
    if (step.role == sql::StepRole::kCollectKeys && collected.keys().empty()) break;
  }
  if (compiled.keys_are_result) FERRO_CO_TRY(co_await SendKeys(collected.keys(), sink));
  co_return rows;
}

namespace {

// Larger results are read by themselves, where they can be taken as they come.
constexpr int64_t kManyRows = 1000;

class DropRows final : public RowSink {
 public:
  Task<absl::Status> Accept(Batch&) override { co_return absl::OkStatus(); }
};

// The statement on a connection that it shares with others. `alone` is set when nothing was shown yet and it has to be run
// on one of its own.
Task<absl::StatusOr<int64_t>> RunShared(Pipeline& pipeline, const Execution& execution, ShowRows& sink, bool& alone) {
  const sql::Compiled& compiled = *execution.compiled;
  Prepared prepared;
  FERRO_CO_TRY(Prepare(compiled, 0, *execution.database->profile(), execution.arguments, {}, prepared));
  const Request request = RequestFor(prepared, compiled, 0);
  alone = !pipeline.Suits(request);
  if (alone) co_return 0;
  FERRO_CO_ASSIGN(const std::unique_ptr<Answer> answer,
                  co_await pipeline.Ask(request, execution.database->url().statement_timeout));
  alone = answer == nullptr || answer->stale();
  if (alone) co_return 0;
  absl::StatusOr<Outcome> outcome = co_await answer->Read(request, sink);
  if (answer->unread()) {
    pipeline.Avoid(request.statement_id, true);
    alone = !sink.shown();
    if (alone) co_return 0;
    // What is wrong with a row is told in full by a connection that can ask about it.
    ExecutionScope scope(execution, false);
    FERRO_CO_ASSIGN(Connection* const connection, co_await scope.Begin());
    DropRows drop;
    const absl::StatusOr<Outcome> again = co_await RunInTime(*connection, request, &drop, execution.database->url().statement_timeout);
    FERRO_CO_TRY(co_await scope.End(again.status()));
  }
  if (!outcome.ok()) co_return outcome.status();
  if (outcome->rows_affected > kManyRows) pipeline.Avoid(request.statement_id);
  co_return outcome->rows_affected;
}

}  // namespace

Task<absl::Status> Execute(Execution execution, runtime::Operation& operation) {
  const sql::Compiled& compiled = *execution.compiled;
  std::optional<TransactionUse> use;
  runtime::Context& context = co_await runtime::ThisContext();
  ShowRows sink(&operation);
  if (context.pipeline != nullptr && compiled.shareable && execution.transaction == nullptr &&
      execution.stream_rows == 0) {
    bool alone = false;
    const absl::StatusOr<int64_t> rows = co_await RunShared(*context.pipeline, execution, sink, alone);
    if (rows.ok()) operation.rows_affected = *rows;
    if (!alone) co_return rows.status();
  }
  FERRO_CO_TRY(Join(execution, context, use));
  FERRO_CO_TRY(CheckDefinition(execution));
  ExecutionScope scope(execution, compiled.atomic);
  absl::StatusOr<Connection*> connection = co_await scope.Begin();
  if (!connection.ok()) co_return connection.status();
  absl::StatusOr<int64_t> rows =
      co_await RunSteps(execution, **connection, execution.arguments, sink);
  Judge(execution, rows.status());
  if (rows.ok()) operation.rows_affected = *rows;
  co_return co_await scope.End(rows.status());
}

}  // namespace ferro::db
