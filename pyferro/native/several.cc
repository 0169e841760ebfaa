// several(operations): operations that have not begun, of one transaction, as one that gives the list of their results.
#include <vector>

#include "pyferro/native/database.h"
#include "pyferro/native/drive.h"
#include "pyferro/native/errors.h"
#include "pyferro/native/operation.h"

namespace ferro::py {
namespace {

bool Check(ModuleState& state, PyObject* object, PyObject* first) {
  if (!Py_IS_TYPE(object, state.operation_type) || !MayBeOfSeveral(AsOperation(object))) {
    PyErr_SetString(PyExc_TypeError, "several() takes operations of single statements that have not begun");
    return false;
  }
  const Request& request = *AsOperation(object).request;
  const Request& other = *AsOperation(first).request;
  if (request.transaction && request.database.get() == other.database.get() &&
      request.transaction.get() == other.transaction.get()) {
    return true;
  }
  RaiseCode(state, FERRO_ERROR_INVALID_ARGUMENT, "requests that run together are of one transaction, on one connection",
            nullptr);
  return false;
}

}  // namespace

PyObject* SeveralFunction(PyObject* module, PyObject* operations) {
  ModuleState& state = StateOf(module);
  const Ref list = Ref::Steal(PySequence_Tuple(operations));
  if (!list) return nullptr;
  const Py_ssize_t count = PyTuple_GET_SIZE(list.get());
  if (count == 0) {
    PyErr_SetString(PyExc_ValueError, "several() takes at least one operation");
    return nullptr;
  }
  PyObject* const first = PyTuple_GET_ITEM(list.get(), 0);
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (!Check(state, PyTuple_GET_ITEM(list.get(), i), first)) return nullptr;
  }
  auto request = std::make_unique<Request>();
  request->database = AsOperation(first).request->database;
  request->transaction = AsOperation(first).request->transaction;
  std::vector<ferro_run> runs;
  for (Py_ssize_t i = 0; i < count; ++i) {
    OperationObject& member = AsOperation(PyTuple_GET_ITEM(list.get(), i));
    if (member.request == nullptr) {
      PyErr_SetString(PyExc_ValueError, "an operation comes twice");
      return nullptr;
    }
    request->members.emplace_back(std::exchange(member.request, nullptr));
    member.started = member.ended = true;
    Request& own = *request->members.back();
    own.operation.reset();  // it has not begun; its arguments stay
    runs.push_back({StatementOf(own.statement.get()), own.arguments.data(), own.arguments.size()});
  }
  ferro_operation* operation = nullptr;
  ferro_error* error = nullptr;
  if (ferro_statement_run_several(HandleOf(request->database.get()), TransactionOf(request->transaction.get()),
                                  runs.data(), runs.size(), &operation, &error) != FERRO_OK) {
    return Raise(state, error);
  }
  request->operation.reset(operation);
  return NewOperation(state, std::move(request));
}

}  // namespace ferro::py
