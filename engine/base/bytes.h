// Loads and stores of fixed-width integers in a given byte order, and the varints of the plan format.
// The fixed-width functions trust their pointer: the caller has checked the bounds.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "absl/strings/string_view.h"

namespace ferro {

template <class T>
T ByteSwap(T value) {
  static_assert(std::is_integral_v<T>);
  if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
  if constexpr (sizeof(T) == 1) return value;
}

// Network order, as PostgreSQL's binary format has it.
template <class T>
T LoadBig(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return std::endian::native == std::endian::little ? ByteSwap(value) : value;
}

template <class T>
void StoreBig(void* to, T value) {
  if (std::endian::native == std::endian::little) value = ByteSwap(value);
  std::memcpy(to, &value, sizeof value);
}

template <class T>
void AppendBig(std::string& out, T value) {
  char bytes[sizeof value];
  StoreBig(bytes, value);
  out.append(bytes, sizeof bytes);
}

// Base-128, least significant group first; at most ten bytes.
inline void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

// Takes a varint from the front of `bytes`. False when it is cut short, longer than 64 bits or not in its
// shortest form (so that equal plans are equal bytes).
inline bool ConsumeVarint(absl::string_view& bytes, uint64_t& value) {
  value = 0;
  for (size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    if (i == 9 && byte > 1) return false;
    value |= uint64_t{byte & 0x7Fu} << (7 * i);
    if (byte < 0x80) {
      if (i > 0 && byte == 0) return false;
      bytes.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

inline uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

}  // namespace ferro
