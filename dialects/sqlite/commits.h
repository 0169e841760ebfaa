// What a commit of this connection costs besides the write itself: whether it has to wait for the disk. One thread at a
// time, as the handle.
#pragma once

#include <sqlite3.h>

#include "absl/strings/string_view.h"
#include "dialects/sqlite/pace.h"

namespace ferro::sqlite {

class Commits {
 public:
  // Takes over from SQLite when the write-ahead log is written back to the file: after a commit that leaves it longer
  // than PRAGMA wal_autocheckpoint says, as SQLite does it, but never on a thread that may not wait (`pace`).
  Commits(sqlite3* db, Pace& pace);
  ~Commits();
  Commits(const Commits&) = delete;
  Commits& operator=(const Commits&) = delete;

  // Whether a text may change what is asked below: it has the word PRAGMA or ATTACH. One statement that begins like a
  // query or a change of rows may not.
  static bool ScriptMayChange(absl::string_view sql);
  static bool StatementMayChange(absl::string_view sql);
  // Such a text is run.
  void Forget() { known_ = written_ = false; }

  // Whether commits append to a write-ahead log and sync nothing: journal_mode=wal with synchronous normal or off. May
  // prepare statements.
  bool OnlyAppend();
  // Whether the next one does nothing else, either: it does not write the log back, nor begin it anew, which syncs its
  // header unless synchronous is off. What other connections do at the same moment is not seen.
  bool NextOnlyAppends() { return OnlyAppend() && written_ && !long_ && !BeginsAnew(); }

 private:
  static int OnCommit(void* self, sqlite3* db, const char* name, int pages);
  bool Read();
  void TakeHook();
  bool BeginsAnew() const;

  sqlite3* const db_;
  Pace& pace_;
  int limit_ = 1000;  // pages of the log; 0: it is never written back. SQLite's default
  bool known_ = false;
  bool only_append_ = false;
  bool written_ = false;  // this connection has written to the log, so that it is open
  bool long_ = false;     // too long, and it was not the time to write it back
};

}  // namespace ferro::sqlite
