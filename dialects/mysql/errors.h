// What MySQL, MariaDB and their client library report, as our errors: the class by the native code
// first (both servers give useless SQLSTATEs for CHECK and ENUM failures), names taken out of the
// message, and a message that is made anew because theirs quote values. The server's own text goes
// into ErrorDetail.detail only.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/error.h"
#include "engine/base/version.h"
#include "engine/db/url.h"

namespace ferro::mysql {

struct NativeError {
  int32_t code = 0;
  std::string sqlstate;
  std::string text;  // in English: the session says so
};

NativeError ErrorOf(MYSQL* mysql);
NativeError ErrorOf(MYSQL_STMT* statement);

// Codes above 3000 mean different things on the two servers, hence `product`.
ErrorClass Classify(const NativeError& error, Product product);

// Whether the session is over, or cannot be trusted, after `error`.
bool BreaksSession(const NativeError& error, Product product);

// Of a statement.
absl::Status MakeServerError(const NativeError& error, Product product);

// "127.0.0.1:3306", or the path of the socket.
std::string Endpoint(const db::Url& url);

// Of an attempt to connect; never names the password.
absl::Status MakeConnectError(const NativeError& error, const db::Url& url);

}  // namespace ferro::mysql
