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

// What libpq has since 17, as the library that is in use has it, whatever this was compiled with; null where it has not.
struct Newer {
  int (*send_pipeline_sync)(PGconn*) = nullptr;                  // ends a statement without writing at once
  int (*set_chunked_rows_mode)(PGconn*, int rows) = nullptr;     // after which results are kTuplesChunk
  int (*send_close_prepared)(PGconn*, const char* name) = nullptr;
};
const Newer& NewerLibpq();
inline constexpr auto kTuplesChunk = static_cast<ExecStatusType>(12);  // PGRES_TUPLES_CHUNK

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
