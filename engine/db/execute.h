// Runs a Compiled: checks the arguments, spells out lists, goes through the steps and shows their rows. A statement of
// several steps that must share a transaction gets one of its own when the caller has none.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "absl/status/status.h"
#include "engine/db/database.h"
#include "engine/db/transaction.h"
#include "engine/runtime/operation.h"

namespace ferro::db {

// Everything a running statement refers to. Arguments are borrowed until the operation has gone.
struct Execution {
  std::shared_ptr<Database> database;
  std::shared_ptr<Transaction> transaction;  // null: the statement is its own transaction
  std::shared_ptr<const sql::Compiled> compiled;
  std::span<const Value> arguments;
  uint32_t stream_rows = 0;  // see Request; only for a query, see CheckStreams
};

// The body of an operation: batches are shown as they come, operation.rows_affected is set at the end.
Task<absl::Status> Execute(Execution execution, runtime::Operation& operation);

// kInvalidArgument when the arguments are not what the statement declares, kNotNull when the key of
// an insert is NULL. Execute trusts that this was asked, ExecuteBulk that it was asked for `rows`
// rows of arguments.
absl::Status CheckArguments(const sql::Compiled& compiled, std::span<const Value> arguments);
absl::Status CheckArguments(const sql::Compiled& compiled, std::span<const Value> arguments,
                            size_t rows);

// kInvalidArgument for a statement that is no query: what it changes must not depend on how many rows somebody takes.
absl::Status CheckStreams(const sql::Compiled& compiled);

// The connection an execution runs on: the transaction's, or one leased for it; with a transaction of its own when
// `atomic` asks for one and there is none. Begin first, End last; a scope that is not ended closes its connection.
class ExecutionScope {
 public:
  ExecutionScope(const Execution& execution, bool atomic)
      : execution_(execution), atomic_(atomic) {}

  Task<absl::StatusOr<Connection*>> Begin();
  // Commits or rolls back what Begin began; returns the first thing that went wrong.
  Task<absl::Status> End(absl::Status status);

 private:
  const Execution& execution_;
  const bool atomic_;
  Lease lease_;
  bool own_transaction_ = false;
};

// Joins the transaction that the execution is to run in, if any: takes it for `use`, and its deadline for the operation.
absl::Status Join(const Execution& execution, runtime::Context& context,
                  std::optional<TransactionUse>& use);
// kUnsupported for a definition in a transaction, where the database would commit it.
absl::Status CheckDefinition(const Execution& execution);
// A deadline of ours that has passed ends the transaction on every database, also where it need not.
void Judge(const Execution& execution, const absl::Status& status);

// connection.Run() within the time that the database gives each statement, unless the operation has a deadline of its own.
// Of a stream each batch has that time.
Task<absl::StatusOr<Outcome>> RunInTime(Connection& connection, const Request& request, RowSink* sink,
                                        absl::Duration timeout);

// The same for connection.Script().
Task<absl::Status> ScriptInTime(Connection& connection, absl::string_view sql, absl::Duration timeout);

// Runs the steps of one statement on `connection`; the statement's rows go to `sink`. Returns the count of rows.
Task<absl::StatusOr<int64_t>> RunSteps(const Execution& execution, Connection& connection,
                                       std::span<const Value> arguments, RowSink& sink);

// Rows of one column, for a statement that was asked for nothing but its keys.
Task<absl::Status> SendKeys(std::span<const Value> keys, RowSink& sink);

// Shows each batch to whoever drives the operation.
class ShowRows : public RowSink {
 public:
  explicit ShowRows(runtime::Operation* operation = nullptr) : operation_(operation) {}
  Task<absl::Status> Accept(Batch& batch) override;
  void Describe(std::vector<std::string> names) override;
  bool shown() const { return shown_; }

 private:
  bool shown_ = false;
  runtime::Operation* operation_;  // is told the names of columns; may be null
};

}  // namespace ferro::db
