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

/* Connections of the pool now: open ones, and those in use. */
FERRO_API void ferro_database_pool(const ferro_database *database, int32_t *out_open, int32_t *out_busy);

#ifdef __cplusplus
}
#endif

#endif
