// Strings of JSON.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace ferro {

// `text`, which is UTF-8, in quotes; only what must be is escaped, in the shortest way.
void AppendJsonString(std::string& out, absl::string_view text);

}  // namespace ferro
