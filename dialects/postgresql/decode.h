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
#include "dialects/postgresql/user_types.h"
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
  kFraction,      // a numeric that is not whole, read as an integer
  kTooLarge,      // a number past the range of the wanted type
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
                     const UserTypes& types, bool trusted_text);

  size_t columns() const { return columns_.size(); }

  // Appends rows [first, first + count) to `batch`, which was Reset to columns(). `before`: rows of
  // the statement that earlier results held, for the number in an error. After an error the batch
  // is not to be used.
  absl::Status Decode(const PGresult* result, int first, int count, int64_t before, Batch& batch);

  // Where the last error of Start or Decode was; `row` is of that result, -1 for a whole column.
  struct Place {
    int row = -1;
    int column = -1;
  };
  const Place& failed_at() const { return failed_at_; }

  // Appends column `column` of row `row` to a key for messages; nothing when it cannot be read.
  void AppendKey(const PGresult* result, int row, int column, absl::string_view name,
                 std::string& key) const;

 private:
  struct Column {
    DecodeCell decode;
    Oid oid;
    Oid element;  // of an array, which `decode` then reads the elements of; else 0
  };
  static CellFault DecodeInto(const Column& column, absl::string_view wire, Arena& arena,
                              Value& out) {
    return column.element == 0 ? column.decode(wire, arena, out)
                               : DecodeArray(wire, column.element, column.decode, arena, out);
  }
  absl::Status NoConversion(const PGresult* result, size_t column, Type wanted,
                            const UserTypes& types);
  absl::Status BadCell(const PGresult* result, int row, size_t column, int64_t before,
                       CellFault fault);

  std::vector<Column> columns_;
  Place failed_at_;
};

}  // namespace ferro::postgresql
