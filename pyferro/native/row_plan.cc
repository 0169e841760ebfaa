#include "pyferro/native/row_plan.h"

#include "pyferro/native/expr.h"
#include "pyferro/native/shortcuts/dict_entries.h"
#include "pyferro/native/shortcuts/model_slots.h"
#include "pyferro/native/shortcuts/shortcuts.h"
#include "pyferro/native/to_python.h"

namespace ferro::py {
namespace {

constexpr int kRowLevel = 3;
constexpr int kFieldLevel = 2;

// What became of one column of one row.
enum class Outcome { kGood, kWholeRow, kError };

Outcome RowOrError() {
  // A field's own refusal is worded by the model, with the row as its input; and of several exceptions the first by the
  // model's order of fields is raised, not by that of columns.
  if (!PyErr_ExceptionMatches(PyExc_Exception)) return Outcome::kError;
  PyErr_Clear();
  return Outcome::kWholeRow;
}

Outcome Validate(ModuleState& state, const ColumnPlan& column, Ref& value) {
  if (column.json_text) {
    if (value.get() == Py_None) value = Ref::Steal(PyUnicode_FromString("null"));
    if (!value) return Outcome::kError;
    value = Ref::Steal(
        PyObject_CallMethodOneArg(column.validator.get(), state.name_validate_json, value.get()));
  } else {
    value = Ref::Steal(
        PyObject_CallMethodOneArg(column.validator.get(), state.name_validate_python, value.get()));
  }
  return value ? Outcome::kGood : RowOrError();
}

Outcome Check(const ColumnPlan& column, const ferro_value& cell, PyObject* value) {
  if (!column.has_check) return Outcome::kGood;
  if (column.checks_natively) {
    switch (column.check.Test(cell, value)) {
      case NativeCheck::Result::kPassed: return Outcome::kGood;
      case NativeCheck::Result::kFailed: return Outcome::kWholeRow;
      case NativeCheck::Result::kUndecided: break;
    }
  }
  Ref admitted = Ref::Steal(PyObject_CallOneArg(column.admits.get(), value));
  if (!admitted) return Outcome::kError;
  return admitted.get() == Py_True ? Outcome::kGood : Outcome::kWholeRow;
}

// The value of a field, by the least that its proof allows.
Outcome Convert(ModuleState& state, const ColumnPlan& column, const ferro_value& cell, Ref& value) {
  if (cell.type == FERRO_TYPE_NULL) {
    value = Ref::Borrow(Py_None);
    if (column.nullable) return Outcome::kGood;
    if (column.level != kFieldLevel) return Outcome::kWholeRow;
    return Validate(state, column, value);
  }
  value = Ref::Steal(ToPython(state, cell, column.parse_json));
  if (!value) {
    // Bad JSON is worded by the whole row, too.
    if (cell.type != FERRO_TYPE_JSON || !PyErr_ExceptionMatches(PyExc_ValueError)) return Outcome::kError;
    PyErr_Clear();
    return Outcome::kWholeRow;
  }
  if (column.enum_map) {
    PyObject* member = PyDict_GetItemWithError(column.enum_map.get(), value.get());
    if (member != nullptr) {
      value = Ref::Borrow(member);
    } else if (PyErr_Occurred()) {
      return Outcome::kError;
    } else if (column.level != kFieldLevel) {
      return Outcome::kWholeRow;
    }
  }
  if (column.level == kFieldLevel) return Validate(state, column, value);
  return Check(column, cell, value.get());
}

PyObject* AddNote(const RowPlanObject& plan, PyObject* key) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  Ref note = key == nullptr
                 ? Ref::Steal(PyUnicode_FromFormat("while loading a row of table %R", plan.table))
                 : Ref::Steal(PyUnicode_FromFormat(
                       "while loading the row of table %R with %U=%R", plan.table,
                       (*plan.columns)[static_cast<size_t>(plan.key)].name.get(), key));
  Ref done = note ? Ref::Steal(PyObject_CallMethod(value, "add_note", "O", note.get())) : Ref();
  if (!done) PyErr_Clear();  // the error itself matters more than its note
  PyErr_Restore(type, value, trace);
  return nullptr;
}

// The whole-row way: decoded values by field name through the model's own validator.
PyObject* ValidateRow(ModuleState& state, const RowPlanObject& plan, const ferro_value* cells) {
  Ref row = Ref::Steal(PyDict_New());
  if (!row) return nullptr;
  for (size_t i = 0; i < plan.columns->size(); ++i) {
    Ref value = Ref::Steal(ToPython(state, cells[i], false));
    if (!value || PyDict_SetItem(row.get(), (*plan.columns)[i].name.get(), value.get()) < 0) {
      return nullptr;
    }
  }
  PyObject* made = PyObject_CallOneArg(plan.validate, row.get());
  if (made != nullptr || !PyErr_ExceptionMatches(state.validation_error)) return made;
  PyObject* key = nullptr;
  if (plan.key >= 0) {
    key = PyDict_GetItem(row.get(), (*plan.columns)[static_cast<size_t>(plan.key)].name.get());
  }
  return AddNote(plan, key);
}

bool CallFactories(const RowPlanObject& plan, PyObject* fields) {
  if (plan.factories == nullptr) return true;
  PyObject *name, *factory;
  Py_ssize_t position = 0;
  while (PyDict_Next(plan.factories, &position, &name, &factory)) {
    Ref value = Ref::Steal(PyObject_CallNoArgs(factory));
    if (!value || PyDict_SetItem(fields, name, value.get()) < 0) return false;
  }
  return true;
}

// Fills the copied dict; what stands in `holds_container` afterwards says whether a cycle could go through it.
Outcome FillFields(ModuleState& state, const RowPlanObject& plan, const ferro_value* cells, PyObject* fields,
                   bool& holds_container) {
  DictEntry* entries = plan.by_entries ? EntriesOf(fields) : nullptr;
  const ferro_value* cell = cells;
  for (const ColumnPlan& column : *plan.columns) {
    Ref value;
    const Outcome outcome = Convert(state, column, *cell++, value);
    if (outcome != Outcome::kGood) return outcome;
    if (column.may_be_container && PyObject_IS_GC(value.get())) holds_container = true;
    if (entries != nullptr) {
      ReplaceValue(entries, column.entry, std::move(value));
    } else if (PyDict_SetItem(fields, column.name.get(), value.get()) < 0) {
      return Outcome::kError;
    }
  }
  return CallFactories(plan, fields) ? Outcome::kGood : RowOrError();
}

// As pydantic-core attaches it: the four slots and nothing else; and ours, which says that it was loaded.
PyObject* Attach(ModuleState& state, const RowPlanObject& plan, PyObject* fields, bool holds_container) {
  const ModelSlots& slots = state.model_slots;
  Ref object = Ref::Steal(plan.model->tp_alloc(plan.model, 0));
  if (!object || PyObject_GenericSetDict(object.get(), fields, nullptr) < 0 ||
      !FillSlot(object.get(), slots.fields_set, state.name_fields_set,
                plan.lazy_fields_set ? Ref::Borrow(plan.fields_set) : Ref::Steal(PySet_New(plan.fields_set))) ||
      !FillSlot(object.get(), slots.extra, state.name_extra, Ref::Borrow(Py_None)) ||
      !FillSlot(object.get(), slots.private_attributes, state.name_private, Ref::Borrow(Py_None))) {
    return nullptr;
  }
  if (plan.marks && !FillSlot(object.get(), slots.row_state, state.name_row_state, Ref::Borrow(Py_True))) return nullptr;
  if (plan.lazy_tracking && !holds_container) {
    PyObject_GC_UnTrack(object.get());
    if (PyObject_GC_IsTracked(fields)) PyObject_GC_UnTrack(fields);
  } else if (plan.by_entries && !PyObject_GC_IsTracked(fields)) {
    PyObject_GC_Track(fields);
  }
  if (plan.post_init) {
    Ref done = Ref::Steal(PyObject_CallMethodObjArgs(object.get(), state.name_post_init, Py_None, nullptr));
    if (!done) return nullptr;
  }
  return object.release();
}

PyObject* ValidateLoadedRow(ModuleState& state, const RowPlanObject& plan, const ferro_value* cells) {
  Ref object = Ref::Steal(ValidateRow(state, plan, cells));
  if (object && plan.marks && PyObject_TypeCheck(object.get(), plan.model) &&
      PyObject_GenericSetAttr(object.get(), state.name_row_state, Py_True) < 0) {
    return nullptr;
  }
  return object.release();
}

}  // namespace

PyObject* Hydrate(ModuleState& state, const RowPlanObject& plan, const ferro_value* cells) {
  if (plan.row_level) return ValidateLoadedRow(state, plan, cells);
  // Every key is in the copy already, so that nothing below can make it grow.
  Ref fields = Ref::Steal(PyDict_Copy(plan.blank));
  if (!fields) return nullptr;
  bool holds_container = false;
  switch (FillFields(state, plan, cells, fields.get(), holds_container)) {
    case Outcome::kGood: return Attach(state, plan, fields.get(), holds_container);
    case Outcome::kWholeRow: return ValidateLoadedRow(state, plan, cells);
    case Outcome::kError: break;
  }
  return nullptr;
}

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
  const bool hooks = HasHooks(state, plan.model);
  plan.lazy_fields_set = hooks && (state.shortcuts & kLazyFieldsSet) != 0;
  plan.lazy_tracking = hooks && (state.shortcuts & kLazyTracking) != 0 && !plan.post_init &&
                       PyDict_GET_SIZE(plan.blank) == columns;
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
