#include "dialects/mysql/client.h"

#include <errmsg.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dialects/mysql/errors.h"
#include "dialects/mysql/tls_errors.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/runtime/apart.h"
#include "engine/runtime/clock.h"

namespace ferro::mysql {
namespace {

using runtime::Wait;
using runtime::WaitFor;

// What a call that was left has given.
void Forget(MYSQL_RES* result) { mysql_free_result(result); }
void Forget(int) {}
void Forget(my_bool) {}

void InitLibrary() {
  // Not thread-safe by itself. mysql_thread_init does nothing in this library: no thread of ours
  // needs it.
  static std::once_flag once;
  std::call_once(once, [] { mysql_server_init(0, nullptr, nullptr); });
}

// "10.11.19-MariaDB-0+deb12u1", "9.7.4-2".
ServerVersion ParseVersion(absl::string_view text) {
  ServerVersion version;
  version.product = absl::StrContains(absl::AsciiStrToLower(text), "mariadb") ? Product::kMariadb
                                                                              : Product::kMysql;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::ByAnyChar(".-"));
  int* const numbers[] = {&version.major, &version.minor, &version.patch};
  for (size_t i = 0; i < std::size(numbers) && i < parts.size(); ++i) {
    if (!absl::SimpleAtoi(parts[i], numbers[i])) break;
  }
  return version;
}

// Who names an authority wants it checked.
absl::string_view TlsMode(const db::Url& url) {
  return url.tls == "prefer" && !url.tls_ca.empty() ? absl::string_view("verify-full") : url.tls;
}

bool Verifies(const db::Url& url) {
  const absl::string_view mode = TlsMode(url);
  return mode == "verify-ca" || mode == "verify-full";
}

bool IsSocketPath(const db::Url& url) { return absl::StartsWith(url.host, "/"); }

// A peer that is gone without a word is noticed within about a minute, as on PostgreSQL. The library asks for keepalive,
// with the system's two hours. Where the system has no such option the network is as it is.
void NoticeSilence(int fd) {
  const std::pair<int, int> options[] = {
      {TCP_KEEPIDLE, 30}, {TCP_KEEPINTVL, 10}, {TCP_KEEPCNT, 3}, {TCP_USER_TIMEOUT, 30'000}};
  for (const auto& [name, value] : options) setsockopt(fd, IPPROTO_TCP, name, &value, sizeof value);
}

}  // namespace

Client::Client() {
  InitLibrary();
  mysql_ = mysql_init(nullptr);
}

// While a call is suspended inside the library, on a stack of its own. When the task that waits for it is destroyed, or too
// late, the call is left to the client, to be ended by Drain() or Close().
template <class Result, class Continue>
class Client::Suspended {
 public:
  Suspended(Client& client, Continue& next, Result& result)
      : client_(client), next_(next), result_(result) {}
  Suspended(const Suspended&) = delete;
  Suspended& operator=(const Suspended&) = delete;
  ~Suspended() {
    if (events == 0) return;
    client_.left_ = events;
    const auto go_on = [next = next_, result = result_](int ready) mutable {
      const int more = next(&result, ready);
      if (more == 0) Forget(result);
      return more;
    };
    // std::function keeps it within itself then, so that this destructor takes no memory.
    static_assert(sizeof go_on <= 2 * sizeof(void*) && std::is_trivially_copyable_v<decltype(go_on)>);
    client_.go_on_ = go_on;
  }

  int events = 0;

 private:
  Client& client_;
  Continue& next_;
  Result& result_;
};

runtime::WaitFor Client::Events(int events) const {
  Wait wait;
  wait.fd = mysql_get_socket(mysql_);
  wait.read = (events & MYSQL_WAIT_READ) != 0;
  wait.write = (events & MYSQL_WAIT_WRITE) != 0;
  if ((events & MYSQL_WAIT_TIMEOUT) != 0) {
    wait.deadline = runtime::Now() + absl::Milliseconds(mysql_get_timeout_value_ms(mysql_));
  }
  return WaitFor(wait);
}

// Runs start(&result), which gives the events to wait for (0: done), and next(&result, events)
// until it is done.
template <class Result, class Start, class Continue, class Finish>
Task<absl::Status> Client::Await(Result initial, Start start, Continue next, Finish finish) {
  Result result = initial;
  Suspended<Result, Continue> call(*this, next, result);
  ForgetTlsErrors();
  call.events = start(&result);
  while (call.events != 0) {
    if (absl::Status ready = co_await Events(call.events); !ready.ok()) co_return ready;
    ForgetTlsErrors();
    call.events = next(&result, call.events & ~MYSQL_WAIT_TIMEOUT);
  }
  co_return finish(result);
}

absl::Status Client::Fail(MYSQL* mysql) {
  const NativeError error = ErrorOf(mysql);
  if (BreaksSession(error, version_.product)) broken_ = lost_ = true;
  return MakeServerError(error, version_.product);
}

absl::Status Client::Fail(MYSQL_STMT* statement) {
  NativeError error = ErrorOf(statement);
  // Some calls leave the reason on the connection only.
  if (error.code == CR_UNKNOWN_ERROR && mysql_errno(mysql_) != 0) error = ErrorOf(mysql_);
  // The table was altered: the session is sound, the statement must be prepared again.
  if (error.code != CR_NEW_STMT_METADATA && BreaksSession(error, version_.product)) {
    broken_ = lost_ = true;
  }
  return MakeServerError(error, version_.product);
}

absl::Status Client::Configure(const db::Url& url, absl::Time deadline) {
  if (mysql_ == nullptr) return MakeError(ErrorClass::kMemory, "no memory for a connection");
  const bool known =
      url.tls == "disable" || url.tls == "prefer" || url.tls == "require" || Verifies(url);
  if (!known) {
    return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                             "the URL's option tls has an unknown value",
                             "one of disable, prefer, require, verify-ca, verify-full");
  }
  if (url.tls == "verify-ca" && url.tls_ca.empty()) {
    return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                             "tls=verify-ca needs the certificate authority to trust",
                             "give its file as tls_ca");
  }

  // Where nonblocking calls run. TLS reads and writes on it, too.
  const size_t stack = 256 * 1024;
  int failed = mysql_optionsv(mysql_, MYSQL_OPT_NONBLOCK, &stack);
  failed |= mysql_optionsv(mysql_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  const unsigned int off = 0;
  failed |= mysql_optionsv(mysql_, MYSQL_OPT_LOCAL_INFILE, &off);
  const my_bool no = 0;
  failed |= mysql_optionsv(mysql_, MYSQL_OPT_RECONNECT, &no);
  const unsigned int protocol = IsSocketPath(url) ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
  failed |= mysql_optionsv(mysql_, MYSQL_OPT_PROTOCOL, &protocol);

  if (deadline != absl::InfiniteFuture()) {
    const double seconds = absl::ToDoubleSeconds(deadline - runtime::Now());
    const unsigned int timeout = static_cast<unsigned int>(std::clamp(std::ceil(seconds), 1.0, 1e6));
    failed |= mysql_optionsv(mysql_, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
  }

  const bool use_tls = url.tls != "disable" && !IsSocketPath(url);
  const my_bool enforce = use_tls ? 1 : 0;
  failed |= mysql_optionsv(mysql_, MYSQL_OPT_SSL_ENFORCE, &enforce);
  if (use_tls && !url.tls_ca.empty()) {
    failed |= mysql_optionsv(mysql_, MYSQL_OPT_SSL_CA, url.tls_ca.c_str());
  }
  if (use_tls && !url.tls_cert.empty()) {
    failed |= mysql_optionsv(mysql_, MYSQL_OPT_SSL_CERT, url.tls_cert.c_str());
    failed |= mysql_optionsv(mysql_, MYSQL_OPT_SSL_KEY, url.tls_key.c_str());
  }
  // Up to 3.3 the library checks a given authority without this flag, which adds the host's name.
  // From 3.4 on nothing is checked without it: verify-ca is then as strict as verify-full.
  const bool flag_means_any_check = mysql_get_client_version() >= 30400;
  const my_bool verify =
      use_tls && (TlsMode(url) == "verify-full" || (url.tls == "verify-ca" && flag_means_any_check))
          ? 1
          : 0;
  failed |= mysql_optionsv(mysql_, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
  // The plugin that sends the password in the clear is for verified peers only, whatever the server
  // asks for.
  const char* const plugins = Verifies(url)
                                  ? "mysql_native_password,caching_sha2_password,sha256_password,"
                                    "client_ed25519,mysql_clear_password,auth_gssapi_client"
                                  : "mysql_native_password,caching_sha2_password,sha256_password,"
                                    "client_ed25519,auth_gssapi_client";
  failed |= mysql_optionsv(mysql_, MARIADB_OPT_RESTRICTED_AUTH, plugins);
  if (failed != 0) return MakeError(ErrorClass::kInternal, "the client library refused an option");
  return absl::OkStatus();
}

absl::Status Client::CheckConnected(const db::Url& url) {
  version_ = ParseVersion(mysql_get_server_info(mysql_));
  // The library made the socket blocking again. Plain sockets it asks not to wait by a flag, TLS it
  // cannot.
  const my_socket fd = mysql_get_socket(mysql_);
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
    broken_ = true;
    return MakeError(ErrorClass::kInternal, "cannot make the socket nonblocking");
  }
  if (!IsSocketPath(url)) NoticeSilence(fd);
  // The library goes on without TLS when the server has none and no name is to be verified.
  const bool needs_tls = (url.tls == "require" || Verifies(url)) && !IsSocketPath(url);
  if (needs_tls && mysql_get_ssl_cipher(mysql_) == nullptr) {
    broken_ = true;
    return MakeErrorWithHint(
        ErrorClass::kConnection,
        absl::StrCat(Endpoint(url), " offers no TLS and tls=", TlsMode(url), " asks for it"),
        "set up a certificate on the server, or give tls=prefer");
  }
  return absl::OkStatus();
}

namespace {

// A login, which the library cannot do without blocking: it looks names up, and shakes hands over TLS. It owns all that it
// touches, because the operation may leave while it is under way.
struct Login {
  ~Login() {
    if (mysql != nullptr) mysql_close(mysql);
  }

  absl::Status Run() {
    const bool socket = IsSocketPath(url);
    const char* const host = socket ? nullptr : url.host.empty() ? "127.0.0.1" : url.host.c_str();
    const unsigned int port = static_cast<unsigned int>(url.port == 0 ? 3306 : url.port);
    ForgetTlsErrors();
    const bool done = mysql_real_connect(mysql, host, url.user.c_str(), url.password.c_str(),
                                         url.database.empty() ? nullptr : url.database.c_str(), port,
                                         socket ? url.host.c_str() : nullptr,
                                         CLIENT_FOUND_ROWS | CLIENT_REMEMBER_OPTIONS) != nullptr;
    return done ? absl::OkStatus() : MakeConnectError(ErrorOf(mysql), url);
  }

  MYSQL* mysql = nullptr;
  db::Url url;
};

}  // namespace

Task<absl::Status> Client::Connect(const db::Url& url, absl::Time deadline) {
  FERRO_CO_TRY(Configure(url, deadline));
  const auto login = std::make_shared<Login>();
  login->mysql = std::exchange(mysql_, nullptr);
  login->url = url;
  broken_ = true;
  std::function<absl::Status()> job = [login] { return login->Run(); };
  const absl::Status status = co_await runtime::RunApart(std::move(job), deadline);
  if (!status.ok()) {
    if (runtime::Now() < deadline) co_return status;
    co_return MakeErrorWithHint(ErrorClass::kConnection,
                                absl::StrCat("cannot connect to ", Endpoint(url), ": no answer in time"),
                                "is the host reachable? the option connect_timeout sets the limit");
  }
  mysql_ = std::exchange(login->mysql, nullptr);
  broken_ = false;
  co_return CheckConnected(url);
}

Task<absl::Status> Client::Query(absl::string_view text) {
  MYSQL* const mysql = mysql_;
  // The call may be left while it sends.
  text_.assign(text.data(), text.size());
  const absl::string_view sql = text_;
  in_text_ = true;
  const auto finish = [this](int failed) { return failed != 0 ? Fail(mysql_) : absl::OkStatus(); };
  FERRO_CO_TRY(co_await Await(
      0,
      [=](int* result) {
        return mysql_real_query_start(result, mysql, sql.data(),
                                      static_cast<unsigned long>(sql.size()));
      },
      [=](int* result, int events) { return mysql_real_query_cont(result, mysql, events); },
      finish));
  co_return co_await TakeResults();
}

Task<absl::Status> Client::TakeResults() {
  MYSQL* const mysql = mysql_;
  while (true) {
    if (mysql_field_count(mysql) != 0 && mysql->status == MYSQL_STATUS_GET_RESULT) {
      FERRO_CO_TRY(co_await Await(
          static_cast<MYSQL_RES*>(nullptr),
          [=](MYSQL_RES** result) { return mysql_store_result_start(result, mysql); },
          [=](MYSQL_RES** result, int events) {
            return mysql_store_result_cont(result, mysql, events);
          },
          [this](MYSQL_RES* result) {
            if (result == nullptr) return Fail(mysql_);
            mysql_free_result(result);
            return absl::OkStatus();
          }));
    }
    if (!mysql_more_results(mysql)) {
      in_text_ = false;
      co_return absl::OkStatus();
    }
    FERRO_CO_TRY(co_await Await(
        0, [=](int* result) { return mysql_next_result_start(result, mysql); },
        [=](int* result, int events) { return mysql_next_result_cont(result, mysql, events); },
        [this](int result) { return result > 0 ? Fail(mysql_) : absl::OkStatus(); }));
  }
}

Task<absl::StatusOr<std::vector<std::string>>> Client::QueryRow(absl::string_view text) {
  MYSQL* const mysql = mysql_;
  text_.assign(text.data(), text.size());
  const absl::string_view sql = text_;
  in_text_ = true;
  std::vector<std::string> row;
  std::vector<std::string>* const out = &row;
  FERRO_CO_TRY(co_await Await(
      0,
      [=](int* result) {
        return mysql_real_query_start(result, mysql, sql.data(),
                                      static_cast<unsigned long>(sql.size()));
      },
      [=](int* result, int events) { return mysql_real_query_cont(result, mysql, events); },
      [this](int failed) { return failed != 0 ? Fail(mysql_) : absl::OkStatus(); }));
  FERRO_CO_TRY(co_await Await(
      static_cast<MYSQL_RES*>(nullptr),
      [=](MYSQL_RES** result) { return mysql_store_result_start(result, mysql); },
      [=](MYSQL_RES** result, int events) {
        return mysql_store_result_cont(result, mysql, events);
      },
      [this, out](MYSQL_RES* result) {
        if (result == nullptr) return Fail(mysql_);
        const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> owned(result, mysql_free_result);
        const unsigned int columns = mysql_num_fields(result);
        if (const MYSQL_ROW cells = mysql_fetch_row(result)) {
          const unsigned long* const lengths = mysql_fetch_lengths(result);
          for (unsigned int i = 0; i < columns; ++i) {
            out->emplace_back(cells[i] == nullptr ? "" : cells[i],
                              cells[i] == nullptr ? 0 : lengths[i]);
          }
        }
        return absl::OkStatus();
      }));
  in_text_ = false;
  co_return std::move(row);
}

MYSQL_STMT* Client::NewStatement() { return mysql_stmt_init(mysql_); }

Task<absl::Status> Client::Prepare(MYSQL_STMT* statement, absl::string_view text) {
  text_.assign(text.data(), text.size());
  const absl::string_view sql = text_;
  in_text_ = false;
  return Await(
      0,
      [=](int* result) {
        return mysql_stmt_prepare_start(result, statement, sql.data(),
                                        static_cast<unsigned long>(sql.size()));
      },
      [=](int* result, int events) { return mysql_stmt_prepare_cont(result, statement, events); },
      [this, statement](int failed) { return failed != 0 ? Fail(statement) : absl::OkStatus(); });
}

Task<absl::Status> Client::Execute(MYSQL_STMT* statement) {
  return Await(
      0, [=](int* result) { return mysql_stmt_execute_start(result, statement); },
      [=](int* result, int events) { return mysql_stmt_execute_cont(result, statement, events); },
      [this, statement](int failed) { return failed != 0 ? Fail(statement) : absl::OkStatus(); });
}

Task<absl::Status> Client::StoreResult(MYSQL_STMT* statement) {
  return Await(
      0, [=](int* result) { return mysql_stmt_store_result_start(result, statement); },
      [=](int* result, int events) {
        return mysql_stmt_store_result_cont(result, statement, events);
      },
      [this, statement](int failed) { return failed != 0 ? Fail(statement) : absl::OkStatus(); });
}

int Client::BeginFetch(MYSQL_STMT* statement, int& result) {
  ForgetTlsErrors();
  return mysql_stmt_fetch_start(&result, statement);
}

Task<absl::Status> Client::EndFetch(MYSQL_STMT* statement, int events, int& result) {
  int* const out = &result;
  return Await(
      0, [=](int*) { return events; },
      [=](int* fetched, int ready) { return mysql_stmt_fetch_cont(fetched, statement, ready); },
      [out](int fetched) {
        *out = fetched;
        return absl::OkStatus();
      });
}

absl::StatusOr<absl::string_view> Client::RowOf(MYSQL_STMT* statement, int result) {
  if (result == MYSQL_NO_DATA) return absl::string_view();
  if (result != 0 && result != MYSQL_DATA_TRUNCATED) return Fail(statement);
  const NET& net = mysql_->net;
  return absl::string_view(reinterpret_cast<const char*>(net.read_pos),
                           static_cast<size_t>(net.buff_end - net.read_pos));
}

Task<absl::Status> Client::FreeResult(MYSQL_STMT* statement) {
  return Await(
      my_bool{0}, [=](my_bool* result) { return mysql_stmt_free_result_start(result, statement); },
      [=](my_bool* result, int events) {
        return mysql_stmt_free_result_cont(result, statement, events);
      },
      [this, statement](my_bool failed) {
        return failed != 0 ? Fail(statement) : absl::OkStatus();
      });
}

Task<absl::Status> Client::StoreNextResult(MYSQL_STMT* statement) {
  FERRO_CO_TRY(co_await Await(
      0, [=](int* result) { return mysql_stmt_next_result_start(result, statement); },
      [=](int* result, int events) {
        return mysql_stmt_next_result_cont(result, statement, events);
      },
      [this, statement](int result) { return result > 0 ? Fail(statement) : absl::OkStatus(); }));
  if (mysql_stmt_field_count(statement) == 0) co_return absl::OkStatus();
  co_return co_await StoreResult(statement);
}

Task<absl::Status> Client::CloseStatement(MYSQL_STMT* statement) {
  return Await(
      my_bool{0}, [=](my_bool* result) { return mysql_stmt_close_start(result, statement); },
      [=](my_bool* result, int events) { return mysql_stmt_close_cont(result, statement, events); },
      // The statement is gone either way; a session that broke meanwhile shows in the next call.
      [this](my_bool failed) {
        if (failed != 0 && mysql_errno(mysql_) != 0) return Fail(mysql_);
        return absl::OkStatus();
      });
}

Task<absl::Status> Client::Drain() {
  while (left_ != 0) {
    if (absl::Status ready = co_await Events(left_); !ready.ok()) co_return ready;
    ForgetTlsErrors();
    left_ = go_on_(left_ & ~MYSQL_WAIT_TIMEOUT);
  }
  go_on_ = nullptr;
  if (in_text_) FERRO_CO_TRY(co_await TakeResults());
  co_return absl::OkStatus();
}

void Client::Close() {
  if (mysql_ == nullptr) return;
  if (!born_.here()) {
    // The parent's: neither a word nor a shutdown may reach its socket.
    mysql_ = nullptr;
    left_ = 0;
    new std::function<int(int)>(std::move(go_on_));
    return;
  }
  // mysql_close says goodbye with a blocking send. On a session in doubt the peer may never read
  // it. A call that was left is told that its time is up until it has unwound, and cannot block either.
  if (broken()) {
    const my_socket fd = mysql_get_socket(mysql_);
    if (fd >= 0) shutdown(fd, SHUT_RDWR);
  }
  for (int i = 0; i < 256 && left_ != 0; ++i) left_ = go_on_(MYSQL_WAIT_TIMEOUT);
  left_ = 0;
  go_on_ = nullptr;
  mysql_close(std::exchange(mysql_, nullptr));
  broken_ = true;
}

bool Client::in_transaction() const {
  unsigned int status = 0;
  if (mysql_ == nullptr ||
      mariadb_get_infov(mysql_, MARIADB_CONNECTION_SERVER_STATUS, &status) != 0) {
    return false;
  }
  return (status & SERVER_STATUS_IN_TRANS) != 0;
}

}  // namespace ferro::mysql
