#include "dialects/sqlite/commits.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "dialects/sqlite/handle.h"

namespace ferro::sqlite {
namespace {

// https://sqlite.org/walformat.html: the first words of the log's index. The log begins anew when all of its pages were
// written back.
constexpr int kIndexBytes = 32768;
constexpr size_t kPages = 4;         // mxFrame
constexpr size_t kWrittenBack = 24;  // nBackfill

bool HasWord(absl::string_view sql, absl::string_view word) {
  const auto same = [](char one, char other) { return absl::ascii_tolower(static_cast<unsigned char>(one)) == other; };
  return std::search(sql.begin(), sql.end(), word.begin(), word.end(), same) != sql.end();
}

// The first column of a PRAGMA's first row, in lower case; empty when it cannot be had.
std::string Setting(sqlite3* db, absl::string_view sql) {
  StatementHandle statement;
  absl::string_view tail;
  if (Prepare(db, sql, false, statement, tail) != SQLITE_OK) return {};
  if (sqlite3_step(statement.get()) != SQLITE_ROW) return {};
  const unsigned char* text = sqlite3_column_text(statement.get(), 0);
  return text == nullptr ? "" : absl::AsciiStrToLower(reinterpret_cast<const char*>(text));
}

bool HasAttached(sqlite3* db) {
  StatementHandle statement;
  absl::string_view tail;
  if (Prepare(db, "SELECT 1 FROM pragma_database_list WHERE seq > 1", false, statement, tail) != SQLITE_OK) return true;
  return sqlite3_step(statement.get()) != SQLITE_DONE;
}

}  // namespace

Commits::Commits(sqlite3* db, Pace& pace) : db_(db), pace_(pace) { sqlite3_wal_hook(db_, &OnCommit, this); }

Commits::~Commits() { sqlite3_wal_hook(db_, nullptr, nullptr); }

int Commits::OnCommit(void* self, sqlite3* db, const char* name, int pages) {
  Commits& commits = *static_cast<Commits*>(self);
  commits.written_ = true;
  const bool due = commits.limit_ > 0 && pages >= commits.limit_;
  commits.long_ = due && !commits.pace_.waits();
  // As SQLite's own hook: readers may make it a part of the log only, and the commit has succeeded whatever comes of it.
  if (due && !commits.long_) sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  return SQLITE_OK;
}

bool Commits::ScriptMayChange(absl::string_view sql) { return HasWord(sql, "pragma") || HasWord(sql, "attach"); }

bool Commits::StatementMayChange(absl::string_view sql) {
  sql = absl::StripLeadingAsciiWhitespace(sql);
  for (absl::string_view rows : {"select", "insert", "update", "delete", "replace", "with"}) {
    if (absl::StartsWithIgnoreCase(sql, rows)) return false;
  }
  return ScriptMayChange(sql);
}

// PRAGMA wal_autocheckpoint puts SQLite's hook in the place of ours, or none.
void Commits::TakeHook() {
  const int pages = std::atoi(Setting(db_, "PRAGMA wal_autocheckpoint").c_str());
  if (sqlite3_wal_hook(db_, &OnCommit, this) != this) limit_ = pages;
}

bool Commits::Read() {
  pace_.Begin(Pace::Mode::kInline);
  const std::string mode = Setting(db_, "PRAGMA journal_mode");
  if (mode.empty()) return false;  // a lock was in the way
  TakeHook();
  const std::string synchronous = Setting(db_, "PRAGMA synchronous");
  // An exclusive connection has no index that others could read.
  only_append_ = mode == "wal" && (synchronous == "0" || synchronous == "1") &&
                 Setting(db_, "PRAGMA locking_mode") == "normal" && !HasAttached(db_);
  return true;
}

bool Commits::OnlyAppend() {
  if (!known_) known_ = Read();
  return known_ && only_append_;
}

bool Commits::BeginsAnew() const {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(db_, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr ||
      file->pMethods == nullptr || file->pMethods->iVersion < 2) {
    return true;
  }
  volatile void* index = nullptr;
  if (file->pMethods->xShmMap(file, 0, kIndexBytes, 0, &index) != SQLITE_OK || index == nullptr) return true;
  const auto* words = static_cast<const volatile uint32_t*>(index);
  return words[kWrittenBack] >= words[kPages];
}

}  // namespace ferro::sqlite
