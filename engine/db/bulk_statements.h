// The statements of one bulk call: how a change of one row is said for many, as sql::Bulk has it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/db/execute.h"

namespace ferro::db {

// For one call on one connection, which must outlive it. Texts for full chunks are made once.
class BulkStatements {
 public:
  static constexpr size_t kMostRows = (1 << 20) - 1;  // of one statement: they share an id with its step

  BulkStatements(const Execution& execution, Connection& connection)
      : compiled_(*execution.compiled),
        numbered_(execution.database->profile()->lexicon->placeholder == sql::Placeholder::kDollar),
        timeout_(execution.database->url().statement_timeout),
        connection_(connection) {}

  // An insert, upsert or update of so many rows, whose parameters are `arguments`, row-major.
  Task<absl::StatusOr<Outcome>> Run(std::span<const Value> arguments, size_t rows, RowSink& sink);

  // The rows of a statement that could not return them, see sql::Bulk::read.
  Task<absl::Status> Read(std::span<const Value> arguments, size_t rows, RowSink& sink);

  // By Request::copy, which the server may decline.
  Task<absl::StatusOr<Outcome>> Copy(std::span<const Value> arguments, size_t rows);

 private:
  void BindArrays(std::span<const Value> arguments, size_t rows);

  // Parameters that are the same for all rows are taken from the first.
  void BindValues(std::span<const Value> arguments, size_t rows);

  const std::string& ValuesText(size_t rows);

  // A row is its parameters in order; those of each row have numbers of their own.
  void AppendNumbered(size_t before);

  const sql::Compiled& compiled_;
  const bool numbered_;
  const absl::Duration timeout_;
  Connection& connection_;
  std::vector<Parameter> parameters_;
  std::string text_;
  size_t text_rows_ = 0;
};

}  // namespace ferro::db
