// Database URLs.
#include "engine/base/error.h"
#include "engine/db/url.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ferro::fuzz::Check;
  const ferro::fuzz::Exact text({reinterpret_cast<const char*>(data), size});
  absl::StatusOr<ferro::db::Url> url = ferro::db::ParseUrl(text.view());
  if (!url.ok()) {
    Check(ferro::ClassOf(url.status()) == ferro::ErrorClass::kInvalidArgument, "an error's class");
    return 0;
  }
  Check(url->port >= 0 && url->port <= 65'535, "a port");
  Check(url->pool_size > 0 && url->statement_cache >= 0, "sizes");
  Check(url->connect_timeout >= absl::ZeroDuration() && url->pool_timeout >= absl::ZeroDuration() &&
            url->busy_timeout >= absl::ZeroDuration(),
        "times");
  if (url->password.empty()) return 0;
  const std::string redacted = url->Redacted();
  url->password = "another one";
  Check(url->Redacted() == redacted, "nothing of the password is shown");
  return 0;
}
