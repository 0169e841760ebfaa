#include "dialects/postgresql/network.h"

#include <arpa/inet.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace ferro::postgresql {
namespace {

// What network_send() of the server writes: family, bits, whether it is a cidr, bytes of the
// address, the address. The families are the server's own numbers on every system.
constexpr unsigned char kIpv4 = 2, kIpv6 = 3;
constexpr size_t kHeader = 4;

}  // namespace

absl::string_view NetworkText(absl::string_view wire, Arena& arena) {
  if (wire.size() < kHeader) return {};
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(wire[i]); };
  const size_t size = byte(0) == kIpv4 ? 4 : 16;
  if ((byte(0) != kIpv4 && byte(0) != kIpv6) || byte(1) > size * 8 || byte(2) > 1 ||
      byte(3) != size || wire.size() != kHeader + size) {
    return {};
  }
  char address[INET6_ADDRSTRLEN];
  if (inet_ntop(size == 4 ? AF_INET : AF_INET6, wire.data() + kHeader, address, sizeof address) ==
      nullptr) {
    return {};
  }
  std::string text = address;
  if (byte(2) == 1 || byte(1) < size * 8) absl::StrAppend(&text, "/", int{byte(1)});
  return arena.Copy(text);
}

}  // namespace ferro::postgresql
