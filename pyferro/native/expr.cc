#include "pyferro/native/expr.h"

#include <structmember.h>

#include <new>

#include "pyferro/native/errors.h"
#include "pyferro/native/plan_bytes.h"

namespace ferro::py {
namespace {

ExprObject& AsExpr(PyObject* object) { return *reinterpret_cast<ExprObject*>(object); }
ColumnObject& AsColumn(PyObject* object) { return *reinterpret_cast<ColumnObject*>(object); }

bool IsExpr(const ModuleState& state, PyObject* object) {
  return PyObject_TypeCheck(object, state.expr_type);
}
bool IsColumn(const ModuleState& state, PyObject* object) {
  return PyObject_TypeCheck(object, state.column_type);
}

// The fragment with what ends a chain.
std::string Finished(const ExprObject& expr) {
  std::string fragment = expr.fragment;
  if (expr.chain >= 0) {
    AppendNode(fragment, FERRO_NODE_LIST, expr.terms);
    AppendNode(fragment, FERRO_NODE_LOGICAL, 2);
  }
  return fragment;
}

Ref Make(ModuleState& state, std::string fragment, std::string types, Ref values, uint8_t type) {
  if (!values) return {};
  auto* expr = PyObject_GC_New(ExprObject, state.expr_type);
  if (expr == nullptr) return {};
  new (&expr->fragment) std::string(std::move(fragment));
  new (&expr->types) std::string(std::move(types));
  expr->values = values.release();
  expr->type = type;
  expr->chain = -1;
  expr->terms = 0;
  PyObject_GC_Track(expr);
  return Ref::Steal(reinterpret_cast<PyObject*>(expr));
}

// An expression, or a value on its way to become a parameter: what an operator works on.
struct Operand {
  std::string fragment;
  std::string types;
  Ref values;
  uint8_t type = FERRO_TYPE_NULL;
};

Operand FromExpr(const ExprObject& expr) {
  return {Finished(expr), expr.types, Ref::Borrow(expr.values), expr.type};
}

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

bool AddParam(Operand& out, uint8_t type, const Ref& adapted) {
  AppendParam(out.fragment, type);
  out.types.assign(1, static_cast<char>(type));
  out.values = Ref::Steal(PyTuple_Pack(1, adapted.get()));
  out.type = type;
  return static_cast<bool>(out.values);
}

// `value` as a parameter beside `beside`, which gives it its type and its column for messages.
bool FromValue(ModuleState& state, PyObject* beside, PyObject* value, Operand& out) {
  Target target;
  if (IsColumn(state, beside)) target = TargetOf(AsColumn(beside));
  target.type = TypeBeside(state, AsExpr(beside).type, value);
  if (target.type == FERRO_TYPE_NULL) {
    const int inferred = InferType(state, value);
    if (inferred < 0) return false;
    target.type = static_cast<uint8_t>(inferred);
  }
  Ref adapted = Adapt(state, target, value);
  return adapted && AddParam(out, target.type, adapted);
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

Ref Unary(ModuleState& state, int op, PyObject* operand, uint8_t type) {
  const ExprObject& expr = AsExpr(operand);
  std::string fragment;
  AppendInt(fragment, op);
  fragment += Finished(expr);
  AppendNode(fragment, FERRO_NODE_UNARY, 2);
  return Make(state, std::move(fragment), expr.types, Ref::Borrow(expr.values), type);
}

Ref Binary(ModuleState& state, int op, const Operand& left, const Operand& right, uint8_t type) {
  std::string fragment;
  AppendInt(fragment, op);
  fragment += left.fragment;
  fragment += right.fragment;
  AppendNode(fragment, FERRO_NODE_BINARY, 3);
  return Make(state, std::move(fragment), left.types + right.types, Join(left.values, right.values),
              type);
}

// Of what is an expression, whether its value is an array.
bool IsArray(const ModuleState& state, PyObject* object) {
  return IsExpr(state, object) && (AsExpr(object).type & FERRO_TYPE_ARRAY_OF) != 0;
}
bool IsArray(const ModuleState& state, PyObject* a, PyObject* b) { return IsArray(state, a) || IsArray(state, b); }

PyObject* RefuseArray(const char* what) {
  return PyErr_Format(PyExc_TypeError,
                      "arrays %s: test them by ==, != and None, or select the rows and look at them in the program",
                      what);
}

PyObject* Compare(PyObject* self, PyObject* other, int how) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
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
  if (!IsNumber(AsExpr(beside).type)) {
    PyErr_SetString(PyExc_TypeError, "arithmetic needs numbers on both sides");
    return nullptr;
  }
  if (!ToOperand(*state, beside, left, a) || !ToOperand(*state, beside, right, b)) return nullptr;
  if (!IsNumber(a.type) || !IsNumber(b.type)) {
    PyErr_SetString(PyExc_TypeError, "arithmetic needs numbers on both sides");
    return nullptr;
  }
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

// A chain of one operator stays flat: `a & b & c` is one node with three terms.
template <int kOp>
PyObject* Logical(PyObject* left, PyObject* right) {
  ModuleState* state = StateOfType(Py_TYPE(left));
  if (state == nullptr) PyErr_Clear();
  if (state == nullptr && (state = StateOfType(Py_TYPE(right))) == nullptr) return nullptr;
  if (!IsExpr(*state, left) || !IsExpr(*state, right)) {
    PyErr_SetString(PyExc_TypeError,
                    "& and | join conditions: put parentheses around comparisons, (a == 1) & (b == 2)");
    return nullptr;
  }
  const ExprObject& a = AsExpr(left);
  const ExprObject& b = AsExpr(right);
  std::string fragment;
  uint32_t terms = 1;
  if (a.chain == kOp) {
    fragment = a.fragment;
    terms = a.terms;
  } else {
    AppendInt(fragment, kOp);
    fragment += Finished(a);
  }
  fragment += Finished(b);
  Ref made = Make(*state, std::move(fragment), a.types + b.types,
                  Join(Ref::Borrow(a.values), Ref::Borrow(b.values)), FERRO_TYPE_BOOL);
  if (!made) return nullptr;
  AsExpr(made.get()).chain = kOp;
  AsExpr(made.get()).terms = terms + 1;
  return made.release();
}

Ref InList(PyObject* self, PyObject* values, bool negated) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return {};
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
  return Make(*state, std::move(fragment), std::move(types), Join(Ref::Borrow(expr.values), one),
              FERRO_TYPE_BOOL);
}

PyObject* Expr_in(PyObject* self, PyObject* values) { return InList(self, values, false).release(); }
PyObject* Expr_not_in(PyObject* self, PyObject* values) {
  return InList(self, values, true).release();
}

PyObject* Expr_between(PyObject* self, PyObject* const* args, Py_ssize_t count) {
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
  std::string fragment = Finished(expr) + low.fragment + high.fragment;
  AppendInt(fragment, 0);
  AppendNode(fragment, FERRO_NODE_BETWEEN, 4);
  Ref values = Join(Ref::Borrow(expr.values), low.values);
  if (!values) return nullptr;
  return Make(*state, std::move(fragment), expr.types + low.types + high.types,
              Join(values, high.values), FERRO_TYPE_BOOL)
      .release();
}

PyObject* Expr_like(PyObject* self, PyObject* pattern) {
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
  std::string fragment = Finished(expr) + right.fragment;
  AppendInt(fragment, 0);
  AppendInt(fragment, 0);
  AppendNode(fragment, FERRO_NODE_LIKE, 4);
  return Make(*state, std::move(fragment), expr.types + right.types,
              Join(Ref::Borrow(expr.values), right.values), FERRO_TYPE_BOOL)
      .release();
}

PyObject* Expr_is_null(PyObject* self, PyObject*) { return Compare(self, Py_None, Py_EQ); }
PyObject* Expr_is_not_null(PyObject* self, PyObject*) { return Compare(self, Py_None, Py_NE); }

int Expr_bool(PyObject*) {
  PyErr_SetString(PyExc_TypeError,
                  "a condition has no truth value in Python: join with & and |, negate with ~, and use "
                  "between() instead of a chained comparison");
  return -1;
}

Py_hash_t Expr_hash(PyObject* self) { return static_cast<Py_hash_t>(reinterpret_cast<uintptr_t>(self) >> 4); }

PyObject* Expr_fragment(PyObject* self, void*) {
  const std::string fragment = Finished(AsExpr(self));
  return PyBytes_FromStringAndSize(fragment.data(), static_cast<Py_ssize_t>(fragment.size()));
}
PyObject* Expr_types(PyObject* self, void*) {
  const std::string& types = AsExpr(self).types;
  return PyBytes_FromStringAndSize(types.data(), static_cast<Py_ssize_t>(types.size()));
}
PyObject* Expr_values(PyObject* self, void*) { return Py_NewRef(AsExpr(self).values); }
PyObject* Expr_type(PyObject* self, void*) { return PyLong_FromLong(AsExpr(self).type); }

int Expr_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(AsExpr(self).values);
  return 0;
}

int Expr_clear(PyObject* self) {
  Py_CLEAR(AsExpr(self).values);
  return 0;
}

void Expr_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Expr_clear(self);
  AsExpr(self).fragment.~basic_string();
  AsExpr(self).types.~basic_string();
  type->tp_free(self);
  Py_DECREF(type);
}

PyMethodDef kExprMethods[] = {
    {"in_", Expr_in, METH_O, "Whether the value is one of a list; an empty list is false."},
    {"not_in", Expr_not_in, METH_O, "Whether the value is none of a list; an empty list is true."},
    {"between", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(Expr_between)), METH_FASTCALL,
     "Whether the value lies between two ends, both included."},
    {"like", Expr_like, METH_O, "Whether text matches: % and _ are wild, backslash escapes, case matters."},
    {"is_null", Expr_is_null, METH_NOARGS, "The same as == None."},
    {"is_not_null", Expr_is_not_null, METH_NOARGS, "The same as != None."},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef kExprGetters[] = {
    {"fragment", Expr_fragment, nullptr, "Plan bytes without a header.", nullptr},
    {"values", Expr_values, nullptr, "Adapted values of the parameters, in order.", nullptr},
    {"types", Expr_types, nullptr, "Canonical type of each value; lists have 128 added.", nullptr},
    {"type", Expr_type, nullptr, "Canonical type of the expression, 0 when unknown.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

#define FERRO_SLOT(function) reinterpret_cast<void*>(function)

PyType_Slot kExprSlots[] = {
    {Py_tp_doc, const_cast<char*>("A condition or value of a query, made by operators on columns.")},
    {Py_tp_dealloc, FERRO_SLOT(Expr_dealloc)},
    {Py_tp_traverse, FERRO_SLOT(Expr_traverse)},
    {Py_tp_clear, FERRO_SLOT(Expr_clear)},
    {Py_tp_richcompare, FERRO_SLOT(Compare)},
    {Py_tp_hash, FERRO_SLOT(Expr_hash)},
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
    {Py_nb_lshift, FERRO_SLOT(Expr_in)},
    {0, nullptr}};

PyType_Spec kExprSpec = {"pyferro._native.Expr", sizeof(ExprObject), 0,
                         Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
                             Py_TPFLAGS_DISALLOW_INSTANTIATION,
                         kExprSlots};

PyObject* Column_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static const char* kNames[] = {"table", "name", "type",   "nullable",
                                 "dump",  "length", "digits", "places",
                                 "members", "bits", nullptr};
  PyObject* table = nullptr;
  PyObject* name = nullptr;
  int canonical = 0;
  int nullable = 1;
  PyObject* dump = Py_None;
  Measures measures;
  PyObject* members = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "UUi|pOiiiOi", const_cast<char**>(kNames), &table, &name,
                                   &canonical, &nullable, &dump, &measures.length, &measures.digits,
                                   &measures.places, &members, &measures.bits)) {
    return nullptr;
  }
  const int scalar = canonical & ~FERRO_TYPE_ARRAY_OF;
  if (scalar <= FERRO_TYPE_NULL || scalar >= FERRO_TYPE_ARRAY) {
    PyErr_SetString(PyExc_ValueError, "not a canonical type of a column");
    return nullptr;
  }
  if (measures.bits != 0 && (canonical != FERRO_TYPE_INT64 || (measures.bits != 16 && measures.bits != 32))) {
    PyErr_SetString(PyExc_ValueError, "bits are of int64, 16 or 32");
    return nullptr;
  }
  if (members != Py_None && !PyFrozenSet_CheckExact(members)) {
    PyErr_SetString(PyExc_TypeError, "members is a frozenset");
    return nullptr;
  }
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(name, &size);
  Ref values = Ref::Steal(PyTuple_New(0));
  if (text == nullptr || !values) return nullptr;
  auto* self = reinterpret_cast<ColumnObject*>(type->tp_alloc(type, 0));
  if (self == nullptr) return nullptr;
  new (&self->expr.fragment) std::string;
  new (&self->expr.types) std::string;
  std::string& fragment = self->expr.fragment;
  AppendName(fragment, "", 0);
  AppendName(fragment, text, static_cast<size_t>(size));
  AppendInt(fragment, canonical);
  AppendNode(fragment, FERRO_NODE_COLUMN, 3);
  self->expr.values = values.release();
  self->expr.type = static_cast<uint8_t>(canonical);
  self->expr.chain = -1;
  self->table = Py_NewRef(table);
  self->name = Py_NewRef(name);
  self->dump = dump == Py_None ? nullptr : Py_NewRef(dump);
  self->nullable = nullable != 0;
  self->measures = measures;
  self->measures.members = members == Py_None ? nullptr : Py_NewRef(members);
  return reinterpret_cast<PyObject*>(self);
}

int Column_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(AsColumn(self).dump);
  Py_VISIT(AsColumn(self).measures.members);
  return Expr_traverse(self, visit, arg);
}

int Column_clear(PyObject* self) {
  Py_CLEAR(AsColumn(self).dump);
  Py_CLEAR(AsColumn(self).measures.members);
  return Expr_clear(self);
}

void Column_dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  Py_CLEAR(AsColumn(self).dump);
  Py_CLEAR(AsColumn(self).measures.members);
  Py_CLEAR(AsColumn(self).table);
  Py_CLEAR(AsColumn(self).name);
  PyTypeObject* type = Py_TYPE(self);
  Expr_clear(self);
  AsExpr(self).fragment.~basic_string();
  AsExpr(self).types.~basic_string();
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* Column_adapt(PyObject* self, PyObject* value) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  return state == nullptr ? nullptr : Adapt(*state, TargetOf(AsColumn(self)), value).release();
}

PyObject* Column_store(PyObject* self, PyObject* value) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  return state == nullptr ? nullptr : Adapt(*state, StoredTargetOf(AsColumn(self)), value).release();
}

PyObject* Column_repr(PyObject* self) {
  return PyUnicode_FromFormat("<column %U.%U>", AsColumn(self).table, AsColumn(self).name);
}

PyObject* Column_table(PyObject* self, void*) { return Py_NewRef(AsColumn(self).table); }
PyObject* Column_name(PyObject* self, void*) { return Py_NewRef(AsColumn(self).name); }
PyObject* Column_nullable(PyObject* self, void*) { return PyBool_FromLong(AsColumn(self).nullable); }

PyMethodDef kColumnMethods[] = {
    {"adapt", Column_adapt, METH_O, "The object that is bound for a value, or an error naming the column."},
    {"store", Column_store, METH_O, "The same for a value to be stored, which has to fit the column's measures."},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef kColumnGetters[] = {{"table", Column_table, nullptr, "Name of the table.", nullptr},
                                {"name", Column_name, nullptr, "Name of the column.", nullptr},
                                {"nullable", Column_nullable, nullptr, "Whether it may be NULL.", nullptr},
                                {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot kColumnSlots[] = {{Py_tp_doc, const_cast<char*>("A column of a model's table.")},
                              {Py_tp_new, FERRO_SLOT(Column_new)},
                              {Py_tp_dealloc, FERRO_SLOT(Column_dealloc)},
                              {Py_tp_traverse, FERRO_SLOT(Column_traverse)},
                              {Py_tp_clear, FERRO_SLOT(Column_clear)},
                              {Py_tp_repr, FERRO_SLOT(Column_repr)},
                              {Py_tp_richcompare, FERRO_SLOT(Compare)},
                              {Py_tp_hash, FERRO_SLOT(Expr_hash)},
                              {Py_tp_methods, kColumnMethods},
                              {Py_tp_getset, kColumnGetters},
                              {0, nullptr}};

PyType_Spec kColumnSpec = {"pyferro._native.Column", sizeof(ColumnObject), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, kColumnSlots};

PyObject* CountStar(PyObject* module, PyObject*) {
  ModuleState& state = StateOf(module);
  std::string fragment;
  AppendInt(fragment, FERRO_AGGREGATE_COUNT);
  AppendNode(fragment, FERRO_NODE_LIST, 0);
  AppendInt(fragment, 0);
  AppendNode(fragment, FERRO_NODE_NONE, 0);
  AppendNode(fragment, FERRO_NODE_LIST, 0);
  AppendNode(fragment, FERRO_NODE_AGGREGATE, 5);
  return Make(state, std::move(fragment), {}, Ref::Steal(PyTuple_New(0)), FERRO_TYPE_INT64).release();
}

PyMethodDef kFunctions[] = {{"count_star", CountStar, METH_NOARGS, "COUNT(*)."},
                            {nullptr, nullptr, 0, nullptr}};

}  // namespace

bool AddExpr(PyObject* module, ModuleState& state) {
  state.expr_type = AddType(module, kExprSpec);
  if (state.expr_type == nullptr) return false;
  Ref bases = Ref::Steal(PyTuple_Pack(1, state.expr_type));
  if (!bases) return false;
  state.column_type = AddType(module, kColumnSpec, bases.get());
  return state.column_type != nullptr && PyModule_AddFunctions(module, kFunctions) == 0;
}

}  // namespace ferro::py
