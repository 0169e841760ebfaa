// Numbers of one type as numbers of a wider one, where a server would compare the two in its own way.
#pragma once

#include <span>

#include "absl/status/statusor.h"
#include "engine/base/arena.h"
#include "engine/value/value.h"

namespace ferro::db {

// The list with each int64 or decimal as `type`, a decimal or float64 (the nearest); NULL stays NULL. What is
// not such a number stays as it is. The values, and texts of theirs, are in `arena`. kOutOfRange for a decimal
// that no float64 is near.
absl::StatusOr<std::span<const Value>> NumbersAs(std::span<const Value> list, Type type,
                                                 Arena& arena);

}  // namespace ferro::db
