// A session with a MySQL or MariaDB server: its settings, its prepared statements, and running one
// statement at a time to its end. What goes over the wire is client.h's.
#pragma once

#include <cstdint>
#include <memory>

#include "dialects/mysql/client.h"
#include "dialects/mysql/decode.h"
#include "dialects/mysql/encode.h"
#include "dialects/mysql/statements.h"
#include "engine/db/driver.h"

namespace ferro::mysql {

class Connection final : public db::Connection {
 public:
  explicit Connection(int statement_cache);
  ~Connection() override;

  // Connects and makes the session settings; before anything else.
  Task<absl::Status> Open(const db::Url& url, absl::Time deadline);

  Task<absl::StatusOr<db::Outcome>> Run(const db::Request& request, db::RowSink* sink) override;
  Task<absl::Status> Script(absl::string_view sql) override;
  Task<absl::Status> Begin(const db::TransactionOptions& options, const sql::Lexicon& words) override;
  db::TransactionState transaction_state() const override;
  bool healthy() const override { return !client_.broken() && !busy_ && !half_way_; }
  bool recoverable() const override { return !client_.over(); }
  Task<absl::Status> Recover() override;  // see recover.cc
  bool lost() const override { return client_.lost(); }
  ServerVersion version() const override { return client_.version(); }
  int descriptor() const override { return client_.descriptor(); }
  int64_t insert_id_step() const override { return insert_id_step_; }

 private:
  class Busy;

  Task<absl::Status> SetUp();
  Task<absl::Status> Kill();
  Task<absl::Status> KillUntilAnswered();
  Task<absl::StatusOr<db::Outcome>> RunOnce(const db::Request& request, db::RowSink* sink,
                                            bool& again);
  Task<absl::StatusOr<MYSQL_STMT*>> Prepared(const db::Request& request);
  Task<absl::Status> Deliver(MYSQL_STMT* statement, const db::Request& request, db::RowSink* sink,
                             db::Outcome& outcome);
  Task<absl::Status> Fill(MYSQL_STMT* statement, size_t rows, int64_t first);
  // Reads what a stream that was given up has left on the wire.
  Task<absl::Status> TakeRest();
  Task<absl::Status> CheckPatterns(absl::string_view sql);
  Task<absl::Status> Drain(MYSQL_STMT* statement);
  Task<absl::Status> Drop(MYSQL_STMT* statement, uint64_t id);
  Task<absl::Status> AfterFailure(absl::Status failure);
  absl::Status CheckUsable() const;

  Client client_;
  StatementCache statements_;
  MYSQL_STMT* streaming_ = nullptr;  // its rows are on the wire, and the sink has some of them
  MYSQL_STMT* left_ = nullptr;       // the same when it was given up, within a transaction
  MYSQL_STMT* running_ = nullptr;    // the statement in use when it is not (or not yet) in the cache
  uint64_t kept_ = 0;                // the cache's id of the statement in use, or 0
  ParameterBinds binds_;
  RowDecoder decoder_;
  Batch batch_;
  int64_t insert_id_step_ = 1;
  uint64_t max_packet_ = 0;
  bool busy_ = false;
  bool half_way_ = false;  // a statement was left
  db::Url url_;            // for the connection that cancels
};

}  // namespace ferro::mysql
