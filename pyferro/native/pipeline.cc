#include "pyferro/native/pipeline.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "ferro.h"
#include "pyferro/native/database.h"
#include "pyferro/native/errors.h"
#include "pyferro/native/operation.h"

namespace ferro::py {
namespace {

struct Connection {
  std::unique_ptr<ferro_operation, FreeOperation> operation;
  int descriptor = -1;
  int interest = 0;  // what the loop watches
};

using Connections = std::vector<std::unique_ptr<Connection>>;

struct PipelineObject {
  PyObject_HEAD
  ferro_pipeline* handle;
  PyObject* loop;
  PyObject* timer;           // for the earliest of their deadlines, or an earlier one
  Connections* connections;
  bool attending;            // what is asked meanwhile is done by who attends
  bool scheduled;            // _attend() is to be called
};

PipelineObject& As(PyObject* object) { return *reinterpret_cast<PipelineObject*>(object); }

// `object.method` with one or two more arguments.
bool Call(PyObject* object, PyObject* method, PyObject* a, PyObject* b = nullptr, PyObject* c = nullptr) {
  return static_cast<bool>(Ref::Steal(PyObject_CallMethodObjArgs(object, method, a, b, c, nullptr)));
}

bool Watch(ModuleState& state, PipelineObject& self, Connection& connection, int descriptor, int interest) {
  if (connection.descriptor == descriptor && connection.interest == interest) return true;
  const bool moved = connection.descriptor != descriptor;
  Ref old = Ref::Steal(PyLong_FromLong(connection.descriptor));
  Ref number = Ref::Steal(PyLong_FromLong(descriptor));
  Ref ready = Ref::Steal(PyObject_GetAttrString(reinterpret_cast<PyObject*>(&self), "_ready"));
  if (!old || !number || !ready) return false;
  const auto change = [&](int bit, PyObject* add, PyObject* remove) {
    const bool had = (connection.interest & bit) != 0;
    const bool wants = (interest & bit) != 0;
    if (had && (moved || !wants)) {
      connection.interest &= ~bit;
      if (!Call(self.loop, remove, old.get())) return false;
    }
    if (!wants || (had && !moved)) return true;
    if (!Call(self.loop, add, number.get(), ready.get(), number.get())) return false;
    connection.interest |= bit;
    return true;
  };
  const bool good = change(FERRO_WAIT_READ, state.name_add_reader, state.name_remove_reader) &&
                    change(FERRO_WAIT_WRITE, state.name_add_writer, state.name_remove_writer);
  connection.descriptor = descriptor;
  return good;
}

// At most one timer: one that comes too early does no harm, and is made anew.
bool SetTimer(ModuleState& state, PipelineObject& self, int64_t milliseconds) {
  if (milliseconds < 0 || self.timer != nullptr) return true;
  Ref late = Ref::Steal(PyObject_GetAttrString(reinterpret_cast<PyObject*>(&self), "_late"));
  Ref seconds = Ref::Steal(PyFloat_FromDouble(static_cast<double>(milliseconds) / 1000.0));
  if (!late || !seconds) return false;
  self.timer = PyObject_CallMethodObjArgs(self.loop, state.name_call_later, seconds.get(), late.get(), nullptr);
  return self.timer != nullptr;
}

void StopTimer(ModuleState& state, PipelineObject& self) {
  if (self.timer == nullptr) return;
  Ref timer = Ref::Steal(std::exchange(self.timer, nullptr));
  if (!Ref::Steal(PyObject_CallMethodNoArgs(timer.get(), state.name_cancel))) PyErr_Clear();
}

// Lets one go on, and watches what it then waits for; one that has ended is freed. Its errors are told by the statements.
bool Step(ModuleState& state, PipelineObject& self, Connection& connection) {
  int32_t now = FERRO_STATE_DONE;
  ferro_operation* const operation = connection.operation.get();
  if (ferro_operation_step(operation, &now, nullptr) == FERRO_OK && now != FERRO_STATE_DONE) {
    const int descriptor = ferro_operation_descriptor(operation);
    return Watch(state, self, connection, descriptor, descriptor < 0 ? 0 : ferro_operation_interest(operation)) &&
           SetTimer(state, self, ferro_operation_timeout(operation));
  }
  const bool good = Watch(state, self, connection, -1, 0);
  Connections& all = *self.connections;
  all.erase(std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.get() == &connection; }));
  if (all.empty()) StopTimer(state, self);
  return good;
}

bool TakeNew(ModuleState& state, PipelineObject& self) {
  while (ferro_operation* const operation = ferro_pipeline_connection(self.handle)) {
    auto connection = std::make_unique<Connection>();
    connection->operation.reset(operation);
    self.connections->push_back(std::move(connection));
    if (!Step(state, self, *self.connections->back())) return false;
  }
  return true;
}

bool StepDue(ModuleState& state, PipelineObject& self) {
  for (;;) {
    const auto due = std::find_if(self.connections->begin(), self.connections->end(), [](const auto& one) {
      return ferro_operation_due(one->operation.get()) != 0;
    });
    if (due == self.connections->end()) return true;
    if (!Step(state, self, **due)) return false;
  }
}

// Called by the loop, so no task is running: everybody whose answer is here goes on, and what they then ask is sent.
bool AttendAll(ModuleState& state, PipelineObject& self) {
  if (self.attending) return true;
  Ref keep = Ref::Borrow(reinterpret_cast<PyObject*>(&self));
  self.attending = true;
  std::vector<Ref> ready;
  bool good = true;
  do {
    ready.clear();
    while (void* const owner = ferro_pipeline_ready(self.handle)) {
      ready.push_back(Ref::Borrow(static_cast<PyObject*>(owner)));
    }
    // After an exception, which ends the program, the others are woken by the loop.
    for (const Ref& one : ready) good = GoOn(state, one.get(), good) && good;
    // A connection that has answered everybody goes back to the pool, unless they have asked again.
    good = good && TakeNew(state, self) && StepDue(state, self);
  } while (good && !ready.empty());
  self.attending = false;
  return good;
}

PyObject* NoneIf(bool good) { return good ? Py_NewRef(Py_None) : nullptr; }

PyObject* Pipeline_ready(PyObject* object, PyObject* descriptor) {
  ModuleState* state = StateOfType(Py_TYPE(object));
  const long number = PyLong_AsLong(descriptor);
  if (state == nullptr || (number == -1 && PyErr_Occurred())) return nullptr;
  PipelineObject& self = As(object);
  const auto found = std::find_if(self.connections->begin(), self.connections->end(),
                                  [number](const auto& one) { return one->descriptor == number; });
  if (found != self.connections->end() && !Step(*state, self, **found)) return nullptr;
  return NoneIf(AttendAll(*state, self));
}

PyObject* Pipeline_late(PyObject* object, PyObject*) {
  ModuleState* state = StateOfType(Py_TYPE(object));
  if (state == nullptr) return nullptr;
  PipelineObject& self = As(object);
  Py_CLEAR(self.timer);
  std::vector<Connection*> all;
  for (const auto& one : *self.connections) all.push_back(one.get());
  for (Connection* const one : all) {
    if (!Step(*state, self, *one)) return nullptr;
  }
  return NoneIf(AttendAll(*state, self));
}

PyObject* Pipeline_attend(PyObject* object, PyObject*) {
  ModuleState* state = StateOfType(Py_TYPE(object));
  if (state == nullptr) return nullptr;
  As(object).scheduled = false;
  return NoneIf(AttendAll(*state, As(object)));
}

// Without the loop, which is closed, or of another thread: statements of it fail, and the connections are recovered.
void DropConnections(PipelineObject& self) {
  self.connections->clear();
  self.scheduled = false;
  Py_CLEAR(self.timer);
}

bool IsClosed(ModuleState& state, PyObject* loop, bool& closed) {
  Ref answer = Ref::Steal(PyObject_CallMethodNoArgs(loop, state.name_is_closed));
  closed = answer.get() == Py_True;
  return static_cast<bool>(answer);
}

int Pipeline_traverse(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(As(object).loop);
  Py_VISIT(As(object).timer);
  return 0;
}

int Pipeline_clear(PyObject* object) {
  Py_CLEAR(As(object).timer);
  Py_CLEAR(As(object).loop);
  return 0;
}

void Pipeline_dealloc(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  Pipeline_clear(object);
  delete As(object).connections;
  ferro_pipeline_free(As(object).handle);
  type->tp_free(object);
  Py_DECREF(type);
}

PyMethodDef kMethods[] = {{"_ready", Pipeline_ready, METH_O, "Called by the loop: a socket is ready."},
                          {"_late", Pipeline_late, METH_NOARGS, "Called by the loop: a deadline has passed."},
                          {"_attend", Pipeline_attend, METH_NOARGS, "Called by the loop at the end of a turn."},
                          {nullptr, nullptr, 0, nullptr}};

PyType_Slot kSlots[] = {{Py_tp_doc, const_cast<char*>("Connections that the statements of a loop share.")},
                        {Py_tp_dealloc, reinterpret_cast<void*>(Pipeline_dealloc)},
                        {Py_tp_traverse, reinterpret_cast<void*>(Pipeline_traverse)},
                        {Py_tp_clear, reinterpret_cast<void*>(Pipeline_clear)},
                        {Py_tp_methods, kMethods},
                        {0, nullptr}};

PyType_Spec kSpec = {"pyferro._native.Pipeline", sizeof(PipelineObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, kSlots};

// Null with an exception or, where there are none, without.
PyObject* NewPipeline(ModuleState& state, ferro_database* database, PyObject* loop) {
  ferro_pipeline* handle = nullptr;
  ferro_error* error = nullptr;
  const ferro_code code = ferro_pipeline_new(database, &handle, &error);
  if (code == FERRO_ERROR_UNSUPPORTED) {
    ferro_error_free(error);
    return nullptr;
  }
  if (code != FERRO_OK) return Raise(state, error);
  auto* self = PyObject_GC_New(PipelineObject, state.pipeline_type);
  if (self == nullptr) {
    ferro_pipeline_free(handle);
    return nullptr;
  }
  self->handle = handle;
  self->loop = Py_NewRef(loop);
  self->timer = nullptr;
  self->connections = new Connections;
  self->attending = self->scheduled = false;
  PyObject_GC_Track(self);
  return reinterpret_cast<PyObject*>(self);
}

}  // namespace

PyObject* PipelineOf(ModuleState& state, PyObject* database, PyObject* loop) {
  PyObject*& kept = PipelinesOf(database);  // null: nobody has asked; None: there are none; else a list
  if (kept == Py_None) return nullptr;
  if (kept == nullptr) {
    kept = PyList_New(0);
    if (kept == nullptr) return nullptr;
  }
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(kept); ++i) {
    if (As(PyList_GET_ITEM(kept, i)).loop == loop) return PyList_GET_ITEM(kept, i);
  }
  // Other loops'. One that is closed will never drive its connections again.
  for (Py_ssize_t i = PyList_GET_SIZE(kept); i-- > 0;) {
    PipelineObject& one = As(PyList_GET_ITEM(kept, i));
    bool closed;
    if (!IsClosed(state, one.loop, closed)) return nullptr;
    if (!closed) continue;
    DropConnections(one);
    if (PyList_SetSlice(kept, i, i + 1, nullptr) < 0) return nullptr;
  }
  Ref made = Ref::Steal(NewPipeline(state, HandleOf(database), loop));
  if (!made) {
    if (!PyErr_Occurred()) Py_SETREF(kept, Py_NewRef(Py_None));
    return nullptr;
  }
  return PyList_Append(kept, made.get()) == 0 ? made.get() : nullptr;
}

bool Share(PyObject* pipeline, ferro_operation* operation, PyObject* owner) {
  return ferro_operation_share(operation, As(pipeline).handle, owner) != 0;
}

bool Attend(ModuleState& state, PyObject* pipeline, bool at_once) {
  PipelineObject& self = As(pipeline);
  if (self.attending) return true;
  if (!TakeNew(state, self) || (at_once && !StepDue(state, self))) return false;
  if (self.scheduled || ferro_pipeline_due(self.handle) == 0) return true;
  self.scheduled = true;
  Ref attend = Ref::Steal(PyObject_GetAttrString(pipeline, "_attend"));
  return attend && Call(self.loop, state.name_call_soon, attend.get());
}

bool AddPipeline(PyObject* module, ModuleState& state) {
  state.pipeline_type = AddType(module, kSpec);
  return state.pipeline_type != nullptr;
}

}  // namespace ferro::py
