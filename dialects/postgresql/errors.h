// What PostgreSQL's errors mean: SQLSTATE to ErrorClass, and a Status from an error result.
// Messages lose the values that the server quotes in them; its DETAIL stays apart, in
// ErrorDetail::detail.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dialects/postgresql/libpq.h"
#include "engine/base/error.h"

namespace ferro::postgresql {

struct StateRow {
  absl::string_view state;  // five characters, or the first two for a whole class
  ErrorClass error_class;
};

// Sorted by `state`, for the binary search and its test.
std::span<const StateRow> StateTable();

// By the whole state, else by its first two characters, else kInternal.
ErrorClass ClassOfState(absl::string_view state);

// `message` of an error with `state`, on one line. Data exceptions (22) quote the value they
// refuse: cut out.
std::string WithoutValues(absl::string_view state, absl::string_view message);

// Of a PGRES_FATAL_ERROR. A result without SQLSTATE is libpq's own: the connection was lost.
absl::Status StatementError(const PGconn* connection, const PGresult* result,
                            absl::string_view sql);

// Why a prepared statement cannot be run as it is.
enum class RefusedPlan : uint8_t {
  kNone,
  kStale,  // a table was altered since: "cached plan must not change result type"
  kGone,   // the server does not know it
};
RefusedPlan RefusedPlanOf(const PGresult* result);

// The connection broke (or libpq ran out of memory) while something was sent or awaited.
absl::Status LostConnection(const PGconn* connection, absl::string_view sql);

// After a failed connection attempt made with PQERRORS_VERBOSE, which puts the SQLSTATE into the
// text.
absl::Status ConnectError(const PGconn* connection);

// The parts of such a text, for ConnectError and its test.
struct ConnectFailure {
  std::string state;   // empty when libpq or the system failed, not the server
  std::string reason;  // one line
};
ConnectFailure ParseConnectFailure(absl::string_view text);

// The columns in "Key (a, b)=(…) already exists.", as "a,b"; empty when they are not plain names.
std::string KeyColumns(absl::string_view detail);

// The row, from 0, that a COPY into `table` was at, from an error's context; -1 when that does not say (the triggers of
// foreign keys run after the rows; other languages than English).
int64_t CopiedRow(absl::string_view context, absl::string_view table);

}  // namespace ferro::postgresql
