// What an asyncio loop watches for a request that waits: its descriptor, a timer for its deadline, or just the loop's next
// turn; and what the awaiting task sleeps on.
#pragma once

#include <atomic>
#include <memory>

#include "pyferro/native/state.h"
#include "pyferro/native/waiter.h"

namespace ferro::py {

// asyncio's loop that runs in this thread; null with an exception or, when none runs and it is not `needed`, without.
Ref RunningLoop(ModuleState& state, bool needed);

class LoopWatch {
 public:
  LoopWatch() { ++count_; }
  ~LoopWatch() { --count_; }
  LoopWatch(const LoopWatch&) = delete;
  LoopWatch& operator=(const LoopWatch&) = delete;

  // How many there are: the requests that sleep, in all loops.
  static int count() { return count_; }

  // Null with an exception.
  static std::unique_ptr<LoopWatch> Begin(ModuleState& state, PyObject* loop);

  // What the task yields, as Future.__await__ yields itself.
  WaiterObject& waiter() const { return *reinterpret_cast<WaiterObject*>(waiter_.get()); }

  // Makes the loop call `object._ready` when the operation can go on. False with an exception.
  bool WaitFor(ModuleState& state, const ferro_operation* operation, PyObject* object);
  // Makes the loop call `object._ready` in its next turn, and watches nothing else.
  bool CallSoon(ModuleState& state, PyObject* object);
  // Watches nothing any more.
  bool Stop(ModuleState& state);

  int Traverse(visitproc visit, void* arg) const;

 private:
  static inline std::atomic<int> count_{0};

  Ref loop_, waiter_, timer_;
  int descriptor_ = -1;
  int interest_ = 0;
};

}  // namespace ferro::py
