/* Operations: requests under way. One object serves both ways of waiting: ferro_operation_wait() blocks the thread,
 * ferro_operation_step() never does and says which descriptor an event loop should watch. An operation is used by one
 * thread at a time; it may move between threads. */
#ifndef FERRO_OPERATION_H
#define FERRO_OPERATION_H

#include "ferro/error.h"
#include "ferro/value.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ferro_operation ferro_operation;
typedef struct ferro_batch ferro_batch;

enum {
  FERRO_STATE_DONE = 0, /* it has ended well: counts may be read */
  FERRO_STATE_WAIT = 1, /* step again when the descriptor is ready or the timeout has passed */
  FERRO_STATE_ROWS = 2  /* ferro_operation_batch() holds rows; step again for more */
};

enum { FERRO_WAIT_READ = 1, FERRO_WAIT_WRITE = 2 };

/* Goes on as far as possible without blocking. `*out_state` is set on FERRO_OK only; any other code is how the
 * operation ended. Stepping an operation that has ended gives the same end again. */
FERRO_API ferro_code ferro_operation_step(ferro_operation *operation, int32_t *out_state, ferro_error **error);

/* Goes on, blocking this thread, until there are rows or the end; never FERRO_STATE_WAIT. */
FERRO_API ferro_code ferro_operation_wait(ferro_operation *operation, int32_t *out_state, ferro_error **error);

/* After FERRO_STATE_WAIT: the descriptor (owned by the library; -1: none, wait for the timeout), for what, and for how
 * long at most in milliseconds (-1: as long as it takes). They may differ at each wait. */
FERRO_API int32_t ferro_operation_descriptor(const ferro_operation *operation);
FERRO_API int32_t ferro_operation_interest(const ferro_operation *operation);
FERRO_API int64_t ferro_operation_timeout(const ferro_operation *operation);

/* Makes the operation fail with FERRO_ERROR_TIMEOUT unless it ends within `milliseconds` from now. */
FERRO_API void ferro_operation_set_timeout(ferro_operation *operation, int64_t milliseconds);

/* Has ferro_operation_wait() call `ask(data)` on its own thread about every 20 ms while it blocks, and when a signal ends
 * the system's wait. An answer that is not 0 makes the operation fail with FERRO_ERROR_CANCELLED. NULL: nobody is asked.
 * `ask` must not use the operation. It is how a program's signals reach a thread that waits here. */
FERRO_API void ferro_operation_set_interrupt(ferro_operation *operation, int32_t (*ask)(void *data), void *data);

/* After FERRO_STATE_ROWS: borrowed until the next step, wait or free. */
FERRO_API const ferro_batch *ferro_operation_batch(const ferro_operation *operation);

/* After FERRO_STATE_DONE: rows inserted, matched by an update, deleted, or returned by a query. */
FERRO_API int64_t ferro_operation_rows_affected(const ferro_operation *operation);

/* Of ferro_statement_run_several(). After FERRO_STATE_ROWS: whose rows they are, as an index into its runs, from 0; after an
 * error: the one that has failed; after FERRO_STATE_DONE: how many there were. */
FERRO_API size_t ferro_operation_position(const ferro_operation *operation);
/* After FERRO_STATE_DONE: ferro_operation_rows_affected() of the run at `position`, which is the sum of all; 0 past the end. */
FERRO_API int64_t ferro_operation_count_of(const ferro_operation *operation, size_t position);

/* After FERRO_STATE_ROWS and FERRO_STATE_DONE, of FERRO_NODE_RAW_STATEMENT and FERRO_NODE_EXPLAIN: how many columns the
 * rows have and what the server calls them (borrowed from the operation; empty past the end). 0 for a statement
 * without rows, and for any other, whose columns the plan says. */
FERRO_API size_t ferro_operation_column_count(const ferro_operation *operation);
FERRO_API ferro_bytes ferro_operation_column_name(const ferro_operation *operation, size_t index);

/* Ends it, whatever its state, without waiting: the server is told to stop one that has not ended, and its connection is
 * made fit for use again or closed, on another thread. A transaction that it was part of is rolled back. Arguments may be
 * released after this call. NULL is fine. */
FERRO_API void ferro_operation_free(ferro_operation *operation);

/* Waits until the library has no threads of its own at work any more, for logins that were given up and for cancellations,
 * but no longer than `milliseconds`. For the end of a process: the libraries that they use are torn down after it. */
FERRO_API void ferro_quiesce(int64_t milliseconds);

/* Rows of a batch: `rows * columns` cells, row by row. What they point at lives as long as the batch. */
FERRO_API size_t ferro_batch_rows(const ferro_batch *batch);
FERRO_API size_t ferro_batch_columns(const ferro_batch *batch);
FERRO_API const ferro_value *ferro_batch_cells(const ferro_batch *batch);

#ifdef __cplusplus
}
#endif

#endif
