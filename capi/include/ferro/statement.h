/* Compiled statements, and running them. */
#ifndef FERRO_STATEMENT_H
#define FERRO_STATEMENT_H

#include "ferro/database.h"
#include "ferro/plan.h"
#include "ferro/transaction.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable: may be used from any thread at once. */
typedef struct ferro_statement ferro_statement;

/* Compiles a plan for the connected server, or finds it in the cache. The bytes of `plan` are copied. Free the
 * statement before its database.
 * FERRO_ERROR_PLAN: the bytes are no valid plan; the message names the offset.
 * FERRO_ERROR_UNSUPPORTED: the server lacks a feature; the hint says what to do instead. */
FERRO_API ferro_code ferro_statement_compile(ferro_database *database, ferro_bytes plan,
                                             ferro_statement **out_statement, ferro_error **error);
FERRO_API void ferro_statement_free(ferro_statement *statement); /* NULL is fine */

/* The SQL text of its steps, one a line, lists shown as with one value. Borrowed from the statement. */
FERRO_API ferro_bytes ferro_statement_sql(const ferro_statement *statement);
FERRO_API size_t ferro_statement_parameter_count(const ferro_statement *statement);

/* Which argument, from 0, stands in each placeholder of that text (in `$2` the second); -1 for a key that an earlier
 * step finds, and past the end. */
FERRO_API size_t ferro_statement_placeholder_count(const ferro_statement *statement);
FERRO_API int32_t ferro_statement_placeholder(const ferro_statement *statement, size_t index);
FERRO_API size_t ferro_statement_column_count(const ferro_statement *statement);

/* An operation that runs `statement` with one argument for each parameter: NULL or of the declared type, an array for
 * a list parameter and for one declared as an array. Arguments and what they point at are borrowed until the operation is freed. `transaction` may be
 * NULL: then the statement is its own transaction.
 * FERRO_ERROR_INVALID_ARGUMENT: not as many arguments, or not of the types, that the plan says.
 * FERRO_ERROR_NOT_NULL: the argument for the key of an insert is NULL. No server is asked: some would number the row.
 * Leave the key out of the plan for that. */
FERRO_API ferro_code ferro_statement_run(ferro_database *database, ferro_transaction *transaction,
                                         const ferro_statement *statement, const ferro_value *arguments,
                                         size_t argument_count, ferro_operation **out_operation,
                                         ferro_error **error);

/* As ferro_statement_run() for a query whose rows are taken as they are wanted. Nothing is fetched before the operation is stepped, and
 * at most `rows_at_once` rows (1 or more) at a time, so memory is bounded whatever the result's size. Its connection is in
 * use until the operation has ended or is freed; a transaction does nothing else meanwhile. Freed half-way outside of a
 * transaction it costs its connection (but SQLite's); within one the transaction goes on.
 * FERRO_ERROR_INVALID_ARGUMENT: also for a statement that is no query, and for 0 rows. */
FERRO_API ferro_code ferro_statement_stream(ferro_database *database, ferro_transaction *transaction,
                                            const ferro_statement *statement, const ferro_value *arguments,
                                            size_t argument_count, uint32_t rows_at_once,
                                            ferro_operation **out_operation, ferro_error **error);

/* One of several, see ferro_statement_run_several(). */
typedef struct ferro_run {
  const ferro_statement *statement;
  const ferro_value *arguments; /* as for ferro_statement_run(); borrowed until the operation is freed */
  size_t argument_count;
} ferro_run;

/* An operation that runs statements one after the other in `transaction`, which is not NULL: as by ferro_statement_run() for
 * each, but where the protocol allows it (PostgreSQL) they are sent without waiting for the answers to those before. The
 * first that fails is the last that has run; what those before it have done is the transaction's to keep or to roll back. (A result that
 * cannot be read is found when others have run: then the transaction is lost.) `runs` is copied, and
 * the statements may be freed before the operation. ferro_operation_position() says whose rows are shown, and which has failed.
 * FERRO_ERROR_INVALID_ARGUMENT and FERRO_ERROR_NOT_NULL: as for ferro_statement_run(), before any has run. */
FERRO_API ferro_code ferro_statement_run_several(ferro_database *database, ferro_transaction *transaction,
                                                 const ferro_run *runs, size_t count, ferro_operation **out_operation,
                                                 ferro_error **error);

/* An operation that runs an insert once for each of `rows` rows of arguments (row-major, `rows` times the statement's
 * parameters): as few statements as the server allows, in one transaction, so all rows or none. What the statement
 * returns comes in the order of the rows. */
FERRO_API ferro_code ferro_statement_run_bulk(ferro_database *database, ferro_transaction *transaction,
                                              const ferro_statement *statement, const ferro_value *arguments,
                                              size_t rows, ferro_operation **out_operation, ferro_error **error);

#ifdef __cplusplus
}
#endif

#endif
