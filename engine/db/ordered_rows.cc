#include "engine/db/ordered_rows.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/value/copy.h"
#include "engine/value/decimal.h"

namespace ferro::db {
namespace {

// Bytes that are equal when the keys are. Decimals compare by their text, which keeps its scale in both directions.
std::string KeyOf(const Value& value) {
  std::string key(1, static_cast<char>(value.type));
  if (value.type == Type::kDecimal) {
    AppendDecimal(key, value);
  } else if (HasBytes(value.type)) {
    key.append(value.bytes, value.size);
  } else {
    key.append(reinterpret_cast<const char*>(&value.integer), sizeof value.integer);
  }
  return key;
}

}  // namespace

Task<absl::Status> OrderedRows::Accept(Batch& batch) {
  for (size_t i = 0; i < batch.rows(); ++i) {
    const std::span<const Value> from = std::as_const(batch).row(i);
    const std::span<Value> to = batch_.AddRow();
    for (size_t k = 0; k < from.size(); ++k) to[k] = CopyOf(from[k], batch_.arena());
  }
  co_return absl::OkStatus();
}

void OrderedRows::SortByGeneratedKey(std::vector<size_t>& order) const {
  const auto key = static_cast<size_t>(compiled_.key_column);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return batch_.row(a)[key].integer < batch_.row(b)[key].integer;
  });
}

absl::Status OrderedRows::MatchSuppliedKeys(std::vector<size_t>& order) const {
  const auto key = static_cast<size_t>(compiled_.key_column);
  const auto argument = static_cast<size_t>(compiled_.supplied_key);
  const size_t width = compiled_.parameters.size();
  std::unordered_map<std::string, size_t> found;
  for (size_t i = 0; i < rows_; ++i) found.emplace(KeyOf(batch_.row(i)[key]), i);
  for (size_t i = 0; i < rows_; ++i) {
    const auto row = found.find(KeyOf(arguments_[i * width + argument]));
    if (row == found.end()) {
      return MakeErrorWithHint(ErrorClass::kInternal,
                               "a returned row has a key that was not inserted",
                               "a trigger may change keys: insert such rows one by one");
    }
    order[i] = row->second;
  }
  return absl::OkStatus();
}

absl::Status OrderedRows::Sort() {
  if (batch_.rows() != rows_) {
    return MakeError(ErrorClass::kInternal, "the server returned another number of rows than were inserted");
  }
  std::vector<size_t> order(rows_);
  std::iota(order.begin(), order.end(), size_t{0});
  if (compiled_.has_generated_key_order && compiled_.key_column >= 0) {
    SortByGeneratedKey(order);
  } else if (compiled_.supplied_key >= 0 && compiled_.key_column >= 0) {
    FERRO_TRY(MatchSuppliedKeys(order));
  }
  if (std::is_sorted(order.begin(), order.end())) return absl::OkStatus();
  const std::vector<Value> cells(batch_.cells().begin(), batch_.cells().end());
  const size_t width = batch_.columns();
  for (size_t i = 0; i < rows_; ++i) {
    std::copy_n(cells.begin() + static_cast<std::ptrdiff_t>(order[i] * width), width,
                batch_.row(i).begin());
  }
  return absl::OkStatus();
}

}  // namespace ferro::db
