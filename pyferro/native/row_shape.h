// RowShape: how the cells of a row become what a request gives for it: an instance, a value, or a tuple of those.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pyferro/native/row_plan.h"
#include "pyferro/native/state.h"

namespace ferro::py {

// The instances that were made of a part of the rows, by the cells of its key: rows with an equal key have one instance.
class MadeInstances {
 public:
  explicit MadeInstances(std::vector<size_t> key) : key_(std::move(key)) {}

  // A borrowed reference; null if there is none. Those whose key is of arrays are never found.
  PyObject* Find(const ferro_value* cells);
  // After Find() of the same cells has found nothing.
  void Add(PyObject* instance);
  void Forget() { found_.clear(); }
  int Traverse(visitproc visit, void* arg) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };

  bool ReadKey(const ferro_value* cells);

  std::vector<size_t> key_;  // cells of the part
  std::string bytes_;        // of the key that was looked for; empty where it has none
  std::unordered_map<std::string, Ref, Hash, std::equal_to<>> found_;
};

class RowShape {
 public:
  // As `plan` of Database.execute() says: a RowPlan, CsvLines, a tuple with RowPlans in it, or anything else: the cells
  // as they are. In a tuple `(RowPlan, (i, j))` is a RowPlan whose rows are the same instance when the cells i and j of it are
  // equal. False with an exception when that makes no sense.
  static bool Read(const ModuleState& state, PyObject* plan, RowShape& out);

  // Whether a row has as many cells as this needs. Without a plan a row may have any number.
  bool Fits(size_t columns) const { return width_ == 0 || columns == width_; }

  // A new reference; `scalar` says whether a row without a plan is its first cell and not a tuple.
  PyObject* Make(ModuleState& state, const ferro_value* cells, size_t columns, bool scalar);

  // The instances of earlier rows are shared with no later ones: a stream holds one page.
  void Forget();

  int Traverse(visitproc visit, void* arg) const;

 private:
  struct Part {
    Ref plan;  // a RowPlan; empty for a value
    size_t width = 1;
    std::vector<MadeInstances> shared;  // one or none
  };

  static bool ReadPart(const ModuleState& state, PyObject* given, Part& out);
  static PyObject* MakePart(ModuleState& state, Part& part, const ferro_value* cells);

  std::vector<Part> parts_;
  Ref lines_;         // CsvLines, or empty
  std::string line_;  // the last one that was made
  size_t width_ = 0;
  bool alone_ = false;  // one instance, no tuple
};

}  // namespace ferro::py
