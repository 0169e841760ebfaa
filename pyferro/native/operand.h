// What operators and calls are made of: expressions, and values that become parameters beside them.
#pragma once

#include <string>

#include "pyferro/native/expr.h"

namespace ferro::py {

// What the columns of an expression belong to.
struct Origin {
  PyObject* owner = nullptr;  // borrowed: of the first column
  Ref paths;                  // as in ExprObject; may be null
};

Origin OriginOf(const ExprObject& expr);

// Adds what another operand's columns belong to. False with an exception.
bool Merge(Origin& origin, const Origin& other);

// An expression, or a value on its way to become a parameter: what an operator works on.
struct Operand {
  std::string fragment;
  std::string types;
  Ref values;
  uint8_t type = FERRO_TYPE_NULL;
  Origin origin;
  unsigned depth = 1;
};

// The fragment with what ends a chain; its size is at most that of the fragment and kChainEnd more.
std::string Finished(const ExprObject& expr);
void AppendFinished(std::string& out, const ExprObject& expr);
inline constexpr size_t kChainEnd = 24;

// Null with an exception: for more levels of nodes than a plan may have, here and not when it runs, as each level copies
// those below. `values` may be null when making them has failed.
Ref MakeExpr(ModuleState& state, std::string fragment, std::string types, Ref values, uint8_t type, const Origin& origin,
             unsigned depth);

Operand FromExpr(const ExprObject& expr);

// An adapted value as a parameter.
bool AddParam(Operand& out, uint8_t type, const Ref& adapted);

// An expression as it is; a value as a parameter beside `beside` (an Expr, or null), which gives it its type and its
// column for messages.
bool ToOperand(ModuleState& state, PyObject* beside, PyObject* object, Operand& out);

// Conditions joined with FERRO_LOGICAL_AND or _OR, of which there are two or more; TypeError where one is none. A chain of one
// operator stays flat: `a & b & c` is one node with three terms.
Ref JoinTerms(ModuleState& state, int op, PyObject* const* terms, Py_ssize_t count);

// Two tuples of values as one.
Ref Join(const Ref& left, const Ref& right);

// Of what is an expression, whether its value is an array.
bool IsArray(const ModuleState& state, PyObject* object);
bool IsArray(const ModuleState& state, PyObject* a, PyObject* b);

// A TypeError: "arrays <what>: …".
PyObject* RefuseArray(const char* what);

}  // namespace ferro::py
