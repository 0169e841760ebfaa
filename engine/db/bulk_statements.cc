#include "engine/db/bulk_statements.h"

#include "absl/strings/str_cat.h"

namespace ferro::db {
namespace {

// Which text of a Compiled a bulk statement is: steps are numbered from 0, so these come last.
constexpr uint64_t kReadStep = 13;
constexpr uint64_t kValuesStep = 14;
constexpr uint64_t kArraysStep = 15;

}  // namespace

Task<absl::StatusOr<Outcome>> BulkStatements::Run(std::span<const Value> arguments, size_t rows, RowSink& sink) {
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
  co_return co_await RunInTime(connection_, request, &sink, timeout_);
}

Task<absl::Status> BulkStatements::Read(std::span<const Value> arguments, size_t rows, RowSink& sink) {
  const sql::Bulk& bulk = compiled_.bulk;
  const size_t columns = compiled_.parameters.size();
  std::string text = bulk.read;
  parameters_.clear();
  for (size_t row = 0; row < rows; ++row) {
    absl::StrAppend(&text, row == 0 ? "" : " OR ", bulk.read_row);
    for (const sql::Bind& bind : bulk.read_keys) {
      parameters_.push_back({&arguments[row * columns + bind.index], 1, 1, bind.type, false});
    }
  }
  Request request;
  request.statement_id = (compiled_.id << 24) | (kReadStep << 20) | rows;
  request.sql = text;
  request.parameters = parameters_;
  request.columns = compiled_.columns;
  request.returns_rows = true;
  absl::StatusOr<Outcome> read = co_await RunInTime(connection_, request, &sink, timeout_);
  co_return read.status();
}

Task<absl::StatusOr<Outcome>> BulkStatements::Copy(std::span<const Value> arguments, size_t rows) {
  Request request;
  request.sql = compiled_.bulk.copy.text;
  request.writes = true;
  request.copy = &compiled_.bulk.copy;
  parameters_.clear();
  const auto columns = static_cast<uint32_t>(compiled_.parameters.size());
  for (uint32_t i = 0; i < columns; ++i) {
    parameters_.push_back(
        {arguments.data() + i, static_cast<uint32_t>(rows), columns, compiled_.parameters[i], true});
  }
  request.parameters = parameters_;
  co_return co_await RunInTime(connection_, request, nullptr, timeout_);
}

void BulkStatements::BindArrays(std::span<const Value> arguments, size_t rows) {
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

void BulkStatements::BindValues(std::span<const Value> arguments, size_t rows) {
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

const std::string& BulkStatements::ValuesText(size_t rows) {
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

void BulkStatements::AppendNumbered(size_t before) {
  for (size_t i = 0; i < compiled_.bulk.row_parameters; ++i) {
    absl::StrAppend(&text_, i == 0 ? "($" : ", $", before + i + 1);
  }
  text_ += ")";
}

}  // namespace ferro::db
