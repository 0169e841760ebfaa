// Addresses of a host's name without blocking the operation's thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/runtime/task.h"

namespace ferro::runtime {

// Whether the text is an IPv4 or IPv6 address, which needs no resolving.
bool IsAddress(absl::string_view host);

// The addresses of `host` as text, in the order of the system (getaddrinfo), each once; a connection error when there is
// none or when `deadline` passed.
Task<absl::StatusOr<std::vector<std::string>>> Resolve(std::string host, absl::Time deadline);

}  // namespace ferro::runtime
