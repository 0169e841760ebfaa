// RowPlan: how rows of a known column list become instances of a model, as pyferro.proof proved it. Immutable.
#pragma once

#include <vector>

#include "pyferro/native/check.h"
#include "pyferro/native/state.h"

namespace ferro::py {

// pyferro.proof.Level of a column with a validator of its own, and of a plan without one for each column.
inline constexpr int kFieldLevel = 2;
inline constexpr int kRowLevel = 3;

struct ColumnPlan {
  Ref name;
  size_t entry = 0;  // where it is in the instance's dict
  uint8_t type = FERRO_TYPE_NULL;
  int level = 0;  // pyferro.proof.Level
  bool nullable = false;
  bool json_text = false;
  bool parse_json = false;
  bool may_be_container = false;  // its values may refer to others
  bool has_check = false;
  bool checks_natively = false;
  NativeCheck check;
  Ref admits;     // bound method of the Check, for what native tests leave undecided
  Ref enum_map;
  Ref validator;
};

// What most columns need of it, small and side by side.
struct QuickColumn {
  static constexpr uint8_t kNone = 0xFF;
  uint8_t type;  // of cells whose value goes in as it is, or when its check passes; kNone: none
  bool nullable;
  bool checked;
  bool may_be_container;
  bool parse_json;
  uint32_t entry;
};

struct RowPlanObject {
  PyObject_HEAD
  PyObject* proof;
  PyObject* validate;    // proof.validate: whole rows
  PyTypeObject* model;
  PyObject* blank;       // dict with every field, in the model's order, to be copied
  PyObject* fields_set;  // frozenset of the column names
  PyObject* factories;   // dict of fields not selected to be called, or null
  PyObject* table;
  std::vector<ColumnPlan>* columns;
  std::vector<QuickColumn>* quick;  // one for each, where values are written into the dict's entries
  Py_ssize_t key;
  bool marks;  // a subclass of pyferro.Model: its instances are told that they were loaded
  bool row_level;
  bool post_init;
  // Which shortcuts instances of this model may take: shortcuts/.
  bool by_entries;       // of the copied dict
  bool lazy_fields_set;
  bool lazy_tracking;
};

inline size_t WidthOf(const RowPlanObject& plan) { return plan.columns->size(); }

}  // namespace ferro::py
