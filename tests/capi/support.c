/* The consumer's helpers: checks, running an operation in either way of waiting, and phrases of plans. */
#include "consumer.h"

#include <poll.h>

static int failed = 0;

int check(int good, const char *what, const char *file, int line) {
  if (!good) {
    ++failed;
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
  }
  return good;
}

int check_code(ferro_code expected, ferro_code got, ferro_error **error, const char *what, const char *file,
               int line) {
  const int good = expected == got && (got == FERRO_OK || *error == NULL || ferro_error_code(*error) == got);
  if (!good) {
    const ferro_bytes wanted = ferro_code_name(expected), name = ferro_code_name(got);
    const ferro_bytes message = ferro_error_message(*error), sql = ferro_error_sql(*error);
    ++failed;
    fprintf(stderr, "%s:%d: %s\n    gave %.*s instead of %.*s: %.*s\n    %.*s\n", file, line, what, (int)name.size,
            name.data, (int)wanted.size, wanted.data, (int)message.size, message.data, (int)sql.size, sql.data);
  }
  ferro_error_free(*error);
  *error = NULL;
  return good;
}

int failures(void) { return failed; }

ferro_bytes bytes(const char *text) {
  ferro_bytes all;
  all.data = text;
  all.size = strlen(text);
  return all;
}

int same_bytes(ferro_bytes left, const char *right) {
  return left.size == strlen(right) && (left.size == 0 || memcmp(left.data, right, left.size) == 0);
}

int holds(ferro_bytes text, const char *part) {
  const size_t size = strlen(part);
  size_t i;
  for (i = 0; i + size <= text.size; ++i) {
    if (memcmp(text.data + i, part, size) == 0) return 1;
  }
  return 0;
}

ferro_value text_value(const char *text) { return ferro_data(FERRO_TYPE_TEXT, text, (uint32_t)strlen(text)); }

int cell_is(const ferro_value *cell, uint8_t type, const char *data, size_t size) {
  return cell->type == type && cell->size == size && (size == 0 || memcmp(cell->as.bytes, data, size) == 0);
}

const ferro_value *cell(const result *rows, size_t row, size_t column) {
  static const ferro_value missing = {255, 0, 0, 0, {0}};
  if (!CHECK(row < rows->rows && column < rows->columns)) return &missing;
  return &rows->cells[row * rows->columns + column];
}

static int has_bytes(const ferro_value *value) {
  switch (value->type) {
    case FERRO_TYPE_DECIMAL: return (value->flags & FERRO_VALUE_SMALL_DECIMAL) == 0;
    case FERRO_TYPE_TEXT:
    case FERRO_TYPE_BYTES:
    case FERRO_TYPE_UUID:
    case FERRO_TYPE_JSON: return 1;
    default: return 0;
  }
}

static void cell_free(const ferro_value *value) {
  uint32_t i;
  if (has_bytes(value)) free((void *)value->as.bytes);
  if (value->type != FERRO_TYPE_ARRAY) return;
  for (i = 0; i < value->size; ++i) cell_free(&value->as.items[i]);
  free((void *)value->as.items);
}

/* With memory of its own. */
static ferro_value cell_copy(const ferro_value *value) {
  ferro_value copy = *value;
  uint32_t i;
  if (has_bytes(value)) {
    char *data = (char *)malloc(value->size + 1u);
    if (data == NULL) abort();
    if (value->size > 0) memcpy(data, value->as.bytes, value->size);
    copy.as.bytes = data;
  } else if (value->type == FERRO_TYPE_ARRAY) {
    ferro_value *items = (ferro_value *)malloc((value->size + 1u) * sizeof *items);
    if (items == NULL) abort();
    for (i = 0; i < value->size; ++i) items[i] = cell_copy(&value->as.items[i]);
    copy.as.items = items;
  }
  return copy;
}

void result_free(result *rows) {
  size_t i;
  for (i = 0; i < rows->rows * rows->columns; ++i) cell_free(&rows->cells[i]);
  free(rows->cells);
  memset(rows, 0, sizeof *rows);
}

static void append(result *rows, const ferro_batch *batch) {
  const size_t old = rows->rows * rows->columns;
  const size_t added = ferro_batch_rows(batch) * ferro_batch_columns(batch);
  const ferro_value *cells = ferro_batch_cells(batch);
  size_t i;
  CHECK(added > 0);
  CHECK(rows->rows == 0 || rows->columns == ferro_batch_columns(batch));
  rows->cells = (ferro_value *)realloc(rows->cells, (old + added) * sizeof *cells);
  if (rows->cells == NULL) abort();
  for (i = 0; i < added; ++i) rows->cells[old + i] = cell_copy(&cells[i]);
  rows->columns = ferro_batch_columns(batch);
  rows->rows += ferro_batch_rows(batch);
}

/* What an event loop does with FERRO_STATE_WAIT. */
static void wait_in_poll(const ferro_operation *operation) {
  struct pollfd entry;
  const int32_t interest = ferro_operation_interest(operation);
  int64_t timeout = ferro_operation_timeout(operation);
  int wanted = 0;
  if (interest & FERRO_WAIT_READ) wanted |= POLLIN;
  if (interest & FERRO_WAIT_WRITE) wanted |= POLLOUT;
  entry.fd = ferro_operation_descriptor(operation);
  entry.events = (short)wanted;
  entry.revents = 0;
  CHECK(entry.fd >= -1);
  CHECK(entry.fd >= 0 ? wanted != 0 : timeout >= 0); /* something must wake it */
  if (timeout > 60000) timeout = 60000;
  poll(&entry, 1, (int)timeout);
}

ferro_code finish(const session *in, ferro_operation *operation, result *rows, ferro_error **error) {
  result ignored;
  ferro_code code;
  memset(&ignored, 0, sizeof ignored);
  if (rows == NULL) rows = &ignored;
  memset(rows, 0, sizeof *rows);
  for (;;) {
    int32_t state = -1;
    code = in->by_poll ? ferro_operation_step(operation, &state, error)
                       : ferro_operation_wait(operation, &state, error);
    if (code != FERRO_OK) {
      CHECK(state == -1); /* out-parameters are written on success only */
      break;
    }
    if (state == FERRO_STATE_DONE) break;
    if (state == FERRO_STATE_ROWS) {
      append(rows, ferro_operation_batch(operation));
    } else {
      CHECK(state == FERRO_STATE_WAIT && in->by_poll);
      wait_in_poll(operation);
    }
  }
  if (code == FERRO_OK) rows->affected = ferro_operation_rows_affected(operation);
  ferro_operation_free(operation);
  result_free(&ignored);
  return code;
}

ferro_code run(const session *in, ferro_transaction *transaction, const ferro_plan *plan, const ferro_value *arguments,
               size_t count, result *rows, ferro_error **error) {
  ferro_statement *statement = NULL;
  ferro_operation *operation = NULL;
  ferro_code code = ferro_statement_compile(in->database, ferro_plan_bytes(plan), &statement, error);
  if (rows != NULL) memset(rows, 0, sizeof *rows);
  if (code != FERRO_OK) return code;
  code = ferro_statement_run(in->database, transaction, statement, arguments, count, &operation, error);
  if (code == FERRO_OK) code = finish(in, operation, rows, error);
  ferro_statement_free(statement);
  return code;
}

ferro_code act(const session *in, ferro_transaction *transaction, int32_t action, ferro_error **error) {
  ferro_operation *operation = NULL;
  const ferro_code code = ferro_transaction_do(transaction, action, &operation, error);
  return code == FERRO_OK ? finish(in, operation, NULL, error) : code;
}

void put_name(ferro_plan *plan, const char *name) { CHECK(ferro_plan_name(plan, bytes(name))); }
void put_int(ferro_plan *plan, int64_t value) { CHECK(ferro_plan_int(plan, value)); }
void put_param(ferro_plan *plan, uint8_t type) { CHECK(ferro_plan_param(plan, type, 0)); }
void put_list_param(ferro_plan *plan, uint8_t type) { CHECK(ferro_plan_param(plan, type, 1)); }
void put_node(ferro_plan *plan, uint8_t kind, uint32_t count) { CHECK(ferro_plan_node(plan, kind, count)); }
void put_none(ferro_plan *plan) { put_node(plan, FERRO_NODE_NONE, 0); }
void put_list(ferro_plan *plan, uint32_t count) { put_node(plan, FERRO_NODE_LIST, count); }

void begin_select(ferro_plan *plan) {
  put_none(plan); /* WITH */
  put_none(plan); /* DISTINCT */
}

void put_no_grouping(ferro_plan *plan) { put_none(plan); }

void end_select(ferro_plan *plan, int for_update) {
  put_int(plan, 0); /* with ties */
  if (for_update) {
    put_int(plan, FERRO_LOCK_UPDATE);
    put_list(plan, 0);
    put_int(plan, FERRO_LOCK_WAIT);
    put_node(plan, FERRO_NODE_LOCK, 3);
  } else {
    put_none(plan);
  }
  put_node(plan, FERRO_NODE_SELECT, 11);
}

void put_column(ferro_plan *plan, const char *name, uint8_t type) {
  put_name(plan, "");
  put_name(plan, name);
  put_int(plan, type);
  put_node(plan, FERRO_NODE_COLUMN, 3);
}

void put_item(ferro_plan *plan, const char *name, uint8_t type) {
  put_column(plan, name, type);
  put_name(plan, "");
  put_int(plan, type);
  put_node(plan, FERRO_NODE_SELECT_ITEM, 3);
}

void put_assignment(ferro_plan *plan, const char *name, uint8_t type) {
  put_name(plan, name);
  put_param(plan, type);
  put_node(plan, FERRO_NODE_ASSIGNMENT, 2);
}

void put_equal(ferro_plan *plan, const char *name, uint8_t type) {
  put_int(plan, FERRO_BINARY_EQUAL);
  put_column(plan, name, type);
  put_param(plan, type);
  put_node(plan, FERRO_NODE_BINARY, 3);
}

void put_definition(ferro_plan *plan, const char *name, uint8_t type, int64_t length, int nullable, int generated) {
  put_name(plan, name);
  put_int(plan, type);
  put_int(plan, length);
  put_int(plan, type == FERRO_TYPE_DECIMAL ? 30 : 0);
  put_int(plan, type == FERRO_TYPE_DECIMAL ? 4 : 0);
  put_int(plan, nullable);
  put_int(plan, generated);
  put_int(plan, length > 0 || generated); /* it stands in a key or an index */
  put_node(plan, FERRO_NODE_COLUMN_DEFINITION, 8);
}

void drop_table(ferro_plan *plan, const char *name, int if_exists) {
  ferro_plan_reset(plan);
  put_name(plan, name);
  put_int(plan, if_exists);
  put_node(plan, FERRO_NODE_DROP_TABLE, 2);
}

void select_all(ferro_plan *plan, const char *table, const char *column, uint8_t type, int for_update) {
  ferro_plan_reset(plan);
  begin_select(plan);
  put_item(plan, column, type);
  put_list(plan, 1);
  put_name(plan, table);
  put_name(plan, "");
  put_node(plan, FERRO_NODE_TABLE, 2);
  put_none(plan);
  put_no_grouping(plan);
  put_list(plan, 0);
  put_none(plan);
  put_none(plan);
  end_select(plan, for_update);
}
