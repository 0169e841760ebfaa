#include "engine/runtime/apart.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "engine/base/error.h"
#include "engine/base/mutex.h"
#include "engine/base/try.h"
#include "engine/runtime/clock.h"
#include "engine/runtime/fork.h"
#include "engine/runtime/simulation.h"
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
    const MutexLock lock(mutex);
    result = std::move(ended);
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(event, &one, sizeof one);
  }

  std::optional<absl::Status> Take() {
    const MutexLock lock(mutex);
    return std::exchange(result, std::nullopt);
  }

  std::function<absl::Status()> job;
  const int event;
  Mutex mutex;
  std::optional<absl::Status> result ABSL_GUARDED_BY(mutex);
};

// How long the end of the process waits for threads that are at work in libraries it is about to tear down, and for
// cancellations to reach their servers.
constexpr absl::Duration kLastMoment = absl::Seconds(1);

// Atomics only: whoever forks may hold any mutex.
std::atomic<int> running{0};
std::atomic<uint32_t> counted_in{0};  // the generation that `running` is of

void CountOne() {
  if (counted_in.exchange(Generation()) != Generation()) running = 0;
  // For whoever does not wait himself. What a library has registered since then has been torn down before.
  [[maybe_unused]] static const int registered = std::atexit([] { WaitForApart(kLastMoment); });
  ++running;
}

}  // namespace

void WaitForApart(absl::Duration most) {
  const absl::Time until = Now() + most;
  while (counted_in == Generation() && running > 0 && Now() < until) absl::SleepFor(absl::Milliseconds(1));
}

absl::Status StartApart(std::function<void()> body) {
  if (Simulation* const other = Simulated()) {
    other->StartApart(std::move(body));
    return absl::OkStatus();
  }
  std::function<void()> counted = [body = std::move(body)]() mutable {
    body();
    body = nullptr;  // what it owns is freed while it counts
    --running;
  };
  CountOne();
  absl::StatusOr<std::thread> thread = StartThread(std::move(counted));
  if (!thread.ok()) {
    --running;
    return thread.status();
  }
  thread->detach();
  return absl::OkStatus();
}

Task<absl::Status> RunApart(std::function<absl::Status()> job, absl::Time deadline) {
  runtime::Context& context = co_await ThisContext();
  if (context.blocking && !context.interrupt) co_return job();
  const auto shared = std::make_shared<Shared>(std::move(job));
  if (shared->event < 0) co_return MakeError(ErrorClass::kInternal, "no descriptor is left to wait for a thread");
  std::function<void()> body = [shared] { shared->Run(); };
  FERRO_CO_TRY(StartApart(std::move(body)));
  for (;;) {
    FERRO_CO_TRY(co_await Readable(shared->event, deadline));
    if (std::optional<absl::Status> result = shared->Take()) co_return *std::move(result);
  }
}

}  // namespace ferro::runtime
