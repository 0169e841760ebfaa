/* Errors: a code to act on, and an opaque object with what is known. */
#ifndef FERRO_ERROR_H
#define FERRO_ERROR_H

#include "ferro/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers never change. Treat one that you do not know as FERRO_ERROR_INTERNAL. */
typedef int32_t ferro_code;
enum {
  FERRO_OK = 0,
  FERRO_ERROR_CONNECTION = 1,        /* could not connect, or the connection broke */
  FERRO_ERROR_AUTHENTICATION = 2,    /* the server refused the user or password */
  FERRO_ERROR_SYNTAX = 3,            /* the server did not understand the SQL text */
  FERRO_ERROR_UNDEFINED = 4,         /* no such table, column or function */
  FERRO_ERROR_DUPLICATE_OBJECT = 5,  /* the table or index exists already */
  FERRO_ERROR_PRIVILEGE = 6,
  FERRO_ERROR_UNIQUE = 7,
  FERRO_ERROR_FOREIGN_KEY = 8,
  FERRO_ERROR_NOT_NULL = 9,
  FERRO_ERROR_CHECK = 10,
  FERRO_ERROR_INTEGRITY = 11,        /* another constraint */
  FERRO_ERROR_OUT_OF_RANGE = 12,     /* a value that the column cannot hold */
  FERRO_ERROR_STRING_TOO_LONG = 13,
  FERRO_ERROR_INVALID_TEXT = 14,     /* NUL, bad UTF-8, text that is no number */
  FERRO_ERROR_DATA = 15,
  FERRO_ERROR_BAD_STORED_VALUE = 16, /* what is stored is not what the column declares */
  FERRO_ERROR_SERIALIZATION = 17,    /* run the whole transaction again */
  FERRO_ERROR_DEADLOCK = 18,         /* likewise */
  FERRO_ERROR_LOCK = 19,             /* a lock was not had in time */
  FERRO_ERROR_TIMEOUT = 20,
  FERRO_ERROR_POOL_TIMEOUT = 21,     /* no connection came free in time */
  FERRO_ERROR_CANCELLED = 22,
  FERRO_ERROR_READ_ONLY = 23,
  FERRO_ERROR_DISK_FULL = 24,
  FERRO_ERROR_TOO_MANY_CONNECTIONS = 25,
  FERRO_ERROR_UNSUPPORTED = 26,      /* the dialect refuses a feature; the hint says what to do instead */
  FERRO_ERROR_PLAN = 27,             /* the plan bytes are no valid plan; the message names the offset */
  FERRO_ERROR_INVALID_ARGUMENT = 28,
  FERRO_ERROR_CLOSED = 29,
  FERRO_ERROR_FAILED_TRANSACTION = 30, /* only rollback is possible */
  FERRO_ERROR_COMMIT_UNKNOWN = 31,   /* COMMIT, or a change on its own, was sent and its answer never came */
  FERRO_ERROR_MEMORY = 32,           /* of this process, or of the server; a statement may have run all the same */
  FERRO_ERROR_INTERNAL = 33,
  FERRO_ERROR_FORKED = 34            /* begun before fork(), and the parent's: begin it anew in the child */
};

/* Why a call failed. A function that takes `ferro_error **error` last stores a new one there when it fails,
 * `error` is not NULL and there is memory for it; give it to ferro_error_free(). On success `*error` is left alone. An error may be read from
 * any thread. It never holds bound values, except in ferro_error_detail(). */
typedef struct ferro_error ferro_error;

/* NULL is fine. */
FERRO_API void ferro_error_free(ferro_error *error);

FERRO_API ferro_code ferro_error_code(const ferro_error *error);

/* The texts below are borrowed: they live as long as the error; size 0 means unknown. With NULL they are empty. */
FERRO_API ferro_bytes ferro_error_message(const ferro_error *error);
FERRO_API ferro_bytes ferro_error_hint(const ferro_error *error);       /* what to do */
FERRO_API ferro_bytes ferro_error_sqlstate(const ferro_error *error);
FERRO_API ferro_bytes ferro_error_constraint(const ferro_error *error);
FERRO_API ferro_bytes ferro_error_table(const ferro_error *error);
FERRO_API ferro_bytes ferro_error_column(const ferro_error *error);     /* several: comma separated */
FERRO_API ferro_bytes ferro_error_sql(const ferro_error *error);        /* text with placeholders */
/* The server's words beyond its message, or the key of an unreadable row: may quote values, log it with thought. */
FERRO_API ferro_bytes ferro_error_detail(const ferro_error *error);
/* MySQL's errno or SQLite's extended result code; 0 when there is none. */
FERRO_API int32_t ferro_error_native_code(const ferro_error *error);
/* Of a bulk call the first row of the statement that failed, of a result that of an unreadable value; from 0, or -1. */
FERRO_API int64_t ferro_error_row(const ferro_error *error);

/* "unique", "connection": a word for a code, for messages; "unknown" for one that this library does not know. */
FERRO_API ferro_bytes ferro_code_name(ferro_code code);

#ifdef __cplusplus
}
#endif

#endif
