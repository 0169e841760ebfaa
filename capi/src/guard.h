// The only place where the engine's errors become the ABI's: runs a body, turns its Status (or an exception of the
// standard library) into a code and, when asked for, an error object.
#pragma once

#include <new>

#include "absl/status/status.h"
#include "capi/src/handle.h"
#include "engine/base/memory_error.h"

namespace ferro::capi {

// The code of a failed status; stores an error object when `error` is not null.
ferro_code Fail(const absl::Status& status, ferro_error** error) noexcept;

template <class F>
ferro_code Guard(ferro_error** error, F body) noexcept {
  try {
    const absl::Status status = body();
    return status.ok() ? FERRO_OK : Fail(status, error);
  } catch (const std::bad_alloc&) {
    return Fail(MemoryError(), error);
  } catch (...) {
    return Fail(absl::InternalError("an unexpected exception"), error);
  }
}

// kInvalidArgument naming the first handle that is NULL.
absl::Status CheckHandle(const void* handle, absl::string_view name);

}  // namespace ferro::capi
