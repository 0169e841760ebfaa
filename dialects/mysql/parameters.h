// Which parameters of a statement are sent as what they are, and which need a cast.
//
// MySQL gives a parameter the type of what it stands beside when the statement is prepared; where nothing has a type
// it is a text, and a double within arithmetic. MariaDB takes the type of the value, and compares texts by the default
// collation of the character set, which takes 'a' and 'A' for equal. Beside a column neither matters, and a cast could
// cost its index.
#pragma once

#include <unordered_map>

#include "absl/status/status.h"
#include "engine/ast/visit.h"
#include "engine/value/value.h"

namespace ferro::mysql {

// Those of `statement` that stand in one place at least where nothing beside them has their type; and whether they stand
// in MIN or MAX, which MySQL takes for one of doubles where all that it looks at are parameters.
std::unordered_map<const ast::Param*, bool> UntypedParameters(const ast::Statement& statement);

// kOutOfRange for a decimal that a cast to DECIMAL(65, 30) would change: the server does so in silence.
absl::Status CheckWideDecimal(const Value& value);

}  // namespace ferro::mysql
