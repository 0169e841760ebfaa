// Makes connections; everything about one is connection.h's.
#include "dialects/mysql/driver.h"

#include <utility>

#include "dialects/mysql/connection.h"
#include "engine/base/try.h"

namespace ferro::mysql {
namespace {

class Driver final : public db::Driver {
 public:
  Task<absl::StatusOr<std::unique_ptr<db::Connection>>> Connect(const db::Url& url,
                                                                absl::Time deadline) override {
    auto connection = std::make_unique<Connection>(url.statement_cache);
    FERRO_CO_TRY(co_await connection->Open(url, deadline));
    co_return std::unique_ptr<db::Connection>(std::move(connection));
  }
};

}  // namespace

std::unique_ptr<db::Driver> MakeDriver() { return std::make_unique<Driver>(); }

}  // namespace ferro::mysql
