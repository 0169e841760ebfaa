// Values that outlive what they were read from: an arena's own copy of the bytes and items that one
// points at.
#pragma once

#include "engine/base/arena.h"
#include "engine/value/value.h"

namespace ferro {

inline Value CopyOf(const Value& value, Arena& arena) {
  Value copy = value;
  if (value.type == Type::kArray) {
    const std::span<Value> items = arena.NewArray<Value>(value.size);
    for (uint32_t i = 0; i < value.size; ++i) items[i] = CopyOf(value.items[i], arena);
    copy.items = items.data();
  } else if (HasBytes(value.type) && !value.is_small_decimal()) {
    copy.bytes = arena.Copy(value.view()).data();
  }
  return copy;
}

}  // namespace ferro
