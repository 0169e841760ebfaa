// The parts of a pattern that stand for one character: escapes and classes.
#pragma once

#include "absl/status/statusor.h"
#include "engine/regex/char_set.h"
#include "engine/regex/reader.h"

namespace ferro::regex {

// `c`, which stands at `offset`; in both cases if `fold_case`.
absl::StatusOr<CharSet> OneCharacter(const Reader& in, size_t offset, char32_t c, bool fold_case);

// Behind a backslash.
absl::StatusOr<CharSet> ReadEscape(Reader& in, bool fold_case);

// Behind a '['.
absl::StatusOr<CharSet> ReadClass(Reader& in, bool fold_case);

}  // namespace ferro::regex
