// Result cells from PostgreSQL's binary format. How a column is decoded is chosen once, from the
// server's type and the wanted one; text, bytes, JSON and UUIDs point into the PGresult, which the
// batch must keep alive.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dialects/postgresql/libpq.h"
#include "dialects/postgresql/oids.h"
#include "engine/sql/compiled.h"
#include "engine/value/batch.h"

namespace ferro::postgresql {

// Why a cell could not be read.
enum class CellFault : uint8_t {
  kNone,
  kMalformed,     // not the length or the content that its type has
  kNotFinite,     // infinity or NaN where the canonical type has none
  kYear,          // a date outside the years 1 to 9999
  kEndOfDay,      // the time 24:00
  kMonths,        // an interval with months
  kIntervalSize,  // an interval past the microseconds of 64 bits
  kNotText,       // bytes that are no text
  kDimensions,    // an array within an array
  kLowerBound,    // an array whose first element is not number 1
};

using DecodeCell = CellFault (*)(absl::string_view wire, Arena& arena, Value& out);

// The function that reads cells of `oid` as `wanted` (kNull: as the server says), or null when
// there is no conversion that keeps the value. `trusted_text`: the server has made sure that text
// is valid UTF-8.
DecodeCell ChooseDecoder(Oid oid, Type wanted, bool trusted_text);

// Reads an array of elements of `element`, each by `decode`.
CellFault DecodeArray(absl::string_view wire, Oid element, DecodeCell decode, Arena& arena,
                      Value& out);

class RowDecoder {
 public:
  // Of a result's columns. `wanted` is empty ("as the server says") or has one element for each.
  absl::Status Start(const PGresult* result, std::span<const sql::ResultColumn> wanted,
                     bool trusted_text);

  size_t columns() const { return columns_.size(); }

  // Appends rows [first, first + count) to `batch`, which was Reset to columns().
  absl::Status Decode(const PGresult* result, int first, int count, Batch& batch) const;

 private:
  struct Column {
    DecodeCell decode;
    Oid element;  // of an array, which `decode` then reads the elements of; else 0
  };
  absl::Status CellError(const PGresult* result, size_t column, CellFault fault) const;

  std::vector<Column> columns_;
};

}  // namespace ferro::postgresql
