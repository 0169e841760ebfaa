// A query whose rows are fetched as they are wanted: from a cursor, a page at a time, in the caller's transaction or in
// one of its own. Between two pages the session is at rest, so a stream that is given up leaves nothing unread.
// Single-row mode was left: it costs twice the client's CPU (a PGresult for each row), and a stream that is given up
// within a transaction would have to read what is left.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialects/postgresql/connection.h"
#include "dialects/postgresql/errors.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::postgresql {
namespace {

// One stream at a time has a connection, so one name does. NO SCROLL: no plan for reading backwards.
constexpr absl::string_view kDeclare = "DECLARE ferro_stream NO SCROLL CURSOR FOR ";
constexpr const char* kClose = "CLOSE ferro_stream";
// A cursor is planned for its first tenth unless it is told that all rows will be wanted.
constexpr const char* kBegin = "BEGIN; SET LOCAL cursor_tuple_fraction = 1";

}  // namespace

db::Task<absl::StatusOr<db::Outcome>> PostgresqlConnection::Stream(const db::Request& request,
                                                                   db::RowSink* sink) {
  const bool own = PQtransactionStatus(handle_.get()) == PQTRANS_IDLE;
  Reading reading;
  reading.sql = request.sql;
  reading.request = &request;
  reading.sink = sink;
  reading.paged = true;
  if (own) FERRO_CO_TRY(co_await Command(kBegin, reading));
  if (reading.status.ok()) FERRO_CO_TRY(co_await TakePages(request, reading));
  if (reading.refused != nullptr && !(co_await NameTable(reading)).ok()) co_return reading.status;
  const bool failed = PQtransactionStatus(handle_.get()) == PQTRANS_INERROR;
  Reading ending;
  ending.sql = request.sql;
  if (own) {
    FERRO_CO_TRY(co_await Command(reading.status.ok() ? "COMMIT" : "ROLLBACK", ending));
  } else if (!failed) {
    FERRO_CO_TRY(co_await Command(kClose, ending));
  }
  if (reading.status.ok()) reading.status = std::move(ending.status);
  if (!reading.status.ok()) {
    co_return WithDetail(reading.status,
                         [&](ErrorDetail& detail) { detail.sql = std::string(request.sql); });
  }
  reading.outcome.rows_affected = reading.rows;
  co_return reading.outcome;
}

db::Task<absl::Status> PostgresqlConnection::TakePages(const db::Request& request,
                                                       Reading& reading) {
  if (!SendUnprepared(absl::StrCat(kDeclare, request.sql))) co_return SendFailed(request.sql);
  std::shared_ptr<const PGresult> none;
  FERRO_CO_TRY(co_await Collect(reading, none));
  const std::string fetch = absl::StrCat("FETCH FORWARD ", request.stream_rows, " FROM ferro_stream");
  while (reading.status.ok()) {
    if (PQsendQueryParams(handle_.get(), fetch.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                          kBinary) == 0) {
      co_return SendFailed(request.sql);
    }
    std::shared_ptr<const PGresult> page;
    FERRO_CO_TRY(co_await Collect(reading, page));
    if (!reading.status.ok() || page == nullptr) break;
    const bool last = PQntuples(page.get()) < static_cast<int64_t>(request.stream_rows);
    FERRO_CO_TRY(co_await TakeRows(std::move(page), reading));
    if (!reading.held.empty()) FERRO_CO_TRY(co_await TakeHeld(reading));
    if (last) break;
  }
  co_return absl::OkStatus();
}

// A text without parameters or rows that matter.
db::Task<absl::Status> PostgresqlConnection::Command(const char* sql, Reading& reading) {
  if (PQsendQuery(handle_.get(), sql) == 0) co_return SendFailed(reading.sql);
  std::shared_ptr<const PGresult> none;
  co_return co_await Collect(reading, none);
}

// In the transaction that a stream was given up in. When that has failed, or is over, so is the cursor.
db::Task<absl::Status> PostgresqlConnection::CloseCursor() {
  cursor_left_ = false;
  if (PQtransactionStatus(handle_.get()) != PQTRANS_INTRANS) co_return absl::OkStatus();
  Reading closing;
  co_return co_await Command(kClose, closing);
}

}  // namespace ferro::postgresql
