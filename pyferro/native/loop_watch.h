// What an asyncio loop watches for a request that waits: its descriptor, a timer for its deadline, or just the loop's next
// turn; and the future that the awaiting task sleeps on.
#pragma once

#include <memory>

#include "pyferro/native/state.h"

namespace ferro::py {

class LoopWatch {
 public:
  // With the loop that runs in this thread; null with an exception.
  static std::unique_ptr<LoopWatch> Begin(ModuleState& state);

  // What the task yields, as Future.__await__ yields itself.
  PyObject* future() const { return future_.get(); }

  // Makes the loop call `ready` when the operation can go on. False with an exception.
  bool WaitFor(ModuleState& state, const ferro_operation* operation, PyObject* ready);
  // Makes the loop call `ready` in its next turn, and watches nothing else.
  bool CallSoon(ModuleState& state, PyObject* ready);
  // Watches nothing any more.
  bool Stop(ModuleState& state);
  // Wakes the task, unless somebody else has (a cancellation).
  bool Wake(ModuleState& state) const;

  int Traverse(visitproc visit, void* arg) const;

 private:
  Ref loop_, future_, timer_;
  int descriptor_ = -1;
  int interest_ = 0;
};

}  // namespace ferro::py
