/* A database: one URL, a pool of connections, a cache of compiled statements. */
#ifndef FERRO_DATABASE_H
#define FERRO_DATABASE_H

#include "ferro/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

/* May be used from any thread at once. */
typedef struct ferro_database ferro_database;

/* Reads the URL; connects to nothing yet.
 *   sqlite:file.db  sqlite:////absolute/file.db  sqlite::memory:
 *   postgresql://user:password@host:port/database?option=value   mysql://…   mariadb://…
 * FERRO_ERROR_INVALID_ARGUMENT: no URL, an unknown scheme or option; the hint lists the known ones. */
FERRO_API ferro_code ferro_database_open(ferro_bytes url, ferro_database **out_database, ferro_error **error);

/* An operation that opens the first connection and finds out what server it is; needed once before statements are
 * compiled. It returns no rows. */
FERRO_API ferro_code ferro_database_connect(ferro_database *database, ferro_operation **out_operation,
                                            ferro_error **error);

/* Closes idle connections at once and busy ones when their operation or transaction ends; what is started afterwards
 * fails with FERRO_ERROR_CLOSED. The handle stays valid until freed. */
FERRO_API void ferro_database_close(ferro_database *database);

/* The same, as an operation that then waits until all connections have come back, for `milliseconds` at most (-1: as long
 * as it takes). Its ferro_operation_rows_affected() is the number of those still in use. */
FERRO_API ferro_code ferro_database_drain(ferro_database *database, int64_t milliseconds,
                                          ferro_operation **out_operation, ferro_error **error);

/* An operation that asks the server for an answer, on a connection of the pool. */
FERRO_API ferro_code ferro_database_ping(ferro_database *database, ferro_operation **out_operation, ferro_error **error);

/* Gives each new connection its password, instead of the URL's: for passwords that change. `ask` is called by whoever
 * opens a connection, on any thread and perhaps on several at once. It hands the password, which is copied, to
 * `give(answer, …)` and returns 1, or hands a reason that holds no secret and returns 0: the connect then fails with
 * FERRO_ERROR_AUTHENTICATION. `release(context)` is called when the database no longer needs it, also when this function
 * fails; it may be NULL. Before the database is connected. */
typedef void (*ferro_password_give)(void *answer, ferro_bytes text);
typedef int32_t (*ferro_password_ask)(void *context, ferro_password_give give, void *answer);
FERRO_API ferro_code ferro_database_set_password(ferro_database *database, ferro_password_ask ask, void *context,
                                                 void (*release)(void *context), ferro_error **error);

/* Closes and frees. Statements must have been freed; operations and transactions may outlive it. NULL is fine. */
FERRO_API void ferro_database_free(ferro_database *database);

/* "sqlite", "postgresql", "mysql": the dialect. Borrowed for ever. */
FERRO_API ferro_bytes ferro_database_dialect(const ferro_database *database);

/* "PostgreSQL 15.20": the server found, empty before it is connected. Borrowed from the database. */
FERRO_API ferro_bytes ferro_database_server(const ferro_database *database);

/* What the connected server does with a feature: its name as in docs/dialects.md. FERRO_ERROR_INVALID_ARGUMENT for an
 * unknown name or before the database is connected. `*out_advice` (may be NULL) is borrowed for ever. */
enum { FERRO_SUPPORT_NATIVE = 0, FERRO_SUPPORT_REWRITTEN = 1, FERRO_SUPPORT_REFUSED = 2 };
FERRO_API ferro_code ferro_database_supports(const ferro_database *database, ferro_bytes feature, int32_t *out_support,
                                             ferro_bytes *out_advice, ferro_error **error);

/* An operation that shows the messages of `count` channels (PostgreSQL's LISTEN; FERRO_ERROR_UNSUPPORTED elsewhere) as
 * rows: channel, text, and the sender's session as an integer. The first row is all NULL: it listens now. It has a
 * connection of its own and ends only when that breaks or the operation is freed. What was sent while nobody listened
 * is lost. */
FERRO_API ferro_code ferro_database_listen(ferro_database *database, const ferro_bytes *channels, size_t count,
                                           ferro_operation **out_operation, ferro_error **error);

/* Connections of the pool now: open ones, and those in use. */
FERRO_API void ferro_database_pool(const ferro_database *database, int32_t *out_open, int32_t *out_busy);

/* More of it, and of the cache of statements. New fields are added at the end. */
typedef struct ferro_statistics {
  int64_t idle;     /* connections now: ready, */
  int64_t busy;     /* in use or being opened; */
  int64_t waiting;  /* and requests that wait for one */
  int64_t acquired; /* requests for a connection so far, */
  int64_t waits;    /* those that had to wait, */
  int64_t timeouts; /* and those that waited too long */
  int64_t waited_us;
  int64_t opened; /* connections so far */
  int64_t closed;
  int64_t longest_busy_us;  /* of those in use now */
  int64_t statements;       /* compiled and kept */
  int64_t statement_hits;   /* ferro_statement_compile found it there, */
  int64_t statement_misses; /* or did not */
} ferro_statistics;
/* Fills the first `size` bytes of `*out_statistics`: sizeof(ferro_statistics) as the caller knows it. */
FERRO_API void ferro_database_statistics(const ferro_database *database, ferro_statistics *out_statistics, size_t size);

#ifdef __cplusplus
}
#endif

#endif
