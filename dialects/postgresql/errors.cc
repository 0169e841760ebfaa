#include "dialects/postgresql/errors.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace ferro::postgresql {
namespace {

using enum ErrorClass;

// https://www.postgresql.org/docs/current/errcodes-appendix.html
constexpr auto kStates = std::to_array<StateRow>({
    {"08", kConnection},
    {"0A", kUnsupported},
    {"0B", kInvalidArgument},
    {"0L", kPrivilege},
    {"0P", kPrivilege},
    {"21", kData},
    {"22", kData},
    {"22001", kStringTooLong},
    {"22003", kOutOfRange},
    {"22007", kInvalidText},
    {"22008", kOutOfRange},
    {"22009", kOutOfRange},
    {"22015", kOutOfRange},
    {"22021", kInvalidText},
    {"22026", kStringTooLong},
    {"22032", kInvalidText},
    {"22P02", kInvalidText},
    {"22P05", kInvalidText},
    {"23", kIntegrity},
    {"23001", kForeignKey},  // ON DELETE RESTRICT, before 18 23503 as any other
    {"23502", kNotNull},
    {"23503", kForeignKey},
    {"23505", kUnique},
    {"23514", kCheck},
    {"24", kInvalidArgument},
    {"25", kInvalidArgument},
    {"25006", kReadOnly},
    {"25P02", kFailedTransaction},
    {"25P03", kConnection},  // idle_in_transaction_session_timeout ends the session
    {"26", kUndefined},
    {"27", kIntegrity},
    {"28", kAuthentication},
    {"2B", kIntegrity},
    {"2BP01", kIntegrity},
    {"2D", kInvalidArgument},
    {"2F", kData},
    {"34", kUndefined},
    {"38", kData},
    {"39", kData},
    {"3B", kInvalidArgument},
    {"3D", kUndefined},
    {"3F", kUndefined},
    {"40", kSerialization},
    {"40002", kIntegrity},
    {"40003", kCommitUnknown},
    {"40P01", kDeadlock},
    {"42", kSyntax},
    {"42501", kPrivilege},
    {"42701", kDuplicateObject},
    {"42703", kUndefined},
    {"42704", kUndefined},
    {"42710", kDuplicateObject},
    {"42723", kDuplicateObject},
    {"42883", kUndefined},
    {"428C9", kData},  // a value for a generated column
    {"42P01", kUndefined},
    {"42P02", kUndefined},
    {"42P03", kDuplicateObject},
    {"42P04", kDuplicateObject},
    {"42P05", kDuplicateObject},
    {"42P06", kDuplicateObject},
    {"42P07", kDuplicateObject},
    {"44", kCheck},  // WITH CHECK OPTION of a view
    {"53", kMemory},
    {"53100", kDiskFull},
    {"53200", kMemory},
    {"53300", kTooManyConnections},
    {"54", kOutOfRange},  // a limit of the server, such as an index entry's size
    {"55", kInvalidArgument},
    {"55006", kLock},
    {"55P03", kLock},
    {"57", kCancelled},
    {"57014", kCancelled},
    {"57P01", kConnection},
    {"57P02", kConnection},
    {"57P03", kConnection},
    {"57P04", kConnection},
    {"57P05", kConnection},
    {"58", kInternal},
    {"72", kSerialization},
    {"P0", kData},  // RAISE in a function or trigger
    {"XX", kInternal},
});

// The quotation marks of the server's translations: its lc_messages is not ours to set.
constexpr std::array<absl::string_view, 11> kQuotes = {"\"", "«", "»",  "„",  "“", "”",
                                                       "‹",  "›", "「", "」", "'"};

// Primary messages of statements that ran into a time limit have the state of any cancellation.
bool IsServerTimeout(absl::string_view state, absl::string_view message) {
  return state == "57014" && absl::StrContains(message, "statement timeout");
}

}  // namespace

std::span<const StateRow> StateTable() { return kStates; }

ErrorClass ClassOfState(absl::string_view state) {
  for (const absl::string_view key : {state, state.substr(0, 2)}) {
    const auto* found = std::lower_bound(
        kStates.begin(), kStates.end(), key,
        [](const StateRow& row, absl::string_view wanted) { return row.state < wanted; });
    if (found != kStates.end() && found->state == key) return found->error_class;
  }
  return kInternal;
}

std::string WithoutValues(absl::string_view state, absl::string_view message) {
  std::string text = absl::StrReplaceAll(message, {{"\r", " "}, {"\n", " "}, {"\t", " "}});
  if (!absl::StartsWith(state, "22")) return text;
  size_t first = std::string::npos, end = 0;
  for (const absl::string_view quote : kQuotes) {
    const size_t at = text.find(quote.data(), 0, quote.size());
    if (at == std::string::npos) continue;
    first = std::min(first, at);
    end = std::max(end, text.rfind(quote.data(), std::string::npos, quote.size()) + quote.size());
  }
  // One mark alone: the value was shortened before its end.
  const bool closed = first != std::string::npos && end > first + 3;
  std::string before = text.substr(0, std::min(first, text.find(": 0x")));
  std::string after = closed ? text.substr(end) : "";
  // "…: 0xff" are the bytes that were refused.
  after = after.substr(0, after.find(": 0x"));
  while (!before.empty() && (before.back() == ' ' || before.back() == ':')) before.pop_back();
  return absl::StrCat(before, after);
}

std::string KeyColumns(absl::string_view detail) {
  const size_t open = detail.find('(');
  const size_t close = detail.find(")=(");
  if (open == absl::string_view::npos || close == absl::string_view::npos || close < open)
    return {};
  const absl::string_view names = detail.substr(open + 1, close - open - 1);
  if (names.find_first_of("(\"") != absl::string_view::npos)
    return {};  // an expression, a quoted name
  return absl::StrReplaceAll(names, {{", ", ","}});
}

int64_t CopiedRow(absl::string_view context, absl::string_view table) {
  // Functions of triggers have the lines before.
  const size_t last = context.rfind('\n');
  if (last != absl::string_view::npos) context.remove_prefix(last + 1);
  if (!absl::ConsumePrefix(&context, absl::StrCat("COPY ", table, ", line "))) return -1;
  int64_t line = 0;
  return absl::SimpleAtoi(context.substr(0, context.find_first_not_of("0123456789")), &line) ? line - 1 : -1;
}

absl::Status StatementError(const PGconn* connection, const PGresult* result,
                            absl::string_view sql) {
  const absl::string_view state = ErrorField(result, PG_DIAG_SQLSTATE);
  if (state.empty()) return LostConnection(connection, sql);
  const absl::string_view message = ErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  ErrorDetail detail;
  detail.error_class = IsServerTimeout(state, message) ? kTimeout : ClassOfState(state);
  detail.sqlstate = std::string(state);
  detail.constraint = std::string(ErrorField(result, PG_DIAG_CONSTRAINT_NAME));
  detail.table = std::string(ErrorField(result, PG_DIAG_TABLE_NAME));
  detail.column = std::string(ErrorField(result, PG_DIAG_COLUMN_NAME));
  detail.detail = std::string(ErrorField(result, PG_DIAG_MESSAGE_DETAIL));
  detail.hint = std::string(ErrorField(result, PG_DIAG_MESSAGE_HINT));
  detail.sql = std::string(sql);
  if (detail.error_class == kNotNull && detail.constraint.empty() && !detail.column.empty()) {
    // Before PostgreSQL 18 such a constraint has no name; this is the one that 18 gives by default.
    detail.constraint = absl::StrCat(detail.table, "_", detail.column, "_not_null");
  }
  if (detail.error_class == kUnique && detail.column.empty())
    detail.column = KeyColumns(detail.detail);
  return MakeError(std::move(detail), WithoutValues(state, message));
}

RefusedPlan RefusedPlanOf(const PGresult* result) {
  const absl::string_view state = ErrorField(result, PG_DIAG_SQLSTATE);
  // It shares its state with much else, and its text may be translated.
  if (state == "0A000" && ErrorField(result, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery") {
    return RefusedPlan::kStale;
  }
  return state == "26000" ? RefusedPlan::kGone : RefusedPlan::kNone;
}

absl::Status LostConnection(const PGconn* connection, absl::string_view sql) {
  ErrorDetail detail;
  detail.error_class = kConnection;
  detail.sql = std::string(sql);
  return MakeError(std::move(detail), absl::StrCat("the connection to PostgreSQL was lost: ",
                                                   LastMessage(connection)));
}

ConnectFailure ParseConnectFailure(absl::string_view text) {
  // Several addresses (or TLS and then none) leave a line each; the last one tried decides.
  const size_t failed = text.rfind(" failed: ");
  if (failed != absl::string_view::npos) text.remove_prefix(failed + 9);
  text = absl::StripAsciiWhitespace(text);
  text = absl::StripTrailingAsciiWhitespace(text.substr(0, text.find('\n')));
  ConnectFailure failure;
  // "FATAL:  28P01: password …"; the severity may be translated.
  const size_t severity = text.find(":  ");
  if (severity != absl::string_view::npos && text.size() > severity + 10 &&
      text.substr(severity + 8, 2) == ": ") {
    const absl::string_view state = text.substr(severity + 3, 5);
    if (std::all_of(state.begin(), state.end(), [](char c) {
          return absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
                 absl::ascii_isupper(static_cast<unsigned char>(c));
        })) {
      failure.state = std::string(state);
      text.remove_prefix(severity + 10);
    }
  }
  failure.reason = std::string(text);
  return failure;
}

absl::Status ConnectError(const PGconn* connection) {
  const ConnectFailure failure = ParseConnectFailure(PQerrorMessage(connection));
  ErrorDetail detail;
  detail.sqlstate = failure.state;
  detail.error_class = failure.state.empty() ? kConnection : ClassOfState(failure.state);
  if (PQconnectionNeedsPassword(connection) != 0) detail.error_class = kAuthentication;
  if (detail.error_class != kAuthentication && detail.error_class != kTooManyConnections) {
    detail.error_class = kConnection;
  }
  if (failure.state == "3D000") {
    detail.hint = "create the database, or correct its name in the URL";
  } else if (absl::StrContains(failure.reason, "SSL")) {
    detail.hint = "compare the options tls and tls_ca of the URL with what the server offers";
  } else if (failure.state.empty() && detail.error_class == kConnection) {
    detail.hint = "is the server running, and are host and port of the URL right?";
  }
  return MakeError(std::move(detail), absl::StrCat("cannot connect to PostgreSQL at ",
                                                   Address(connection), ": ", failure.reason));
}

}  // namespace ferro::postgresql
