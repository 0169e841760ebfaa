// What a failure is, beyond absl::Status' canonical code: a class that callers react to, and the fields
// that a database gives. It travels as a payload of the Status. Messages hold no bound values; what a server
// says in its DETAIL (which may quote them) is kept apart in `detail`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace ferro {

// Closed list; the numbers are those of ferro_code in capi/include/ferro/error.h and never change.
enum class ErrorClass : uint8_t {
  kConnection = 1,      // could not connect, or the connection broke and nothing was kept
  kAuthentication = 2,  // the server refused the user or password
  kSyntax = 3,          // the server did not understand the SQL text
  kUndefined = 4,       // no such table, column or function
  kDuplicateObject = 5,  // the table or index exists already
  kPrivilege = 6,       // the user may not do that
  kUnique = 7,
  kForeignKey = 8,
  kNotNull = 9,
  kCheck = 10,
  kIntegrity = 11,      // another constraint (exclusion, restrict)
  kOutOfRange = 12,     // a value the column cannot hold
  kStringTooLong = 13,
  kInvalidText = 14,    // NUL, bad UTF-8, text that is no number
  kData = 15,           // another fault of a value
  kBadStoredValue = 16,  // what is stored is not what the column declares
  kSerialization = 17,
  kDeadlock = 18,
  kLock = 19,           // a lock was not had in time
  kTimeout = 20,        // a deadline of ours or of the server
  kPoolTimeout = 21,    // no connection came free in time
  kCancelled = 22,
  kReadOnly = 23,
  kDiskFull = 24,
  kTooManyConnections = 25,
  kUnsupported = 26,    // the dialect refuses a feature; the hint says what to do instead
  kPlan = 27,           // the plan bytes are no valid plan
  kInvalidArgument = 28,  // misuse of the interface: bad URL, wrong number of values
  kClosed = 29,         // the database or transaction is closed
  kFailedTransaction = 30,  // the transaction has failed and only rollback is possible
  kCommitUnknown = 31,  // COMMIT, or a change on its own, was sent and its answer never came
  kMemory = 32,
  kInternal = 33,
  kForked = 34,         // begun before fork(): it is the parent's
};

inline constexpr ErrorClass kLastErrorClass = ErrorClass::kForked;

// "connection", "unique", …: lower case, one word, for people.
absl::string_view Name(ErrorClass error_class);

struct ErrorDetail {
  ErrorClass error_class = ErrorClass::kInternal;
  std::string sqlstate;     // five characters, or empty
  int32_t native_code = 0;  // errno of MySQL, extended result code of SQLite; 0 for PostgreSQL
  std::string constraint;   // its name, when the server tells
  std::string table;
  std::string column;       // for several: comma separated
  std::string detail;       // the server's own DETAIL, or an unreadable row's key: quotes values, never in a message
  std::string hint;         // what to do
  std::string sql;          // the statement's text with placeholders
  int64_t row = -1;         // for bulk: which row of the call, for an unreadable cell: of the result (0-based)
};

// A Status whose canonical code follows from the class. `message`: lower case, no full stop.
absl::Status MakeError(ErrorClass error_class, absl::string_view message);
absl::Status MakeError(ErrorDetail detail, absl::string_view message);
absl::Status MakeErrorWithHint(ErrorClass error_class, absl::string_view message,
                               absl::string_view hint);

// The detail of `status`, or one made from its canonical code when it carries none. Not for OK.
ErrorDetail DetailOf(const absl::Status& status);
ErrorClass ClassOf(const absl::Status& status);

// A copy of `status` whose detail `edit` has changed; OK stays OK.
template <class F>
absl::Status WithDetail(const absl::Status& status, F edit) {
  if (status.ok()) return status;
  ErrorDetail detail = DetailOf(status);
  edit(detail);
  return MakeError(std::move(detail), status.message());
}

// Whether the connection on which this happened is in an unknown state and must be thrown away.
bool LeavesConnectionInDoubt(ErrorClass error_class);

}  // namespace ferro
