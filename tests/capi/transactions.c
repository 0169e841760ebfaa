/* Transactions and savepoints, their misuse, and operations that are given up half-way. */
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#include "consumer.h"

#include <time.h>

static ferro_code add(const session *in, ferro_transaction *transaction, const char *name, ferro_error **error) {
  ferro_plan *plan = ferro_plan_new();
  ferro_value arguments[2];
  ferro_code code;
  arguments[0] = text_value(name);
  arguments[1] = ferro_null();
  insert_person(plan, 0);
  code = run(in, transaction, plan, arguments, 2, NULL, error);
  ferro_plan_free(plan);
  return code;
}

static void commit_keeps_and_rollback_undoes(const session *in) {
  ferro_error *error = NULL;
  ferro_transaction *transaction = NULL;
  const int64_t before = count_people(in, NULL);
  int32_t open = -1, busy = -1;
  CHECK_OK(ferro_transaction_new(in->database, &transaction, &error), error);
  CHECK(!ferro_transaction_active(transaction));
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
  CHECK(ferro_transaction_active(transaction));
  ferro_database_pool(in->database, &open, &busy);
  CHECK(busy == 1 && open >= 1);
  CHECK_OK(add(in, transaction, "committed", &error), error);
  CHECK(count_people(in, transaction) == before + 1);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_COMMIT, &error), error);
  CHECK(!ferro_transaction_active(transaction));
  ferro_database_pool(in->database, &open, &busy);
  CHECK(busy == 0 && open >= 1);
  CHECK(count_people(in, NULL) == before + 1);

  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error); /* the handle may be used again */
  CHECK_OK(add(in, transaction, "rolled back", &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_ROLLBACK, &error), error);
  CHECK(count_people(in, NULL) == before + 1);

  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN_READ, &error), error);
  CHECK(count_people(in, transaction) == before + 1);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_COMMIT, &error), error);

  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
  CHECK_OK(add(in, transaction, "given up", &error), error);
  ferro_transaction_free(transaction);
  CHECK(count_people(in, NULL) == before + 1);
}

static void savepoints_nest(const session *in) {
  ferro_error *error = NULL;
  ferro_transaction *transaction = NULL;
  const int64_t before = count_people(in, NULL);
  CHECK_OK(ferro_transaction_new(in->database, &transaction, &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, act(in, transaction, FERRO_TRANSACTION_RELEASE, &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_SAVEPOINT, &error), error);
  CHECK_OK(add(in, transaction, "kept", &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_SAVEPOINT, &error), error);
  CHECK_OK(add(in, transaction, "undone", &error), error);
  CHECK_CODE(FERRO_ERROR_UNIQUE, add(in, transaction, "undone", &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_ROLLBACK_TO, &error), error);
  CHECK(count_people(in, transaction) == before + 1);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_RELEASE, &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_COMMIT, &error), error);
  CHECK(count_people(in, NULL) == before + 1);
  ferro_transaction_free(transaction);
}

static void misuse_is_refused(const session *in) {
  ferro_error *error = NULL;
  ferro_transaction *transaction = NULL;
  ferro_operation *first = NULL, *second = NULL;
  CHECK_OK(ferro_transaction_new(in->database, &transaction, &error), error);
  CHECK_CODE(FERRO_ERROR_CLOSED, act(in, transaction, FERRO_TRANSACTION_COMMIT, &error), error);
  CHECK_CODE(FERRO_ERROR_CLOSED, act(in, transaction, FERRO_TRANSACTION_ROLLBACK, &error), error);
  CHECK_CODE(FERRO_ERROR_CLOSED, add(in, transaction, "not begun", &error), error);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, ferro_transaction_do(transaction, 99, &first, &error), error);
  CHECK(first == NULL);

  CHECK_OK(ferro_transaction_do(transaction, FERRO_TRANSACTION_BEGIN, &first, &error), error);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT,
             ferro_transaction_do(transaction, FERRO_TRANSACTION_COMMIT, &second, &error), error);
  CHECK(second == NULL);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, add(in, transaction, "busy", &error), error);
  CHECK_OK(finish(in, first, NULL, &error), error);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_ROLLBACK, &error), error);
  ferro_transaction_free(transaction);
}

/* PostgreSQL ends a transaction with its first error; the others go on. */
static void a_failed_transaction(const session *in) {
  ferro_error *error = NULL;
  ferro_transaction *transaction = NULL;
  const int64_t before = count_people(in, NULL);
  const int fails = same_bytes(ferro_database_dialect(in->database), "postgresql");
  CHECK_OK(ferro_transaction_new(in->database, &transaction, &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
  CHECK_OK(add(in, transaction, "before the error", &error), error);
  CHECK_CODE(FERRO_ERROR_UNIQUE, add(in, transaction, "before the error", &error), error);
  CHECK_CODE(fails ? FERRO_ERROR_FAILED_TRANSACTION : FERRO_OK, act(in, transaction, FERRO_TRANSACTION_COMMIT, &error),
             error);
  CHECK(!ferro_transaction_active(transaction));
  CHECK(count_people(in, NULL) == before + !fails);
  ferro_transaction_free(transaction);
}

static void definitions_in_a_transaction(const session *in) {
  ferro_error *error = NULL;
  ferro_transaction *transaction = NULL;
  ferro_plan *plan = ferro_plan_new();
  int32_t support = -1;
  CHECK_OK(ferro_database_supports(in->database, bytes("transactional-ddl"), &support, NULL, &error), error);
  CHECK_OK(ferro_transaction_new(in->database, &transaction, &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
  drop_table(plan, PEOPLE, 0);
  CHECK_CODE(support == FERRO_SUPPORT_REFUSED ? FERRO_ERROR_UNSUPPORTED : FERRO_OK,
             run(in, transaction, plan, NULL, 0, NULL, &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_ROLLBACK, &error), error);
  CHECK(count_people(in, NULL) > 0); /* it is still there, either way */
  ferro_transaction_free(transaction);
  ferro_plan_free(plan);
}

/* A connection whose operation was given up counts as busy until it is fit again, or closed. */
static void wait_for_recovery(const session *in) {
  const struct timespec moment = {0, 1000000};
  int32_t open = -1, busy = -1, i;
  for (i = 0; i < 5000 && busy != 0; ++i) {
    ferro_database_pool(in->database, &open, &busy);
    nanosleep(&moment, NULL);
  }
  CHECK(busy == 0);
}

static int32_t asked;
static int32_t no_more(void *data) { return ++asked >= *(int32_t *)data; }

static void options(const session *in) {
  ferro_error *error = NULL;
  ferro_transaction *transaction = NULL;
  ferro_operation *operation = NULL;
  int32_t support = -1;
  const int64_t before = count_people(in, NULL);
  CHECK_OK(ferro_transaction_new(in->database, &transaction, &error), error);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, ferro_transaction_begin(transaction, 9, 0, -1, &operation, &error), error);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, ferro_transaction_begin(transaction, 0, 64, -1, &operation, &error), error);
  CHECK_OK(ferro_transaction_begin(transaction, FERRO_ISOLATION_SERIALIZABLE, FERRO_BEGIN_READ_ONLY, 60000, &operation,
                                   &error),
           error);
  CHECK_OK(finish(in, operation, NULL, &error), error);
  CHECK(count_people(in, transaction) == before);
  CHECK_CODE(FERRO_ERROR_READ_ONLY, add(in, transaction, "not here", &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_ROLLBACK, &error), error);

  CHECK_OK(ferro_database_supports(in->database, bytes("weak-isolation"), &support, NULL, &error), error);
  CHECK_OK(ferro_transaction_begin(transaction, FERRO_ISOLATION_READ_COMMITTED, FERRO_BEGIN_LAZY, -1, &operation, &error),
           error);
  CHECK_CODE(support == FERRO_SUPPORT_REFUSED ? FERRO_ERROR_UNSUPPORTED : FERRO_OK, finish(in, operation, NULL, &error),
             error);
  if (support != FERRO_SUPPORT_REFUSED) CHECK_OK(act(in, transaction, FERRO_TRANSACTION_COMMIT, &error), error);

  /* Its time is over before it has done anything. */
  CHECK_OK(ferro_transaction_begin(transaction, 0, 0, 50, &operation, &error), error);
  CHECK_OK(finish(in, operation, NULL, &error), error);
  {
    const struct timespec moment = {0, 100000000};
    nanosleep(&moment, NULL);
  }
  CHECK_CODE(FERRO_ERROR_TIMEOUT, act(in, transaction, FERRO_TRANSACTION_COMMIT, &error), error);
  CHECK(!ferro_transaction_active(transaction));

  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
  CHECK_OK(add(in, transaction, "abandoned", &error), error);
  ferro_transaction_abandon(transaction);
  ferro_transaction_abandon(transaction); /* again is fine */
  ferro_transaction_abandon(NULL);
  CHECK(!ferro_transaction_active(transaction));
  CHECK_CODE(FERRO_ERROR_FAILED_TRANSACTION, add(in, transaction, "too late", &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_ROLLBACK, &error), error);
  wait_for_recovery(in);
  CHECK(count_people(in, NULL) == before);
  ferro_transaction_free(transaction);
}

void test_transactions(const session *in) {
  commit_keeps_and_rollback_undoes(in);
  savepoints_nest(in);
  misuse_is_refused(in);
  a_failed_transaction(in);
  definitions_in_a_transaction(in);
  options(in);
}

static void begin_on(const session *in, ferro_transaction **transaction) {
  ferro_error *error = NULL;
  CHECK_OK(ferro_transaction_new(in->database, transaction, &error), error);
  CHECK_OK(act(in, *transaction, FERRO_TRANSACTION_BEGIN_READ, &error), error);
}

/* A pool of one, which a transaction holds: who comes next waits, for as long as it is told. */
void test_waiting(const session *in) {
  ferro_error *error = NULL;
  session one = *in;
  ferro_transaction *holder = NULL, *waiting = NULL;
  ferro_operation *operation = NULL;
  ferro_plan *plan = ferro_plan_new();
  ferro_statement *statement = NULL;
  result rows;
  char url[600];
  int32_t state = -1, open = -1, busy = -1;
  snprintf(url, sizeof url, "%s%cpool_size=1&pool_timeout=0.05", in->url, strchr(in->url, '?') == NULL ? '?' : '&');
  CHECK_OK(ferro_database_open(bytes(url), &one.database, &error), error);
  CHECK_OK(ferro_database_connect(one.database, &operation, &error), error);
  ferro_operation_set_timeout(operation, 60000);
  CHECK_OK(finish(&one, operation, NULL, &error), error);
  begin_on(&one, &holder);
  CHECK_OK(ferro_transaction_new(one.database, &waiting, &error), error);
  CHECK_CODE(FERRO_ERROR_POOL_TIMEOUT, act(&one, waiting, FERRO_TRANSACTION_BEGIN_READ, &error), error);

  CHECK_OK(ferro_transaction_do(waiting, FERRO_TRANSACTION_BEGIN_READ, &operation, &error), error);
  ferro_operation_set_timeout(operation, 1);
  CHECK_CODE(FERRO_ERROR_TIMEOUT, finish(&one, operation, NULL, &error), error);

  /* Blocked, and asked meanwhile. */
  {
    int32_t enough = 1;
    asked = 0;
    CHECK_OK(ferro_transaction_do(waiting, FERRO_TRANSACTION_BEGIN_READ, &operation, &error), error);
    ferro_operation_set_interrupt(operation, no_more, &enough);
    CHECK_CODE(FERRO_ERROR_CANCELLED, ferro_operation_wait(operation, &state, &error), error);
    CHECK(asked == 1);
    ferro_operation_free(operation);
  }

  CHECK_OK(ferro_transaction_do(waiting, FERRO_TRANSACTION_BEGIN_READ, &operation, &error), error);
  CHECK_OK(ferro_operation_step(operation, &state, &error), error);
  CHECK(state == FERRO_STATE_WAIT);
  CHECK(ferro_operation_descriptor(operation) >= 0);
  CHECK(ferro_operation_interest(operation) == FERRO_WAIT_READ);
  CHECK(ferro_operation_timeout(operation) >= 0 && ferro_operation_timeout(operation) <= 50);
  ferro_operation_free(operation); /* given up */
  ferro_database_pool(one.database, &open, &busy);
  CHECK(open == 1 && busy == 1);
  CHECK_OK(act(&one, holder, FERRO_TRANSACTION_ROLLBACK, &error), error);
  CHECK_OK(act(&one, waiting, FERRO_TRANSACTION_BEGIN_READ, &error), error);
  CHECK_OK(act(&one, waiting, FERRO_TRANSACTION_COMMIT, &error), error);

  /* A query of which only the first rows are read: its connection is not given to anybody else half-way. */
  select_all(plan, PEOPLE, "name", FERRO_TYPE_TEXT, 0);
  CHECK_OK(ferro_statement_compile(one.database, ferro_plan_bytes(plan), &statement, &error), error);
  CHECK_OK(ferro_statement_run(one.database, NULL, statement, NULL, 0, &operation, &error), error);
  CHECK_OK(ferro_operation_wait(operation, &state, &error), error);
  CHECK(state == FERRO_STATE_ROWS);
  CHECK(ferro_batch_columns(ferro_operation_batch(operation)) == 1);
  CHECK(ferro_batch_cells(ferro_operation_batch(operation))[0].type == FERRO_TYPE_TEXT);
  ferro_operation_free(operation);
  wait_for_recovery(&one);
  CHECK_OK(run(&one, NULL, plan, NULL, 0, &rows, &error), error);
  CHECK((int64_t)rows.rows == count_people(in, NULL));
  result_free(&rows);

  ferro_statement_free(statement);
  ferro_plan_free(plan);
  ferro_transaction_free(waiting);
  ferro_transaction_free(holder);
  ferro_database_free(one.database);
}
