// Some rows of a result: row-major cells, the arena their bytes may lie in, and whatever memory of a client
// library they point into. A batch is filled, read and filled again; it is not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/arena.h"
#include "engine/value/value.h"

namespace ferro {

class Batch {
 public:
  // Forgets the rows and what they pointed at, and says how many cells a row has from now on.
  void Reset(size_t columns) {
    columns_ = columns;
    rows_ = 0;
    arena_.Clear();
    retained_.reset();
  }

  // Room for one more row; the caller fills all its cells, which hold anything. Invalidates spans given before.
  std::span<Value> AddRow() {
    AddRows(1);
    return row(rows_ - 1);
  }
  void AddRows(size_t count) {
    rows_ += count;
    // What is there is used again as it is: to make it NULL would cost as much as to decode some types.
    if (rows_ * columns_ > cells_.size()) cells_.resize(std::max(rows_ * columns_, 2 * cells_.size()));
  }
  // Takes the last row back, for a decoder that failed half-way through it.
  void DropLastRow() { --rows_; }

  // Keeps `owner` alive until the next Reset(): cells may point into its memory.
  void Retain(std::shared_ptr<const void> owner) { retained_ = std::move(owner); }

  size_t columns() const { return columns_; }
  size_t rows() const { return rows_; }
  bool empty() const { return rows_ == 0; }
  std::span<Value> row(size_t index) { return {cells_.data() + index * columns_, columns_}; }
  std::span<const Value> row(size_t index) const {
    return {cells_.data() + index * columns_, columns_};
  }
  std::span<const Value> cells() const { return {cells_.data(), rows_ * columns_}; }
  Arena& arena() { return arena_; }

 private:
  size_t columns_ = 0;
  size_t rows_ = 0;
  std::vector<Value> cells_;  // of the rows, and room for more
  Arena arena_;
  std::shared_ptr<const void> retained_;
};

}  // namespace ferro
