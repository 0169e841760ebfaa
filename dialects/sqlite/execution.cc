#include "dialects/sqlite/execution.h"

#include "absl/strings/str_cat.h"
#include "dialects/sqlite/bad_value.h"
#include "dialects/sqlite/encode.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::sqlite {
namespace {

// The progress handler notices a spent budget by itself; this is for rows that cost much time in
// few operations, such as long texts.
constexpr int64_t kRowsBetweenLooks = 16;

}  // namespace

absl::Status GaveUp(const Pace& pace, int code, absl::string_view sql) {
  ErrorDetail detail;
  detail.native_code = code;
  detail.sql = std::string(sql);
  if (pace.cancelled()) {
    detail.error_class = ErrorClass::kCancelled;
    return MakeError(std::move(detail), "the statement was cancelled");
  }
  if (pace.expired()) {
    detail.error_class = ErrorClass::kTimeout;
    return MakeError(std::move(detail), "the deadline passed while the database was at work");
  }
  detail.error_class = ErrorClass::kLock;
  return MakeError(std::move(detail), "database is locked: a write before this one takes too long");
}

absl::Status Failure(sqlite3* db, const Pace& pace, int code, Phase phase, absl::string_view sql) {
  const int primary = code & 0xFF;
  const bool stopped = primary == SQLITE_INTERRUPT || primary == SQLITE_BUSY;
  if (stopped && (pace.cancelled() || pace.expired())) return GaveUp(pace, code, sql);
  return MakeSqliteError(db, code, phase, sql);
}

Execution::Execution(sqlite3* db, Prepared& prepared, const db::Request& request, Pace& pace,
                     Buffers& buffers)
    : db_(db),
      statement_(prepared.handle.get()),
      request_(request),
      pace_(pace),
      buffers_(buffers),
      writes_(request.writes || !prepared.read_only),
      changes_before_(TotalChanges(db)) {}

Execution::~Execution() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  buffers_.bound.Clear();
  // One batch is kept for the next statement, a hundred are not.
  if (buffers_.batches.size() > 1) buffers_.batches.resize(1);
}

absl::Status Execution::Bind() { return BindAll(statement_, request_.parameters, buffers_.bound); }

void Execution::Restart() {
  sqlite3_reset(statement_);
  rows_ = 0;
  batch_count_ = 0;
  chosen_ = false;
}

absl::StatusOr<Stop> Execution::Advance(size_t batch_rows) {
  const int64_t start = SteadyNanos();
  absl::StatusOr<Stop> stop = Step(batch_rows);
  nanos_ += SteadyNanos() - start;
  return stop;
}

absl::StatusOr<Stop> Execution::Step(size_t batch_rows) {
  for (;;) {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) {
      ++rows_;
      if (!request_.returns_rows) continue;
      FERRO_TRY(AddRow(batch_rows));
      if (writes_) continue;
      if (batch(batch_count_ - 1).rows() >= batch_rows) return Stop::kFull;
      if (pace_.waits()) continue;
      if (rows_ % kRowsBetweenLooks == 0) pace_.Look();
      if (pace_.expired()) return Stop::kSpent;
      continue;
    }
    if (code == SQLITE_DONE) return Stop::kEnd;
    if (!pace_.waits()) {
      if ((code & 0xFF) == SQLITE_INTERRUPT && pace_.expired()) return Stop::kStopped;
      if ((code & 0xFF) == SQLITE_BUSY) return Stop::kBusy;
    }
    return Failure(db_, pace_, code, Phase::kRun, request_.sql);
  }
}

void Execution::Exchange(std::unique_ptr<Batch>& other) {
  if (other == nullptr) other = std::make_unique<Batch>();
  other->Reset(buffers_.decoders.size());
  if (batch_count_ > 0) std::swap(other, buffers_.batches[0]);
  batch_count_ = 0;
}

Batch& Execution::NextBatch() {
  if (batch_count_ == buffers_.batches.size())
    buffers_.batches.push_back(std::make_unique<Batch>());
  Batch& next = *buffers_.batches[batch_count_++];
  next.Reset(buffers_.decoders.size());
  return next;
}

std::vector<std::string> Execution::NamesNow() const {
  std::vector<std::string> names;
  for (int i = 0; i < sqlite3_column_count(statement_); ++i) {
    const char* name = sqlite3_column_name(statement_, i);
    names.emplace_back(name == nullptr ? "" : name);
  }
  return names;
}

std::vector<std::string> Execution::TakeNames() {
  return chosen_ ? std::move(names_) : NamesNow();
}

absl::Status Execution::ChooseDecoders() {
  // Now, not when it was prepared: the first step may have prepared it again after a change of the
  // schema.
  const int count = sqlite3_column_count(statement_);
  if (!request_.columns.empty() && request_.columns.size() != static_cast<size_t>(count)) {
    return MakeError(ErrorClass::kInvalidArgument,
                     absl::StrCat("the statement returns ", count, " columns where ",
                                  request_.columns.size(), " are expected"));
  }
  buffers_.decoders.clear();
  std::vector<sql::ResultColumn> by_name;
  if (request_.columns.empty()) {
    names_ = NamesNow();
    by_name = db::ColumnsByName(names_, request_.named);
  }
  const std::span<const sql::ResultColumn> columns =
      request_.columns.empty() ? by_name : request_.columns;
  for (int i = 0; i < count; ++i) {
    const Type wanted = columns[static_cast<size_t>(i)].type;
    const char* declared = wanted == Type::kNull ? sqlite3_column_decltype(statement_, i) : nullptr;
    buffers_.decoders.push_back(DecoderFor(wanted, declared));
  }
  chosen_ = true;
  return absl::OkStatus();
}

absl::Status Execution::AddRow(size_t batch_rows) {
  if (!chosen_) FERRO_TRY(ChooseDecoders());
  pace_.HaveRow();
  Batch& filling = batch_count_ == 0 || batch(batch_count_ - 1).rows() >= batch_rows
                       ? NextBatch()
                       : batch(batch_count_ - 1);
  const std::span<Value> row = filling.AddRow();
  for (size_t i = 0; i < row.size(); ++i) {
    const int column = static_cast<int>(i);
    sqlite3_value* const cell = sqlite3_column_value(statement_, column);
    if (buffers_.decoders[i](cell, filling.arena(), row[i])) continue;
    filling.DropLastRow();
    return BadStoredValue(statement_, column, request_, rows_ - 1);
  }
  return absl::OkStatus();
}

int64_t Execution::rows_affected() const {
  if (!writes_) return rows_;
  // The count of the last INSERT, UPDATE or DELETE stays what it was when a statement was none of
  // these.
  return TotalChanges(db_) == changes_before_ ? 0 : Changes(db_);
}

}  // namespace ferro::sqlite
