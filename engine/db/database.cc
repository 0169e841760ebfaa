#include "engine/db/database.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/registry.h"
#include "engine/db/until.h"

namespace ferro::db {
namespace {

// A database in memory, seen from a child by fork().
class LeftBehind final : public Driver {
 public:
  Task<absl::StatusOr<std::unique_ptr<Connection>>> Connect(const Url&, absl::Time) override {
    co_return MakeErrorWithHint(ErrorClass::kForked, "the database is in the memory of the parent process",
                                "connect after fork(), or keep it in a file");
  }
};

std::string KnownSchemes() {
  std::vector<absl::string_view> schemes;
  for (const sql::Dialect* dialect : AllDialects()) {
    if (dialect->make_driver == nullptr) continue;
    schemes.insert(schemes.end(), dialect->schemes.begin(), dialect->schemes.end());
  }
  std::sort(schemes.begin(), schemes.end());
  return absl::StrJoin(schemes, ", ");
}

}  // namespace

absl::StatusOr<std::shared_ptr<Database>> Database::Open(absl::string_view text) {
  FERRO_ASSIGN(const Url url, ParseUrl(text));
  const sql::Dialect* dialect = DialectForScheme(url.scheme);
  if (dialect == nullptr || dialect->make_driver == nullptr) {
    return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                             absl::StrCat("no database is known by the scheme \"", url.scheme, "\""),
                             absl::StrCat("known schemes: ", KnownSchemes()));
  }
  if (url.pooler != "none" && !dialect->make_driver()->works_pooled()) {
    return MakeErrorWithHint(ErrorClass::kUnsupported,
                             absl::StrCat("pooler=", url.pooler, " is for PostgreSQL; this is ", url.scheme),
                             "leave pooler out: a proxy that keeps a session for each client needs nothing");
  }
  return std::make_shared<Database>(*dialect, url);
}

Database::Database(const sql::Dialect& dialect, const Url& url)
    : dialect_(dialect),
      url_(url),
      pool_(std::make_shared<Pool>(dialect.make_driver(), url)),
      current_(pool_.get()) {}

Database::~Database() {
  Pool* const pool = current_.load(std::memory_order_acquire);
  if (pool->here()) pool->Close();
  if (!pool_->here()) new std::shared_ptr<Pool>(std::move(pool_));  // never destroyed: see pool()
}

// Without a lock, which could have been held when the process forked. One pool for each fork() is never freed.
Pool* Database::Renew(Pool* old) const {
  std::unique_ptr<Driver> driver = dialect_.make_driver();
  // What only one connection can have is in its memory.
  if (driver->max_connections(url_) == 1) driver = std::make_unique<LeftBehind>();
  auto* const fresh = new std::shared_ptr<Pool>(std::make_shared<Pool>(std::move(driver), url_));
  (*fresh)->SetPassword(old->password());
  if (current_.compare_exchange_strong(old, fresh->get(), std::memory_order_acq_rel)) return fresh->get();
  delete fresh;
  return old;
}

void Database::Meet(const Connection& connection) {
  const MutexLock lock(mutex_);
  if (found_ != nullptr) return;
  const ServerVersion version = connection.version();
  server_ = version.ToString();
  found_ = std::make_unique<const sql::DialectProfile>(dialect_.resolve(version));
  profile_.store(found_.get(), std::memory_order_release);
}

Task<absl::Status> Database::Connect() {
  FERRO_CO_ASSIGN(Lease lease, co_await pool().Acquire());
  Meet(*lease);
  lease = Lease();
  co_return co_await pool().WarmUp();
}

Task<absl::Status> Database::Ping() {
  FERRO_CO_ASSIGN(const Lease lease, co_await pool().Acquire());
  // Who asks whether the server is there does not wait for one that is not.
  const Until until(co_await runtime::ThisContext(), url_.connect_timeout);
  co_return co_await lease->Script("SELECT 1");
}

absl::StatusOr<std::shared_ptr<const sql::Compiled>> Database::Compile(absl::string_view plan) {
  const sql::DialectProfile* known = profile();
  if (known == nullptr) {
    return MakeErrorWithHint(ErrorClass::kInvalidArgument, "the database is not connected yet",
                             "wait for its connect operation before compiling statements");
  }
  return cache_.Get(plan, *known);
}

}  // namespace ferro::db
