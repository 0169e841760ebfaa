#include "pyferro/native/expr.h"

#include <structmember.h>

#include <algorithm>

#include "pyferro/native/operand.h"
#include "pyferro/native/plan_bytes.h"

namespace ferro::py {
namespace {

Ref Unary(ModuleState& state, int op, PyObject* operand, uint8_t type) {
  const ExprObject& expr = AsExpr(operand);
  std::string fragment;
  AppendInt(fragment, op);
  fragment += Finished(expr);
  AppendNode(fragment, FERRO_NODE_UNARY, 2);
  return MakeExpr(state, std::move(fragment), expr.types, Ref::Borrow(expr.values), type, OriginOf(expr),
                  expr.depth + 1u);
}

Ref Binary(ModuleState& state, int op, const Operand& left, const Operand& right, uint8_t type) {
  Origin origin = left.origin;
  if (!Merge(origin, right.origin)) return {};
  std::string fragment;
  fragment.reserve(left.fragment.size() + right.fragment.size() + kChainEnd);
  AppendInt(fragment, op);
  fragment += left.fragment;
  fragment += right.fragment;
  AppendNode(fragment, FERRO_NODE_BINARY, 3);
  return MakeExpr(state, std::move(fragment), left.types + right.types, Join(left.values, right.values), type,
                  origin, std::max(left.depth, right.depth) + 1u);
}

uint8_t ArithmeticType(int op, uint8_t left, uint8_t right) {
  if (op == FERRO_BINARY_DIVIDE) return FERRO_TYPE_FLOAT64;
  if (left == FERRO_TYPE_FLOAT64 || right == FERRO_TYPE_FLOAT64) return FERRO_TYPE_FLOAT64;
  if (left == FERRO_TYPE_DECIMAL || right == FERRO_TYPE_DECIMAL) return FERRO_TYPE_DECIMAL;
  return left == FERRO_TYPE_INT64 && right == FERRO_TYPE_INT64 ? FERRO_TYPE_INT64 : FERRO_TYPE_NULL;
}

bool IsNumber(uint8_t type) {
  return type == FERRO_TYPE_INT64 || type == FERRO_TYPE_FLOAT64 || type == FERRO_TYPE_DECIMAL ||
         type == FERRO_TYPE_NULL;
}

// Of what is no number: moments, which are Python's business.
PyObject* OtherArithmetic(int op, PyObject* left, PyObject* right) {
  Ref module = Ref::Steal(PyImport_ImportModule("pyferro.language.moments"));
  if (!module) return nullptr;
  return PyObject_CallMethod(module.get(), "arithmetic", "iOO", op, left, right);
}

template <int kOp>
PyObject* Arithmetic(PyObject* left, PyObject* right) {
  ModuleState* state = StateOfType(Py_TYPE(left));
  if (state == nullptr) {
    PyErr_Clear();
    state = StateOfType(Py_TYPE(right));
    if (state == nullptr) return nullptr;
  }
  PyObject* beside = IsExpr(*state, left) ? left : right;
  Operand a, b;
  if (!IsNumber(AsExpr(beside).type)) return OtherArithmetic(kOp, left, right);
  if (!ToOperand(*state, beside, left, a) || !ToOperand(*state, beside, right, b)) return nullptr;
  if (!IsNumber(a.type) || !IsNumber(b.type)) return OtherArithmetic(kOp, left, right);
  return Binary(*state, kOp, a, b, ArithmeticType(kOp, a.type, b.type)).release();
}

PyObject* Negate(PyObject* self) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  return Unary(*state, FERRO_UNARY_NEGATE, self, AsExpr(self).type).release();
}

PyObject* Invert(PyObject* self) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  return Unary(*state, FERRO_UNARY_NOT, self, FERRO_TYPE_BOOL).release();
}

template <int kOp>
PyObject* Logical(PyObject* left, PyObject* right) {
  ModuleState* state = StateOfType(Py_TYPE(left));
  if (state == nullptr) PyErr_Clear();
  if (state == nullptr && (state = StateOfType(Py_TYPE(right))) == nullptr) return nullptr;
  PyObject* const terms[] = {left, right};
  return JoinTerms(*state, kOp, terms, 2).release();
}

PyObject* Expr_is_null(PyObject* self, PyObject*) { return ExprCompare(self, Py_None, Py_EQ); }
PyObject* Expr_is_not_null(PyObject* self, PyObject*) { return ExprCompare(self, Py_None, Py_NE); }

int Expr_bool(PyObject*) {
  PyErr_SetString(PyExc_TypeError,
                  "a condition has no truth value in Python: join with & and |, negate with ~, and use "
                  "between() instead of a chained comparison");
  return -1;
}

PyObject* Expr_fragment(PyObject* self, void*) {
  const std::string fragment = Finished(AsExpr(self));
  return PyBytes_FromStringAndSize(fragment.data(), static_cast<Py_ssize_t>(fragment.size()));
}
PyObject* Expr_whole(PyObject* self, void*) {
  std::string plan;
  plan.reserve(kPlanHeader.size() + AsExpr(self).fragment.size() + kChainEnd);
  plan += kPlanHeader;
  AppendFinished(plan, AsExpr(self));
  return PyBytes_FromStringAndSize(plan.data(), static_cast<Py_ssize_t>(plan.size()));
}
PyObject* Expr_types(PyObject* self, void*) {
  const std::string& types = AsExpr(self).types;
  return PyBytes_FromStringAndSize(types.data(), static_cast<Py_ssize_t>(types.size()));
}
PyObject* Expr_values(PyObject* self, void*) { return Py_NewRef(AsExpr(self).values); }
PyObject* Expr_owner(PyObject* self, void*) {
  PyObject* owner = AsExpr(self).owner;
  return Py_NewRef(owner == nullptr ? Py_None : owner);
}
PyObject* Expr_paths(PyObject* self, void*) {
  PyObject* paths = AsExpr(self).paths;
  return paths == nullptr ? PyTuple_New(0) : Py_NewRef(paths);
}
PyObject* Expr_type(PyObject* self, void*) { return PyLong_FromLong(AsExpr(self).type); }

void Expr_dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  ExprClear(self);
  ExprFree(self);
}

PyMethodDef kExprMethods[] = {
    {"in_", ExprIn, METH_O, "Whether the value is one of a list; an empty list is false."},
    {"not_in", ExprNotIn, METH_O, "Whether the value is none of a list; an empty list is true."},
    {"between", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(ExprBetween)), METH_FASTCALL,
     "Whether the value lies between two ends, both included."},
    {"like", ExprLike, METH_O, "Whether text matches: % and _ are wild, backslash escapes, case matters."},
    {"not_like", ExprNotLike, METH_O, "Whether text does not match."},
    {"ilike", ExprIlike, METH_O, "Whether text matches in capital or small letters."},
    {"not_ilike", ExprNotIlike, METH_O, "Whether text does not match in capital or small letters."},
    {"is_null", Expr_is_null, METH_NOARGS, "The same as == None."},
    {"is_not_null", Expr_is_not_null, METH_NOARGS, "The same as != None."},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, "Expr[int], for annotations."},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef kExprGetters[] = {
    {"fragment", Expr_fragment, nullptr, "Plan bytes without a header.", nullptr},
    {"whole", Expr_whole, nullptr, "Plan bytes with a header.", nullptr},
    {"values", Expr_values, nullptr, "Adapted values of the parameters, in order.", nullptr},
    {"types", Expr_types, nullptr, "Canonical type of each value; lists have 128 added.", nullptr},
    {"owner", Expr_owner, nullptr, "What its first column belongs to, or None.", nullptr},
    {"paths", Expr_paths, nullptr, "The related sources that a query has to join for it, each once.", nullptr},
    {"type", Expr_type, nullptr, "Canonical type of the expression, 0 when unknown.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

#define FERRO_SLOT(function) reinterpret_cast<void*>(function)

PyType_Slot kExprSlots[] = {
    {Py_tp_doc, const_cast<char*>("A condition or value of a query, made by operators on columns.")},
    {Py_tp_dealloc, FERRO_SLOT(Expr_dealloc)},
    {Py_tp_traverse, FERRO_SLOT(ExprTraverse)},
    {Py_tp_clear, FERRO_SLOT(ExprClear)},
    {Py_tp_richcompare, FERRO_SLOT(ExprCompare)},
    {Py_tp_hash, FERRO_SLOT(ExprHash)},
    {Py_tp_methods, kExprMethods},
    {Py_tp_getset, kExprGetters},
    {Py_nb_bool, FERRO_SLOT(Expr_bool)},
    {Py_nb_add, FERRO_SLOT(Arithmetic<FERRO_BINARY_ADD>)},
    {Py_nb_subtract, FERRO_SLOT(Arithmetic<FERRO_BINARY_SUBTRACT>)},
    {Py_nb_multiply, FERRO_SLOT(Arithmetic<FERRO_BINARY_MULTIPLY>)},
    {Py_nb_true_divide, FERRO_SLOT(Arithmetic<FERRO_BINARY_DIVIDE>)},
    {Py_nb_floor_divide, FERRO_SLOT(Arithmetic<FERRO_BINARY_INTEGER_DIVIDE>)},
    {Py_nb_remainder, FERRO_SLOT(Arithmetic<FERRO_BINARY_MODULO>)},
    {Py_nb_negative, FERRO_SLOT(Negate)},
    {Py_nb_invert, FERRO_SLOT(Invert)},
    {Py_nb_and, FERRO_SLOT(Logical<FERRO_LOGICAL_AND>)},
    {Py_nb_or, FERRO_SLOT(Logical<FERRO_LOGICAL_OR>)},
    {Py_nb_lshift, FERRO_SLOT(ExprIn)},
    {0, nullptr}};

// What a class and its bases hold in __slots__, tp_members of each, as far as `self` has it, too.
PyObject* CopySlots(PyObject* self, PyTypeObject* type) {
  Ref made = Ref::Steal(type->tp_alloc(type, 0));
  if (!made) return nullptr;
  PyTypeObject* of = type;
  while (!PyType_IsSubtype(Py_TYPE(self), of)) of = of->tp_base;  // all have object
  for (; of != nullptr; of = of->tp_base) {
    for (const PyMemberDef* member = of->tp_members; member != nullptr && member->name != nullptr; ++member) {
      if (member->type != T_OBJECT_EX) continue;
      const auto place = [&](PyObject* object) {
        return reinterpret_cast<PyObject**>(reinterpret_cast<char*>(object) + member->offset);
      };
      *place(made.get()) = Py_XNewRef(*place(self));
    }
  }
  return made.release();
}

// Each method of a query starts with a copy. Ours have nothing but slots; a class of a user's may have a dict.
PyObject* Peculiar_copy(PyObject* self, PyObject*) {
  PyTypeObject* type = Py_TYPE(self);
  Ref made = Ref::Steal(CopySlots(self, type));
  if (!made || type->tp_dictoffset == 0) return made.release();
  ModuleState* state = StateOfType(type);
  if (state == nullptr) return nullptr;
  Ref held = Ref::Steal(PyObject_GetAttr(self, state->name_dict));
  if (held) held = Ref::Steal(PyDict_Copy(held.get()));
  if (!held || PyObject_SetAttr(made.get(), state->name_dict, held.get()) < 0) return nullptr;
  return made.release();
}

PyObject* Peculiar_copy_as(PyObject* self, PyObject* type) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  if (!PyType_Check(type) ||
      !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(type), reinterpret_cast<PyTypeObject*>(state->peculiar_type))) {
    return PyErr_Format(PyExc_TypeError, "_copy_as() takes a class of the same kind");
  }
  return CopySlots(self, reinterpret_cast<PyTypeObject*>(type));
}

PyMethodDef kPeculiarMethods[] = {
    {"_copy", Peculiar_copy, METH_NOARGS, "Another one with the same attributes; no __init__ is called."},
    {"_copy_as", Peculiar_copy_as, METH_O, "One of another class, with the slots of the bases that both have."},
    {nullptr, nullptr, 0, nullptr}};

// The base of what an expression is compared with in a way of its own, rows and queries: it has _compared(expr, how) and
// _holds(expr, negated), which make the condition.
PyType_Slot kPeculiarSlots[] = {{Py_tp_doc, const_cast<char*>("What expressions are compared with in a way of its own.")},
                                {Py_tp_methods, kPeculiarMethods},
                                {0, nullptr}};
PyType_Spec kPeculiarSpec = {"pyferro._native.Peculiar", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                             kPeculiarSlots};

PyType_Spec kExprSpec = {"pyferro._native.Expr", sizeof(ExprObject), 0,
                         Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
                             Py_TPFLAGS_DISALLOW_INSTANTIATION,
                         kExprSlots};

}  // namespace

Ref JoinTerms(ModuleState& state, int op, PyObject* const* terms, Py_ssize_t count) {
  Py_ssize_t values = 0;
  size_t size = kChainEnd;
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (!IsExpr(state, terms[i])) {
      PyErr_SetString(PyExc_TypeError,
                      "& and | join conditions: put parentheses around comparisons, (a == 1) & (b == 2)");
      return {};
    }
    values += PyTuple_GET_SIZE(AsExpr(terms[i]).values);
    size += AsExpr(terms[i]).fragment.size() + kChainEnd;
  }
  const ExprObject& first = AsExpr(terms[0]);
  const bool goes_on = first.chain == op;
  std::string fragment, types;
  fragment.reserve(size);
  if (!goes_on) AppendInt(fragment, op);
  // A chain's depth is that of its one node.
  unsigned depth = goes_on ? first.depth : first.depth + 1u;
  Origin origin = OriginOf(first);
  Ref all = Ref::Steal(PyTuple_New(values));
  if (!all) return {};
  Py_ssize_t at = 0;
  for (Py_ssize_t i = 0; i < count; ++i) {
    const ExprObject& term = AsExpr(terms[i]);
    if (i > 0 && !Merge(origin, OriginOf(term))) return {};
    if (i == 0 && goes_on) {
      fragment += term.fragment;
    } else {
      AppendFinished(fragment, term);
    }
    types += term.types;
    if (i > 0) depth = std::max(depth, term.depth + 1u);
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(term.values); ++k) {
      PyTuple_SET_ITEM(all.get(), at++, Py_NewRef(PyTuple_GET_ITEM(term.values, k)));
    }
  }
  Ref made = MakeExpr(state, std::move(fragment), std::move(types), std::move(all), FERRO_TYPE_BOOL, origin, depth);
  if (!made) return {};
  AsExpr(made.get()).chain = static_cast<int8_t>(op);
  AsExpr(made.get()).terms = (goes_on ? first.terms : 1u) + static_cast<uint32_t>(count - 1);
  return made;
}

PyObject* ExprCompare(PyObject* self, PyObject* other, int how) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  if (PyObject_TypeCheck(other, state->peculiar_type)) {
    Ref number = Ref::Steal(PyLong_FromLong(how));
    if (!number) return nullptr;
    return PyObject_CallMethodObjArgs(other, state->name_compared, self, number.get(), nullptr);
  }
  if (other == Py_None) {
    if (how == Py_EQ) return Unary(*state, FERRO_UNARY_IS_NULL, self, FERRO_TYPE_BOOL).release();
    if (how == Py_NE) return Unary(*state, FERRO_UNARY_IS_NOT_NULL, self, FERRO_TYPE_BOOL).release();
    PyErr_SetString(PyExc_TypeError, "None has no order: use == None or != None");
    return nullptr;
  }
  if (how != Py_EQ && how != Py_NE && IsArray(*state, self, other)) {
    return RefuseArray("have no order in a query");
  }
  int op = FERRO_BINARY_EQUAL;
  switch (how) {
    case Py_EQ: op = FERRO_BINARY_EQUAL; break;
    case Py_NE: op = FERRO_BINARY_NOT_EQUAL; break;
    case Py_LT: op = FERRO_BINARY_LESS; break;
    case Py_LE: op = FERRO_BINARY_LESS_EQUAL; break;
    case Py_GT: op = FERRO_BINARY_GREATER; break;
    case Py_GE: op = FERRO_BINARY_GREATER_EQUAL; break;
    default: break;
  }
  Operand right;
  if (!ToOperand(*state, self, other, right)) return nullptr;
  return Binary(*state, op, FromExpr(AsExpr(self)), right, FERRO_TYPE_BOOL).release();
}

Py_hash_t ExprHash(PyObject* self) { return static_cast<Py_hash_t>(reinterpret_cast<uintptr_t>(self) >> 4); }

int ExprTraverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(AsExpr(self).values);
  Py_VISIT(AsExpr(self).owner);
  Py_VISIT(AsExpr(self).paths);
  return 0;
}

int ExprClear(PyObject* self) {
  Py_CLEAR(AsExpr(self).values);
  Py_CLEAR(AsExpr(self).owner);
  Py_CLEAR(AsExpr(self).paths);
  return 0;
}

void ExprFree(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  AsExpr(self).fragment.~basic_string();
  AsExpr(self).types.~basic_string();
  type->tp_free(self);
  Py_DECREF(type);
}

bool AddExpr(PyObject* module, ModuleState& state) {
  state.expr_type = AddType(module, kExprSpec);
  state.peculiar_type = AddType(module, kPeculiarSpec);
  return state.expr_type != nullptr && state.peculiar_type != nullptr;
}

}  // namespace ferro::py
