// A session whose statement was left half-way: another connection kills the statement, what the server still sends is read
// to its end, and the transaction is rolled back.
#include <mysqld_error.h>

#include "absl/strings/str_cat.h"
#include "dialects/mysql/connection.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::mysql {

// After this has ended the server has marked the session, and kills what it runs then, or next.
Task<absl::Status> Connection::Kill() {
  Client other;
  runtime::Context& context = co_await runtime::ThisContext();
  FERRO_CO_TRY(co_await other.Connect(url_, context.deadline));
  const std::string kill = absl::StrCat("KILL QUERY ", client_.thread_id());
  co_return co_await other.Query(kill);
}

Task<absl::Status> Connection::Recover() {
  if (half_way_ || left_ != nullptr) {
    FERRO_CO_TRY(co_await Kill());
    FERRO_CO_TRY(co_await client_.Drain());
    // To close a statement reads what is left of its results.
    MYSQL_STMT* left = running_;
    if (left == nullptr && kept_ != 0) left = statements_.Find(kept_).statement;
    if (left != nullptr) {
      const absl::Status closed = co_await Drop(left, kept_);
      if (client_.broken()) co_return closed;  // otherwise it tells of the kill
    }
    left_ = nullptr;
    kept_ = 0;
    batch_.Reset(0);
  }
  // The one that the kill may still meet.
  absl::Status ended = co_await client_.Query("ROLLBACK");
  if (DetailOf(ended).native_code == ER_QUERY_INTERRUPTED) ended = co_await client_.Query("ROLLBACK");
  half_way_ = false;
  // GET_LOCK outlives transactions. Servers that lack this have one such lock at most, which the next GET_LOCK releases.
  if (ended.ok()) (co_await client_.Query("DO RELEASE_ALL_LOCKS()")).IgnoreError();
  co_return ended;
}

}  // namespace ferro::mysql
