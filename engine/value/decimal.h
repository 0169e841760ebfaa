// Decimals as canonical text or as an int64 coefficient with a scale (Value::SmallDecimal). Exact: nothing here
// goes through floating point. Canonical text: optional '-', digits, optional '.' and digits; no exponent, no
// leading zeros but one before the point, trailing zeros kept (they are the scale), no "-0" without digits.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/arena.h"
#include "engine/value/value.h"

namespace ferro {

// PostgreSQL's limits.
inline constexpr int64_t kMaxDecimalIntegerDigits = 131'072;
inline constexpr int64_t kMaxDecimalScale = 16'383;

// Text of a decimal value in either form.
void AppendDecimal(std::string& out, const Value& value);

// A value from "-12.30" (an exponent such as "1E+3" is understood and written out): the small form when it fits
// 18 digits and scale 18, else canonical text copied into `arena`. False when `text` is no finite decimal or has
// more digits before or after the point than the limits.
bool ParseDecimal(absl::string_view text, Arena& arena, Value& out);
// Whether ParseDecimal would take `text`.
bool IsDecimal(absl::string_view text);

// Order by numeric value of two decimal texts (not necessarily canonical): negative, 0 or positive. Text that is no
// decimal sorts before all numbers, by bytes. For SQLite's collation.
int CompareDecimalText(absl::string_view a, absl::string_view b);

}  // namespace ferro
