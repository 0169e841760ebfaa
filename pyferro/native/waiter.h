// What a task sleeps on until a request has ended: of asyncio's futures that which Task asks for, and nothing more. Who has
// the loop's turn wakes the task itself, in the task's context; a future would take another turn of the loop for it.
#pragma once

#include "pyferro/native/state.h"

namespace ferro::py {

struct WaiterObject {
  PyObject_HEAD
  PyObject* loop;
  PyObject *wakeup, *context;  // of the task, once it sleeps
  PyObject* message;           // of the cancellation
  bool blocking;               // asyncio's protocol: the task was told to sleep, and has not noticed
  bool done, cancelled;
};

// Null with an exception.
WaiterObject* NewWaiter(ModuleState& state, PyObject* loop);

// For a while this thread is in the context of the task that sleeps.
class InContextOf {
 public:
  explicit InContextOf(const WaiterObject& waiter);
  ~InContextOf();
  // Not where the thread is in that context already, or no task sleeps yet.
  bool entered() const { return context_ != nullptr; }
  InContextOf(const InContextOf&) = delete;
  InContextOf& operator=(const InContextOf&) = delete;

 private:
  PyObject* context_ = nullptr;
};

// Ends the sleep, unless a cancellation has: runs the task at once when `now` says that its context was entered (and no task
// runs), else lets the loop do it. False with an exception, which is the program's end (KeyboardInterrupt, SystemExit).
bool Wake(ModuleState& state, WaiterObject& waiter, bool now);

bool AddWaiter(PyObject* module, ModuleState& state);

}  // namespace ferro::py
