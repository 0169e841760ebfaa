// Ownership of what libpq allocates, and the two or three questions about a PGconn that everybody
// asks. Nothing here waits or interprets.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace ferro::postgresql {

struct FinishConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};

using ConnectionHandle = std::unique_ptr<PGconn, FinishConnection>;
// Becomes a shared_ptr where cells point into the result.
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

// Keeps libpq from printing the server's notices to stderr.
void Silence(PGconn* connection);

// Whether a result is rows: all of them or, read in parts, some, after which comes one without any.
bool HoldsRows(const PGresult* result);

// A field of an error result; empty when the server did not send it.
absl::string_view ErrorField(const PGresult* result, int field);

// libpq's text about the last failure, on one line without its decoration.
std::string LastMessage(const PGconn* connection);

// "host:port", or the socket's path: never the user or the password.
std::string Address(const PGconn* connection);

}  // namespace ferro::postgresql
