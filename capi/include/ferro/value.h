/* Cells and arguments: 16 bytes each. */
#ifndef FERRO_VALUE_H
#define FERRO_VALUE_H

#include "ferro/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Canonical types. Numbers never change. */
enum {
  FERRO_TYPE_NULL = 0,          /* as a declared type: as the server says */
  FERRO_TYPE_BOOL = 1,          /* integer: 0 or 1 */
  FERRO_TYPE_INT64 = 2,         /* integer */
  FERRO_TYPE_FLOAT64 = 3,       /* real */
  FERRO_TYPE_DECIMAL = 4,       /* with FERRO_VALUE_SMALL_DECIMAL: integer * 10^-scale; else text in bytes */
  FERRO_TYPE_TEXT = 5,          /* bytes: UTF-8 without U+0000 */
  FERRO_TYPE_BYTES = 6,         /* bytes */
  FERRO_TYPE_DATE = 7,          /* integer: days since 1970-01-01, years 1 to 9999 */
  FERRO_TYPE_TIME = 8,          /* integer: microseconds since midnight */
  FERRO_TYPE_TIMESTAMP = 9,     /* integer: microseconds since 1970-01-01 00:00:00, no zone */
  FERRO_TYPE_TIMESTAMPTZ = 10,  /* integer: microseconds since 1970-01-01 00:00:00 UTC */
  FERRO_TYPE_INTERVAL = 11,     /* integer: microseconds */
  FERRO_TYPE_UUID = 12,         /* bytes: 16 of them */
  FERRO_TYPE_JSON = 13,         /* bytes: JSON text */
  FERRO_TYPE_ARRAY = 14,        /* items: `size` values, each NULL or a scalar. Of cells and arguments only */
  FERRO_TYPE_ARRAY_OF = 64      /* a bit, of declared types only: see below */
};

/* A plan declares an array (a column, parameter or result) as the type of its elements with the bit above:
 * FERRO_TYPE_ARRAY_OF | FERRO_TYPE_INT64. Elements are of any type but NULL, BYTES, JSON and ARRAY. Its cells and
 * arguments are NULL or FERRO_TYPE_ARRAY, whose items are NULL or of the elements' type. PostgreSQL has arrays; the
 * others hold them as JSON text, to and from which the library turns them. */

enum { FERRO_VALUE_SMALL_DECIMAL = 1 };

/* What `bytes` and `items` point at belongs to somebody else: to the batch for cells, to the caller for arguments. */
typedef struct ferro_value {
  uint8_t type;
  uint8_t flags;
  uint16_t scale; /* of small decimals, 0 to 18 */
  uint32_t size;  /* of bytes and items */
  union {
    int64_t integer;
    double real;
    const char *bytes;
    const struct ferro_value *items;
  } as;
} ferro_value;

static inline ferro_value ferro_null(void) {
  ferro_value value = {FERRO_TYPE_NULL, 0, 0, 0, {0}};
  return value;
}

/* Of a type whose payload is an integer. */
static inline ferro_value ferro_integer(uint8_t type, int64_t integer) {
  ferro_value value = {type, 0, 0, 0, {0}};
  value.as.integer = integer;
  return value;
}

static inline ferro_value ferro_int64(int64_t integer) {
  return ferro_integer(FERRO_TYPE_INT64, integer);
}

static inline ferro_value ferro_float64(double real) {
  ferro_value value = {FERRO_TYPE_FLOAT64, 0, 0, 0, {0}};
  value.as.real = real;
  return value;
}

/* Of a type whose payload is bytes; borrows `data`. */
static inline ferro_value ferro_data(uint8_t type, const char *data, uint32_t size) {
  ferro_value value = {type, 0, 0, 0, {0}};
  value.size = size;
  value.as.bytes = data;
  return value;
}

static inline ferro_value ferro_small_decimal(int64_t coefficient, uint16_t scale) {
  ferro_value value = {FERRO_TYPE_DECIMAL, FERRO_VALUE_SMALL_DECIMAL, 0, 0, {0}};
  value.scale = scale;
  value.as.integer = coefficient;
  return value;
}

/* One argument for a list parameter, or for a parameter declared as an array; borrows `items`. */
static inline ferro_value ferro_array(const ferro_value *items, uint32_t count) {
  ferro_value value = {FERRO_TYPE_ARRAY, 0, 0, 0, {0}};
  value.size = count;
  value.as.items = items;
  return value;
}

/* "int64", "timestamptz", "int64-array"; "unknown" for a number that this library does not know. */
FERRO_API ferro_bytes ferro_type_name(int32_t type);

#ifdef __cplusplus
}
#endif

#endif
