// Several threads at work on one database through the C ABI, with fewer connections than threads: what ThreadSanitizer is
// to look at (`tools/test --sanitize=thread`), and a test of its own without it. Every second thread waits in a poll() loop.
#include <poll.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "tests/capi/run_on.h"

namespace {

constexpr int kThreads = 6;  // more than connections: they wait in the pool's queue
constexpr int kRounds = 40;

struct Shared {
  ferro_database* database = nullptr;
  const char* url = nullptr;
  ferro_statement* insert = nullptr;  // used by all threads at once
  ferro_statement* select = nullptr;
  std::atomic<int64_t> stored{0};
};

class Worker {
 public:
  Worker(Shared& shared, int number) : shared_(shared), number_(number), in_{shared.database, shared.url, number % 2} {}

  void Work() {
    for (round_ = 0; round_ < kRounds; ++round_) {
      switch (round_ % 5) {
        case 0: Store(nullptr); break;
        case 1: Transact(round_ % 2 == 0 ? FERRO_TRANSACTION_COMMIT : FERRO_TRANSACTION_ROLLBACK); break;
        case 2: GiveUp(); break;
        case 3: LeaveATransaction(); break;
        default: Look(); break;
      }
    }
  }

 private:
  ferro_value NewName() {
    snprintf(name_, sizeof name_, "%d of %d", round_, number_);
    return text_value(name_);
  }

  bool Store(ferro_transaction* transaction) {
    const ferro_value arguments[] = {NewName(), ferro_null()};
    ferro_operation* operation = nullptr;
    ferro_error* error = nullptr;
    if (!CHECK_OK(ferro_statement_run(shared_.database, transaction, shared_.insert, arguments, 2, &operation, &error), error) ||
        !CHECK_OK(finish(&in_, operation, nullptr, &error), error)) {
      return false;
    }
    if (transaction == nullptr) ++shared_.stored;
    return true;
  }

  void Transact(int32_t end) {
    ferro_transaction* transaction = nullptr;
    ferro_error* error = nullptr;
    CHECK_OK(ferro_transaction_new(shared_.database, &transaction, &error), error);
    CHECK_OK(act(&in_, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
    const bool stored = Store(transaction);
    CHECK_OK(act(&in_, transaction, end, &error), error);
    if (stored && end == FERRO_TRANSACTION_COMMIT) ++shared_.stored;
    ferro_transaction_free(transaction);
  }

  // What it was lent is recovered on a thread of the library's.
  void LeaveATransaction() {
    ferro_transaction* transaction = nullptr;
    ferro_error* error = nullptr;
    CHECK_OK(ferro_transaction_new(shared_.database, &transaction, &error), error);
    CHECK_OK(act(&in_, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
    Store(transaction);
    ferro_transaction_free(transaction);
  }

  // Somewhere on its way: in the queue, or while the database is at work.
  void GiveUp() {
    ferro_operation* operation = nullptr;
    ferro_error* error = nullptr;
    CHECK_OK(ferro_statement_run(shared_.database, nullptr, shared_.select, nullptr, 0, &operation, &error), error);
    for (int steps = number_ % 4; steps > 0; --steps) {
      int32_t state = -1;
      CHECK_OK(ferro_operation_step(operation, &state, &error), error);
      if (state != FERRO_STATE_WAIT) break;
      pollfd entry{ferro_operation_descriptor(operation), POLLIN, 0};
      poll(&entry, entry.fd >= 0 ? 1 : 0, 1);
    }
    ferro_operation_free(operation);
  }

  // Compiles what others compile, too; reads; asks for figures.
  void Look() {
    ferro_plan* const plan = ferro_plan_new();
    ferro_error* error = nullptr;
    result rows;
    select_all(plan, PEOPLE, "name", FERRO_TYPE_TEXT, 0);
    CHECK_OK(run(&in_, nullptr, plan, nullptr, 0, &rows, &error), error);
    result_free(&rows);
    ferro_plan_free(plan);
    ferro_statistics figures;
    ferro_database_statistics(shared_.database, &figures, sizeof figures);
    CHECK(figures.idle >= 0 && figures.busy >= 0);
    ferro_operation* ping = nullptr;
    CHECK_OK(ferro_database_ping(shared_.database, &ping, &error), error);
    CHECK_OK(finish(&in_, ping, nullptr, &error), error);
  }

  Shared& shared_;
  const int number_;
  const session in_;
  int round_ = 0;
  char name_[32] = {};
};

ferro_statement* Compile(const Shared& shared, const ferro_plan* plan) {
  ferro_statement* statement = nullptr;
  ferro_error* error = nullptr;
  CHECK_OK(ferro_statement_compile(shared.database, ferro_plan_bytes(plan), &statement, &error), error);
  return statement;
}

// Operations go from thread to thread: begun here, ended there.
void HandOver(const session& in, const Shared& shared) {
  std::vector<ferro_operation*> begun;
  ferro_error* error = nullptr;
  for (int i = 0; i < 2; ++i) {
    ferro_operation* operation = nullptr;
    CHECK_OK(ferro_statement_run(shared.database, nullptr, shared.select, nullptr, 0, &operation, &error), error);
    int32_t state = -1;
    CHECK_OK(ferro_operation_step(operation, &state, &error), error);
    begun.push_back(operation);
  }
  std::vector<std::thread> others;
  for (ferro_operation* const operation : begun) {
    others.emplace_back([&in, operation] {
      ferro_error* failure = nullptr;
      CHECK_OK(finish(&in, operation, nullptr, &failure), failure);
    });
  }
  for (std::thread& other : others) other.join();
}

void TestUrl(const std::string& url) {
  Shared shared;
  shared.url = url.c_str();
  ferro_error* error = nullptr;
  ferro_operation* connecting = nullptr;
  if (!CHECK_OK(ferro_database_open(bytes(shared.url), &shared.database, &error), error)) return;
  const session in = {shared.database, shared.url, 0};
  ferro_plan* const plan = ferro_plan_new();
  if (CHECK_OK(ferro_database_connect(shared.database, &connecting, &error), error) &&
      CHECK_OK(finish(&in, connecting, nullptr, &error), error)) {
    drop_table(plan, PEOPLE, 1);
    CHECK_OK(run(&in, nullptr, plan, nullptr, 0, nullptr, &error), error);
    create_people(plan);
    CHECK_OK(run(&in, nullptr, plan, nullptr, 0, nullptr, &error), error);
    insert_person(plan, 0);
    shared.insert = Compile(shared, plan);
    select_all(plan, PEOPLE, "name", FERRO_TYPE_TEXT, 0);
    shared.select = Compile(shared, plan);

    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&shared, i] { Worker(shared, i).Work(); });
    for (std::thread& thread : threads) thread.join();
    CHECK(count_people(&in, nullptr) == shared.stored);
    HandOver(in, shared);

    drop_table(plan, PEOPLE, 0);
    CHECK_OK(run(&in, nullptr, plan, nullptr, 0, nullptr, &error), error);
  }
  ferro_plan_free(plan);
  ferro_statement_free(shared.insert);
  ferro_statement_free(shared.select);
  ferro_database_free(shared.database);
  ferro_quiesce(10'000);
  printf("%.10s: %lld rows by %d threads\n", shared.url, static_cast<long long>(shared.stored), kThreads);
}

}  // namespace

int main(int count, char** arguments) { return RunOn(count, arguments, "?pool_size=3", TestUrl); }
