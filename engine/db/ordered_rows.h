// The rows that one INSERT … RETURNING of many rows gave back, put into the order of the rows it was given. SQLite and
// MariaDB promise no order of RETURNING; keys that the database numbers ascend in the order of the VALUES, and keys
// that the caller supplied are matched by value.
#pragma once

#include <span>

#include "absl/status/status.h"
#include "engine/db/driver.h"
#include "engine/sql/compiled.h"

namespace ferro::db {

class OrderedRows : public RowSink {
 public:
  OrderedRows(const sql::Compiled& compiled, std::span<const Value> arguments, size_t rows)
      : compiled_(compiled), arguments_(arguments), rows_(rows) {
    batch_.Reset(compiled.columns.size());
  }

  Task<absl::Status> Accept(Batch& batch) override;

  // kInternal when the server returned other rows than were inserted.
  absl::Status Sort();
  Batch& batch() { return batch_; }

 private:
  void SortByGeneratedKey(std::vector<size_t>& order) const;
  absl::Status MatchSuppliedKeys(std::vector<size_t>& order) const;

  const sql::Compiled& compiled_;
  const std::span<const Value> arguments_;
  const size_t rows_;
  Batch batch_;
};

}  // namespace ferro::db
