#include "engine/db/transaction.h"

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::db {
namespace {

absl::Status NotActive() {
  return MakeErrorWithHint(ErrorClass::kClosed, "the transaction is not active",
                           "begin it first; after commit or rollback start another one");
}

}  // namespace

Task<absl::Status> SendCommit(Connection& connection) {
  const absl::Status status = co_await connection.Script("COMMIT");
  if (status.ok() || connection.healthy()) co_return status;
  co_return WithDetail(status, [](ErrorDetail& detail) {
    detail.error_class = ErrorClass::kCommitUnknown;
    detail.hint = "look whether the changes are there before making them again";
  });
}

absl::StatusOr<TransactionUse> TransactionUse::Take(
    const std::shared_ptr<Transaction>& transaction) {
  if (!transaction->Enter()) {
    return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                             "another operation of this transaction has not ended",
                             "await one before starting the next: a transaction has one connection");
  }
  return TransactionUse(transaction);
}

absl::StatusOr<Connection*> Transaction::Use() {
  if (!lease_) return NotActive();
  if (!lease_->healthy()) {
    return MakeErrorWithHint(ErrorClass::kFailedTransaction,
                             "the transaction's connection is gone or was left half-way",
                             "roll back and run the whole transaction again");
  }
  if (lease_->transaction_state() == TransactionState::kIdle) {
    return MakeErrorWithHint(ErrorClass::kFailedTransaction,
                             "the server has already ended the transaction",
                             "roll back and run the whole transaction again");
  }
  return &*lease_;
}

Task<absl::Status> Transaction::Do(TransactionAction action) {
  switch (action) {
    case TransactionAction::kBegin: co_return co_await Begin(true);
    case TransactionAction::kBeginRead: co_return co_await Begin(false);
    case TransactionAction::kCommit: co_return co_await Commit();
    case TransactionAction::kRollback: co_return co_await Rollback();
    case TransactionAction::kSavepoint:
    case TransactionAction::kRelease:
    case TransactionAction::kRollbackTo: co_return co_await Savepoint(action);
  }
  co_return MakeError(ErrorClass::kInvalidArgument, "unknown action of a transaction");
}

Task<absl::Status> Transaction::Begin(bool write) {
  if (lease_) {
    co_return MakeErrorWithHint(ErrorClass::kInvalidArgument, "the transaction has already begun",
                                "use a savepoint to nest");
  }
  FERRO_CO_ASSIGN(Lease lease, co_await database_->pool().Acquire());
  const sql::Lexicon& words = *database_->profile()->lexicon;
  FERRO_CO_TRY(co_await lease->Script(write ? words.begin_write : words.begin));
  lease_ = std::move(lease);
  savepoints_ = 0;
  co_return absl::OkStatus();
}

Task<absl::Status> Transaction::Commit() {
  if (!lease_) co_return NotActive();
  if (lease_->healthy() && lease_->transaction_state() == TransactionState::kFailed) {
    FERRO_CO_TRY(co_await Rollback());
    co_return MakeErrorWithHint(ErrorClass::kFailedTransaction,
                                "a statement of the transaction failed, so it was rolled back",
                                "use a savepoint around statements that may fail");
  }
  FERRO_CO_TRY(Use().status());
  const absl::Status status = co_await SendCommit(*lease_);
  // After a failed COMMIT the transaction may still be open (SQLite: busy), and the caller may roll it back.
  const bool open =
      !status.ok() && lease_->healthy() && lease_->transaction_state() != TransactionState::kIdle;
  if (!open) lease_ = Lease();
  co_return status;
}

Task<absl::Status> Transaction::Rollback() {
  if (!lease_) co_return NotActive();
  Lease lease = std::move(lease_);
  // A connection that is gone has rolled back by itself; so has a transaction that the server ended.
  if (!lease->healthy() || lease->transaction_state() == TransactionState::kIdle) {
    co_return absl::OkStatus();
  }
  co_return co_await lease->Script("ROLLBACK");
}

Task<absl::Status> Transaction::Savepoint(TransactionAction action) {
  FERRO_CO_ASSIGN(Connection * connection, Use());
  if (action != TransactionAction::kSavepoint && savepoints_ == 0) {
    co_return MakeError(ErrorClass::kInvalidArgument, "no savepoint is open");
  }
  const sql::Lexicon& words = *database_->profile()->lexicon;
  const std::string name =
      absl::StrCat("ferro_", action == TransactionAction::kSavepoint ? savepoints_ + 1 : savepoints_);
  if (action == TransactionAction::kSavepoint) {
    FERRO_CO_TRY(co_await connection->Script(absl::StrCat(words.savepoint, name)));
    ++savepoints_;
    co_return absl::OkStatus();
  }
  --savepoints_;
  if (action == TransactionAction::kRollbackTo) {
    FERRO_CO_TRY(co_await connection->Script(absl::StrCat(words.rollback_to, name)));
  }
  co_return co_await connection->Script(absl::StrCat(words.release, name));
}

}  // namespace ferro::db
