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

/* 1 between a successful begin and the end. */
FERRO_API uint8_t ferro_transaction_active(const ferro_transaction *transaction);

/* A transaction that has not ended is rolled back by closing its connection. Operations on it must have been freed.
 * NULL is fine. */
FERRO_API void ferro_transaction_free(ferro_transaction *transaction);

#ifdef __cplusplus
}
#endif

#endif
