#include "engine/db/recovery.h"

#include <new>
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

  bool Treat() {
    runtime::Operation operation;
    operation.context().deadline = runtime::Now() + kPatience;
    operation.Start(Recover(*connection));
    // It shows no rows, so this is its end.
    operation.Drive();
    return operation.status().ok() && connection->healthy() &&
           connection->transaction_state() == TransactionState::kIdle;
  }

  void TreatAndGiveBack() {
    bool fit = false;
    try {
      fit = Treat();
    } catch (const std::bad_alloc&) {
    }
    done(std::move(connection), fit);
  }
};

}  // namespace

bool RecoverApart(std::unique_ptr<Connection>& connection,
                  std::function<void(std::unique_ptr<Connection>, bool)> done) {
  std::shared_ptr<Patient> patient;
  bool begun = false;
  try {
    patient = std::make_shared<Patient>();
    patient->connection = std::move(connection);
    patient->done = std::move(done);
    begun = runtime::StartApart([patient] { patient->TreatAndGiveBack(); }).ok();
  } catch (const std::bad_alloc&) {
  }
  if (!begun && patient != nullptr) connection = std::move(patient->connection);
  return begun;
}

}  // namespace ferro::db
