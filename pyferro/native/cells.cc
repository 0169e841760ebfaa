// Cells: rows as a driver decodes them, made from Python values: those that come as JSON (pyferro/relations/loading_json.py). With it
// the way from cells to instances is tested and measured without a database, too.
#include <deque>
#include <string>
#include <vector>

#include "pyferro/native/csv.h"
#include "pyferro/native/from_python.h"
#include "pyferro/native/hydrate.h"
#include "pyferro/native/shortcuts/dict_entries.h"
#include "pyferro/native/to_python.h"

namespace ferro::py {
namespace {

struct CellsObject {
  PyObject_HEAD
  std::vector<ferro_value>* cells;
  std::deque<std::string>* texts;  // what the cells point at
  std::deque<std::vector<ferro_value>>* items;
  size_t columns;
};

CellsObject& AsCells(PyObject* object) { return *reinterpret_cast<CellsObject*>(object); }

// Decimals of up to 18 digits come from drivers as a coefficient and a scale.
void MakeSmall(ferro_value& cell) {
  const char* at = cell.as.bytes;
  const char* const end = at + cell.size;
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  int64_t coefficient = 0;
  int digits = 0, scale = -1;
  for (; at != end; ++at) {
    if (*at == '.') {
      scale = 0;
      continue;
    }
    if (*at < '0' || *at > '9' || ++digits > 18) return;
    coefficient = coefficient * 10 + (*at - '0');
    if (scale >= 0) ++scale;
  }
  if (digits == 0) return;
  cell = ferro_integer(FERRO_TYPE_DECIMAL, negative ? -coefficient : coefficient);
  cell.flags = FERRO_VALUE_SMALL_DECIMAL;
  cell.scale = static_cast<uint16_t>(scale > 0 ? scale : 0);
}

bool HasBytes(const ferro_value& cell) {
  return cell.type == FERRO_TYPE_TEXT || cell.type == FERRO_TYPE_BYTES || cell.type == FERRO_TYPE_JSON ||
         cell.type == FERRO_TYPE_UUID || cell.type == FERRO_TYPE_DECIMAL;
}

// Makes a cell outlive what it was made from.
void Own(CellsObject& self, ferro_value& cell) {
  if (cell.type == FERRO_TYPE_ARRAY) {
    auto& items = self.items->emplace_back(cell.as.items, cell.as.items + cell.size);
    for (ferro_value& item : items) Own(self, item);
    cell.as.items = items.data();
    return;
  }
  if (cell.type == FERRO_TYPE_DECIMAL) MakeSmall(cell);
  if (HasBytes(cell) && (cell.flags & FERRO_VALUE_SMALL_DECIMAL) == 0) {
    cell.as.bytes = self.texts->emplace_back(cell.as.bytes, cell.size).data();
  }
}

bool AddCell(ModuleState& state, CellsObject& self, uint8_t type, PyObject* value) {
  ferro_value cell = ferro_null();
  Scratch scratch;
  // JSON is given as the text that a database holds.
  const bool is_json = type == FERRO_TYPE_JSON && PyUnicode_Check(value);
  Target target;
  target.type = is_json ? static_cast<uint8_t>(FERRO_TYPE_TEXT) : type;
  if (!Bind(state, target, value, cell, scratch)) return false;
  if (is_json) cell.type = FERRO_TYPE_JSON;
  Own(self, cell);
  self.cells->push_back(cell);
  return true;
}

bool AddRow(ModuleState& state, CellsObject& self, PyObject* types, PyObject* row) {
  Ref values = Ref::Steal(PySequence_Tuple(row));
  if (!values) return false;
  if (PyTuple_GET_SIZE(values.get()) != PyBytes_GET_SIZE(types)) {
    PyErr_SetString(PyExc_ValueError, "each row needs one value for each type");
    return false;
  }
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(values.get()); ++i) {
    const auto type = static_cast<uint8_t>(PyBytes_AS_STRING(types)[i]);
    if (!AddCell(state, self, type, PyTuple_GET_ITEM(values.get(), i))) return false;
  }
  return true;
}

PyObject* Cells_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static const char* kNames[] = {"types", "rows", nullptr};
  PyObject *types, *rows;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "SO", const_cast<char**>(kNames), &types, &rows)) return nullptr;
  ModuleState* state = StateOfType(type);
  Ref made = state == nullptr ? Ref() : Ref::Steal(type->tp_alloc(type, 0));
  if (!made) return nullptr;
  CellsObject& self = AsCells(made.get());
  self.cells = new std::vector<ferro_value>;
  self.texts = new std::deque<std::string>;
  self.items = new std::deque<std::vector<ferro_value>>;
  self.columns = static_cast<size_t>(PyBytes_GET_SIZE(types));
  Ref iterator = Ref::Steal(PyObject_GetIter(rows));
  if (!iterator) return nullptr;
  while (Ref row = Ref::Steal(PyIter_Next(iterator.get()))) {
    if (!AddRow(*state, self, types, row.get())) return nullptr;
  }
  return PyErr_Occurred() ? nullptr : made.release();
}

PyObject* Cells_lines(PyObject* object, PyObject* lines) {
  ModuleState* state = StateOfType(Py_TYPE(object));
  if (state == nullptr) return nullptr;
  const CellsObject& self = AsCells(object);
  if (!Py_IS_TYPE(lines, state->csv_lines_type) || WidthOfLines(lines) != self.columns) {
    PyErr_SetString(PyExc_TypeError, "this takes CsvLines of as many columns");
    return nullptr;
  }
  Ref made = Ref::Steal(PyList_New(0));
  std::string line;
  for (size_t at = 0; made && at < self.cells->size(); at += self.columns) {
    Ref one = Ref::Steal(MakeLine(*state, lines, self.cells->data() + at, line));
    if (!one || PyList_Append(made.get(), one.get()) < 0) return nullptr;
  }
  return made.release();
}

// One list element for each row, made by `make` of the row's cells.
template <class Make>
PyObject* EachRow(PyObject* object, PyObject* plan_object, Make make) {
  ModuleState* state = StateOfType(Py_TYPE(object));
  if (state == nullptr) return nullptr;
  const CellsObject& self = AsCells(object);
  if (!PyObject_TypeCheck(plan_object, state->row_plan_type)) {
    PyErr_SetString(PyExc_TypeError, "this takes a RowPlan");
    return nullptr;
  }
  const RowPlanObject& plan = *reinterpret_cast<RowPlanObject*>(plan_object);
  if (WidthOf(plan) != self.columns) {
    PyErr_SetString(PyExc_ValueError, "the plan has another number of columns");
    return nullptr;
  }
  Ref made = Ref::Steal(PyList_New(0));
  if (!made || self.columns == 0) return made.release();
  for (size_t at = 0; at < self.cells->size(); at += self.columns) {
    Ref one = Ref::Steal(make(*state, plan, self.cells->data() + at));
    if (!one || PyList_Append(made.get(), one.get()) < 0) return nullptr;
  }
  return made.release();
}

PyObject* Cells_hydrate(PyObject* object, PyObject* plan) { return EachRow(object, plan, Hydrate); }

// What a validator of Python values is given, as cheaply as it can be made.
PyObject* RowAsDict(ModuleState& state, const RowPlanObject& plan, const ferro_value* cells) {
  Ref row = Ref::Steal(PyDict_Copy(plan.blank));
  if (!row) return nullptr;
  for (const ColumnPlan& column : *plan.columns) {
    Ref value = Ref::Steal(ToPython(state, *cells++, column.parse_json));
    if (!value) return nullptr;
    if (plan.by_entries) {
      ReplaceValue(EntriesOf(row.get()), column.entry, value.release());
    } else if (PyDict_SetItem(row.get(), column.name.get(), value.get()) < 0) {
      return nullptr;
    }
  }
  TrackCopy(row.get());
  return row.release();
}

PyObject* Cells_dicts(PyObject* object, PyObject* plan) { return EachRow(object, plan, RowAsDict); }

void Cells_dealloc(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  delete AsCells(object).cells;
  delete AsCells(object).texts;
  delete AsCells(object).items;
  type->tp_free(object);
  Py_DECREF(type);
}

PyMethodDef kMethods[] = {
    {"hydrate", Cells_hydrate, METH_O, "The instances that a RowPlan makes of the rows."},
    {"lines", Cells_lines, METH_O, "The rows as CsvLines writes them."},
    {"dicts", Cells_dicts, METH_O, "The rows as dicts of Python values, by the fields of a RowPlan."},
    {nullptr, nullptr, 0, nullptr}};

PyType_Slot kSlots[] = {{Py_tp_doc, const_cast<char*>("Rows as a driver decodes them, for tests and measurements.")},
                        {Py_tp_new, reinterpret_cast<void*>(Cells_new)},
                        {Py_tp_dealloc, reinterpret_cast<void*>(Cells_dealloc)},
                        {Py_tp_methods, kMethods},
                        {0, nullptr}};

PyType_Spec kSpec = {"pyferro._native.Cells", sizeof(CellsObject), 0, Py_TPFLAGS_DEFAULT, kSlots};

}  // namespace

bool AddCells(PyObject* module) {
  return static_cast<bool>(Ref::Steal(reinterpret_cast<PyObject*>(AddType(module, kSpec))));
}

}  // namespace ferro::py
