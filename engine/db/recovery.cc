#include "engine/db/recovery.h"

#include <utility>

#include "engine/runtime/apart.h"
#include "engine/runtime/clock.h"
#include "engine/runtime/operation.h"

namespace ferro::db {
namespace {

// A server that has not ended a cancelled statement by then is left to it.
constexpr absl::Duration kPatience = absl::Seconds(5);

Task<absl::Status> Recover(Connection& connection) { co_return co_await connection.Recover(); }

struct Patient {
  std::unique_ptr<Connection> connection;
  std::function<void(std::unique_ptr<Connection>, bool)> done;

  void Treat() {
    runtime::Operation operation;
    operation.context().deadline = runtime::Now() + kPatience;
    operation.Start(Recover(*connection));
    // It shows no rows, so this is its end.
    operation.Drive();
    const bool fit = operation.status().ok() && connection->healthy() &&
                     connection->transaction_state() == TransactionState::kIdle;
    done(std::move(connection), fit);
  }
};

}  // namespace

void RecoverApart(std::unique_ptr<Connection> connection,
                  std::function<void(std::unique_ptr<Connection>, bool)> done) {
  auto patient = std::make_shared<Patient>();
  patient->connection = std::move(connection);
  patient->done = std::move(done);
  if (runtime::StartApart([patient] { patient->Treat(); }).ok()) return;
  patient->done(std::move(patient->connection), false);
}

}  // namespace ferro::db
