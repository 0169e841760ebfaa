#include "capi/src/guard.h"

#include "absl/strings/str_cat.h"

namespace ferro::capi {

ferro_code Fail(const absl::Status& status, ferro_error** error) noexcept {
  try {
    ErrorDetail detail = DetailOf(status);
    const auto code = static_cast<ferro_code>(detail.error_class);
    if (error != nullptr) {
      *error = new ferro_error{code, std::string(status.message()), std::move(detail)};
    }
    return code;
  } catch (const std::bad_alloc&) {
    return FERRO_ERROR_MEMORY;  // there is no memory for an error object either
  }
}

absl::Status CheckHandle(const void* handle, absl::string_view name) {
  if (handle != nullptr) return absl::OkStatus();
  return MakeError(ErrorClass::kInvalidArgument, absl::StrCat("`", name, "` is NULL"));
}

}  // namespace ferro::capi
