// A server, its network and its clock that exist only in a test, in one thread: what happens when is drawn from a seed, so a
// run can be had again. Time stands still but for Advance(); what was to happen until then happens in between.
//
// The protocol is the smallest one that can go wrong: each request has a number, and its answer bears it. A connection that
// is used while an answer is outstanding, or that takes an answer to another request, is a fault of the engine.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/db/driver.h"
#include "engine/runtime/simulation.h"

namespace ferro::db::simulation {

// One session as the server has it. The connection may go before it, and it before the connection.
struct Session {
  int event = -1;  // readable: an answer, or the end
  bool dead = false;
  bool in_transaction = false;
  uint64_t asked = 0;     // the last request that was sent
  uint64_t answered = 0;  // the last one whose answer has come
  int cancelled = 0;      // how often all that was on its way was stopped
  ~Session();
};

class World final : public runtime::Simulation {
 public:
  explicit World(uint64_t seed);
  ~World() override;

  absl::Time Now() override { return now_; }
  void StartApart(std::function<void()> body) override { apart_.push_back(std::move(body)); }

  bool Chance(int percent) { return Below(100) < percent; }
  int Below(int count) { return static_cast<int>(random_() % static_cast<uint64_t>(count)); }

  void At(absl::Time when, std::function<void()> what) { events_.emplace(when, std::move(what)); }
  // To the next event, or to `most` when that is earlier. False: nothing is to happen, and `most` is never.
  bool Advance(absl::Time most);
  // Runs one of the bodies that were to run apart; false when there is none.
  bool RunApart();

  void Fault(std::string what) { faults_.push_back(std::move(what)); }
  const std::vector<std::string>& faults() const { return faults_; }

  std::set<Session*> sessions;  // that a connection stands for
  int connecting = 0;
  int percent_of_trouble = 0;  // of requests and connects

 private:
  std::mt19937_64 random_;
  absl::Time now_ = absl::UnixEpoch() + absl::Hours(500'000);
  std::multimap<absl::Time, std::function<void()>> events_;
  std::vector<std::function<void()>> apart_;
  std::vector<std::string> faults_;
};

class FakeConnection final : public Connection {
 public:
  FakeConnection(World& world, std::shared_ptr<Session> session);
  ~FakeConnection() override;

  Task<absl::StatusOr<Outcome>> Run(const Request& request, RowSink* sink) override;
  Task<absl::Status> Script(absl::string_view sql) override;
  Task<absl::Status> Recover() override;
  TransactionState transaction_state() const override;
  bool healthy() const override { return !busy_ && !session_->dead; }
  bool lost() const override { return session_->dead; }
  bool recoverable() const override { return !session_->dead; }
  ServerVersion version() const override { return {}; }
  int descriptor() const override { return session_->event; }

 private:
  Task<absl::Status> Ask(absl::string_view sql);

  World& world_;
  const std::shared_ptr<Session> session_;
  bool busy_ = false;  // a request was left half-way
};

class FakeDriver final : public Driver {
 public:
  explicit FakeDriver(World& world) : world_(world) {}
  Task<absl::StatusOr<std::unique_ptr<Connection>>> Connect(const Url& url, absl::Time deadline) override;

 private:
  World& world_;
};

}  // namespace ferro::db::simulation
