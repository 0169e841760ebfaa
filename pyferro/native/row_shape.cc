#include "pyferro/native/row_shape.h"

#include "pyferro/native/csv.h"
#include "pyferro/native/hydrate.h"
#include "pyferro/native/to_python.h"

namespace ferro::py {
namespace {

const RowPlanObject& AsPlan(const Ref& plan) { return *reinterpret_cast<const RowPlanObject*>(plan.get()); }

bool AreNull(const ferro_value* cells, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (cells[i].type != FERRO_TYPE_NULL) return false;
  }
  return true;
}

template <class T>
void Append(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

bool HasBytes(const ferro_value& cell) {
  switch (cell.type) {
    case FERRO_TYPE_TEXT:
    case FERRO_TYPE_BYTES:
    case FERRO_TYPE_UUID:
    case FERRO_TYPE_JSON: return true;
    case FERRO_TYPE_DECIMAL: return (cell.flags & FERRO_VALUE_SMALL_DECIMAL) == 0;
    default: return false;
  }
}

bool HasRowPlan(const ModuleState& state, PyObject* parts) {
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parts); ++i) {
    PyObject* part = PyTuple_GET_ITEM(parts, i);
    if (Py_IS_TYPE(part, state.row_plan_type) || PyTuple_Check(part)) return true;
  }
  return false;
}

bool BadShape() {
  PyErr_SetString(PyExc_TypeError, "a shared instance is a RowPlan and the places of its key among its columns");
  return false;
}

}  // namespace

bool MadeInstances::ReadKey(const ferro_value* cells) {
  bytes_.clear();
  for (const size_t place : key_) {
    const ferro_value& cell = cells[place];
    if (cell.type == FERRO_TYPE_ARRAY) {
      bytes_.clear();
      return false;
    }
    Append(bytes_, cell.type);
    if (HasBytes(cell)) {
      Append(bytes_, cell.size);
      bytes_.append(cell.as.bytes, cell.size);
    } else if (cell.type != FERRO_TYPE_NULL) {
      Append(bytes_, cell.scale);
      Append(bytes_, cell.as.integer);  // also what a float's bits are
    }
  }
  return true;
}

PyObject* MadeInstances::Find(const ferro_value* cells) {
  if (!ReadKey(cells)) return nullptr;
  const auto found = found_.find(std::string_view(bytes_));
  return found == found_.end() ? nullptr : found->second.get();
}

void MadeInstances::Add(PyObject* instance) {
  if (!bytes_.empty()) found_.emplace(bytes_, Ref::Borrow(instance));
}

int MadeInstances::Traverse(visitproc visit, void* arg) const {
  for (const auto& [key, instance] : found_) Py_VISIT(instance.get());
  return 0;
}

bool RowShape::Read(const ModuleState& state, PyObject* plan, RowShape& out) {
  out = RowShape();
  if (Py_IS_TYPE(plan, state.csv_lines_type)) {
    out.lines_ = Ref::Borrow(plan);
    out.width_ = WidthOfLines(plan);
    return true;
  }
  out.alone_ = Py_IS_TYPE(plan, state.row_plan_type);
  if (out.alone_) {
    if (!ReadPart(state, plan, out.parts_.emplace_back())) return false;
  } else if (PyTuple_Check(plan) && HasRowPlan(state, plan)) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(plan); ++i) {
      if (!ReadPart(state, PyTuple_GET_ITEM(plan, i), out.parts_.emplace_back())) return false;
    }
  }
  for (const Part& part : out.parts_) out.width_ += part.width;
  return true;
}

bool RowShape::ReadPart(const ModuleState& state, PyObject* given, Part& out) {
  PyObject* plan = given;
  if (PyTuple_Check(given)) {
    if (PyTuple_GET_SIZE(given) != 2) return BadShape();
    plan = PyTuple_GET_ITEM(given, 0);
    if (!Py_IS_TYPE(plan, state.row_plan_type)) return BadShape();
  }
  if (!Py_IS_TYPE(plan, state.row_plan_type)) return true;
  out.plan = Ref::Borrow(plan);
  out.width = WidthOf(AsPlan(out.plan));
  if (plan == given) return true;
  PyObject* places = PyTuple_GET_ITEM(given, 1);
  if (!PyTuple_Check(places) || PyTuple_GET_SIZE(places) == 0) return BadShape();
  std::vector<size_t> key;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(places); ++i) {
    const size_t place = PyLong_AsSize_t(PyTuple_GET_ITEM(places, i));
    if (PyErr_Occurred()) return false;
    if (place >= out.width) return BadShape();
    key.push_back(place);
  }
  out.shared.emplace_back(std::move(key));
  return true;
}

// An instance is None when all its cells are: an outer join has found none.
PyObject* RowShape::MakePart(ModuleState& state, Part& part, const ferro_value* cells) {
  if (!part.plan) return ToPython(state, cells[0], true);
  if (AreNull(cells, part.width)) return Py_NewRef(Py_None);
  if (part.shared.empty()) return Hydrate(state, AsPlan(part.plan), cells);
  MadeInstances& made = part.shared.front();
  if (PyObject* known = made.Find(cells)) return Py_NewRef(known);
  PyObject* instance = Hydrate(state, AsPlan(part.plan), cells);
  if (instance != nullptr) made.Add(instance);
  return instance;
}

PyObject* RowShape::Make(ModuleState& state, const ferro_value* cells, size_t columns, bool scalar) {
  if (alone_) return Hydrate(state, AsPlan(parts_.front().plan), cells);
  if (lines_) return MakeLine(state, lines_.get(), cells, line_);
  if (parts_.empty() && scalar) return ToPython(state, cells[0], true);
  const size_t count = parts_.empty() ? columns : parts_.size();
  Ref row = Ref::Steal(PyTuple_New(static_cast<Py_ssize_t>(count)));
  if (!row) return nullptr;
  for (size_t i = 0; i < count; ++i) {
    PyObject* value = parts_.empty() ? ToPython(state, *cells, true) : MakePart(state, parts_[i], cells);
    if (value == nullptr) return nullptr;
    PyTuple_SET_ITEM(row.get(), static_cast<Py_ssize_t>(i), value);
    cells += parts_.empty() ? 1 : parts_[i].width;
  }
  return row.release();
}

void RowShape::Forget() {
  for (Part& part : parts_) {
    for (MadeInstances& made : part.shared) made.Forget();
  }
}

int RowShape::Traverse(visitproc visit, void* arg) const {
  Py_VISIT(lines_.get());
  for (const Part& part : parts_) {
    Py_VISIT(part.plan.get());
    for (const MadeInstances& made : part.shared) {
      const int stopped = made.Traverse(visit, arg);
      if (stopped != 0) return stopped;
    }
  }
  return 0;
}

}  // namespace ferro::py
