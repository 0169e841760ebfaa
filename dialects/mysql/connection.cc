#include "dialects/mysql/connection.h"

#include <errmsg.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "dialects/mysql/errors.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/runtime/clock.h"
#include "engine/value/copy.h"

namespace ferro::mysql {
namespace {

// The first batch is small so that the first rows come soon.
constexpr size_t kFirstBatch = 256;
constexpr size_t kBatch = 1024;

constexpr int32_t kUnknownStatement = 1243;
constexpr int32_t kNeedsPreparing = 1615;

// Compares text by its bytes, without padding, as our tables do; an expression without a column has
// the session's collation. utf8mb4_0900_bin came with MySQL 8.0.17.
absl::string_view BinaryCollation(const ServerVersion& version) {
  if (version.product == Product::kMariadb) return "utf8mb4_nopad_bin";
  const bool has_0900 = version >= ServerVersion{Product::kMysql, 8, 0, 17};
  return has_0900 ? "utf8mb4_0900_bin" : "utf8mb4_bin";
}

std::string SessionSettings(const ServerVersion& version) {
  return absl::StrCat(
      "SET "
      "sql_mode='ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_"
      "DIVISION_BY_ZERO,"
      // A key that is 0 is 0, and no leave to number the row.
      "NO_AUTO_VALUE_ON_ZERO,"
      "NO_ENGINE_SUBSTITUTION,PIPES_AS_CONCAT,ANSI_QUOTES,NO_BACKSLASH_ESCAPES', "
      "time_zone='+00:00', "
      // Errors are read (error_text.h), and COMMIT is ours.
      "lc_messages='en_US', autocommit=1, "
      "character_set_client=utf8mb4, character_set_results=utf8mb4, collation_connection=",
      BinaryCollation(version), ", group_concat_max_len=1073741824");
}

std::vector<WireColumn> DescribeAll(MYSQL_STMT* statement) {
  std::vector<WireColumn> columns;
  const MYSQL_FIELD* const fields = mariadb_stmt_fetch_fields(statement);
  const unsigned int count = mysql_stmt_field_count(statement);
  columns.reserve(count);
  for (unsigned int i = 0; i < count; ++i) columns.push_back(Describe(fields[i]));
  return columns;
}

// Gives back the rows that a statement holds. The library frees them only while its cursor stands
// on one.
void FreeRows(MYSQL_STMT* statement) {
  if (mysql_stmt_num_rows(statement) == 0) {
    // Without rows nothing tells the library that the result is used up: it would read on at the next
    // execute, and wait for ever. A fetch that finds no row says so; it reads memory, not the socket.
    mysql_stmt_fetch(statement);
  } else {
    mysql_stmt_data_seek(statement, 0);
  }
  mysql_stmt_free_result(statement);
}

}  // namespace

// Marks the session busy; when the operation is destroyed half-way nobody calls Done, and it stays
// in doubt.
class Connection::Busy {
 public:
  explicit Busy(Connection& connection) : connection_(connection) { connection_.busy_ = true; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() {
    MYSQL_STMT* const streaming = std::exchange(connection_.streaming_, nullptr);
    connection_.busy_ = false;
    if (done_) return;
    if (streaming != nullptr && connection_.client_.in_transaction()) {
      connection_.left_ = streaming;
    } else {
      connection_.half_way_ = true;
    }
  }
  void Done() { done_ = true; }

 private:
  Connection& connection_;
  bool done_ = false;
};

Connection::Connection(int statement_cache)
    : statements_(static_cast<size_t>(std::max(statement_cache, 0))) {}

Connection::~Connection() {
  // The session first: its statements are then closed without a word to the server.
  client_.Close();
  if (running_ != nullptr) mysql_stmt_close(running_);
  while (!statements_.empty()) mysql_stmt_close(statements_.TakeOldest());
}

Task<absl::Status> Connection::Open(const db::Url& url, absl::Time deadline) {
  url_ = url;
  FERRO_CO_TRY(co_await client_.Connect(url, deadline));
  runtime::Context& context = co_await runtime::ThisContext();
  const absl::Time outer = std::exchange(context.deadline, std::min(context.deadline, deadline));
  absl::Status status = co_await SetUp();
  context.deadline = outer;
  if (status.ok()) co_return status;
  ErrorDetail detail = DetailOf(status);
  const bool operation_is_late = detail.error_class == ErrorClass::kTimeout && runtime::Now() < deadline;
  if (!operation_is_late) detail.error_class = ErrorClass::kConnection;
  co_return MakeError(std::move(detail), absl::StrCat("cannot set up the session with ",
                                                      Endpoint(url), ": ", status.message()));
}

Task<absl::Status> Connection::SetUp() {
  const std::string settings = SessionSettings(client_.version());
  FERRO_CO_TRY(co_await client_.Query(settings));
  FERRO_CO_ASSIGN(
      const std::vector<std::string> row,
      co_await client_.QueryRow("SELECT @@auto_increment_increment, @@max_allowed_packet"));
  if (row.size() != 2 || !absl::SimpleAtoi(row[0], &insert_id_step_) ||
      !absl::SimpleAtoi(row[1], &max_packet_)) {
    co_return MakeError(ErrorClass::kInternal, "the server did not tell its settings");
  }
  co_return absl::OkStatus();
}

absl::Status Connection::CheckUsable() const {
  if (busy_) return MakeError(ErrorClass::kInternal, "the connection runs another statement");
  if (client_.over()) return MakeError(ErrorClass::kConnection, "the connection is broken");
  if (half_way_ || client_.left()) {
    return MakeError(ErrorClass::kClosed, "an earlier statement was left half-way on this connection");
  }
  return absl::OkStatus();
}

// Finds or prepares the request's statement. Until it is in the cache, `running_` owns it.
Task<absl::StatusOr<MYSQL_STMT*>> Connection::Prepared(const db::Request& request) {
  if (request.statement_id != 0) {
    const KeptStatement kept = statements_.Find(request.statement_id);
    // MySQL converts parameters to the types that the statement had first: a text sent where an
    // integer was becomes 0 without a word. MariaDB takes each as it comes.
    const bool same =
        kept.signature == binds_.signature() || version().product == Product::kMariadb;
    if (kept.statement != nullptr && same) {
      kept_ = request.statement_id;
      co_return kept.statement;
    }
    if (kept.statement != nullptr)
      FERRO_CO_TRY(co_await Drop(kept.statement, request.statement_id));
  }
  // COM_STMT_PREPARE is one byte and the text.
  if (request.sql.size() + 1 >= max_packet_) {
    co_return MakeErrorWithHint(ErrorClass::kOutOfRange,
                                absl::StrCat("the SQL text has ", request.sql.size(),
                                             " bytes, the server takes ", max_packet_),
                                "raise the server's max_allowed_packet, or send less at once");
  }
  const bool keep = request.statement_id != 0 && statements_.capacity() != 0;
  while (keep && statements_.full()) {
    auto closing = client_.CloseStatement(statements_.oldest());
    statements_.TakeOldest();
    FERRO_CO_TRY(co_await closing);
  }

  running_ = client_.NewStatement();
  if (running_ == nullptr) co_return MakeError(ErrorClass::kMemory, "no memory for a statement");
  if (absl::Status status = co_await client_.Prepare(running_, request.sql); !status.ok()) {
    if (!client_.left()) co_await Drop(running_, 0);
    co_return status;
  }
  if (!keep) co_return running_;
  statements_.Insert(request.statement_id, {running_, binds_.signature()});
  kept_ = request.statement_id;
  co_return std::exchange(running_, nullptr);
}

// Closes a statement whatever state it is in; `id` is 0 when the cache does not know it. Whoever owns it owns it until the
// call that closes it is there.
Task<absl::Status> Connection::Drop(MYSQL_STMT* statement, uint64_t id) {
  Task<absl::Status> closing = client_.CloseStatement(statement);
  if (statement == running_) running_ = nullptr;
  if (id != 0) statements_.Forget(id);
  return closing;
}

// Rows are read from the socket as the sink takes them. To store them first was left: the library reads on for as long
// as there is something to read, and an event loop would stand still meanwhile.
Task<absl::Status> Connection::Deliver(MYSQL_STMT* statement, const db::Request& request,
                                       db::RowSink* sink, db::Outcome& outcome) {
  const std::vector<WireColumn> described = DescribeAll(statement);
  if (request.columns.empty()) {
    std::vector<std::string> names;
    names.reserve(described.size());
    for (const WireColumn& column : described) names.emplace_back(column.name);
    const std::vector<sql::ResultColumn> columns = db::ColumnsByName(names, request.named);
    sink->Describe(std::move(names));
    FERRO_CO_TRY(decoder_.Plan(described, columns));
  } else {
    FERRO_CO_TRY(decoder_.Plan(described, request.columns));
  }
  const bool stream = request.stream_rows > 0;
  size_t wanted = stream ? request.stream_rows : kFirstBatch;
  for (bool more = true; more; wanted = stream ? wanted : kBatch) {
    FERRO_CO_TRY(co_await Fill(statement, wanted, outcome.rows_affected));
    outcome.rows_affected += static_cast<int64_t>(batch_.rows());
    more = batch_.rows() == wanted;
    if (stream && more) streaming_ = statement;
    absl::Status accepted = co_await sink->Accept(batch_);
    streaming_ = nullptr;
    if (!accepted.ok()) co_return accepted;
  }
  co_return absl::OkStatus();
}

Task<absl::Status> Connection::Fill(MYSQL_STMT* statement, size_t rows, int64_t first) {
  batch_.Reset(decoder_.columns());
  Arena scratch;
  for (size_t i = 0; i < rows; ++i) {
    int result = 0;
    const int events = client_.BeginFetch(statement, result);
    if (events != 0) FERRO_CO_TRY(co_await client_.EndFetch(statement, events, result));
    FERRO_CO_ASSIGN(const absl::string_view packet, client_.RowOf(statement, result));
    if (packet.empty()) break;
    // The next row comes into the same buffer, so cells are copied out of it.
    scratch.Clear();
    const std::span<Value> row = batch_.AddRow();
    FERRO_CO_TRY(decoder_.Decode(packet, first + static_cast<int64_t>(i), scratch, row));
    for (Value& cell : row) cell = CopyOf(cell, batch_.arena());
  }
  co_return absl::OkStatus();
}

Task<absl::Status> Connection::TakeRest() {
  MYSQL_STMT* const statement = std::exchange(left_, nullptr);
  if (statement == nullptr) co_return absl::OkStatus();
  FERRO_CO_TRY(co_await client_.FreeResult(statement));
  if (running_ != nullptr) FERRO_CO_TRY(co_await Drop(running_, 0));
  co_return absl::OkStatus();
}

// Reads what a CALL gives after its first result.
Task<absl::Status> Connection::Drain(MYSQL_STMT* statement) {
  while (mysql_stmt_more_results(statement)) {
    FERRO_CO_TRY(co_await client_.StoreNextResult(statement));
    if (mysql_stmt_field_count(statement) != 0) FreeRows(statement);
  }
  co_return absl::OkStatus();
}

// MariaDB's regular expressions give up on some texts and say no more than that they do not match, with a warning: the
// result would be wrong in silence.
Task<absl::Status> Connection::CheckPatterns(absl::string_view sql) {
  constexpr int kGaveUp = 1139;         // ER_REGEXP_ERROR, here from PCRE's match limit
  constexpr int kKept = 64;             // max_error_count
  if (client_.version().product != Product::kMariadb || !absl::StrContains(sql, " REGEXP ")) {
    co_return absl::OkStatus();
  }
  // The library does not keep the count that comes after rows that were taken one by one.
  FERRO_CO_ASSIGN(const std::vector<std::string> counted, co_await client_.QueryRow("SHOW COUNT(*) WARNINGS"));
  int found = 0;
  if (counted.empty() || !absl::SimpleAtoi(counted[0], &found)) {
    co_return MakeError(ErrorClass::kInternal, "the server did not tell how many warnings there are");
  }
  const int count = std::min(found, kKept);
  for (int i = 0; i < count; ++i) {
    FERRO_CO_ASSIGN(const std::vector<std::string> row,
                    co_await client_.QueryRow(absl::StrCat("SHOW WARNINGS LIMIT ", i, ", 1")));
    int code = 0;
    if (row.size() < 2 || !absl::SimpleAtoi(row[1], &code) || code != kGaveUp) continue;
    co_return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                                "the server gave up matching a regular expression",
                                "write it so that a text can match in fewer ways: (a|aa)*$ has very many");
  }
  co_return absl::OkStatus();
}

// Sets `again` when the statement has not run, or changed nothing, and is worth one more attempt,
// prepared anew.
Task<absl::StatusOr<db::Outcome>> Connection::RunOnce(const db::Request& request, db::RowSink* sink,
                                                      bool& again) {
  FERRO_CO_TRY(binds_.Encode(request.parameters, max_packet_));
  FERRO_CO_ASSIGN(MYSQL_STMT* const statement, co_await Prepared(request));
  const unsigned long expected = mysql_stmt_param_count(statement);
  if (expected != request.parameters.size()) {
    co_return MakeError(ErrorClass::kInvalidArgument,
                        absl::StrCat("the statement has ", expected, " parameters and ",
                                     request.parameters.size(), " values were given"));
  }
  if (expected != 0 && mysql_stmt_bind_param(statement, binds_.binds()) != 0) {
    co_return MakeServerError(ErrorOf(statement), client_.version().product);
  }

  absl::Status status = co_await client_.Execute(statement);
  if (!status.ok()) {
    const int32_t code = DetailOf(status).native_code;
    const bool not_run = code == kUnknownStatement || code == kNeedsPreparing;
    const bool altered =
        code == CR_NEW_STMT_METADATA;  // it ran, and its columns are others than prepared for
    if (!client_.broken() && (not_run || altered)) {
      again = not_run || !request.writes;
      const bool kept = statement != running_;
      FERRO_CO_TRY(co_await Drop(statement, kept ? request.statement_id : 0));
    }
    co_return status;
  }

  db::Outcome outcome;
  if (mysql_stmt_field_count(statement) == 0) {
    outcome.rows_affected = static_cast<int64_t>(mysql_stmt_affected_rows(statement));
    outcome.first_insert_id = static_cast<int64_t>(mysql_stmt_insert_id(statement));
  } else if (request.returns_rows && sink != nullptr) {
    status = co_await Deliver(statement, request, sink, outcome);
    if (!client_.broken()) {
      absl::Status freed = co_await client_.FreeResult(statement);
      if (status.ok()) status = std::move(freed);
    }
  } else {
    status = co_await client_.StoreResult(statement);
    outcome.rows_affected = static_cast<int64_t>(mysql_stmt_num_rows(statement));
    if (status.ok()) FreeRows(statement);
  }
  // The first error wins, but the session must be at rest before anyone hears of it.
  if (!client_.broken()) {
    absl::Status drained = co_await Drain(statement);
    if (status.ok()) status = std::move(drained);
    if (status.ok()) status = co_await CheckPatterns(request.sql);
  }
  if (!status.ok()) co_return status;
  co_return outcome;
}

Task<absl::StatusOr<db::Outcome>> Connection::Run(const db::Request& request, db::RowSink* sink) {
  FERRO_CO_TRY(CheckUsable());
  Busy busy(*this);
  FERRO_CO_TRY(co_await TakeRest());
  bool again = false;
  kept_ = 0;
  absl::StatusOr<db::Outcome> outcome = co_await RunOnce(request, sink, again);
  if (again) {
    again = false;
    outcome = co_await RunOnce(request, sink, again);
  }
  if (client_.left()) {  // its time was up
    co_return WithDetail(outcome.status(), [&](ErrorDetail& detail) { detail.sql = std::string(request.sql); });
  }
  if (running_ != nullptr) {  // not worth keeping
    absl::Status closed = co_await Drop(running_, 0);
    if (outcome.ok() && !closed.ok()) outcome = std::move(closed);
  }
  if (!outcome.ok()) {
    const absl::Status failure = co_await AfterFailure(std::move(outcome).status());
    outcome = WithDetail(failure, [&](ErrorDetail& detail) { detail.sql = std::string(request.sql); });
  }
  busy.Done();
  co_return outcome;
}

// An ERR packet does not say what became of the transaction: a deadlock ends it, a failed CREATE
// TABLE has committed it, a bad value leaves it alone. Any OK packet tells.
Task<absl::Status> Connection::AfterFailure(absl::Status failure) {
  if (!client_.broken() && client_.in_transaction()) {
    if (absl::Status asked = co_await client_.Query("DO 0"); !asked.ok()) client_.Break();
  }
  co_return failure;
}

Task<absl::Status> Connection::Begin(const db::TransactionOptions& options, const sql::Lexicon& words) {
  std::string level;
  switch (options.isolation) {
    case db::Isolation::kDefault: break;
    case db::Isolation::kReadUncommitted: level = "READ UNCOMMITTED"; break;
    case db::Isolation::kReadCommitted: level = "READ COMMITTED"; break;
    case db::Isolation::kRepeatableRead: level = "REPEATABLE READ"; break;
    case db::Isolation::kSerializable: level = "SERIALIZABLE"; break;
  }
  // For the next transaction only; what comes in between is the ROLLBACK of a session that is recovered, which ends it.
  if (!level.empty()) FERRO_CO_TRY(co_await Script(absl::StrCat("SET TRANSACTION ISOLATION LEVEL ", level)));
  absl::Status begun = co_await Script(options.read_only ? "START TRANSACTION READ ONLY" : words.begin_write);
  if (!begun.ok() && healthy()) (co_await Script("ROLLBACK")).IgnoreError();
  co_return begun;
}

Task<absl::Status> Connection::Script(absl::string_view sql) {
  FERRO_CO_TRY(CheckUsable());
  if (sql.size() + 1 >= max_packet_) {
    co_return MakeErrorWithHint(
        ErrorClass::kOutOfRange,
        absl::StrCat("the SQL text has ", sql.size(), " bytes, the server takes ", max_packet_),
        "raise the server's max_allowed_packet, or send less at once");
  }
  Busy busy(*this);
  FERRO_CO_TRY(co_await TakeRest());
  kept_ = 0;
  absl::Status status = co_await client_.Query(sql);
  if (client_.left()) co_return status;
  if (!status.ok()) status = co_await AfterFailure(std::move(status));
  busy.Done();
  co_return status;
}

db::TransactionState Connection::transaction_state() const {
  if (!healthy()) return db::TransactionState::kUnknown;
  return client_.in_transaction() ? db::TransactionState::kActive : db::TransactionState::kIdle;
}

}  // namespace ferro::mysql
