/* The pool from outside: figures, an answer from the server, closing that waits, and a password that is asked for. */
#include "consumer.h"

typedef struct keeper {
  const char *password;
  int asked;
  int released;
} keeper;

static int32_t ask(void *context, ferro_password_give give, void *answer) {
  keeper *self = (keeper *)context;
  ++self->asked;
  if (self->password == NULL) {
    give(answer, bytes("the keeper is out"));
    return 0;
  }
  give(answer, bytes(self->password));
  return 1;
}

static void release(void *context) { ++((keeper *)context)->released; }

static ferro_database *open_another(const session *in) {
  ferro_database *database = NULL;
  ferro_error *error = NULL;
  CHECK_OK(ferro_database_open(bytes(in->url), &database, &error), error);
  return database;
}

static void it_answers_and_counts(const session *in) {
  ferro_statistics before, after;
  ferro_operation *operation = NULL;
  ferro_error *error = NULL;
  int64_t idle = -1;
  ferro_database_statistics(in->database, &before, sizeof before);
  CHECK(before.busy == 0 && before.idle == before.opened - before.closed && before.statements > 0);
  if (CHECK_OK(ferro_database_ping(in->database, &operation, &error), error)) {
    CHECK_OK(finish(in, operation, NULL, &error), error);
  }
  ferro_database_statistics(in->database, &after, sizeof after);
  CHECK(after.acquired == before.acquired + 1 && after.timeouts == 0);
  /* A caller of an older header has fewer fields. */
  ferro_database_statistics(in->database, (ferro_statistics *)&idle, sizeof idle);
  CHECK(idle == after.idle);
}

static void it_closes_when_all_is_back(const session *in) {
  ferro_database *const database = open_another(in);
  ferro_transaction *transaction = NULL;
  ferro_operation *operation = NULL;
  ferro_error *error = NULL;
  result left;
  session other = *in;
  other.database = database;
  if (database == NULL) return;
  if (CHECK_OK(ferro_database_connect(database, &operation, &error), error)) {
    CHECK_OK(finish(&other, operation, NULL, &error), error);
  }
  CHECK_OK(ferro_transaction_new(database, &transaction, &error), error);
  CHECK_OK(act(&other, transaction, FERRO_TRANSACTION_BEGIN_READ, &error), error);
  if (CHECK_OK(ferro_database_drain(database, 5, &operation, &error), error)) {
    CHECK_OK(finish(&other, operation, &left, &error), error);
    CHECK(left.affected == 1);
  }
  CHECK_OK(ferro_database_ping(database, &operation, &error), error);
  CHECK_CODE(FERRO_ERROR_CLOSED, finish(&other, operation, NULL, &error), error);
  CHECK_OK(act(&other, transaction, FERRO_TRANSACTION_ROLLBACK, &error), error);
  if (CHECK_OK(ferro_database_drain(database, -1, &operation, &error), error)) {
    CHECK_OK(finish(&other, operation, &left, &error), error);
    CHECK(left.affected == 0);
  }
  ferro_transaction_free(transaction);
  ferro_database_free(database);
}

static void it_asks_for_the_password(const session *in) {
  ferro_database *const database = open_another(in);
  ferro_operation *operation = NULL;
  ferro_error *error = NULL;
  keeper out = {NULL, 0, 0};
  session other = *in;
  other.database = database;
  if (database == NULL) return;
  CHECK_OK(ferro_database_set_password(database, ask, &out, release, &error), error);
  CHECK_OK(ferro_database_connect(database, &operation, &error), error);
  CHECK_CODE(FERRO_ERROR_AUTHENTICATION, finish(&other, operation, NULL, &error), error);
  CHECK(out.asked == 1 && out.released == 0);
  ferro_database_free(database);
  CHECK(out.released == 1);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, ferro_database_set_password(NULL, ask, &out, release, &error), error);
  CHECK(out.released == 2);
}

void test_pool(const session *in) {
  it_answers_and_counts(in);
  it_closes_when_all_is_back(in);
  it_asks_for_the_password(in);
}
