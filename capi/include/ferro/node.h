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
  FERRO_NODE_LIKE = 19,    /* expr, expr pattern, bool negated */
  FERRO_NODE_COUNT = 20,   /* expr?, bool distinct */
  FERRO_NODE_EXISTS = 21,  /* select, bool negated */

  /* Queries */
  FERRO_NODE_SELECT_ITEM = 40, /* expr, name alias (may be empty), int type of the result */
  FERRO_NODE_TABLE = 41,       /* name, name alias (may be empty) */
  FERRO_NODE_ORDER_ITEM = 42,  /* expr, bool descending, int nulls */
  FERRO_NODE_SELECT = 43, /* [select item], table?, expr? where, [order item], expr? limit, expr? offset, bool for update */

  /* Changes. `key` is the single-column primary key, or empty: dialects without RETURNING find rows by it. */
  FERRO_NODE_ASSIGNMENT = 60, /* name column, expr */
  FERRO_NODE_INSERT = 61,     /* name table, [assignment], [select item] returning, name key, int key type */
  FERRO_NODE_UPDATE = 62, /* name table, [assignment], expr? where, [select item] returning, name key, int key type */
  FERRO_NODE_DELETE = 63, /* name table, expr? where, [select item] returning, name key, int key type */

  /* Definitions */
  FERRO_NODE_COLUMN_DEFINITION = 80, /* name, int type, int length, int precision, int scale, bool nullable,
                                        bool generated, bool indexed. `length` is of text, in characters, 0 for no
                                        limit; or of an int64, 2 or 4 bytes, 0 for 8. A value that does not fit in the
                                        column is FERRO_ERROR_OUT_OF_RANGE when it is written. */
  FERRO_NODE_UNIQUE = 81,            /* name, [name] */
  FERRO_NODE_CREATE_TABLE = 82, /* name, bool if not exists, [column definition], [name] primary key, [unique] */
  FERRO_NODE_DROP_TABLE = 83,   /* name, bool if exists */
  FERRO_NODE_CREATE_INDEX = 84, /* name, name table, [name] columns, bool unique, bool if not exists */
  FERRO_NODE_DROP_INDEX = 85    /* name, name table, bool if exists */
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
  FERRO_BINARY_MODULO = 11          /* the sign of the dividend; by zero: NULL */
};
enum { FERRO_LOGICAL_AND = 0, FERRO_LOGICAL_OR = 1 };
enum {
  FERRO_NULLS_DEFAULT = 0, /* after all values, first when descending */
  FERRO_NULLS_FIRST = 1,
  FERRO_NULLS_LAST = 2,
  FERRO_NULLS_NEVER = 3    /* the caller knows that there are none */
};

#endif
