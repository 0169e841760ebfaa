#include "engine/runtime/thread.h"

#include <pthread.h>
#include <signal.h>

#include <new>
#include <system_error>
#include <utility>

#include "engine/base/error.h"

namespace ferro::runtime {

absl::StatusOr<std::thread> StartThread(std::function<void()> body) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  absl::StatusOr<std::thread> thread = absl::UnknownError("");
  try {
    thread = std::thread(std::move(body));
  } catch (const std::system_error&) {
    thread = MakeError(ErrorClass::kInternal, "the system gave no thread");
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

absl::Status RunJob(const std::function<absl::Status()>& job) {
  try {
    return job();
  } catch (const std::bad_alloc&) {
    return MakeError(ErrorClass::kMemory, "out of memory on a thread of its own");
  }
}

}  // namespace ferro::runtime
