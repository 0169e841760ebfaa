// Conditions that are methods of an expression: IN, BETWEEN and LIKE.
#include <algorithm>

#include "pyferro/native/errors.h"
#include "pyferro/native/operand.h"
#include "pyferro/native/plan_bytes.h"

namespace ferro::py {
namespace {

Ref InList(PyObject* self, PyObject* values, bool negated) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return {};
  if (PyObject_TypeCheck(values, state->peculiar_type)) {
    return Ref::Steal(PyObject_CallMethodObjArgs(values, state->name_holds, self, negated ? Py_True : Py_False, nullptr));
  }
  if (IsExpr(*state, values) || PyUnicode_Check(values) || PyBytes_Check(values)) {
    PyErr_SetString(PyExc_TypeError, "in_() takes a list, tuple or set of values");
    return {};
  }
  if (IsArray(*state, self)) {
    RefuseArray("are not looked for in a list");
    return {};
  }
  Ref items = Ref::Steal(PySequence_Tuple(values));
  if (!items) return {};
  const Py_ssize_t count = PyTuple_GET_SIZE(items.get());
  Target target;
  if (IsColumn(*state, self)) target = TargetOf(AsColumn(self));
  target.type = AsExpr(self).type;
  if (target.type == FERRO_TYPE_NULL) {
    const int inferred = count == 0 ? FERRO_TYPE_TEXT : InferType(*state, PyTuple_GET_ITEM(items.get(), 0));
    if (inferred < 0) return {};
    target.type = static_cast<uint8_t>(inferred);
  }
  Ref adapted = Ref::Steal(PyTuple_New(count));
  if (!adapted) return {};
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (PyTuple_GET_ITEM(items.get(), i) == Py_None) {
      PyErr_SetString(PyExc_TypeError, "None is never in a list in SQL: use (x == None) | x.in_(…)");
      return {};
    }
    Ref item = Adapt(*state, target, PyTuple_GET_ITEM(items.get(), i));
    if (!item) return {};
    PyTuple_SET_ITEM(adapted.get(), i, item.release());
  }
  const ExprObject& expr = AsExpr(self);
  std::string fragment = Finished(expr);
  AppendParam(fragment, target.type, true);
  AppendInt(fragment, negated ? 1 : 0);
  AppendNode(fragment, FERRO_NODE_IN, 3);
  std::string types = expr.types;
  types.push_back(static_cast<char>(target.type | kListFlag));
  Ref one = Ref::Steal(PyTuple_Pack(1, adapted.get()));
  if (!one) return {};
  return MakeExpr(*state, std::move(fragment), std::move(types), Join(Ref::Borrow(expr.values), one),
              FERRO_TYPE_BOOL, OriginOf(expr), expr.depth + 1u);
}

PyObject* Like(PyObject* self, PyObject* pattern, bool negated, bool fold_case) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  if (IsArray(*state, self, pattern)) return RefuseArray("match no pattern");
  Operand right;
  if (PyUnicode_Check(pattern) && AsExpr(self).type == FERRO_TYPE_TEXT) {
    // Part of a text: not for the function that makes text of whole values.
    Target target;
    target.type = FERRO_TYPE_TEXT;
    target.column = IsColumn(*state, self) ? AsColumn(self).name : nullptr;
    Ref adapted = Adapt(*state, target, pattern);
    if (!adapted || !AddParam(right, FERRO_TYPE_TEXT, adapted)) return nullptr;
  } else if (!ToOperand(*state, self, pattern, right)) {
    return nullptr;
  }
  if (PyUnicode_Check(pattern)) {
    // A backslash at the end escapes nothing; PostgreSQL refuses it (22025), others do not.
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(pattern, &size);
    if (text == nullptr) return nullptr;
    Py_ssize_t slashes = 0;
    while (slashes < size && text[size - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 1) {
      PyErr_SetString(PyExc_ValueError, "a LIKE pattern must not end in a single backslash");
      return nullptr;
    }
  }
  const ExprObject& expr = AsExpr(self);
  Origin origin = OriginOf(expr);
  if (!Merge(origin, right.origin)) return nullptr;
  std::string fragment = Finished(expr) + right.fragment;
  AppendInt(fragment, negated ? 1 : 0);
  AppendInt(fragment, fold_case ? 1 : 0);
  AppendNode(fragment, FERRO_NODE_LIKE, 4);
  return MakeExpr(*state, std::move(fragment), expr.types + right.types,
              Join(Ref::Borrow(expr.values), right.values), FERRO_TYPE_BOOL, origin,
                  std::max(unsigned{expr.depth}, right.depth) + 1u)
      .release();
}

}  // namespace

PyObject* ExprIn(PyObject* self, PyObject* values) { return InList(self, values, false).release(); }
PyObject* ExprNotIn(PyObject* self, PyObject* values) {
  return InList(self, values, true).release();
}

PyObject* ExprBetween(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "between() takes a low and a high end");
    return nullptr;
  }
  if (IsArray(*state, self)) return RefuseArray("have no order in a query");
  Operand low, high;
  if (!ToOperand(*state, self, args[0], low) || !ToOperand(*state, self, args[1], high)) return nullptr;
  const ExprObject& expr = AsExpr(self);
  Origin origin = OriginOf(expr);
  if (!Merge(origin, low.origin) || !Merge(origin, high.origin)) return nullptr;
  std::string fragment = Finished(expr) + low.fragment + high.fragment;
  AppendInt(fragment, 0);
  AppendNode(fragment, FERRO_NODE_BETWEEN, 4);
  Ref values = Join(Ref::Borrow(expr.values), low.values);
  if (!values) return nullptr;
  return MakeExpr(*state, std::move(fragment), expr.types + low.types + high.types,
              Join(values, high.values), FERRO_TYPE_BOOL, origin,
                  std::max({unsigned{expr.depth}, low.depth, high.depth}) + 1u)
      .release();
}

PyObject* ExprLike(PyObject* self, PyObject* pattern) { return Like(self, pattern, false, false); }
PyObject* ExprNotLike(PyObject* self, PyObject* pattern) { return Like(self, pattern, true, false); }
PyObject* ExprIlike(PyObject* self, PyObject* pattern) { return Like(self, pattern, false, true); }
PyObject* ExprNotIlike(PyObject* self, PyObject* pattern) { return Like(self, pattern, true, true); }

}  // namespace ferro::py
