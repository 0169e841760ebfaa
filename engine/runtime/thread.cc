#include "engine/runtime/thread.h"

#include <pthread.h>
#include <signal.h>

#include <new>
#include <system_error>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/memory_error.h"

namespace ferro::runtime {

absl::StatusOr<std::thread> StartThread(std::function<void()> body) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  absl::StatusOr<std::thread> thread = absl::UnknownError("");
  try {
    thread = std::thread(std::move(body));
  } catch (const std::bad_alloc&) {
    thread = MemoryError();
  } catch (const std::system_error&) {
    // What the system has not enough of may be memory, too: it does not tell.
    thread = MakeError(ErrorClass::kMemory, "the system gave no thread");
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

absl::Status RunJob(const std::function<absl::Status()>& job) {
  try {
    return job();
  } catch (const std::bad_alloc&) {
    return MemoryError();
  }
}

}  // namespace ferro::runtime
