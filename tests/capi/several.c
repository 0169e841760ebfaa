/* Statements of a transaction by one operation: in order, each with its count and rows, and nothing after a failure. */
#include "consumer.h"

#define TOGETHER 137 /* more than two segments of the pipeline */

/* An insert with its key returned, a count of people, and the same insert of a name that is there. */
typedef struct statements {
  ferro_statement *add;
  ferro_statement *all;
} statements;

static int compile_both(const session *in, statements *out) {
  ferro_error *error = NULL;
  ferro_plan *plan = ferro_plan_new();
  int good;
  insert_person(plan, 1);
  good = CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &out->add, &error), error);
  ferro_plan_reset(plan);
  select_all(plan, PEOPLE, "id", FERRO_TYPE_INT64, 0);
  good = CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &out->all, &error), error) && good;
  ferro_plan_free(plan);
  return good;
}

static void put_run(ferro_run *to, const ferro_statement *statement, const ferro_value *arguments, size_t count) {
  to->statement = statement;
  to->arguments = arguments;
  to->argument_count = count;
}

/* Steps to the end; `rows_of[i]` counts the rows that were shown for run i. */
static ferro_code drive_several(ferro_operation *operation, size_t *rows_of, size_t runs, ferro_error **error) {
  int32_t state = FERRO_STATE_WAIT;
  ferro_code code = FERRO_OK;
  for (;;) {
    code = ferro_operation_wait(operation, &state, error);
    if (code != FERRO_OK || state == FERRO_STATE_DONE) return code;
    if (!CHECK(ferro_operation_position(operation) < runs)) return code;
    rows_of[ferro_operation_position(operation)] += ferro_batch_rows(ferro_operation_batch(operation));
  }
}

static void each_has_its_rows(const session *in, ferro_transaction *transaction, const statements *compiled) {
  ferro_error *error = NULL;
  ferro_operation *operation = NULL;
  ferro_run runs[TOGETHER + 1];
  ferro_value arguments[TOGETHER][2];
  char names[TOGETHER][32];
  size_t rows_of[TOGETHER + 1], i;
  const int64_t before = count_people(in, NULL);
  int each = 1;
  for (i = 0; i < TOGETHER; ++i) {
    snprintf(names[i], sizeof names[i], "several %03d", (int)i);
    arguments[i][0] = text_value(names[i]);
    arguments[i][1] = ferro_null();
    put_run(&runs[i], compiled->add, arguments[i], 2);
  }
  put_run(&runs[TOGETHER], compiled->all, NULL, 0);
  memset(rows_of, 0, sizeof rows_of);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
  CHECK_OK(ferro_statement_run_several(in->database, transaction, runs, TOGETHER + 1, &operation, &error), error);
  CHECK_OK(drive_several(operation, rows_of, TOGETHER + 1, &error), error);
  CHECK(ferro_operation_position(operation) == TOGETHER + 1);
  for (i = 0; i < TOGETHER; ++i) each = each && rows_of[i] == 1 && ferro_operation_count_of(operation, i) == 1;
  CHECK(each);
  /* It sees what those before it have done. */
  CHECK((int64_t)rows_of[TOGETHER] == before + TOGETHER);
  CHECK(ferro_operation_count_of(operation, TOGETHER) == before + TOGETHER);
  CHECK(ferro_operation_rows_affected(operation) == before + 2 * TOGETHER);
  CHECK(ferro_operation_count_of(operation, TOGETHER + 1) == 0);
  ferro_operation_free(operation);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_ROLLBACK, &error), error);
  CHECK(count_people(in, NULL) == before);
}

static void the_first_failure_is_the_end(const session *in, ferro_transaction *transaction, const statements *compiled) {
  ferro_error *error = NULL;
  ferro_operation *operation = NULL;
  ferro_run runs[5];
  ferro_value arguments[3][2];
  size_t rows_of[5] = {0, 0, 0, 0, 0}, i;
  const int64_t before = count_people(in, NULL);
  arguments[0][0] = text_value("first of several");
  arguments[1][0] = text_value("first of several"); /* a second time */
  arguments[2][0] = text_value("after the failure");
  for (i = 0; i < 3; ++i) {
    arguments[i][1] = ferro_null();
    put_run(&runs[i], compiled->add, arguments[i], 2);
  }
  put_run(&runs[3], compiled->all, NULL, 0);
  put_run(&runs[4], compiled->add, arguments[2], 2);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_SAVEPOINT, &error), error);
  CHECK_OK(ferro_statement_run_several(in->database, transaction, runs, 5, &operation, &error), error);
  CHECK_CODE(FERRO_ERROR_UNIQUE, drive_several(operation, rows_of, 5, &error), error);
  CHECK(ferro_operation_position(operation) == 1);
  CHECK(rows_of[0] == 1 && rows_of[1] == 0 && rows_of[2] == 0 && rows_of[3] == 0 && rows_of[4] == 0);
  ferro_operation_free(operation);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_ROLLBACK_TO, &error), error);
  /* The transaction goes on. */
  CHECK_OK(ferro_statement_run_several(in->database, transaction, &runs[2], 1, &operation, &error), error);
  CHECK_OK(drive_several(operation, rows_of, 1, &error), error);
  ferro_operation_free(operation);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_ROLLBACK, &error), error);
  CHECK(count_people(in, NULL) == before);
}

/* One that the client cannot send: those before it, which were sent, have run, and those after it have not. */
static void what_cannot_be_sent(const session *in, ferro_transaction *transaction, const statements *compiled, size_t place) {
  ferro_error *error = NULL;
  ferro_operation *operation = NULL;
  ferro_run runs[TOGETHER];
  ferro_value arguments[TOGETHER][2];
  char names[TOGETHER][32];
  size_t rows_of[TOGETHER], i, shown = 0;
  const int64_t before = count_people(in, NULL);
  if (!same_bytes(ferro_database_dialect(in->database), "postgresql")) return; /* the others take such a text */
  for (i = 0; i < TOGETHER; ++i) {
    snprintf(names[i], sizeof names[i], "unsent %03d", (int)i);
    arguments[i][0] = i == place ? ferro_data(FERRO_TYPE_TEXT, "a\0b", 3) : text_value(names[i]);
    arguments[i][1] = ferro_null();
    put_run(&runs[i], compiled->add, arguments[i], 2);
  }
  memset(rows_of, 0, sizeof rows_of);
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_BEGIN, &error), error);
  CHECK_OK(ferro_statement_run_several(in->database, transaction, runs, TOGETHER, &operation, &error), error);
  CHECK_CODE(FERRO_ERROR_INVALID_TEXT, drive_several(operation, rows_of, TOGETHER, &error), error);
  CHECK(ferro_operation_position(operation) == place);
  for (i = 0; i < TOGETHER; ++i) shown += rows_of[i];
  CHECK(shown == place);
  ferro_operation_free(operation);
  CHECK(count_people(in, transaction) == before + (int64_t)place); /* the transaction is sound */
  CHECK_OK(act(in, transaction, FERRO_TRANSACTION_ROLLBACK, &error), error);
}

static void several_misused(const session *in, ferro_transaction *transaction, const statements *compiled) {
  ferro_error *error = NULL;
  ferro_operation *operation = NULL;
  ferro_run runs[2];
  ferro_value name = text_value("refused");
  size_t rows_of[2] = {0, 0};
  put_run(&runs[0], compiled->all, NULL, 0);
  put_run(&runs[1], compiled->add, &name, 1);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT,
             ferro_statement_run_several(in->database, NULL, runs, 1, &operation, &error), error);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT,
             ferro_statement_run_several(in->database, transaction, runs, 2, &operation, &error), error);
  CHECK(operation == NULL);
  /* None has begun. */
  CHECK_OK(ferro_statement_run_several(in->database, transaction, runs, 1, &operation, &error), error);
  CHECK_CODE(FERRO_ERROR_CLOSED, drive_several(operation, rows_of, 1, &error), error);
  ferro_operation_free(operation);
  CHECK_OK(ferro_statement_run_several(in->database, transaction, runs, 0, &operation, &error), error);
  CHECK_OK(drive_several(operation, rows_of, 0, &error), error);
  CHECK(ferro_operation_rows_affected(operation) == 0);
  ferro_operation_free(operation);
}

void test_several(const session *in) {
  ferro_error *error = NULL;
  ferro_transaction *transaction = NULL;
  statements compiled = {NULL, NULL};
  CHECK_OK(ferro_transaction_new(in->database, &transaction, &error), error);
  if (compile_both(in, &compiled)) {
    several_misused(in, transaction, &compiled);
    each_has_its_rows(in, transaction, &compiled);
    the_first_failure_is_the_end(in, transaction, &compiled);
    what_cannot_be_sent(in, transaction, &compiled, 0);
    what_cannot_be_sent(in, transaction, &compiled, 60);
    what_cannot_be_sent(in, transaction, &compiled, TOGETHER - 1);
  }
  ferro_statement_free(compiled.add);
  ferro_statement_free(compiled.all);
  ferro_transaction_free(transaction);
}
