// A session whose statement was left half-way: the server is told to stop, what it still sends is read to its end, and the
// transaction is rolled back.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "dialects/postgresql/connection.h"
#include "dialects/postgresql/errors.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/runtime/apart.h"
#include "engine/runtime/clock.h"

namespace ferro::postgresql {
namespace {

constexpr absl::Duration kCancelAgain = absl::Milliseconds(200);

struct FreeCancel {
  void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};

}  // namespace

bool PostgresqlConnection::recoverable() const {
  return PQstatus(handle_.get()) == CONNECTION_OK;
}

db::Task<absl::Status> PostgresqlConnection::Recover() {
  runtime::Context& context = co_await runtime::ThisContext();
  const absl::Time outer = context.deadline;
  for (bool read = false; !read;) {
    // Otherwise the server has said its last word already, and it is only unread.
    if (PQtransactionStatus(handle_.get()) == PQTRANS_ACTIVE) FERRO_CO_TRY(co_await Cancel());
    // A cancellation that comes while the server still reads the statement goes by.
    context.deadline = std::min(outer, runtime::Now() + kCancelAgain);
    const absl::Status rest = co_await ReadWhatIsLeft();
    context.deadline = outer;
    read = rest.ok();
    if (!read && (ClassOf(rest) != ErrorClass::kTimeout || runtime::Now() >= outer)) co_return rest;
  }
  ForgetExpected();
  busy_ = false;
  // The server has signalled its process before it hung up on the cancellation, so this is the last statement that it could
  // still meet.
  absl::Status ended = co_await Script("ROLLBACK");
  if (ClassOf(ended) == ErrorClass::kCancelled) ended = co_await Script("ROLLBACK");
  if (!ended.ok()) co_return ended;
  if (std::exchange(listening_, false)) {
    FERRO_CO_TRY(co_await Script("UNLISTEN *"));
    while (PGnotify* const notify = PQnotifies(handle_.get())) PQfreemem(notify);
  }
  if (preparing_.empty()) co_return absl::OkStatus();
  const std::string forget = "DEALLOCATE " + std::exchange(preparing_, "");
  // One that was never prepared is no fault.
  (co_await Script(forget)).IgnoreError();
  co_return absl::OkStatus();
}

// libpq 15 cancels on a connection of its own, and blocks until the server has hung up on that.
db::Task<absl::Status> PostgresqlConnection::Cancel() {
  const std::shared_ptr<PGcancel> cancel(PQgetCancel(handle_.get()), FreeCancel());
  if (cancel == nullptr) co_return LostConnection(handle_.get(), "");
  std::function<absl::Status()> job = [cancel] {
    char reason[256];
    if (PQcancel(cancel.get(), reason, sizeof reason) != 0) return absl::OkStatus();
    return MakeError(ErrorClass::kConnection, reason);
  };
  co_return co_await runtime::RunApart(std::move(job), absl::InfiniteFuture());
}

db::Task<absl::Status> PostgresqlConnection::ReadWhatIsLeft() {
  PGconn* const connection = handle_.get();
  FERRO_CO_TRY(co_await Flush(""));
  const bool pipeline = PQpipelineStatus(connection) != PQ_PIPELINE_OFF;
  for (bool ended = false;;) {
    FERRO_CO_TRY(co_await AwaitResult(""));
    const ResultHandle result(PQgetResult(connection));
    const ExecStatusType status = PQresultStatus(result.get());
    if (result == nullptr) {
      // In a pipeline this is the end of one command, and twice in a row that of all of them.
      if (!pipeline || syncs_ == 0 || ended) break;
    } else if (status == PGRES_PIPELINE_SYNC) {
      --syncs_;
    } else if (status == PGRES_COPY_IN) {
      // The server waits for more rows, or drops what comes after an error.
      if (PQputCopyEnd(connection, "left half-way") <= 0) co_return LostConnection(connection, "");
      FERRO_CO_TRY(co_await Flush(""));
    } else if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      co_return MakeError(ErrorClass::kConnection, "a COPY was left half-way");
    }
    ended = result == nullptr;
    if (PQstatus(connection) != CONNECTION_OK) co_return LostConnection(connection, "");
  }
  if (pipeline && PQexitPipelineMode(connection) == 0) co_return SendFailed("");
  co_return absl::OkStatus();
}

}  // namespace ferro::postgresql
