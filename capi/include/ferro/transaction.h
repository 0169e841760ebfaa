/* Transactions and savepoints. */
#ifndef FERRO_TRANSACTION_H
#define FERRO_TRANSACTION_H

#include "ferro/database.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Holds one connection from its begin to its end. One operation at a time; any thread. */
typedef struct ferro_transaction ferro_transaction;

/* A transaction that has not begun. Give it to ferro_transaction_free(). */
FERRO_API ferro_code ferro_transaction_new(ferro_database *database, ferro_transaction **out_transaction,
                                           ferro_error **error);

/* What can be done with it: each is an operation without rows.
 * COMMIT of a transaction that has failed rolls it back and fails with FERRO_ERROR_FAILED_TRANSACTION. When its answer
 * never comes the code is FERRO_ERROR_COMMIT_UNKNOWN. Savepoints nest: SAVEPOINT opens one, RELEASE keeps and ROLLBACK_TO
 * undoes what came since the last one opened, and closes it. */
enum {
  FERRO_TRANSACTION_BEGIN = 0,       /* will write: SQLite takes the write lock at once */
  FERRO_TRANSACTION_BEGIN_READ = 1,  /* takes locks only when needed */
  FERRO_TRANSACTION_COMMIT = 2,
  FERRO_TRANSACTION_ROLLBACK = 3,
  FERRO_TRANSACTION_SAVEPOINT = 4,
  FERRO_TRANSACTION_RELEASE = 5,
  FERRO_TRANSACTION_ROLLBACK_TO = 6
};
FERRO_API ferro_code ferro_transaction_do(ferro_transaction *transaction, int32_t action,
                                          ferro_operation **out_operation, ferro_error **error);

/* How much of others' work a transaction sees; what a server lacks is refused with FERRO_ERROR_UNSUPPORTED. */
enum {
  FERRO_ISOLATION_DEFAULT = 0, /* as the server has it */
  FERRO_ISOLATION_READ_UNCOMMITTED = 1,
  FERRO_ISOLATION_READ_COMMITTED = 2,
  FERRO_ISOLATION_REPEATABLE_READ = 3,
  FERRO_ISOLATION_SERIALIZABLE = 4
};
enum {
  FERRO_BEGIN_READ_ONLY = 1,
  FERRO_BEGIN_DEFERRABLE = 2, /* PostgreSQL: with FERRO_BEGIN_READ_ONLY and FERRO_ISOLATION_SERIALIZABLE */
  FERRO_BEGIN_LAZY = 4        /* SQLite takes the write lock when it first writes, not at once */
};
/* FERRO_TRANSACTION_BEGIN with options: `flags` are FERRO_BEGIN_* or'ed. `timeout` in milliseconds from now, -1 for none:
 * after it what runs in the transaction fails with FERRO_ERROR_TIMEOUT and the transaction is rolled back. */
FERRO_API ferro_code ferro_transaction_begin(ferro_transaction *transaction, int32_t isolation, int32_t flags,
                                             int64_t timeout, ferro_operation **out_operation, ferro_error **error);

/* 1 between a successful begin and the end. */
FERRO_API uint8_t ferro_transaction_active(const ferro_transaction *transaction);

/* Rolls back without waiting, on another thread; what follows on this transaction is refused. Nothing happens when it has
 * not begun or has ended, or while an operation on it is under way. */
FERRO_API void ferro_transaction_abandon(ferro_transaction *transaction);

/* A transaction that has not ended is rolled back, without waiting for it. Operations on it must have been freed.
 * NULL is fine. */
FERRO_API void ferro_transaction_free(ferro_transaction *transaction);

#ifdef __cplusplus
}
#endif

#endif
