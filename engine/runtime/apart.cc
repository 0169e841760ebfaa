#include "engine/runtime/apart.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/runtime/thread.h"

namespace ferro::runtime {
namespace {

// What the thread and the operation share; whoever leaves last frees it.
struct Shared {
  explicit Shared(std::function<absl::Status()> what)
      : job(std::move(what)), event(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Shared() {
    if (event >= 0) close(event);
  }

  void Run() {
    absl::Status ended = RunJob(job);
    job = nullptr;  // what it owned is freed here, not on the operation's thread
    absl::MutexLock lock(&mutex);
    result = std::move(ended);
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(event, &one, sizeof one);
  }

  std::optional<absl::Status> Take() {
    absl::MutexLock lock(&mutex);
    return std::exchange(result, std::nullopt);
  }

  std::function<absl::Status()> job;
  const int event;
  absl::Mutex mutex;
  std::optional<absl::Status> result ABSL_GUARDED_BY(mutex);
};

}  // namespace

Task<absl::Status> RunApart(std::function<absl::Status()> job, absl::Time deadline) {
  runtime::Context& context = co_await ThisContext();
  if (context.blocking) co_return job();
  const auto shared = std::make_shared<Shared>(std::move(job));
  if (shared->event < 0) co_return MakeError(ErrorClass::kInternal, "no descriptor is left to wait for a thread");
  FERRO_CO_ASSIGN(std::thread thread, StartThread([shared] { shared->Run(); }));
  thread.detach();
  for (;;) {
    FERRO_CO_TRY(co_await Readable(shared->event, deadline));
    if (std::optional<absl::Status> result = shared->Take()) co_return *std::move(result);
  }
}

}  // namespace ferro::runtime
