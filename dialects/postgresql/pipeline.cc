// Pipeline mode: statements one after the other, in segments that end with a Sync, and their answers in that order. A
// statement that is not prepared yet is prepared right before it.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "dialects/postgresql/connection.h"
#include "dialects/postgresql/decode.h"
#include "dialects/postgresql/errors.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::postgresql {
namespace {

class PostgresqlAnswer final : public db::Answer {
 public:
  using Results = absl::InlinedVector<std::shared_ptr<const PGresult>, 1>;

  PostgresqlAnswer(Results results, int64_t touched, absl::Status status, bool stale, bool trusted_text)
      : results_(std::move(results)), touched_(touched), status_(std::move(status)), stale_(stale),
        trusted_text_(trusted_text) {}

  bool stale() const override { return stale_; }
  bool unread() const override { return unread_; }

  db::Task<absl::StatusOr<db::Outcome>> Read(const db::Request& request, db::RowSink& sink) override {
    if (!status_.ok()) {
      co_return WithDetail(status_, [&](ErrorDetail& detail) { detail.sql = std::string(request.sql); });
    }
    static const UserTypes kNoTypes;
    db::Outcome outcome;
    outcome.rows_affected = touched_;
    if (results_.empty()) co_return outcome;
    RowDecoder decoder;
    unread_ = !kNoTypes.Missing(results_.front().get()).empty();
    if (unread_) co_return MakeError(ErrorClass::kInternal, "a type of the user's in a pipeline");
    absl::Status status = decoder.Start(results_.front().get(), request.columns, kNoTypes, trusted_text_);
    int64_t before = 0;
    int limit = kFirstRows;
    Batch batch;
    for (const std::shared_ptr<const PGresult>& result : results_) {
      const int rows = PQntuples(result.get());
      for (int first = 0; first < rows && status.ok(); limit = kMoreRows) {
        const int count = std::min(rows - first, limit);
        batch.Reset(decoder.columns());
        batch.Retain(result);
        status = decoder.Decode(result.get(), first, count, before, batch);
        if (status.ok()) FERRO_CO_TRY(co_await sink.Accept(batch));
        first += count;
      }
      before += rows;
    }
    unread_ = !status.ok();
    if (unread_) co_return status;
    co_return outcome;
  }

 private:
  const Results results_;
  const int64_t touched_;
  const absl::Status status_;
  const bool stale_;
  const bool trusted_text_;
  bool unread_ = false;
};

}  // namespace

absl::Status PostgresqlConnection::Enter() {
  FERRO_TRY(CheckUsable());
  // libpq calls a session active from the first statement on.
  piped_within_ = PQtransactionStatus(handle_.get()) != PQTRANS_IDLE;
  if (!piped_within_) cursor_left_ = false;  // it was of a transaction
  if (PQenterPipelineMode(handle_.get()) == 0) return SendFailed("");
  busy_ = true;
  return absl::OkStatus();
}

absl::Status PostgresqlConnection::Leave() {
  if (!expected_.empty() || PQexitPipelineMode(handle_.get()) == 0) return SendFailed("");
  busy_ = false;
  return absl::OkStatus();
}

void PostgresqlConnection::BeginSending() { sent_at_once_ = 0; }

absl::Status PostgresqlConnection::Send(const db::Request& request) {
  if (absl::Status encoded = encoder_.Encode(request.parameters); !encoded.ok()) {
    return WithDetail(encoded, [&](ErrorDetail& detail) { detail.sql = std::string(request.sql); });
  }
  Expected expected;
  expected.statement_id = request.statement_id;
  bool prepared = true;
  if (const std::string* const known = statements_.Find(request.statement_id, encoder_.types()); known != nullptr) {
    expected.name = *known;
  } else if (piped_within_ && statements_.full_of_pending()) {
    prepared = false;  // see Execute()
  } else {
    if (!piped_within_) FERRO_TRY(SendClosesInPipeline());
    expected.next = Part::kPrepare;
    expected.name = statements_.NewName();
    if (!SendPrepare(expected.name, request.sql)) return SendFailed(request.sql);
    // Those that follow may use it: the server will have prepared it by then, or else refuse them too.
    statements_.Add(request.statement_id, expected.name, encoder_.types());
  }
  const bool sent = prepared ? SendPrepared(expected.name) : SendUnprepared(request.sql);
  if (!sent) return SendFailed(request.sql);
  expected_.push_back(std::move(expected));
  return absl::OkStatus();
}

absl::Status PostgresqlConnection::EndSegment() {
  const auto own_sync = NewerLibpq().send_pipeline_sync;
  // libpq 15 writes at each Sync. The kernel then holds the bytes back, but for the first segment's, which are on their way
  // while the others are made.
  if (++sent_at_once_ == 2 && own_sync == nullptr) Cork(true);
  const auto sync = own_sync != nullptr ? own_sync : PQpipelineSync;
  if (sync(handle_.get()) == 0) return SendFailed("");
  ++syncs_;
  expected_.back().ends = true;
  return absl::OkStatus();
}

absl::Status PostgresqlConnection::SendClosesInPipeline() {
  FERRO_ASSIGN(const size_t closes, SendCloses(kClosesAtOnce));
  for (size_t i = 0; i < closes; ++i) {
    Expected expected;
    expected.closes = expected.ends = true;
    expected_.push_back(std::move(expected));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> PostgresqlConnection::Flush() {
  const int left = PQflush(handle_.get());
  if (corked_) Cork(false);
  if (left < 0) return LostConnection(handle_.get(), "");
  return left == 0;
}

void PostgresqlConnection::Cork(bool on) {
  const int value = on ? 1 : 0;
  // A Unix socket knows no such thing, and each write is of its own.
  corked_ = setsockopt(PQsocket(handle_.get()), IPPROTO_TCP, TCP_CORK, &value, sizeof value) == 0 && on;
}

absl::Status PostgresqlConnection::Receive() {
  if (PQconsumeInput(handle_.get()) == 0) return LostConnection(handle_.get(), "");
  return absl::OkStatus();
}

std::unique_ptr<db::Answer> PostgresqlConnection::Take() {
  while (!expected_.empty() && Advance()) {
    Expected expected = std::move(expected_.front());
    expected_.pop_front();
    if (!expected.closes) return AnswerTo(expected);
  }
  return nullptr;
}

// Takes what is here of the oldest one; true when that was all.
bool PostgresqlConnection::Advance() {
  Expected& expected = expected_.front();
  while (PQisBusy(handle_.get()) == 0) {
    ResultHandle result(PQgetResult(handle_.get()));
    const ExecStatusType status = PQresultStatus(result.get());
    if (expected.next == Part::kSync) {
      if (status != PGRES_PIPELINE_SYNC) return false;  // only the end of the session comes in its place
      --syncs_;
      return true;
    }
    if (result == nullptr) {
      if (PQstatus(handle_.get()) != CONNECTION_OK) return false;
      if (expected.next == Part::kResult && !expected.ends) return true;
      expected.next = expected.next == Part::kPrepare ? Part::kResult : Part::kSync;
      continue;
    }
    int64_t touched = 0;
    if (absl::SimpleAtoi(PQcmdTuples(result.get()), &touched)) expected.touched = touched;
    if (HoldsRows(result.get())) {
      // In parts if the connection's last statement before the pipeline was read so: libpq ends that mode with the first
      // statement that it takes from the queue, and the one that finds the queue empty is not taken from it.
      expected.results.push_back(std::move(result));
    } else if ((status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED) && expected.refusal == nullptr) {
      expected.unprepared = expected.next == Part::kPrepare;
      expected.refusal = std::move(result);
    }
  }
  return false;
}

std::unique_ptr<db::Answer> PostgresqlConnection::AnswerTo(Expected& expected) {
  absl::Status status;
  bool stale = false;
  if (expected.refusal != nullptr) {
    const RefusedPlan plan = RefusedPlanOf(expected.refusal.get());
    stale = plan != RefusedPlan::kNone && !expected.unprepared;
    if (stale || expected.unprepared) {
      statements_.Forget(expected.statement_id, expected.name, stale && plan == RefusedPlan::kStale);
    }
    status = PQresultStatus(expected.refusal.get()) == PGRES_PIPELINE_ABORTED
                 ? MakeError(ErrorClass::kFailedTransaction, "a statement before this one has failed")
                 : StatementError(handle_.get(), expected.refusal.get(), "");
  }
  return std::make_unique<PostgresqlAnswer>(std::move(expected.results), expected.touched, std::move(status), stale,
                                            trusted_text_);
}

absl::Status PostgresqlConnection::LostError(const db::Request& request, bool oldest) const {
  // What the server said before it hung up says more than the broken socket.
  if (oldest && !expected_.empty() && expected_.front().refusal != nullptr) {
    absl::Status said = StatementError(handle_.get(), expected_.front().refusal.get(), request.sql);
    if (ClassOf(said) == ErrorClass::kConnection) return said;
  }
  return LostConnection(handle_.get(), request.sql);
}

// After the session was recovered: what was being prepared may or may not be there.
void PostgresqlConnection::ForgetExpected() {
  Cork(false);
  for (const Expected& expected : std::exchange(expected_, {})) {
    if (expected.next != Part::kPrepare && !expected.unprepared) continue;
    statements_.Forget(expected.statement_id, expected.name, !expected.unprepared);
  }
}

}  // namespace ferro::postgresql
