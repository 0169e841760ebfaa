#include "pyferro/native/blocking.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "pyferro/native/state.h"

namespace ferro::py {
namespace {

// The one that Python runs handlers of signals on, unless somebody embeds it elsewhere.
bool IsMainThread() { return syscall(SYS_gettid) == getpid(); }

// Threads that are blocked when the interpreter is gone, which only daemon threads are. The libraries that they are in are
// torn down next.
class Blocked {
 public:
  Blocked() {
    if (process_.exchange(getpid()) != getpid()) count_ = 0;  // a child by fork() has none of its parent's threads
    ++count_;
  }
  ~Blocked() {
    --count_;
    // There is nothing to come back to.
    while (ending_) pause();
  }
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;

  static bool Ending() { return ending_; }
  // Called when Python has ended: lets them end what they do, and has the servers told.
  static void End() {
    ending_ = true;
    for (int i = 0; i < kMilliseconds && process_ == getpid() && count_ > 0; ++i) usleep(1000);
    ferro_quiesce(kMilliseconds);
  }

 private:
  static constexpr int kMilliseconds = 1000;
  static inline std::atomic<int> count_{0};
  static inline std::atomic<pid_t> process_{0};
  static inline std::atomic<bool> ending_{false};
};

}  // namespace

ferro_code Block(ferro_operation* operation, int32_t* now, ferro_error** error) {
  GilReleased gil;
  if (!IsMainThread()) {
    const Blocked blocked;
    ferro_operation_set_interrupt(operation, [](void*) -> int32_t { return Blocked::Ending() ? 1 : 0; }, nullptr);
    return ferro_operation_wait(operation, now, error);
  }
  const auto ask = [](void* released) -> int32_t {
    return static_cast<GilReleased*>(released)->SignalRaised() ? 1 : 0;
  };
  ferro_operation_set_interrupt(operation, ask, &gil);
  const ferro_code code = ferro_operation_wait(operation, now, error);
  ferro_operation_set_interrupt(operation, nullptr, nullptr);
  return code;
}

void AtExitEndBlocked() {
  // Where there is no room for it, daemon threads are as dangerous as with any other library.
  [[maybe_unused]] static const int registered = Py_AtExit(&Blocked::End);
}

}  // namespace ferro::py
