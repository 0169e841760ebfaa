// build(): nodes around expressions, for what has no operator. The policy, which node has which operands and
// what type, is Python's.
#include <algorithm>

#include "pyferro/native/operand.h"
#include "pyferro/native/plan_bytes.h"

namespace ferro::py {
namespace {

// Operands one after the other, with the values of those that are expressions.
class Builder {
 public:
  Builder(ModuleState& state, PyObject* const* operands, Py_ssize_t count) : state_(state) {
    size_t size = 0;
    for (Py_ssize_t i = 0; i < count; ++i) {
      size += kChainEnd + (IsExpr(state, operands[i]) ? AsExpr(operands[i]).fragment.size() : 0);
    }
    fragment_.reserve(size);
  }

  bool Add(PyObject* operand) {
    if (IsExpr(state_, operand)) return AddExpr(operand);
    if (operand == Py_None) {
      AppendNode(fragment_, FERRO_NODE_NONE, 0);
      return true;
    }
    if (PyLong_Check(operand)) {
      const long long number = PyLong_AsLongLong(operand);
      if (number == -1 && PyErr_Occurred()) return false;
      AppendInt(fragment_, number);
      return true;
    }
    if (PyUnicode_Check(operand)) {
      Py_ssize_t size = 0;
      const char* text = PyUnicode_AsUTF8AndSize(operand, &size);
      if (text == nullptr) return false;
      AppendName(fragment_, text, static_cast<size_t>(size));
      return true;
    }
    if (PyBytes_Check(operand)) {
      fragment_.append(PyBytes_AS_STRING(operand), static_cast<size_t>(PyBytes_GET_SIZE(operand)));
      return true;
    }
    return AddList(operand);
  }

  // The node itself, of as many operands as were added last.
  Ref Finish(uint8_t type, uint8_t kind, size_t count) {
    AppendNode(fragment_, kind, count);
    if (!values_) values_ = Ref::Steal(PyTuple_New(0));
    return MakeExpr(state_, std::move(fragment_), std::move(types_), std::move(values_), type, origin_,
                    depth_ + (kind == FERRO_NODE_LIST ? 0 : 1));
  }

 private:
  bool AddExpr(PyObject* operand) {
    const ExprObject& expr = AsExpr(operand);
    AppendFinished(fragment_, expr);
    types_ += expr.types;
    if (!Merge(origin_, OriginOf(expr))) return false;
    depth_ = std::max(depth_, unsigned{expr.depth});
    if (!values_) {
      values_ = Ref::Borrow(expr.values);
    } else {
      values_ = Join(values_, Ref::Borrow(expr.values));
    }
    return static_cast<bool>(values_);
  }

  bool AddList(PyObject* operand) {
    if (!PyTuple_Check(operand) && !PyList_Check(operand)) {
      PyErr_Format(PyExc_TypeError, "a node has no operand of type %s", Py_TYPE(operand)->tp_name);
      return false;
    }
    Ref items = Ref::Steal(PySequence_Tuple(operand));
    if (!items) return false;
    const Py_ssize_t count = PyTuple_GET_SIZE(items.get());
    for (Py_ssize_t i = 0; i < count; ++i) {
      if (!Add(PyTuple_GET_ITEM(items.get(), i))) return false;
    }
    AppendNode(fragment_, FERRO_NODE_LIST, static_cast<uint64_t>(count));
    return true;
  }

  ModuleState& state_;
  std::string fragment_;
  std::string types_;
  Ref values_;
  unsigned depth_ = 0;
  Origin origin_;  // its owner is borrowed from an operand, which the caller holds
};

bool ReadByte(PyObject* object, uint8_t& out) {
  const long number = PyLong_AsLong(object);
  if (number == -1 && PyErr_Occurred()) return false;
  if (number < 0 || number > 255) {
    PyErr_SetString(PyExc_ValueError, "a type and a kind are numbers up to 255");
    return false;
  }
  out = static_cast<uint8_t>(number);
  return true;
}

PyObject* Build(PyObject* module, PyObject* const* args, Py_ssize_t count) {
  ModuleState& state = StateOf(module);
  uint8_t type = 0, kind = 0;
  if (count < 2) {
    PyErr_SetString(PyExc_TypeError, "build() takes a type, a kind and operands");
    return nullptr;
  }
  if (!ReadByte(args[0], type) || !ReadByte(args[1], kind)) return nullptr;
  Builder builder(state, args + 2, count - 2);
  for (Py_ssize_t i = 2; i < count; ++i) {
    if (!builder.Add(args[i])) return nullptr;
  }
  return builder.Finish(type, kind, static_cast<size_t>(count - 2)).release();
}

// operand(value, beside=None, type=NULL): an expression as it is, a value as a parameter.
PyObject* AsOperand(PyObject* module, PyObject* const* args, Py_ssize_t count) {
  ModuleState& state = StateOf(module);
  if (count < 1 || count > 3) {
    PyErr_SetString(PyExc_TypeError, "operand() takes a value, what it stands beside, and a type");
    return nullptr;
  }
  if (IsExpr(state, args[0])) return Py_NewRef(args[0]);
  PyObject* beside = count > 1 && args[1] != Py_None ? args[1] : nullptr;
  if (beside != nullptr && !IsExpr(state, beside)) {
    PyErr_SetString(PyExc_TypeError, "a value stands beside an expression");
    return nullptr;
  }
  Operand operand;
  if (count == 3 && beside == nullptr) {
    Target target;
    if (!ReadByte(args[2], target.type)) return nullptr;
    Ref adapted = Adapt(state, target, args[0]);
    if (!adapted || !AddParam(operand, target.type, adapted)) return nullptr;
  } else if (!ToOperand(state, beside, args[0], operand)) {
    return nullptr;
  }
  return MakeExpr(state, std::move(operand.fragment), std::move(operand.types), std::move(operand.values),
                  operand.type, operand.origin, operand.depth)
      .release();
}

// all_of(first, terms): as `first & term & …`, at once; `first` may be None. NotImplemented when one of the terms is no
// expression.
PyObject* AllOf(PyObject* module, PyObject* const* args, Py_ssize_t count) {
  if (count != 2 || !PyTuple_Check(args[1])) {
    PyErr_SetString(PyExc_TypeError, "all_of() takes a condition or None, and a tuple of conditions");
    return nullptr;
  }
  ModuleState& state = StateOf(module);
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args[1]); ++i) {
    if (!IsExpr(state, PyTuple_GET_ITEM(args[1], i))) Py_RETURN_NOTIMPLEMENTED;
  }
  Ref terms = Ref::Borrow(args[1]);
  if (args[0] != Py_None) {
    terms = Ref::Steal(PyTuple_Pack(1, args[0]));
    if (terms) terms = Ref::Steal(PySequence_Concat(terms.get(), args[1]));
    if (!terms) return nullptr;
  }
  const Py_ssize_t size = PyTuple_GET_SIZE(terms.get());
  if (size == 0) Py_RETURN_NONE;
  PyObject* const* first = &PyTuple_GET_ITEM(terms.get(), 0);
  return size == 1 ? Py_NewRef(*first) : JoinTerms(state, FERRO_LOGICAL_AND, first, size).release();
}

// joined(expr, paths): the same, where only `paths` is still to be joined.
PyObject* Joined(PyObject* module, PyObject* const* args, Py_ssize_t count) {
  ModuleState& state = StateOf(module);
  if (count != 2 || !IsExpr(state, args[0]) || !PyTuple_Check(args[1])) {
    PyErr_SetString(PyExc_TypeError, "joined() takes an expression and a tuple of sources");
    return nullptr;
  }
  const ExprObject& expr = AsExpr(args[0]);
  const Ref paths = PyTuple_GET_SIZE(args[1]) == 0 ? Ref() : Ref::Borrow(args[1]);
  return MakeExpr(state, Finished(expr), expr.types, Ref::Borrow(expr.values), expr.type, {expr.owner, paths}, expr.depth)
      .release();
}

// assembled(fragment, types, values): of parts that were written one by one.
PyObject* Assembled(PyObject* module, PyObject* args) {
  const char *fragment = nullptr, *types = nullptr;
  Py_ssize_t size = 0, count = 0;
  PyObject* values = nullptr;
  if (!PyArg_ParseTuple(args, "y#y#O!:assembled", &fragment, &size, &types, &count, &PyTuple_Type, &values)) {
    return nullptr;
  }
  if (count != PyTuple_GET_SIZE(values)) {
    PyErr_SetString(PyExc_ValueError, "assembled() takes as many types as values");
    return nullptr;
  }
  return MakeExpr(StateOf(module), std::string(fragment, static_cast<size_t>(size)),
                  std::string(types, static_cast<size_t>(count)), Ref::Borrow(values), FERRO_TYPE_NULL, Origin(), 1)
      .release();
}

// Plan bytes of a text that is no name.
PyObject* PlanText(PyObject*, PyObject* text) {
  if (!PyUnicode_Check(text)) {
    PyErr_SetString(PyExc_TypeError, "text() takes a str");
    return nullptr;
  }
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text, &size);
  if (data == nullptr) return nullptr;
  std::string bytes(1, static_cast<char>(FERRO_PLAN_TEXT));
  AppendVarint(bytes, static_cast<uint64_t>(size));
  bytes.append(data, static_cast<size_t>(size));
  return PyBytes_FromStringAndSize(bytes.data(), static_cast<Py_ssize_t>(bytes.size()));
}

PyMethodDef kFunctions[] = {
    {"build", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(Build)), METH_FASTCALL,
     "build(type, kind, *operands): a node, as an expression of a canonical type. Operands are expressions, None, "
     "integers, names, plan bytes, and lists of these."},
    {"operand", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(AsOperand)), METH_FASTCALL,
     "operand(value, beside=None, type=NULL): an expression as it is, a value as a parameter."},
    {"all_of", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(AllOf)), METH_FASTCALL,
     "all_of(first, terms): the conditions joined with AND; `first` may be None, and of no condition that is the result."},
    {"joined", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(Joined)), METH_FASTCALL,
     "joined(expr, paths): the same expression, for which only these sources are still to be joined."},
    {"assembled", Assembled, METH_VARARGS,
     "assembled(fragment, types, values): an expression of plan bytes and the values of its parameters, in order."},
    {"text", PlanText, METH_O, "Plan bytes of a text that is no name."},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

bool AddBuild(PyObject* module) { return PyModule_AddFunctions(module, kFunctions) == 0; }

}  // namespace ferro::py
