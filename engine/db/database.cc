#include "engine/db/database.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/registry.h"

namespace ferro::db {
namespace {

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
  return std::make_shared<Database>(*dialect, url);
}

Database::Database(const sql::Dialect& dialect, const Url& url)
    : dialect_(dialect), pool_(std::make_shared<Pool>(dialect.make_driver(), url)) {}

Database::~Database() { pool_->Close(); }

void Database::Meet(const Connection& connection) {
  absl::MutexLock lock(&mutex_);
  if (found_ != nullptr) return;
  const ServerVersion version = connection.version();
  server_ = version.ToString();
  found_ = std::make_unique<const sql::DialectProfile>(dialect_.resolve(version));
  profile_.store(found_.get(), std::memory_order_release);
}

Task<absl::Status> Database::Connect() {
  FERRO_CO_ASSIGN(Lease lease, co_await pool_->Acquire());
  Meet(*lease);
  lease = Lease();
  co_return co_await pool_->WarmUp();
}

Task<absl::Status> Database::Ping() {
  FERRO_CO_ASSIGN(const Lease lease, co_await pool_->Acquire());
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
