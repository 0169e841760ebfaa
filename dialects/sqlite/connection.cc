// Where a statement runs, when the caller's thread may not be blocked (Context::blocking is false):
//
//  - A read starts on the caller's thread under a budget (pace.h). When the budget is spent between
//  two rows, what
//    is left runs on the worker; when it is spent before a row was shown, the whole runs again
//    there.
//  - A write to a file outside of a transaction ends in a commit, which syncs: it goes to the worker. But where commits
//  only append to a write-ahead log (commits.h), and it has few parameters and was seen to be quick the last time, it
//  runs on the caller's thread under the budget, which undoes it when it is spent: then it runs again on the worker.
//  - A write inside a transaction that has its lock does not sync. It still cannot be stopped
//  half-way (SQLite would
//    roll the transaction back), so it runs on the caller's thread only when this prepared
//    statement was seen to be quick the last time, and has few parameters, which bulk inserts do
//    not. What is left is a statement that is quick with one parameter and slow with another: it
//    takes the caller's thread once, then it is known.
//  - A transaction's end goes to the worker when there is something to write, unless it only appends a little that was
//  quick to make. Its beginning takes a lock but syncs nothing: it is tried without waiting.
//  - Whatever finds a lock held, or others of its pool before it (turns.h), runs on the worker, which may wait.
//  - A database in memory neither syncs nor waits: only slow reads leave the caller's thread.
//
// When the caller may be blocked, everything runs on its thread, and there is no worker.
#include "dialects/sqlite/connection.h"

#include <algorithm>
#include <climits>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dialects/sqlite/errors.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::sqlite {
namespace {

using Mode = Pace::Mode;

// The first rows should be seen soon, the others with little overhead.
constexpr size_t kFirstBatch = 256;
constexpr size_t kBatch = 1024;

// More parameters than this are taken for many rows.
constexpr size_t kBulkParameters = 64;
// And more bytes in them take a while to be written.
constexpr size_t kBulkBytes = 65'536;
// A transaction of more changes has more pages to write at its end.
constexpr int64_t kFewChanges = 64;

ServerVersion LibraryVersion() {
  const int number = sqlite3_libversion_number();
  return {Product::kSqlite, number / 1'000'000, number / 1'000 % 1'000, number % 1'000};
}

absl::Status CheckText(absl::string_view sql) {
  // SQLite would take the rest for a comment.
  if (sql.find('\0') != absl::string_view::npos) {
    return MakeError(ErrorClass::kSyntax, "the statement's text holds U+0000");
  }
  if (sql.size() > INT_MAX)
    return MakeError(ErrorClass::kOutOfRange, "the statement's text is too long");
  return absl::OkStatus();
}

absl::Status CheckCount(sqlite3* db, const db::Request& request) {
  const int limit = sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, -1);
  if (request.parameters.size() <= static_cast<size_t>(limit)) return absl::OkStatus();
  return MakeErrorWithHint(
      ErrorClass::kInvalidArgument,
      absl::StrCat(request.parameters.size(), " parameters, where this SQLite takes ", limit),
      "split the statement");
}

// Its first word, which is taken off.
absl::string_view TakeWord(absl::string_view& sql) {
  sql = absl::StripLeadingAsciiWhitespace(sql);
  const absl::string_view word = sql.substr(0, sql.find_first_of(" \t\r\n;"));
  sql.remove_prefix(word.size());
  return word;
}

// BEGIN IMMEDIATE or EXCLUSIVE. Other scripts that write meet the lock itself first.
bool TakesWriteLock(absl::string_view sql) {
  if (!absl::EqualsIgnoreCase(TakeWord(sql), "BEGIN")) return false;
  const absl::string_view how = TakeWord(sql);
  return absl::EqualsIgnoreCase(how, "IMMEDIATE") || absl::EqualsIgnoreCase(how, "EXCLUSIVE");
}

bool IsBulk(const db::Request& request) {
  if (request.parameters.size() > kBulkParameters) return true;
  size_t bytes = 0;
  for (const db::Parameter& parameter : request.parameters) {
    for (uint32_t i = 0; i < parameter.count; ++i) {
      const Value& value = parameter.first[size_t{i} * parameter.stride];
      if (HasBytes(value.type) && !value.is_small_decimal()) bytes += value.size;
    }
  }
  return bytes > kBulkBytes;
}

}  // namespace

// Notices that a task was destroyed before it ended.
class Connection::HalfWay {
 public:
  explicit HalfWay(Connection& connection)
      : connection_(connection),
        in_transaction_(sqlite3_get_autocommit(connection.database_.get()) == 0) {
    connection_.known_.Begin();
  }
  ~HalfWay() {
    connection_.pace_.EndTurn();
    connection_.known_.End();
    const bool still = sqlite3_get_autocommit(connection_.database_.get()) == 0;
    if (reads_ && still == in_transaction_) return;
    // A statement that was left is reset and that is all, but nobody knows whether what it did in
    // the transaction is wanted, or whether stopping it has ended the transaction.
    if (!ended_ && (in_transaction_ || still)) connection_.half_way_ = true;
  }
  HalfWay(const HalfWay&) = delete;
  HalfWay& operator=(const HalfWay&) = delete;

  void Ended() { ended_ = true; }
  // It changes nothing, so nothing is lost with its other rows.
  void Reads() { reads_ = true; }

 private:
  Connection& connection_;
  const bool in_transaction_;
  bool ended_ = false;
  bool reads_ = false;
};

Connection::Connection(DatabaseHandle database, const db::Url& url, bool in_memory,
                       std::shared_ptr<Turns> turns)
    : database_(std::move(database)),
      known_(database_.get()),
      pace_(database_.get(), url.busy_timeout, std::move(turns)),
      commits_(database_.get(), pace_),
      cache_(url.statement_cache),
      version_(LibraryVersion()),
      in_memory_(in_memory) {}

Connection::~Connection() = default;

db::TransactionState Connection::transaction_state() const {
  if (sqlite3_get_autocommit(database_.get()) == 0) return db::TransactionState::kActive;
  // The transaction is over, and its setting not undone yet.
  return query_only_ ? db::TransactionState::kUnknown : db::TransactionState::kIdle;
}

db::Task<absl::Status> Connection::Recover() {
  half_way_ = false;
  if (sqlite3_get_autocommit(database_.get()) == 0) co_return co_await Script("ROLLBACK");
  TakeWrites();
  co_return absl::OkStatus();
}

// SQLite has no words for a read only transaction, but a setting of the session: for as long as the transaction lasts.
db::Task<absl::Status> Connection::Begin(const db::TransactionOptions& options,
                                         const sql::Lexicon& words) {
  if (!options.read_only) {
    co_return co_await Script(options.write ? words.begin_write : words.begin);
  }
  query_only_ = true;
  sqlite3_exec(database_.get(), "PRAGMA query_only = 1", nullptr, nullptr, nullptr);
  absl::Status begun = co_await Script(words.begin);
  co_return begun;
}

void Connection::TakeWrites() {
  if (!query_only_ || sqlite3_get_autocommit(database_.get()) == 0) return;
  const int code = sqlite3_exec(database_.get(), "PRAGMA query_only = 0", nullptr, nullptr, nullptr);
  query_only_ = false;
  if (code != SQLITE_OK) healthy_ = false;
}

bool Connection::InTransaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

bool Connection::TransactionIsLittle() const {
  return !used_worker_ && TotalChanges(database_.get()) - changes_before_ <= kFewChanges;
}

bool Connection::HoldsWriteLock() const {
  return InTransaction() && sqlite3_txn_state(database_.get(), nullptr) == SQLITE_TXN_WRITE;
}

bool Connection::HasToQueue(bool writes) {
  if (in_memory_ || !writes || sqlite3_txn_state(database_.get(), nullptr) != SQLITE_TXN_NONE) return false;
  return !pace_.TryTurn();
}

absl::Status Connection::AwaitTurn(absl::string_view sql) {
  return pace_.AwaitTurn() ? absl::OkStatus() : GaveUp(pace_, SQLITE_BUSY, sql);
}

void Connection::Judge(const absl::Status& status) {
  if (status.ok()) return;
  const ErrorClass error_class = ClassOf(status);
  // A statement that was cancelled or came too late has been reset: where the session stands is
  // known.
  if (error_class == ErrorClass::kConnection || error_class == ErrorClass::kMemory ||
      error_class == ErrorClass::kInternal) {
    healthy_ = false;
  }
}

// A job on the worker. Arms before it and again when it is over, however that came about: a cancellation is for this job
// only.
class Connection::WorkerJob {
 public:
  WorkerJob(Connection& connection, std::function<absl::Status()> job)
      : armed_(connection.pace_), job_(connection.worker().Begin(std::move(job))) {
    connection.used_worker_ = true;
  }

  db::Task<absl::Status> Result() {
    if (!job_.ok()) co_return job_.status();
    auto task = job_->Result();
    absl::Status status = co_await task;
    co_return status;
  }

 private:
  struct Armed {
    Pace& pace;
    explicit Armed(Pace& to_arm) : pace(to_arm) { pace.Arm(); }
    ~Armed() { pace.Arm(); }
  } armed_;
  absl::StatusOr<runtime::Worker::Job> job_;  // destroyed first, which ends the job
};

runtime::Worker& Connection::worker() {
  if (worker_ == nullptr) {
    worker_ = std::make_unique<runtime::Worker>([this] { pace_.Cancel(); });
  }
  return *worker_;
}

db::Task<absl::Status> Connection::OnWorker(std::function<absl::Status()> job) {
  WorkerJob begun(*this, std::move(job));
  auto task = begun.Result();
  absl::Status status = co_await task;
  co_return status;
}

// --- Statements

absl::Status Connection::PrepareNow(const db::Request& request, Prepared& out) {
  FERRO_TRY(CheckText(request.sql));
  sqlite3* db = database_.get();
  absl::string_view tail;
  const int code = Prepare(db, request.sql, request.statement_id != 0, out.handle, tail);
  if (code != SQLITE_OK) return Failure(db, pace_, code, Phase::kPrepare, request.sql);
  if (out.handle == nullptr) return MakeError(ErrorClass::kSyntax, "the statement is empty");
  if (!IsBlank(db, tail)) {
    return MakeError(ErrorClass::kSyntax, "one statement at a time: something follows the first");
  }
  out.read_only = sqlite3_stmt_readonly(out.handle.get()) != 0;
  out.slow = !in_memory_ && (request.writes || !out.read_only);
  out.may_change_commits = Commits::StatementMayChange(request.sql);
  return absl::OkStatus();
}

db::Task<absl::StatusOr<Prepared*>> Connection::FindOrPrepare(const db::Request& request,
                                                              Prepared& one_shot) {
  if (request.statement_id != 0) {
    if (Prepared* known = cache_.Find(request.statement_id)) co_return known;
  }
  runtime::Context& context = co_await runtime::ThisContext();
  pace_.Begin(context.blocking ? Mode::kWaiting : Mode::kInline, context.deadline, context.interrupt);
  absl::Status status = PrepareNow(request, one_shot);
  if (!context.blocking && !status.ok() && ClassOf(status) == ErrorClass::kLock) {
    // Reading the schema met a lock.
    std::function<absl::Status()> job = [&] {
      pace_.Begin(Mode::kWaiting);
      return PrepareNow(request, one_shot);
    };
    auto task = OnWorker(std::move(job));
    status = co_await task;
  }
  if (!status.ok()) co_return status;
  Prepared* kept = cache_.Insert(request.statement_id, std::move(one_shot));
  co_return kept != nullptr ? kept : &one_shot;
}

bool Connection::StartsOnWorker(const db::Request& request, const Execution& run,
                                const Prepared& prepared) {
  if (in_memory_ || !run.writes()) return prepared.slow;
  if (prepared.slow || prepared.may_change_commits || IsBulk(request)) return true;
  return InTransaction() ? !HoldsWriteLock() : !commits_.NextOnlyAppends();
}

db::Task<absl::StatusOr<db::Outcome>> Connection::Run(const db::Request& request,
                                                      db::RowSink* sink) {
  HalfWay half_way(*this);
  auto task = RunToEnd(request, sink, half_way);
  absl::StatusOr<db::Outcome> outcome = co_await task;
  half_way.Ended();
  Judge(outcome.status());
  co_return outcome;
}

db::Task<absl::StatusOr<db::Outcome>> Connection::RunToEnd(const db::Request& request,
                                                           db::RowSink* sink,
                                                           HalfWay& half_way) {
  if (request.returns_rows && sink == nullptr) {
    co_return MakeError(ErrorClass::kInvalidArgument,
                        "a statement with rows needs somebody to take them");
  }
  FERRO_CO_TRY(CheckCount(database_.get(), request));
  Prepared one_shot;
  auto finding = FindOrPrepare(request, one_shot);
  absl::StatusOr<Prepared*> found = co_await finding;
  if (!found.ok()) co_return found.status();
  Prepared& prepared = **found;
  if (prepared.may_change_commits) commits_.Forget();

  runtime::Context& context = co_await runtime::ThisContext();
  Execution run(database_.get(), prepared, request, pace_, buffers_);
  FERRO_CO_TRY(run.Bind());
  if (request.stream_rows > 0 && !run.writes()) half_way.Reads();
  const bool lone_write = run.writes() && !in_memory_ && !HoldsWriteLock();
  const bool commits = lone_write && !InTransaction();
  bool queues = HasToQueue(run.writes());
  bool on_worker = !context.blocking && (queues || StartsOnWorker(request, run, prepared));
  bool overran = false;
  bool described = false;
  const size_t most = request.stream_rows > 0 ? std::min<size_t>(request.stream_rows, kBatch) : kBatch;
  size_t batch_rows = std::min(kFirstBatch, most);
  // While one batch is looked at the worker fills the next. `ahead` is destroyed first, which ends its job.
  std::unique_ptr<Batch> shown;
  absl::StatusOr<Stop> stop = Stop::kEnd;
  const auto advance_waiting = [&] {
    if (std::exchange(queues, false)) FERRO_TRY(AwaitTurn(request.sql));
    stop = run.Advance(batch_rows);
    pace_.EndTurn();
    return stop.status();
  };
  const std::function<absl::Status()> advance = [&] {
    pace_.Begin(Mode::kWaiting);
    return advance_waiting();
  };
  std::optional<WorkerJob> ahead;
  for (;;) {
    if (on_worker) {
      if (!ahead.has_value()) ahead.emplace(*this, advance);
      auto working = ahead->Result();
      absl::Status status = co_await working;
      ahead.reset();
      if (!status.ok()) co_return status;
    } else if (context.blocking) {
      pace_.Begin(Mode::kWaiting, context.deadline, context.interrupt);
      FERRO_CO_TRY(advance_waiting());
    } else {
      // Outside of a transaction a write that is stopped has done nothing.
      pace_.Begin(run.writes() && !commits ? Mode::kInline : Mode::kBudget);
      stop = run.Advance(most);    // the budget already bounds how long the first rows may take
      on_worker = true;            // once rows were shown there is no running again
      if (!run.writes()) pace_.EndTurn();  // of its schema
      overran = stop.ok() && (*stop == Stop::kSpent || *stop == Stop::kStopped);
      if (overran) prepared.slow = true;  // remembered even if nobody waits for the end
      if (stop.ok() && (*stop == Stop::kStopped || *stop == Stop::kBusy)) {
        run.Restart();
        continue;
      }
    }
    if (!stop.ok()) co_return stop.status();
    if (request.returns_rows && request.columns.empty() && !described) {
      sink->Describe(run.TakeNames());
      described = true;
    }
    if (on_worker && *stop != Stop::kEnd) {
      run.Exchange(shown);
      batch_rows = most;
      ahead.emplace(*this, advance);
      if (shown->empty()) continue;
      auto accepting = sink->Accept(*shown);
      absl::Status accepted = co_await accepting;
      if (!accepted.ok()) co_return accepted;
      continue;
    }
    for (size_t i = 0; i < run.batch_count(); ++i) {
      if (run.batch(i).empty()) continue;
      auto accepting = sink->Accept(run.batch(i));
      absl::Status accepted = co_await accepting;
      if (!accepted.ok()) co_return accepted;
    }
    if (*stop == Stop::kEnd) break;
    run.Forget();
    batch_rows = most;
  }
  // A commit's time says nothing about the statement's, unless it only appends.
  if (!lone_write || (commits && !prepared.may_change_commits && commits_.OnlyAppend())) {
    prepared.slow = overran || run.nanos() > kBudgetNanos;
  }
  db::Outcome outcome;
  outcome.rows_affected = run.rows_affected();
  co_return outcome;
}

// --- Scripts

absl::Status Connection::ScriptNow(absl::string_view sql) {
  FERRO_TRY(CheckText(sql));
  sqlite3* db = database_.get();
  absl::string_view rest = sql;
  while (!rest.empty()) {
    StatementHandle statement;
    absl::string_view tail;
    int code = Prepare(db, rest, false, statement, tail);
    if (code != SQLITE_OK) return Failure(db, pace_, code, Phase::kPrepare, sql);
    if (statement != nullptr) {
      do {
        code = sqlite3_step(statement.get());
      } while (code == SQLITE_ROW);
      if (code != SQLITE_DONE) return Failure(db, pace_, code, Phase::kRun, sql);
    }
    rest = tail;
  }
  return absl::OkStatus();
}

bool Connection::ScriptGoesToWorker(absl::string_view sql) {
  if (in_memory_) return false;
  sql = absl::StripAsciiWhitespace(sql);
  const size_t semicolon = sql.find(';');
  if (semicolon != absl::string_view::npos && semicolon + 1 < sql.size()) return true;
  const absl::string_view word = TakeWord(sql);
  for (absl::string_view starts : {"BEGIN", "SAVEPOINT"}) {
    if (absl::EqualsIgnoreCase(word, starts)) return false;
  }
  for (absl::string_view ends : {"COMMIT", "END", "ROLLBACK", "RELEASE"}) {
    if (absl::EqualsIgnoreCase(word, ends)) {
      return HoldsWriteLock() && !(TransactionIsLittle() && commits_.NextOnlyAppends());
    }
  }
  return true;
}

db::Task<absl::Status> Connection::Script(absl::string_view sql) {
  HalfWay half_way(*this);
  const bool before = InTransaction();
  auto task = ScriptToEnd(sql);
  absl::Status status = co_await task;
  half_way.Ended();
  if (Commits::ScriptMayChange(sql)) commits_.Forget();
  if (!before && InTransaction()) {
    used_worker_ = false;
    changes_before_ = TotalChanges(database_.get());
  }
  TakeWrites();
  Judge(status);
  co_return status;
}

db::Task<absl::Status> Connection::ScriptToEnd(absl::string_view sql) {
  runtime::Context& context = co_await runtime::ThisContext();
  const bool queues = HasToQueue(TakesWriteLock(sql));
  if (context.blocking || !(queues || ScriptGoesToWorker(sql))) {
    pace_.Begin(context.blocking ? Mode::kWaiting : Mode::kInline, context.deadline, context.interrupt);
    if (queues) FERRO_CO_TRY(AwaitTurn(sql));
    absl::Status status = ScriptNow(sql);
    // A single statement that met a lock has done nothing: it can be run again.
    const bool busy = !status.ok() && (DetailOf(status).native_code & 0xFF) == SQLITE_BUSY;
    if (context.blocking || in_memory_ || !busy) co_return status;
  }
  std::function<absl::Status()> job = [&] {
    pace_.Begin(Mode::kWaiting);
    if (queues) FERRO_TRY(AwaitTurn(sql));
    return ScriptNow(sql);
  };
  auto task = OnWorker(std::move(job));
  absl::Status status = co_await task;
  co_return status;
}

}  // namespace ferro::sqlite
