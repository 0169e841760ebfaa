// A cell: 16 bytes, tag, size and payload. Scalars sit in the payload; text, bytes, JSON, UUIDs and long
// decimals point at `size` bytes that someone else owns (an arena, a client library's buffer, the caller).
// The layout is that of ferro_value in the C ABI.
#pragma once

#include <cstdint>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "engine/value/type.h"

namespace ferro {

struct Value {
  // A decimal whose coefficient is in `integer` and whose scale is in `scale` (0 to 18); without it the
  // decimal is canonical text in `bytes`.
  static constexpr uint8_t kSmallDecimal = 1;

  Type type = Type::kNull;
  uint8_t flags = 0;
  uint16_t scale = 0;
  uint32_t size = 0;
  union {
    int64_t integer = 0;
    double real;
    const char* bytes;
    const Value* items;
  };

  static Value Null() { return {}; }
  static Value Bool(bool value) { return Integer(Type::kBool, value ? 1 : 0); }
  static Value Int64(int64_t value) { return Integer(Type::kInt64, value); }
  static Value Float64(double value) {
    Value cell;
    cell.type = Type::kFloat64;
    cell.real = value;
    return cell;
  }
  // Of a type whose payload is an integer: bool, int64, date, time, timestamps, interval.
  static Value Integer(Type type, int64_t value) {
    Value cell;
    cell.type = type;
    cell.integer = value;
    return cell;
  }
  static Value SmallDecimal(int64_t coefficient, uint16_t scale) {
    Value cell = Integer(Type::kDecimal, coefficient);
    cell.flags = kSmallDecimal;
    cell.scale = scale;
    return cell;
  }
  // Of a type whose payload is bytes: text, bytes, JSON, UUID (16 bytes), decimal text. Borrows `view`.
  static Value Bytes(Type type, absl::string_view view) {
    Value cell;
    cell.type = type;
    cell.size = static_cast<uint32_t>(view.size());
    cell.bytes = view.data();
    return cell;
  }

  // `count` values: a list argument, or the cell of an array. Borrows them.
  static Value Array(const Value* items, uint32_t count) {
    Value cell;
    cell.type = Type::kArray;
    cell.size = count;
    cell.items = items;
    return cell;
  }

  bool is_null() const { return type == Type::kNull; }
  bool is_small_decimal() const { return type == Type::kDecimal && (flags & kSmallDecimal) != 0; }
  absl::string_view view() const { return {bytes, size}; }
};

static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);

// Whether the payload of a (non-null) value of this type is a pointer; small decimals are the exception.
constexpr bool HasBytes(Type type) {
  return type == Type::kText || type == Type::kBytes || type == Type::kJson ||
         type == Type::kUuid || type == Type::kDecimal;
}

}  // namespace ferro
