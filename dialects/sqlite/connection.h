// A connection to one SQLite file. It decides on which thread a statement steps: see connection.cc.
// Used by one operation at a time, as every db::Connection.
#pragma once

#include <memory>
#include <string>

#include "dialects/sqlite/commits.h"
#include "dialects/sqlite/execution.h"
#include "dialects/sqlite/forked.h"
#include "dialects/sqlite/handle.h"
#include "dialects/sqlite/pace.h"
#include "dialects/sqlite/prepared.h"
#include "engine/db/driver.h"
#include "engine/runtime/worker.h"

namespace ferro::sqlite {

class Connection final : public db::Connection {
 public:
  // `path` is a file's, or ":memory:".
  static db::Task<absl::StatusOr<std::unique_ptr<db::Connection>>> Open(
      db::Url url, absl::Time deadline, std::shared_ptr<Turns> turns);
  ~Connection() override;

  db::Task<absl::StatusOr<db::Outcome>> Run(const db::Request& request, db::RowSink* sink) override;
  db::Task<absl::Status> Script(absl::string_view sql) override;
  db::Task<absl::Status> Begin(const db::TransactionOptions& options, const sql::Lexicon& words) override;
  db::TransactionState transaction_state() const override;
  bool healthy() const override { return healthy_ && !half_way_; }
  bool recoverable() const override { return healthy_; }
  db::Task<absl::Status> Recover() override;
  ServerVersion version() const override { return version_; }

 private:
  Connection(DatabaseHandle database, const db::Url& url, bool in_memory, std::shared_ptr<Turns> turns);

  class HalfWay;

  db::Task<absl::StatusOr<db::Outcome>> RunToEnd(const db::Request& request, db::RowSink* sink,
                                                HalfWay& half_way);
  db::Task<absl::Status> ScriptToEnd(absl::string_view sql);
  db::Task<absl::StatusOr<Prepared*>> FindOrPrepare(const db::Request& request, Prepared& one_shot);
  absl::Status PrepareNow(const db::Request& request, Prepared& out);
  absl::Status ScriptNow(absl::string_view sql);
  bool StartsOnWorker(const db::Request& request, const Execution& run, const Prepared& prepared);
  bool ScriptGoesToWorker(absl::string_view sql);
  bool HoldsWriteLock() const;
  bool InTransaction() const;
  // Whether the statement has to queue for the turn to write (turns.h): it needs SQLite's lock, holds none, and others write.
  bool HasToQueue(bool writes);
  // In kWaiting.
  absl::Status AwaitTurn(absl::string_view sql);
  bool TransactionIsLittle() const;
  class WorkerJob;
  runtime::Worker& worker();
  db::Task<absl::Status> OnWorker(std::function<absl::Status()> job);
  // Remembers what makes a connection useless.
  void Judge(const absl::Status& status);
  // After a read only transaction has ended.
  void TakeWrites();

  // Destroyed from the bottom up: the worker's thread is gone before what it used.
  DatabaseHandle database_;
  Known known_;
  Pace pace_;
  Commits commits_;
  PreparedCache cache_;
  Buffers buffers_;
  std::unique_ptr<runtime::Worker> worker_;
  const ServerVersion version_;
  const bool in_memory_;
  bool healthy_ = true;
  bool half_way_ = false;       // a statement was left in a transaction
  int64_t changes_before_ = 0;  // when the transaction began
  bool used_worker_ = true;     // since then, as far as is known
  bool query_only_ = false;     // set for the transaction that is or was open
};

}  // namespace ferro::sqlite
