/* What an application does all day: tables, inserts, queries, changes; and a cell of every type, there and back. */
#include "consumer.h"

#define MANY 2500

void create_people(ferro_plan *plan) {
  ferro_plan_reset(plan);
  put_name(plan, PEOPLE);
  put_int(plan, 0);
  put_definition(plan, "id", FERRO_TYPE_INT64, 0, 0, 1);
  put_definition(plan, "name", FERRO_TYPE_TEXT, 50, 0, 0);
  put_definition(plan, "age", FERRO_TYPE_INT64, 0, 1, 0);
  put_list(plan, 3);
  put_name(plan, "id");
  put_list(plan, 1);
  put_name(plan, PEOPLE_UNIQUE);
  put_name(plan, "name");
  put_list(plan, 1);
  put_node(plan, FERRO_NODE_UNIQUE, 2);
  put_list(plan, 1);
  put_node(plan, FERRO_NODE_CREATE_TABLE, 5);
}

void insert_person(ferro_plan *plan, int returning) {
  ferro_plan_reset(plan);
  put_name(plan, PEOPLE);
  put_assignment(plan, "name", FERRO_TYPE_TEXT);
  put_assignment(plan, "age", FERRO_TYPE_INT64);
  put_list(plan, 2);
  if (returning > 0) put_item(plan, "id", FERRO_TYPE_INT64);
  if (returning > 1) put_item(plan, "name", FERRO_TYPE_TEXT);
  put_list(plan, (uint32_t)returning);
  put_name(plan, "id");
  put_int(plan, FERRO_TYPE_INT64);
  put_node(plan, FERRO_NODE_INSERT, 5);
}

int64_t count_people(const session *in, ferro_transaction *transaction) {
  ferro_plan *plan = ferro_plan_new();
  ferro_error *error = NULL;
  result rows;
  int64_t count = -1;
  ferro_plan_reset(plan);
  begin_select(plan);
  put_int(plan, FERRO_AGGREGATE_COUNT);
  put_list(plan, 0);
  put_int(plan, 0);
  put_none(plan);
  put_list(plan, 0);
  put_node(plan, FERRO_NODE_AGGREGATE, 5);
  put_name(plan, "");
  put_int(plan, FERRO_TYPE_INT64);
  put_node(plan, FERRO_NODE_SELECT_ITEM, 3);
  put_list(plan, 1);
  put_name(plan, PEOPLE);
  put_name(plan, "");
  put_node(plan, FERRO_NODE_TABLE, 2);
  put_none(plan);
  put_no_grouping(plan);
  put_list(plan, 0);
  put_none(plan);
  put_none(plan);
  end_select(plan, 0);
  if (CHECK_OK(run(in, transaction, plan, NULL, 0, &rows, &error), error) && CHECK(rows.rows == 1)) {
    CHECK(cell(&rows, 0, 0)->type == FERRO_TYPE_INT64);
    count = cell(&rows, 0, 0)->as.integer;
  }
  result_free(&rows);
  ferro_plan_free(plan);
  return count;
}

static void tables_are_made(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  drop_table(plan, PEOPLE, 1);
  CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);
  create_people(plan);
  CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);
  CHECK_CODE(FERRO_ERROR_DUPLICATE_OBJECT, run(in, NULL, plan, NULL, 0, NULL, &error), error);

  ferro_plan_reset(plan);
  put_name(plan, "capi_people_age");
  put_name(plan, PEOPLE);
  put_name(plan, "age");
  put_list(plan, 1);
  put_int(plan, 0);
  put_int(plan, 0);
  put_node(plan, FERRO_NODE_CREATE_INDEX, 5);
  CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);
  ferro_plan_reset(plan);
  put_name(plan, "capi_people_age");
  put_name(plan, PEOPLE);
  put_int(plan, 0);
  put_node(plan, FERRO_NODE_DROP_INDEX, 3);
  CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);
}

static void an_insert_returns_its_row(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_statement *statement = NULL;
  ferro_value arguments[2];
  result rows;
  insert_person(plan, 2);
  arguments[0] = text_value("Zo\xC3\xAB O'Hara");
  arguments[1] = ferro_null();
  CHECK_OK(run(in, NULL, plan, arguments, 2, &rows, &error), error);
  CHECK(rows.affected == 1 && rows.rows == 1 && rows.columns == 2);
  CHECK(cell(&rows, 0, 0)->type == FERRO_TYPE_INT64 && cell(&rows, 0, 0)->as.integer > 0);
  CHECK(cell_is(cell(&rows, 0, 1), FERRO_TYPE_TEXT, "Zo\xC3\xAB O'Hara", 11));
  result_free(&rows);

  CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &statement, &error), error);
  CHECK(ferro_statement_parameter_count(statement) == 2);
  CHECK(ferro_statement_column_count(statement) == 2);
  CHECK(holds(ferro_statement_sql(statement), "INSERT INTO"));
  CHECK(!holds(ferro_statement_sql(statement), "Hara"));
  ferro_statement_free(statement);
}

/* The key of row i is returned in place i: looked at by selecting what is stored under it. */
static void many_rows_return_their_keys_in_order(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_statement *statement = NULL;
  ferro_operation *operation = NULL;
  static char names[MANY][16];
  static ferro_value arguments[MANY * 2];
  result keys, rows;
  size_t i, j, right = 0;
  memset(&keys, 0, sizeof keys);
  for (i = 0; i < MANY; ++i) {
    /* not in the order of the alphabet */
    snprintf(names[i], sizeof names[i], "bulk%04u", (unsigned)((i * 7) % MANY));
    arguments[2 * i] = text_value(names[i]);
    arguments[2 * i + 1] = i % 10 == 9 ? ferro_null() : ferro_int64((int64_t)i % 10);
  }
  insert_person(plan, 1);
  CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &statement, &error), error);
  if (CHECK_OK(ferro_statement_run_bulk(in->database, NULL, statement, arguments, MANY, &operation, &error), error)) {
    CHECK_OK(finish(in, operation, &keys, &error), error);
  }
  ferro_statement_free(statement);
  CHECK(keys.affected == MANY && keys.rows == MANY && keys.columns == 1);

  /* select id, name … where name like ? order by id */
  ferro_plan_reset(plan);
  begin_select(plan);
  put_item(plan, "id", FERRO_TYPE_INT64);
  put_item(plan, "name", FERRO_TYPE_TEXT);
  put_list(plan, 2);
  put_name(plan, PEOPLE);
  put_name(plan, "");
  put_node(plan, FERRO_NODE_TABLE, 2);
  put_column(plan, "name", FERRO_TYPE_TEXT);
  put_param(plan, FERRO_TYPE_TEXT);
  put_int(plan, 0);
  put_int(plan, 0);
  put_node(plan, FERRO_NODE_LIKE, 4);
  put_no_grouping(plan);
  put_list(plan, 0);
  put_none(plan);
  put_none(plan);
  end_select(plan, 0);
  arguments[0] = text_value("bulk%");
  CHECK_OK(run(in, NULL, plan, arguments, 1, &rows, &error), error);
  CHECK(rows.rows == MANY && rows.affected == MANY);
  for (i = 0; i < rows.rows; ++i) {
    for (j = 0; j < keys.rows; ++j) {
      if (cell(&keys, j, 0)->as.integer != cell(&rows, i, 0)->as.integer) continue;
      if (cell_is(cell(&rows, i, 1), FERRO_TYPE_TEXT, names[j], strlen(names[j]))) ++right;
      break;
    }
  }
  CHECK(right == MANY);
  result_free(&rows);
  result_free(&keys);
}

/* select id, age from people where name like ? and age in (?) order by age desc, id limit ? offset ? */
static void a_query_finds_what_it_should(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_value ages[3], arguments[4];
  result rows;
  size_t i;
  ferro_plan_reset(plan);
  begin_select(plan);
  put_item(plan, "id", FERRO_TYPE_INT64);
  put_item(plan, "age", FERRO_TYPE_INT64);
  put_list(plan, 2);
  put_name(plan, PEOPLE);
  put_name(plan, "");
  put_node(plan, FERRO_NODE_TABLE, 2);
  put_int(plan, FERRO_LOGICAL_AND);
  put_column(plan, "name", FERRO_TYPE_TEXT);
  put_param(plan, FERRO_TYPE_TEXT);
  put_int(plan, 0);
  put_int(plan, 0);
  put_node(plan, FERRO_NODE_LIKE, 4);
  put_column(plan, "age", FERRO_TYPE_INT64);
  put_list_param(plan, FERRO_TYPE_INT64);
  put_int(plan, 0);
  put_node(plan, FERRO_NODE_IN, 3);
  put_list(plan, 2);
  put_node(plan, FERRO_NODE_LOGICAL, 2);
  put_no_grouping(plan);
  put_column(plan, "age", FERRO_TYPE_INT64);
  put_int(plan, 1);
  put_int(plan, FERRO_NULLS_LAST);
  put_node(plan, FERRO_NODE_ORDER_ITEM, 3);
  put_column(plan, "id", FERRO_TYPE_INT64);
  put_int(plan, 0);
  put_int(plan, FERRO_NULLS_NEVER);
  put_node(plan, FERRO_NODE_ORDER_ITEM, 3);
  put_list(plan, 2);
  put_param(plan, FERRO_TYPE_INT64);
  put_param(plan, FERRO_TYPE_INT64);
  end_select(plan, 0);

  ages[0] = ferro_int64(3);
  ages[1] = ferro_int64(5);
  ages[2] = ferro_int64(1000);
  arguments[0] = text_value("bulk%");
  arguments[1] = ferro_array(ages, 3);
  arguments[2] = ferro_int64(260);
  arguments[3] = ferro_int64(10);
  CHECK_OK(run(in, NULL, plan, arguments, 4, &rows, &error), error);
  CHECK(rows.rows == 260); /* 240 of age 5, for 10 of the 250 are skipped, then 20 of age 3 */
  for (i = 0; i < rows.rows; ++i) {
    CHECK(cell(&rows, i, 1)->as.integer == (i < 240 ? 5 : 3));
    CHECK(i == 0 || i == 240 || cell(&rows, i - 1, 0)->as.integer < cell(&rows, i, 0)->as.integer);
  }
  result_free(&rows);

  arguments[1] = ferro_array(NULL, 0);
  CHECK_OK(run(in, NULL, plan, arguments, 4, &rows, &error), error);
  CHECK(rows.rows == 0);
  result_free(&rows);

  arguments[0] = text_value("BULK%"); /* LIKE tells capital from small letters everywhere */
  arguments[1] = ferro_array(ages, 3);
  CHECK_OK(run(in, NULL, plan, arguments, 4, &rows, &error), error);
  CHECK(rows.rows == 0);
  result_free(&rows);
}

/* A stream shows at most as many rows at a time as were asked for, and may be left. */
static void a_query_is_streamed(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_statement *statement = NULL;
  ferro_operation *operation = NULL;
  int32_t open = 0, busy = -1, state = FERRO_STATE_WAIT;
  result rows;
  select_all(plan, PEOPLE, "id", FERRO_TYPE_INT64, 0);
  CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &statement, &error), error);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT,
             ferro_statement_stream(in->database, NULL, statement, NULL, 0, 0, &operation, &error), error);
  CHECK(operation == NULL);
  if (CHECK_OK(ferro_statement_stream(in->database, NULL, statement, NULL, 0, 100, &operation, &error), error)) {
    CHECK_OK(finish(in, operation, &rows, &error), error);
    CHECK(rows.rows == (size_t)count_people(in, NULL) && rows.affected == (int64_t)rows.rows);
    result_free(&rows);
  }
  operation = NULL;
  if (CHECK_OK(ferro_statement_stream(in->database, NULL, statement, NULL, 0, 7, &operation, &error), error)) {
    CHECK_OK(ferro_operation_wait(operation, &state, &error), error);
    CHECK(state == FERRO_STATE_ROWS && ferro_batch_rows(ferro_operation_batch(operation)) == 7);
    ferro_database_pool(in->database, &open, &busy);
    CHECK(busy == 1);
    ferro_operation_free(operation);
    ferro_quiesce(10000); /* a server's connection is recovered on a thread, where one may have to wait */
    ferro_database_pool(in->database, &open, &busy);
    CHECK(busy == 0);
  }
  ferro_statement_free(statement);

  statement = NULL;
  insert_person(plan, 0);
  CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &statement, &error), error);
  {
    ferro_value arguments[2];
    arguments[0] = text_value("streamed");
    arguments[1] = ferro_null();
    CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT,
               ferro_statement_stream(in->database, NULL, statement, arguments, 2, 10, &operation, &error), error);
  }
  ferro_statement_free(statement);
}

/* update people set age = age + ? where age = ?, with what it returns when the server can */
static void changes_say_how_many_rows(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_value arguments[2];
  const int64_t before = count_people(in, NULL);
  result rows;
  ferro_plan_reset(plan);
  put_name(plan, PEOPLE);
  put_name(plan, "age");
  put_int(plan, FERRO_BINARY_ADD);
  put_column(plan, "age", FERRO_TYPE_INT64);
  put_param(plan, FERRO_TYPE_INT64);
  put_node(plan, FERRO_NODE_BINARY, 3);
  put_node(plan, FERRO_NODE_ASSIGNMENT, 2);
  put_list(plan, 1);
  put_equal(plan, "age", FERRO_TYPE_INT64);
  put_item(plan, "age", FERRO_TYPE_INT64);
  put_list(plan, 1);
  put_name(plan, "id");
  put_int(plan, FERRO_TYPE_INT64);
  put_node(plan, FERRO_NODE_UPDATE, 6);
  arguments[0] = ferro_int64(100);
  arguments[1] = ferro_int64(3);
  CHECK_OK(run(in, NULL, plan, arguments, 2, &rows, &error), error);
  CHECK(rows.affected == MANY / 10 && rows.rows == MANY / 10);
  CHECK(rows.rows > 0 && cell(&rows, rows.rows - 1, 0)->as.integer == 103);
  result_free(&rows);

  ferro_plan_reset(plan);
  put_name(plan, PEOPLE);
  put_equal(plan, "age", FERRO_TYPE_INT64);
  put_list(plan, 0);
  put_name(plan, "id");
  put_int(plan, FERRO_TYPE_INT64);
  put_node(plan, FERRO_NODE_DELETE, 5);
  arguments[0] = ferro_int64(103);
  CHECK_OK(run(in, NULL, plan, arguments, 1, &rows, &error), error);
  CHECK(rows.affected == MANY / 10 && rows.rows == 0);
  CHECK_OK(run(in, NULL, plan, arguments, 1, &rows, &error), error);
  CHECK(rows.affected == 0);
  CHECK(count_people(in, NULL) == before - MANY / 10);
}

static void put_text(ferro_plan *plan, const char *text) { CHECK(ferro_plan_text(plan, bytes(text))); }

static void statements_in_words_of_the_callers(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_statement *statement = NULL;
  ferro_operation *operation = NULL;
  ferro_value argument = ferro_int64(-1);
  int32_t state = -1;
  ferro_plan_reset(plan);
  put_text(plan, "a caller of C");
  put_text(plan, "SELECT name AS first, age FROM " PEOPLE " WHERE age > ");
  put_text(plan, " OR age = ");
  put_text(plan, " ORDER BY id");
  put_list(plan, 3);
  put_param(plan, FERRO_TYPE_INT64);
  put_list(plan, 1);
  put_int(plan, 0);
  put_int(plan, 0);
  put_list(plan, 2);
  put_name(plan, "");
  put_name(plan, "age");
  put_int(plan, FERRO_TYPE_FLOAT64);
  put_node(plan, FERRO_NODE_COLUMN, 3);
  put_list(plan, 1);
  put_int(plan, FERRO_EFFECT_READS);
  put_node(plan, FERRO_NODE_RAW_STATEMENT, 5);
  put_node(plan, FERRO_NODE_TAGGED, 2);
  CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &statement, &error), error);
  CHECK(holds(ferro_statement_sql(statement), "/* a caller of C */ SELECT name"));
  CHECK(ferro_statement_placeholder_count(statement) >= 1 && ferro_statement_placeholder(statement, 0) == 0);
  CHECK(ferro_statement_placeholder(statement, 9) == -1);
  CHECK_OK(ferro_statement_run(in->database, NULL, statement, &argument, 1, &operation, &error), error);
  CHECK(ferro_operation_column_count(operation) == 0);
  CHECK_OK(ferro_operation_wait(operation, &state, &error), error);
  CHECK(state == FERRO_STATE_ROWS && ferro_operation_column_count(operation) == 2);
  CHECK(same_bytes(ferro_operation_column_name(operation, 0), "first"));
  CHECK(same_bytes(ferro_operation_column_name(operation, 1), "age"));
  CHECK(ferro_operation_column_name(operation, 2).data == NULL);
  CHECK(ferro_batch_cells(ferro_operation_batch(operation))[1].type == FERRO_TYPE_FLOAT64);
  ferro_operation_free(operation);
  /* Columns without rows. */
  argument = ferro_int64(1000000);
  CHECK_OK(ferro_statement_run(in->database, NULL, statement, &argument, 1, &operation, &error), error);
  CHECK_OK(ferro_operation_wait(operation, &state, &error), error);
  CHECK(state == FERRO_STATE_DONE && ferro_operation_column_count(operation) == 2);
  ferro_operation_free(operation);
  ferro_statement_free(statement);
}

void test_statements(const session *in) {
  ferro_plan *plan = ferro_plan_new();
  if (!CHECK(plan != NULL)) return;
  tables_are_made(in, plan);
  an_insert_returns_its_row(in, plan);
  many_rows_return_their_keys_in_order(in, plan);
  a_query_finds_what_it_should(in, plan);
  a_query_is_streamed(in, plan);
  changes_say_how_many_rows(in, plan);
  statements_in_words_of_the_callers(in, plan);
  ferro_plan_free(plan);
}
