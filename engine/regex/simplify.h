// Repeats of repeats. A server that backtracks tries each way in which a text can be cut into their
// parts: (a+)*$ costs it twice the time for each character more, a*$ does not, and they match the
// same. Not all ambiguity can be found in this way, (a|aa)* stays as it is.
#pragma once

#include <optional>

#include "engine/regex/pattern.h"

namespace ferro::regex {

struct Bounds {
  uint32_t least;
  uint32_t most;
};

// The bounds of one repeat that is the same as `outer` of `inner`, when there is one and its bounds
// are allowed.
std::optional<Bounds> BoundsOfBoth(Bounds inner, Bounds outer);

// Whether it matches nothing at every place of a text; false when that is not certain.
bool CanBeNothing(const Node& node);

// Something plainer than `node` which is the same when repeated without bound: from once up or, if
// `node` can be nothing, from nothing up.
std::optional<Node> PlainerInLoop(const Node& node);

}  // namespace ferro::regex
