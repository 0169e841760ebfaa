#include "engine/runtime/fork.h"

#include <pthread.h>

#include <atomic>

#include "engine/base/error.h"

namespace ferro::runtime {
namespace {

std::atomic<uint32_t> generation{0};

// Before main, or when the library is loaded: before anything could remember a generation.
[[maybe_unused]] const int registered = pthread_atfork(
    nullptr, nullptr, [] { generation.fetch_add(1, std::memory_order_relaxed); });

}  // namespace

uint32_t Generation() { return generation.load(std::memory_order_relaxed); }

absl::Status ForkedError() {
  return MakeErrorWithHint(ErrorClass::kForked, "this was begun before fork(), and belongs to the parent process",
                           "begin it anew in the child: a database opens connections of its own there");
}

}  // namespace ferro::runtime
