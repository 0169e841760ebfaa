/* Statements that share connections, driven as an event loop would: three reads, one of them of no table, sent together. */
#include "consumer.h"

#include <poll.h>

enum { READS = 3, MOST = 16 };

typedef struct reader {
  ferro_operation *operation;
  ferro_code code;
  int done;
  int rows;
} reader;

typedef struct watched {
  ferro_operation *connections[MOST];
  int count;
} watched;

static void step_reader(reader *self) {
  int32_t state = FERRO_STATE_WAIT;
  ferro_error *error = NULL;
  do {
    self->code = ferro_operation_step(self->operation, &state, &error);
    if (self->code == FERRO_OK && state == FERRO_STATE_ROWS) {
      self->rows += (int)ferro_batch_rows(ferro_operation_batch(self->operation));
    }
  } while (self->code == FERRO_OK && state == FERRO_STATE_ROWS);
  self->done = self->code != FERRO_OK || state == FERRO_STATE_DONE;
  ferro_error_free(error);
}

/* Its own, when it has to wait for one of its own, as it does first. */
static void wait_for_reader(reader *self) {
  struct pollfd entry;
  const int32_t interest = ferro_operation_interest(self->operation);
  entry.fd = ferro_operation_descriptor(self->operation);
  entry.events = (short)(((interest & FERRO_WAIT_READ) != 0 ? POLLIN : 0) |
                         ((interest & FERRO_WAIT_WRITE) != 0 ? POLLOUT : 0));
  entry.revents = 0;
  if (entry.fd >= 0 && poll(&entry, 1, 0) > 0) step_reader(self);
}

static void step_connection(watched *all, int i) {
  int32_t state = FERRO_STATE_DONE;
  if (ferro_operation_step(all->connections[i], &state, NULL) == FERRO_OK && state == FERRO_STATE_WAIT) return;
  ferro_operation_free(all->connections[i]);
  all->connections[i] = all->connections[--all->count];
}

static void turn(ferro_pipeline *pipeline, watched *all) {
  while (ferro_pipeline_due(pipeline)) {
    ferro_operation *connection;
    reader *ready;
    int i;
    while ((connection = ferro_pipeline_connection(pipeline)) != NULL) {
      if (!CHECK(all->count < MOST)) return;
      all->connections[all->count++] = connection;
      step_connection(all, all->count - 1);
    }
    for (i = all->count - 1; i >= 0; --i) {
      if (ferro_operation_due(all->connections[i])) step_connection(all, i);
    }
    while ((ready = (reader *)ferro_pipeline_ready(pipeline)) != NULL) step_reader(ready);
  }
}

static void read_sockets(watched *all) {
  int i;
  for (i = all->count - 1; i >= 0; --i) {
    struct pollfd entry;
    entry.fd = ferro_operation_descriptor(all->connections[i]);
    entry.events = POLLIN;
    entry.revents = 0;
    if (entry.fd >= 0 && poll(&entry, 1, 10) > 0) step_connection(all, i);
  }
}

void test_pipeline(const session *in) {
  ferro_pipeline *pipeline = NULL;
  ferro_plan *plan = ferro_plan_new();
  ferro_statement *good = NULL, *bad = NULL;
  ferro_error *error = NULL;
  watched all;
  reader readers[READS];
  int i, rounds;
  if (!same_bytes(ferro_database_dialect(in->database), "postgresql")) {
    CHECK_CODE(FERRO_ERROR_UNSUPPORTED, ferro_pipeline_new(in->database, &pipeline, &error), error);
    ferro_plan_free(plan);
    return;
  }
  CHECK_OK(ferro_pipeline_new(in->database, &pipeline, &error), error);
  select_all(plan, PEOPLE, "name", FERRO_TYPE_TEXT, 0);
  CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &good, &error), error);
  ferro_plan_reset(plan);
  select_all(plan, "capi_nowhere", "name", FERRO_TYPE_TEXT, 0);
  CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &bad, &error), error);
  all.count = 0;
  CHECK(!ferro_pipeline_due(pipeline));
  for (i = 0; i < READS; ++i) {
    readers[i].done = readers[i].rows = 0;
    CHECK_OK(ferro_statement_run(in->database, NULL, i == 1 ? bad : good, NULL, 0, &readers[i].operation, &error), error);
    CHECK(ferro_operation_share(readers[i].operation, pipeline, &readers[i]));
    step_reader(&readers[i]);
  }
  for (rounds = 0; rounds < 1000 && !(readers[0].done && readers[1].done && readers[2].done); ++rounds) {
    for (i = 0; i < READS; ++i) {
      if (!readers[i].done) wait_for_reader(&readers[i]);
    }
    turn(pipeline, &all);
    read_sockets(&all);
    turn(pipeline, &all);
  }
  CHECK(readers[0].code == FERRO_OK && readers[1].code != FERRO_OK && readers[2].code == FERRO_OK);
  CHECK(readers[0].rows == count_people(in, NULL) && readers[2].rows == readers[0].rows);
  CHECK(all.count == 0); /* nobody asks anything: the connections went back */
  for (i = 0; i < READS; ++i) ferro_operation_free(readers[i].operation);
  ferro_statement_free(good);
  ferro_statement_free(bad);
  ferro_pipeline_free(pipeline);
  ferro_plan_free(plan);
}
