// Rows of the binary protocol to cells. How a column is read is chosen once for each execution from
// what the server says it is and what is wanted; then each row is one walk over its bytes, with
// bounds checked. Text and bytes are not copied: cells point into the row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dialects/mysql/cell.h"
#include "dialects/mysql/wire.h"
#include "engine/base/arena.h"
#include "engine/sql/compiled.h"
#include "engine/value/value.h"

namespace ferro::mysql {

class RowDecoder {
 public:
  // Chooses how to read `columns` as `wanted` (empty: each in its natural type). The names of
  // `columns` are copied, where they come from is not: those texts must live while rows are
  // decoded.
  absl::Status Plan(std::span<const WireColumn> columns, std::span<const sql::ResultColumn> wanted);

  size_t columns() const { return columns_.size(); }

  // `packet` is a whole row as it was received, the `number`-th (from 0) of the result; cells point
  // into it or into `arena`. After an error what stands in `row` is not to be used.
  absl::Status Decode(absl::string_view packet, int64_t number, Arena& arena,
                      std::span<Value> row) const;

 private:
  struct Column {
    CellPlan plan;
    WireColumn wire;
    std::string name;
  };
  class Walk;

  absl::Status Fail(absl::string_view packet, int64_t number, size_t column, Fault fault) const;
  std::string KeyOf(absl::string_view packet, const Column& bad) const;

  std::vector<Column> columns_;
};

}  // namespace ferro::mysql
