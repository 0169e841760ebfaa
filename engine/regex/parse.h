// Regular expressions that mean the same on every database: a subset of what they all know, checked
// here.
//
//   characters   themselves, but for \ . ^ $ | ( ) [ ] { } * + ?, which a backslash makes plain (as
//                it does any ASCII sign that is no letter or digit); \t \n \r
//   .            any character, a line feed as well
//   [a-z_] [^…]  one of these characters, or any other; inside, \ [ ] are written with a backslash,
//                a '-' that means itself stands first, last or after a backslash
//   \d \w \s     [0-9], [0-9A-Za-z_], [ \t\n\r\f\v] and nothing beyond ASCII; \D \W \S: any other
//                character
//   ^ $          the start and the very end of the text, not of a line
//   ( ) (?: ) |  groups, of which nothing is remembered; a choice, also of nothing
//   * + ?        repeats; {m} {m,} {m,n} with bounds up to 255; a '?' behind one changes nothing
//
// A character is a code point, without normalization. Without regard to case ASCII letters match in
// either case, and only they: servers disagree on the rest (PostgreSQL goes by the database's
// locale; for ICU and PCRE2 the sign of the kelvin is a k and U+017F an s). So the other case is
// written into the expression here, no server is asked for it, and a letter beyond ASCII in such a
// pattern is refused.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/regex/pattern.h"

namespace ferro::regex {

inline constexpr size_t kMaxDepth = 100;          // of groups
inline constexpr size_t kMaxSize = 1000;          // Node::size: what PCRE2 takes in the worst case
inline constexpr size_t kMaxCharacters = 10'000;  // of the pattern

// kInvalidArgument, or kInvalidText when `pattern` is not UTF-8 or has U+0000. The message names
// the construct and its offset in characters, from 0, and shows nothing else of the pattern.
absl::StatusOr<Node> Parse(absl::string_view pattern, bool fold_case);

}  // namespace ferro::regex
