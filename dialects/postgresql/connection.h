// A session with a PostgreSQL server: one statement at a time over a non-blocking PGconn.
// Statements with an id are prepared once and kept; results come binary. Not thread-safe; belongs
// to one operation at a time.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "absl/container/inlined_vector.h"
#include "dialects/postgresql/decode.h"
#include "dialects/postgresql/encode.h"
#include "dialects/postgresql/libpq.h"
#include "dialects/postgresql/statements.h"
#include "engine/db/driver.h"

namespace ferro::postgresql {

// Rows of one batch. The first is smaller: whoever wants one page has it sooner.
inline constexpr int kFirstRows = 256;
inline constexpr int kMoreRows = 1024;

// Rows of so many columns are read before the last one is here: to make objects of them takes as long as the server takes
// for them. libpq 15 can only give each row as a result of its own, which for fewer columns costs more than it saves.
// (libpq 17 gives chunks of kMoreRows, whatever the columns: Newer.)
inline constexpr size_t kWideRow = 16;
inline constexpr int kRowsAtOnce = 256;  // at most

// Given-up statements closed along with one new one; at most one is given up for each, so this only
// catches up.
inline constexpr size_t kClosesAtOnce = 16;

// The format of results, as libpq numbers them.
inline constexpr int kBinary = 1;

class PostgresqlConnection final : public db::Connection, private db::Pipelining {
 public:
  // `handle` is connected and non-blocking. `statement_cache`: prepared statements to keep at most.
  // `pooled`: the session is lent by a pooler for each transaction; SetUpPooled() comes before anything else then.
  PostgresqlConnection(ConnectionHandle handle, size_t statement_cache, bool pooled = false);

  // Has the pooler give us sessions with our settings, and finds out whether it keeps prepared statements.
  db::Task<absl::Status> SetUpPooled();

  db::Task<absl::StatusOr<db::Outcome>> Run(const db::Request& request, db::RowSink* sink) override;
  db::Task<absl::Status> Script(absl::string_view sql) override;
  db::Task<absl::Status> Begin(const db::TransactionOptions& options, const sql::Lexicon& words) override;

  db::TransactionState transaction_state() const override;
  db::Task<absl::Status> Listen(std::span<const std::string> channels, db::RowSink& sink) override;
  bool healthy() const override;
  bool lost() const override { return PQstatus(handle_.get()) != CONNECTION_OK; }
  bool recoverable() const override;
  db::Task<absl::Status> Recover() override;  // see recover.cc
  ServerVersion version() const override;
  // Null without prepared statements, and where a pooler lends the session for each of them.
  db::Pipelining* pipelining() override { return statements_.enabled() && !pooled_ ? this : nullptr; }
  int descriptor() const override { return PQsocket(handle_.get()); }

 private:
  using Results = absl::InlinedVector<std::shared_ptr<const PGresult>, 1>;

  // What is still to come of a statement that was sent, see pipeline.cc.
  enum class Part : uint8_t { kPrepare, kResult, kSync };
  struct Expected {
    Part next = Part::kResult;
    bool closes = false;      // nobody asked for it
    bool ends = false;        // its segment: a Sync comes behind it
    bool unprepared = false;  // it was refused before it could run
    uint64_t statement_id = 0;
    std::string name;
    Results results;
    int64_t touched = 0;      // rows, as the server counts them
    std::shared_ptr<const PGresult> refusal;
  };

  absl::Status Enter() override;
  absl::Status Leave() override;
  void BeginSending() override;
  absl::Status Send(const db::Request& request) override;
  absl::Status EndSegment() override;
  absl::StatusOr<bool> Flush() override;
  absl::Status Receive() override;
  std::unique_ptr<db::Answer> Take() override;
  int socket() const override { return PQsocket(handle_.get()); }
  absl::Status LostError(const db::Request& request, bool oldest) const override;
  bool Advance();
  std::unique_ptr<db::Answer> AnswerTo(Expected& expected);
  absl::Status SendClosesInPipeline();
  void ForgetExpected();
  void Cork(bool on);

  // A statement on its way: where its rows go, and the first thing that went wrong with it.
  struct Reading {
    absl::string_view sql;
    const db::Request* request = nullptr;  // null: rows are dropped
    db::RowSink* sink = nullptr;
    db::Outcome outcome;
    absl::Status status;
    bool started = false;  // `decoder` knows the columns
    int64_t rows = 0;      // taken so far
    // Rows that cannot be read before the server was asked about their types, which takes another
    // statement.
    std::vector<std::shared_ptr<const PGresult>> held;
    std::vector<ResultHandle> singles;        // rows that came one by one and were not shown yet
    std::shared_ptr<const PGresult> refused;  // with the cell that could not be read
    bool stale_plan = false;                  // the prepared statement no longer fits, or is gone
    bool known_to_server = true;
    // Nothing is under way while the sink has rows of a page: if it never gives back, the cursor is all that is left.
    bool paged = false;
  };
  // Held while a statement is under way; destroyed without Finish() it leaves the connection
  // unhealthy.
  class BusyGuard;

  // These send a statement and take everything that comes back. What the server refuses goes to
  // `reading.status`; an error returned means that the session is lost.
  db::Task<absl::Status> Execute(const db::Request& request, Reading& reading);
  db::Task<absl::Status> PrepareAndExecute(const db::Request& request, Reading& reading);
  db::Task<absl::Status> TakeResults(Reading& reading);
  db::Task<absl::Status> ClosePending();
  db::Task<absl::Status> TakeCloses(size_t count);
  db::Task<absl::Status> TakeSync(absl::string_view sql);
  absl::Status StartRows(const PGresult* result, const Reading& reading);
  db::Task<absl::Status> TakeRows(std::shared_ptr<const PGresult> result, Reading& reading);
  db::Task<absl::Status> TakeSingles(Reading& reading);
  void ReadInParts(const db::Request& request);

  // A query by a cursor, see stream.cc.
  db::Task<absl::StatusOr<db::Outcome>> Stream(const db::Request& request, db::RowSink* sink);
  db::Task<absl::Status> TakePages(const db::Request& request, Reading& reading);
  db::Task<absl::Status> Command(const char* sql, Reading& reading);
  db::Task<absl::Status> CloseCursor();

  // Rows by COPY, see copy_in.cc.
  db::Task<absl::StatusOr<db::Outcome>> CopyIn(const db::Request& request);
  db::Task<absl::Status> AskForFields(const db::Request& request, Reading& reading, std::vector<Oid>& fields);
  db::Task<absl::Status> SendRows(const db::Request& request, std::span<const Oid> fields, Reading& reading);

  // After a statement, see lookups.cc.
  db::Task<absl::Status> TakeHeld(Reading& reading);
  db::Task<absl::Status> NameTable(Reading& reading);
  db::Task<absl::Status> Ask(const char* question, const std::string& parameter, Reading& answer,
                             std::shared_ptr<const PGresult>& rows);
  // All that a statement gives: its rows, and in `reading.status` what the server refuses.
  db::Task<absl::Status> Collect(Reading& reading, std::shared_ptr<const PGresult>& rows);

  db::Task<absl::Status> Flush(absl::string_view sql);
  db::Task<absl::Status> AwaitResult(absl::string_view sql);

  db::Task<bool> KeepsPrepared();

  db::Task<absl::Status> Cancel();
  db::Task<absl::Status> ReadWhatIsLeft();

  // With what the encoder holds; false: see SendFailed().
  bool SendUnprepared(absl::string_view sql);
  bool SendPrepare(const std::string& name, absl::string_view sql);
  bool SendPrepared(const std::string& name);

  absl::Status CheckUsable() const;
  absl::Status SendFailed(absl::string_view sql) const;
  absl::StatusOr<size_t> SendCloses(size_t at_most);
  void TakeError(const PGresult* result, Reading& reading);

  ConnectionHandle handle_;
  PreparedStatements statements_;
  Encoder encoder_;
  RowDecoder decoder_;
  UserTypes types_;
  Batch batch_;
  std::string text_;  // of the statement, with the NUL that libpq wants
  std::string preparing_;  // the name of a statement that the server may have heard of, and statements_ has not
  const bool pooled_;
  bool listening_ = false;
  std::deque<Expected> expected_;  // in a pipeline, oldest first
  bool piped_within_ = false;      // the pipeline is within a transaction
  int sent_at_once_ = 0;           // segments
  bool corked_ = false;
  int syncs_ = 0;          // ends of pipeline segments that were sent and not yet read
  bool trusted_text_ = true;
  bool busy_ = false;
  bool at_rest_ = false;      // see Reading::paged
  bool cursor_left_ = false;  // by a stream that was given up; closed before the next statement
};

}  // namespace ferro::postgresql
