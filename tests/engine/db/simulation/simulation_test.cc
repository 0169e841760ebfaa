// The pool, leases, operations and recovery under schedules drawn from a seed: clients come, ask, are given up at any moment,
// run out of time, leave transactions open; sessions die; the pool is closed under them. One thread, a time that stands still,
// a server of the test's own (server.h), so a seed is a run. Looked at after each step: never more connections than allowed,
// nobody waits while something is free, who waits is served in turn, what is lent is clean; at the end: everybody got an end,
// and nothing is left open.
// FERRO_SIMULATION_SEEDS: how many (1000); FERRO_SIMULATION_SEED: the first one. A failure names its seed.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/pool.h"
#include "engine/runtime/clock.h"
#include "engine/runtime/operation.h"
#include "tests/engine/db/simulation/server.h"

namespace ferro::db::simulation {
namespace {

using runtime::Operation;
using runtime::Progress;

class Client {
 public:
  Client(World& world, const std::shared_ptr<Pool>& pool, int nth)
      : number(nth), world_(world), pool_(pool), asked_(world.Now()) {
    if (world.Chance(20)) operation_.context().deadline = world.Now() + absl::Milliseconds(world.Below(200));
    operation_.Start(Body());
  }

  void Step() { done_ = operation_.Step() == Progress::kDone; }
  bool done() const { return done_; }
  bool queued() const { return queued_; }  // waits for a connection, and has not been woken
  bool Ready() const {
    const runtime::Wait& wait = operation_.context().wait;
    pollfd entry{wait.fd, static_cast<short>((wait.read ? POLLIN : 0) | (wait.write ? POLLOUT : 0)), 0};
    return world_.Now() >= wait.deadline || (wait.fd >= 0 && poll(&entry, 1, 0) > 0);
  }
  absl::Time deadline() const { return operation_.context().wait.deadline; }
  // Whether it joined the queue in the step that has just ended, by what the pool counts.
  void NoteQueue(int64_t waits_before, int64_t waits_after) {
    if (waits_after > waits_before) queued_ = true;
  }
  void Look() {
    if (queued_ && (done_ || got_ || Woken())) queued_ = false;
  }
  // It was told, or it has left.
  bool Woken() const {
    const runtime::Wait& wait = operation_.context().wait;
    pollfd entry{wait.fd, POLLIN, 0};
    return wait.fd >= 0 && poll(&entry, 1, 0) > 0;
  }
  const absl::Status& status() const { return operation_.status(); }
  bool InTime() const { return world_.Now() - asked_ >= kPatience; }

  static constexpr absl::Duration kPatience = absl::Milliseconds(400);
  const int number;

 private:
  Task<absl::Status> Body() {
    FERRO_CO_ASSIGN(Lease lease, co_await pool_->Acquire());
    got_ = true;
    if (!lease->healthy() && !lease->lost()) world_.Fault("a connection was lent that is not healthy");
    if (!lease->lost() && lease->transaction_state() != TransactionState::kIdle) {
      world_.Fault("a connection was lent in a transaction");
    }
    const bool transaction = world_.Chance(40);
    if (transaction) FERRO_CO_TRY(co_await lease->Script("BEGIN"));
    const int statements = world_.Below(4);
    for (int i = 0; i < statements; ++i) {
      Request request;
      request.sql = "SELECT";
      const absl::StatusOr<Outcome> outcome = co_await lease->Run(request, nullptr);
      if (!outcome.ok() && !lease->healthy()) co_return outcome.status();
    }
    // Some forget to end theirs.
    if (transaction && !world_.Chance(20)) FERRO_CO_TRY(co_await lease->Script("COMMIT"));
    co_return absl::OkStatus();
  }

  World& world_;
  const std::shared_ptr<Pool> pool_;
  const absl::Time asked_;
  bool done_ = false;
  bool queued_ = false;
  bool got_ = false;
  Operation operation_;
};

class Schedule {
 public:
  explicit Schedule(uint64_t seed) : world_(seed) {
    world_.percent_of_trouble = world_.Chance(50) ? 0 : 5;
    maximum_ = 1 + world_.Below(4);
    Url url;
    url.pool_size = maximum_;
    url.pool_min = world_.Below(2);
    url.pool_timeout = Client::kPatience;
    url.connect_timeout = absl::Milliseconds(300);
    if (world_.Chance(30)) url.pool_idle = absl::Milliseconds(50);
    if (world_.Chance(30)) url.pool_lifetime = absl::Milliseconds(500);
    url.pool_check = world_.Chance(30) ? "ping" : "quiet";
    pool_ = std::make_shared<Pool>(std::make_unique<FakeDriver>(world_), url);
  }

  void Play() {
    const int steps = 200 + world_.Below(200);
    for (int i = 0; i < steps && world_.faults().empty(); ++i) {
      Act();
      Look();
    }
    // Nobody comes any more. All that is left to happen is let happen.
    int rounds = 0;
    while (!clients_.empty() && world_.faults().empty()) {
      if (!StepOne() && !world_.RunApart() && !world_.Advance(NextDeadline())) {
        world_.Fault("somebody waits for ever");
      }
      Look();
      if (++rounds > 20'000) world_.Fault("it does not end");
    }
    while (world_.RunApart()) {
    }
    if (world_.faults().empty()) End();
  }
  const std::vector<std::string>& faults() const { return world_.faults(); }
  // What was seen after each step.
  const std::vector<std::string>& history() const { return history_; }

 private:
  void Act() {
    const int chance = world_.Below(100);
    if (chance < 25) {
      Come();
    } else if (chance < 60) {
      if (!StepOne()) world_.Advance(NextDeadline());
    } else if (chance < 80) {
      world_.Advance(world_.Now() + absl::Milliseconds(world_.Below(40)));
    } else if (chance < 88) {
      world_.RunApart();
    } else if (chance < 94 && !clients_.empty()) {
      Drop(static_cast<size_t>(world_.Below(static_cast<int>(clients_.size()))));
    } else if (chance < 96 && !clients_.empty()) {
      // For nothing, which is allowed.
      Step(static_cast<size_t>(world_.Below(static_cast<int>(clients_.size()))));
    } else if (chance < 98 && world_.percent_of_trouble > 0 && !world_.sessions.empty()) {
      Session& victim = **std::next(world_.sessions.begin(), world_.Below(static_cast<int>(world_.sessions.size())));
      victim.dead = true;
      eventfd_write(victim.event, 1);
    } else if (chance == 99 && !closed_ && world_.Chance(10)) {
      closed_ = true;
      pool_->Close();
    }
  }

  void Come() {
    const int64_t before = pool_->statistics().waits;
    clients_.push_back(std::make_unique<Client>(world_, pool_, ++number_));
    clients_.back()->Step();
    clients_.back()->NoteQueue(before, pool_->statistics().waits);
    Settle(clients_.size() - 1);
  }

  // One that has something to do. False: nobody has.
  bool StepOne() {
    std::vector<size_t> ready;
    for (size_t i = 0; i < clients_.size(); ++i) {
      if (clients_[i]->Ready()) ready.push_back(i);
    }
    if (ready.empty()) return false;
    Step(ready[static_cast<size_t>(world_.Below(static_cast<int>(ready.size())))]);
    return true;
  }

  void Step(size_t index) {
    clients_[index]->Step();
    Settle(index);
  }

  void Settle(size_t index) {
    Client& client = *clients_[index];
    if (!client.done()) return;
    if (ClassOf(client.status()) == ErrorClass::kPoolTimeout && !client.InTime()) {
      world_.Fault("a client was told too early that it waited too long");
    }
    Drop(index);
  }

  void Drop(size_t index) {
    const std::unique_ptr<Client> gone = std::move(clients_[index]);
    clients_.erase(clients_.begin() + static_cast<ptrdiff_t>(index));
  }

  absl::Time NextDeadline() const {
    absl::Time next = absl::InfiniteFuture();
    for (const auto& client : clients_) next = std::min(next, client->deadline());
    return next;
  }

  void Look() {
    const Pool::Statistics now = pool_->statistics();
    history_.push_back(absl::StrCat(absl::ToUnixMillis(world_.Now()), " ", now.open, " ", now.idle, " ", now.waiting,
                                    " ", now.acquired, " ", now.closed, " ", number_));
    const int real = static_cast<int>(world_.sessions.size()) + world_.connecting;
    if (real > maximum_ || now.open > maximum_) world_.Fault(absl::StrCat(real, " connections, ", now.open, " counted"));
    if (now.idle + now.busy != now.open || now.idle < 0 || now.busy < 0) world_.Fault("the counts do not add up");
    if (now.waiting > 0 && (now.idle > 0 || now.open < maximum_)) world_.Fault("somebody waits for what is free");
    // Those who wait were served in turn: whoever is still in the queue came after all who were woken since.
    int waiting = 0;
    int longest = 0;  // the first one that still waits
    for (const auto& client : clients_) {
      const bool before = client->queued();
      client->Look();
      if (client->queued()) {
        ++waiting;
        if (longest == 0) longest = client->number;
      } else if (before && !closed_ && longest != 0 && client->Woken() && world_.Now() < client->deadline()) {
        world_.Fault(absl::StrCat("client ", client->number, " was served before ", longest));
      }
    }
    if (waiting != now.waiting) world_.Fault(absl::StrCat(now.waiting, " wait, of ", waiting));
  }

  void End() {
    const Pool::Statistics rest = pool_->statistics();
    if (rest.busy != 0 || rest.waiting != 0) world_.Fault(absl::StrCat(rest.busy, " connections did not come back"));
    pool_->Close();
    const Pool::Statistics closed = pool_->statistics();
    if (closed.open != 0 || closed.opened != closed.closed) world_.Fault("a connection is open after the end");
    if (!world_.sessions.empty() || world_.connecting != 0) world_.Fault("a session outlives the pool");
  }

  World world_;
  std::shared_ptr<Pool> pool_;
  int maximum_ = 0;
  int number_ = 0;
  bool closed_ = false;
  std::vector<std::string> history_;
  std::vector<std::unique_ptr<Client>> clients_;  // in the order of their coming
};

int64_t Setting(const char* name, int64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoll(value);
}

TEST(Simulation, KeepsItsPromisesUnderEverySeed) {
  const int64_t first = Setting("FERRO_SIMULATION_SEED", 1);
  const int64_t count = Setting("FERRO_SIMULATION_SEEDS", 1000);
  int failed = 0;
  for (int64_t seed = first; seed < first + count && failed < 5; ++seed) {
    Schedule run(static_cast<uint64_t>(seed));
    run.Play();
    if (run.faults().empty()) continue;
    ++failed;
    ADD_FAILURE() << "FERRO_SIMULATION_SEED=" << seed << ": " << run.faults().front();
  }
  RecordProperty("seeds", absl::StrCat(first, " to ", first + count - 1));
}

// The same seed is the same run, or a failure could not be had again.
TEST(Simulation, IsRepeatable) {
  const auto play = [](uint64_t seed) {
    Schedule run(seed);
    run.Play();
    EXPECT_GT(run.history().size(), 100u);
    return run.history();
  };
  EXPECT_EQ(play(7), play(7));
  EXPECT_NE(play(7), play(8));
}

}  // namespace
}  // namespace ferro::db::simulation
