#include "engine/db/url.h"

#include <array>
#include <functional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/error.h"
#include "engine/base/try.h"

namespace ferro::db {
namespace {

absl::Status BadUrl(absl::string_view what) {
  return MakeErrorWithHint(ErrorClass::kInvalidArgument, absl::StrCat("bad database URL: ", what),
                           "expected scheme://user:password@host:port/database?option=value, or "
                           "sqlite:path/to/file.db");
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

absl::StatusOr<std::string> Unescape(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return BadUrl("% must be followed by two hexadecimal digits");
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  if (out.find('\0') != std::string::npos) return BadUrl("it holds a NUL");
  return out;
}

absl::Status SetSeconds(absl::Duration& to, absl::string_view text) {
  double seconds;
  if (!absl::SimpleAtod(text, &seconds) || !(seconds >= 0) || seconds > 1e9) {
    return BadUrl("a timeout is a number of seconds");
  }
  to = absl::Seconds(seconds);
  return absl::OkStatus();
}

absl::Status SetCount(int& to, absl::string_view text, int least) {
  int count;
  if (!absl::SimpleAtoi(text, &count) || count < least || count > 1'000'000) {
    return BadUrl(absl::StrCat("a count is an integer of at least ", least));
  }
  to = count;
  return absl::OkStatus();
}

absl::Status SetWord(std::string& to, absl::string_view text,
                     std::initializer_list<absl::string_view> words) {
  for (const absl::string_view word : words) {
    if (word == text) {
      to = std::string(text);
      return absl::OkStatus();
    }
  }
  return BadUrl(absl::StrCat("an option is not one of ", absl::StrJoin(words, ", ")));
}

absl::Status SetTls(Url& url, absl::string_view value) {
  return SetWord(url.tls, value, {"disable", "prefer", "require", "verify-ca", "verify-full"});
}

struct Option {
  absl::string_view name;
  absl::Status (*set)(Url& url, absl::string_view value);
};

constexpr std::array kOptions = {
    Option{"application_name",
           [](Url& url, absl::string_view value) {
             url.application_name = std::string(value);
             return absl::OkStatus();
           }},
    Option{"busy_timeout",
           [](Url& url, absl::string_view value) { return SetSeconds(url.busy_timeout, value); }},
    Option{"connect_timeout",
           [](Url& url, absl::string_view value) { return SetSeconds(url.connect_timeout, value); }},
    Option{"journal_mode",
           [](Url& url, absl::string_view value) {
             return SetWord(url.journal_mode, value,
                            {"wal", "delete", "truncate", "persist", "memory", "off"});
           }},
    Option{"pipelining",
           [](Url& url, absl::string_view value) { return SetWord(url.pipelining, value, {"on", "off"}); }},
    Option{"pool_check",
           [](Url& url, absl::string_view value) {
             return SetWord(url.pool_check, value, {"never", "quiet", "ping"});
           }},
    Option{"pool_idle",
           [](Url& url, absl::string_view value) { return SetSeconds(url.pool_idle, value); }},
    Option{"pool_lifetime",
           [](Url& url, absl::string_view value) { return SetSeconds(url.pool_lifetime, value); }},
    Option{"pool_min",
           [](Url& url, absl::string_view value) { return SetCount(url.pool_min, value, 0); }},
    Option{"pool_size",
           [](Url& url, absl::string_view value) { return SetCount(url.pool_size, value, 1); }},
    Option{"pool_timeout",
           [](Url& url, absl::string_view value) { return SetSeconds(url.pool_timeout, value); }},
    Option{"pooler",
           [](Url& url, absl::string_view value) {
             return SetWord(url.pooler, value, {"none", "transaction"});
           }},
    // libpq's names of the options tls….
    Option{"sslcert",
           [](Url& url, absl::string_view value) {
             url.tls_cert = std::string(value);
             return absl::OkStatus();
           }},
    Option{"sslkey",
           [](Url& url, absl::string_view value) {
             url.tls_key = std::string(value);
             return absl::OkStatus();
           }},
    Option{"sslmode", SetTls},
    Option{"sslrootcert",
           [](Url& url, absl::string_view value) {
             url.tls_ca = std::string(value);
             return absl::OkStatus();
           }},
    Option{"statement_cache",
           [](Url& url, absl::string_view value) { return SetCount(url.statement_cache, value, 0); }},
    Option{"statement_timeout",
           [](Url& url, absl::string_view value) { return SetSeconds(url.statement_timeout, value); }},
    Option{"synchronous",
           [](Url& url, absl::string_view value) {
             return SetWord(url.synchronous, value, {"off", "normal", "full", "extra"});
           }},
    Option{"tls", SetTls},
    Option{"tls_ca",
           [](Url& url, absl::string_view value) {
             url.tls_ca = std::string(value);
             return absl::OkStatus();
           }},
    Option{"tls_cert",
           [](Url& url, absl::string_view value) {
             url.tls_cert = std::string(value);
             return absl::OkStatus();
           }},
    Option{"tls_key",
           [](Url& url, absl::string_view value) {
             url.tls_key = std::string(value);
             return absl::OkStatus();
           }},
};

absl::Status ReadOptions(absl::string_view query, Url& url) {
  for (const absl::string_view pair : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    const Option* found = nullptr;
    std::vector<absl::string_view> names;
    for (const Option& option : kOptions) {
      names.push_back(option.name);
      if (option.name == parts.first) found = &option;
    }
    if (found == nullptr) {
      return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                               "bad database URL: an option after '?' is unknown",
                               absl::StrCat("known options: ", absl::StrJoin(names, ", ")));
    }
    FERRO_ASSIGN(const std::string value, Unescape(parts.second));
    FERRO_TRY(found->set(url, value));
  }
  return absl::OkStatus();
}

absl::Status ReadAuthority(absl::string_view authority, Url& url) {
  if (const size_t at = authority.rfind('@'); at != absl::string_view::npos) {
    const std::pair<absl::string_view, absl::string_view> who =
        absl::StrSplit(authority.substr(0, at), absl::MaxSplits(':', 1));
    FERRO_ASSIGN(url.user, Unescape(who.first));
    FERRO_ASSIGN(url.password, Unescape(who.second));
    authority.remove_prefix(at + 1);
  }
  absl::string_view host = authority;
  absl::string_view port;
  if (!host.empty() && host[0] == '[') {
    const size_t end = host.find(']');
    if (end == absl::string_view::npos) return BadUrl("'[' without ']' in the host");
    port = host.substr(end + 1);
    host = host.substr(1, end - 1);
    if (!port.empty() && port[0] != ':') return BadUrl("something stands between ']' and the port");
    if (!port.empty()) port.remove_prefix(1);
  } else if (const size_t colon = host.rfind(':'); colon != absl::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  FERRO_ASSIGN(url.host, Unescape(host));
  if (!port.empty() && (!absl::SimpleAtoi(port, &url.port) || url.port < 1 || url.port > 65535)) {
    return BadUrl("the port is a number from 1 to 65535");
  }
  return absl::OkStatus();
}

}  // namespace

std::string Url::Redacted() const {
  if (scheme == "sqlite") return absl::StrCat("sqlite:", database);
  return absl::StrCat(scheme, "://", user, user.empty() ? "" : "@", host, port ? absl::StrCat(":", port) : "",
                      "/", database);
}

absl::StatusOr<Url> ParseUrl(absl::string_view text) {
  Url url;
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos || colon == 0) return BadUrl("it has no scheme");
  url.scheme = absl::AsciiStrToLower(text.substr(0, colon));
  for (const char c : url.scheme) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '-') {
      return BadUrl("it has no scheme");
    }
  }
  absl::string_view rest = text.substr(colon + 1);
  if (const size_t question = rest.find('?'); question != absl::string_view::npos) {
    FERRO_TRY(ReadOptions(rest.substr(question + 1), url));
    if (url.pool_min > url.pool_size) return BadUrl("pool_min is more than pool_size");
    if (url.tls_cert.empty() != url.tls_key.empty()) {
      return BadUrl("tls_cert and tls_key go together");
    }
    rest = rest.substr(0, question);
  }
  if (url.scheme == "sqlite") {
    // Three slashes are an empty host and a relative path, four an absolute one, as SQLAlchemy has it.
    if (rest.substr(0, 3) == "///") {
      rest.remove_prefix(3);
    } else if (rest.substr(0, 2) == "//") {
      rest.remove_prefix(2);
    }
    FERRO_ASSIGN(url.database, Unescape(rest));
    if (url.database == "/:memory:") url.database = ":memory:";
    return url;
  }
  if (rest.substr(0, 2) != "//") return BadUrl("\"//\" must follow the scheme");
  rest.remove_prefix(2);
  const size_t slash = rest.find('/');
  FERRO_TRY(ReadAuthority(rest.substr(0, slash), url));
  if (slash != absl::string_view::npos) {
    FERRO_ASSIGN(url.database, Unescape(rest.substr(slash + 1)));
  }
  return url;
}

}  // namespace ferro::db
