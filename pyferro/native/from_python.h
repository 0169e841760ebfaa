// Python values to arguments. Adapt() makes the object that is bound for a value, or raises an error that names the
// column; Pack() writes an adapted object as a ferro_value. A Scratch owns what packed values point at.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "pyferro/native/state.h"

namespace ferro::py {

// What arguments borrow from until their operation has gone.
class Scratch {
 public:
  // Takes a reference over and keeps it.
  PyObject* Keep(Ref object) {
    objects_.push_back(std::move(object));
    return objects_.back().get();
  }
  std::vector<ferro_value>& Array() { return arrays_.emplace_back(); }
  void Visit(visitproc visit, void* argument) const {
    for (const Ref& object : objects_) {
      if (visit(object.get(), argument) != 0) return;
    }
  }

 private:
  std::vector<Ref> objects_;
  std::deque<std::vector<ferro_value>> arrays_;
};

// What a column was declared to hold at most; 0 where nothing was said. Text is counted in code points.
struct Measures {
  int bits = 0;  // of an integer: 16 or 32
  int32_t length = 0;
  int32_t digits = 0;
  int32_t places = 0;
  PyObject* members = nullptr;  // frozenset of the only values, for an Enum or Literal; borrowed by a Target
};

// What a value is bound to: a canonical type, for messages the column's name (may be null), and how a value becomes what
// the column holds (null: as it is, and for JSON pydantic_core.to_json). A value that is to be stored has to fit the measures: databases differ in
// what they do with more, some round it or cut it off. What is compared with a column need not fit.
struct Target {
  uint8_t type = FERRO_TYPE_NULL;
  PyObject* column = nullptr;
  PyObject* dump = nullptr;
  bool stored = false;
  Measures measures = {};  // of what is stored only
  bool is_element = false;  // of an array in that column
};

// None stays None, an array becomes a tuple of adapted objects. Raises TypeError for a value of another type, DataError for one that cannot be held.
Ref Adapt(ModuleState& state, const Target& target, PyObject* value);

// The canonical type that fits a value when the other side has none; raises TypeError when nothing does.
int InferType(ModuleState& state, PyObject* value);

// A tuple of adapted objects as items of one type: a list argument, or an array.
bool PackItems(ModuleState& state, uint8_t type, PyObject* adapted, ferro_value& out, Scratch& scratch);

// Of an adapted object. False with an exception. The object must live as long as the argument.
bool Pack(ModuleState& state, uint8_t type, PyObject* adapted, ferro_value& out, Scratch& scratch);

// Both at once, for bulk calls: the scratch keeps what Adapt made.
bool Bind(ModuleState& state, const Target& target, PyObject* value, ferro_value& out,
          Scratch& scratch);

}  // namespace ferro::py
