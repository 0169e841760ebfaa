// A session whose statement was left half-way: another connection kills the statement, what the server still sends is read
// to its end, and the transaction is rolled back.
#include <mysqld_error.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dialects/mysql/connection.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/runtime/clock.h"

namespace ferro::mysql {
namespace {

constexpr absl::Duration kKillAgain = absl::Milliseconds(200);

}  // namespace

// After this has ended the server has marked the session, and kills what it runs then. A session that waits for its next
// statement is not marked, or forgets it as it begins that one.
Task<absl::Status> Connection::Kill() {
  Client other;
  runtime::Context& context = co_await runtime::ThisContext();
  FERRO_CO_TRY(co_await other.Connect(url_, context.deadline));
  const std::string kill = absl::StrCat("KILL QUERY ", client_.thread_id());
  co_return co_await other.Query(kill);
}

// So that a statement which the server reads late is killed, too.
Task<absl::Status> Connection::KillUntilAnswered() {
  runtime::Context& context = co_await runtime::ThisContext();
  const absl::Time outer = context.deadline;
  while (true) {
    FERRO_CO_TRY(co_await Kill());
    context.deadline = std::min(outer, runtime::Now() + kKillAgain);
    const absl::Status answered = co_await client_.Drain();
    context.deadline = outer;
    if (ClassOf(answered) != ErrorClass::kTimeout || runtime::Now() >= outer) co_return answered;
  }
}

Task<absl::Status> Connection::Recover() {
  if (half_way_ || left_ != nullptr) {
    FERRO_CO_TRY(co_await KillUntilAnswered());
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
