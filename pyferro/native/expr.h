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
  PyObject* owner;       // what its first column belongs to, a table of pyferro.table; may be null
  PyObject* paths;       // tuple of the related sources that a query has to join for it, each once; may be null
  uint8_t type;          // canonical type of the expression, FERRO_TYPE_NULL when unknown
  uint16_t depth;        // levels of nodes
  int8_t chain;          // FERRO_LOGICAL_AND or _OR while terms can be appended, else -1
  uint32_t terms;
};

struct ColumnObject {
  ExprObject expr;
  PyObject* table;
  PyObject* name;
  PyObject* dump;        // may be null
  PyObject* order_keys;  // what Python keeps; may be null
  bool nullable;
  Measures measures;
};

inline ExprObject& AsExpr(PyObject* object) { return *reinterpret_cast<ExprObject*>(object); }
inline ColumnObject& AsColumn(PyObject* object) { return *reinterpret_cast<ColumnObject*>(object); }
inline bool IsExpr(const ModuleState& state, PyObject* object) { return PyObject_TypeCheck(object, state.expr_type); }
inline bool IsColumn(const ModuleState& state, PyObject* object) {
  return PyObject_TypeCheck(object, state.column_type);
}

inline Target TargetOf(const ColumnObject& column) {
  return {column.expr.type, column.name, column.dump, false, {}};
}

// For a value that the column is to hold.
inline Target StoredTargetOf(const ColumnObject& column) {
  return {column.expr.type, column.name, column.dump, true, column.measures};
}

// What Expr and Column share as types.
PyObject* ExprCompare(PyObject* self, PyObject* other, int how);
Py_hash_t ExprHash(PyObject* self);
int ExprTraverse(PyObject* self, visitproc visit, void* arg);
int ExprClear(PyObject* self);
void ExprFree(PyObject* self);  // after ExprClear

// Methods of Expr: predicates.cc.
PyObject* ExprIn(PyObject* self, PyObject* values);
PyObject* ExprNotIn(PyObject* self, PyObject* values);
PyObject* ExprBetween(PyObject* self, PyObject* const* args, Py_ssize_t count);
PyObject* ExprLike(PyObject* self, PyObject* pattern);
PyObject* ExprNotLike(PyObject* self, PyObject* pattern);
PyObject* ExprIlike(PyObject* self, PyObject* pattern);
PyObject* ExprNotIlike(PyObject* self, PyObject* pattern);

}  // namespace ferro::py
