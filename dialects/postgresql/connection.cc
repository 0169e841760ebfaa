#include "dialects/postgresql/connection.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "dialects/postgresql/errors.h"
#include "dialects/postgresql/pooled.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::postgresql {

class PostgresqlConnection::BusyGuard {
 public:
  explicit BusyGuard(PostgresqlConnection& connection) : connection_(connection) {
    connection_.busy_ = true;
  }
  BusyGuard(const BusyGuard&) = delete;
  BusyGuard& operator=(const BusyGuard&) = delete;
  ~BusyGuard() {
    // Rows of a statement that is over must not keep their memory until the next one.
    connection_.batch_.Reset(0);
    if (!connection_.at_rest_) return;
    connection_.at_rest_ = connection_.busy_ = false;
    connection_.cursor_left_ = true;
  }

  void Finish() { connection_.busy_ = false; }

 private:
  PostgresqlConnection& connection_;
};

PostgresqlConnection::PostgresqlConnection(ConnectionHandle handle, size_t statement_cache, bool pooled)
    : handle_(std::move(handle)), statements_(statement_cache), pooled_(pooled) {
  // A database without an encoding sends whatever bytes were stored.
  const char* encoding = PQparameterStatus(handle_.get(), "server_encoding");
  trusted_text_ = encoding != nullptr && absl::string_view(encoding) != "SQL_ASCII";
}

db::Task<absl::StatusOr<db::Outcome>> PostgresqlConnection::Run(const db::Request& request,
                                                                db::RowSink* sink) {
  FERRO_CO_TRY(CheckUsable());
  if (request.sql.find('\0') != absl::string_view::npos) {
    co_return MakeError(ErrorClass::kInvalidArgument, "the statement's text holds U+0000");
  }
  if (pooled_) FERRO_CO_TRY(CheckLeavesNothing(request.sql));
  if (request.copy != nullptr) {
    BusyGuard guard(*this);
    if (cursor_left_) FERRO_CO_TRY(co_await CloseCursor());
    absl::StatusOr<db::Outcome> copied = co_await CopyIn(request);
    guard.Finish();  // see below
    co_return copied;
  }
  if (absl::Status encoded = encoder_.Encode(request.parameters); !encoded.ok()) {
    co_return WithDetail(encoded,
                         [&](ErrorDetail& detail) { detail.sql = std::string(request.sql); });
  }
  const bool may_repeat = transaction_state() == db::TransactionState::kIdle;
  BusyGuard guard(*this);
  if (cursor_left_) FERRO_CO_TRY(co_await CloseCursor());
  if (request.stream_rows > 0) {
    absl::StatusOr<db::Outcome> streamed = co_await Stream(request, sink);
    // Also after an error, unless the session is lost: then PQstatus tells.
    guard.Finish();
    co_return streamed;
  }
  for (int attempt = 0;; ++attempt) {
    Reading reading;
    reading.sql = request.sql;
    reading.request = &request;
    reading.sink = sink;
    absl::Status session = co_await Execute(request, reading);
    if (!session.ok()) {
      // What the server said before it hung up says more than the broken socket.
      if (!reading.status.ok() && ClassOf(reading.status) == ErrorClass::kConnection) {
        co_return reading.status;
      }
      co_return session;
    }
    if (reading.stale_plan) {
      // The server found out before it ran anything.
      statements_.Forget(request.statement_id, reading.known_to_server);
      if (may_repeat && attempt == 0) continue;
      reading.status = WithDetail(reading.status, [](ErrorDetail& detail) {
        detail.hint =
            "a table was altered since this statement was prepared: run the transaction again";
      });
    }
    if (!reading.held.empty()) FERRO_CO_TRY(co_await TakeHeld(reading));
    if (reading.refused != nullptr) {
      reading.status = WithDetail(
          reading.status, [&](ErrorDetail& detail) { detail.sql = std::string(request.sql); });
      // Without the table's name the error is still the error.
      if (!(co_await NameTable(reading)).ok()) co_return reading.status;
    }
    guard.Finish();
    if (!reading.status.ok()) co_return reading.status;
    co_return reading.outcome;
  }
}

db::Task<absl::Status> PostgresqlConnection::Script(absl::string_view sql) {
  FERRO_CO_TRY(CheckUsable());
  if (sql.find('\0') != absl::string_view::npos) {
    co_return MakeError(ErrorClass::kInvalidArgument, "the statement's text holds U+0000");
  }
  BusyGuard guard(*this);
  if (cursor_left_) FERRO_CO_TRY(co_await CloseCursor());
  if (statements_.pending() > 0 && statements_.full_of_pending(kClosesAtOnce) &&
      PQtransactionStatus(handle_.get()) == PQTRANS_IDLE) {
    FERRO_CO_TRY(co_await ClosePending());
  }
  Reading reading;
  reading.sql = sql;
  text_.assign(sql.data(), sql.size());
  if (PQsendQuery(handle_.get(), text_.c_str()) == 0) co_return SendFailed(sql);
  absl::Status session = co_await Flush(sql);
  if (session.ok()) session = co_await TakeResults(reading);
  if (session.ok()) guard.Finish();
  if (!reading.status.ok()) co_return reading.status;
  co_return session;
}

db::Task<absl::Status> PostgresqlConnection::Begin(const db::TransactionOptions& options,
                                                   const sql::Lexicon& words) {
  std::string sql(words.begin);
  switch (options.isolation) {
    case db::Isolation::kDefault: break;
    case db::Isolation::kReadUncommitted:
      co_return MakeErrorWithHint(ErrorClass::kUnsupported,
                                  "PostgreSQL runs read uncommitted as read committed",
                                  "say isolation=\"read committed\"");
    case db::Isolation::kReadCommitted: sql += " ISOLATION LEVEL READ COMMITTED"; break;
    case db::Isolation::kRepeatableRead: sql += " ISOLATION LEVEL REPEATABLE READ"; break;
    case db::Isolation::kSerializable: sql += " ISOLATION LEVEL SERIALIZABLE"; break;
  }
  if (options.read_only) sql += " READ ONLY";
  if (options.deferrable) sql += " DEFERRABLE";
  co_return co_await Script(sql);
}

db::Task<absl::Status> PostgresqlConnection::Execute(const db::Request& request, Reading& reading) {
  PGconn* const connection = handle_.get();
  const bool keep = request.statement_id != 0 && statements_.enabled();
  const std::string* name =
      keep ? statements_.Find(request.statement_id, encoder_.types()) : nullptr;
  // In a transaction nothing is closed, so a long one must not prepare without end.
  const bool idle = PQtransactionStatus(connection) == PQTRANS_IDLE;
  if (keep && name == nullptr && (idle || !statements_.full_of_pending())) {
    co_return co_await PrepareAndExecute(request, reading);
  }
  const bool sent = name != nullptr ? SendPrepared(*name) : SendUnprepared(request.sql);
  if (!sent) co_return SendFailed(request.sql);
  ReadInParts(request);
  absl::Status session = co_await Flush(request.sql);
  if (session.ok()) session = co_await TakeResults(reading);
  co_return session;
}

bool PostgresqlConnection::SendUnprepared(absl::string_view sql) {
  text_.assign(sql.data(), sql.size());
  return PQsendQueryParams(handle_.get(), text_.c_str(), encoder_.count(), encoder_.types().data(), encoder_.values(),
                           encoder_.lengths(), encoder_.formats(), kBinary) != 0;
}

bool PostgresqlConnection::SendPrepare(const std::string& name, absl::string_view sql) {
  text_.assign(sql.data(), sql.size());
  return PQsendPrepare(handle_.get(), name.c_str(), text_.c_str(), encoder_.count(), encoder_.types().data()) != 0;
}

bool PostgresqlConnection::SendPrepared(const std::string& name) {
  return PQsendQueryPrepared(handle_.get(), name.c_str(), encoder_.count(), encoder_.values(), encoder_.lengths(),
                             encoder_.formats(), kBinary) != 0;
}

// One round trip for preparing and running, and for closing what was given up: pipeline mode.
db::Task<absl::Status> PostgresqlConnection::PrepareAndExecute(const db::Request& request,
                                                               Reading& reading) {
  PGconn* const connection = handle_.get();
  const bool idle = PQtransactionStatus(connection) == PQTRANS_IDLE;
  std::string name = statements_.NewName();
  preparing_ = name;
  if (PQenterPipelineMode(connection) == 0) co_return SendFailed(request.sql);

  size_t closes = 0;
  if (idle) {
    absl::StatusOr<size_t> sent = SendCloses(kClosesAtOnce);
    if (!sent.ok()) co_return sent.status();
    closes = *sent;
  }
  if (!SendPrepare(name, request.sql) || !SendPrepared(name) || PQpipelineSync(connection) == 0) {
    co_return SendFailed(request.sql);
  }
  ++syncs_;
  FERRO_CO_TRY(co_await Flush(request.sql));

  FERRO_CO_TRY(co_await TakeCloses(closes));
  Reading preparing;
  preparing.sql = request.sql;
  FERRO_CO_TRY(co_await TakeResults(preparing));
  preparing_.clear();
  reading.status = std::move(preparing.status);
  // From here on the server knows it, whatever becomes of this run.
  if (reading.status.ok()) {
    statements_.Add(request.statement_id, std::move(name), encoder_.types());
    ReadInParts(request);
  }
  FERRO_CO_TRY(co_await TakeResults(reading));
  FERRO_CO_TRY(co_await TakeSync(request.sql));
  if (PQexitPipelineMode(connection) == 0) co_return SendFailed(request.sql);
  co_return absl::OkStatus();
}

// A round trip of its own for what was given up. Whoever only ever prepares inside transactions
// would otherwise find no occasion.
db::Task<absl::Status> PostgresqlConnection::ClosePending() {
  if (PQenterPipelineMode(handle_.get()) == 0) co_return SendFailed("");
  absl::StatusOr<size_t> closes = SendCloses(statements_.pending());
  if (!closes.ok()) co_return closes.status();
  FERRO_CO_TRY(co_await Flush(""));
  FERRO_CO_TRY(co_await TakeCloses(*closes));
  if (PQexitPipelineMode(handle_.get()) == 0) co_return SendFailed("");
  co_return absl::OkStatus();
}

// Each in a segment of its own, so that its failure cannot abort what follows. Only outside a
// transaction: a DEALLOCATE that fails would abort it.
absl::StatusOr<size_t> PostgresqlConnection::SendCloses(size_t at_most) {
  std::vector<std::string> names = statements_.TakePending(at_most);
  const auto send_close = NewerLibpq().send_close_prepared;
  // A pooler's server knows them by other names, and the pooler forgets what is not used.
  if (pooled_ && send_close == nullptr) names.clear();
  for (const std::string& name : names) {
    int sent;
    if (send_close != nullptr) {
      sent = send_close(handle_.get(), name.c_str());
    } else {
      const std::string sql = "DEALLOCATE " + name;
      sent = PQsendQueryParams(handle_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, kBinary);
    }
    if (sent == 0 || PQpipelineSync(handle_.get()) == 0) return SendFailed("");
    ++syncs_;
  }
  return names.size();
}

db::Task<absl::Status> PostgresqlConnection::TakeCloses(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    Reading ignored;  // one that is gone already (DISCARD ALL) is no fault
    FERRO_CO_TRY(co_await TakeResults(ignored));
    FERRO_CO_TRY(co_await TakeSync(""));
  }
  co_return absl::OkStatus();
}

// Of the statement that was sent, before anything of it was read.
void PostgresqlConnection::ReadInParts(const db::Request& request) {
  const auto set_chunks = NewerLibpq().set_chunked_rows_mode;
  if (set_chunks != nullptr) {
    set_chunks(handle_.get(), kMoreRows);
  } else if (request.columns.size() >= kWideRow) {
    PQsetSingleRowMode(handle_.get());
  }
}

// Takes what one statement (of a Script: all of them) gives, to its end.
db::Task<absl::Status> PostgresqlConnection::TakeResults(Reading& reading) {
  for (;;) {
    FERRO_CO_TRY(co_await AwaitResult(reading.sql));
    ResultHandle next(PQgetResult(handle_.get()));
    const ExecStatusType status = PQresultStatus(next.get());
    // The first row is taken by itself, to know how the others are read.
    const bool single = status == PGRES_SINGLE_TUPLE && reading.started && reading.status.ok();
    if (single) reading.singles.push_back(std::move(next));
    if (reading.singles.size() >= kRowsAtOnce || (!single && !reading.singles.empty())) {
      FERRO_CO_TRY(co_await TakeSingles(reading));
    }
    if (single) continue;
    std::shared_ptr<PGresult> result = std::move(next);
    if (result == nullptr) break;
    // Empty but on the one result that the server's closing word came with: the last, or (in
    // chunks) the last rows.
    int64_t touched = 0;
    if (absl::SimpleAtoi(PQcmdTuples(result.get()), &touched)) {
      reading.outcome.rows_affected = touched;
    }
    if (HoldsRows(result.get())) {
      FERRO_CO_TRY(co_await TakeRows(std::move(result), reading));
    } else if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
      TakeError(result.get(), reading);
    } else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      // The session now expects the copy's data: it is given up.
      co_return MakeErrorWithHint(ErrorClass::kUnsupported, "COPY cannot be run as a statement",
                                  "insert many rows by a bulk insert");
    }
  }
  // After a fatal error libpq may have seen the end of the connection together with it.
  if (PQstatus(handle_.get()) != CONNECTION_OK)
    co_return LostConnection(handle_.get(), reading.sql);
  co_return absl::OkStatus();
}

db::Task<absl::Status> PostgresqlConnection::TakeSync(absl::string_view sql) {
  FERRO_CO_TRY(co_await AwaitResult(sql));
  const ResultHandle result(PQgetResult(handle_.get()));
  if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) {
    --syncs_;
    co_return absl::OkStatus();
  }
  co_return LostConnection(handle_.get(), sql);
}

absl::Status PostgresqlConnection::StartRows(const PGresult* result, const Reading& reading) {
  const db::Request& request = *reading.request;
  if (!request.columns.empty()) {
    return decoder_.Start(result, request.columns, types_, trusted_text_);
  }
  std::vector<std::string> names;
  for (int i = 0; i < PQnfields(result); ++i) names.emplace_back(PQfname(result, i));
  const std::vector<sql::ResultColumn> columns = db::ColumnsByName(names, request.named);
  absl::Status status = decoder_.Start(result, columns, types_, trusted_text_);
  reading.sink->Describe(std::move(names));
  return status;
}

db::Task<absl::Status> PostgresqlConnection::TakeRows(std::shared_ptr<const PGresult> result,
                                                      Reading& reading) {
  if (reading.sink == nullptr || !reading.request->returns_rows || !reading.status.ok()) {
    co_return absl::OkStatus();
  }
  if (!reading.started) {
    if (!types_.Missing(result.get()).empty()) {
      reading.held.push_back(std::move(result));
      co_return absl::OkStatus();
    }
    reading.status = StartRows(result.get(), reading);
    reading.started = true;
    if (!reading.status.ok()) reading.refused = result;
  }
  const int rows = PQntuples(result.get());
  int limit = kFirstRows;
  for (int first = 0; first < rows && reading.status.ok(); limit = kMoreRows) {
    const int count = std::min(rows - first, limit);
    batch_.Reset(decoder_.columns());
    batch_.Retain(result);
    reading.status = decoder_.Decode(result.get(), first, count, reading.rows, batch_);
    if (reading.status.ok()) {
      at_rest_ = reading.paged;
      absl::Status accepted = co_await reading.sink->Accept(batch_);
      at_rest_ = false;
      reading.status = std::move(accepted);
    } else {
      reading.refused = result;
    }
    first += count;
  }
  reading.rows += rows;
  batch_.Reset(decoder_.columns());
  co_return absl::OkStatus();
}

// Shows the rows that came one by one.
db::Task<absl::Status> PostgresqlConnection::TakeSingles(Reading& reading) {
  const auto rows = std::make_shared<std::vector<ResultHandle>>(std::exchange(reading.singles, {}));
  batch_.Reset(decoder_.columns());
  batch_.Retain(rows);
  for (ResultHandle& row : *rows) {
    reading.status = decoder_.Decode(row.get(), 0, 1, reading.rows, batch_);
    if (!reading.status.ok()) {
      reading.refused = std::shared_ptr<const PGresult>(std::move(row));
      break;
    }
    ++reading.rows;
  }
  if (reading.status.ok()) reading.status = co_await reading.sink->Accept(batch_);
  batch_.Reset(decoder_.columns());
  co_return absl::OkStatus();
}

void PostgresqlConnection::TakeError(const PGresult* result, Reading& reading) {
  if (!reading.status.ok()) return;  // the first one tells why
  reading.status = StatementError(handle_.get(), result, reading.sql);
  if (reading.request != nullptr && reading.request->copy != nullptr) {
    const int64_t row = CopiedRow(ErrorField(result, PG_DIAG_CONTEXT), reading.request->copy->table);
    reading.status = WithDetail(reading.status, [row](ErrorDetail& detail) { detail.row = row; });
  }
  const RefusedPlan plan = RefusedPlanOf(result);
  const bool kept = reading.request != nullptr && reading.request->statement_id != 0;
  if (plan == RefusedPlan::kStale) reading.stale_plan = true;
  if (plan == RefusedPlan::kGone && kept) {
    reading.stale_plan = true;
    reading.known_to_server = false;
  }
}

db::Task<absl::Status> PostgresqlConnection::Flush(absl::string_view sql) {
  for (;;) {
    const int left = PQflush(handle_.get());
    if (left == 0) co_return absl::OkStatus();
    const int fd = PQsocket(handle_.get());
    if (left < 0 || fd < 0) co_return LostConnection(handle_.get(), sql);
    runtime::Wait wait;
    wait.fd = fd;
    wait.read = true;  // a server that is itself stuck sending takes no more until it is read
    wait.write = true;
    FERRO_CO_TRY(co_await runtime::WaitFor(wait));
    if (PQconsumeInput(handle_.get()) == 0) co_return LostConnection(handle_.get(), sql);
  }
}

db::Task<absl::Status> PostgresqlConnection::AwaitResult(absl::string_view sql) {
  while (PQisBusy(handle_.get()) != 0) {
    const int fd = PQsocket(handle_.get());
    if (fd < 0) co_return LostConnection(handle_.get(), sql);
    FERRO_CO_TRY(co_await runtime::Readable(fd));
    if (PQconsumeInput(handle_.get()) == 0) co_return LostConnection(handle_.get(), sql);
  }
  co_return absl::OkStatus();
}

absl::Status PostgresqlConnection::CheckUsable() const {
  if (PQstatus(handle_.get()) != CONNECTION_OK) return LostConnection(handle_.get(), "");
  if (busy_)
    return MakeError(ErrorClass::kClosed,
                     "an earlier statement was left half-way on this connection");
  return absl::OkStatus();
}

absl::Status PostgresqlConnection::SendFailed(absl::string_view sql) const {
  if (PQstatus(handle_.get()) != CONNECTION_OK) return LostConnection(handle_.get(), sql);
  return MakeError(ErrorClass::kInternal, LastMessage(handle_.get()));
}

db::TransactionState PostgresqlConnection::transaction_state() const {
  if (busy_) return db::TransactionState::kUnknown;
  const PGTransactionStatusType status = PQtransactionStatus(handle_.get());
  if (status == PQTRANS_IDLE) return db::TransactionState::kIdle;
  if (status == PQTRANS_INTRANS) return db::TransactionState::kActive;
  if (status == PQTRANS_INERROR) return db::TransactionState::kFailed;
  return db::TransactionState::kUnknown;
}

bool PostgresqlConnection::healthy() const {
  return !busy_ && PQstatus(handle_.get()) == CONNECTION_OK;
}

ServerVersion PostgresqlConnection::version() const {
  const int number = PQserverVersion(handle_.get());  // 150020 is 15.20
  return {Product::kPostgresql, number / 10'000, number % 10'000, 0};
}

}  // namespace ferro::postgresql
