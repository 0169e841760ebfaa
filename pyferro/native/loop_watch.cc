#include "pyferro/native/loop_watch.h"

#include "pyferro/native/errors.h"

namespace ferro::py {
namespace {

bool Call(PyObject* object, PyObject* name, PyObject* argument) {
  return static_cast<bool>(Ref::Steal(PyObject_CallMethodOneArg(object, name, argument)));
}

}  // namespace

std::unique_ptr<LoopWatch> LoopWatch::Begin(ModuleState& state) {
  auto watch = std::make_unique<LoopWatch>();
  // Not with the module: who never awaits need not import asyncio.
  if (state.get_running_loop == nullptr) {
    Ref asyncio = Ref::Steal(PyImport_ImportModule("asyncio"));
    if (!asyncio) return nullptr;
    state.get_running_loop = PyObject_GetAttrString(asyncio.get(), "get_running_loop");
    if (state.get_running_loop == nullptr) return nullptr;
  }
  watch->loop_ = Ref::Steal(PyObject_CallNoArgs(state.get_running_loop));
  if (!watch->loop_) {
    if (!PyErr_ExceptionMatches(PyExc_RuntimeError)) return nullptr;
    PyErr_Clear();
    RaiseCode(state, FERRO_ERROR_INVALID_ARGUMENT,
              "no asyncio loop runs in this thread: await under asyncio, uvloop, or anyio with its asyncio backend "
              "(trio is not supported), or call run()",
              nullptr);
    return nullptr;
  }
  watch->future_ = Ref::Steal(PyObject_CallMethodNoArgs(watch->loop_.get(), state.name_create_future));
  if (!watch->future_ || PyObject_SetAttr(watch->future_.get(), state.name_blocking, Py_True) < 0) return nullptr;
  return watch;
}

bool LoopWatch::WaitFor(ModuleState& state, const ferro_operation* operation, PyObject* ready) {
  const int descriptor = ferro_operation_descriptor(operation);
  const int interest = descriptor < 0 ? 0 : ferro_operation_interest(operation);
  const int64_t timeout = ferro_operation_timeout(operation);
  if (descriptor_ == descriptor && interest_ == interest && !timer_ && timeout < 0) return true;
  if (!Stop(state)) return false;
  Ref number = Ref::Steal(PyLong_FromLong(descriptor));
  if (!number) return false;
  descriptor_ = descriptor;
  const auto add = [&](int bit, PyObject* name) {
    if ((interest & bit) == 0) return true;
    Ref done = Ref::Steal(PyObject_CallMethodObjArgs(loop_.get(), name, number.get(), ready, nullptr));
    if (done) interest_ |= bit;
    return static_cast<bool>(done);
  };
  if (!add(FERRO_WAIT_READ, state.name_add_reader) || !add(FERRO_WAIT_WRITE, state.name_add_writer)) return false;
  if (timeout < 0) return true;
  Ref seconds = Ref::Steal(PyFloat_FromDouble(static_cast<double>(timeout) / 1000.0));
  if (!seconds) return false;
  timer_ = Ref::Steal(PyObject_CallMethodObjArgs(loop_.get(), state.name_call_later, seconds.get(), ready, nullptr));
  return static_cast<bool>(timer_);
}

bool LoopWatch::CallSoon(ModuleState& state, PyObject* ready) {
  return Stop(state) && Call(loop_.get(), state.name_call_soon, ready);
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

bool LoopWatch::Wake(ModuleState& state) const {
  Ref done = Ref::Steal(PyObject_CallMethodNoArgs(future_.get(), state.name_done));
  return done && (done.get() != Py_False || Call(future_.get(), state.name_set_result, Py_None));
}

int LoopWatch::Traverse(visitproc visit, void* arg) const {
  Py_VISIT(loop_.get());
  Py_VISIT(future_.get());
  Py_VISIT(timer_.get());
  return 0;
}

}  // namespace ferro::py
