#include "capi/src/guard.h"
#include "engine/base/try.h"
#include "engine/runtime/clock.h"

using ferro::capi::CheckHandle;
using ferro::capi::Guard;

namespace {

using ferro::db::TransactionAction;

constexpr bool Same(int number, TransactionAction action) {
  return number == static_cast<int>(action);
}
static_assert(Same(FERRO_TRANSACTION_BEGIN, TransactionAction::kBegin) &&
              Same(FERRO_TRANSACTION_BEGIN_READ, TransactionAction::kBeginRead) &&
              Same(FERRO_TRANSACTION_COMMIT, TransactionAction::kCommit) &&
              Same(FERRO_TRANSACTION_ROLLBACK, TransactionAction::kRollback) &&
              Same(FERRO_TRANSACTION_SAVEPOINT, TransactionAction::kSavepoint) &&
              Same(FERRO_TRANSACTION_RELEASE, TransactionAction::kRelease) &&
              Same(FERRO_TRANSACTION_ROLLBACK_TO, TransactionAction::kRollbackTo));

constexpr bool Same(int number, ferro::db::Isolation isolation) {
  return number == static_cast<int>(isolation);
}
static_assert(Same(FERRO_ISOLATION_DEFAULT, ferro::db::Isolation::kDefault) &&
              Same(FERRO_ISOLATION_READ_UNCOMMITTED, ferro::db::Isolation::kReadUncommitted) &&
              Same(FERRO_ISOLATION_READ_COMMITTED, ferro::db::Isolation::kReadCommitted) &&
              Same(FERRO_ISOLATION_REPEATABLE_READ, ferro::db::Isolation::kRepeatableRead) &&
              Same(FERRO_ISOLATION_SERIALIZABLE, ferro::db::Isolation::kSerializable));

ferro::db::Task<absl::Status> Begin(std::shared_ptr<ferro::db::Transaction> transaction,
                                    ferro::db::TransactionUse use, ferro::db::TransactionOptions options,
                                    absl::Time deadline) {
  static_cast<void>(use);
  co_return co_await transaction->Begin(options, deadline);
}

// Keeps the transaction alive and to itself while the action runs.
ferro::db::Task<absl::Status> Do(std::shared_ptr<ferro::db::Transaction> transaction,
                                 ferro::db::TransactionUse use, TransactionAction action) {
  static_cast<void>(use);
  co_return co_await transaction->Do(action);
}

}  // namespace

ferro_code ferro_transaction_new(ferro_database* database, ferro_transaction** out_transaction,
                                 ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(database, "database"));
    if (database->database->profile() == nullptr) {
      return ferro::MakeError(ferro::ErrorClass::kInvalidArgument,
                              "the database is not connected yet");
    }
    *out_transaction =
        new ferro_transaction{std::make_shared<ferro::db::Transaction>(database->database)};
    return absl::OkStatus();
  });
}

ferro_code ferro_transaction_do(ferro_transaction* transaction, int32_t action,
                                ferro_operation** out_operation, ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(transaction, "transaction"));
    if (action < FERRO_TRANSACTION_BEGIN || action > FERRO_TRANSACTION_ROLLBACK_TO) {
      return ferro::MakeError(ferro::ErrorClass::kInvalidArgument,
                              "unknown action of a transaction");
    }
    FERRO_ASSIGN(auto use, ferro::db::TransactionUse::Take(transaction->transaction));
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.Start(Do(transaction->transaction, std::move(use),
                                  static_cast<TransactionAction>(action)));
    *out_operation = operation.release();
    return absl::OkStatus();
  });
}

ferro_code ferro_transaction_begin(ferro_transaction* transaction, int32_t isolation, int32_t flags,
                                   int64_t timeout, ferro_operation** out_operation,
                                   ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(transaction, "transaction"));
    constexpr int32_t kFlags = FERRO_BEGIN_READ_ONLY | FERRO_BEGIN_DEFERRABLE | FERRO_BEGIN_LAZY;
    if (isolation < FERRO_ISOLATION_DEFAULT || isolation > FERRO_ISOLATION_SERIALIZABLE ||
        (flags & ~kFlags) != 0) {
      return ferro::MakeError(ferro::ErrorClass::kInvalidArgument, "unknown option of a transaction");
    }
    ferro::db::TransactionOptions options;
    options.isolation = static_cast<ferro::db::Isolation>(isolation);
    options.read_only = (flags & FERRO_BEGIN_READ_ONLY) != 0;
    options.deferrable = (flags & FERRO_BEGIN_DEFERRABLE) != 0;
    options.write = !options.read_only && (flags & FERRO_BEGIN_LAZY) == 0;
    absl::Time deadline = absl::InfiniteFuture();
    if (timeout >= 0) deadline = ferro::runtime::Now() + absl::Milliseconds(timeout);
    FERRO_ASSIGN(auto use, ferro::db::TransactionUse::Take(transaction->transaction));
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.Start(Begin(transaction->transaction, std::move(use), options, deadline));
    *out_operation = operation.release();
    return absl::OkStatus();
  });
}

uint8_t ferro_transaction_active(const ferro_transaction* transaction) {
  return transaction != nullptr && transaction->transaction->active() ? 1 : 0;
}

void ferro_transaction_abandon(ferro_transaction* transaction) {
  if (transaction == nullptr) return;
  ferro::db::Transaction& open = *transaction->transaction;
  if (!open.here() || !open.active() || !open.Enter()) return;
  open.Lose();
  open.Leave();
}

void ferro_transaction_free(ferro_transaction* transaction) { delete transaction; }
