#include "pyferro/native/operation.h"

#include <algorithm>
#include <cmath>

#include "pyferro/native/blocking.h"
#include "pyferro/native/clock.h"
#include "pyferro/native/database.h"
#include "pyferro/native/drive.h"
#include "pyferro/native/errors.h"
#include "pyferro/native/loop_watch.h"
#include "pyferro/native/pipeline.h"

namespace ferro::py {
namespace {

// Leaves the loop whatever happens; keeps the exception that is set.
void Leave(ModuleState& state, OperationObject& self) {
  if (self.watch == nullptr) return;
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  std::unique_ptr<LoopWatch> watch(std::exchange(self.watch, nullptr));
  if (!watch->Stop(state)) PyErr_Clear();  // a closed loop watches nothing
  PyErr_Restore(type, value, trace);
}

// After a turn that did not end it: what wakes it next.
bool Schedule(ModuleState& state, PyObject* object, Turn turn) {
  OperationObject& self = AsOperation(object);
  if (turn != Turn::kWait) return self.watch->CallSoon(state, object);
  return self.watch->WaitFor(state, self.request->operation.get(), object);
}

bool InRunningLoop(bool& running) {
  running = false;
  Ref name = Ref::Steal(PyUnicode_FromString("asyncio.events"));
  if (!name) return false;
  Ref events = Ref::Steal(PyImport_GetModule(name.get()));
  if (!events) return !PyErr_Occurred();
  Ref loop = Ref::Steal(PyObject_CallMethod(events.get(), "_get_running_loop", nullptr));
  running = loop && loop.get() != Py_None;
  return static_cast<bool>(loop);
}

// Waits where it is while the answer is about to come, and nobody else of ours waits for this thread.
Turn DriveShortly(ModuleState& state, OperationObject& self) {
  Turn turn = Drive(state, self, false);
  if (turn != Turn::kWait || LoopWatch::count() > 0 || self.request->pipeline) return turn;
  if (!RunningLoop(state, false)) return PyErr_Occurred() ? Turn::kError : turn;  // it will be refused
  int64_t left = ShortWait::kNanos;
  while (turn == Turn::kWait) {
    const ferro_operation* const operation = self.request->operation.get();
    if (ferro_operation_timeout(operation) == 0) break;
    if (!state.short_wait.Await(ferro_operation_descriptor(operation), ferro_operation_interest(operation), left)) break;
    turn = Drive(state, self, false);
  }
  return turn;
}

// What the awaiting task sleeps on.
PyObject* Sleep(ModuleState& state, PyObject* object, Turn turn) {
  OperationObject& self = AsOperation(object);
  Ref loop = RunningLoop(state, true);
  if (!loop) return nullptr;
  self.watch = LoopWatch::Begin(state, loop.get()).release();
  if (self.watch == nullptr || !Schedule(state, object, turn)) return nullptr;
  if (self.request->pipeline && !Attend(state, self.request->pipeline.get(), false)) return nullptr;
  state.last_pause_ns = NowNs();
  return Py_NewRef(reinterpret_cast<PyObject*>(&self.watch->waiter()));
}

// Aborts without waiting: a connection of its own is recovered unless the request had ended.
void Abort(ModuleState& state, OperationObject& self) {
  Leave(state, self);
  const Ref pipeline = self.request == nullptr ? Ref() : self.request->pipeline;
  if (self.request != nullptr) Drop(self);
  self.ended = true;
  // A closed loop watches nothing.
  if (pipeline && !Attend(state, pipeline.get(), true)) PyErr_Clear();
}

// The first time that it is awaited: with the others of this loop.
bool JoinPipeline(ModuleState& state, PyObject* object) {
  Request& request = *AsOperation(object).request;
  if (PipelinesOf(request.database.get()) == Py_None) return true;  // it has none
  Ref loop = RunningLoop(state, false);
  if (!loop) return !PyErr_Occurred();
  PyObject* const pipeline = PipelineOf(state, request.database.get(), loop.get());
  if (pipeline == nullptr) return !PyErr_Occurred();
  if (Share(pipeline, request.operation.get(), object)) request.pipeline = Ref::Borrow(pipeline);
  return true;
}

void KeepError(OperationObject& self) { PyErr_Fetch(&self.error_type, &self.error, &self.trace); }

// Called by the loop. What goes wrong is kept for the task that awaits.
PyObject* Operation_ready(PyObject* object, PyObject*) {
  ModuleState* state = StateOfType(Py_TYPE(object));
  if (state == nullptr || !GoOn(*state, object, true)) return nullptr;
  Py_RETURN_NONE;
}

PySendResult Return(OperationObject& self, PyObject** out) {
  if (self.error_type != nullptr) {
    PyErr_Restore(std::exchange(self.error_type, nullptr), std::exchange(self.error, nullptr),
                  std::exchange(self.trace, nullptr));
    return PYGEN_ERROR;
  }
  if (self.value == nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "this operation has already been awaited or run");
    return PYGEN_ERROR;
  }
  *out = std::exchange(self.value, nullptr);
  return PYGEN_RETURN;
}

PySendResult Operation_send(PyObject* object, PyObject*, PyObject** out) {
  *out = nullptr;
  ModuleState* state = StateOfType(Py_TYPE(object));
  if (state == nullptr) return PYGEN_ERROR;
  OperationObject& self = AsOperation(object);
  const bool first = !std::exchange(self.started, true);
  if (self.ended || self.value != nullptr || self.error_type != nullptr) return Return(self, out);
  if (self.watch != nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "another task is awaiting this operation");
    return PYGEN_ERROR;
  }
  if (first && self.request->may_share && !JoinPipeline(*state, object)) return PYGEN_ERROR;
  const Turn turn = DriveShortly(*state, self);
  if (turn == Turn::kError) return PYGEN_ERROR;
  if (turn == Turn::kDone) {
    // The loop had no part in it. A task that awaits many such would starve the loop, so now and then it gets a turn.
    const int64_t now = NowNs();
    if (now - state->last_pause_ns < kSliceNs) return Return(self, out);
    state->last_pause_ns = now;
    bool running;
    if (!InRunningLoop(running)) return PYGEN_ERROR;
    if (!running) return Return(self, out);  // trio, say: nobody there understands a turn, see LoopWatch::Begin
    *out = Py_NewRef(Py_None);
    return PYGEN_NEXT;
  }
  *out = Sleep(*state, object, turn);
  if (*out != nullptr) return PYGEN_NEXT;
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  Abort(*state, self);
  PyErr_Restore(type, value, trace);
  return PYGEN_ERROR;
}

PyObject* Operation_next(PyObject* object) {
  PyObject* value = nullptr;
  switch (Operation_send(object, Py_None, &value)) {
    case PYGEN_NEXT: return value;
    case PYGEN_ERROR: return nullptr;
    case PYGEN_RETURN: break;
  }
  // As a tuple or exception it would be taken for the arguments, so it is wrapped by hand.
  Ref result = Ref::Steal(value);
  Ref stop = Ref::Steal(PyObject_CallOneArg(PyExc_StopIteration, result.get()));
  if (stop) PyErr_SetObject(PyExc_StopIteration, stop.get());
  return nullptr;
}

PyObject* Operation_throw(PyObject* object, PyObject* const* args, Py_ssize_t count) {
  ModuleState* state = StateOfType(Py_TYPE(object));
  if (state == nullptr) return nullptr;
  if (count < 1 || count > 3) {
    PyErr_SetString(PyExc_TypeError, "throw() takes an exception");
    return nullptr;
  }
  Ref keep = Ref::Borrow(object);
  Abort(*state, AsOperation(object));
  if (PyExceptionInstance_Check(args[0])) {
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(args[0])), args[0]);
  } else {
    PyErr_SetObject(args[0], count > 1 ? args[1] : nullptr);
  }
  return nullptr;
}

PyObject* Operation_close(PyObject* object, PyObject*) {
  ModuleState* state = StateOfType(Py_TYPE(object));
  if (state == nullptr) return nullptr;
  Abort(*state, AsOperation(object));
  Py_RETURN_NONE;
}

PyObject* Operation_run(PyObject* object, PyObject*) {
  ModuleState* state = StateOfType(Py_TYPE(object));
  if (state == nullptr) return nullptr;
  OperationObject& self = AsOperation(object);
  bool running;
  if (!InRunningLoop(running)) return nullptr;
  if (running) {
    return RaiseCode(*state, FERRO_ERROR_INVALID_ARGUMENT,
                     "run() would block the event loop that runs in this thread: await instead", nullptr);
  }
  const bool has_begun = self.value != nullptr || self.error_type != nullptr;
  if (!has_begun) {
    if (self.ended || (self.started && self.request->page == 0)) {
      PyErr_SetString(PyExc_RuntimeError, "this operation has already been awaited or run");
      return nullptr;
    }
    self.started = true;
    if (Drive(*state, self, true) == Turn::kError) return nullptr;
  }
  PyObject* value = nullptr;
  return Return(self, &value) == PYGEN_RETURN ? value : nullptr;
}

PyObject* Operation_begin(PyObject* object, PyObject*) {
  ModuleState* state = StateOfType(Py_TYPE(object));
  if (state == nullptr) return nullptr;
  OperationObject& self = AsOperation(object);
  if (self.started || self.begun || self.request == nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "this operation has already begun");
    return nullptr;
  }
  self.begun = true;
  if (Drive(*state, self, false) == Turn::kError) KeepError(self);
  Py_RETURN_NONE;
}

PyObject* Operation_set_timeout(PyObject* object, PyObject* seconds) {
  const double value = PyFloat_AsDouble(seconds);
  if (value == -1.0 && PyErr_Occurred()) return nullptr;
  OperationObject& self = AsOperation(object);
  if (self.request == nullptr) Py_RETURN_NONE;
  // Rounded up: what is given 0.4 ms has that.
  constexpr double kMost = 1e12;
  const auto milliseconds = static_cast<int64_t>(std::ceil(std::clamp(value * 1000.0, 0.0, kMost)));
  ferro_operation_set_timeout(self.request->operation.get(), milliseconds);
  self.request->single = false;  // of several none has a time of its own
  Py_RETURN_NONE;
}

PyObject* Operation_await(PyObject* object) { return Py_NewRef(object); }

int Operation_traverse(PyObject* object, visitproc visit, void* arg) {
  OperationObject& self = AsOperation(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self.value);
  Py_VISIT(self.error);
  Py_VISIT(self.trace);
  if (self.watch != nullptr) {
    const int stopped = self.watch->Traverse(visit, arg);
    if (stopped != 0) return stopped;
  }
  return self.request == nullptr ? 0 : self.request->Traverse(visit, arg);
}

int Operation_clear(PyObject* object) {
  OperationObject& self = AsOperation(object);
  delete std::exchange(self.watch, nullptr);
  delete std::exchange(self.request, nullptr);
  Py_CLEAR(self.value);
  Py_CLEAR(self.error_type);
  Py_CLEAR(self.error);
  Py_CLEAR(self.trace);
  return 0;
}

void Operation_dealloc(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  Operation_clear(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyMethodDef kMethods[] = {
    {"run", Operation_run, METH_NOARGS, "Run to the end, blocking this thread with the GIL released."},
    {"begin", Operation_begin, METH_NOARGS, "Go as far as it can without waiting; it has to be awaited or run all the same."},
    {"set_timeout", Operation_set_timeout, METH_O, "Fail with QueryTimeout unless it ends within so many seconds."},
    {"throw", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(Operation_throw)), METH_FASTCALL,
     "Abort, and raise: what a cancelled task does."},
    {"close", Operation_close, METH_NOARGS, "Abort."},
    {"_ready", Operation_ready, METH_NOARGS, "Called by the loop."},
    {nullptr, nullptr, 0, nullptr}};

PyObject* Operation_position(PyObject* object, void*) { return PyLong_FromSize_t(AsOperation(object).position); }

PyObject* Operation_follows(PyObject* object, void*) { return PyBool_FromLong(MayBeOfSeveral(AsOperation(object))); }

PyObject* Operation_transaction(PyObject* object, void*) {
  const Request* const request = AsOperation(object).request;
  PyObject* const transaction = request == nullptr ? nullptr : request->transaction.get();
  return Py_NewRef(transaction == nullptr ? Py_None : transaction);
}

PyObject* Operation_finish(PyObject* object, void*) {
  const Request* const request = AsOperation(object).request;
  PyObject* const finish = request == nullptr ? nullptr : request->finish.get();
  return Py_NewRef(finish == nullptr ? Py_None : finish);
}

PyGetSetDef kGetters[] = {
    {"finish", Operation_finish, nullptr, "What will be done with the result; None: nothing.", nullptr},
    {"transaction", Operation_transaction, nullptr, "What it is part of; None also when it has ended.", nullptr},
    {"position", Operation_position, nullptr, "Of several: which of them was the last that has run.", nullptr},
    {"follows", Operation_follows, nullptr, "Whether it can be one of several.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot kSlots[] = {{Py_tp_doc, const_cast<char*>("A request under way: await it once, or run() it.")},
                        {Py_tp_dealloc, reinterpret_cast<void*>(Operation_dealloc)},
                        {Py_tp_traverse, reinterpret_cast<void*>(Operation_traverse)},
                        {Py_tp_clear, reinterpret_cast<void*>(Operation_clear)},
                        {Py_tp_iter, reinterpret_cast<void*>(Operation_await)},
                        {Py_tp_iternext, reinterpret_cast<void*>(Operation_next)},
                        {Py_am_await, reinterpret_cast<void*>(Operation_await)},
                        {Py_am_send, reinterpret_cast<void*>(Operation_send)},
                        {Py_tp_methods, kMethods},
                        {Py_tp_getset, kGetters},
                        {0, nullptr}};

PyType_Spec kSpec = {"pyferro._native.Operation", sizeof(OperationObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, kSlots};

}  // namespace

int Request::Traverse(visitproc visit, void* arg) const {
  for (const Ref* ref : {&database, &transaction, &statement, &pipeline, &inputs, &describe, &finish, &rows}) {
    Py_VISIT(ref->get());
  }
  for (const std::unique_ptr<Request>& member : members) {
    const int stopped = member->Traverse(visit, arg);
    if (stopped != 0) return stopped;
  }
  return shape.Traverse(visit, arg);
}

bool GoOn(ModuleState& state, PyObject* object, bool now) {
  OperationObject& self = AsOperation(object);
  if (self.watch == nullptr || self.request == nullptr) return true;  // cancelled meanwhile
  Ref keep = Ref::Borrow(object);
  Ref sleeper = Ref::Borrow(reinterpret_cast<PyObject*>(&self.watch->waiter()));
  WaiterObject& waiter = *reinterpret_cast<WaiterObject*>(sleeper.get());
  const Ref pipeline = self.request->pipeline;
  // A task that leaves a stream gives up its connection by dropping the last reference to it, and here is one.
  const bool stream = self.request->page > 0;
  const InContextOf context(waiter);
  const Turn turn = Drive(state, self, false);
  if (turn == Turn::kError) KeepError(self);
  // It may have left its connection, or brought one. Not before it has stopped to watch what it has waited for: a number of a
  // descriptor is soon another one's.
  const auto attend = [&] {
    if (pipeline && !Attend(state, pipeline.get(), true)) PyErr_Clear();
  };
  if (turn == Turn::kWait || turn == Turn::kSlice) {
    if (Schedule(state, object, turn)) {
      attend();
      return true;
    }
    KeepError(self);
    Drop(self);
  }
  Leave(state, self);
  attend();
  return Wake(state, waiter, now && !stream && context.entered());
}

PyObject* NewOperation(ModuleState& state, std::unique_ptr<Request> request) {
  request->rows = Ref::Steal(PyList_New(0));
  if (!request->rows) return nullptr;
  auto* self = PyObject_GC_New(OperationObject, state.operation_type);
  if (self == nullptr) return nullptr;
  self->request = request.release();
  self->watch = nullptr;
  self->value = self->error_type = self->error = self->trace = nullptr;
  self->row = self->position = 0;
  self->in_batch = self->begun = self->started = self->ended = false;
  PyObject_GC_Track(self);
  return reinterpret_cast<PyObject*>(self);
}

bool AddOperation(PyObject* module, ModuleState& state) {
  AtExitEndBlocked();
  state.operation_type = AddType(module, kSpec);
  return state.operation_type != nullptr;
}

}  // namespace ferro::py
