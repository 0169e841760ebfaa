#include "dialects/sqlite/driver.h"

#include "dialects/sqlite/connection.h"

namespace ferro::sqlite {
namespace {

class Driver final : public db::Driver {
 public:
  db::Task<absl::StatusOr<std::unique_ptr<db::Connection>>> Connect(const db::Url& url,
                                                                    absl::Time deadline) override {
    return Connection::Open(url, deadline, turns_);
  }

  // Each connection to ":memory:" would be a database of its own.
  int max_connections(const db::Url& url) const override {
    return url.database.empty() || url.database == ":memory:" ? 1 : 0;
  }

 private:
  const std::shared_ptr<Turns> turns_ = std::make_shared<Turns>();
};

}  // namespace

std::unique_ptr<db::Driver> MakeDriver() { return std::make_unique<Driver>(); }

}  // namespace ferro::sqlite
