#include "pyferro/native/loop_watch.h"

#include "pyferro/native/errors.h"

namespace ferro::py {
namespace {

bool Call(PyObject* object, PyObject* name, PyObject* argument) {
  return static_cast<bool>(Ref::Steal(PyObject_CallMethodOneArg(object, name, argument)));
}

}  // namespace

Ref RunningLoop(ModuleState& state, bool needed) {
  // Not with the module: who never awaits need not import asyncio.
  if (state.get_running_loop == nullptr) {
    Ref asyncio = Ref::Steal(PyImport_ImportModule("asyncio"));
    if (!asyncio) return Ref();
    state.get_running_loop = PyObject_GetAttrString(asyncio.get(), "get_running_loop");
    if (state.get_running_loop == nullptr) return Ref();
  }
  Ref loop = Ref::Steal(PyObject_CallNoArgs(state.get_running_loop));
  if (loop || !PyErr_ExceptionMatches(PyExc_RuntimeError)) return loop;
  PyErr_Clear();
  if (needed) {
    RaiseCode(state, FERRO_ERROR_INVALID_ARGUMENT,
              "no asyncio loop runs in this thread: await under asyncio, uvloop, or anyio with its asyncio backend "
              "(trio is not supported), or call run()",
              nullptr);
  }
  return Ref();
}

std::unique_ptr<LoopWatch> LoopWatch::Begin(ModuleState& state, PyObject* loop) {
  auto watch = std::make_unique<LoopWatch>();
  watch->loop_ = Ref::Borrow(loop);
  watch->waiter_ = Ref::Steal(reinterpret_cast<PyObject*>(NewWaiter(state, loop)));
  return watch->waiter_ ? std::move(watch) : nullptr;
}

bool LoopWatch::WaitFor(ModuleState& state, const ferro_operation* operation, PyObject* object) {
  const int descriptor = ferro_operation_descriptor(operation);
  const int interest = descriptor < 0 ? 0 : ferro_operation_interest(operation);
  const int64_t timeout = ferro_operation_timeout(operation);
  if (descriptor_ == descriptor && interest_ == interest && !timer_ && timeout < 0) return true;
  if (!Stop(state)) return false;
  descriptor_ = descriptor;
  if (interest == 0 && timeout < 0) return true;  // somebody else makes it go on
  Ref ready = Ref::Steal(PyObject_GetAttrString(object, "_ready"));
  Ref number = Ref::Steal(PyLong_FromLong(descriptor));
  if (!ready || !number) return false;
  const auto add = [&](int bit, PyObject* name) {
    if ((interest & bit) == 0) return true;
    Ref done = Ref::Steal(PyObject_CallMethodObjArgs(loop_.get(), name, number.get(), ready.get(), nullptr));
    if (done) interest_ |= bit;
    return static_cast<bool>(done);
  };
  if (!add(FERRO_WAIT_READ, state.name_add_reader) || !add(FERRO_WAIT_WRITE, state.name_add_writer)) return false;
  if (timeout < 0) return true;
  Ref seconds = Ref::Steal(PyFloat_FromDouble(static_cast<double>(timeout) / 1000.0));
  if (!seconds) return false;
  timer_ = Ref::Steal(
      PyObject_CallMethodObjArgs(loop_.get(), state.name_call_later, seconds.get(), ready.get(), nullptr));
  return static_cast<bool>(timer_);
}

bool LoopWatch::CallSoon(ModuleState& state, PyObject* object) {
  if (!Stop(state)) return false;
  Ref ready = Ref::Steal(PyObject_GetAttrString(object, "_ready"));
  if (!ready) return false;
  // As a timer that is due: those that were due before it come first, and so does whom they wake. After call_soon() both
  // would stand behind a turn of ours.
  Ref zero = Ref::Steal(PyLong_FromLong(0));
  return zero && Ref::Steal(PyObject_CallMethodObjArgs(loop_.get(), state.name_call_later, zero.get(), ready.get(), nullptr));
}

bool LoopWatch::Stop(ModuleState& state) {
  bool good = true;
  if (interest_ != 0) {
    Ref descriptor = Ref::Steal(PyLong_FromLong(descriptor_));
    if (!descriptor) return false;
    if ((interest_ & FERRO_WAIT_READ) != 0) good = Call(loop_.get(), state.name_remove_reader, descriptor.get());
    if ((interest_ & FERRO_WAIT_WRITE) != 0) {
      good = Call(loop_.get(), state.name_remove_writer, descriptor.get()) && good;
    }
    interest_ = 0;
  }
  if (timer_) {
    Ref done = Ref::Steal(PyObject_CallMethodNoArgs(timer_.get(), state.name_cancel));
    timer_.reset();
    good = static_cast<bool>(done) && good;
  }
  return good;
}

int LoopWatch::Traverse(visitproc visit, void* arg) const {
  Py_VISIT(loop_.get());
  Py_VISIT(waiter_.get());
  Py_VISIT(timer_.get());
  return 0;
}

}  // namespace ferro::py
