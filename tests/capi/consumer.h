/* What the files of the consumer share: checks, strings, plans in the words of this program, and running a statement
 * to its end. It is written as a stranger would write it: from the header alone, in C99 that is also C++. */
#ifndef CONSUMER_H
#define CONSUMER_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ferro.h"

/* Counts and says what is not so, and goes on. */
#define CHECK(condition) check((condition) != 0, #condition, __FILE__, __LINE__)
/* The same for a call: its code must be `expected`; takes and frees the error, and prints it when it is unexpected. */
#define CHECK_CODE(expected, call, error) check_code((expected), (call), &(error), #call, __FILE__, __LINE__)
#define CHECK_OK(call, error) CHECK_CODE(FERRO_OK, call, error)

int check(int good, const char *what, const char *file, int line);
int check_code(ferro_code expected, ferro_code got, ferro_error **error, const char *what, const char *file, int line);
int failures(void);

ferro_bytes bytes(const char *text);
int same_bytes(ferro_bytes left, const char *right);
int holds(ferro_bytes text, const char *part);
ferro_value text_value(const char *text);
int cell_is(const ferro_value *cell, uint8_t type, const char *data, size_t size);

/* A connected database, and how this run waits: in the library, or in a poll() loop of its own. */
typedef struct session {
  ferro_database *database;
  const char *url;
  int by_poll;
} session;

/* Every row of a result, copied. */
typedef struct result {
  int64_t affected;
  size_t rows;
  size_t columns;
  ferro_value *cells;
} result;

const ferro_value *cell(const result *rows, size_t row, size_t column);
void result_free(result *rows);

/* Takes an operation to its end and frees it. `rows` may be NULL. */
ferro_code finish(const session *in, ferro_operation *operation, result *rows, ferro_error **error);
/* Compiles and runs a plan. */
ferro_code run(const session *in, ferro_transaction *transaction, const ferro_plan *plan, const ferro_value *arguments,
               size_t count, result *rows, ferro_error **error);
ferro_code act(const session *in, ferro_transaction *transaction, int32_t action, ferro_error **error);

/* One instruction each; a plan that cannot be written is a failed check. */
void put_name(ferro_plan *plan, const char *name);
void put_int(ferro_plan *plan, int64_t value);
void put_param(ferro_plan *plan, uint8_t type);
void put_list_param(ferro_plan *plan, uint8_t type);
void put_node(ferro_plan *plan, uint8_t kind, uint32_t count);

/* Small phrases of them. */
void put_none(ferro_plan *plan);
void begin_select(ferro_plan *plan); /* then come items, a table and a condition */
void put_no_grouping(ferro_plan *plan); /* then an order, a limit, an offset */
void end_select(ferro_plan *plan, int for_update);
void put_list(ferro_plan *plan, uint32_t count); /* of the last `count` operands */
void put_column(ferro_plan *plan, const char *name, uint8_t type);
void put_item(ferro_plan *plan, const char *name, uint8_t type);
void put_assignment(ferro_plan *plan, const char *name, uint8_t type); /* of a parameter */
void put_equal(ferro_plan *plan, const char *name, uint8_t type);      /* to a parameter */
void put_definition(ferro_plan *plan, const char *name, uint8_t type, int64_t length, int nullable, int generated);
/* A whole statement. */
void drop_table(ferro_plan *plan, const char *name, int if_exists);
void select_all(ferro_plan *plan, const char *table, const char *column, uint8_t type, int for_update);

/* The table that statements.c makes and errors.c goes on with: people(id, name unique, age). */
#define PEOPLE "capi_people"
/* SQLite does not keep the name of a constraint; this is the one that is told instead. */
#define PEOPLE_UNIQUE "capi_people_name_key"
void create_people(ferro_plan *plan);
void insert_person(ferro_plan *plan, int returning);
int64_t count_people(const session *in, ferro_transaction *transaction);

/* The parts of the test. */
void test_without_a_database(void);
void test_statements(const session *in);
void test_pool(const session *in); /* with databases of its own */
void test_pipeline(const session *in);
void test_types(const session *in);
void test_arrays(const session *in);
void test_errors(const session *in);
void test_transactions(const session *in);
void test_several(const session *in);
void test_waiting(const session *in);

#endif
