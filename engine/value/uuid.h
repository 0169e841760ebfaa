// UUIDs: 16 bytes in network order, to and from text.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace ferro {

// "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", lower case. `bytes` holds 16.
void AppendUuid(std::string& out, absl::string_view bytes);

// With or without hyphens, either case. False when it is no UUID.
bool ParseUuid(absl::string_view text, char (&out)[16]);

}  // namespace ferro
