// What the fuzzed functions promise, as checks that end the process, and the input cut into parts.
// A harness is one function, LLVMFuzzerTestOneInput, which libFuzzer or runner.cc calls.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/arena.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "engine/value/text.h"
#include "engine/value/value.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace ferro::fuzz {

inline void Check(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  // The next byte; 0 when there is none left.
  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  absl::string_view rest() const { return rest_; }

 private:
  absl::string_view rest_;
};

// Bytes in an allocation of exactly their size, so that a sanitizer sees a read past them.
class Exact {
 public:
  explicit Exact(absl::string_view bytes) : bytes_(new char[bytes.size()]), size_(bytes.size()) {
    bytes.copy(bytes_.get(), size_);
  }
  absl::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_;
};

inline std::string DecimalText(const Value& value) {
  std::string text;
  AppendDecimal(text, value);
  return text;
}

// That `value` is one that its type can be. `text_is_valid`: text has been checked or made here.
inline void CheckValue(const Value& value, bool text_is_valid) {
  if (HasBytes(value.type) && !value.is_small_decimal()) {
    // Every byte is there.
    unsigned sum = 0;
    for (const char c : value.view()) sum += static_cast<unsigned char>(c);
    Check(sum < 1u << 31, "bytes are bytes");
  }
  const bool small = value.is_small_decimal();
  Arena arena;
  Value again;
  switch (value.type) {
    case Type::kBool:
      return Check(value.integer == 0 || value.integer == 1, "a bool is 0 or 1");
    case Type::kDate:
      return Check(value.integer >= kMinDays && value.integer <= kMaxDays, "a date's years");
    case Type::kTime:
      return Check(value.integer >= 0 && value.integer < kMicrosPerDay, "a time is in a day");
    case Type::kTimestamp:
    case Type::kTimestampTz:
      return Check(value.integer >= kMinTimestamp && value.integer <= kMaxTimestamp,
                   "a timestamp's years");
    case Type::kUuid:
      return Check(value.size == 16, "a UUID has 16 bytes");
    case Type::kText:
    case Type::kJson:
      return Check(!text_is_valid || IsValidUtf8(value.view()), "text is UTF-8");
    case Type::kDecimal:
      Check(!small || value.scale <= 18, "a small decimal's scale");
      Check(!small || (value.integer < 1'000'000'000'000'000'000 &&
                       value.integer > -1'000'000'000'000'000'000),
            "a small decimal's digits");
      Check(ParseDecimal(DecimalText(value), arena, again), "a decimal's text is a decimal");
      Check(DecimalText(again) == DecimalText(value), "a decimal's text is canonical");
      return Check(again.is_small_decimal() == small, "a decimal has one form");
    case Type::kNull:
    case Type::kInt64:
    case Type::kFloat64:
    case Type::kBytes:
    case Type::kInterval:
      return;
    case Type::kArray:
      for (uint32_t i = 0; i < value.size; ++i) {
        Check(value.items[i].is_null() || CanBeElement(value.items[i].type), "an array's element");
        CheckValue(value.items[i], text_is_valid);
      }
      return;
  }
  Check(false, "a type is one of the list");
}

inline Type AnyType(uint8_t byte) {
  if (IsDeclarable(byte) && IsArray(static_cast<Type>(byte))) return static_cast<Type>(byte);
  return static_cast<Type>(byte % kTypeCount);
}

// The tag of a cell of a declared type.
inline Type TagOf(Type declared) { return IsArray(declared) ? Type::kArray : declared; }

}  // namespace ferro::fuzz
