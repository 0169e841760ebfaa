#include "pyferro/native/waiter.h"

#include <structmember.h>

#include <cstddef>

namespace ferro::py {
namespace {

WaiterObject& As(PyObject* object) { return *reinterpret_cast<WaiterObject*>(object); }

// The loop calls the task in its next turn.
bool WakeLater(ModuleState& state, WaiterObject& waiter) {
  Ref method = Ref::Steal(PyObject_GetAttr(waiter.loop, state.name_call_soon));
  if (!method) return false;
  PyObject* const arguments[] = {waiter.wakeup, reinterpret_cast<PyObject*>(&waiter), waiter.context};
  const size_t given = waiter.context == nullptr ? 0 : 1;
  Ref names = given == 0 ? Ref() : Ref::Steal(PyTuple_Pack(1, state.name_context));
  if (given != 0 && !names) return false;
  return static_cast<bool>(Ref::Steal(PyObject_Vectorcall(method.get(), arguments, 2, names.get())));
}

PyObject* Waiter_add_done_callback(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const Py_ssize_t named = names == nullptr ? 0 : PyTuple_GET_SIZE(names);
  if (count != 1 || named > 1) {
    PyErr_SetString(PyExc_TypeError, "add_done_callback() takes a function and a context");
    return nullptr;
  }
  WaiterObject& waiter = As(self);
  if (waiter.wakeup != nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "another task is awaiting this operation");
    return nullptr;
  }
  waiter.wakeup = Py_NewRef(args[0]);
  if (named == 1 && args[1] != Py_None) waiter.context = Py_NewRef(args[1]);
  if (waiter.done || waiter.cancelled) {
    ModuleState* state = StateOfType(Py_TYPE(self));
    if (state == nullptr || !WakeLater(*state, waiter)) return nullptr;
  }
  Py_RETURN_NONE;
}

PyObject* Waiter_remove_done_callback(PyObject* self, PyObject* wakeup) {
  WaiterObject& waiter = As(self);
  if (waiter.wakeup == nullptr) return PyLong_FromLong(0);
  const int equal = PyObject_RichCompareBool(waiter.wakeup, wakeup, Py_EQ);
  if (equal < 0) return nullptr;
  if (equal != 0) Py_CLEAR(waiter.wakeup);
  return PyLong_FromLong(equal);
}

PyObject* Waiter_cancel(PyObject* self, PyObject* args, PyObject* kwargs) {
  static const char* kNames[] = {"msg", nullptr};
  PyObject* message = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O", const_cast<char**>(kNames), &message)) return nullptr;
  WaiterObject& waiter = As(self);
  if (waiter.done || waiter.cancelled) Py_RETURN_FALSE;
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  waiter.cancelled = true;
  Py_XSETREF(waiter.message, Py_NewRef(message));
  if (waiter.wakeup != nullptr && !WakeLater(*state, waiter)) return nullptr;
  Py_RETURN_TRUE;
}

// What the task that wakes asks for: whether it was cancelled.
PyObject* Waiter_result(PyObject* self, PyObject*) {
  const WaiterObject& waiter = As(self);
  if (!waiter.cancelled) Py_RETURN_NONE;
  Ref asyncio = Ref::Steal(PyImport_ImportModule("asyncio"));
  Ref type = asyncio ? Ref::Steal(PyObject_GetAttrString(asyncio.get(), "CancelledError")) : Ref();
  if (!type) return nullptr;
  Ref error = waiter.message == nullptr || waiter.message == Py_None
                  ? Ref::Steal(PyObject_CallNoArgs(type.get()))
                  : Ref::Steal(PyObject_CallOneArg(type.get(), waiter.message));
  if (error) PyErr_SetObject(type.get(), error.get());
  return nullptr;
}

PyObject* Waiter_get_loop(PyObject* self, PyObject*) { return Py_NewRef(As(self).loop); }
PyObject* Waiter_done(PyObject* self, PyObject*) { return PyBool_FromLong(As(self).done || As(self).cancelled); }
PyObject* Waiter_cancelled(PyObject* self, PyObject*) { return PyBool_FromLong(As(self).cancelled); }

int Waiter_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(As(self).loop);
  Py_VISIT(As(self).wakeup);
  Py_VISIT(As(self).context);
  Py_VISIT(As(self).message);
  return 0;
}

int Waiter_clear(PyObject* self) {
  Py_CLEAR(As(self).loop);
  Py_CLEAR(As(self).wakeup);
  Py_CLEAR(As(self).context);
  Py_CLEAR(As(self).message);
  return 0;
}

void Waiter_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Waiter_clear(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyCFunction Cast(PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*)) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

PyMethodDef kMethods[] = {
    {"add_done_callback", Cast(Waiter_add_done_callback), METH_FASTCALL | METH_KEYWORDS, "Told by the task that sleeps."},
    {"remove_done_callback", Waiter_remove_done_callback, METH_O, "How many were removed."},
    {"cancel", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(Waiter_cancel)), METH_VARARGS | METH_KEYWORDS,
     "Wake the task with CancelledError."},
    {"result", Waiter_result, METH_NOARGS, "None, or CancelledError."},
    {"get_loop", Waiter_get_loop, METH_NOARGS, "The loop."},
    {"done", Waiter_done, METH_NOARGS, "Whether the sleep is over."},
    {"cancelled", Waiter_cancelled, METH_NOARGS, "Whether by a cancellation."},
    {nullptr, nullptr, 0, nullptr}};

PyMemberDef kMembers[] = {
    {"_asyncio_future_blocking", T_BOOL, offsetof(WaiterObject, blocking), 0, "asyncio's protocol of futures."},
    {nullptr, 0, 0, 0, nullptr}};

PyType_Slot kSlots[] = {{Py_tp_doc, const_cast<char*>("What a task sleeps on.")},
                        {Py_tp_dealloc, reinterpret_cast<void*>(Waiter_dealloc)},
                        {Py_tp_traverse, reinterpret_cast<void*>(Waiter_traverse)},
                        {Py_tp_clear, reinterpret_cast<void*>(Waiter_clear)},
                        {Py_tp_methods, kMethods},
                        {Py_tp_members, kMembers},
                        {0, nullptr}};

PyType_Spec kSpec = {"pyferro._native.Waiter", sizeof(WaiterObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, kSlots};

}  // namespace

WaiterObject* NewWaiter(ModuleState& state, PyObject* loop) {
  auto* waiter = PyObject_GC_New(WaiterObject, state.waiter_type);
  if (waiter == nullptr) return nullptr;
  waiter->loop = Py_NewRef(loop);
  waiter->wakeup = waiter->context = waiter->message = nullptr;
  waiter->blocking = true;
  waiter->done = waiter->cancelled = false;
  PyObject_GC_Track(waiter);
  return waiter;
}

InContextOf::InContextOf(const WaiterObject& waiter) {
  if (waiter.context == nullptr) return;
  if (PyContext_Enter(waiter.context) == 0) {
    context_ = Py_NewRef(waiter.context);
  } else {
    PyErr_Clear();  // this thread is in it
  }
}

InContextOf::~InContextOf() {
  if (context_ == nullptr) return;
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  PyContext_Exit(context_);
  Py_DECREF(context_);
  PyErr_Restore(type, value, trace);
}

bool Wake(ModuleState& state, WaiterObject& waiter, bool now) {
  if (waiter.done || waiter.cancelled) return true;
  waiter.done = true;
  if (waiter.wakeup == nullptr) return true;  // who comes to sleep finds it done
  if (!now) return WakeLater(state, waiter);
  Ref called = Ref::Steal(PyObject_CallOneArg(waiter.wakeup, reinterpret_cast<PyObject*>(&waiter)));
  if (called) return true;
  // asyncio refuses to run a task within another one, as some nested loops would have it.
  if (!PyErr_ExceptionMatches(PyExc_RuntimeError)) return false;
  PyErr_Clear();
  return WakeLater(state, waiter);
}

bool AddWaiter(PyObject* module, ModuleState& state) {
  state.waiter_type = AddType(module, kSpec);
  return state.waiter_type != nullptr;
}

}  // namespace ferro::py
