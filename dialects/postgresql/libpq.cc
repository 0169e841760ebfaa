#include "dialects/postgresql/libpq.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace ferro::postgresql {
namespace {

absl::string_view View(const char* text) { return text == nullptr ? absl::string_view() : text; }

}  // namespace

void Silence(PGconn* connection) {
  PQsetNoticeReceiver(
      connection, [](void*, const PGresult*) {}, nullptr);
}

bool HoldsRows(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
#ifdef LIBPQ_HAS_CHUNK_MODE
  if (status == PGRES_TUPLES_CHUNK) return true;
#endif
  return status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
}

absl::string_view ErrorField(const PGresult* result, int field) {
  return View(PQresultErrorField(result, field));
}

std::string LastMessage(const PGconn* connection) {
  absl::string_view text = absl::StripAsciiWhitespace(View(PQerrorMessage(connection)));
  // What follows the first line are guesses ("This probably means …").
  return std::string(absl::StripAsciiWhitespace(text.substr(0, text.find('\n'))));
}

std::string Address(const PGconn* connection) {
  const absl::string_view host = View(PQhost(connection));
  const absl::string_view port = View(PQport(connection));
  if (!host.empty() && host.front() == '/') return absl::StrCat(host, "/.s.PGSQL.", port);
  if (host.find(':') != absl::string_view::npos) return absl::StrCat("[", host, "]:", port);
  return absl::StrCat(host, ":", port);
}

}  // namespace ferro::postgresql
