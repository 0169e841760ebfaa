#include "engine/runtime/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/runtime/apart.h"
#include "engine/runtime/clock.h"

namespace ferro::runtime {
namespace {

struct Lookup {
  std::string host;
  std::vector<std::string> addresses;

  absl::Status Run() {
    addrinfo hints = {};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int code = getaddrinfo(host.c_str(), nullptr, &hints, &found);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, freeaddrinfo);
    for (const addrinfo* one = found; code == 0 && one != nullptr; one = one->ai_next) {
      char text[NI_MAXHOST];
      if (getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) continue;
      if (std::find(addresses.begin(), addresses.end(), text) == addresses.end()) addresses.emplace_back(text);
    }
    if (!addresses.empty()) return absl::OkStatus();
    return MakeErrorWithHint(
        ErrorClass::kConnection,
        absl::StrCat("no address is known for the host \"", host, "\": ", code == 0 ? "none" : gai_strerror(code)),
        "check the host in the URL, and the system's name service");
  }
};

}  // namespace

bool IsAddress(absl::string_view host) {
  const std::string text(host);
  in6_addr address;  // large enough for both
  return inet_pton(AF_INET, text.c_str(), &address) == 1 || inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

Task<absl::StatusOr<std::vector<std::string>>> Resolve(std::string host, absl::Time deadline) {
  auto lookup = std::make_shared<Lookup>();
  lookup->host = std::move(host);
  std::function<absl::Status()> job = [lookup] { return lookup->Run(); };
  absl::Status status = co_await RunApart(std::move(job), deadline);
  if (status.ok()) co_return std::move(lookup->addresses);
  if (ClassOf(status) == ErrorClass::kTimeout && Now() >= deadline) {
    // The lookup goes on by itself; its host is not read here.
    co_return MakeErrorWithHint(ErrorClass::kConnection, "the host's name was not resolved in time",
                                "is the name service reachable? the option connect_timeout sets the limit");
  }
  co_return status;
}

}  // namespace ferro::runtime
