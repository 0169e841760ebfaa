#include "pyferro/native/hydrate.h"

#include "pyferro/native/shortcuts/datetime_layout.h"
#include "pyferro/native/shortcuts/dict_entries.h"
#include "pyferro/native/shortcuts/model_slots.h"
#include "pyferro/native/text.h"
#include "pyferro/native/to_python.h"

namespace ferro::py {
namespace {

// What became of one column of one row.
enum class Outcome { kGood, kWholeRow, kError };

Outcome RowOrError() {
  // A field's own refusal is worded by the model, with the row as its input; and of several exceptions the first by the
  // model's order of fields is raised, not by that of columns.
  if (!PyErr_ExceptionMatches(PyExc_Exception)) return Outcome::kError;
  PyErr_Clear();
  return Outcome::kWholeRow;
}

// After ToPython has raised. Bad JSON is worded by the whole row, too.
Outcome NotConverted(const ferro_value& cell) {
  if (cell.type != FERRO_TYPE_JSON || !PyErr_ExceptionMatches(PyExc_ValueError)) return Outcome::kError;
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
  if (!value) return NotConverted(cell);
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

// Of the types that most columns have without a call more.
PyObject* QuickValue(ModuleState& state, const ferro_value& cell, bool parse_json) {
  switch (cell.type) {
    case FERRO_TYPE_BOOL: return Py_NewRef(cell.as.integer != 0 ? Py_True : Py_False);
    case FERRO_TYPE_INT64: return PyLong_FromLongLong(cell.as.integer);
    case FERRO_TYPE_FLOAT64: return PyFloat_FromDouble(cell.as.real);
    case FERRO_TYPE_TEXT: return MakeText(cell.as.bytes, cell.size);
    case FERRO_TYPE_TIMESTAMP: return MakeTimestamp(state, cell.as.integer, false);
    case FERRO_TYPE_TIMESTAMPTZ: return MakeTimestamp(state, cell.as.integer, true);
    default: return ToPython(state, cell, parse_json);
  }
}

// Fills the copied dict; what stands in `holds_container` afterwards says whether a cycle could go through it.
Outcome FillEntries(ModuleState& state, const RowPlanObject& plan, const ferro_value* cells, DictEntry* entries,
                    bool& holds_container) {
  const ColumnPlan* const columns = plan.columns->data();
  const QuickColumn* quick = plan.quick->data();
  const ferro_value* const end = cells + plan.quick->size();
  for (const ferro_value* cell = cells; cell != end; ++cell, ++quick) {
    PyObject* value;
    if (cell->type == quick->type) [[likely]] {
      value = QuickValue(state, *cell, quick->parse_json);
      if (value == nullptr) return NotConverted(*cell);
      if (quick->checked) {
        const Outcome outcome = Check(columns[cell - cells], *cell, value);
        if (outcome != Outcome::kGood) {
          Py_DECREF(value);
          return outcome;
        }
      }
    } else if (cell->type == FERRO_TYPE_NULL && quick->nullable) {
      value = Py_NewRef(Py_None);
    } else {
      Ref converted;
      const Outcome outcome = Convert(state, columns[cell - cells], *cell, converted);
      if (outcome != Outcome::kGood) return outcome;
      value = converted.release();
    }
    if (quick->may_be_container && PyObject_IS_GC(value)) holds_container = true;
    ReplaceValue(entries, quick->entry, value);
  }
  return Outcome::kGood;
}

// The same by public API.
Outcome FillItems(ModuleState& state, const RowPlanObject& plan, const ferro_value* cells, PyObject* fields,
                  bool& holds_container) {
  const ferro_value* cell = cells;
  for (const ColumnPlan& column : *plan.columns) {
    Ref value;
    const Outcome outcome = Convert(state, column, *cell++, value);
    if (outcome != Outcome::kGood) return outcome;
    if (column.may_be_container && PyObject_IS_GC(value.get())) holds_container = true;
    if (PyDict_SetItem(fields, column.name.get(), value.get()) < 0) return Outcome::kError;
  }
  return Outcome::kGood;
}

Outcome FillFields(ModuleState& state, const RowPlanObject& plan, const ferro_value* cells, PyObject* fields,
                   bool& holds_container) {
  const Outcome filled = plan.by_entries ? FillEntries(state, plan, cells, EntriesOf(fields), holds_container)
                                         : FillItems(state, plan, cells, fields, holds_container);
  if (filled != Outcome::kGood) return filled;
  return CallFactories(plan, fields) ? Outcome::kGood : RowOrError();
}

// The slots of pydantic-core's instances beside the fields; and ours, which says that it was loaded.
bool FillSlots(ModuleState& state, const RowPlanObject& plan, PyObject* object) {
  const ModelSlots& slots = state.model_slots;
  return FillSlot(object, slots.fields_set, state.name_fields_set,
                  plan.lazy_fields_set ? Ref::Borrow(plan.fields_set) : Ref::Steal(PySet_New(plan.fields_set))) &&
         FillSlot(object, slots.extra, state.name_extra, Ref::Borrow(Py_None)) &&
         FillSlot(object, slots.private_attributes, state.name_private, Ref::Borrow(Py_None)) &&
         (!plan.marks || FillSlot(object, slots.row_state, state.name_row_state, Ref::Borrow(Py_True)));
}

// The same for an instance of our models that the collector does not know yet.
PyObject* AttachUntracked(ModuleState& state, const RowPlanObject& plan, PyObject* fields, bool holds_container) {
  Ref fields_set = plan.lazy_fields_set ? Ref::Borrow(plan.fields_set) : Ref::Steal(PySet_New(plan.fields_set));
  Ref object = fields_set ? NewUntracked(state.model_slots, plan.model, std::move(fields_set)) : Ref();
  if (!object || PyObject_GenericSetDict(object.get(), fields, nullptr) < 0) return nullptr;
  if (holds_container) {
    PyObject_GC_Track(object.get());
    TrackCopy(fields);
  } else {
    UntrackCopy(fields);
  }
  return object.release();
}

// As pydantic-core attaches it.
PyObject* Attach(ModuleState& state, const RowPlanObject& plan, PyObject* fields) {
  Ref object = Ref::Steal(plan.model->tp_alloc(plan.model, 0));
  if (!object || PyObject_GenericSetDict(object.get(), fields, nullptr) < 0 || !FillSlots(state, plan, object.get())) {
    return nullptr;
  }
  if (plan.by_entries) TrackCopy(fields);
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
    case Outcome::kGood:
      return plan.lazy_tracking ? AttachUntracked(state, plan, fields.get(), holds_container)
                                : Attach(state, plan, fields.get());
    case Outcome::kWholeRow: return ValidateLoadedRow(state, plan, cells);
    case Outcome::kError: break;
  }
  return nullptr;
}

}  // namespace ferro::py
