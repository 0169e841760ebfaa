#include "pyferro/native/operand.h"

#include <new>

#include "pyferro/native/errors.h"
#include "pyferro/native/plan_bytes.h"

namespace ferro::py {
namespace {

constexpr unsigned kMaxDepth = 512;  // as in engine/plan/format.h

// Numbers may be compared with and added to numbers of another kind.
uint8_t TypeBeside(ModuleState& state, uint8_t other, PyObject* value) {
  const bool numeric =
      other == FERRO_TYPE_INT64 || other == FERRO_TYPE_FLOAT64 || other == FERRO_TYPE_DECIMAL;
  if (!numeric) return other;
  if (PyFloat_CheckExact(value) && other == FERRO_TYPE_INT64) return FERRO_TYPE_FLOAT64;
  if (Py_IS_TYPE(value, reinterpret_cast<PyTypeObject*>(state.decimal_type)) &&
      other == FERRO_TYPE_INT64) {
    return FERRO_TYPE_DECIMAL;
  }
  return other;
}

// `value` as a parameter beside `beside`, which gives it its type and its column for messages.
bool FromValue(ModuleState& state, PyObject* beside, PyObject* value, Operand& out) {
  Target target;
  if (beside != nullptr && IsColumn(state, beside)) target = TargetOf(AsColumn(beside));
  if (beside != nullptr) target.type = TypeBeside(state, AsExpr(beside).type, value);
  if (target.type == FERRO_TYPE_NULL) {
    const int inferred = InferType(state, value);
    if (inferred < 0) return false;
    target.type = static_cast<uint8_t>(inferred);
  }
  Ref adapted = Adapt(state, target, value);
  return adapted && AddParam(out, target.type, adapted);
}

}  // namespace

void AppendFinished(std::string& out, const ExprObject& expr) {
  out += expr.fragment;
  if (expr.chain < 0) return;
  AppendNode(out, FERRO_NODE_LIST, expr.terms);
  AppendNode(out, FERRO_NODE_LOGICAL, 2);
}

std::string Finished(const ExprObject& expr) {
  std::string fragment;
  AppendFinished(fragment, expr);
  return fragment;
}

Origin OriginOf(const ExprObject& expr) { return {expr.owner, Ref::Borrow(expr.paths)}; }

bool Merge(Origin& origin, const Origin& other) {
  if (origin.owner == nullptr) origin.owner = other.owner;
  if (!other.paths || other.paths.get() == origin.paths.get()) return true;
  if (!origin.paths) {
    origin.paths = other.paths;
    return true;
  }
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(other.paths.get()); ++i) {
    PyObject* path = PyTuple_GET_ITEM(other.paths.get(), i);
    bool known = false;
    for (Py_ssize_t j = 0; j < PyTuple_GET_SIZE(origin.paths.get()) && !known; ++j) {
      known = PyTuple_GET_ITEM(origin.paths.get(), j) == path;
    }
    if (known) continue;
    Ref one = Ref::Steal(PyTuple_Pack(1, path));
    if (one) one = Ref::Steal(PySequence_Concat(origin.paths.get(), one.get()));
    if (!one) return false;
    origin.paths = std::move(one);
  }
  return true;
}

Ref MakeExpr(ModuleState& state, std::string fragment, std::string types, Ref values, uint8_t type,
             const Origin& origin, unsigned depth) {
  if (!values) return {};
  if (depth > kMaxDepth) {
    RaiseCode(state, FERRO_ERROR_PLAN,
              "an expression is nested deeper than 512 levels; conditions joined by & or | stay flat", nullptr);
    return {};
  }
  auto* expr = PyObject_GC_New(ExprObject, state.expr_type);
  if (expr == nullptr) return {};
  new (&expr->fragment) std::string(std::move(fragment));
  new (&expr->types) std::string(std::move(types));
  expr->values = values.release();
  expr->owner = Py_XNewRef(origin.owner);
  expr->paths = Py_XNewRef(origin.paths.get());
  expr->type = type;
  expr->depth = static_cast<uint16_t>(depth);
  expr->chain = -1;
  expr->terms = 0;
  PyObject_GC_Track(expr);
  return Ref::Steal(reinterpret_cast<PyObject*>(expr));
}

Operand FromExpr(const ExprObject& expr) {
  return {Finished(expr), expr.types, Ref::Borrow(expr.values), expr.type, OriginOf(expr), expr.depth};
}

bool AddParam(Operand& out, uint8_t type, const Ref& adapted) {
  AppendParam(out.fragment, type);
  out.types.assign(1, static_cast<char>(type));
  out.values = Ref::Steal(PyTuple_Pack(1, adapted.get()));
  out.type = type;
  return static_cast<bool>(out.values);
}

bool ToOperand(ModuleState& state, PyObject* beside, PyObject* object, Operand& out) {
  if (!IsExpr(state, object)) return FromValue(state, beside, object, out);
  out = FromExpr(AsExpr(object));
  return true;
}

Ref Join(const Ref& left, const Ref& right) {
  if (PyTuple_GET_SIZE(right.get()) == 0) return left;
  if (PyTuple_GET_SIZE(left.get()) == 0) return right;
  return Ref::Steal(PySequence_Concat(left.get(), right.get()));
}

bool IsArray(const ModuleState& state, PyObject* object) {
  return IsExpr(state, object) && (AsExpr(object).type & FERRO_TYPE_ARRAY_OF) != 0;
}
bool IsArray(const ModuleState& state, PyObject* a, PyObject* b) { return IsArray(state, a) || IsArray(state, b); }

PyObject* RefuseArray(const char* what) {
  return PyErr_Format(PyExc_TypeError,
                      "arrays %s: test them by ==, != and None, or select the rows and look at them in the program",
                      what);
}

}  // namespace ferro::py
