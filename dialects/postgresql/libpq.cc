#include "dialects/postgresql/libpq.h"

#include <dlfcn.h>

#include <type_traits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace ferro::postgresql {
namespace {

absl::string_view View(const char* text) { return text == nullptr ? absl::string_view() : text; }

// A process may hold a second libpq, of another library's: what is wanted is of the one that our calls go to.
Newer FindNewer() {
  Newer found;
  Dl_info ours;
  if (dladdr(reinterpret_cast<const void*>(&PQpipelineSync), &ours) == 0) return found;
  void* const library = dlopen(ours.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return found;
  const auto find = [library](const char* name, auto& function) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
  };
  find("PQsendPipelineSync", found.send_pipeline_sync);
  find("PQsetChunkedRowsMode", found.set_chunked_rows_mode);
  find("PQsendClosePrepared", found.send_close_prepared);
  dlclose(library);  // it was there before, and stays
  return found;
}

}  // namespace

const Newer& NewerLibpq() {
  static const Newer found = FindNewer();
  return found;
}

void Silence(PGconn* connection) {
  PQsetNoticeReceiver(
      connection, [](void*, const PGresult*) {}, nullptr);
}

bool HoldsRows(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE || status == kTuplesChunk;
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
