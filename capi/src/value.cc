#include <cstddef>

#include "capi/src/handle.h"
#include "engine/value/type.h"

namespace {

using ferro::Type;
using ferro::Value;

// One layout, so that rows and arguments cross without a copy.
static_assert(sizeof(ferro_value) == sizeof(Value) && alignof(ferro_value) == alignof(Value));
static_assert(offsetof(ferro_value, type) == offsetof(Value, type));
static_assert(offsetof(ferro_value, flags) == offsetof(Value, flags));
static_assert(offsetof(ferro_value, scale) == offsetof(Value, scale));
static_assert(offsetof(ferro_value, size) == offsetof(Value, size));
static_assert(offsetof(ferro_value, as) == offsetof(Value, integer));
static_assert(FERRO_VALUE_SMALL_DECIMAL == Value::kSmallDecimal);

constexpr bool Same(int number, Type type) { return number == static_cast<int>(type); }
static_assert(Same(FERRO_TYPE_NULL, Type::kNull) && Same(FERRO_TYPE_BOOL, Type::kBool) &&
              Same(FERRO_TYPE_INT64, Type::kInt64) && Same(FERRO_TYPE_FLOAT64, Type::kFloat64) &&
              Same(FERRO_TYPE_DECIMAL, Type::kDecimal) && Same(FERRO_TYPE_TEXT, Type::kText) &&
              Same(FERRO_TYPE_BYTES, Type::kBytes) && Same(FERRO_TYPE_DATE, Type::kDate) &&
              Same(FERRO_TYPE_TIME, Type::kTime) && Same(FERRO_TYPE_TIMESTAMP, Type::kTimestamp) &&
              Same(FERRO_TYPE_TIMESTAMPTZ, Type::kTimestampTz) &&
              Same(FERRO_TYPE_INTERVAL, Type::kInterval) && Same(FERRO_TYPE_UUID, Type::kUuid) &&
              Same(FERRO_TYPE_JSON, Type::kJson) && Same(FERRO_TYPE_ARRAY, Type::kArray));
static_assert(FERRO_TYPE_ARRAY + 1 == ferro::kTypeCount);
static_assert(FERRO_TYPE_ARRAY_OF == ferro::kArrayBit);

}  // namespace

ferro_bytes ferro_type_name(int32_t type) {
  if (type < 0 || type > 0xFF) return ferro::capi::BytesOf("unknown");
  return ferro::capi::BytesOf(Name(static_cast<Type>(type)));
}

int32_t ferro_version(void) {
  return FERRO_VERSION_MAJOR * 1000000 + FERRO_VERSION_MINOR * 1000 + FERRO_VERSION_PATCH;
}
