// The closed list of canonical types: what a cell can be, whatever the database calls it. Column types of a
// table (ColumnType) are a canonical type with its measures.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace ferro {

// Numbers are those of ferro_type in capi/include/ferro/value.h and never change.
enum class Type : uint8_t {
  kNull = 0,  // as a declared type: unknown, "as the server says"
  kBool = 1,
  kInt64 = 2,
  kFloat64 = 3,
  kDecimal = 4,
  kText = 5,
  kBytes = 6,
  kDate = 7,         // days since 1970-01-01
  kTime = 8,         // microseconds since midnight
  kTimestamp = 9,    // microseconds since 1970-01-01 00:00:00, no zone
  kTimestampTz = 10,  // microseconds since 1970-01-01 00:00:00 UTC
  kInterval = 11,    // microseconds; a day is 24 hours, months are refused
  kUuid = 12,        // 16 bytes
  kJson = 13,        // JSON text
  kArray = 14,       // `size` values behind a pointer; only as a list argument so far
};

inline constexpr int kTypeCount = 15;

// "int64", "timestamptz", …; the words of S-expressions, messages and Python.
absl::string_view Name(Type type);
std::optional<Type> TypeFromName(absl::string_view name);

constexpr bool IsNumeric(Type type) {
  return type == Type::kInt64 || type == Type::kFloat64 || type == Type::kDecimal;
}

}  // namespace ferro
