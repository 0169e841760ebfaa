// Task<T>: a lazy coroutine that belongs to one operation. Drivers are written as straight code that says
// `co_await Readable(fd)` where it would wait; whoever drives the operation (a blocking poll, an event loop)
// resumes it. A task awaited by another starts at once on its stack and suspends its parent only when it really
// has to wait. No thread, no queue, no symmetric transfer: resuming goes through Context::Resume.
//
// Destroying a suspended task destroys its locals, and those of the tasks it awaits, innermost last.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace ferro {
class Batch;
}
namespace ferro::db {
class Pipeline;
}

namespace ferro::runtime {

// What a suspended operation needs before it can go on: readiness of a descriptor, or the deadline.
struct Wait {
  int fd = -1;
  bool read = false;
  bool write = false;
  absl::Time deadline = absl::InfiniteFuture();
};

enum class Progress : uint8_t {
  kDone,   // the operation has ended
  kWait,   // see Context::wait
  kBatch,  // rows are ready: see Context::batch; they are valid until the operation is resumed
};

// Asked now and then while an operation keeps a thread: true ends it with kCancelled. This is how a program's signals reach
// a thread that is blocked here.
struct Interrupt {
  bool (*ask)(void* data) = nullptr;
  void* data = nullptr;
  explicit operator bool() const { return ask != nullptr; }
};
// How often, at most.
inline constexpr absl::Duration kAskEvery = absl::Milliseconds(20);

// The state of one operation that its coroutines share. One thread at a time.
class Context {
 public:
  // The caller's thread may be blocked (sync use): SQLite then needs no worker thread.
  bool blocking = false;
  Wait wait;
  Batch* batch = nullptr;
  absl::Time deadline = absl::InfiniteFuture();  // of the whole operation
  bool own_deadline = false;                     // the caller gave one, which then holds instead of the database's
  Interrupt interrupt;
  db::Pipeline* pipeline = nullptr;  // what drives it may let it share connections (engine/db/pipeline.h), and
  void* owner = nullptr;             // knows it by this
  bool due = false;                  // it can go on, whatever it waits for

  // Runs until the operation waits, shows a batch or ends.
  Progress Resume();

  // Called by leaf awaitables only.
  void Suspend(std::coroutine_handle<> leaf, Progress why) {
    current_ = leaf;
    why_ = why;
    suspended_ = true;
  }
  void SetCurrent(std::coroutine_handle<> next) { current_ = next; }

 private:
  std::coroutine_handle<> current_;
  Progress why_ = Progress::kDone;
  bool suspended_ = false;
};

inline Progress Context::Resume() {
  while (current_) {
    const std::coroutine_handle<> next = std::exchange(current_, nullptr);
    next.resume();
    if (suspended_) {
      suspended_ = false;
      return why_;
    }
  }
  return Progress::kDone;
}

struct PromiseBase {
  Context* context = nullptr;
  std::coroutine_handle<> parent;  // set once the parent has suspended for this task
  std::exception_ptr exception;    // only what the standard library throws (bad_alloc)

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class P>
    void await_suspend(std::coroutine_handle<P> self) const noexcept {
      PromiseBase& promise = self.promise();
      if (promise.parent) promise.context->SetCurrent(promise.parent);
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type : PromiseBase {
    std::optional<T> value;

    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    template <class U>
    void return_value(U&& result) {
      value.emplace(std::forward<U>(result));
    }
  };

  Task() = default;
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      Destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() { Destroy(); }

  // As the root of an operation: Context::Resume then runs it.
  void StartIn(Context& context) {
    handle_.promise().context = &context;
    context.SetCurrent(handle_);
  }
  bool done() const { return handle_ && handle_.done(); }
  T Take() {
    promise_type& promise = handle_.promise();
    if (promise.exception) std::rethrow_exception(promise.exception);
    return *std::move(promise.value);
  }

  class Awaiter {
   public:
    explicit Awaiter(std::coroutine_handle<promise_type> task) : task_(task) {}
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> parent) {
      promise_type& promise = task_.promise();
      promise.context = parent.promise().context;
      task_.resume();
      if (task_.done()) return false;  // never had to wait: the parent goes on
      promise.parent = parent;
      return true;
    }
    T await_resume() {
      promise_type& promise = task_.promise();
      if (promise.exception) std::rethrow_exception(promise.exception);
      return *std::move(promise.value);
    }

   private:
    std::coroutine_handle<promise_type> task_;
  };

  Awaiter operator co_await() && { return Awaiter(handle_); }
  Awaiter operator co_await() & { return Awaiter(handle_); }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  void Destroy() {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }

  std::coroutine_handle<promise_type> handle_;
};

// `Context& context = co_await ThisContext();` does not suspend.
struct ThisContext {
  Context* context = nullptr;
  bool await_ready() const noexcept { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> self) {
    context = self.promise().context;
    return false;
  }
  Context& await_resume() const { return *context; }
};

// Suspends until `fd` is ready; may come back without cause. kTimeout when the deadline has passed.
class WaitFor {
 public:
  explicit WaitFor(const Wait& wait) : wait_(wait) {}
  bool await_ready() const noexcept { return false; }
  template <class P>
  void await_suspend(std::coroutine_handle<P> self) {
    context_ = self.promise().context;
    if (context_->deadline < wait_.deadline) wait_.deadline = context_->deadline;
    context_->wait = wait_;
    context_->Suspend(self, Progress::kWait);
  }
  absl::Status await_resume() const;

 private:
  Wait wait_;
  Context* context_ = nullptr;
};

inline WaitFor Readable(int fd, absl::Time deadline = absl::InfiniteFuture()) {
  return WaitFor(Wait{fd, true, false, deadline});
}
inline WaitFor Writable(int fd, absl::Time deadline = absl::InfiniteFuture()) {
  return WaitFor(Wait{fd, false, true, deadline});
}

// Shows `batch` to whoever drives the operation and suspends until it has been read.
class ShowBatch {
 public:
  explicit ShowBatch(Batch& batch) : batch_(&batch) {}
  bool await_ready() const noexcept { return false; }
  template <class P>
  void await_suspend(std::coroutine_handle<P> self) {
    Context* context = self.promise().context;
    context->batch = batch_;
    context->Suspend(self, Progress::kBatch);
  }
  void await_resume() const noexcept {}

 private:
  Batch* batch_;
};

}  // namespace ferro::runtime
