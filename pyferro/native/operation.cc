#include "pyferro/native/operation.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "pyferro/native/clock.h"
#include "pyferro/native/database.h"
#include "pyferro/native/errors.h"
#include "pyferro/native/hydrate.h"
#include "pyferro/native/loop_watch.h"
#include "pyferro/native/pipeline.h"
#include "pyferro/native/to_python.h"

namespace ferro::py {
namespace {

// How long rows are made before the loop gets a turn, and how long awaits that need no loop may follow each other. What comes
// due within a turn runs up to two turns later (three, after such awaits), and between turns the collector may run, which
// CPython lets wait while native code does.
constexpr int64_t kSliceNs = 1'000'000;
// Rows that are made between two looks at the clock. Documents can take long.
constexpr size_t kRowsBetweenLooks = 16;

struct OperationObject {
  PyObject_HEAD
  Request* request;   // null once it has ended
  LoopWatch* watch;   // null while no task sleeps
  PyObject* value;    // the result, when ended well
  PyObject *error_type, *error, *trace;  // when not
  size_t row;         // of the batch at hand, while a slice was too short for it
  bool in_batch;
  bool started;
  bool ended;
};

OperationObject& AsOperation(PyObject* object) { return *reinterpret_cast<OperationObject*>(object); }

enum class Turn { kDone, kWait, kSlice, kError, kPage };

// Calls `describe` with the names of the columns.
bool Describe(ModuleState& state, Request& request) {
  const ferro_operation* operation = request.operation.get();
  const size_t count = ferro_operation_column_count(operation);
  Ref names = Ref::Steal(PyTuple_New(static_cast<Py_ssize_t>(count)));
  if (!names) return false;
  for (size_t i = 0; i < count; ++i) {
    Ref name = Text(ferro_operation_column_name(operation, i));
    if (!name) return false;
    PyTuple_SET_ITEM(names.get(), static_cast<Py_ssize_t>(i), name.release());
  }
  Ref describe = std::move(request.describe);
  Ref shape = Ref::Steal(PyObject_CallOneArg(describe.get(), names.get()));
  return shape && RowShape::Read(state, shape.get(), request.shape);
}

// Makes rows of the batch at hand until it is used up or `until` has passed.
Turn TakeRows(ModuleState& state, OperationObject& self, int64_t until) {
  Request& request = *self.request;
  if (request.describe && !Describe(state, request)) return Turn::kError;
  const ferro_batch* batch = ferro_operation_batch(request.operation.get());
  const size_t rows = ferro_batch_rows(batch);
  const size_t columns = ferro_batch_columns(batch);
  const ferro_value* cells = ferro_batch_cells(batch);
  if (!request.shape.Fits(columns)) {
    PyErr_SetString(PyExc_SystemError, "a row has another width than its plan");
    return Turn::kError;
  }
  const bool one = request.result == Result::kFirst || request.result == Result::kScalar;
  const bool scalar = request.result == Result::kScalars || request.result == Result::kScalar;
  while (self.row < rows) {
    if (one && PyList_GET_SIZE(request.rows.get()) > 0) {
      self.row = rows;
      break;
    }
    Ref made = Ref::Steal(request.shape.Make(state, cells + self.row * columns, columns, scalar));
    if (!made || PyList_Append(request.rows.get(), made.get()) < 0) return Turn::kError;
    ++self.row;
    if (request.page > 0 && PyList_GET_SIZE(request.rows.get()) == request.page) return Turn::kPage;
    if (self.row % kRowsBetweenLooks == 0 && NowNs() > until) return Turn::kSlice;
  }
  self.in_batch = false;
  return Turn::kDone;
}

PyObject* ResultOf(const Request& request) {
  switch (request.result) {
    case Result::kRows:
    case Result::kScalars: return Py_NewRef(request.rows.get());
    case Result::kFirst:
    case Result::kScalar:
      return Py_NewRef(PyList_GET_SIZE(request.rows.get()) > 0 ? PyList_GET_ITEM(request.rows.get(), 0)
                                                               : Py_None);
    case Result::kCount:
      return PyLong_FromLongLong(ferro_operation_rows_affected(request.operation.get()));
  }
  Py_UNREACHABLE();
}

// The request is over: its connection goes back (or, when it had not ended, is thrown away).
void Drop(OperationObject& self) {
  std::unique_ptr<Request> request(std::exchange(self.request, nullptr));
  self.ended = true;
}

// The value that an await gives, out of the rows or the count.
Turn Give(OperationObject& self, Ref value, const Ref& finish) {
  if (value && finish) value = Ref::Steal(PyObject_CallOneArg(finish.get(), value.get()));
  self.value = value.release();
  return self.value == nullptr ? Turn::kError : Turn::kDone;
}

Turn Finish(OperationObject& self) {
  Ref value = Ref::Steal(ResultOf(*self.request));
  Ref finish = std::move(self.request->finish);
  Drop(self);
  return Give(self, std::move(value), finish);
}

// A page is full: it is given, and the request stays as it is until the next one is wanted.
Turn TurnPage(OperationObject& self) {
  Ref next = Ref::Steal(PyList_New(0));
  if (!next) return Turn::kError;
  Ref rows = std::exchange(self.request->rows, std::move(next));
  self.request->shape.Forget();
  return Give(self, std::move(rows), self.request->finish);
}

// The one that Python runs handlers of signals on, unless somebody embeds it elsewhere.
bool IsMainThread() { return syscall(SYS_gettid) == getpid(); }

// Threads that are blocked when the interpreter is gone, which only daemon threads are. The libraries that they are in are
// torn down next.
class Blocked {
 public:
  Blocked() {
    if (process_.exchange(getpid()) != getpid()) count_ = 0;  // a child by fork() has none of its parent's threads
    ++count_;
  }
  ~Blocked() {
    --count_;
    // There is nothing to come back to.
    while (ending_) pause();
  }
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;

  static bool Ending() { return ending_; }
  // Called when Python has ended: lets them end what they do, and has the servers told.
  static void End() {
    ending_ = true;
    for (int i = 0; i < kMilliseconds && process_ == getpid() && count_ > 0; ++i) usleep(1000);
    ferro_quiesce(kMilliseconds);
  }

 private:
  static constexpr int kMilliseconds = 1000;
  static inline std::atomic<int> count_{0};
  static inline std::atomic<pid_t> process_{0};
  static inline std::atomic<bool> ending_{false};
};

// Blocks until there are rows or the end, without the lock: network, disk and decoding; no Python object is touched. A
// handler of a signal that raises ends it: the exception is then set.
ferro_code Block(ferro_operation* operation, int32_t* now, ferro_error** error) {
  GilReleased gil;
  if (!IsMainThread()) {
    const Blocked blocked;
    ferro_operation_set_interrupt(operation, [](void*) -> int32_t { return Blocked::Ending() ? 1 : 0; }, nullptr);
    return ferro_operation_wait(operation, now, error);
  }
  const auto ask = [](void* released) -> int32_t {
    return static_cast<GilReleased*>(released)->SignalRaised() ? 1 : 0;
  };
  ferro_operation_set_interrupt(operation, ask, &gil);
  const ferro_code code = ferro_operation_wait(operation, now, error);
  ferro_operation_set_interrupt(operation, nullptr, nullptr);
  return code;
}

// One turn: steps and makes rows until it ends, has to wait, or has taken the loop's time for long enough.
Turn Drive(ModuleState& state, OperationObject& self, bool blocking) {
  const int64_t until = blocking ? INT64_MAX : NowNs() + kSliceNs;
  for (;;) {
    if (self.in_batch) {
      const Turn turn = TakeRows(state, self, until);
      if (turn == Turn::kPage) return TurnPage(self);
      if (turn != Turn::kDone) return turn;
      if (!blocking && NowNs() > until) return Turn::kSlice;
    }
    int32_t now = FERRO_STATE_DONE;
    ferro_error* error = nullptr;
    ferro_operation* operation = self.request->operation.get();
    ferro_code code;
    if (blocking) {
      code = Block(operation, &now, &error);
    } else {
      code = ferro_operation_step(operation, &now, &error);
    }
    if (PyErr_Occurred()) {  // a signal's handler has raised, whatever became of the operation
      ferro_error_free(error);
      return Turn::kError;
    }
    if (code != FERRO_OK) {
      Raise(state, error);
      return Turn::kError;
    }
    if (now == FERRO_STATE_DONE) {
      // Columns without rows are held to what is wanted of them, too.
      const bool has_columns = ferro_operation_column_count(operation) > 0;
      if (self.request->describe && has_columns && !Describe(state, *self.request)) return Turn::kError;
      return Finish(self);
    }
    if (now == FERRO_STATE_WAIT) return Turn::kWait;
    self.in_batch = true;
    self.row = 0;
    if (blocking && PyErr_CheckSignals() < 0) return Turn::kError;
  }
}

Turn DriveAndDrop(ModuleState& state, OperationObject& self, bool blocking) {
  const Turn turn = Drive(state, self, blocking);
  if (turn == Turn::kError && self.request != nullptr) {
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    Drop(self);
    PyErr_Restore(type, value, trace);
  }
  self.ended = self.request == nullptr;
  return turn;
}

// --- With the loop -------------------------------------------------------------------------------------------------

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
  Turn turn = DriveAndDrop(state, self, false);
  if (turn != Turn::kWait || LoopWatch::count() > 0 || self.request->pipeline) return turn;
  if (!RunningLoop(state, false)) return PyErr_Occurred() ? Turn::kError : turn;  // it will be refused
  int64_t left = ShortWait::kNanos;
  while (turn == Turn::kWait) {
    const ferro_operation* const operation = self.request->operation.get();
    if (ferro_operation_timeout(operation) == 0) break;
    if (!state.short_wait.Await(ferro_operation_descriptor(operation), ferro_operation_interest(operation), left)) break;
    turn = DriveAndDrop(state, self, false);
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
  if (self.ended || (self.started && self.request->page == 0)) {
    PyErr_SetString(PyExc_RuntimeError, "this operation has already been awaited or run");
    return nullptr;
  }
  self.started = true;
  if (DriveAndDrop(*state, self, true) == Turn::kError) return nullptr;
  PyObject* value = nullptr;
  return Return(self, &value) == PYGEN_RETURN ? value : nullptr;
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
  if (self.request != nullptr) {
    const Request& request = *self.request;
    for (const Ref* ref : {&request.database, &request.transaction, &request.statement, &request.pipeline, &request.inputs,
                           &request.describe, &request.finish, &request.rows}) {
      Py_VISIT(ref->get());
    }
    return request.shape.Traverse(visit, arg);
  }
  return 0;
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
    {"set_timeout", Operation_set_timeout, METH_O, "Fail with QueryTimeout unless it ends within so many seconds."},
    {"throw", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(Operation_throw)), METH_FASTCALL,
     "Abort, and raise: what a cancelled task does."},
    {"close", Operation_close, METH_NOARGS, "Abort."},
    {"_ready", Operation_ready, METH_NOARGS, "Called by the loop."},
    {nullptr, nullptr, 0, nullptr}};

PyType_Slot kSlots[] = {{Py_tp_doc, const_cast<char*>("A request under way: await it once, or run() it.")},
                        {Py_tp_dealloc, reinterpret_cast<void*>(Operation_dealloc)},
                        {Py_tp_traverse, reinterpret_cast<void*>(Operation_traverse)},
                        {Py_tp_clear, reinterpret_cast<void*>(Operation_clear)},
                        {Py_tp_iter, reinterpret_cast<void*>(Operation_await)},
                        {Py_tp_iternext, reinterpret_cast<void*>(Operation_next)},
                        {Py_am_await, reinterpret_cast<void*>(Operation_await)},
                        {Py_am_send, reinterpret_cast<void*>(Operation_send)},
                        {Py_tp_methods, kMethods},
                        {0, nullptr}};

PyType_Spec kSpec = {"pyferro._native.Operation", sizeof(OperationObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, kSlots};

}  // namespace

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
  const Turn turn = DriveAndDrop(state, self, false);
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
  self->row = 0;
  self->in_batch = self->started = self->ended = false;
  PyObject_GC_Track(self);
  return reinterpret_cast<PyObject*>(self);
}

bool AddOperation(PyObject* module, ModuleState& state) {
  // Where there is no room for it, daemon threads are as dangerous as with any other library.
  [[maybe_unused]] static const int registered = Py_AtExit(&Blocked::End);
  state.operation_type = AddType(module, kSpec);
  return state.operation_type != nullptr;
}

}  // namespace ferro::py
