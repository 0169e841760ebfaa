// The dialects that this build knows, for whoever links them all.
#pragma once

namespace ferro {

// Puts each built-in dialect into the registry (engine/db/registry.h). Any thread, any number of times.
void RegisterBuiltinDialects();

}  // namespace ferro
