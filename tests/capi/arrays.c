/* Arrays as columns: written one by one and in bulk, read, compared, and refused. */
#include "consumer.h"

#define LISTS "capi_arrays"
#define INTS (FERRO_TYPE_ARRAY_OF | FERRO_TYPE_INT64)
#define TEXTS (FERRO_TYPE_ARRAY_OF | FERRO_TYPE_TEXT)
enum { ARRAY_ROWS = 1500 };

static void create_lists(ferro_plan *plan) {
  ferro_plan_reset(plan);
  put_name(plan, LISTS);
  put_int(plan, 0);
  put_definition(plan, "id", FERRO_TYPE_INT64, 0, 0, 1);
  put_definition(plan, "numbers", INTS, 0, 0, 0);
  put_definition(plan, "words", TEXTS, 0, 1, 0);
  put_list(plan, 3);
  put_name(plan, "id");
  put_list(plan, 1);
  put_list(plan, 0);
  put_node(plan, FERRO_NODE_CREATE_TABLE, 5);
}

static void insert_lists(ferro_plan *plan) {
  ferro_plan_reset(plan);
  put_name(plan, LISTS);
  put_assignment(plan, "numbers", INTS);
  put_assignment(plan, "words", TEXTS);
  put_list(plan, 2);
  put_item(plan, "id", FERRO_TYPE_INT64);
  put_item(plan, "numbers", INTS);
  put_list(plan, 2);
  put_name(plan, "id");
  put_int(plan, FERRO_TYPE_INT64);
  put_node(plan, FERRO_NODE_INSERT, 5);
}

/* SELECT id, numbers, words … WHERE column = ?; with `column` NULL without a condition. */
static void select_lists(ferro_plan *plan, const char *column, uint8_t type) {
  ferro_plan_reset(plan);
  begin_select(plan);
  put_item(plan, "id", FERRO_TYPE_INT64);
  put_item(plan, "numbers", INTS);
  put_item(plan, "words", TEXTS);
  put_list(plan, 3);
  put_name(plan, LISTS);
  put_name(plan, "");
  put_node(plan, FERRO_NODE_TABLE, 2);
  if (column != NULL) {
    put_equal(plan, column, type);
  } else {
    put_none(plan);
  }
  put_no_grouping(plan);
  put_list(plan, 0);
  put_none(plan);
  put_none(plan);
  end_select(plan, 0);
}

static int is_array(const ferro_value *value, uint32_t size) {
  return value->type == FERRO_TYPE_ARRAY && value->size == size;
}

static int is_int(const ferro_value *value, int64_t integer) {
  return value->type == FERRO_TYPE_INT64 && value->as.integer == integer;
}

static void an_array_comes_back(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_value numbers[3], words[3], arguments[2];
  result rows;
  numbers[0] = ferro_int64(INT64_MIN);
  numbers[1] = ferro_null();
  numbers[2] = ferro_int64(INT64_MAX);
  words[0] = text_value("");
  words[1] = text_value("h\xC3\xA9 \"twice\" \\ \n \xF0\x9F\xA6\x80");
  words[2] = ferro_null();
  arguments[0] = ferro_array(numbers, 3);
  arguments[1] = ferro_array(words, 3);
  insert_lists(plan);
  CHECK_OK(run(in, NULL, plan, arguments, 2, &rows, &error), error);
  if (CHECK(rows.rows == 1 && is_array(cell(&rows, 0, 1), 3))) {
    CHECK(is_int(&cell(&rows, 0, 1)->as.items[2], INT64_MAX));
  }
  result_free(&rows);
  arguments[0] = ferro_array(NULL, 0);
  arguments[1] = ferro_null();
  CHECK_OK(run(in, NULL, plan, arguments, 2, NULL, &error), error);

  select_lists(plan, "words", TEXTS);
  arguments[0] = ferro_array(words, 3);
  CHECK_OK(run(in, NULL, plan, arguments, 1, &rows, &error), error);
  if (CHECK(rows.rows == 1 && is_array(cell(&rows, 0, 1), 3) && is_array(cell(&rows, 0, 2), 3))) {
    const ferro_value *back = cell(&rows, 0, 1)->as.items, *texts = cell(&rows, 0, 2)->as.items;
    CHECK(is_int(&back[0], INT64_MIN) && back[1].type == FERRO_TYPE_NULL && is_int(&back[2], INT64_MAX));
    CHECK(cell_is(&texts[0], FERRO_TYPE_TEXT, "", 0));
    CHECK(cell_is(&texts[1], FERRO_TYPE_TEXT, words[1].as.bytes, words[1].size));
    CHECK(texts[2].type == FERRO_TYPE_NULL);
  }
  result_free(&rows);
  select_lists(plan, "numbers", INTS);
  arguments[0] = ferro_array(NULL, 0);
  CHECK_OK(run(in, NULL, plan, arguments, 1, &rows, &error), error);
  if (CHECK(rows.rows == 1)) {
    CHECK(is_array(cell(&rows, 0, 1), 0) && cell(&rows, 0, 2)->type == FERRO_TYPE_NULL);
  }
  result_free(&rows);
}

/* More rows than one statement takes: what comes back is in their order. */
static void many_arrays_keep_their_rows(const session *in, ferro_plan *plan) {
  static ferro_value items[ARRAY_ROWS], arguments[2 * ARRAY_ROWS];
  ferro_error *error = NULL;
  ferro_statement *statement = NULL;
  ferro_operation *operation = NULL;
  result rows;
  size_t i;
  for (i = 0; i < ARRAY_ROWS; ++i) {
    items[i] = ferro_int64((int64_t)i);
    arguments[2 * i] = ferro_array(items, (uint32_t)(i % 4));
    arguments[2 * i + 1] = ferro_null();
  }
  insert_lists(plan);
  CHECK_OK(ferro_statement_compile(in->database, ferro_plan_bytes(plan), &statement, &error), error);
  CHECK_OK(ferro_statement_run_bulk(in->database, NULL, statement, arguments, ARRAY_ROWS, &operation, &error), error);
  CHECK_OK(finish(in, operation, &rows, &error), error);
  CHECK(rows.affected == ARRAY_ROWS);
  if (CHECK(rows.rows == ARRAY_ROWS && rows.columns == 2)) {
    for (i = 0; i < ARRAY_ROWS; ++i) {
      const ferro_value *back = cell(&rows, i, 1);
      if (!CHECK(is_array(back, (uint32_t)(i % 4)))) break;
      if (i % 4 > 0 && !CHECK(is_int(&back->as.items[i % 4 - 1], (int64_t)(i % 4 - 1)))) break;
      if (i > 0 && !CHECK(cell(&rows, i, 0)->as.integer > cell(&rows, i - 1, 0)->as.integer)) break;
    }
  }
  result_free(&rows);
  ferro_statement_free(statement);
}

static void what_is_no_such_array_is_refused(const session *in, ferro_plan *plan) {
  ferro_error *error = NULL;
  ferro_value item = text_value("1"), arguments[2];
  insert_lists(plan);
  arguments[0] = ferro_array(&item, 1);
  arguments[1] = ferro_null();
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, run(in, NULL, plan, arguments, 2, NULL, &error), error);
  arguments[0] = ferro_int64(1);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, run(in, NULL, plan, arguments, 2, NULL, &error), error);
  item = ferro_array(NULL, 0);
  arguments[0] = ferro_array(&item, 1);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, run(in, NULL, plan, arguments, 2, NULL, &error), error);
  select_lists(plan, "numbers", FERRO_TYPE_ARRAY_OF | FERRO_TYPE_BYTES);
  CHECK_CODE(FERRO_ERROR_PLAN, run(in, NULL, plan, arguments, 1, NULL, &error), error);
  select_lists(plan, "numbers", INTS);
  arguments[0] = ferro_int64(1);
  CHECK_CODE(FERRO_ERROR_INVALID_ARGUMENT, run(in, NULL, plan, arguments, 1, NULL, &error), error);
}

void test_arrays(const session *in) {
  ferro_plan *plan = ferro_plan_new();
  ferro_error *error = NULL;
  CHECK(same_bytes(ferro_type_name(INTS), "int64-array"));
  CHECK(same_bytes(ferro_type_name(FERRO_TYPE_ARRAY_OF | FERRO_TYPE_JSON), "unknown"));
  drop_table(plan, LISTS, 1);
  CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);
  create_lists(plan);
  CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);
  an_array_comes_back(in, plan);
  many_arrays_keep_their_rows(in, plan);
  what_is_no_such_array_is_refused(in, plan);
  drop_table(plan, LISTS, 0);
  CHECK_OK(run(in, NULL, plan, NULL, 0, NULL, &error), error);
  ferro_plan_free(plan);
}
