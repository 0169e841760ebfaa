// A pipeline over connections that only write down what they are sent, and answer when the test says so. Everything is
// driven by hand, as an event loop would.
#include "engine/db/pipeline.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/db/database.h"
#include "engine/runtime/operation.h"
#include "engine/sql/dialect.h"
#include "tests/support/status_matchers.h"

namespace ferro::db {
namespace {

using runtime::Operation;
using runtime::Progress;

class FakeAnswer final : public Answer {
 public:
  explicit FakeAnswer(uint64_t of) : id(of) {}
  Task<absl::StatusOr<Outcome>> Read(const Request&, RowSink&) override { co_return Outcome{}; }
  const uint64_t id;
};

class FakeConnection;

struct World {
  std::vector<FakeConnection*> connections;
  int closed = 0;
  bool pipelines = true;
};

class FakeConnection final : public Connection, private Pipelining {
 public:
  explicit FakeConnection(World& world) : world_(world), socket_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    world_.connections.push_back(this);
  }
  ~FakeConnection() override {
    ++world_.closed;
    std::erase(world_.connections, this);
    close(socket_);
  }

  Task<absl::StatusOr<Outcome>> Run(const Request&, RowSink*) override { co_return Outcome{}; }
  Task<absl::Status> Script(absl::string_view) override { co_return absl::OkStatus(); }
  TransactionState transaction_state() const override { return TransactionState::kIdle; }
  bool healthy() const override { return !entered && !is_lost; }
  bool lost() const override { return is_lost; }
  ServerVersion version() const override { return {}; }
  Pipelining* pipelining() override { return world_.pipelines ? this : nullptr; }

  // The server answers so many of what it was sent.
  void Answers(size_t count) {
    ready += count;
    const uint64_t one = 1;
    ASSERT_EQ(write(socket_, &one, sizeof one), 8);
  }

  bool entered = false;
  bool is_lost = false;
  bool takes = true;            // its socket can be written
  std::vector<uint64_t> sent;   // all, in order
  std::deque<uint64_t> open;    // not answered yet
  size_t ready = 0;
  int flushes = 0;
  uint64_t refused = 0;  // cannot be encoded

 private:
  absl::Status Enter() override {
    entered = true;
    return absl::OkStatus();
  }
  absl::Status Leave() override {
    if (!open.empty()) return absl::InternalError("answers are missing");
    entered = false;
    return absl::OkStatus();
  }
  absl::Status Send(const Request& request) override {
    if (request.statement_id == refused) return MakeError(ErrorClass::kData, "cannot be sent");
    sent.push_back(request.statement_id);
    open.push_back(request.statement_id);
    return absl::OkStatus();
  }
  absl::Status EndSegment() override { return absl::OkStatus(); }
  absl::StatusOr<bool> Flush() override {
    ++flushes;
    return takes;
  }
  absl::Status Receive() override {
    uint64_t many;
    [[maybe_unused]] const ssize_t got = read(socket_, &many, sizeof many);
    return is_lost ? MakeError(ErrorClass::kConnection, "gone") : absl::OkStatus();
  }
  std::unique_ptr<Answer> Take() override {
    if (ready == 0 || open.empty()) return nullptr;
    --ready;
    auto answer = std::make_unique<FakeAnswer>(open.front());
    open.pop_front();
    return answer;
  }
  int socket() const override { return socket_; }
  absl::Status LostError(const Request&, bool oldest) const override {
    return MakeError(ErrorClass::kConnection, oldest ? "the server's last word" : "gone");
  }

  World& world_;
  const int socket_;
};

class FakeDriver final : public Driver {
 public:
  Task<absl::StatusOr<std::unique_ptr<Connection>>> Connect(const Url&, absl::Time) override {
    co_return std::make_unique<FakeConnection>(*world);
  }
  static inline World* world = nullptr;
};

std::unique_ptr<Driver> MakeFake() { return std::make_unique<FakeDriver>(); }

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() {
    FakeDriver::world = &world_;
    dialect_.make_driver = MakeFake;
    url_.pool_size = 3;
    Make();
  }
  void Make() {
    pipeline_.reset();
    database_ = std::make_shared<Database>(dialect_, url_);
    pipeline_ = std::make_unique<Pipeline>(database_);
  }
  ~PipelineTest() override {
    clients_.clear();
    serving_.clear();
    pipeline_.reset();
  }

  // One statement.
  struct Client {
    Request request;
    uint64_t answered = 0;
    bool alone = false;
    Operation operation;
    bool done = false;
  };
  static Task<absl::Status> Body(Pipeline& pipeline, Client& client, absl::Duration timeout) {
    FERRO_CO_ASSIGN(const std::unique_ptr<Answer> answer, co_await pipeline.Ask(client.request, timeout));
    client.alone = answer == nullptr;
    if (answer != nullptr) client.answered = static_cast<const FakeAnswer&>(*answer).id;
    co_return absl::OkStatus();
  }
  Client& Start(uint64_t id, absl::Duration timeout = absl::InfiniteDuration()) {
    Client& client = *clients_.emplace_back(std::make_unique<Client>());
    client.request.statement_id = id;
    client.operation.context().owner = &client;
    client.operation.Start(Body(*pipeline_, client, timeout));
    Step(client);
    return client;
  }
  static void Step(Client& client) { client.done = client.operation.Step() == Progress::kDone; }

  // As a loop at the end of its turn; `read`: and with all sockets taken for readable.
  void Turn(bool read = false) {
    if (read) {
      for (const auto& one : serving_) one->Step();
    }
    for (;;) {
      while (std::shared_ptr<Lane> lane = pipeline_->NextLane()) {
        serving_.push_back(std::make_unique<Operation>());
        serving_.back()->Start(Lane::Serve(std::move(lane)));
        serving_.back()->Step();
      }
      bool any = false;
      for (const auto& one : serving_) {
        for (int i = 0; i < 3 && one->context().due; ++i) {
          any = true;
          if (one->Step() == Progress::kDone) one->context().due = false;
        }
      }
      while (void* const owner = pipeline_->NextReady()) {
        any = true;
        Step(*static_cast<Client*>(owner));
      }
      if (!any) return;
    }
  }
  FakeConnection& connection(size_t i = 0) { return *world_.connections.at(i); }
  int busy() { return database_->pool().statistics().busy; }

  World world_;
  sql::Dialect dialect_{};
  Url url_;
  std::shared_ptr<Database> database_;
  std::unique_ptr<Pipeline> pipeline_;
  std::vector<std::unique_ptr<Operation>> serving_;
  std::vector<std::unique_ptr<Client>> clients_;
};

TEST_F(PipelineTest, SendsTogetherAndAnswersInOrder) {
  Client& a = Start(1);
  Turn();
  EXPECT_EQ(connection().sent, (std::vector<uint64_t>{1}));
  url_.pool_size = 1;
  Client& b = Start(2);
  Client& c = Start(3);
  Turn();
  size_t sent = 0;
  for (FakeConnection* one : world_.connections) sent += one->sent.size();
  EXPECT_EQ(sent, 3u);
  for (FakeConnection* one : world_.connections) one->Answers(one->sent.size());
  Turn(true);
  EXPECT_TRUE(a.done && b.done && c.done);
  EXPECT_EQ(a.answered, 1u);
  EXPECT_EQ(b.answered, 2u);
  EXPECT_EQ(c.answered, 3u);
  // Nobody asks anything any more: the connections are back.
  EXPECT_EQ(busy(), 0);
  EXPECT_EQ(world_.closed, 0);
  EXPECT_FALSE(connection().entered);
}

class OneConnection : public PipelineTest {
 protected:
  OneConnection() {
    url_.pool_size = 1;
    Make();
  }
};

TEST_F(OneConnection, OneFlushATurn) {
  for (uint64_t id = 1; id <= 5; ++id) Start(id);
  Turn();
  EXPECT_EQ(connection().sent, (std::vector<uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(connection().flushes, 1);
}

TEST_F(OneConnection, WhatCannotBeSentFailsAlone) {
  Start(1);
  Turn();
  connection().refused = 2;
  Client& bad = Start(2);
  Client& good = Start(3);
  Turn();
  EXPECT_TRUE(bad.done);
  EXPECT_EQ(ClassOf(bad.operation.status()), ErrorClass::kData);
  connection().Answers(2);
  Turn(true);
  EXPECT_EQ(good.answered, 3u);
  EXPECT_EQ(world_.closed, 0);
}

TEST_F(OneConnection, OneThatIsLeftIsAnsweredForNobody) {
  Client& a = Start(1);
  Client& b = Start(2);
  Client& c = Start(3);
  Turn();
  a.operation.Abort();  // the one that runs
  Turn();
  connection().Answers(2);
  Turn(true);
  EXPECT_EQ(b.answered, 2u);
  EXPECT_FALSE(c.done);
  connection().Answers(1);
  Turn(true);
  EXPECT_EQ(c.answered, 3u);
  EXPECT_EQ(world_.closed, 0);
  EXPECT_EQ(busy(), 0);
}

TEST_F(OneConnection, WithoutAnybodyLeftTheConnectionIsGivenUp) {
  Client& a = Start(1);
  Client& b = Start(2);
  Turn();
  a.operation.Abort();
  Turn();
  EXPECT_EQ(busy(), 1);
  b.operation.Abort();
  Turn();
  EXPECT_EQ(busy(), 0);
  EXPECT_EQ(world_.closed, 1);  // it cannot recover: answers were still to come
  Client& c = Start(3);
  Turn();
  connection().Answers(1);
  Turn(true);
  EXPECT_EQ(c.answered, 3u);
}

TEST_F(OneConnection, OneThatIsLeftBeforeItWasSentNeverIs) {
  Client& a = Start(1);
  Turn();
  Client& b = Start(2);
  b.operation.Abort();
  Client& c = Start(3);
  Turn();
  EXPECT_EQ(connection().sent, (std::vector<uint64_t>{1, 3}));
  connection().Answers(2);
  Turn(true);
  EXPECT_EQ(a.answered, 1u);
  EXPECT_EQ(c.answered, 3u);
}

TEST_F(OneConnection, ADeadlineIsOfOneAlone) {
  Client& a = Start(1);
  Client& b = Start(2, absl::Milliseconds(1));
  Turn();
  absl::SleepFor(absl::Milliseconds(3));
  Step(b);
  EXPECT_TRUE(b.done);
  EXPECT_EQ(ClassOf(b.operation.status()), ErrorClass::kTimeout);
  connection().Answers(2);
  Turn(true);
  EXPECT_EQ(a.answered, 1u);
  EXPECT_EQ(world_.closed, 0);
}

TEST_F(OneConnection, ALostSessionFailsWhatWasSentAndMovesWhatWasNot) {
  Client& a = Start(1);
  Client& b = Start(2);
  Turn();
  connection().takes = false;
  Client& c = Start(3);
  Turn();  // sent, but not flushed
  Client& d = Start(4);
  Turn();
  EXPECT_EQ(connection().sent, (std::vector<uint64_t>{1, 2, 3}));
  connection().ready = 1;
  connection().is_lost = true;
  Turn(true);
  EXPECT_EQ(a.answered, 1u);  // its answer had come
  for (const Client* one : {&b, &c}) {
    EXPECT_TRUE(one->done);
    EXPECT_EQ(ClassOf(one->operation.status()), ErrorClass::kConnection);
  }
  EXPECT_EQ(b.operation.status().message(), "the server's last word");
  EXPECT_EQ(c.operation.status().message(), "gone");
  EXPECT_EQ(world_.closed, 1);
  EXPECT_FALSE(d.done);
  connection().Answers(1);
  Turn(true);
  EXPECT_EQ(d.answered, 4u);
}

TEST_F(PipelineTest, ASlowOneHoldsNobodyUp) {
  Client& slow = Start(1);
  Turn();
  Client& other = Start(5);  // with a second connection
  Client& behind = Start(2);
  Turn();
  ASSERT_EQ(connection().sent, (std::vector<uint64_t>{1, 2}));
  connection(1).Answers(1);
  Turn(true);
  EXPECT_EQ(other.answered, 5u);
  absl::SleepFor(absl::Milliseconds(10));
  Client& later = Start(3);
  Turn();
  ASSERT_EQ(world_.connections.size(), 2u);
  EXPECT_EQ(connection(1).sent, (std::vector<uint64_t>{5, 3}));
  absl::SleepFor(absl::Milliseconds(30));
  connection(1).Answers(1);
  Turn(true);
  EXPECT_EQ(later.answered, 3u);
  // It has been sent again, elsewhere.
  ASSERT_EQ(connection(1).sent, (std::vector<uint64_t>{5, 3, 2}));
  connection(1).Answers(1);
  Turn(true);
  EXPECT_EQ(behind.answered, 2u);
  EXPECT_FALSE(slow.done);
  // The next one of its kind is not shared.
  EXPECT_FALSE(pipeline_->Suits(slow.request));
  EXPECT_TRUE(pipeline_->Suits(behind.request));
  connection().Answers(1);
  Turn(true);
  EXPECT_EQ(slow.answered, 1u);
  EXPECT_EQ(busy(), 0);
}

TEST_F(OneConnection, WhoWaitsForAConnectionGetsIt) {
  Client& a = Start(1);
  Turn();
  Operation other;
  Lease lease;
  struct Wants {
    static Task<absl::Status> Body(Pool& pool, Lease& to) {
      FERRO_CO_ASSIGN(to, co_await pool.Acquire());
      co_return absl::OkStatus();
    }
  };
  other.Start(Wants::Body(database_->pool(), lease));
  EXPECT_EQ(other.Step(), Progress::kWait);
  Client& late = Start(2);  // behind it, not on the connection that it waits for
  Turn();
  EXPECT_EQ(connection().sent, (std::vector<uint64_t>{1}));
  connection().Answers(1);
  Turn(true);
  EXPECT_TRUE(a.done);
  EXPECT_EQ(other.Step(), Progress::kDone);
  EXPECT_TRUE(static_cast<bool>(lease));
  lease = Lease();
  Step(late);
  Turn();
  EXPECT_EQ(connection().sent, (std::vector<uint64_t>{1, 2}));
}

TEST_F(OneConnection, WithoutPipelinesEachRunsAlone) {
  world_.pipelines = false;
  Client& a = Start(1);
  Turn();
  EXPECT_TRUE(a.done && a.alone);
  EXPECT_FALSE(pipeline_->Suits(a.request));
  EXPECT_EQ(busy(), 0);
}

TEST_F(OneConnection, TheEndOfALoopFailsWhatIsUnderWay) {
  Client& a = Start(1);
  Turn();
  Client& b = Start(2);
  serving_.clear();
  Turn();
  for (const Client* one : {&a, &b}) {
    EXPECT_TRUE(one->done);
    EXPECT_EQ(ClassOf(one->operation.status()), ErrorClass::kClosed);
  }
  EXPECT_EQ(busy(), 0);
}

}  // namespace
}  // namespace ferro::db
