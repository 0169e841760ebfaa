// The functions that read one cell of the binary protocol, by family: numbers, text and bytes,
// moments. Which of them a column gets is cell.cc's choice. Fixed sizes were checked against the
// packet by the caller; what has its length before it is checked here.
#pragma once

#include <bit>
#include <cstring>

#include "dialects/mysql/cell.h"

namespace ferro::mysql {

// The type of a function, for declaring many: `plan` is the column's, `data` and `size` the cell.
using Reader = Fault(const CellPlan& plan, const uint8_t* data, size_t size, Arena& arena,
                     Value& out);

// Integers of any width; `plan.is_unsigned`.
Reader ReadInteger;        // to any type whose payload is an integer
Reader ReadBigInt;         // the same for BIGINT, which most columns are, without a switch
Reader ReadIntegerAsItIs;  // int64, or decimal above it
Reader ReadIntegerAsBool;
Reader ReadIntegerAsDouble;
Reader ReadIntegerAsDecimal;
Reader ReadBits;  // BIT(n), to bool, int64 or as it is

Reader ReadFloat;
Reader ReadDouble;
Reader ReadDoubleAsInteger;  // FLOOR(double) and its like are doubles to the server

Reader ReadDecimal;
Reader ReadDecimalAsInteger;  // SUM of integers is a decimal to the server
Reader ReadDecimalAsDouble;

// Text, bytes and JSON, where they lie. What the server calls text is UTF-8, since the session says
// so; binary strings are looked at.
Reader ReadBytes;
Reader ReadBinaryAsText;
Reader ReadArray;         // JSON, of elements of plan.wanted's
Reader ReadUuid;          // 16 bytes, or text
Reader ReadUuidText;      // of a text of 16 characters the bytes are no UUID
Reader ReadTextAsMoment;  // functions of dates over parameters are text to the server

Reader ReadDate;
Reader ReadDateTime;
Reader ReadDateTimeAsDate;
Reader ReadTime;  // a time of day, or a duration, as is wanted; either when nothing is

inline absl::string_view View(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// The protocol is little-endian.
template <class T>
T LoadLittle(const uint8_t* data) {
  static_assert(std::endian::native == std::endian::little,
                "this dialect was written for little-endian machines");
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

}  // namespace ferro::mysql
