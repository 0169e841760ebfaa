#include "tests/capi/memory/scenarios.h"

#include <time.h>

#include <cstdio>

#include "tests/capi/memory/driving.h"

namespace failing {
namespace {

constexpr int kBulkRows = 40, kLoadedRows = 500, kTogether = 60;

// To the first rows or the end; `state` tells which.
ferro_code Advance(const World& world, ferro_operation* operation, int32_t& state, ferro_error** error) {
  for (;;) {
    const bool by_poll = world.in().by_poll != 0;
    OR_RETURN(by_poll ? ferro_operation_step(operation, &state, error)
                      : ferro_operation_wait(operation, &state, error));
    if (state != FERRO_STATE_WAIT) return FERRO_OK;
    PollFor(operation);
  }
}

ferro_code Finish(const World& world, ferro_operation* operation, ferro_error** error) {
  ferro_operation_set_timeout(operation, kPatience);
  int32_t state = FERRO_STATE_ROWS;
  while (state != FERRO_STATE_DONE) OR_RETURN(Advance(world, operation, state, error));
  return FERRO_OK;
}

ferro_code Run(const World& world, ferro_transaction* transaction, const ferro_statement* statement,
               const ferro_value* arguments, size_t count, ferro_error** error) {
  Freed owned;
  OR_RETURN(ferro_statement_run(world.database(), transaction, statement, arguments, count, &owned.operation,
                                error));
  return Finish(world, owned.operation, error);
}

ferro_code Insert(World& world, ferro_transaction* transaction, const ferro_statement* statement,
                  ferro_error** error) {
  const ferro_value arguments[] = {world.NewName(), ferro_int64(7)};
  return Run(world, transaction, statement, arguments, 2, error);
}

ferro_code Do(const World& world, ferro_transaction* transaction, int32_t action, ferro_error** error) {
  Freed owned;
  OR_RETURN(ferro_transaction_do(transaction, action, &owned.operation, error));
  return Finish(world, owned.operation, error);
}

// --- The scenarios

ferro_code OpenConnectAndClose(World& world, ferro_error** error) {
  Freed owned;
  OR_RETURN(ferro_database_open(bytes(world.in().url), &owned.database, error));
  {
    Freed connecting;
    OR_RETURN(ferro_database_connect(owned.database, &connecting.operation, error));
    OR_RETURN(Finish(world, connecting.operation, error));
  }
  {
    Freed asking;
    OR_RETURN(ferro_database_ping(owned.database, &asking.operation, error));
    OR_RETURN(Finish(world, asking.operation, error));
  }
  Freed draining;
  OR_RETURN(ferro_database_drain(owned.database, 1000, &draining.operation, error));
  return Finish(world, draining.operation, error);
}

ferro_code WriteAPlan(World&, ferro_error**) {
  Freed owned;
  owned.plan = ferro_plan_new();
  if (owned.plan == nullptr) return FERRO_ERROR_MEMORY;
  for (int i = 0; i < 200; ++i) {
    if (ferro_plan_name(owned.plan, bytes("a name of some length")) == 0) return FERRO_ERROR_MEMORY;
    if (ferro_plan_int(owned.plan, i) == 0) return FERRO_ERROR_MEMORY;
    if (ferro_plan_node(owned.plan, FERRO_NODE_LIST, 2) == 0) return FERRO_ERROR_MEMORY;
  }
  return FERRO_OK;
}

ferro_code CompileAndRun(World& world, ferro_error** error) {
  Freed owned;
  OR_RETURN(ferro_statement_compile(world.database(), world.insert_plan(), &owned.statement, error));
  if (ferro_statement_sql(owned.statement).size == 0) return FERRO_ERROR_MEMORY;
  return Insert(world, nullptr, owned.statement, error);
}

ferro_code InsertOne(World& world, ferro_error** error) { return Insert(world, nullptr, world.insert(), error); }

ferro_code SelectAll(World& world, ferro_error** error) {
  return Run(world, nullptr, world.select(), nullptr, 0, error);
}

ferro_code InsertRows(World& world, const ferro_statement* statement, size_t rows, ferro_error** error) {
  static char names[kLoadedRows][32];
  ferro_value arguments[2 * kLoadedRows];
  for (size_t i = 0; i < rows; ++i) {
    const ferro_value name = world.NewName();
    memcpy(names[i], name.as.bytes, name.size);
    arguments[2 * i] = ferro_data(FERRO_TYPE_TEXT, names[i], name.size);
    arguments[2 * i + 1] = i % 2 == 0 ? ferro_null() : ferro_int64(static_cast<int64_t>(i));
  }
  Freed owned;
  OR_RETURN(ferro_statement_run_bulk(world.database(), nullptr, statement, arguments, rows, &owned.operation, error));
  return Finish(world, owned.operation, error);
}

ferro_code InsertMany(World& world, ferro_error** error) {
  return InsertRows(world, world.insert(), kBulkRows, error);
}

// Nothing is returned, and PostgreSQL is sent so many by COPY.
ferro_code LoadMany(World& world, ferro_error** error) {
  return InsertRows(world, world.plain_insert(), kLoadedRows, error);
}

// Left after its first row: once by itself, and once in a transaction that goes on.
ferro_code LeaveAStream(World& world, ferro_error** error) {
  {
    Freed owned;
    OR_RETURN(ferro_statement_stream(world.database(), nullptr, world.select(), nullptr, 0, 1, &owned.operation,
                                     error));
    int32_t state = -1;
    OR_RETURN(Advance(world, owned.operation, state, error));
  }
  Freed owned;
  OR_RETURN(ferro_transaction_new(world.database(), &owned.transaction, error));
  OR_RETURN(Do(world, owned.transaction, FERRO_TRANSACTION_BEGIN, error));
  OR_RETURN(ferro_statement_stream(world.database(), owned.transaction, world.select(), nullptr, 0, 1,
                                   &owned.operation, error));
  int32_t state = -1;
  OR_RETURN(Advance(world, owned.operation, state, error));
  ferro_operation_free(std::exchange(owned.operation, nullptr));
  OR_RETURN(Insert(world, owned.transaction, world.plain_insert(), error));
  return Do(world, owned.transaction, FERRO_TRANSACTION_COMMIT, error);
}

ferro_code RunSeveral(World& world, ferro_error** error) {
  static char names[kTogether][32];
  ferro_value arguments[kTogether][2];
  ferro_run runs[kTogether + 1];
  for (int i = 0; i < kTogether; ++i) {
    const ferro_value name = world.NewName();
    memcpy(names[i], name.as.bytes, name.size);
    arguments[i][0] = ferro_data(FERRO_TYPE_TEXT, names[i], name.size);
    arguments[i][1] = ferro_null();
    runs[i] = {i % 2 == 0 ? world.plain_insert() : world.insert(), arguments[i], 2};
  }
  runs[kTogether] = {world.select(), nullptr, 0};
  Freed owned;
  OR_RETURN(ferro_transaction_new(world.database(), &owned.transaction, error));
  OR_RETURN(Do(world, owned.transaction, FERRO_TRANSACTION_BEGIN, error));
  {
    Freed running;
    OR_RETURN(ferro_statement_run_several(world.database(), owned.transaction, runs, kTogether + 1, &running.operation,
                                          error));
    OR_RETURN(Finish(world, running.operation, error));
  }
  return Do(world, owned.transaction, FERRO_TRANSACTION_COMMIT, error);
}

ferro_code CommitATransaction(World& world, ferro_error** error) {
  Freed owned;
  OR_RETURN(ferro_transaction_new(world.database(), &owned.transaction, error));
  OR_RETURN(Do(world, owned.transaction, FERRO_TRANSACTION_BEGIN, error));
  OR_RETURN(Insert(world, owned.transaction, world.insert(), error));
  OR_RETURN(Do(world, owned.transaction, FERRO_TRANSACTION_SAVEPOINT, error));
  OR_RETURN(Insert(world, owned.transaction, world.insert(), error));
  OR_RETURN(Do(world, owned.transaction, FERRO_TRANSACTION_ROLLBACK_TO, error));
  return Do(world, owned.transaction, FERRO_TRANSACTION_COMMIT, error);
}

// Its connection is made fit again on a thread of the library's.
ferro_code LeaveATransaction(World& world, ferro_error** error) {
  Freed owned;
  OR_RETURN(ferro_transaction_new(world.database(), &owned.transaction, error));
  OR_RETURN(Do(world, owned.transaction, FERRO_TRANSACTION_BEGIN, error));
  return Insert(world, owned.transaction, world.insert(), error);
}

ferro_code MeetAnError(World& world, ferro_error** error) {
  const ferro_value arguments[] = {text_value("the first"), ferro_null()};
  const ferro_code code = Run(world, nullptr, world.insert(), arguments, 2, error);
  if (code != FERRO_ERROR_UNIQUE) return code;
  // There may be no memory for the object, but for the code there is.
  if (*error != nullptr && ferro_error_code(*error) != FERRO_ERROR_UNIQUE) return FERRO_ERROR_INTERNAL;
  ferro_error_free(*error);
  *error = nullptr;
  return FERRO_OK;
}

// The pool has two connections: two transactions hold them, and a third waits for its turn or is given up.
ferro_code WaitForAConnection(World& world, ferro_error** error) {
  Freed first, second, given_up, waiting;
  for (Freed* each : {&first, &second}) {
    OR_RETURN(ferro_transaction_new(world.database(), &each->transaction, error));
    OR_RETURN(Do(world, each->transaction, FERRO_TRANSACTION_BEGIN_READ, error));
  }
  int32_t state = FERRO_STATE_WAIT;
  for (Freed* each : {&given_up, &waiting}) {
    OR_RETURN(ferro_statement_run(world.database(), nullptr, world.select(), nullptr, 0, &each->operation, error));
    ferro_operation_set_timeout(each->operation, kPatience);
    OR_RETURN(ferro_operation_step(each->operation, &state, error));
    if (state != FERRO_STATE_WAIT) return FERRO_ERROR_INTERNAL;
  }
  OR_RETURN(Do(world, first.transaction, FERRO_TRANSACTION_ROLLBACK, error));  // to the one that is given up
  ferro_operation_free(std::exchange(given_up.operation, nullptr));
  while (state != FERRO_STATE_DONE) {
    OR_RETURN(ferro_operation_step(waiting.operation, &state, error));
    if (state == FERRO_STATE_WAIT) PollFor(waiting.operation);
  }
  return Do(world, second.transaction, FERRO_TRANSACTION_ROLLBACK, error);
}

}  // namespace

World::World(const char* url, bool by_poll) {
  session_.url = url;
  session_.by_poll = by_poll ? 1 : 0;
  ferro_error* error = nullptr;
  ferro_operation* connecting = nullptr;
  if (!CHECK_OK(ferro_database_open(bytes(url), &session_.database, &error), error) ||
      !CHECK_OK(ferro_database_connect(session_.database, &connecting, &error), error) ||
      !CHECK_OK(finish(&session_, connecting, nullptr, &error), error)) {
    std::abort();
  }
  ferro_plan* const plan = ferro_plan_new();
  drop_table(plan, PEOPLE, 1);
  CHECK_OK(::run(&session_, nullptr, plan, nullptr, 0, nullptr, &error), error);
  create_people(plan);
  CHECK_OK(::run(&session_, nullptr, plan, nullptr, 0, nullptr, &error), error);
  insert_person(plan, 0);
  plain_insert_ = Compile(plan);
  for (const char* name : {"the first", "the second", "the third"}) {
    const ferro_value arguments[] = {text_value(name), ferro_null()};
    CHECK_OK(::run(&session_, nullptr, plan, arguments, 2, nullptr, &error), error);
  }
  select_all(plan, PEOPLE, "name", FERRO_TYPE_TEXT, 0);
  select_ = Compile(plan);
  insert_person(insert_plan_, 2);
  ferro_plan_free(plan);
}

World::~World() {
  ferro_statement_free(insert_);
  ferro_statement_free(plain_insert_);
  ferro_statement_free(select_);
  ferro_plan_free(insert_plan_);
  ferro_database_free(session_.database);
}

ferro_statement* World::Compile(const ferro_plan* plan) {
  ferro_statement* statement = nullptr;
  ferro_error* error = nullptr;
  CHECK_OK(ferro_statement_compile(database(), ferro_plan_bytes(plan), &statement, &error), error);
  return statement;
}

const ferro_statement* World::insert() {
  if (insert_ == nullptr) insert_ = Compile(insert_plan_);
  return insert_;
}

bool World::AtRest() const {
  const timespec moment = {0, 200'000};
  for (int i = 0; i < 50'000; ++i) {
    int32_t open = 0, busy = 0;
    ferro_database_pool(database(), &open, &busy);
    if (busy == 0) return true;
    nanosleep(&moment, nullptr);
  }
  return false;
}

void World::DropTable() {
  ferro_plan* const plan = ferro_plan_new();
  ferro_error* error = nullptr;
  drop_table(plan, PEOPLE, 1);
  CHECK_OK(::run(&session_, nullptr, plan, nullptr, 0, nullptr, &error), error);
  ferro_plan_free(plan);
}

ferro_value World::NewName() {
  static int64_t number = 0;
  snprintf(name_, sizeof name_, "name %lld", static_cast<long long>(++number));
  return text_value(name_);
}

const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> all = {
      {"open, connect, ping, drain", OpenConnectAndClose},
      {"write a plan", WriteAPlan},
      {"compile, prepare and run", CompileAndRun, 1, true},
      {"insert", InsertOne, 1},
      {"select", SelectAll},
      {"insert many", InsertMany, kBulkRows},
      {"load many", LoadMany, kLoadedRows},
      {"leave a stream", LeaveAStream, 1},
      {"commit", CommitATransaction, 1},
      {"run several", RunSeveral, kTogether},
      {"leave a transaction", LeaveATransaction},
      {"meet an error", MeetAnError},
      {"wait for a connection", WaitForAConnection},
      {"share connections", ShareConnections},
  };
  return all;
}

}  // namespace failing
