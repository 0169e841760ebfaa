/* libferro: a generic SQL engine for PostgreSQL, SQLite, MariaDB and MySQL.
 *
 * Conventions, true for every function:
 *
 *  1. Handles are pointers to incomplete structs. What opens or makes one says who frees it; every free and close
 *     takes NULL.
 *  2. A function that can fail returns a ferro_code and takes `ferro_error **error` last, which may be NULL.
 *     Out-parameters are named out_…, and are written on success only.
 *  3. Strings are ferro_bytes, in and out: UTF-8 with a length, not NUL-terminated. A returned one is borrowed; its
 *     comment says until when. Nothing returned has to be freed but handles.
 *  4. Truth is uint8_t, enumerations are int32_t. An enumerator keeps its number for ever; treat one that you do not
 *     know as "other".
 *  5. ferro_database and ferro_statement may be used from any thread at once; everything else from one thread at a
 *     time. There is one callback, ferro_operation_set_interrupt(). There are no global settings, and nothing is printed.
 *     After fork() a database goes on in the child with connections of its own; operations and transactions stay the
 *     parent's: in the child they fail with FERRO_ERROR_FORKED and may be freed, which touches nothing of the parent.
 *  6. Nothing waits but ferro_operation_wait().
 *
 * To run a statement: open a database, wait for ferro_database_connect(), write a plan, compile it, run it, wait for
 * batches until the state is done, free. tests/capi/consumer.c does all of it. */
#ifndef FERRO_H
#define FERRO_H

#include "ferro/base.h"
#include "ferro/database.h"
#include "ferro/error.h"
#include "ferro/function.h"
#include "ferro/node.h"
#include "ferro/operation.h"
#include "ferro/pipeline.h"
#include "ferro/plan.h"
#include "ferro/statement.h"
#include "ferro/transaction.h"
#include "ferro/value.h"

#endif
