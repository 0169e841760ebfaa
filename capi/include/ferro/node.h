/* The kinds of nodes of a plan, with their operands in order, and the numbers that stand for operators. Numbers never
 * change. [x] is a list, x? may be a node of kind FERRO_NODE_NONE, `name` a name, `int` an integer, `bool` 0 or 1. */
#ifndef FERRO_NODE_H
#define FERRO_NODE_H

enum {
  FERRO_NODE_NONE = 0, /* no operands: stands for what is absent */
  FERRO_NODE_LIST = 1, /* any number of operands, as one list */

  /* Expressions */
  FERRO_NODE_COLUMN = 10,  /* name source (may be empty), name column, int type */
  FERRO_NODE_LITERAL = 13, /* int literal, int value */
  FERRO_NODE_UNARY = 14,   /* int operator, expr */
  FERRO_NODE_BINARY = 15,  /* int operator, expr, expr */
  FERRO_NODE_LOGICAL = 16, /* int operator, [expr] */
  FERRO_NODE_IN = 17,      /* expr, list parameter, bool negated */
  FERRO_NODE_BETWEEN = 18, /* expr, expr low, expr high, bool negated */
  FERRO_NODE_LIKE = 19,    /* expr, expr pattern, bool negated, bool fold case */
  FERRO_NODE_AGGREGATE = 20,   /* int function (FERRO_AGGREGATE_*), [expr], bool distinct, expr? filter, [order item] */
  FERRO_NODE_EXISTS = 21,      /* query, bool negated */
  FERRO_NODE_CALL = 22,        /* int function (FERRO_FUNCTION_*), [expr] */
  FERRO_NODE_CASE = 23,        /* [when], expr? otherwise */
  FERRO_NODE_CAST = 24,        /* expr, int type */
  FERRO_NODE_SUBQUERY = 25,    /* query of one column */
  FERRO_NODE_IN_QUERY = 26,    /* expr or row, query, bool negated */
  FERRO_NODE_QUANTIFIED = 27,  /* int operator, expr, query, bool all (else any) */
  FERRO_NODE_ROW = 28,         /* [expr]; beside another row in a comparison, or in FERRO_NODE_IN_QUERY */
  FERRO_NODE_OVER = 29,        /* aggregate or window call, [expr] partition, [order item], frame? */
  FERRO_NODE_WINDOW_CALL = 30, /* int function (FERRO_WINDOW_*), [expr]; in FERRO_NODE_OVER only */
  FERRO_NODE_REGEX = 31,       /* expr, text parameter, bool fold case, bool negated */
  FERRO_NODE_JSON_GET = 32,    /* expr document, [json step], int type */
  FERRO_NODE_RAW = 33,         /* [text], [expr] between the texts, int type */
  FERRO_NODE_EXCLUDED = 34,    /* name column, int type (0: as it is inserted); in FERRO_NODE_UPSERT only: of the row
                                  to be inserted */
  FERRO_NODE_TEXT_SEARCH = 35, /* name of a text index, column? key of its table, [column] of the index, name language,
                                  text parameter: words, bool any of them, bool rank: float64, else bool */

  /* Queries */
  FERRO_NODE_SELECT_ITEM = 40, /* expr, name alias (may be empty), int type of the result */
  FERRO_NODE_TABLE = 41,       /* name, name alias (may be empty) */
  FERRO_NODE_ORDER_ITEM = 42,  /* expr, bool descending, int nulls */
  FERRO_NODE_SELECT = 43, /* with?, distinct?, [select item], source?, expr? where, grouping?, [order item], expr? limit,
                             expr? offset, bool with ties, lock? */
  FERRO_NODE_COMPOUND = 44, /* with?, int set operator, bool all, [query], [order item], expr? limit, expr? offset */
  FERRO_NODE_WHEN = 45,         /* expr condition, expr value */
  FERRO_NODE_FRAME = 46,        /* int unit, int start, expr? count, int end, expr? count, int exclude */
  FERRO_NODE_JSON_STEP = 47,    /* text key, int place in an array or -1 */
  FERRO_NODE_DERIVED = 48,      /* query, name alias, bool lateral: a source */
  FERRO_NODE_JOIN = 49,         /* int join, source, source, expr? on: a source */
  FERRO_NODE_WITH = 50,         /* bool recursive, [cte] */
  FERRO_NODE_CTE = 51,          /* name, [name] columns (may be empty), query, int materialized */
  FERRO_NODE_DISTINCT = 52,     /* [expr] on (may be empty) */
  FERRO_NODE_GROUPING = 53,     /* int kind, [expr], [grouping set], expr? having. An integer literal is the place of a
                                   select item, from 1. */
  FERRO_NODE_GROUPING_SET = 54, /* [expr] */
  FERRO_NODE_LOCK = 55,         /* int strength, [name] of, int wait */
  FERRO_NODE_CHANGE_CTE = 56,   /* name, [name] columns, insert, insert of a query, upsert, update or delete */

  /* Changes. `key` is the single-column primary key, or empty: dialects without RETURNING find rows by it. */
  FERRO_NODE_ASSIGNMENT = 60, /* name column, expr */
  FERRO_NODE_INSERT = 61,     /* name table, [assignment], [select item] returning, name key, int key type */
  FERRO_NODE_UPDATE = 62, /* name table, [assignment], expr? where, [select item] returning, name key, int key type */
  FERRO_NODE_DELETE = 63, /* name table, expr? where, [select item] returning, name key, int key type */
  FERRO_NODE_UPSERT = 64, /* bool only key, insert, [name] target, [assignment], expr? where. Without assignments rows that
                             are there stay as they are. A target is needed with assignments. `only key`: no other unique
                             key can be violated; servers without targets need that. Rows are not counted. */
  FERRO_NODE_INSERT_SELECT = 65, /* name table, [name] columns, query, [select item] returning */

  /* Definitions */
  FERRO_NODE_COLUMN_DEFINITION = 80, /* name, int type, int length, int precision, int scale, bool nullable,
                                        bool generated, bool indexed, expr? default. The last may be
                                        left out. `length` is of text, in characters, 0 for no
                                        limit; or of an int64, 2 or 4 bytes, 0 for 8. A value that does not fit in the
                                        column is FERRO_ERROR_OUT_OF_RANGE when it is written. */
  FERRO_NODE_UNIQUE = 81,            /* name, [name] */
  FERRO_NODE_CREATE_TABLE = 82, /* name, bool if not exists, [column definition], [name] primary key,
                                   [unique, foreign key or check] */
  FERRO_NODE_DROP_TABLE = 83,   /* name, bool if exists, bool deferred. The last may be left out; with it what refers
                                   to the table is looked at when the transaction ends. */
  FERRO_NODE_CREATE_INDEX = 84, /* name, name table, [name] columns, bool unique, bool if not exists,
                                   [order item] keys, expr? where. Either columns or keys; the last two may be
                                   left out. */
  FERRO_NODE_DROP_INDEX = 85,   /* name, name table, bool if exists */
  FERRO_NODE_FOREIGN_KEY = 86,  /* name, [name] columns, name target, [name] columns of it, int on delete,
                                   int on update (FERRO_ACTION_*), int deferral */
  FERRO_NODE_CHECK = 87,        /* name, expr */
  FERRO_NODE_ADD_CONSTRAINT = 88,  /* name table, unique, foreign key or check */
  FERRO_NODE_DROP_CONSTRAINT = 89, /* name table, name */
  FERRO_NODE_CREATE_TEXT_INDEX = 90, /* name, name table, name key (may be empty), [name] columns, name language:
                                        "simple", or one of the server's */
  FERRO_NODE_DROP_TEXT_INDEX = 91, /* name, name table; before it is dropped, on SQLite */

  /* Statements in words of the caller's, and what stands around a statement */
  FERRO_NODE_RAW_STATEMENT = 100, /* [text], [expr], [int] places: which of the exprs, from 0, stands after each text
                                     but the last; [column] (source empty) types by which columns of that name are
                                     read, others as the server says; int effect. What the columns are called:
                                     ferro_operation_column_name(). */
  FERRO_NODE_EXPLAIN = 101,       /* statement, bool analyze */
  FERRO_NODE_TAGGED = 102,        /* text comment (at most 255 bytes, without * and control characters), statement */
  FERRO_NODE_WITH_CHANGES = 103   /* [change cte], statement: a query or a change */
};

enum { FERRO_LITERAL_NULL = 0, FERRO_LITERAL_TRUE = 1, FERRO_LITERAL_FALSE = 2, FERRO_LITERAL_INTEGER = 3 };
enum { FERRO_UNARY_NOT = 0, FERRO_UNARY_NEGATE = 1, FERRO_UNARY_IS_NULL = 2, FERRO_UNARY_IS_NOT_NULL = 3 };
enum {
  FERRO_BINARY_EQUAL = 0,
  FERRO_BINARY_NOT_EQUAL = 1,
  FERRO_BINARY_LESS = 2,
  FERRO_BINARY_LESS_EQUAL = 3,
  FERRO_BINARY_GREATER = 4,
  FERRO_BINARY_GREATER_EQUAL = 5,
  FERRO_BINARY_ADD = 6,
  FERRO_BINARY_SUBTRACT = 7,
  FERRO_BINARY_MULTIPLY = 8,
  FERRO_BINARY_DIVIDE = 9,          /* float64 whatever the operands; by zero: NULL */
  FERRO_BINARY_INTEGER_DIVIDE = 10, /* toward zero; by zero: NULL */
  FERRO_BINARY_MODULO = 11,         /* the sign of the dividend; by zero: NULL */
  FERRO_BINARY_DISTINCT_FROM = 12,  /* not equal, where NULL equals NULL */
  FERRO_BINARY_NOT_DISTINCT_FROM = 13
};
enum {
  FERRO_ACTION_NO_ACTION = 0,
  FERRO_ACTION_RESTRICT = 1,
  FERRO_ACTION_CASCADE = 2,
  FERRO_ACTION_SET_NULL = 3,
  FERRO_ACTION_SET_DEFAULT = 4
};
enum {
  FERRO_DEFERRAL_NEVER = 0,
  FERRO_DEFERRAL_IMMEDIATE = 1, /* unless SET CONSTRAINTS says otherwise, where there is that */
  FERRO_DEFERRAL_DEFERRED = 2
};
enum { FERRO_LOGICAL_AND = 0, FERRO_LOGICAL_OR = 1 };
enum {
  FERRO_NULLS_DEFAULT = 0, /* after all values, first when descending */
  FERRO_NULLS_FIRST = 1,
  FERRO_NULLS_LAST = 2,
  FERRO_NULLS_NEVER = 3    /* the caller knows that there are none */
};

enum { FERRO_JOIN_INNER = 0, FERRO_JOIN_LEFT = 1, FERRO_JOIN_RIGHT = 2, FERRO_JOIN_FULL = 3, FERRO_JOIN_CROSS = 4 };
enum { FERRO_SET_UNION = 0, FERRO_SET_INTERSECT = 1, FERRO_SET_EXCEPT = 2 };
enum { FERRO_GROUPING_PLAIN = 0, FERRO_GROUPING_ROLLUP = 1, FERRO_GROUPING_CUBE = 2, FERRO_GROUPING_SETS = 3 };
enum { FERRO_MATERIALIZED_DEFAULT = 0, FERRO_MATERIALIZED_ALWAYS = 1, FERRO_MATERIALIZED_NEVER = 2 };
enum { FERRO_LOCK_UPDATE = 0, FERRO_LOCK_SHARE = 1 };
enum { FERRO_LOCK_WAIT = 0, FERRO_LOCK_NOWAIT = 1, FERRO_LOCK_SKIP_LOCKED = 2 };
/* FERRO_EFFECT_READS: it may be sent again. FERRO_EFFECT_DEFINITION: refused within a transaction where that would end
 * it. */
enum { FERRO_EFFECT_UNKNOWN = 0, FERRO_EFFECT_READS = 1, FERRO_EFFECT_DEFINITION = 2 };
enum { FERRO_FRAME_ROWS = 0, FERRO_FRAME_RANGE = 1, FERRO_FRAME_GROUPS = 2 };
enum {
  FERRO_BOUND_UNBOUNDED_PRECEDING = 0,
  FERRO_BOUND_PRECEDING = 1, /* these two with a count */
  FERRO_BOUND_CURRENT_ROW = 2,
  FERRO_BOUND_FOLLOWING = 3,
  FERRO_BOUND_UNBOUNDED_FOLLOWING = 4
};
enum { FERRO_EXCLUDE_NOTHING = 0, FERRO_EXCLUDE_CURRENT_ROW = 1, FERRO_EXCLUDE_GROUP = 2, FERRO_EXCLUDE_TIES = 3 };

#endif
