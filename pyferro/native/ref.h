// Ref owns one reference; GilReleased gives the interpreter to others for a scope. Nothing else wraps CPython here.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <utility>

namespace ferro::py {

class Ref {
 public:
  Ref() = default;
  static Ref Steal(PyObject* object) {
    Ref ref;
    ref.object_ = object;
    return ref;
  }
  static Ref Borrow(PyObject* object) {
    Py_XINCREF(object);
    return Steal(object);
  }
  Ref(const Ref& other) : object_(other.object_) { Py_XINCREF(object_); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() { Py_XDECREF(object_); }

  PyObject* get() const { return object_; }
  PyObject* release() { return std::exchange(object_, nullptr); }
  void reset() { Py_CLEAR(object_); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  PyObject* object_ = nullptr;
};

class GilReleased {
 public:
  GilReleased() : state_(PyEval_SaveThread()) {}
  // To take it back ends the thread, by unwinding it, when the interpreter has been shut down meanwhile.
  ~GilReleased() noexcept(false) { PyEval_RestoreThread(state_); }

  // With the lock taken back for a moment: runs the handlers of signals that came in. True when one has raised.
  bool SignalRaised() {
    PyEval_RestoreThread(state_);
    const bool raised = PyErr_CheckSignals() < 0;
    state_ = PyEval_SaveThread();
    return raised;
  }
  GilReleased(const GilReleased&) = delete;
  GilReleased& operator=(const GilReleased&) = delete;

 private:
  PyThreadState* state_;
};

}  // namespace ferro::py
