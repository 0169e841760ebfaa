// A transaction holds one connection from its begin to its end. What the server says about its state decides, not a
// counter of ours: when the server has ended the transaction (a deadlock on MySQL), further statements are refused
// instead of running outside of it. An operation that is cancelled or late in the middle of a statement ends the
// transaction. One operation at a time.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "engine/db/database.h"

namespace ferro::db {

// Numbers are those of FERRO_TRANSACTION_* in the C ABI.
enum class TransactionAction : uint8_t {
  kBegin = 0,
  kBeginRead = 1,
  kCommit = 2,
  kRollback = 3,
  kSavepoint = 4,
  kRelease = 5,
  kRollbackTo = 6,
};

// The same failure as kCommitUnknown: what changes something was sent, and whether it was kept nobody knows.
absl::Status CommitUnknown(const absl::Status& status);

// COMMIT. kCommitUnknown when the connection broke before the answer came: nobody knows then what
// the server did. After another failure the transaction may still be open.
Task<absl::Status> SendCommit(Connection& connection);

class Transaction {
 public:
  explicit Transaction(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Task<absl::Status> Do(TransactionAction action);
  // kBegin with options. After `deadline` nothing runs in the transaction any more, and it cannot be committed.
  Task<absl::Status> Begin(TransactionOptions options, absl::Time deadline);

  // The connection to run a statement on, or why there is none.
  absl::StatusOr<Connection*> Use();

  bool active() const { return static_cast<bool>(lease_); }
  absl::Time deadline() const { return deadline_; }
  // Rolls back without waiting: the connection is recovered apart. What follows is refused.
  void Lose() {
    lost_ = true;
    lease_.GiveBack();
  }
  Database& database() { return *database_; }

  // One operation at a time: false when another has not ended. Leave() when it has.
  bool Enter() {
    if (busy_) return false;
    return busy_ = true;
  }
  void Leave() {
    busy_ = false;
    if (lease_ && !lease_->healthy()) Lose();
  }
  bool here() const { return born_.here(); }

 private:
  // Has the operation end in the time that the transaction, and the database for each statement, allow.
  void Limit(runtime::Context& context, absl::Time deadline) const;
  Task<absl::Status> Commit();
  Task<absl::Status> Rollback();
  Task<absl::Status> Savepoint(TransactionAction action);

  std::shared_ptr<Database> database_;
  Lease lease_;
  int savepoints_ = 0;
  absl::Time deadline_ = absl::InfiniteFuture();
  bool busy_ = false;
  bool lost_ = false;  // it was open, and its connection has been given up
  runtime::Born born_;
};

// Held by each operation on a transaction: marks it busy until the operation's coroutine is gone.
class TransactionUse {
 public:
  static absl::StatusOr<TransactionUse> Take(const std::shared_ptr<Transaction>& transaction);
  TransactionUse(TransactionUse&& other) noexcept = default;
  ~TransactionUse() {
    if (transaction_ != nullptr) transaction_->Leave();
  }

 private:
  explicit TransactionUse(std::shared_ptr<Transaction> transaction)
      : transaction_(std::move(transaction)) {}
  std::shared_ptr<Transaction> transaction_;
};

}  // namespace ferro::db
