// JSON text to Python objects, equal to what pydantic_core.from_json makes of it: half of its time for the short
// documents that columns hold, because keys come again and again and are made once. Only the common part of the grammar
// is read here; whatever is unusual (escaped surrogates, NaN, long integers, deep nesting, anything wrong) goes to
// from_json, which also words the error.
#pragma once

#include <vector>

#include "pyferro/native/state.h"

namespace ferro::py {

// Null with an exception (ValueError for what is no JSON).
PyObject* ParseJson(ModuleState& state, const char* text, size_t size);

// What documents have in common: strings that were keys lately, to be found by their bytes, and dicts with the keys of
// objects that came twice, which are copied instead of being built key by key.
class JsonKeys {
 public:
  // Keys and values, or items, of one container that is being read; what is left goes with it.
  class Pile {
   public:
    explicit Pile(JsonKeys& owner) : owner_(owner), base_(owner.stack_.size()) {}
    ~Pile();
    Pile(const Pile&) = delete;
    Pile& operator=(const Pile&) = delete;

    // Takes a new reference; false for null.
    bool Add(PyObject* object);
    PyObject* MakeList();
    PyObject* MakeDict(bool by_shape);

   private:
    PyObject* ByKeys(size_t count);
    bool HasShape(PyObject* blank, size_t count) const;
    PyObject* ByShape(PyObject* blank, size_t count);
    PyObject* BlankOf(PyObject* dict, size_t count);

    JsonKeys& owner_;
    const size_t base_;
  };

  JsonKeys() = default;
  ~JsonKeys() { Clear(); }
  JsonKeys(const JsonKeys&) = delete;
  JsonKeys& operator=(const JsonKeys&) = delete;

  // A str of these ASCII bytes, perhaps an older one. Memory may be read up to `end`.
  PyObject* Key(const char* text, size_t size, const char* end);
  void Clear();

 private:
  static constexpr size_t kKeys = 512;
  static constexpr size_t kLongestKey = 40;  // longer ones are made anew
  static constexpr size_t kShapes = 64;
  static constexpr size_t kFewest = 3;       // below, a dict is as soon built as copied
  static constexpr size_t kMost = 64;

  struct KeySlot {
    uint64_t head = 0;  // its first eight bytes
    size_t size = 0;
    PyObject* key = nullptr;
  };
  struct ShapeSlot {
    uint64_t hash = 0;  // of the keys, by their identity
    PyObject* blank = nullptr;
  };

  KeySlot keys_[kKeys];
  ShapeSlot shapes_[kShapes];
  std::vector<PyObject*> stack_;
};

}  // namespace ferro::py
