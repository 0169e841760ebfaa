// What stands around a compiled statement: EXPLAIN, and a comment.
#pragma once

#include "absl/status/status.h"
#include "engine/sql/compiled.h"
#include "engine/sql/lexicon.h"

namespace ferro::sql {

// Puts `words` before every text of the statement.
void PutInFront(absl::string_view words, Compiled& compiled);

// Makes of a statement of one step the question how the server runs it. ErrorClass::kUnsupported for one of
// several steps.
absl::Status MakeExplained(bool analyze, const Lexicon& lexicon, Compiled& compiled);

}  // namespace ferro::sql
