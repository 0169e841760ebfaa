// Parameters to PostgreSQL's binary format, in the four parallel arrays that libpq takes. Text,
// bytes and UUIDs are not copied: they point at the caller's memory. One encoder belongs to one
// connection and keeps its buffers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dialects/postgresql/oids.h"
#include "engine/db/driver.h"

namespace ferro::postgresql {

inline constexpr size_t kMaxParameters = 65'535;  // the count is 16 bits on the wire

// Whether the binary form of a column of this type is that of our values, so that COPY takes them. An insert would cast.
bool IsCopied(Type type, Oid field);

// Appends a field of a binary COPY: its length and what is in row `row` of `column`, which is parameter `index`.
// `field` is the type of the table's column, see IsCopied().
absl::Status AppendField(std::string& out, const db::Parameter& column, size_t index, size_t row, Oid field);

class Encoder {
 public:
  // Replaces what was encoded before. Nothing has been sent when it fails: text that PostgreSQL
  // cannot hold, a date outside the years 1 to 9999, too many or too large values.
  absl::Status Encode(std::span<const db::Parameter> parameters);

  int count() const { return static_cast<int>(types_.size()); }
  std::span<const Oid> types() const { return types_; }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  absl::Status EncodeOne(const db::Parameter& parameter, size_t index);
  // A value that is itself an array, and a parameter of many values (a list, or the rows of a
  // column).
  absl::Status EncodeArrayValue(const db::Parameter& parameter, size_t index);
  absl::Status EncodeArray(const db::Parameter& parameter, size_t index, bool elements_are_rows);

  // What is in `buffer_` is known by its offset until the buffer grows no more.
  static constexpr size_t kOutside = ~size_t{0};

  std::string buffer_;
  std::vector<size_t> offsets_;  // kOutside: `values_` is right already
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace ferro::postgresql
