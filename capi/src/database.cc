#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "capi/src/guard.h"
#include "dialects/builtin.h"
#include "engine/base/try.h"
#include "engine/db/listen.h"
#include "engine/runtime/clock.h"

using ferro::capi::BytesOf;
using ferro::capi::CheckHandle;
using ferro::capi::Guard;
using ferro::capi::View;

namespace {

static_assert(FERRO_SUPPORT_NATIVE == static_cast<int>(ferro::sql::Support::kNative) &&
              FERRO_SUPPORT_REWRITTEN == static_cast<int>(ferro::sql::Support::kRewritten) &&
              FERRO_SUPPORT_REFUSED == static_cast<int>(ferro::sql::Support::kRefused));

// Keeps the database alive while its connect operation runs.
ferro::db::Task<absl::Status> Connect(std::shared_ptr<ferro::db::Database> database) {
  co_return co_await database->Connect();
}

ferro::db::Task<absl::Status> Ping(std::shared_ptr<ferro::db::Database> database) {
  co_return co_await database->Ping();
}

ferro::db::Task<absl::Status> Drain(std::shared_ptr<ferro::db::Database> database,
                                    absl::Time deadline, ferro::runtime::Operation& operation) {
  FERRO_CO_ASSIGN(operation.rows_affected, co_await database->pool().Drain(deadline));
  co_return absl::OkStatus();
}

// A password function of the caller's, as the pool calls it.
class Password {
 public:
  Password(ferro_password_ask ask, void* context, void (*release)(void*))
      : ask_(ask), context_(context), release_(release) {}
  Password(Password&& other) noexcept
      : ask_(other.ask_), context_(other.context_), release_(std::exchange(other.release_, nullptr)) {}
  ~Password() {
    if (release_ != nullptr) release_(context_);
  }
  Password& operator=(Password&&) = delete;

  absl::StatusOr<std::string> operator()() const {
    std::string answer;
    const auto give = [](void* to, ferro_bytes text) {
      *static_cast<std::string*>(to) = std::string(View(text));
    };
    if (ask_(context_, give, &answer) != 0) return answer;
    return ferro::MakeError(ferro::ErrorClass::kAuthentication,
                            absl::StrCat("no password could be had: ", answer));
  }

 private:
  const ferro_password_ask ask_;
  void* const context_;
  void (*release_)(void*);  // null once it was moved from
};

}  // namespace

ferro_code ferro_database_open(ferro_bytes url, ferro_database** out_database,
                               ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    ferro::RegisterBuiltinDialects();
    FERRO_ASSIGN(auto database, ferro::db::Database::Open(View(url)));
    *out_database = new ferro_database{std::move(database)};
    return absl::OkStatus();
  });
}

ferro_code ferro_database_connect(ferro_database* database, ferro_operation** out_operation,
                                  ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(database, "database"));
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.Start(Connect(database->database));
    *out_operation = operation.release();
    return absl::OkStatus();
  });
}

void ferro_database_close(ferro_database* database) {
  if (database != nullptr) database->database->Close();
}

ferro_code ferro_database_drain(ferro_database* database, int64_t milliseconds,
                                ferro_operation** out_operation, ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(database, "database"));
    const absl::Time deadline = milliseconds < 0 ? absl::InfiniteFuture()
                                                 : ferro::runtime::Now() + absl::Milliseconds(milliseconds);
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.Start(Drain(database->database, deadline, operation->operation));
    *out_operation = operation.release();
    return absl::OkStatus();
  });
}

ferro_code ferro_database_ping(ferro_database* database, ferro_operation** out_operation,
                               ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(database, "database"));
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.Start(Ping(database->database));
    *out_operation = operation.release();
    return absl::OkStatus();
  });
}

ferro_code ferro_database_set_password(ferro_database* database, ferro_password_ask ask,
                                       void* context, void (*release)(void* context),
                                       ferro_error** error) {
  Password given(ask, context, release);
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(database, "database"));
    const auto password = std::make_shared<const Password>(std::move(given));
    database->database->pool().SetPassword([password] { return (*password)(); });
    return absl::OkStatus();
  });
}

void ferro_database_free(ferro_database* database) {
  ferro_database_close(database);
  delete database;
}

ferro_bytes ferro_database_dialect(const ferro_database* database) {
  return database == nullptr ? ferro_bytes{nullptr, 0} : BytesOf(database->database->dialect().name);
}

ferro_bytes ferro_database_server(const ferro_database* database) {
  if (database == nullptr || database->database->profile() == nullptr) return {nullptr, 0};
  return BytesOf(database->database->server());
}

ferro_code ferro_database_supports(const ferro_database* database, ferro_bytes feature,
                                   int32_t* out_support, ferro_bytes* out_advice,
                                   ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(database, "database"));
    const ferro::sql::DialectProfile* profile = database->database->profile();
    if (profile == nullptr) {
      return ferro::MakeError(ferro::ErrorClass::kInvalidArgument,
                              "the database is not connected yet");
    }
    for (size_t i = 0; i < ferro::sql::kFeatureCount; ++i) {
      const auto candidate = static_cast<ferro::sql::Feature>(i);
      if (Name(candidate) != View(feature)) continue;
      *out_support = static_cast<int32_t>(profile->SupportOf(candidate));
      if (out_advice != nullptr) *out_advice = BytesOf((*profile->features)[i].advice);
      return absl::OkStatus();
    }
    return ferro::MakeErrorWithHint(ferro::ErrorClass::kInvalidArgument,
                                    absl::StrCat("no feature is called \"", View(feature), "\""),
                                    "docs/dialects.md lists them");
  });
}

ferro_code ferro_database_listen(ferro_database* database, const ferro_bytes* channels, size_t count,
                                 ferro_operation** out_operation, ferro_error** error) {
  return Guard(error, [&]() -> absl::Status {
    FERRO_TRY(CheckHandle(database, "database"));
    if (database->database->profile() == nullptr) {
      return ferro::MakeError(ferro::ErrorClass::kInvalidArgument,
                              "the database is not connected yet");
    }
    std::vector<std::string> names;
    for (size_t i = 0; i < count; ++i) names.emplace_back(View(channels[i]));
    auto operation = std::make_unique<ferro_operation>();
    operation->operation.Start(
        ferro::db::Listen(database->database, std::move(names), operation->operation));
    *out_operation = operation.release();
    return absl::OkStatus();
  });
}

void ferro_database_pool(const ferro_database* database, int32_t* out_open, int32_t* out_busy) {
  if (database == nullptr) return;
  const auto statistics = database->database->pool().statistics();
  *out_open = statistics.open;
  *out_busy = statistics.busy;
}

void ferro_database_statistics(const ferro_database* database, ferro_statistics* out_statistics,
                               size_t size) {
  if (database == nullptr) return;
  const ferro::db::Pool::Statistics pool = database->database->pool().statistics();
  const ferro::sql::StatementCache& cache = database->database->statements();
  ferro_statistics found;
  found.idle = pool.idle;
  found.busy = pool.busy;
  found.waiting = pool.waiting;
  found.acquired = pool.acquired;
  found.waits = pool.waits;
  found.timeouts = pool.timeouts;
  found.waited_us = absl::ToInt64Microseconds(pool.waited);
  found.opened = pool.opened;
  found.closed = pool.closed;
  found.longest_busy_us = absl::ToInt64Microseconds(pool.longest_busy);
  found.statements = static_cast<int64_t>(cache.size());
  found.statement_hits = static_cast<int64_t>(cache.hits());
  found.statement_misses = static_cast<int64_t>(cache.misses());
  std::memcpy(out_statistics, &found, std::min(size, sizeof found));
}
