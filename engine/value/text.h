// What every database must accept as text: valid UTF-8 without U+0000.
#pragma once

#include "absl/strings/string_view.h"

namespace ferro {

// Strict UTF-8 (no surrogates, no overlong forms).
bool IsValidUtf8(absl::string_view text);

}  // namespace ferro
