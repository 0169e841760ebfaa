// Arrays as JSON text, for the databases that have no arrays: one list, one level deep, whose items
// are of one declared type. Exact in both directions. Not a JSON library: what such a list cannot
// hold is refused.
//
//   int64, interval (microseconds)  a number without fraction or exponent
//   float64                         a number with one, the shortest that reads back as the same
//   bool                            true and false
//   text                            a string; only what must be is escaped
//   decimal, date, time, timestamp, timestamptz, uuid
//                                   a string with the canonical text, which is that of SQLite's
//                                   cells
//   NULL                            null
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/base/arena.h"
#include "engine/value/value.h"

namespace ferro {

// The text of `array`, a kArray whose items are NULL or of type `element`; without spaces, so that
// equal arrays (but of float64 and decimal) are equal texts. Refused, by the number of the item:
// NaN and infinity, times outside the calendar, text with U+0000 or that is not UTF-8.
absl::Status AppendArrayJson(std::string& out, const Value& array, Type element);

// The array of a stored text, as others may have written it: with spaces, any escapes, whole
// numbers for float64. Items and what they point at go into `arena`. False when it is no such list.
bool ParseArrayJson(absl::string_view text, Type element, Arena& arena, Value& out);

}  // namespace ferro
