// PostgreSQL's binary numeric: a sign, a scale for display and base-10000 digits with the weight of
// the first. To and from the engine's decimals, exactly.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/arena.h"
#include "engine/value/value.h"

namespace ferro::postgresql {

enum class NumericFault : uint8_t { kNone, kMalformed, kNotFinite, kFraction, kTooLarge };

// The small form when 18 digits and a scale of 18 do, else canonical text in `arena`.
NumericFault DecodeNumeric(absl::string_view wire, Arena& arena, Value& out);

// The same as an int64: kFraction when it is not whole, kTooLarge when 64 bits do not hold it.
NumericFault DecodeNumericAsInt64(absl::string_view wire, int64_t& out);

// The nearest double, infinity and NaN included; kTooLarge past its range.
NumericFault DecodeNumericAsDouble(absl::string_view wire, Arena& arena, double& out);

// Appends the binary form of a decimal in either form. False when its text is not canonical.
bool AppendNumeric(std::string& out, const Value& value);

}  // namespace ferro::postgresql
