#include "capi/src/guard.h"
#include "engine/base/try.h"

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

uint8_t ferro_transaction_active(const ferro_transaction* transaction) {
  return transaction != nullptr && transaction->transaction->active() ? 1 : 0;
}

void ferro_transaction_free(ferro_transaction* transaction) { delete transaction; }
