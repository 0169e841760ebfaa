// PostgreSQL's inet and cidr in their binary form, to the text that the server itself writes.
#pragma once

#include "absl/strings/string_view.h"
#include "engine/base/arena.h"

namespace ferro::postgresql {

// The text, in `arena`; empty when the bytes are no address. An inet of a whole host has no "/32"
// or
// "/128", a cidr always has its bits.
absl::string_view NetworkText(absl::string_view wire, Arena& arena);

}  // namespace ferro::postgresql
