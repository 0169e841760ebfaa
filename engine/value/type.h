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
  kDate = 7,          // days since 1970-01-01
  kTime = 8,          // microseconds since midnight
  kTimestamp = 9,     // microseconds since 1970-01-01 00:00:00, no zone
  kTimestampTz = 10,  // microseconds since 1970-01-01 00:00:00 UTC
  kInterval = 11,     // microseconds; a day is 24 hours, months are refused
  kUuid = 12,         // 16 bytes
  kJson = 13,         // JSON text
  kArray = 14,        // a list argument or the cell of an array: `size` values behind a pointer
};

inline constexpr int kTypeCount = 15;

// What is declared (of a column, a parameter, a result) may also be an array of one type: the
// number of its elements' type with this bit. That is no tag of a value: an array's cell is kArray,
// and each of its items is NULL or of the element's type.
inline constexpr uint8_t kArrayBit = 0x40;

constexpr Type ArrayOf(Type element) {
  return static_cast<Type>(static_cast<uint8_t>(element) | kArrayBit);
}
constexpr bool IsArray(Type declared) { return (static_cast<uint8_t>(declared) & kArrayBit) != 0; }
// Of a declared array.
constexpr Type ElementOf(Type declared) {
  return static_cast<Type>(static_cast<uint8_t>(declared) & ~kArrayBit);
}

// Scalars with one exact text within JSON, which is how most databases hold an array. Bytes have
// none; JSON holds its own lists.
constexpr bool CanBeElement(Type type) {
  return type > Type::kNull && type < Type::kJson && type != Type::kBytes;
}

// Whether `number` is a type that may be declared. kArray is not: it lacks its elements' type.
constexpr bool IsDeclarable(int64_t number) {
  if (number < 0 || number > 0xFF) return false;
  const auto type = static_cast<Type>(number);
  return IsArray(type) ? CanBeElement(ElementOf(type))
                       : number < static_cast<int64_t>(Type::kArray);
}

// "int64", "timestamptz", "int64-array", …; the words of S-expressions, messages and Python.
absl::string_view Name(Type type);
std::optional<Type> TypeFromName(absl::string_view name);

constexpr bool IsNumeric(Type type) {
  return type == Type::kInt64 || type == Type::kFloat64 || type == Type::kDecimal;
}

}  // namespace ferro
