// What a backend implements: Driver makes Connections, a Connection runs one statement at a time. Virtual calls
// happen for each statement and each batch, never for each row. Nothing here waits by itself: see
// engine/runtime/task.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/base/version.h"
#include "engine/db/url.h"
#include "engine/runtime/task.h"
#include "engine/sql/compiled.h"
#include "engine/sql/lexicon.h"
#include "engine/value/batch.h"

namespace ferro::db {

using runtime::Task;

// What is bound to one placeholder: one value, or (PostgreSQL) one array of `count` values that lie `stride`
// apart, so that a column of row-major cells is an array without copying. Borrowed until the statement has run.
// Every value is null or of `type`; who calls has checked that.
struct Parameter {
  const Value* first = nullptr;
  uint32_t count = 1;
  uint32_t stride = 1;
  Type type = Type::kNull;
  bool is_array = false;

  const Value& value(size_t i = 0) const { return first[i * stride]; }
};

struct Request {
  // Names the text in a connection's cache of prepared statements; 0: not worth keeping.
  uint64_t statement_id = 0;
  absl::string_view sql;
  std::span<const Parameter> parameters;
  // How result columns are decoded: one for each, or empty for "as the server says". Empty with
  // `returns_rows` false for statements without a result.
  std::span<const sql::ResultColumn> columns;
  std::span<const sql::ResultColumn> named{};  // without `columns`: the types of columns of these names
  bool returns_rows = false;
  bool writes = false;  // may change the database or take locks
  // Load rows: each parameter is an array of one column's values. Where the table does not allow that, nothing is done and
  // Outcome::declined says so. Within a transaction only. An error may name the row.
  const sql::BulkCopy* copy = nullptr;
  // Of a query whose rows are taken as they are wanted: at most so many are fetched at a time, and no more before
  // the sink has accepted them. 0: as fast as they come.
  uint32_t stream_rows = 0;
};

struct Outcome {
  int64_t rows_affected = 0;    // rows matched, inserted or deleted; for a query the rows returned
  int64_t first_insert_id = 0;  // MySQL: the first generated key; else 0
  bool declined = false;        // see Request::copy
};

// Takes the rows of a statement, batch by batch. The batch may be reused as soon as Accept has returned.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual Task<absl::Status> Accept(Batch& batch) = 0;
  // What the server calls the columns; before the first batch, when Request::columns did not say them.
  virtual void Describe(std::vector<std::string> /*names*/) {}
};

// The whole answer to one of several statements that were sent together. It does not need its connection any more.
class Answer {
 public:
  virtual ~Answer() = default;
  // Shows the rows, as Connection::Run does for its request. Called once.
  virtual Task<absl::StatusOr<Outcome>> Read(const Request& request, RowSink& sink) = 0;
  // After Read has failed: the statement has to be run by itself, for its rows or for all that can be said of the error.
  virtual bool unread() const { return false; }
  // The server has found out before it ran it that it must be prepared anew: it has to be run by itself.
  virtual bool stale() const { return false; }
};

// Many statements on one connection at once: each is sent without waiting for the answers to those before. When one fails,
// those after it in its segment are not run, and their answers say so; others are not touched. Nothing here waits.
class Pipelining {
 public:
  virtual ~Pipelining() = default;
  // From here to Leave() the connection does nothing else; given up in between it is in doubt. May be within a transaction.
  virtual absl::Status Enter() = 0;
  virtual absl::Status Leave() = 0;  // when all answers were taken
  // Hints that statements follow each other up to Flush().
  virtual void BeginSending() {}
  // Puts a statement on its way. An error is of this one alone, unless the connection is lost().
  virtual absl::Status Send(const Request& request) = 0;
  // Ends a segment of one statement or more. Answers are sure to come only for what stands before such an end.
  virtual absl::Status EndSegment() = 0;
  // Whether all has been sent. If not: call it again when the socket can be written, and Receive() when it can be read, as
  // a server that is itself stuck sending takes no more.
  virtual absl::StatusOr<bool> Flush() = 0;
  // Reads what has come; an error is the end of the session.
  virtual absl::Status Receive() = 0;
  // To the statement that was sent first of those that have none, if it is here. Also after an error of Receive().
  virtual std::unique_ptr<Answer> Take() = 0;
  virtual int socket() const = 0;
  // Why a statement that was sent has got no answer: the session is lost. `oldest`: it is the one that the server was at.
  virtual absl::Status LostError(const Request& request, bool oldest) const = 0;
};

// How columns that the server calls so are read, one for each.
std::vector<sql::ResultColumn> ColumnsByName(std::span<const std::string> names,
                                             std::span<const sql::ResultColumn> named);

// Numbers are those of FERRO_ISOLATION_* in the C ABI.
enum class Isolation : uint8_t {
  kDefault = 0,  // as the server, or its administrator, has it
  kReadUncommitted = 1,
  kReadCommitted = 2,
  kRepeatableRead = 3,
  kSerializable = 4,
};

struct TransactionOptions {
  Isolation isolation = Isolation::kDefault;
  bool read_only = false;
  bool deferrable = false;
  bool write = true;  // will write: what has one lock for all writers (SQLite) takes it at once
};

// What the pool notes of a connection, in times of runtime::Now(); nobody else writes it.
struct PoolMarks {
  absl::Time expires = absl::InfiniteFuture();  // closed when it comes back later
  absl::Time since;                             // when it was lent, or became idle
  uint64_t generation = 0;                      // of the pool when it was last known to be sound
  bool idle = false;
};

enum class TransactionState : uint8_t { kIdle, kActive, kFailed, kUnknown };

// One session with a server. Used by one operation at a time.
class Connection {
 public:
  virtual ~Connection() = default;  // closes without waiting

  // Prepares (or finds) and runs one statement to its end. Rows go to `sink` (not null when returns_rows).
  // When the task is destroyed half-way the connection is in doubt: healthy() is false. A stream within a transaction
  // that is destroyed while its sink has rows is at rest instead: the next statement first gets rid of the others.
  virtual Task<absl::StatusOr<Outcome>> Run(const Request& request, RowSink* sink) = 0;

  // Runs a text without parameters and without rows, such as BEGIN, unprepared.
  virtual Task<absl::Status> Script(absl::string_view sql) = 0;

  // Begins a transaction; `words` are the dialect's. The options are those that its features allow.
  virtual Task<absl::Status> Begin(const TransactionOptions& options, const sql::Lexicon& words) {
    return Script(options.write ? words.begin_write : words.begin);
  }

  // Shows the messages of channels as rows of channel, text and the sender's session, first one of NULLs once it listens;
  // ends only when it fails or is destroyed. For dialects with Feature::kListen.
  virtual Task<absl::Status> Listen(std::span<const std::string> /*channels*/, RowSink& /*sink*/) {
    co_return absl::UnimplementedError("no messages");
  }

  // As the server said at the end of the last statement, not as we counted.
  virtual TransactionState transaction_state() const = 0;
  // False once the session broke or a statement was left half-way.
  virtual bool healthy() const = 0;
  // The session ended by itself (the server, the network), and was not merely left half-way: what else is connected to
  // that server may have ended, too.
  virtual bool lost() const { return false; }
  // Whether Recover() may make it healthy and idle again: a statement was left half-way or a transaction open, and the
  // session is sound.
  virtual bool recoverable() const { return false; }
  // Ends the statement that was left, on the server, too, and the transaction with it. What follows on this connection is
  // safe from the cancellation. Its operation never blocks its thread.
  virtual Task<absl::Status> Recover() { co_return absl::OkStatus(); }
  virtual ServerVersion version() const = 0;
  // MySQL: the distance between generated keys of one statement (7 under group replication).
  virtual int64_t insert_id_step() const { return 1; }
  // The socket, which is silent while the session is idle; -1 when there is none (SQLite).
  virtual int descriptor() const { return -1; }
  // Null where the protocol has no such thing, or the session must do without.
  virtual Pipelining* pipelining() { return nullptr; }

  PoolMarks marks;
};

class Driver {
 public:
  virtual ~Driver() = default;
  // Connects and makes the session settings, or fails with kConnection or kAuthentication. May be used by
  // several operations at once.
  virtual Task<absl::StatusOr<std::unique_ptr<Connection>>> Connect(const Url& url,
                                                                    absl::Time deadline) = 0;
  // Whether it knows to work behind a pooler that lends sessions for one transaction each.
  virtual bool works_pooled() const { return false; }
  // Connections that may be open at once, whatever the pool's size; 0: no limit. SQLite in memory has one.
  virtual int max_connections(const Url& /*url*/) const { return 0; }
  // Its connections can be shared by statements, and the URL does not forbid it.
  virtual bool pipelines(const Url& /*url*/) const { return false; }
};

}  // namespace ferro::db
