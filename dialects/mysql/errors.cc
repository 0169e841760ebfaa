#include "dialects/mysql/errors.h"

#include <errmsg.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dialects/mysql/error_text.h"

namespace ferro::mysql {
namespace {

enum Servers : uint8_t { kMy = 1, kMa = 2, kBoth = 3 };

// What may be shown of the server's text.
enum class Shown : uint8_t {
  kText,   // it holds names and numbers only
  kClass,  // it may quote values: a sentence of ours
};

struct Row {
  int32_t code;
  Servers servers;
  ErrorClass error_class;
  Shown shown;
};

// Sorted by code. https://dev.mysql.com/doc/mysql-errors/en/ and
// https://mariadb.com/kb/en/mariadb-error-codes/
constexpr std::array kRows = {
    Row{1005, kBoth, ErrorClass::kForeignKey,
        Shown::kClass},  // cannot create table: nearly always errno 150
    Row{1007, kBoth, ErrorClass::kDuplicateObject, Shown::kText},
    Row{1008, kBoth, ErrorClass::kUndefined, Shown::kText},
    Row{1020, kBoth, ErrorClass::kSerialization, Shown::kText},  // MariaDB: snapshot conflict
    Row{1021, kBoth, ErrorClass::kDiskFull, Shown::kText},
    Row{1036, kBoth, ErrorClass::kReadOnly, Shown::kText},
    Row{1037, kBoth, ErrorClass::kMemory, Shown::kText},
    Row{1040, kBoth, ErrorClass::kTooManyConnections, Shown::kText},
    Row{1041, kBoth, ErrorClass::kMemory, Shown::kText},
    Row{1044, kBoth, ErrorClass::kPrivilege, Shown::kText},
    Row{1045, kBoth, ErrorClass::kPrivilege, Shown::kText},  // after connecting: FILE and the like
    Row{1046, kBoth, ErrorClass::kUndefined, Shown::kText},
    Row{1047, kBoth, ErrorClass::kConnection, Shown::kText},  // Galera: node not prepared
    Row{1048, kBoth, ErrorClass::kNotNull, Shown::kClass},
    Row{1049, kBoth, ErrorClass::kUndefined, Shown::kText},
    Row{1050, kBoth, ErrorClass::kDuplicateObject, Shown::kText},
    Row{1051, kBoth, ErrorClass::kUndefined, Shown::kText},
    Row{1053, kBoth, ErrorClass::kConnection, Shown::kText},
    Row{1054, kBoth, ErrorClass::kUndefined, Shown::kText},
    Row{1060, kBoth, ErrorClass::kDuplicateObject, Shown::kText},
    Row{1061, kBoth, ErrorClass::kDuplicateObject, Shown::kText},
    Row{1062, kBoth, ErrorClass::kUnique, Shown::kClass},
    Row{1064, kBoth, ErrorClass::kSyntax,
        Shown::kClass},  // quotes the text, which may hold literals
    Row{1091, kBoth, ErrorClass::kUndefined, Shown::kText},
    Row{1114, kBoth, ErrorClass::kDiskFull, Shown::kText},
    Row{1129, kBoth, ErrorClass::kConnection, Shown::kText},
    Row{1130, kBoth, ErrorClass::kPrivilege, Shown::kText},
    Row{1142, kBoth, ErrorClass::kPrivilege, Shown::kText},
    Row{1143, kBoth, ErrorClass::kPrivilege, Shown::kText},
    Row{1146, kBoth, ErrorClass::kUndefined, Shown::kText},
    Row{1152, kBoth, ErrorClass::kConnection, Shown::kText},
    Row{1153, kBoth, ErrorClass::kOutOfRange, Shown::kText},  // and the server hangs up
    Row{1158, kBoth, ErrorClass::kConnection, Shown::kText},
    Row{1159, kBoth, ErrorClass::kConnection, Shown::kText},
    Row{1160, kBoth, ErrorClass::kConnection, Shown::kText},
    Row{1161, kBoth, ErrorClass::kConnection, Shown::kText},
    Row{1169, kBoth, ErrorClass::kUnique, Shown::kClass},
    Row{1180, kBoth, ErrorClass::kInternal, Shown::kText},  // see Classify
    Row{1184, kBoth, ErrorClass::kConnection, Shown::kText},
    Row{1203, kBoth, ErrorClass::kTooManyConnections, Shown::kText},
    Row{1205, kBoth, ErrorClass::kLock, Shown::kText},
    Row{1206, kBoth, ErrorClass::kLock, Shown::kText},
    Row{1210, kBoth, ErrorClass::kInvalidArgument, Shown::kClass},
    Row{1213, kBoth, ErrorClass::kDeadlock, Shown::kText},
    Row{1216, kBoth, ErrorClass::kForeignKey, Shown::kClass},
    Row{1217, kBoth, ErrorClass::kForeignKey, Shown::kClass},
    Row{1226, kBoth, ErrorClass::kTooManyConnections, Shown::kText},
    Row{1227, kBoth, ErrorClass::kPrivilege, Shown::kText},
    Row{1235, kBoth, ErrorClass::kUnsupported, Shown::kText},
    Row{1243, kBoth, ErrorClass::kInternal, Shown::kClass},  // unknown prepared statement
    Row{1263, kBoth, ErrorClass::kNotNull, Shown::kClass},
    Row{1264, kBoth, ErrorClass::kOutOfRange, Shown::kClass},
    Row{1265, kBoth, ErrorClass::kData, Shown::kClass},
    Row{1290, kBoth, ErrorClass::kReadOnly, Shown::kText},
    Row{1292, kBoth, ErrorClass::kData, Shown::kClass},
    Row{1295, kBoth, ErrorClass::kUnsupported, Shown::kText},
    Row{1305, kBoth, ErrorClass::kUndefined, Shown::kText},
    Row{1317, kBoth, ErrorClass::kCancelled, Shown::kText},
    Row{1364, kBoth, ErrorClass::kNotNull, Shown::kClass},
    Row{1365, kBoth, ErrorClass::kData, Shown::kClass},  // division by zero
    Row{1366, kBoth, ErrorClass::kInvalidText, Shown::kClass},
    Row{1367, kBoth, ErrorClass::kInvalidText, Shown::kClass},
    Row{1370, kBoth, ErrorClass::kPrivilege, Shown::kText},
    Row{1390, kBoth, ErrorClass::kInvalidArgument, Shown::kText},
    Row{1406, kBoth, ErrorClass::kStringTooLong, Shown::kClass},
    Row{1411, kBoth, ErrorClass::kData, Shown::kClass},
    Row{1425, kBoth, ErrorClass::kOutOfRange, Shown::kClass},
    Row{1426, kBoth, ErrorClass::kOutOfRange, Shown::kClass},
    Row{1451, kBoth, ErrorClass::kForeignKey, Shown::kClass},
    Row{1452, kBoth, ErrorClass::kForeignKey, Shown::kClass},
    Row{1461, kBoth, ErrorClass::kMemory, Shown::kText},  // max_prepared_stmt_count
    Row{1557, kBoth, ErrorClass::kForeignKey, Shown::kClass},
    Row{1586, kBoth, ErrorClass::kUnique, Shown::kClass},
    Row{1615, kBoth, ErrorClass::kInternal, Shown::kClass},  // the statement must be prepared again
    Row{1644, kBoth, ErrorClass::kIntegrity, Shown::kClass},  // SIGNAL in a trigger
    Row{1690, kBoth, ErrorClass::kOutOfRange, Shown::kClass},
    Row{1698, kBoth, ErrorClass::kPrivilege, Shown::kText},
    Row{1748, kBoth, ErrorClass::kData, Shown::kClass},
    Row{1792, kBoth, ErrorClass::kReadOnly, Shown::kText},
    Row{1822, kBoth, ErrorClass::kInvalidArgument, Shown::kText},  // what is referred to has no key
    Row{1824, kBoth, ErrorClass::kUndefined, Shown::kText},        // no table to refer to
    Row{1826, kBoth, ErrorClass::kDuplicateObject, Shown::kText},  // the name of a foreign key
    Row{1830, kBoth, ErrorClass::kInvalidArgument, Shown::kText},  // SET NULL of NOT NULL
    Row{1836, kBoth, ErrorClass::kReadOnly, Shown::kText},
    Row{1859, kBoth, ErrorClass::kUnique, Shown::kClass},
    Row{1927, kMa, ErrorClass::kConnection, Shown::kText},  // killed
    Row{1969, kMa, ErrorClass::kTimeout, Shown::kText},
    Row{2008, kBoth, ErrorClass::kMemory, Shown::kText},
    Row{2014, kBoth, ErrorClass::kInternal, Shown::kText},
    Row{3024, kMy, ErrorClass::kTimeout, Shown::kText},
    Row{3058, kMy, ErrorClass::kDeadlock, Shown::kText},       // of GET_LOCK
    Row{3101, kMy, ErrorClass::kSerialization, Shown::kText},  // group replication
    Row{3140, kMy, ErrorClass::kData, Shown::kClass},          // bad JSON
    Row{3156, kMy, ErrorClass::kData, Shown::kClass},          // bad JSON for a cast
    Row{3572, kMy, ErrorClass::kLock, Shown::kText},           // NOWAIT
    Row{3699, kMy, ErrorClass::kInvalidArgument, Shown::kText},
    Row{3730, kMy, ErrorClass::kForeignKey, Shown::kText},      // a table that is referred to
    Row{3780, kMy, ErrorClass::kInvalidArgument, Shown::kText},  // of another type than what is referred to
    Row{3819, kMy, ErrorClass::kCheck, Shown::kClass},
    Row{3903, kMy, ErrorClass::kData, Shown::kClass},
    Row{4025, kMa, ErrorClass::kCheck, Shown::kClass},
    Row{4031, kMy, ErrorClass::kConnection, Shown::kText},  // idle for too long
    Row{4038, kMa, ErrorClass::kData, Shown::kClass},       // bad JSON
};
static_assert(std::is_sorted(kRows.begin(), kRows.end(),
                             [](const Row& a, const Row& b) { return a.code < b.code; }));

const Row* FindRow(int32_t code, Product product) {
  const auto row = std::lower_bound(kRows.begin(), kRows.end(), code,
                                    [](const Row& r, int32_t c) { return r.code < c; });
  if (row == kRows.end() || row->code != code) return nullptr;
  const Servers server = product == Product::kMariadb ? kMa : kMy;
  return (row->servers & server) != 0 ? &*row : nullptr;
}

constexpr bool IsClientCode(int32_t code) {
  return (code >= 2000 && code < 3000) || (code >= 5000 && code < 5100);
}

ErrorClass ClassOfSqlstate(absl::string_view state) {
  if (absl::StartsWith(state, "08")) return ErrorClass::kConnection;
  if (absl::StartsWith(state, "22")) return ErrorClass::kData;
  if (absl::StartsWith(state, "23")) return ErrorClass::kIntegrity;
  if (absl::StartsWith(state, "25")) return ErrorClass::kFailedTransaction;
  if (absl::StartsWith(state, "28")) return ErrorClass::kPrivilege;
  if (absl::StartsWith(state, "40")) return ErrorClass::kSerialization;
  if (state == "42S01" || state == "42S21") return ErrorClass::kDuplicateObject;
  if (state == "42S02" || state == "42S22") return ErrorClass::kUndefined;
  if (absl::StartsWith(state, "42")) return ErrorClass::kSyntax;
  if (absl::StartsWith(state, "45")) return ErrorClass::kIntegrity;
  if (absl::StartsWith(state, "70")) return ErrorClass::kCancelled;
  if (state == "0A000") return ErrorClass::kUnsupported;
  return ErrorClass::kInternal;
}

NativeError MakeNative(unsigned int code, const char* sqlstate, const char* text) {
  NativeError error{static_cast<int32_t>(code), sqlstate, text};
  if (error.code == 0) {  // a call failed and left no reason: the library ran out of something
    error.code = CR_UNKNOWN_ERROR;
    error.sqlstate = "HY000";
  }
  return error;
}

}  // namespace

NativeError ErrorOf(MYSQL* mysql) {
  return MakeNative(mysql_errno(mysql), mysql_sqlstate(mysql), mysql_error(mysql));
}

NativeError ErrorOf(MYSQL_STMT* statement) {
  return MakeNative(mysql_stmt_errno(statement), mysql_stmt_sqlstate(statement),
                    mysql_stmt_error(statement));
}

ErrorClass Classify(const NativeError& error, Product product) {
  // Group replication refuses a transaction at COMMIT as 1180 "Got error 149"; other numbers there
  // are faults.
  if (error.code == 1180 && absl::StrContains(error.text, "149")) return ErrorClass::kSerialization;
  // "Can't create table … (errno: 121 "Duplicate key on write or update")": the name of a foreign key.
  if (error.code == 1005 && absl::StrContains(error.text, "errno: 121 ")) {
    return ErrorClass::kDuplicateObject;
  }
  // "Got error 28 from storage engine": ENOSPC.
  if (error.code == 1030 && absl::StrContains(error.text, "error 28 "))
    return ErrorClass::kDiskFull;
  if (const Row* row = FindRow(error.code, product)) return row->error_class;
  if (IsClientCode(error.code)) return ErrorClass::kConnection;
  return ClassOfSqlstate(error.sqlstate);
}

bool BreaksSession(const NativeError& error, Product product) {
  if (error.code == 1153) return true;  // the server hangs up after it
  // Statement codes of the library (missing parameters, bad buffers) come before anything is sent.
  if (error.code >= CR_NO_PREPARE_STMT && error.code <= CR_UNSUPPORTED_PARAM_TYPE) return false;
  if (IsClientCode(error.code)) return true;
  return Classify(error, product) == ErrorClass::kConnection;
}

absl::Status MakeServerError(const NativeError& error, Product product) {
  ErrorDetail detail;
  detail.error_class = Classify(error, product);
  detail.native_code = error.code;
  detail.sqlstate = error.sqlstate;
  detail.detail = error.text;
  TakeNames(error.code, error.text, product, detail);
  if (error.code == 1461) {
    detail.hint =
        "lower statement_cache or pool_size, or raise the server's max_prepared_stmt_count";
  }
  if (error.code == 1295) detail.hint = "run it as a script, without parameters";

  const Row* row = FindRow(error.code, product);
  const bool show = row != nullptr ? row->shown == Shown::kText : IsClientCode(error.code);
  const std::string message = show ? PlainSentence(error.text) : SentenceFor(detail, error.text);
  return MakeError(std::move(detail), message);
}

std::string Endpoint(const db::Url& url) {
  if (absl::StartsWith(url.host, "/")) return url.host;
  const absl::string_view host = url.host.empty() ? absl::string_view("127.0.0.1") : url.host;
  return absl::StrCat(host, ":", url.port == 0 ? 3306 : url.port);
}

absl::Status MakeConnectError(const NativeError& error, const db::Url& url) {
  // What a server says before TLS is up comes wrapped, because anybody could have said it. It is
  // good enough to name the failure by.
  const absl::string_view text = error.text;
  const absl::string_view wrapped = "cannot be verified: ";
  const size_t at = text.find(wrapped);
  if (error.code == CR_CONNECTION_ERROR && at != absl::string_view::npos) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(text.substr(at + wrapped.size()), absl::MaxSplits(" - ", 1));
    NativeError inner{0, error.sqlstate, std::string(parts.second)};
    if (absl::SimpleAtoi(parts.first, &inner.code)) return MakeConnectError(inner, url);
  }
  ErrorDetail detail;
  detail.native_code = error.code;
  detail.sqlstate = error.sqlstate;
  detail.detail = error.text;
  const std::string where = Endpoint(url);
  switch (error.code) {
    case 1044:
      detail.error_class = ErrorClass::kAuthentication;
      return MakeError(std::move(detail),
                       absl::StrCat("user \"", url.user, "\" may not use database \"", url.database,
                                    "\" at ", where));
    case 1045:
    case 1130:
    case 1251:
    case 1275:
    case 1524:
    case 1698:
    case 1862:
    case 4151:
    case CR_AUTH_PLUGIN_CANNOT_LOAD:
    case CR_AUTH_PLUGIN_ERR:
    case CR_PLUGIN_NOT_ALLOWED:
      detail.error_class = ErrorClass::kAuthentication;
      detail.hint = "check user and password, and from which hosts the server lets this user in";
      return MakeError(std::move(detail),
                       absl::StrCat("user \"", url.user, "\" was refused at ", where));
    case 1040:
    case 1203:
    case 1226:
      detail.error_class = ErrorClass::kTooManyConnections;
      return MakeError(std::move(detail), absl::StrCat(where, " takes no more connections"));
    case 1049:
      detail.error_class = ErrorClass::kConnection;
      detail.hint = "create the database first, or correct its name in the URL";
      return MakeError(std::move(detail),
                       absl::StrCat("there is no database \"", url.database, "\" at ", where));
    default:
      detail.error_class = ErrorClass::kConnection;
      return MakeError(std::move(detail),
                       absl::StrCat("cannot connect to ", where, ": ", PlainSentence(error.text)));
  }
}

}  // namespace ferro::mysql
