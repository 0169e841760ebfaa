/* What goes wrong, and what an application is then told. Every message is looked at for the values that it must not
 * show. */
#include "consumer.h"

/* Ends a call that must fail: its code, that it says why, and that it shows no value. */
static void fails(ferro_code expected, ferro_code got, ferro_error *error, const char *what, int line) {
  if (!check(got == expected, what, __FILE__, line)) {
    const ferro_bytes message = ferro_error_message(error), name = ferro_code_name(got);
    fprintf(stderr, "    gave %.*s: %.*s\n", (int)name.size, name.data, (int)message.size, message.data);
  }
  check(ferro_error_code(error) == got, what, __FILE__, line);
  check(ferro_error_message(error).size > 0, what, __FILE__, line);
  check(!holds(ferro_error_message(error), "hunter2"), what, __FILE__, line);
  check(!holds(ferro_error_hint(error), "hunter2"), what, __FILE__, line);
  check(!holds(ferro_error_sql(error), "hunter2"), what, __FILE__, line);
}
/* The error stays for a closer look; FREE_ERROR() ends it. */
#define FAILS(expected, call)                             \
  do {                                                    \
    const ferro_code got = (call);                        \
    fails((expected), got, error, #call, __LINE__);       \
  } while (0)
#define FREE_ERROR()         \
  do {                       \
    ferro_error_free(error); \
    error = NULL;            \
  } while (0)

static void a_url_that_is_none(void) {
  static const char *const bad[] = {"", "hunter2", "mysql://u:hunter2@host:port/x", "oracle://u:hunter2@host/x",
                                    "sqlite:x.db?hunter2=1", "sqlite:x.db?pool_size=hunter2"};
  size_t i;
  for (i = 0; i < sizeof bad / sizeof bad[0]; ++i) {
    ferro_database *database = NULL;
    ferro_error *error = NULL;
    FAILS(FERRO_ERROR_INVALID_ARGUMENT, ferro_database_open(bytes(bad[i]), &database, &error));
    CHECK(database == NULL);
    CHECK(ferro_error_hint(error).size > 0);
    if (i == 3) CHECK(holds(ferro_error_hint(error), "sqlite") && holds(ferro_error_message(error), "oracle"));
    FREE_ERROR();
    CHECK(ferro_database_open(bytes(bad[i]), &database, NULL) == FERRO_ERROR_INVALID_ARGUMENT);
  }
}

static void nothing_is_fine_to_free_and_to_ask(void) {
  int32_t count = 0;
  ferro_error_free(NULL);
  ferro_database_close(NULL);
  ferro_database_free(NULL);
  ferro_plan_free(NULL);
  ferro_statement_free(NULL);
  ferro_operation_free(NULL);
  ferro_transaction_free(NULL);
  CHECK(ferro_error_code(NULL) == FERRO_OK);
  CHECK(ferro_error_message(NULL).size == 0 && ferro_error_hint(NULL).size == 0);
  CHECK(ferro_error_sqlstate(NULL).size == 0 && ferro_error_detail(NULL).size == 0);
  CHECK(ferro_error_row(NULL) == -1 && ferro_error_native_code(NULL) == 0);
  CHECK(ferro_transaction_active(NULL) == 0);
  ferro_database_pool(NULL, &count, &count);
  CHECK(count == 0);
}

static void names_of_numbers(void) {
  int32_t i;
  CHECK(same_bytes(ferro_type_name(FERRO_TYPE_INT64), "int64"));
  CHECK(same_bytes(ferro_type_name(FERRO_TYPE_TIMESTAMPTZ), "timestamptz"));
  CHECK(same_bytes(ferro_type_name(15), "unknown") && same_bytes(ferro_type_name(-1), "unknown"));
  CHECK(same_bytes(ferro_code_name(FERRO_ERROR_UNIQUE), "unique"));
  CHECK(same_bytes(ferro_code_name(FERRO_ERROR_CONNECTION), "connection"));
  CHECK(same_bytes(ferro_code_name(35), "unknown") && same_bytes(ferro_code_name(-1), "unknown"));
  for (i = 1; i <= FERRO_ERROR_FORKED; ++i) CHECK(!same_bytes(ferro_code_name(i), "unknown"));
}

/* The eight functions write what plan.h describes, and nothing else. */
static void a_plan_is_the_bytes_that_are_described(void) {
  static const char wanted[] = "FP\x02\x00\x01\x05table\x02\x02\x05\x53\x02\x03\x02\x04\x05\x02\x81\x02";
  ferro_plan *plan = ferro_plan_new();
  if (!CHECK(plan != NULL)) return;
  CHECK(ferro_plan_bytes(plan).size == 4);
  put_name(plan, "table");
  put_int(plan, 1);
  put_node(plan, FERRO_NODE_DROP_TABLE, 2);
  put_param(plan, FERRO_TYPE_INT64);
  put_list_param(plan, FERRO_TYPE_TEXT);
  put_int(plan, -129); /* zigzag makes it 257: two bytes */
  CHECK(ferro_plan_bytes(plan).size == sizeof wanted - 1);
  CHECK(memcmp(ferro_plan_bytes(plan).data, wanted, sizeof wanted - 1) == 0);
  ferro_plan_reset(plan);
  CHECK(ferro_plan_bytes(plan).size == 4);
  ferro_plan_free(plan);
}

static void nothing_runs_before_it_is_connected(void) {
  ferro_database *database = NULL;
  ferro_statement *statement = NULL;
  ferro_transaction *transaction = NULL;
  ferro_error *error = NULL;
  ferro_plan *plan = ferro_plan_new();
  int32_t support = -1;
  CHECK_OK(ferro_database_open(bytes("sqlite::memory:"), &database, &error), error);
  CHECK(same_bytes(ferro_database_dialect(database), "sqlite"));
  CHECK(ferro_database_server(database).size == 0);
  select_all(plan, PEOPLE, "id", FERRO_TYPE_INT64, 0);
  FAILS(FERRO_ERROR_INVALID_ARGUMENT, ferro_statement_compile(database, ferro_plan_bytes(plan), &statement, &error));
  FREE_ERROR();
  FAILS(FERRO_ERROR_INVALID_ARGUMENT, ferro_database_supports(database, bytes("row-lock"), &support, NULL, &error));
  FREE_ERROR();
  FAILS(FERRO_ERROR_INVALID_ARGUMENT, ferro_transaction_new(database, &transaction, &error));
  FREE_ERROR();
  CHECK(statement == NULL && transaction == NULL && support == -1);
  ferro_plan_free(plan);
  ferro_database_free(database);
}

static void a_file_that_cannot_be(void) {
  session in = {NULL, NULL, 0};
  ferro_operation *operation = NULL;
  ferro_error *error = NULL;
  int32_t state = -1;
  CHECK_OK(ferro_database_open(bytes("sqlite:////no/such/folder/x.db"), &in.database, &error), error);
  CHECK_OK(ferro_database_connect(in.database, &operation, &error), error);
  FAILS(FERRO_ERROR_CONNECTION, ferro_operation_wait(operation, &state, &error));
  FREE_ERROR();
  FAILS(FERRO_ERROR_CONNECTION, ferro_operation_step(operation, &state, &error)); /* the same end again */
  FREE_ERROR();
  CHECK(state == -1);
  ferro_operation_free(operation);
  ferro_database_free(in.database);
}

void test_without_a_database(void) {
  CHECK(ferro_version() == FERRO_VERSION_MAJOR * 1000000 + FERRO_VERSION_MINOR * 1000 + FERRO_VERSION_PATCH);
  nothing_is_fine_to_free_and_to_ask();
  names_of_numbers();
  a_plan_is_the_bytes_that_are_described();
  a_url_that_is_none();
  nothing_runs_before_it_is_connected();
  a_file_that_cannot_be();
}

static void broken_plans(const session *in, ferro_plan *plan) {
  ferro_statement *statement = NULL;
  ferro_error *error = NULL;
  ferro_bytes part;
  size_t whole;
  FAILS(FERRO_ERROR_PLAN, ferro_statement_compile(in->database, bytes("SELECT hunter2"), &statement, &error));
  CHECK(holds(ferro_error_message(error), "byte 0"));
  FREE_ERROR();
  select_all(plan, PEOPLE, "id", FERRO_TYPE_INT64, 0);
  part = ferro_plan_bytes(plan);
  whole = part.size;
  for (part.size = 0; part.size < whole; ++part.size) {
    FAILS(FERRO_ERROR_PLAN, ferro_statement_compile(in->database, part, &statement, &error));
    FREE_ERROR();
  }
  CHECK(statement == NULL);
}

static void wrong_arguments(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_value arguments[3];
  arguments[0] = ferro_int64(1);
  arguments[1] = ferro_int64(1);
  arguments[2] = ferro_int64(1);
  insert_person(plan, 0);
  FAILS(FERRO_ERROR_INVALID_ARGUMENT, run(in, NULL, plan, arguments, 2, NULL, &error));
  CHECK(holds(ferro_error_message(error), "text"));
  FREE_ERROR();
  arguments[0] = text_value("hunter2");
  FAILS(FERRO_ERROR_INVALID_ARGUMENT, run(in, NULL, plan, arguments, 1, NULL, &error));
  FREE_ERROR();
  FAILS(FERRO_ERROR_INVALID_ARGUMENT, run(in, NULL, plan, arguments, 3, NULL, &error));
  FREE_ERROR();
  FAILS(FERRO_ERROR_INVALID_ARGUMENT, run(in, NULL, plan, NULL, 0, NULL, &error));
  FREE_ERROR();
  arguments[1] = ferro_array(arguments, 1);
  FAILS(FERRO_ERROR_INVALID_ARGUMENT, run(in, NULL, plan, arguments, 2, NULL, &error));
  FREE_ERROR();
}

static void what_the_server_refuses(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_statement *statement = NULL;
  ferro_operation *operation = NULL;
  ferro_value arguments[6];
  const int64_t before = count_people(in, NULL);
  select_all(plan, "capi_no_such_table", "id", FERRO_TYPE_INT64, 0);
  FAILS(FERRO_ERROR_UNDEFINED, run(in, NULL, plan, NULL, 0, NULL, &error));
  CHECK(holds(ferro_error_sql(error), "capi_no_such_table"));
  CHECK(ferro_error_row(error) == -1);
  CHECK(ferro_error_sqlstate(error).size == 5 || ferro_error_native_code(error) != 0);
  FREE_ERROR();

  insert_person(plan, 1);
  arguments[0] = text_value("hunter2");
  arguments[1] = ferro_int64(1);
  CHECK_OK(run(in, NULL, plan, arguments, 2, NULL, &error), error);
  FAILS(FERRO_ERROR_UNIQUE, run(in, NULL, plan, arguments, 2, NULL, &error));
  CHECK(same_bytes(ferro_error_constraint(error), PEOPLE_UNIQUE));
  CHECK(ferro_error_table(error).size == 0 || same_bytes(ferro_error_table(error), PEOPLE));
  CHECK(!holds(ferro_error_column(error), "hunter2"));
  /* The detail is where a server's own words may quote values; PostgreSQL's do. */
  CHECK(!same_bytes(ferro_database_dialect(in->database), "postgresql") || holds(ferro_error_detail(error), "hunter2"));
  FREE_ERROR();
  arguments[0] = ferro_null();
  FAILS(FERRO_ERROR_NOT_NULL, run(in, NULL, plan, arguments, 2, NULL, &error));
  CHECK(same_bytes(ferro_error_column(error), "name"));
  FREE_ERROR();

  /* Many rows are all or none. */
  arguments[0] = text_value("one");
  arguments[2] = text_value("two");
  arguments[3] = ferro_int64(2);
  arguments[4] = text_value("hunter2");
  arguments[5] = ferro_int64(3);
  CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &statement, &error), error);
  CHECK_OK(ferro_statement_run_bulk(in->database, NULL, statement, arguments, 3, &operation, &error), error);
  FAILS(FERRO_ERROR_UNIQUE, finish(in, operation, NULL, &error));
  CHECK(ferro_error_row(error) >= 0 && ferro_error_row(error) <= 2);
  FREE_ERROR();
  ferro_statement_free(statement);
  CHECK(count_people(in, NULL) == before + 1);
}

/* people with the key that the caller gives: the database numbers a NULL, or it does not; here it never gets one. */
static void a_key_that_is_null(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_statement *statement = NULL;
  ferro_operation *operation = NULL;
  ferro_value arguments[4];
  int returning;
  const int64_t before = count_people(in, NULL);
  arguments[0] = text_value("hunter2 with a key");
  arguments[1] = ferro_null();
  arguments[2] = text_value("hunter2 without");
  arguments[3] = ferro_null();
  for (returning = 0; returning < 2; ++returning) {
    ferro_plan_reset(plan);
    put_name(plan, PEOPLE);
    put_assignment(plan, "name", FERRO_TYPE_TEXT);
    put_assignment(plan, "id", FERRO_TYPE_INT64);
    put_list(plan, 2);
    if (returning) put_item(plan, "name", FERRO_TYPE_TEXT);
    put_list(plan, (uint32_t)returning);
    put_name(plan, "id");
    put_int(plan, FERRO_TYPE_INT64);
    put_node(plan, FERRO_NODE_INSERT, 5);
    arguments[1] = ferro_null();
    FAILS(FERRO_ERROR_NOT_NULL, run(in, NULL, plan, arguments, 2, NULL, &error));
    CHECK(same_bytes(ferro_error_table(error), PEOPLE) && same_bytes(ferro_error_column(error), "id"));
    CHECK(ferro_error_hint(error).size > 0 && ferro_error_row(error) == -1);
    FREE_ERROR();
    arguments[1] = ferro_int64(1000000 + returning);
    CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &statement, &error), error);
    FAILS(FERRO_ERROR_NOT_NULL,
          ferro_statement_run_bulk(in->database, NULL, statement, arguments, 2, &operation, &error));
    CHECK(ferro_error_row(error) == 1 && operation == NULL);
    FREE_ERROR();
    ferro_statement_free(statement);
    statement = NULL;
    CHECK(count_people(in, NULL) == before);
  }
}

static void features(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_bytes advice = {NULL, 0};
  int32_t support = -1;
  FAILS(FERRO_ERROR_INVALID_ARGUMENT,
        ferro_database_supports(in->database, bytes("telepathy"), &support, &advice, &error));
  CHECK(holds(ferro_error_message(error), "telepathy") && support == -1);
  FREE_ERROR();
  CHECK_OK(ferro_database_supports(in->database, bytes("generated-key"), &support, NULL, &error), error);
  CHECK(support != FERRO_SUPPORT_REFUSED);

  /* It works, or it is refused with what to do instead: never left out. */
  CHECK_OK(ferro_database_supports(in->database, bytes("row-lock"), &support, &advice, &error), error);
  CHECK(support >= FERRO_SUPPORT_NATIVE && support <= FERRO_SUPPORT_REFUSED);
  CHECK((support == FERRO_SUPPORT_REFUSED) == same_bytes(ferro_database_dialect(in->database), "sqlite"));
  select_all(plan, PEOPLE, "id", FERRO_TYPE_INT64, 1);
  if (support == FERRO_SUPPORT_REFUSED) {
    ferro_statement *statement = NULL;
    CHECK(advice.size > 0);
    FAILS(FERRO_ERROR_UNSUPPORTED, ferro_statement_compile(in->database, ferro_plan_bytes(plan), &statement, &error));
    CHECK(ferro_error_hint(error).size > 0 && statement == NULL);
    FREE_ERROR();
  } else {
    CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);
  }
}

static void a_closed_database(const session *in, ferro_plan *plan) {
  session other = *in;
  ferro_operation *operation = NULL;
  ferro_error *error = NULL;
  CHECK_OK(ferro_database_open(bytes(in->url), &other.database, &error), error);
  CHECK_OK(ferro_database_connect(other.database, &operation, &error), error);
  CHECK_OK(finish(&other, operation, NULL, &error), error);
  ferro_database_close(other.database);
  select_all(plan, PEOPLE, "id", FERRO_TYPE_INT64, 0);
  FAILS(FERRO_ERROR_CLOSED, run(&other, NULL, plan, NULL, 0, NULL, &error));
  FREE_ERROR();
  ferro_database_close(other.database); /* again is fine */
  ferro_database_free(other.database);
}

void test_errors(const session *in) {
  ferro_plan *plan = ferro_plan_new();
  broken_plans(in, plan);
  wrong_arguments(in, plan);
  what_the_server_refuses(in, plan);
  a_key_that_is_null(in, plan);
  features(in, plan);
  a_closed_database(in, plan);
  ferro_plan_free(plan);
}
