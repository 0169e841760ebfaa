// Which characters beyond ASCII may have an upper or lower case.
#pragma once

#include "engine/regex/char_set.h"

namespace ferro::regex {

// Whether a character of `range`, which begins beyond ASCII, belongs to a part of Unicode where
// letters have case. Whole blocks are named, so characters in between (the sign of multiplication,
// ℃) count, too: what is refused today for a new character must not be accepted with another
// meaning tomorrow.
bool MayHaveCase(Range range);

}  // namespace ferro::regex
