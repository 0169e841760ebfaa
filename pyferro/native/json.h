// JSON text to Python objects, equal to what pydantic_core.from_json makes of it: half of its time for the short
// documents that columns hold, because keys come again and again and are made once. Only the common part of the grammar
// is read here; whatever is unusual (escaped surrogates, NaN, long integers, deep nesting, anything wrong) goes to
// from_json, which also words the error.
#pragma once

#include "pyferro/native/state.h"

namespace ferro::py {

// Null with an exception (ValueError for what is no JSON).
PyObject* ParseJson(ModuleState& state, const char* text, size_t size);

// Strings that were keys lately, to be found by their bytes.
class JsonKeys {
 public:
  JsonKeys() = default;
  ~JsonKeys() { Clear(); }
  JsonKeys(const JsonKeys&) = delete;
  JsonKeys& operator=(const JsonKeys&) = delete;

  // A str of these ASCII bytes, perhaps an older one.
  Ref Get(const char* text, size_t size);
  void Clear();

 private:
  static constexpr size_t kSlots = 512;
  static constexpr size_t kLongest = 40;  // longer keys are made anew
  PyObject* slots_[kSlots] = {};
};

}  // namespace ferro::py
