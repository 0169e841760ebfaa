// A session that is lent out for each transaction anew (a pooler in transaction mode): what a statement leaves behind in it
// is met by strangers, and what it left is not found again.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace ferro::postgresql {

// kUnsupported, with advice, for a statement that leaves something behind in its session: SET, LISTEN, PREPARE, temporary
// tables, cursors WITH HOLD, and advisory locks of the session. It looks at words, not at what functions do.
absl::Status CheckLeavesNothing(absl::string_view sql);

}  // namespace ferro::postgresql
