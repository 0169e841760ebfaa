#include "capi/src/guard.h"

#include "absl/strings/str_cat.h"

namespace ferro::capi {

ferro_code Fail(const absl::Status& status, ferro_error** error) noexcept {
  const auto code = static_cast<ferro_code>(ClassOf(status));
  if (error == nullptr) return code;
  try {
    *error = new ferro_error{code, std::string(status.message()), DetailOf(status)};
  } catch (const std::bad_alloc&) {
    // There is no memory for an error object either; the code says what is known.
  }
  return code;
}

absl::Status CheckHandle(const void* handle, absl::string_view name) {
  if (handle != nullptr) return absl::OkStatus();
  return MakeError(ErrorClass::kInvalidArgument, absl::StrCat("`", name, "` is NULL"));
}

}  // namespace ferro::capi
