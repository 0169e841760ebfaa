// The end of a transaction when COMMIT goes wrong, which no server does on demand: the connection
// is one that only plays its part. Both kinds of transaction are asked, the caller's and the one
// that a statement of several steps has.
#include "engine/db/transaction.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "engine/db/execute.h"
#include "engine/sql/lexicon.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace ferro::db {
namespace {

enum class Commit : uint8_t {
  kWorks,
  kRefused,  // and the transaction is still open, as with SQLite when a reader is in the way
  kEnded,    // refused, and the server has rolled back
  kBreaks,   // the connection is lost before the answer
};

// What the connection shall do, and what it was told. The driver is made by a plain function, so
// this is of the file.
struct Part {
  Commit commit = Commit::kWorks;
  std::vector<std::string> said;
} part;

class PlayedConnection : public Connection {
 public:
  Task<absl::StatusOr<Outcome>> Run(const Request&, RowSink*) override { co_return Outcome{}; }
  Task<absl::Status> Script(absl::string_view sql) override {
    part.said.emplace_back(sql);
    if (sql != "COMMIT") {
      state_ = sql == "ROLLBACK" ? TransactionState::kIdle : TransactionState::kActive;
      co_return absl::OkStatus();
    }
    if (part.commit != Commit::kRefused) state_ = TransactionState::kIdle;
    healthy_ = part.commit != Commit::kBreaks;
    switch (part.commit) {
      case Commit::kWorks:
        break;
      case Commit::kRefused:
        co_return MakeError(ErrorClass::kLock, "somebody is reading");
      case Commit::kEnded:
        co_return MakeErrorWithHint(ErrorClass::kSerialization, "somebody was faster", "run again");
      case Commit::kBreaks:
        co_return MakeErrorWithHint(ErrorClass::kConnection, "the line is dead", "connect again");
    }
    co_return absl::OkStatus();
  }
  TransactionState transaction_state() const override { return state_; }
  bool healthy() const override { return healthy_; }
  ServerVersion version() const override { return {}; }

 private:
  TransactionState state_ = TransactionState::kIdle;
  bool healthy_ = true;
};

class PlayedDriver : public Driver {
 public:
  Task<absl::StatusOr<std::unique_ptr<Connection>>> Connect(const Url&, absl::Time) override {
    co_return std::make_unique<PlayedConnection>();
  }
};

const sql::Lexicon kLexicon{.begin = "BEGIN", .begin_write = "BEGIN WRITE"};
const sql::Dialect kDialect = {
    .name = "played",
    .schemes = {},
    .resolve =
        [](const ServerVersion& version) {
          sql::DialectProfile profile;
          profile.version = version;
          profile.lexicon = &kLexicon;
          return profile;
        },
    .make_driver = []() -> std::unique_ptr<Driver> { return std::make_unique<PlayedDriver>(); },
};

class TransactionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    part = {};
    ASSERT_OK(testing::RunTask(database_->Connect()));
  }
  absl::Status Do(TransactionAction action) { return testing::RunTask(transaction_->Do(action)); }

  // A statement that needs a transaction of its own, and succeeds up to its COMMIT.
  absl::Status RunAtomically() {
    const auto body = [](const Execution& execution) -> Task<absl::Status> {
      ExecutionScope scope(execution, true);
      absl::StatusOr<Connection*> connection = co_await scope.Begin();
      if (!connection.ok()) co_return connection.status();
      co_return co_await scope.End(absl::OkStatus());
    };
    const Execution execution{database_, nullptr, nullptr, {}};
    return testing::RunTask(body(execution));
  }

  static void ExpectUnknown(const absl::Status& status) {
    EXPECT_ERROR(ErrorClass::kCommitUnknown, status);
    EXPECT_EQ(status.message(), "the line is dead");
    EXPECT_TRUE(absl::StartsWith(DetailOf(status).hint, "look whether")) << DetailOf(status).hint;
  }
  void ExpectOpen(int connections) {
    EXPECT_EQ(database_->pool().statistics().open, connections);
    EXPECT_EQ(database_->pool().statistics().busy, 0);
  }

  const std::shared_ptr<Database> database_ = std::make_shared<Database>(kDialect, Url());
  const std::shared_ptr<Transaction> transaction_ = std::make_shared<Transaction>(database_);
};

TEST_F(TransactionTest, CommitsAndGivesTheConnectionBack) {
  EXPECT_OK(RunAtomically());
  ASSERT_OK(Do(TransactionAction::kBegin));
  EXPECT_OK(Do(TransactionAction::kCommit));
  EXPECT_FALSE(transaction_->active());
  ExpectOpen(1);
  EXPECT_EQ(part.said,
            (std::vector<std::string>{"BEGIN WRITE", "COMMIT", "BEGIN WRITE", "COMMIT"}));
}

TEST_F(TransactionTest, IsOfUnknownOutcomeWhenTheConnectionBreaksInItsCommit) {
  part.commit = Commit::kBreaks;
  ASSERT_OK(Do(TransactionAction::kBegin));
  ExpectUnknown(Do(TransactionAction::kCommit));
  EXPECT_FALSE(transaction_->active());
  ExpectOpen(0);
  EXPECT_EQ(part.said, (std::vector<std::string>{"BEGIN WRITE", "COMMIT"}));
}

TEST_F(TransactionTest, OfAStatementIsOfUnknownOutcomeJustAsMuch) {
  part.commit = Commit::kBreaks;
  ExpectUnknown(RunAtomically());
  ExpectOpen(0);
  EXPECT_EQ(part.said, (std::vector<std::string>{"BEGIN WRITE", "COMMIT"}));
}

TEST_F(TransactionTest, StaysOpenWhenItsCommitIsRefused) {
  part.commit = Commit::kRefused;
  ASSERT_OK(Do(TransactionAction::kBegin));
  EXPECT_ERROR(ErrorClass::kLock, Do(TransactionAction::kCommit));
  EXPECT_TRUE(transaction_->active());
  part.commit = Commit::kWorks;
  EXPECT_OK(Do(TransactionAction::kCommit));
  ExpectOpen(1);
}

TEST_F(TransactionTest, OfAStatementIsRolledBackWhenItsCommitIsRefused) {
  part.commit = Commit::kRefused;
  EXPECT_ERROR(ErrorClass::kLock, RunAtomically());
  EXPECT_EQ(part.said, (std::vector<std::string>{"BEGIN WRITE", "COMMIT", "ROLLBACK"}));
  ExpectOpen(1);
}

TEST_F(TransactionTest, EndsWithWhatTheServerSaysWhenThatHasRolledBack) {
  part.commit = Commit::kEnded;
  EXPECT_ERROR(ErrorClass::kSerialization, RunAtomically());
  ASSERT_OK(Do(TransactionAction::kBegin));
  const absl::Status status = Do(TransactionAction::kCommit);
  EXPECT_ERROR(ErrorClass::kSerialization, status);
  EXPECT_EQ(DetailOf(status).hint, "run again");
  EXPECT_FALSE(transaction_->active());
  ExpectOpen(1);
}

}  // namespace
}  // namespace ferro::db
