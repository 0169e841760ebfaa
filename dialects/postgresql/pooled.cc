#include "dialects/postgresql/pooled.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dialects/postgresql/connection.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::postgresql {
namespace {

bool IsWord(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Where the comment, text or quoted name that begins at `at` ends; `at` where none does. What is within is no word.
size_t Skip(absl::string_view sql, size_t at) {
  const auto after = [&](absl::string_view mark, size_t from) {
    const size_t found = sql.find(mark, from);
    return found == absl::string_view::npos ? sql.size() : found + mark.size();
  };
  const absl::string_view rest = sql.substr(at);
  if (absl::StartsWith(rest, "--")) return after("\n", at);
  if (absl::StartsWith(rest, "/*")) return after("*/", at + 2);
  if (rest[0] == '\'') return after("'", at + 1);
  if (rest[0] == '"') return after("\"", at + 1);
  return at;
}

// The statement's words in capitals, at most `most` of them.
std::vector<std::string> WordsOf(absl::string_view sql, size_t most) {
  std::vector<std::string> words;
  for (size_t at = 0; at < sql.size() && words.size() < most;) {
    if (const size_t end = Skip(sql, at); end != at) {
      at = end;
      continue;
    }
    const size_t begin = at;
    while (at < sql.size() && IsWord(sql[at])) ++at;
    if (at > begin) {
      words.push_back(absl::AsciiStrToUpper(sql.substr(begin, at - begin)));
    } else {
      ++at;
    }
  }
  return words;
}

absl::Status Refuse(absl::string_view what, absl::string_view advice) {
  return MakeErrorWithHint(
      ErrorClass::kUnsupported,
      absl::StrCat(what, " outlives its transaction, and behind a pooler the session is another one's then"), advice);
}

constexpr absl::string_view kAskDirectly = "connect to the server itself for this, not through the pooler";

}  // namespace

absl::Status CheckLeavesNothing(absl::string_view sql) {
  const std::vector<std::string> words = WordsOf(sql, 6);
  if (words.empty()) return absl::OkStatus();
  const std::string& first = words[0];
  const std::string second = words.size() > 1 ? words[1] : "";
  const auto among = [&](absl::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (first == "SET" && second != "LOCAL" && second != "TRANSACTION" && second != "CONSTRAINTS") {
    return Refuse("SET", "say SET LOCAL within a transaction, or ALTER ROLE … SET once for all");
  }
  constexpr std::array<absl::string_view, 7> kSession = {"LISTEN",     "UNLISTEN", "PREPARE", "DEALLOCATE",
                                                         "DISCARD", "RESET",    "LOAD"};
  const bool two_phases = first == "PREPARE" && second == "TRANSACTION";
  if (!two_phases && std::find(kSession.begin(), kSession.end(), first) != kSession.end()) {
    return Refuse(first, kAskDirectly);
  }
  const std::string lower = absl::AsciiStrToLower(sql);
  if (first == "CREATE" && (among("TEMP") || among("TEMPORARY")) && !absl::StrContains(lower, "on commit drop")) {
    return Refuse("a temporary table", "create it ON COMMIT DROP within a transaction");
  }
  if (first == "DECLARE" && absl::StrContains(lower, "with hold")) {
    return Refuse("a cursor WITH HOLD", "declare it without, within a transaction");
  }
  for (const absl::string_view lock : {"pg_advisory_lock", "pg_try_advisory_lock"}) {
    if (absl::StrContains(lower, lock)) {
      return Refuse("an advisory lock of the session", "take pg_advisory_xact_lock, or db.advisory_lock()");
    }
  }
  return absl::OkStatus();
}

db::Task<absl::Status> PostgresqlConnection::SetUpPooled() {
  // Poolers know these of each client, and give them to whatever session it is lent next. They take no startup options, and
  // IntervalStyle only newer ones know: it stays the server's, whose default it is.
  FERRO_CO_TRY(co_await Script("SET timezone TO 'UTC'; SET DateStyle TO ISO; SET standard_conforming_strings TO on"));
  if (statements_.enabled() && !(co_await KeepsPrepared())) statements_ = PreparedStatements(0);
  statements_.UseOwnNames();
  co_return absl::OkStatus();
}

// A pooler that keeps prepared statements for its clients gives them names of its own: the server does not know ours.
db::Task<bool> PostgresqlConnection::KeepsPrepared() {
  statements_.UseOwnNames();
  const std::string name = statements_.NewName();
  Reading asking;
  std::shared_ptr<const PGresult> rows;
  if (!(co_await Command("BEGIN", asking)).ok()) co_return false;
  const bool sent = PQsendPrepare(handle_.get(), name.c_str(), "SELECT 1", 0, nullptr) != 0;
  if (!sent || !(co_await Collect(asking, rows)).ok()) co_return false;
  const absl::Status asked =
      co_await Ask("SELECT count(*) FROM pg_prepared_statements WHERE name = $1", name, asking, rows);
  const bool known = !asked.ok() || !asking.status.ok() || rows == nullptr || PQntuples(rows.get()) != 1 ||
                     absl::string_view(PQgetvalue(rows.get(), 0, 0)) != "0";
  if (known && asking.status.ok()) {
    const std::string forget = "DEALLOCATE " + name;
    if (!(co_await Command(forget.c_str(), asking)).ok()) co_return false;
  }
  Reading ending;
  co_return (co_await Command("ROLLBACK", ending)).ok() && !known;
}

}  // namespace ferro::postgresql
