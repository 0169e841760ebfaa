#include "engine/db/transaction.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/runtime/clock.h"

namespace ferro::db {
namespace {

absl::Status NotActive() {
  return MakeErrorWithHint(ErrorClass::kClosed, "the transaction is not active",
                           "begin it first; after commit or rollback start another one");
}

absl::Status Lost() {
  return MakeErrorWithHint(ErrorClass::kFailedTransaction,
                           "the transaction's connection is gone or was left half-way",
                           "roll back and run the whole transaction again");
}

absl::Status Late() {
  return MakeErrorWithHint(ErrorClass::kTimeout, "the transaction took longer than its timeout",
                           "it was rolled back; give it more time, or less to do");
}

absl::Status CheckOptions(const TransactionOptions& options, const sql::DialectProfile& profile) {
  if (options.isolation != Isolation::kDefault && options.isolation != Isolation::kSerializable) {
    FERRO_TRY(profile.Check(sql::Feature::kWeakIsolation));
  }
  if (options.read_only) FERRO_TRY(profile.Check(sql::Feature::kReadOnlyTransaction));
  if (!options.deferrable) return absl::OkStatus();
  FERRO_TRY(profile.Check(sql::Feature::kDeferrable));
  if (options.read_only && options.isolation == Isolation::kSerializable) return absl::OkStatus();
  return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                           "only a serializable read only transaction can be deferrable",
                           "say isolation=\"serializable\" and read_only=True with it");
}

bool IsOpen(const Connection& connection) {
  const TransactionState state = connection.transaction_state();
  return state == TransactionState::kActive || state == TransactionState::kFailed;
}

}  // namespace

absl::Status CommitUnknown(const absl::Status& status) {
  return WithDetail(status, [](ErrorDetail& detail) {
    detail.error_class = ErrorClass::kCommitUnknown;
    detail.hint = "look whether the changes are there before making them again";
  });
}

Task<absl::Status> SendCommit(Connection& connection) {
  const absl::Status status = co_await connection.Script("COMMIT");
  co_return status.ok() || connection.healthy() ? status : CommitUnknown(status);
}

absl::StatusOr<TransactionUse> TransactionUse::Take(
    const std::shared_ptr<Transaction>& transaction) {
  if (!transaction->here()) return runtime::ForkedError();
  if (!transaction->Enter()) {
    return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                             "another operation of this transaction has not ended",
                             "await one before starting the next: a transaction has one connection");
  }
  return TransactionUse(transaction);
}

absl::StatusOr<Connection*> Transaction::Use() {
  if (!here()) return runtime::ForkedError();
  if (lost_) return Lost();
  if (!lease_) return NotActive();
  if (!lease_->healthy()) return Lost();
  if (!IsOpen(*lease_)) {
    return MakeErrorWithHint(ErrorClass::kFailedTransaction,
                             "the server has already ended the transaction",
                             "roll back and run the whole transaction again");
  }
  return &*lease_;
}

void Transaction::Limit(runtime::Context& context, absl::Time deadline) const {
  context.deadline = std::min(context.deadline, deadline);
  if (context.own_deadline) return;
  context.deadline = std::min(context.deadline, runtime::Now() + database_->url().statement_timeout);
}

Task<absl::Status> Transaction::Do(TransactionAction action) {
  if (!here()) co_return runtime::ForkedError();
  TransactionOptions options;
  switch (action) {
    case TransactionAction::kBeginRead: options.write = false; [[fallthrough]];
    case TransactionAction::kBegin: co_return co_await Begin(options, absl::InfiniteFuture());
    case TransactionAction::kCommit: co_return co_await Commit();
    case TransactionAction::kRollback: co_return co_await Rollback();
    case TransactionAction::kSavepoint:
    case TransactionAction::kRelease:
    case TransactionAction::kRollbackTo: co_return co_await Savepoint(action);
  }
  co_return MakeError(ErrorClass::kInvalidArgument, "unknown action of a transaction");
}

Task<absl::Status> Transaction::Begin(TransactionOptions options, absl::Time deadline) {
  if (!here()) co_return runtime::ForkedError();
  if (lease_) {
    co_return MakeErrorWithHint(ErrorClass::kInvalidArgument, "the transaction has already begun",
                                "use a savepoint to nest");
  }
  FERRO_CO_TRY(CheckOptions(options, *database_->profile()));
  runtime::Context& context = co_await runtime::ThisContext();
  context.deadline = std::min(context.deadline, deadline);
  FERRO_CO_ASSIGN(Lease lease, co_await database_->pool().Acquire());
  Limit(context, deadline);
  FERRO_CO_TRY(co_await lease->Begin(options, *database_->profile()->lexicon));
  lease_ = std::move(lease);
  savepoints_ = 0;
  deadline_ = deadline;
  lost_ = false;
  co_return absl::OkStatus();
}

Task<absl::Status> Transaction::Commit() {
  if (std::exchange(lost_, false)) co_return Lost();
  if (!lease_) co_return NotActive();
  // Not sent: nobody would know what came of it.
  if (runtime::Now() >= deadline_) {
    Lose();
    lost_ = false;
    co_return Late();
  }
  Limit(co_await runtime::ThisContext(), deadline_);
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
  if (std::exchange(lost_, false)) co_return absl::OkStatus();
  if (!lease_) co_return NotActive();
  Lease lease = std::move(lease_);
  // A connection that is gone has rolled back by itself; so has a transaction that the server ended.
  if (!lease->healthy() || !IsOpen(*lease)) co_return absl::OkStatus();
  // What has to be undone is undone, however late the transaction is. A server that does not answer is left to those who
  // recover the connection.
  runtime::Context& context = co_await runtime::ThisContext();
  context.deadline = absl::InfiniteFuture();
  Limit(context, absl::InfiniteFuture());
  co_return co_await lease->Script("ROLLBACK");
}

Task<absl::Status> Transaction::Savepoint(TransactionAction action) {
  FERRO_CO_ASSIGN(Connection * connection, Use());
  if (action != TransactionAction::kSavepoint && savepoints_ == 0) {
    co_return MakeError(ErrorClass::kInvalidArgument, "no savepoint is open");
  }
  const sql::Lexicon& words = *database_->profile()->lexicon;
  runtime::Context& context = co_await runtime::ThisContext();
  if (action == TransactionAction::kRollbackTo) context.deadline = absl::InfiniteFuture();
  Limit(context, action == TransactionAction::kRollbackTo ? absl::InfiniteFuture() : deadline_);
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
