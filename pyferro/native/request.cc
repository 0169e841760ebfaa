// Request: what Op of pyferro/op.py is made of, a function that is called once. It is native because each get, query and
// write is one.
#include <utility>

#include "pyferro/native/ref.h"
#include "pyferro/native/state.h"

namespace ferro::py {
namespace {

struct RequestObject {
  PyObject_HEAD
  PyObject* start;  // null once it was taken
};

RequestObject& AsRequest(PyObject* object) { return *reinterpret_cast<RequestObject*>(object); }

int Request_init(PyObject* self, PyObject* args, PyObject* kwargs) {
  // By hand: parsing a format takes longer than all else here.
  if (kwargs != nullptr || PyTuple_GET_SIZE(args) != 1) {
    PyErr_SetString(PyExc_TypeError, "Request() takes a function");
    return -1;
  }
  Py_XSETREF(AsRequest(self).start, Py_NewRef(PyTuple_GET_ITEM(args, 0)));
  return 0;
}

// A function of pyferro.op: what is said happens rarely, and is Python's business.
Ref Told(const char* name, PyObject* self) {
  Ref module = Ref::Steal(PyImport_ImportModule("pyferro.op"));
  if (!module) return {};
  return Ref::Steal(PyObject_CallMethod(module.get(), name, "O", self));
}

Ref Take(PyObject* self) {
  PyObject* start = std::exchange(AsRequest(self).start, nullptr);
  if (start != nullptr) return Ref::Steal(start);
  Told("refuse_again", self);
  return {};
}

Ref Started(PyObject* self) {
  const Ref start = Take(self);
  return start ? Ref::Steal(PyObject_CallNoArgs(start.get())) : Ref();
}

PyObject* Request_take(PyObject* self, PyObject*) { return Take(self).release(); }

PyObject* Request_await(PyObject* self) {
  const Ref started = Started(self);
  if (!started) return nullptr;
  const PyAsyncMethods* async = Py_TYPE(started.get())->tp_as_async;
  if (async != nullptr && async->am_await != nullptr) return async->am_await(started.get());
  PyErr_Format(PyExc_TypeError, "a request starts what can be awaited, not %s", Py_TYPE(started.get())->tp_name);
  return nullptr;
}

PyObject* Request_run(PyObject* self, PyObject*) {
  const Ref started = Started(self);
  return started ? PyObject_CallMethod(started.get(), "run", nullptr) : nullptr;
}

void Request_finalize(PyObject* self) {
  if (AsRequest(self).start == nullptr) return;
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  if (!Told("tell_unused", self)) PyErr_WriteUnraisable(self);
  PyErr_Restore(type, value, trace);
}

int Request_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(AsRequest(self).start);
  return 0;
}

int Request_clear(PyObject* self) {
  Py_CLEAR(AsRequest(self).start);
  return 0;
}

void Request_dealloc(PyObject* self) {
  if (PyObject_CallFinalizerFromDealloc(self) < 0) return;
  PyObject_GC_UnTrack(self);
  Request_clear(self);
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

PyMethodDef kMethods[] = {
    {"_take", Request_take, METH_NOARGS, "The function, once; then InterfaceError."},
    {"run", Request_run, METH_NOARGS, "Run now and block this thread; other threads go on, as the GIL is released."},
    {nullptr, nullptr, 0, nullptr}};

PyType_Slot kSlots[] = {{Py_tp_doc, const_cast<char*>("A function that starts an operation, to be called once.")},
                        {Py_tp_init, reinterpret_cast<void*>(Request_init)},
                        {Py_tp_finalize, reinterpret_cast<void*>(Request_finalize)},
                        {Py_tp_dealloc, reinterpret_cast<void*>(Request_dealloc)},
                        {Py_tp_traverse, reinterpret_cast<void*>(Request_traverse)},
                        {Py_tp_clear, reinterpret_cast<void*>(Request_clear)},
                        {Py_tp_methods, kMethods},
                        {Py_am_await, reinterpret_cast<void*>(Request_await)},
                        {0, nullptr}};

PyType_Spec kSpec = {"pyferro._native.Request", sizeof(RequestObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, kSlots};

}  // namespace

bool AddRequest(PyObject* module) {
  Ref type = Ref::Steal(PyType_FromModuleAndSpec(module, &kSpec, nullptr));
  return type && PyModule_AddType(module, reinterpret_cast<PyTypeObject*>(type.get())) == 0;
}

}  // namespace ferro::py
