// RowPlan: how rows of a known column list become instances of a model, as pyferro.proof proved it. Immutable.
#pragma once

#include <vector>

#include "pyferro/native/state.h"

namespace ferro::py {

// Bounds of a Check that native code tests itself; anything else of a Check goes through its own admits().
struct NativeCheck {
  bool has_low = false, has_high = false;
  int64_t low = 0, high = 0;  // inclusive, of int64 cells
  bool has_length = false;
  Py_ssize_t min_length = 0, max_length = PY_SSIZE_T_MAX;
};

struct ColumnPlan {
  Ref name;
  uint8_t type = FERRO_TYPE_NULL;
  int level = 0;  // pyferro.proof.Level
  bool nullable = false;
  bool json_text = false;
  bool parse_json = false;
  NativeCheck check;
  Ref admits;     // bound method of the Check, when native tests are not enough
  Ref enum_map;
  Ref validator;
};

struct RowPlanObject {
  PyObject_HEAD
  PyObject* proof;
  PyObject* validate;    // proof.validate: whole rows
  PyTypeObject* model;
  PyObject* blank;       // dict with every field, in order, to be copied
  PyObject* fields_set;  // frozenset of the column names
  PyObject* factories;   // dict of fields not selected to be called, or null
  PyObject* table;
  std::vector<ColumnPlan>* columns;
  Py_ssize_t key;
  bool row_level;
  bool post_init;
  Py_ssize_t fields_set_offset, extra_offset, private_offset;  // of the slots, 0: set by name
};

// The instance for one row of cells; null with an exception.
PyObject* Hydrate(ModuleState& state, const RowPlanObject& plan, const ferro_value* cells);

inline size_t WidthOf(const RowPlanObject& plan) { return plan.columns->size(); }

}  // namespace ferro::py
