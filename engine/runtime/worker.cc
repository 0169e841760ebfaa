#include "engine/runtime/worker.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <thread>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/mutex.h"
#include "engine/base/try.h"
#include "engine/runtime/thread.h"

namespace ferro::runtime {
namespace {

enum class State : uint8_t { kIdle, kQueued, kRunning, kEnded, kStopping };

}  // namespace

struct Worker::Impl {
  explicit Impl(std::function<void()> on_abandon) : interrupt(std::move(on_abandon)) {}

  ~Impl() {
    if (thread.joinable()) {
      {
        const MutexLock lock(mutex);
        state = State::kStopping;
        changed.notify_all();
      }
      thread.join();
    }
    if (event >= 0) close(event);
  }

  absl::Status Start() {
    if (event < 0) event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (event < 0) {
      return MakeError(ErrorClass::kInternal, "no descriptor could be had to wait for a worker");
    }
    if (thread.joinable()) return absl::OkStatus();
    FERRO_ASSIGN(thread, StartThread([this] { Loop(); }));
    return absl::OkStatus();
  }

  void Loop() {
    for (;;) {
      {
        MutexLock lock(mutex);
        lock.Wait(changed, [this] { return state == State::kQueued || state == State::kStopping; });
        if (state == State::kStopping) return;
        state = State::kRunning;
      }
      absl::Status ended = RunJob(job);
      const MutexLock lock(mutex);
      result = std::move(ended);
      state = State::kEnded;
      changed.notify_all();
      // Written under the mutex, so that whoever sees kEnded finds the descriptor readable and can
      // drain it.
      const uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = write(event, &one, sizeof one);
    }
  }

  bool Ended() {
    const MutexLock lock(mutex);
    return state == State::kEnded;
  }

  // From the operation's thread: makes the job end, and waits until it has.
  void Abandon() {
    {
      const MutexLock lock(mutex);
      if (state == State::kQueued) {  // nobody has begun it: there is nothing to wait for
        result = absl::CancelledError();  // within a destructor: an error without a text takes no memory
        state = State::kEnded;
        return;
      }
      if (state == State::kEnded) return;
    }
    interrupt();
    MutexLock lock(mutex);
    lock.Wait(changed, [this] { return state == State::kEnded; });
  }

  absl::Status Collect() {
    const MutexLock lock(mutex);
    uint64_t count;
    [[maybe_unused]] const ssize_t drained = read(event, &count, sizeof count);
    state = State::kIdle;
    job = nullptr;
    return std::exchange(result, absl::OkStatus());
  }

  const std::function<void()> interrupt;
  Mutex mutex;
  std::condition_variable changed;  // of the state
  State state ABSL_GUARDED_BY(mutex) = State::kIdle;
  absl::Status result ABSL_GUARDED_BY(mutex);
  // Written only while the state is kIdle, run only while it is kRunning: the state's mutex orders
  // the two.
  std::function<absl::Status()> job;
  int event = -1;
  std::thread thread;
};

Worker::Worker(std::function<void()> interrupt)
    : impl_(std::make_unique<Impl>(std::move(interrupt))) {}

Worker::~Worker() = default;

absl::StatusOr<Worker::Job> Worker::Begin(std::function<absl::Status()> job) {
  FERRO_TRY(impl_->Start());
  impl_->job = std::move(job);
  const MutexLock lock(impl_->mutex);
  impl_->state = State::kQueued;
  impl_->changed.notify_all();
  return Job(impl_.get());
}

// When the operation is destroyed while the job runs, the job is ended first, because it borrows memory of the frame that
// this lives in.
Worker::Job::~Job() {
  if (impl_ == nullptr) return;
  impl_->Abandon();
  impl_->Collect().IgnoreError();
}

Task<absl::Status> Worker::Job::Result() {
  bool in_time = true;
  while (in_time && !impl_->Ended()) {
    const absl::Status waited = co_await Readable(impl_->event);
    in_time = waited.ok();
  }
  // After the deadline the job is made to end, but what counts is how it ended: a commit that
  // succeeded at the last moment has succeeded.
  if (!in_time) impl_->Abandon();
  absl::Status status = std::exchange(impl_, nullptr)->Collect();
  if (!in_time && !status.ok() && ClassOf(status) == ErrorClass::kCancelled) {
    co_return MakeError(ErrorClass::kTimeout, "the deadline passed while the database was at work");
  }
  co_return status;
}

Task<absl::Status> Worker::Run(std::function<absl::Status()> job) {
  // It lives in this frame, which is destroyed before those that the job borrows from.
  FERRO_CO_ASSIGN(Job begun, Begin(std::move(job)));
  absl::Status status = co_await begun.Result();
  co_return status;
}

}  // namespace ferro::runtime
