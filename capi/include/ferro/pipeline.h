/* Pipelines: statements of one event loop that share connections. What is asked within one turn of the loop is sent together,
 * on few connections, and answered in order; one that fails, is freed or takes long touches no other. Reads outside of
 * transactions are shared, anything else runs as it would without. For consumers that step operations; to do without is
 * always right. A pipeline and the operations that share it are used by one thread at a time.
 *
 * After each step or free of an operation that shares it, and of one of its connections: take ferro_pipeline_ready() until it
 * is NULL, and step those, which may be the time to start others; take ferro_pipeline_connection() until it is NULL, and drive
 * those as any other operation (a failure of theirs is nobody's). At the end of the loop's turn step the connections for which
 * ferro_operation_due() is 1, until there are none. */
#ifndef FERRO_PIPELINE_H
#define FERRO_PIPELINE_H

#include "ferro/database.h"
#include "ferro/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ferro_pipeline ferro_pipeline;

/* FERRO_ERROR_UNSUPPORTED where the database has no such thing, or its URL says pipelining=off. It keeps the database open. */
FERRO_API ferro_code ferro_pipeline_new(ferro_database *database, ferro_pipeline **out_pipeline, ferro_error **error);

/* After its operations, and those of its connections. NULL is fine. */
FERRO_API void ferro_pipeline_free(ferro_pipeline *pipeline);

/* Before the first step of an operation that ferro_statement_run() has made: it may share connections. `owner` is what
 * ferro_pipeline_ready() gives for it. 0, and nothing done, in a child by fork(): make another pipeline there. */
FERRO_API uint8_t ferro_operation_share(ferro_operation *operation, ferro_pipeline *pipeline, void *owner);

/* A connection that has come to serve the pipeline, as an operation to be driven and, when it has ended, freed by the caller;
 * it shows no rows. NULL when there is no new one. */
FERRO_API ferro_operation *ferro_pipeline_connection(ferro_pipeline *pipeline);

/* The owner of the next operation that can go on; NULL when there is none. */
FERRO_API void *ferro_pipeline_ready(ferro_pipeline *pipeline);

/* 1 while there is something of the three: an operation that is ready, a new connection, or one that is due. */
FERRO_API uint8_t ferro_pipeline_due(const ferro_pipeline *pipeline);

/* 1 when it can go on whatever it waits for: a connection that has something to send, or nothing to do any more. */
FERRO_API uint8_t ferro_operation_due(const ferro_operation *operation);

#ifdef __cplusplus
}
#endif

#endif
