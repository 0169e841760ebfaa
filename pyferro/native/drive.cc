#include "pyferro/native/drive.h"

#include "pyferro/native/blocking.h"
#include "pyferro/native/clock.h"
#include "pyferro/native/errors.h"
#include "pyferro/native/to_python.h"

namespace ferro::py {
namespace {

// Rows that are made between two looks at the clock. Documents can take long.
constexpr size_t kRowsBetweenLooks = 16;

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
  const ferro_operation* const operation = self.request->operation.get();
  Request& request = self.request->members.empty() ? *self.request
                                                   : *self.request->members[ferro_operation_position(operation)];
  if (request.describe && !Describe(state, request)) return Turn::kError;
  const ferro_batch* batch = ferro_operation_batch(operation);
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

PyObject* ResultOf(const Request& request, int64_t count) {
  switch (request.result) {
    case Result::kRows:
    case Result::kScalars: return Py_NewRef(request.rows.get());
    case Result::kFirst:
    case Result::kScalar:
      return Py_NewRef(PyList_GET_SIZE(request.rows.get()) > 0 ? PyList_GET_ITEM(request.rows.get(), 0)
                                                               : Py_None);
    case Result::kCount: return PyLong_FromLongLong(count);
  }
  Py_UNREACHABLE();
}

// What an await gives, out of the rows or the count.
Ref Finished(Ref value, const Ref& finish) {
  return value && finish ? Ref::Steal(PyObject_CallOneArg(finish.get(), value.get())) : std::move(value);
}

Turn Give(OperationObject& self, Ref value) {
  self.value = value.release();
  return self.value == nullptr ? Turn::kError : Turn::kDone;
}

// Of several: the results as the database gave them. What is done with each is the caller's.
Turn FinishAll(OperationObject& self) {
  const Request& whole = *self.request;
  Ref list = Ref::Steal(PyList_New(static_cast<Py_ssize_t>(whole.members.size())));
  for (size_t i = 0; list && i < whole.members.size(); ++i) {
    PyObject* value = ResultOf(*whole.members[i], ferro_operation_count_of(whole.operation.get(), i));
    if (value == nullptr) return Turn::kError;
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), value);
  }
  Drop(self);
  return Give(self, std::move(list));
}

Turn Finish(OperationObject& self) {
  if (!self.request->members.empty()) return FinishAll(self);
  Ref value = Ref::Steal(ResultOf(*self.request, ferro_operation_rows_affected(self.request->operation.get())));
  Ref finish = std::move(self.request->finish);
  Drop(self);
  return Give(self, Finished(std::move(value), finish));
}

// A page is full: it is given, and the request stays as it is until the next one is wanted.
Turn TurnPage(OperationObject& self) {
  Ref next = Ref::Steal(PyList_New(0));
  if (!next) return Turn::kError;
  Ref rows = std::exchange(self.request->rows, std::move(next));
  self.request->shape.Forget();
  return Give(self, Finished(std::move(rows), self.request->finish));
}

Turn Go(ModuleState& state, OperationObject& self, bool blocking) {
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
      self.position = ferro_operation_position(operation);
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

}  // namespace

bool MayBeOfSeveral(const OperationObject& self) {
  const Request* const request = self.request;
  return request != nullptr && !self.started && !self.begun && request->single && request->page == 0 && !request->describe;
}

void Drop(OperationObject& self) {
  std::unique_ptr<Request> request(std::exchange(self.request, nullptr));
  self.ended = true;
}

Turn Drive(ModuleState& state, OperationObject& self, bool blocking) {
  const Turn turn = Go(state, self, blocking);
  if (turn == Turn::kError && self.request != nullptr) {
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    Drop(self);
    PyErr_Restore(type, value, trace);
  }
  self.ended = self.request == nullptr;
  return turn;
}

}  // namespace ferro::py
