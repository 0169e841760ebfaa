// LIKE as the standard has it. SQLite's own ignores the case of ASCII letters and only of those.
#pragma once

#include "absl/strings/string_view.h"

namespace ferro::sqlite {

// Whether `text` matches: '%' any characters, '_' one character, `escape` (one character; empty:
// none) makes the next one plain. Case matters. An escape at the very end matches nothing.
bool Like(absl::string_view pattern, absl::string_view text, absl::string_view escape);

}  // namespace ferro::sqlite
