// Connecting: URL to libpq's parameters, and the handshake step by step without blocking. Names of
// hosts are resolved before, because libpq would block in its first step.
#include "dialects/postgresql/driver.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dialects/postgresql/connection.h"
#include "dialects/postgresql/errors.h"
#include "dialects/postgresql/libpq.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/runtime/clock.h"
#include "engine/runtime/resolve.h"

namespace ferro::postgresql {
namespace {

// Keywords and values in the two parallel arrays that libpq takes: no quoting, so nothing to
// escape.
class Parameters {
 public:
  void Add(const char* keyword, std::string value) {
    keywords_.push_back(keyword);
    texts_.push_back(std::move(value));
  }
  // Without a value libpq looks at its environment and its own default.
  void AddIfSet(const char* keyword, const std::string& value) {
    if (!value.empty()) Add(keyword, value);
  }
  ConnectionHandle Start() {
    std::vector<const char*> values;
    for (const std::string& text : texts_) values.push_back(text.c_str());
    values.push_back(nullptr);
    keywords_.push_back(nullptr);
    return ConnectionHandle(PQconnectStartParams(keywords_.data(), values.data(), 0));
  }

 private:
  std::vector<const char*> keywords_;
  std::vector<std::string> texts_;
};

// A certificate authority without a mode means that it shall be believed, not ignored.
std::string SslMode(const db::Url& url) {
  return url.tls == "prefer" && !url.tls_ca.empty() ? "verify-full" : url.tls;
}

bool IsPooled(const db::Url& url) { return url.pooler == "transaction"; }

// `addresses` are those of the URL's host, to be tried in turn; the name goes with each, for TLS and .pgpass.
Parameters ParametersOf(const db::Url& url, const std::vector<std::string>& addresses) {
  Parameters parameters;
  if (addresses.empty()) {
    parameters.AddIfSet("host", url.host);
  } else {
    const std::vector<std::string> names(addresses.size(), url.host);
    parameters.Add("host", absl::StrJoin(names, ","));
    parameters.Add("hostaddr", absl::StrJoin(addresses, ","));
  }
  if (url.port != 0) parameters.Add("port", absl::StrCat(url.port));
  parameters.AddIfSet("user", url.user);
  parameters.AddIfSet("password", url.password);
  parameters.AddIfSet("dbname", url.database);
  parameters.AddIfSet("sslmode", SslMode(url));
  parameters.AddIfSet("sslrootcert", url.tls_ca);
  parameters.AddIfSet("sslcert", url.tls_cert);
  parameters.AddIfSet("sslkey", url.tls_key);
  parameters.Add("application_name",
                 url.application_name.empty() ? "pyferro" : url.application_name);
  parameters.Add("client_encoding", "UTF8");
  // As startup options rather than SET: they cost no round trip, and RESET and pooled sessions keep
  // them.
  if (!IsPooled(url)) {
    parameters.Add("options",
                   "-c timezone=UTC -c DateStyle=ISO -c IntervalStyle=postgres "
                   "-c standard_conforming_strings=on");
  }
  // A peer that is gone without a word is noticed within about a minute.
  parameters.Add("keepalives", "1");
  parameters.Add("keepalives_idle", "30");
  parameters.Add("keepalives_interval", "10");
  parameters.Add("keepalives_count", "3");
  parameters.Add("tcp_user_timeout", "30000");
  return parameters;
}

absl::Status NotInTime(const PGconn* connection) {
  return MakeErrorWithHint(
      ErrorClass::kConnection,
      absl::StrCat("cannot connect to PostgreSQL at ", Address(connection), ": no answer in time"),
      "is the host reachable? the option connect_timeout sets the limit");
}

class PostgresqlDriver final : public db::Driver {
 public:
  bool works_pooled() const override { return true; }

  db::Task<absl::StatusOr<std::unique_ptr<db::Connection>>> Connect(const db::Url& url,
                                                                    absl::Time deadline) override {
    const auto statement_cache = static_cast<size_t>(std::max(url.statement_cache, 0));
    std::vector<std::string> addresses;
    const bool is_name = !url.host.empty() && url.host[0] != '/' && !runtime::IsAddress(url.host);
    if (is_name && !(co_await runtime::ThisContext()).blocking) {
      FERRO_CO_ASSIGN(addresses, co_await runtime::Resolve(url.host, deadline));
    }
    Parameters parameters = ParametersOf(url, addresses);
    ConnectionHandle handle = parameters.Start();
    if (handle == nullptr) co_return MakeError(ErrorClass::kMemory, "out of memory");
    Silence(handle.get());
    PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);  // ConnectError wants the SQLSTATE
    if (PQstatus(handle.get()) == CONNECTION_BAD) co_return ConnectError(handle.get());

    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    while (step != PGRES_POLLING_OK) {
      const int fd = PQsocket(handle.get());  // another one for each address
      if (step == PGRES_POLLING_FAILED || fd < 0) co_return ConnectError(handle.get());
      runtime::Wait wait;
      wait.fd = fd;
      wait.read = step == PGRES_POLLING_READING;
      wait.write = !wait.read;
      wait.deadline = deadline;
      const absl::Status ready = co_await runtime::WaitFor(wait);
      if (!ready.ok()) {
        if (runtime::Now() < deadline) co_return ready;  // the whole operation's deadline
        co_return NotInTime(handle.get());
      }
      step = PQconnectPoll(handle.get());
    }
    if (PQsetnonblocking(handle.get(), 1) != 0) co_return ConnectError(handle.get());
    auto made = std::make_unique<PostgresqlConnection>(std::move(handle), statement_cache, IsPooled(url));
    if (IsPooled(url)) {
      runtime::Context& context = co_await runtime::ThisContext();
      const absl::Time outer = std::exchange(context.deadline, std::min(context.deadline, deadline));
      absl::Status ready = co_await made->SetUpPooled();
      context.deadline = outer;
      if (!ready.ok()) co_return ready;
    }
    co_return made;
  }

  // A pooler that lends a session for each statement would wait for the first to end.
  bool pipelines(const db::Url& url) const override {
    return url.pipelining == "on" && url.statement_cache > 0 && !IsPooled(url);
  }
};

}  // namespace

std::unique_ptr<db::Driver> MakeDriver() { return std::make_unique<PostgresqlDriver>(); }

}  // namespace ferro::postgresql
