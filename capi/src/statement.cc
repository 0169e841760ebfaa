#include <new>

#include "capi/src/guard.h"
#include "engine/base/try.h"

using ferro::capi::BytesOf;
using ferro::capi::CheckHandle;
using ferro::capi::Guard;
using ferro::capi::Values;
using ferro::capi::View;

namespace {

// Each step on a line; a spelled-out list stands there with one placeholder.
std::string TextOf(const ferro::sql::Compiled& compiled) {
  std::string text;
  for (const ferro::sql::Step& step : compiled.steps) {
    if (!text.empty()) text += '\n';
    for (size_t i = 0; i < step.text.pieces.size(); ++i) {
      if (i > 0) text += '?';
      text += step.text.pieces[i];
    }
  }
  return text;
}

absl::StatusOr<ferro::db::Execution> MakeExecution(ferro_database* database,
                                                   ferro_transaction* transaction,
                                                   const ferro_statement* statement,
                                                   std::span<const ferro::Value> arguments) {
  FERRO_TRY(CheckHandle(database, "database"));
  FERRO_TRY(CheckHandle(statement, "statement"));
  ferro::db::Execution execution;
  execution.database = database->database;
  if (transaction != nullptr) {
    execution.transaction = transaction->transaction;
    if (&transaction->transaction->database() != database->database.get()) {
      return ferro::MakeError(ferro::ErrorClass::kInvalidArgument,
                              "the transaction belongs to another database");
    }
  }
  execution.compiled = statement->compiled;
  execution.arguments = arguments;
  return execution;
}

}  // namespace

ferro_code ferro_statement_compile(ferro_database* database, ferro_bytes plan,
                                   ferro_statement** out_statement, ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(database, "database"));
    FERRO_ASSIGN(auto compiled, database->database->Compile(View(plan)));
    auto statement = std::make_unique<ferro_statement>();
    statement->compiled = std::move(compiled);
    *out_statement = statement.release();
    return absl::OkStatus();
  });
}

void ferro_statement_free(ferro_statement* statement) { delete statement; }

ferro_bytes ferro_statement_sql(const ferro_statement* statement) {
  if (statement == nullptr) return {nullptr, 0};
  try {
    std::call_once(statement->text_made, [&] { statement->text = TextOf(*statement->compiled); });
  } catch (const std::bad_alloc&) {
    return {nullptr, 0};
  }
  return BytesOf(statement->text);
}

size_t ferro_statement_parameter_count(const ferro_statement* statement) {
  return statement == nullptr ? 0 : statement->compiled->parameters.size();
}

size_t ferro_statement_placeholder_count(const ferro_statement* statement) {
  if (statement == nullptr) return 0;
  size_t count = 0;
  for (const ferro::sql::Step& step : statement->compiled->steps) count += step.text.binds.size();
  return count;
}

int32_t ferro_statement_placeholder(const ferro_statement* statement, size_t index) {
  if (statement == nullptr) return -1;
  for (const ferro::sql::Step& step : statement->compiled->steps) {
    const std::vector<ferro::sql::Bind>& binds = step.text.binds;
    if (index < binds.size()) {
      const ferro::sql::Bind& bind = binds[index];
      return bind.source == ferro::sql::BindSource::kKeys ? -1 : static_cast<int32_t>(bind.index);
    }
    index -= binds.size();
  }
  return -1;
}

size_t ferro_statement_column_count(const ferro_statement* statement) {
  return statement == nullptr ? 0 : statement->compiled->columns.size();
}

ferro_code ferro_statement_run(ferro_database* database, ferro_transaction* transaction,
                               const ferro_statement* statement, const ferro_value* arguments,
                               size_t argument_count, ferro_operation** out_operation,
                               ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_ASSIGN(ferro::db::Execution execution,
                 MakeExecution(database, transaction, statement, Values(arguments, argument_count)));
    FERRO_TRY(ferro::db::CheckArguments(*execution.compiled, execution.arguments));
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.Start(ferro::db::Execute(std::move(execution), operation->operation));
    *out_operation = operation.release();
    return absl::OkStatus();
  });
}

ferro_code ferro_statement_stream(ferro_database* database, ferro_transaction* transaction,
                                  const ferro_statement* statement, const ferro_value* arguments,
                                  size_t argument_count, uint32_t rows_at_once,
                                  ferro_operation** out_operation, ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_ASSIGN(ferro::db::Execution execution,
                 MakeExecution(database, transaction, statement, Values(arguments, argument_count)));
    FERRO_TRY(ferro::db::CheckArguments(*execution.compiled, execution.arguments));
    FERRO_TRY(ferro::db::CheckStreams(*execution.compiled));
    if (rows_at_once == 0) {
      return ferro::MakeError(ferro::ErrorClass::kInvalidArgument,
                              "a stream fetches at least one row at a time");
    }
    execution.stream_rows = rows_at_once;
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.Start(ferro::db::Execute(std::move(execution), operation->operation));
    *out_operation = operation.release();
    return absl::OkStatus();
  });
}

ferro_code ferro_statement_run_several(ferro_database* database, ferro_transaction* transaction, const ferro_run* runs,
                                       size_t count, ferro_operation** out_operation, ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(transaction, "transaction"));
    std::vector<ferro::db::Execution> all;
    all.reserve(count);
    for (const ferro_run& run : std::span(runs, count)) {
      FERRO_ASSIGN(ferro::db::Execution execution, MakeExecution(database, transaction, run.statement,
                                                                 Values(run.arguments, run.argument_count)));
      FERRO_TRY(ferro::db::CheckArguments(*execution.compiled, execution.arguments));
      all.push_back(std::move(execution));
    }
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.Start(ferro::db::ExecuteSeveral(std::move(all), operation->operation));
    *out_operation = operation.release();
    return absl::OkStatus();
  });
}

ferro_code ferro_statement_run_bulk(ferro_database* database, ferro_transaction* transaction,
                                    const ferro_statement* statement, const ferro_value* arguments,
                                    size_t rows, ferro_operation** out_operation,
                                    ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(statement, "statement"));
    const size_t count = rows * statement->compiled->parameters.size();
    FERRO_ASSIGN(ferro::db::Execution execution,
                 MakeExecution(database, transaction, statement, Values(arguments, count)));
    FERRO_TRY(ferro::db::CheckArguments(*execution.compiled, execution.arguments, rows));
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.Start(
        ferro::db::ExecuteBulk(std::move(execution), rows, operation->operation));
    *out_operation = operation.release();
    return absl::OkStatus();
  });
}
