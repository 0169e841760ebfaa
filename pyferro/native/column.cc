// Column: the expression that stands for a column of a table, with what values for it have to be.
#include <new>

#include "pyferro/native/expr.h"
#include "pyferro/native/plan_bytes.h"

namespace ferro::py {
namespace {

PyObject* Column_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static const char* kNames[] = {"table", "name", "type",   "nullable",
                                 "dump",  "length", "digits", "places",
                                 "members", "bits", "owner",  "path", nullptr};
  PyObject* table = nullptr;
  PyObject* name = nullptr;
  int canonical = 0;
  int nullable = 1;
  PyObject* dump = Py_None;
  Measures measures;
  PyObject* members = Py_None;
  PyObject* owner = Py_None;
  PyObject* path = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "UUi|pOiiiOiOO", const_cast<char**>(kNames), &table, &name,
                                   &canonical, &nullable, &dump, &measures.length, &measures.digits,
                                   &measures.places, &members, &measures.bits, &owner, &path)) {
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
  Py_ssize_t source_size = 0;
  const char* source = PyUnicode_AsUTF8AndSize(table, &source_size);
  Ref values = Ref::Steal(PyTuple_New(0));
  Ref paths = path == Py_None ? Ref() : Ref::Steal(PyTuple_Pack(1, path));
  if (text == nullptr || source == nullptr || !values || (path != Py_None && !paths)) return nullptr;
  auto* self = reinterpret_cast<ColumnObject*>(type->tp_alloc(type, 0));
  if (self == nullptr) return nullptr;
  new (&self->expr.fragment) std::string;
  new (&self->expr.types) std::string;
  std::string& fragment = self->expr.fragment;
  AppendName(fragment, source, static_cast<size_t>(source_size));
  AppendName(fragment, text, static_cast<size_t>(size));
  AppendInt(fragment, canonical);
  AppendNode(fragment, FERRO_NODE_COLUMN, 3);
  self->expr.values = values.release();
  self->expr.owner = owner == Py_None ? nullptr : Py_NewRef(owner);
  self->expr.paths = paths.release();
  self->expr.type = static_cast<uint8_t>(canonical);
  self->expr.depth = 1;
  self->expr.chain = -1;
  self->table = Py_NewRef(table);
  self->name = Py_NewRef(name);
  self->dump = dump == Py_None ? nullptr : Py_NewRef(dump);
  self->order_keys = nullptr;
  self->nullable = nullable != 0;
  self->measures = measures;
  self->measures.members = members == Py_None ? nullptr : Py_NewRef(members);
  return reinterpret_cast<PyObject*>(self);
}

int Column_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(AsColumn(self).dump);
  Py_VISIT(AsColumn(self).order_keys);
  Py_VISIT(AsColumn(self).measures.members);
  return ExprTraverse(self, visit, arg);
}

int Column_clear(PyObject* self) {
  Py_CLEAR(AsColumn(self).dump);
  Py_CLEAR(AsColumn(self).order_keys);
  Py_CLEAR(AsColumn(self).measures.members);
  return ExprClear(self);
}

void Column_dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  Py_CLEAR(AsColumn(self).dump);
  Py_CLEAR(AsColumn(self).order_keys);
  Py_CLEAR(AsColumn(self).measures.members);
  Py_CLEAR(AsColumn(self).table);
  Py_CLEAR(AsColumn(self).name);
  ExprClear(self);
  ExprFree(self);
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

PyObject* Column_order_keys(PyObject* self, void*) {
  PyObject* keys = AsColumn(self).order_keys;
  return Py_NewRef(keys == nullptr ? Py_None : keys);
}
int Column_set_order_keys(PyObject* self, PyObject* keys, void*) {
  Py_XSETREF(AsColumn(self).order_keys, Py_XNewRef(keys));
  return 0;
}

PyMethodDef kColumnMethods[] = {
    {"adapt", Column_adapt, METH_O, "The object that is bound for a value, or an error naming the column."},
    {"store", Column_store, METH_O, "The same for a value to be stored, which has to fit the column's measures."},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef kColumnGetters[] = {{"table", Column_table, nullptr, "Name of the table.", nullptr},
                                {"name", Column_name, nullptr, "Name of the column.", nullptr},
                                {"order_keys", Column_order_keys, Column_set_order_keys, "What Python keeps for orders by it.", nullptr},
                                {"nullable", Column_nullable, nullptr, "Whether it may be NULL.", nullptr},
                                {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot kColumnSlots[] = {{Py_tp_doc, const_cast<char*>("A column of a model's table.")},
                              {Py_tp_new, reinterpret_cast<void*>(Column_new)},
                              {Py_tp_dealloc, reinterpret_cast<void*>(Column_dealloc)},
                              {Py_tp_traverse, reinterpret_cast<void*>(Column_traverse)},
                              {Py_tp_clear, reinterpret_cast<void*>(Column_clear)},
                              {Py_tp_repr, reinterpret_cast<void*>(Column_repr)},
                              {Py_tp_richcompare, reinterpret_cast<void*>(ExprCompare)},
                              {Py_tp_hash, reinterpret_cast<void*>(ExprHash)},
                              {Py_tp_methods, kColumnMethods},
                              {Py_tp_getset, kColumnGetters},
                              {0, nullptr}};

PyType_Spec kColumnSpec = {"pyferro._native.Column", sizeof(ColumnObject), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, kColumnSlots};

}  // namespace

bool AddColumn(PyObject* module, ModuleState& state) {
  Ref bases = Ref::Steal(PyTuple_Pack(1, state.expr_type));
  if (!bases) return false;
  state.column_type = AddType(module, kColumnSpec, bases.get());
  return state.column_type != nullptr;
}

}  // namespace ferro::py
