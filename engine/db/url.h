// Database URLs: scheme://user:password@host:port/database?option=value. Percent-encoding is undone; an unknown
// option is an error that names the known ones. The password is never in a message.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ferro::db {

struct Url {
  std::string scheme;    // "postgresql", "sqlite", "mysql", "mariadb", as written
  std::string user;
  std::string password;
  std::string host;      // empty: the dialect's default; a path starts with '/': a Unix socket's folder or file
  int port = 0;          // 0: the dialect's default
  std::string database;  // for SQLite the file's path, ":memory:" or empty (memory)

  // Options (after '?'), common to all dialects.
  absl::Duration connect_timeout = absl::Seconds(10);
  absl::Duration pool_timeout = absl::Seconds(30);  // for a connection to come free
  absl::Duration statement_timeout = absl::InfiniteDuration();  // for each statement, from its start to its last row
  int pool_size = 10;
  int pool_min = 0;                   // opened by the first connect, and kept when idle
  absl::Duration pool_idle = absl::InfiniteDuration();      // idle for longer: closed, down to pool_min
  absl::Duration pool_lifetime = absl::InfiniteDuration();  // older, less up to a tenth by chance: closed
  std::string pool_check = "quiet";   // before an idle one is used: "never", "quiet" (a look at its socket), "ping"
  std::string pipelining = "on";      // PostgreSQL: reads of an event loop share connections; or "off"
  int statement_cache = 256;          // prepared statements held by each connection
  absl::Duration busy_timeout = absl::Seconds(5);  // SQLite: how long to wait for a lock
  std::string journal_mode;           // SQLite: "wal", "delete", …; empty: as the file has it
  std::string synchronous;            // SQLite: "off", "normal", "full"; empty: the library's default
  std::string application_name;       // PostgreSQL
  std::string pooler = "none";        // what lends sessions: "none", or "transaction" (PostgreSQL, as pgbouncer does)
  std::string tls = "prefer";         // "disable", "prefer", "require", "verify-ca", "verify-full"
  std::string tls_ca;                 // path of the certificate authority's file
  std::string tls_cert;               // path of the client's certificate, and
  std::string tls_key;                // of its key

  // `text` without its password, for messages and logs.
  std::string Redacted() const;
};

// ErrorClass::kInvalidArgument with a hint when `text` is no URL we understand.
//   sqlite:relative.db  sqlite:///relative.db  sqlite:////absolute.db  sqlite::memory:  sqlite://
absl::StatusOr<Url> ParseUrl(absl::string_view text);

}  // namespace ferro::db
