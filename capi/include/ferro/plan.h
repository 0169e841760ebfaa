/* Plans: how a statement is said. A plan is bytes; any language may write them itself, or with the nine functions
 * below, which only write what is described here.
 *
 * A plan is the four bytes 'F' 'P' 2 0 and a postfix program: operands first, then the node that takes them, so that
 * composing two expressions is writing one after the other. One statement is left at the end.
 *
 *   1 length:varint bytes    a name: UTF-8 without NUL, at most 63 bytes
 *   2 value:varint           an integer, zigzag: (v << 1) ^ (v >> 63)
 *   3 type:byte              a parameter; parameters are numbered in the order of the bytes, from 0
 *   4 type:byte              a list parameter, numbered with the others
 *   5 kind:byte count:varint a node (node.h) that takes the last `count` operands
 *   6 length:varint bytes    other text, such as a key within JSON: UTF-8 without NUL, at most 64 KiB
 *
 * Varints are base 128, least significant group first, in their shortest form. Values never enter a plan: statements
 * that differ in their values only have equal plans, and are compiled once. At most 4 MiB, 512 levels of nodes and
 * 65535 parameters. */
#ifndef FERRO_PLAN_H
#define FERRO_PLAN_H

#include "ferro/error.h"
#include "ferro/function.h"
#include "ferro/node.h"
#include "ferro/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  FERRO_PLAN_NAME = 1,
  FERRO_PLAN_INT = 2,
  FERRO_PLAN_PARAM = 3,
  FERRO_PLAN_LIST_PARAM = 4,
  FERRO_PLAN_NODE = 5,
  FERRO_PLAN_TEXT = 6
};

/* Types are those of value.h; of a parameter, a column or a result also an array, FERRO_TYPE_ARRAY_OF | element. A list
 * parameter has no arrays in it. */

/* A plan being written. From one thread at a time. Nothing is checked before the plan is compiled. */
typedef struct ferro_plan ferro_plan;

/* NULL when memory is exhausted. Give it to ferro_plan_free(). */
FERRO_API ferro_plan *ferro_plan_new(void);
FERRO_API void ferro_plan_free(ferro_plan *plan); /* NULL is fine */
FERRO_API void ferro_plan_reset(ferro_plan *plan); /* empty again */

/* Each of these writes one instruction; false (0) when memory is exhausted. */
FERRO_API uint8_t ferro_plan_name(ferro_plan *plan, ferro_bytes name);
FERRO_API uint8_t ferro_plan_text(ferro_plan *plan, ferro_bytes text);
FERRO_API uint8_t ferro_plan_int(ferro_plan *plan, int64_t value);
FERRO_API uint8_t ferro_plan_param(ferro_plan *plan, uint8_t type, uint8_t is_list);
FERRO_API uint8_t ferro_plan_node(ferro_plan *plan, uint8_t kind, uint32_t operand_count);

/* What was written so far: borrowed until the plan is changed or freed. */
FERRO_API ferro_bytes ferro_plan_bytes(const ferro_plan *plan);

#ifdef __cplusplus
}
#endif

#endif
