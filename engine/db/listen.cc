#include "engine/db/listen.h"

#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/execute.h"

namespace ferro::db {

Task<absl::Status> Listen(std::shared_ptr<Database> database, std::vector<std::string> channels,
                          runtime::Operation& operation) {
  FERRO_CO_TRY(database->profile()->Check(sql::Feature::kListen));
  if (channels.empty()) co_return MakeError(ErrorClass::kInvalidArgument, "a channel is needed to listen");
  FERRO_CO_ASSIGN(const Lease lease, co_await database->pool().Acquire());
  ShowRows sink(&operation);
  co_return co_await lease->Listen(channels, sink);
}

}  // namespace ferro::db
