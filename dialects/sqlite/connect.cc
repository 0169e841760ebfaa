// How a connection is opened and set up; connection.cc runs statements on it.
#include <sys/stat.h>

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dialects/sqlite/connection.h"
#include "dialects/sqlite/errors.h"
#include "dialects/sqlite/filters.h"
#include "dialects/sqlite/functions/register.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::sqlite {
namespace {

constexpr char kMemory[] = ":memory:";

// "off" is not here: with it a rollback is undefined, and the defensive mode refuses it.
constexpr std::array<absl::string_view, 5> kJournalModes = {"delete", "truncate", "persist",
                                                            "memory", "wal"};
constexpr std::array<absl::string_view, 4> kSynchronous = {"off", "normal", "full", "extra"};

absl::Status CheckWord(absl::string_view option, const std::string& word, auto& known) {
  if (word.empty()) return absl::OkStatus();
  for (absl::string_view one : known) {
    if (one == word) return absl::OkStatus();
  }
  return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                           absl::StrCat("SQLite has no ", option, " \"", word, "\" for us"),
                           absl::StrCat("one of ", absl::StrJoin(known, ", ")));
}

bool IsFolder(const std::string& path) {
  struct stat found;
  return stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

absl::Status CannotOpen(const std::string& path, int code, absl::string_view why) {
  ErrorDetail detail;
  detail.error_class =
      ClassOfCode(code) == ErrorClass::kMemory ? ErrorClass::kMemory : ErrorClass::kConnection;
  detail.native_code = code;
  const size_t slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0 && !IsFolder(path.substr(0, slash))) {
    detail.hint = absl::StrCat("there is no folder ", path.substr(0, slash));
  } else if (IsFolder(path)) {
    detail.hint = "this is a folder";
  }
  return MakeError(std::move(detail),
                   absl::StrCat("cannot open the SQLite database \"", path, "\": ", why));
}

absl::Status Configure(sqlite3* db, int option, int value) {
  int now = -1;
  const int code = sqlite3_db_config(db, option, value, &now);
  if (code == SQLITE_OK && now == value) return absl::OkStatus();
  return MakeError(ErrorClass::kUnsupported,
                   absl::StrCat("this SQLite library lacks the setting ", option));
}

// Runs a PRAGMA; `answer` is the first column of its row, if there is one.
absl::Status Pragma(sqlite3* db, const Pace& pace, const std::string& sql, std::string& answer) {
  StatementHandle statement;
  absl::string_view tail;
  int code = Prepare(db, sql, false, statement, tail);
  if (code == SQLITE_OK) {
    code = sqlite3_step(statement.get());
    if (code == SQLITE_ROW) {
      const unsigned char* text = sqlite3_column_text(statement.get(), 0);
      answer = text == nullptr ? "" : reinterpret_cast<const char*>(text);
      code = sqlite3_step(statement.get());
    }
  }
  if (code == SQLITE_DONE) return absl::OkStatus();
  return Failure(db, pace, code, Phase::kRun, sql);
}

// May be run twice: nothing is worse for having been set already.
absl::Status SetUp(sqlite3* db, const Pace& pace, const db::Url& url) {
  for (const auto& [option, value] :
       {std::pair{SQLITE_DBCONFIG_ENABLE_FKEY, 1}, std::pair{SQLITE_DBCONFIG_DQS_DML, 0},
        std::pair{SQLITE_DBCONFIG_DQS_DDL, 0}, std::pair{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1}}) {
    FERRO_TRY(Configure(db, option, value));
  }
  FERRO_TRY(RegisterFunctions(db));
  FERRO_TRY(AvoidWrongFilters(db));
  std::string answer;
  // Opening a file reads nothing of it; this does.
  FERRO_TRY(Pragma(db, pace, "PRAGMA schema_version", answer));
  if (!url.journal_mode.empty()) {
    FERRO_TRY(Pragma(db, pace, absl::StrCat("PRAGMA journal_mode = ", url.journal_mode), answer));
    if (answer != url.journal_mode) {
      return MakeError(ErrorClass::kInvalidArgument,
                       absl::StrCat("this database cannot have the journal_mode ", url.journal_mode,
                                    ": it stays ", answer));
    }
  }
  if (!url.synchronous.empty()) {
    FERRO_TRY(Pragma(db, pace, absl::StrCat("PRAGMA synchronous = ", url.synchronous), answer));
  }
  return absl::OkStatus();
}

}  // namespace

db::Task<absl::StatusOr<std::unique_ptr<db::Connection>>> Connection::Open(
    db::Url url, absl::Time deadline, std::shared_ptr<Turns> turns) {
  url.journal_mode = absl::AsciiStrToLower(url.journal_mode);
  url.synchronous = absl::AsciiStrToLower(url.synchronous);
  FERRO_CO_TRY(CheckWord("journal_mode", url.journal_mode, kJournalModes));
  FERRO_CO_TRY(CheckWord("synchronous", url.synchronous, kSynchronous));
  const std::string path = url.database.empty() ? kMemory : url.database;
  if (path.find('\0') != std::string::npos) {
    co_return MakeError(ErrorClass::kInvalidArgument, "the path of the database holds U+0000");
  }

  if (path != kMemory) FERRO_CO_TRY(LeaveParent(path));
  runtime::Context& context = co_await runtime::ThisContext();
  DatabaseHandle handle;
  const int code = sqlite::Open(path, handle);
  if (code != SQLITE_OK) {
    co_return CannotOpen(path, code,
                         handle == nullptr ? "out of memory" : sqlite3_errmsg(handle.get()));
  }
  // The constructor is private.
  auto connection =
      std::unique_ptr<Connection>(new Connection(std::move(handle), url, path == kMemory, std::move(turns)));
  sqlite3* db = connection->database_.get();
  Pace& pace = connection->pace_;
  deadline = std::min(deadline, context.deadline);

  // Changing the journal's mode locks and syncs.
  bool on_worker = !context.blocking && !url.journal_mode.empty() && !connection->in_memory_;
  absl::Status status;
  if (!on_worker) {
    pace.Begin(context.blocking ? Pace::Mode::kWaiting : Pace::Mode::kInline, deadline);
    status = SetUp(db, pace, url);
    on_worker =
        !context.blocking && !status.ok() && (DetailOf(status).native_code & 0xFF) == SQLITE_BUSY;
  }
  if (on_worker) {
    std::function<absl::Status()> job = [&] {
      pace.Begin(Pace::Mode::kWaiting, deadline);
      return SetUp(db, pace, url);
    };
    auto task = connection->OnWorker(std::move(job));
    status = co_await task;
  }
  pace.EndTurn();
  connection->known_.End();
  if (!status.ok()) {
    const int native = DetailOf(status).native_code;
    const int primary = native & 0xFF;
    if (primary == SQLITE_NOTADB || primary == SQLITE_CANTOPEN || primary == SQLITE_CORRUPT) {
      co_return CannotOpen(path, native, status.message());
    }
    co_return status;
  }
  co_return std::unique_ptr<db::Connection>(std::move(connection));
}

}  // namespace ferro::sqlite
