// Expr: a fragment of a plan with the values of its parameters. Immutable; operators concatenate. Column is an Expr
// that knows its name and how values are bound to it.
#pragma once

#include <string>

#include "pyferro/native/from_python.h"
#include "pyferro/native/state.h"

namespace ferro::py {

// In `types` of an Expr: the canonical type of each value, with this bit for a list parameter.
inline constexpr uint8_t kListFlag = 128;

struct ExprObject {
  PyObject_HEAD
  std::string fragment;  // of a chain: without the two nodes that end it
  std::string types;     // one byte for each value
  PyObject* values;      // tuple of adapted objects; a tuple within stands for a list parameter
  uint8_t type;          // canonical type of the expression, FERRO_TYPE_NULL when unknown
  int8_t chain;          // FERRO_LOGICAL_AND or _OR while terms can be appended, else -1
  uint32_t terms;
};

struct ColumnObject {
  ExprObject expr;
  PyObject* table;
  PyObject* name;
  PyObject* dump;  // may be null
  bool nullable;
  Measures measures;
};

inline Target TargetOf(const ColumnObject& column) {
  return {column.expr.type, column.name, column.dump, false, {}};
}

// For a value that the column is to hold.
inline Target StoredTargetOf(const ColumnObject& column) {
  return {column.expr.type, column.name, column.dump, true, column.measures};
}

}  // namespace ferro::py
