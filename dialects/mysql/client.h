// One MYSQL* of libmariadb as an awaitable: each nonblocking _start/_cont pair becomes a task that
// waits for the socket through the operation's context. It knows the library, not our statements,
// values or caches. One operation at a time; a task that is destroyed, or late, while its call is under way leaves the call
// to Drain().
#pragma once

#include <mysql.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/base/version.h"
#include "engine/db/url.h"
#include "engine/runtime/fork.h"
#include "engine/runtime/task.h"

namespace ferro::mysql {

using runtime::Task;

class Client {
 public:
  Client();
  ~Client() { Close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Connects and authenticates, on a thread apart unless the operation may block. `url` must live until the task has
  // ended.
  Task<absl::Status> Connect(const db::Url& url, absl::Time deadline);

  // Runs a text unprepared; whatever rows it gives are read and dropped.
  Task<absl::Status> Query(absl::string_view text);
  // The first row of a text's result, as text; NULL is an empty string.
  Task<absl::StatusOr<std::vector<std::string>>> QueryRow(absl::string_view text);

  // Null when memory ran out. The caller closes it: CloseStatement, or mysql_stmt_close after
  // Close.
  MYSQL_STMT* NewStatement();
  Task<absl::Status> Prepare(MYSQL_STMT* statement, absl::string_view text);
  Task<absl::Status> Execute(MYSQL_STMT* statement);
  // Reads all rows of the current result into the statement's memory.
  Task<absl::Status> StoreResult(MYSQL_STMT* statement);
  // Instead of that, one row. When BeginFetch gives events, EndFetch waits for them (a task for each row would cost more
  // than the row); `result` is then for RowOf.
  int BeginFetch(MYSQL_STMT* statement, int& result);
  Task<absl::Status> EndFetch(MYSQL_STMT* statement, int events, int& result);
  // The row's packet, up to the end of the buffer that it lies in, good until the next call; empty after the last row.
  // The library has checked that it is whole.
  absl::StatusOr<absl::string_view> RowOf(MYSQL_STMT* statement, int result);
  // Reads the rest of a result and drops it.
  Task<absl::Status> FreeResult(MYSQL_STMT* statement);
  // Goes to the next result of a CALL and stores it; only after mysql_stmt_more_results.
  Task<absl::Status> StoreNextResult(MYSQL_STMT* statement);
  // Frees `statement` in any case, here and on the server.
  Task<absl::Status> CloseStatement(MYSQL_STMT* statement);

  // Ends the session without waiting; statements that are left belong to nobody and need
  // mysql_stmt_close.
  void Close();

  // The session is over or cannot be trusted, or a call was left in it.
  bool broken() const { return broken_ || left_ != 0; }
  void Break() { broken_ = true; }
  // Not by us: the server or the network ended it.
  bool lost() const { return lost_; }
  // The session is sound but for a call that was left.
  bool left() const { return !broken_ && left_ != 0; }
  bool over() const { return broken_; }
  // Ends the call that was left, and forgets what it gave.
  Task<absl::Status> Drain();
  // What the server calls this session.
  int descriptor() const { return mysql_ == nullptr ? -1 : mysql_get_socket(mysql_); }
  unsigned long thread_id() const { return mysql_thread_id(mysql_); }
  // As the last OK or EOF packet said.
  bool in_transaction() const;
  ServerVersion version() const { return version_; }

 private:
  template <class Result, class Continue>
  class Suspended;
  runtime::WaitFor Events(int events) const;
  // Reads and drops what a text gives after its first answer.
  Task<absl::Status> TakeResults();
  template <class Result, class Start, class Continue, class Finish>
  Task<absl::Status> Await(Result initial, Start start, Continue next, Finish finish);

  absl::Status Configure(const db::Url& url, absl::Time deadline);
  absl::Status CheckConnected(const db::Url& url);
  absl::Status Fail(MYSQL* mysql);
  absl::Status Fail(MYSQL_STMT* statement);

  MYSQL* mysql_ = nullptr;
  ServerVersion version_;
  bool broken_ = false;
  bool lost_ = false;
  std::string text_;                 // of the statement that is being sent
  bool in_text_ = false;             // a text's results may be unread
  int left_ = 0;                     // events that a call that was left waits for
  std::function<int(int)> go_on_;    // with it
  const runtime::Born born_;
};

}  // namespace ferro::mysql
