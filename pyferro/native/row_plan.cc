#include "pyferro/native/row_plan.h"

#include "pyferro/native/expr.h"
#include "pyferro/native/shortcuts/dict_entries.h"
#include "pyferro/native/shortcuts/model_slots.h"
#include "pyferro/native/shortcuts/shortcuts.h"

namespace ferro::py {
namespace {

RowPlanObject& AsPlan(PyObject* object) { return *reinterpret_cast<RowPlanObject*>(object); }

Ref Attribute(PyObject* object, const char* name) {
  Ref value = Ref::Steal(PyObject_GetAttrString(object, name));
  if (value && value.get() == Py_None) return {};
  return value;
}

bool Flag(PyObject* object, const char* name) {
  Ref value = Ref::Steal(PyObject_GetAttrString(object, name));
  return value && PyObject_IsTrue(value.get()) == 1;
}

bool ReadColumn(PyObject* field, PyObject* name, long type, ColumnPlan& out) {
  out.name = Ref::Borrow(name);
  PyObject* interned = out.name.release();
  PyUnicode_InternInPlace(&interned);
  out.name = Ref::Steal(interned);
  out.type = static_cast<uint8_t>(type);
  Ref level = Ref::Steal(PyObject_GetAttrString(field, "level"));
  if (!level) return false;
  out.level = static_cast<int>(PyLong_AsLong(level.get()));
  out.nullable = Flag(field, "nullable");
  out.json_text = Flag(field, "json_text");
  out.enum_map = Attribute(field, "enum_map");
  out.validator = Attribute(field, "validator");
  Ref convert = Attribute(field, "convert");
  Ref check = Attribute(field, "check");
  if (PyErr_Occurred()) return false;
  out.may_be_container = out.type == FERRO_TYPE_JSON || (out.type & FERRO_TYPE_ARRAY_OF) != 0 ||
                         out.level == kFieldLevel;
  out.parse_json = convert && PyUnicode_CompareWithASCIIString(convert.get(), "json") == 0 && !out.json_text;
  out.has_check = static_cast<bool>(check);
  if (check) {
    out.checks_natively = NativeCheck::Read(check.get(), out.type, out.check);
    out.admits = Ref::Steal(PyObject_GetAttrString(check.get(), "admits"));
    if (!out.admits) return false;
  }
  return true;
}

ColumnPlan* ColumnOf(RowPlanObject& plan, PyObject* name) {
  for (ColumnPlan& column : *plan.columns) {
    if (PyUnicode_Compare(column.name.get(), name) == 0) return &column;
  }
  return nullptr;
}

// As pydantic-core orders an instance's dict: by the model's fields, whatever the order of the columns.
bool MakeBlank(RowPlanObject& plan, PyObject* defaults, PyObject* factories) {
  Ref declared =
      Ref::Steal(PyObject_GetAttrString(reinterpret_cast<PyObject*>(plan.model), "__pydantic_fields__"));
  if (!declared || !PyDict_Check(declared.get())) return false;
  PyObject *name, *unused;
  Py_ssize_t position = 0;
  while (PyDict_Next(declared.get(), &position, &name, &unused)) {
    PyObject* value = Py_None;
    if (ColumnPlan* column = ColumnOf(plan, name)) {
      column->entry = static_cast<size_t>(PyDict_GET_SIZE(plan.blank));
      name = column->name.get();
    } else if (PyObject* given = PyDict_GetItemWithError(defaults, name)) {
      value = given;
    } else if (PyErr_Occurred() || PyDict_Contains(factories, name) != 1) {
      continue;  // the whole row decides
    }
    if (PyErr_Occurred() || PyDict_SetItem(plan.blank, name, value) < 0) return false;
  }
  return !PyErr_Occurred();
}

// Which shortcuts the instances may take. Not selected fields have values that nobody here has looked at.
void ChooseShortcuts(const ModuleState& state, RowPlanObject& plan) {
  const auto columns = static_cast<Py_ssize_t>(plan.columns->size());
  plan.by_entries = (state.shortcuts & kDictEntries) != 0 && HasPlainEntries(plan.blank, PyDict_GET_SIZE(plan.blank));
  for (const ColumnPlan& column : *plan.columns) {
    plan.by_entries = plan.by_entries && EntriesOf(plan.blank)[column.entry].key == column.name.get();
  }
  if (plan.by_entries) {
    for (const ColumnPlan& column : *plan.columns) {
      const bool plain = column.level != kFieldLevel && !column.enum_map;
      plan.quick->push_back({plain ? column.type : QuickColumn::kNone, column.nullable, column.has_check,
                             column.may_be_container, column.parse_json, static_cast<uint32_t>(column.entry)});
    }
  }
  const bool hooks = HasHooks(state, plan.model);
  plan.lazy_fields_set = hooks && (state.shortcuts & kLazyFieldsSet) != 0;
  plan.lazy_tracking = hooks && (state.shortcuts & kLazyTracking) != 0 && !plan.post_init &&
                       PyDict_GET_SIZE(plan.blank) == columns && plan.model->tp_alloc == PyType_GenericAlloc;
}

PyObject* RowPlan_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static const char* kNames[] = {"proof", "names", "types", "table", "key", nullptr};
  PyObject *proof, *names, *types, *table;
  Py_ssize_t key = -1;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOUn", const_cast<char**>(kNames), &proof, &names, &types,
                                   &table, &key)) {
    return nullptr;
  }
  ModuleState* state = StateOfType(type);
  Ref made = Ref::Steal(type->tp_alloc(type, 0));
  if (state == nullptr || !made) return nullptr;
  RowPlanObject& plan = AsPlan(made.get());
  plan.columns = new std::vector<ColumnPlan>;
  plan.quick = new std::vector<QuickColumn>;
  plan.proof = Py_NewRef(proof);
  plan.table = Py_NewRef(table);
  plan.key = key;
  plan.blank = PyDict_New();
  plan.validate = PyObject_GetAttrString(proof, "validate");
  Ref model = Ref::Steal(PyObject_GetAttrString(proof, "model"));
  Ref fields = Ref::Steal(PyObject_GetAttrString(proof, "fields"));
  Ref level = Ref::Steal(PyObject_GetAttrString(proof, "level"));
  Ref defaults = Ref::Steal(PyObject_GetAttrString(proof, "defaults"));
  Ref factories = Ref::Steal(PyObject_GetAttrString(proof, "factories"));
  Ref name_list = Ref::Steal(PySequence_Tuple(names));
  Ref type_list = Ref::Steal(PySequence_Tuple(types));
  if (plan.blank == nullptr || plan.validate == nullptr || !model || !fields || !level || !defaults ||
      !factories || !name_list || !type_list) {
    return nullptr;
  }
  if (!PyType_Check(model.get()) || PyTuple_GET_SIZE(name_list.get()) != PyTuple_GET_SIZE(type_list.get()) ||
      key >= PyTuple_GET_SIZE(name_list.get())) {
    PyErr_SetString(PyExc_ValueError, "a row plan needs a model, and a type for each name");
    return nullptr;
  }
  // Other instances than of pydantic's models lack the slots that are filled, and only ours have one for a mark.
  auto* model_type = reinterpret_cast<PyTypeObject*>(model.get());
  auto* ours = reinterpret_cast<PyTypeObject*>(state->model_type);
  if (ours != nullptr && !PyType_IsSubtype(model_type, ours->tp_base)) {
    PyErr_SetString(PyExc_TypeError, "a row plan is for a pydantic model");
    return nullptr;
  }
  plan.marks = ours == nullptr || PyType_IsSubtype(model_type, ours);
  plan.model = reinterpret_cast<PyTypeObject*>(model.release());
  plan.row_level = PyLong_AsLong(level.get()) >= kRowLevel;
  plan.post_init = Flag(proof, "post_init");
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(name_list.get()); ++i) {
    PyObject* name = PyTuple_GET_ITEM(name_list.get(), i);
    Ref field = Ref::Steal(PyObject_GetItem(fields.get(), name));
    const long canonical = PyLong_AsLong(PyTuple_GET_ITEM(type_list.get(), i));
    if (!field || (canonical == -1 && PyErr_Occurred()) ||
        !ReadColumn(field.get(), name, canonical, plan.columns->emplace_back())) {
      return nullptr;
    }
  }
  plan.fields_set = PyFrozenSet_New(name_list.get());
  if (plan.fields_set == nullptr || !MakeBlank(plan, defaults.get(), factories.get())) return nullptr;
  if (PyDict_Size(factories.get()) > 0) plan.factories = factories.release();
  ChooseShortcuts(*state, plan);
  return made.release();
}

int RowPlan_traverse(PyObject* self, visitproc visit, void* arg) {
  RowPlanObject& plan = AsPlan(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(plan.proof);
  Py_VISIT(plan.validate);
  Py_VISIT(reinterpret_cast<PyObject*>(plan.model));
  Py_VISIT(plan.blank);
  Py_VISIT(plan.factories);
  if (plan.columns != nullptr) {
    for (const ColumnPlan& column : *plan.columns) {
      Py_VISIT(column.admits.get());
      Py_VISIT(column.enum_map.get());
      Py_VISIT(column.validator.get());
    }
  }
  return 0;
}

int RowPlan_clear(PyObject* self) {
  RowPlanObject& plan = AsPlan(self);
  Py_CLEAR(plan.proof);
  Py_CLEAR(plan.validate);
  PyObject* model = reinterpret_cast<PyObject*>(plan.model);
  plan.model = nullptr;
  Py_XDECREF(model);
  Py_CLEAR(plan.blank);
  Py_CLEAR(plan.fields_set);
  Py_CLEAR(plan.factories);
  Py_CLEAR(plan.table);
  delete std::exchange(plan.columns, nullptr);
  delete std::exchange(plan.quick, nullptr);
  return 0;
}

void RowPlan_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  RowPlan_clear(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyType_Slot kSlots[] = {{Py_tp_doc, const_cast<char*>("How rows become instances of a model.")},
                        {Py_tp_new, reinterpret_cast<void*>(RowPlan_new)},
                        {Py_tp_dealloc, reinterpret_cast<void*>(RowPlan_dealloc)},
                        {Py_tp_traverse, reinterpret_cast<void*>(RowPlan_traverse)},
                        {Py_tp_clear, reinterpret_cast<void*>(RowPlan_clear)},
                        {0, nullptr}};

PyType_Spec kSpec = {"pyferro._native.RowPlan", sizeof(RowPlanObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, kSlots};

}  // namespace

bool AddRowPlan(PyObject* module, ModuleState& state) {
  state.row_plan_type = AddType(module, kSpec);
  return state.row_plan_type != nullptr;
}

}  // namespace ferro::py
