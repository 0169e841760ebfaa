// Database, Statement and Transaction: heap types over the handles of the C ABI, and the two ways to run a statement.
#include <algorithm>
#include <cstring>

#include "ferro.h"
#include "pyferro/native/database.h"
#include "pyferro/native/errors.h"
#include "pyferro/native/expr.h"
#include "pyferro/native/operation.h"
#include "pyferro/native/plan_bytes.h"
#include "pyferro/native/shortcuts/model_slots.h"

namespace ferro::py {
namespace {

template <class Handle>
struct HandleObject {
  PyObject_HEAD
  Handle* handle;
  PyObject* owner;  // the Database of a Statement or Transaction, kept alive; of a Database its pipelines
};

using DatabaseObject = HandleObject<ferro_database>;
using StatementObject = HandleObject<ferro_statement>;
using TransactionObject = HandleObject<ferro_transaction>;

template <class Object>
Object& As(PyObject* object) {
  return *reinterpret_cast<Object*>(object);
}

void Free(ferro_database* handle) { ferro_database_free(handle); }
void Free(ferro_statement* handle) { ferro_statement_free(handle); }
void Free(ferro_transaction* handle) { ferro_transaction_free(handle); }

template <class Object>
void Handle_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  Free(As<Object>(self).handle);
  Py_XDECREF(As<Object>(self).owner);
  type->tp_free(self);
  Py_DECREF(type);
}

template <class Object, class Handle>
PyObject* NewHandle(PyTypeObject* type, Handle* handle, PyObject* owner) {
  PyObject* object = type->tp_alloc(type, 0);
  if (object == nullptr) {
    Free(handle);
    return nullptr;
  }
  As<Object>(object).handle = handle;
  As<Object>(object).owner = Py_XNewRef(owner);
  return object;
}

ferro_bytes BytesOf(PyObject* bytes) {
  return {PyBytes_AS_STRING(bytes), static_cast<size_t>(PyBytes_GET_SIZE(bytes))};
}

PyObject* Database_new(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  static const char* kNames[] = {"url", nullptr};
  const char* url;
  Py_ssize_t size;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s#", const_cast<char**>(kNames), &url, &size)) return nullptr;
  ModuleState* state = StateOfType(type);
  if (state == nullptr) return nullptr;
  ferro_database* database = nullptr;
  ferro_error* error = nullptr;
  if (ferro_database_open({url, static_cast<size_t>(size)}, &database, &error) != FERRO_OK) {
    return Raise(*state, error);
  }
  return NewHandle<DatabaseObject>(type, database, nullptr);
}

PyObject* StartOperation(ModuleState& state, std::unique_ptr<Request> request, ferro_operation* operation) {
  request->operation.reset(operation);
  return NewOperation(state, std::move(request));
}

PyObject* Database_connect(PyObject* self, PyObject*) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  ferro_operation* operation = nullptr;
  ferro_error* error = nullptr;
  if (ferro_database_connect(As<DatabaseObject>(self).handle, &operation, &error) != FERRO_OK) {
    return Raise(*state, error);
  }
  auto request = std::make_unique<Request>();
  request->database = Ref::Borrow(self);
  return StartOperation(*state, std::move(request), operation);
}

PyObject* Database_compile(PyObject* self, PyObject* plan) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  if (!PyBytes_Check(plan)) {
    PyErr_SetString(PyExc_TypeError, "a plan is bytes");
    return nullptr;
  }
  ferro_statement* statement = nullptr;
  ferro_error* error = nullptr;
  if (ferro_statement_compile(As<DatabaseObject>(self).handle, BytesOf(plan), &statement, &error) != FERRO_OK) {
    return Raise(*state, error);
  }
  return NewHandle<StatementObject>(state->statement_type, statement, self);
}

PyObject* Database_close(PyObject* self, PyObject*) {
  ferro_database_close(As<DatabaseObject>(self).handle);
  Py_RETURN_NONE;
}

PyObject* Database_drain(PyObject* self, PyObject* milliseconds) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  const long long limit = PyLong_AsLongLong(milliseconds);
  if (limit == -1 && PyErr_Occurred()) return nullptr;
  ferro_operation* operation = nullptr;
  ferro_error* error = nullptr;
  if (ferro_database_drain(As<DatabaseObject>(self).handle, limit, &operation, &error) != FERRO_OK) {
    return Raise(*state, error);
  }
  auto request = std::make_unique<Request>();
  request->database = Ref::Borrow(self);
  return StartOperation(*state, std::move(request), operation);
}

PyObject* Database_ping(PyObject* self, PyObject*) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  ferro_operation* operation = nullptr;
  ferro_error* error = nullptr;
  if (ferro_database_ping(As<DatabaseObject>(self).handle, &operation, &error) != FERRO_OK) {
    return Raise(*state, error);
  }
  auto request = std::make_unique<Request>();
  request->database = Ref::Borrow(self);
  return StartOperation(*state, std::move(request), operation);
}

// A name for what was raised, which holds no secret; the exception is dropped.
void GiveReason(ferro_password_give give, void* answer) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  const char* const name = reinterpret_cast<PyTypeObject*>(type)->tp_name;
  give(answer, {name, strlen(name)});
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(trace);
}

// Called wherever a connection is opened: with the GIL on a loop's thread, without it below run().
int32_t AskPassword(void* function, ferro_password_give give, void* answer) {
  const PyGILState_STATE gil = PyGILState_Ensure();
  int32_t good = 0;
  {
    Ref password = Ref::Steal(PyObject_CallNoArgs(static_cast<PyObject*>(function)));
    Py_ssize_t size = 0;
    const char* text = nullptr;
    if (password) text = PyUnicode_AsUTF8AndSize(password.get(), &size);
    if (text != nullptr) {
      give(answer, {text, static_cast<size_t>(size)});
      good = 1;
    } else {
      GiveReason(give, answer);
    }
  }
  PyGILState_Release(gil);
  return good;
}

void ReleasePassword(void* function) {
  const PyGILState_STATE gil = PyGILState_Ensure();
  Py_DECREF(static_cast<PyObject*>(function));
  PyGILState_Release(gil);
}

PyObject* Database_set_password(PyObject* self, PyObject* function) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  ferro_error* error = nullptr;
  if (ferro_database_set_password(As<DatabaseObject>(self).handle, AskPassword, Py_NewRef(function), ReleasePassword,
                                  &error) != FERRO_OK) {
    return Raise(*state, error);
  }
  Py_RETURN_NONE;
}

PyObject* Database_transaction(PyObject* self, PyObject*) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  ferro_transaction* transaction = nullptr;
  ferro_error* error = nullptr;
  if (ferro_transaction_new(As<DatabaseObject>(self).handle, &transaction, &error) != FERRO_OK) {
    return Raise(*state, error);
  }
  return NewHandle<TransactionObject>(state->transaction_type, transaction, self);
}

PyObject* Database_listen(PyObject* self, PyObject* names) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  Ref list = Ref::Steal(PySequence_Tuple(names));
  if (!list) return nullptr;
  std::vector<ferro_bytes> channels;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(list.get()); ++i) {
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(list.get(), i), &size);
    if (text == nullptr) return nullptr;
    channels.push_back({text, static_cast<size_t>(size)});
  }
  ferro_operation* operation = nullptr;
  ferro_error* error = nullptr;
  if (ferro_database_listen(As<DatabaseObject>(self).handle, channels.data(), channels.size(), &operation, &error) !=
      FERRO_OK) {
    return Raise(*state, error);
  }
  auto request = std::make_unique<Request>();
  request->database = Ref::Borrow(self);
  request->result = Result::kRows;
  request->page = 1;
  return StartOperation(*state, std::move(request), operation);
}

PyObject* Database_supports(PyObject* self, PyObject* feature) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(feature, &size);
  if (text == nullptr) return nullptr;
  int32_t support = 0;
  ferro_bytes advice = {nullptr, 0};
  ferro_error* error = nullptr;
  if (ferro_database_supports(As<DatabaseObject>(self).handle, {text, static_cast<size_t>(size)}, &support,
                              &advice, &error) != FERRO_OK) {
    return Raise(*state, error);
  }
  return Py_BuildValue("(is#)", support, advice.data, static_cast<Py_ssize_t>(advice.size));
}

PyObject* Database_dialect(PyObject* self, void*) {
  return Text(ferro_database_dialect(As<DatabaseObject>(self).handle)).release();
}
PyObject* Database_server(PyObject* self, void*) {
  return Text(ferro_database_server(As<DatabaseObject>(self).handle)).release();
}
PyObject* Database_pool(PyObject* self, void*) {
  int32_t open = 0, busy = 0;
  ferro_database_pool(As<DatabaseObject>(self).handle, &open, &busy);
  return Py_BuildValue("(ii)", open, busy);
}

PyObject* Database_statistics(PyObject* self, void*) {
  ferro_statistics found;
  ferro_database_statistics(As<DatabaseObject>(self).handle, &found, sizeof found);
  return Py_BuildValue("(LLLLLLLLLLLLL)", found.idle, found.busy, found.waiting, found.acquired, found.waits,
                       found.timeouts, found.waited_us, found.opened, found.closed, found.longest_busy_us,
                       found.statements, found.statement_hits, found.statement_misses);
}

// `type` has kListFlag added for a list.
bool PackTyped(ModuleState& state, uint8_t type, PyObject* value, ferro_value& out, Scratch& scratch) {
  if ((type & kListFlag) == 0) return Pack(state, type, value, out, scratch);
  return PackItems(state, type & ~kListFlag & 0xFF, value, out, scratch);
}

bool PackAll(ModuleState& state, Request& request, const char* types, Py_ssize_t count) {
  PyObject* values = request.inputs.get();
  if (PyTuple_GET_SIZE(values) != count) {
    PyErr_SetString(PyExc_ValueError, "one type is needed for each value");
    return false;
  }
  request.arguments.resize(static_cast<size_t>(count));
  for (Py_ssize_t i = 0; i < count; ++i) {
    const auto type = static_cast<uint8_t>(types[i]);
    PyObject* value = PyTuple_GET_ITEM(values, i);
    ferro_value& argument = request.arguments[static_cast<size_t>(i)];
    if (!PackTyped(state, type, value, argument, request.scratch)) return false;
  }
  return true;
}

// What execute and execute_many have in common.
std::unique_ptr<Request> NewRequest(ModuleState& state, PyObject* self, PyObject* transaction, PyObject* statement,
                                    int result, PyObject* plan, PyObject* finish) {
  if (!Py_IS_TYPE(statement, state.statement_type) ||
      (transaction != Py_None && !Py_IS_TYPE(transaction, state.transaction_type))) {
    PyErr_SetString(PyExc_TypeError, "a Statement and a Transaction (or None) are needed");
    return nullptr;
  }
  if (As<StatementObject>(statement).owner != self) {
    PyErr_SetString(PyExc_ValueError, "the statement was compiled for another database");
    return nullptr;
  }
  auto request = std::make_unique<Request>();
  request->database = Ref::Borrow(self);
  request->statement = Ref::Borrow(statement);
  if (transaction != Py_None) request->transaction = Ref::Borrow(transaction);
  if (finish != Py_None) request->finish = Ref::Borrow(finish);
  request->result = static_cast<Result>(result);
  if (PyCallable_Check(plan)) {
    request->describe = Ref::Borrow(plan);
  } else if (!RowShape::Read(state, plan, request->shape)) {
    return nullptr;
  }
  return request;
}

// execute(transaction, statement, types, values, result, plan=None, finish=None, page=0). Read by hand: each get comes
// through here, and parsing a format costs it 1,300 instructions.
PyObject* Database_execute(PyObject* self, PyObject* const* args, Py_ssize_t size) {
  if (size < 5 || size > 8 || !PyBytes_Check(args[2])) {
    PyErr_SetString(PyExc_TypeError,
                    "execute() takes a transaction or None, a statement, types as bytes, values and a result");
    return nullptr;
  }
  PyObject* const transaction = args[0];
  PyObject* const statement = args[1];
  const long result = PyLong_AsLong(args[4]);
  const Py_ssize_t page = size > 7 ? PyLong_AsSsize_t(args[7]) : 0;
  if (PyErr_Occurred()) return nullptr;
  if (page < 0 || page > INT32_MAX) {
    PyErr_SetString(PyExc_OverflowError, "a page has at most 2^31 - 1 rows");
    return nullptr;
  }
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  auto request = NewRequest(*state, self, transaction, statement, static_cast<int>(result),
                            size > 5 ? args[5] : Py_None, size > 6 ? args[6] : Py_None);
  if (request == nullptr) return nullptr;
  request->inputs = Ref::Steal(PySequence_Tuple(args[3]));
  if (!request->inputs || !PackAll(*state, *request, PyBytes_AS_STRING(args[2]), PyBytes_GET_SIZE(args[2]))) {
    return nullptr;
  }
  ferro_operation* operation = nullptr;
  ferro_error* error = nullptr;
  request->page = page;
  ferro_database* const database = As<DatabaseObject>(self).handle;
  const ferro_statement* const compiled = As<StatementObject>(statement).handle;
  const ferro_value* const arguments = request->arguments.data();
  ferro_transaction* const within = TransactionOf(transaction);
  const size_t given = request->arguments.size();
  const ferro_code code =
      page == 0 ? ferro_statement_run(database, within, compiled, arguments, given, &operation, &error)
                : ferro_statement_stream(database, within, compiled, arguments, given, static_cast<uint32_t>(page),
                                         &operation, &error);
  if (code != FERRO_OK) return Raise(*state, error);
  request->may_share = page == 0 && transaction == Py_None;
  request->single = true;
  return StartOperation(*state, std::move(request), operation);
}

// Binds the fields of objects, which are mostly of one class.
class RowBinder {
 public:
  // Of the columns, which live as long as it does.
  RowBinder(ModuleState& state, PyObject* columns, Request& request) : state_(state), request_(request) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(columns); ++i) {
      targets_.push_back(StoredTargetOf(As<ColumnObject>(PyTuple_GET_ITEM(columns, i))));
    }
  }

  // False with an exception. Objects that are pointed at are put into `kept`.
  bool Bind(PyObject* object, ferro_value* out, PyObject* kept) {
    Ref fields = FieldsOf(object);
    if (!fields) return false;
    for (const Target& target : targets_) {
      PyObject* value = PyDict_GetItemWithError(fields.get(), target.column);
      if (value == nullptr) {
        if (!PyErr_Occurred()) {
          PyErr_Format(PyExc_AttributeError, "an object to write has no value for column %R", target.column);
        }
        return false;
      }
      Ref held = Ref::Borrow(value);  // to bind it may run code of the model, which may change the object
      // The object may be changed while the insert is under way, so its values are kept, not the object.
      if (!py::Bind(state_, target, value, *out, request_.scratch)) return false;
      const bool points = out->type == FERRO_TYPE_TEXT || out->type == FERRO_TYPE_BYTES;
      if (points && PyList_Append(kept, value) < 0) return false;
      ++out;
    }
    return true;
  }

 private:
  // Past the hook that has the collector know an object whose dict somebody may keep.
  Ref FieldsOf(PyObject* object) {
    if (Py_TYPE(object) != class_) {
      class_ = Py_TYPE(object);
      hooked_ = HasHooks(state_, class_);
    }
    return Ref::Steal(hooked_ ? PyObject_GenericGetDict(object, nullptr) : PyObject_GetAttr(object, state_.name_dict));
  }

  ModuleState& state_;
  Request& request_;
  std::vector<Target> targets_;
  PyTypeObject* class_ = nullptr;
  bool hooked_ = false;
};

// Arguments that are the same for all rows; the request keeps what they point at.
bool PackShared(ModuleState& state, Request& request, const char* types, Py_ssize_t count, PyObject* values,
                std::vector<ferro_value>& out) {
  if (values == nullptr) return true;
  Ref made = Ref::Steal(PySequence_Tuple(values));
  if (!made) return false;
  if (PyTuple_GET_SIZE(made.get()) != count) {
    PyErr_SetString(PyExc_ValueError, "one type is needed for each value");
    return false;
  }
  PyObject* kept = request.scratch.Keep(std::move(made));
  out.resize(static_cast<size_t>(count));
  for (Py_ssize_t i = 0; i < count; ++i) {
    const auto type = static_cast<uint8_t>(types[i]);
    if (!PackTyped(state, type, PyTuple_GET_ITEM(kept, i), out[static_cast<size_t>(i)], request.scratch)) return false;
  }
  return true;
}

// Says in the error that is raised, if it is one of ours, which row it is about.
PyObject* NameRow(size_t row) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  Ref number = Ref::Steal(PyLong_FromSize_t(row));
  if (number && PyObject_HasAttrString(value, "row") &&
      PyObject_SetAttrString(value, "row", number.get()) < 0) {
    PyErr_Clear();
  }
  PyErr_Restore(type, value, trace);
  return nullptr;
}

PyObject* Database_execute_many(PyObject* self, PyObject* args, PyObject* kwargs) {
  static const char* kNames[] = {"transaction", "statement", "columns", "objects", "result",
                                 "plan",        "finish",    "types",   "values",  nullptr};
  PyObject *transaction, *statement, *columns, *objects, *plan = Py_None, *finish = Py_None, *values = nullptr;
  const char* types = "";
  Py_ssize_t type_count = 0;
  int result;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOOi|OOy#O", const_cast<char**>(kNames), &transaction, &statement,
                                   &columns, &objects, &result, &plan, &finish, &types, &type_count, &values)) {
    return nullptr;
  }
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  auto request = NewRequest(*state, self, transaction, statement, result, plan, finish);
  if (request == nullptr) return nullptr;
  Ref column_list = Ref::Steal(PySequence_Tuple(columns));
  Ref rows = Ref::Steal(PySequence_Fast(objects, "objects to write are a sequence"));
  request->inputs = Ref::Steal(PyList_New(0));
  if (!column_list || !rows || !request->inputs) return nullptr;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(column_list.get()); ++i) {
    if (!PyObject_TypeCheck(PyTuple_GET_ITEM(column_list.get(), i), state->column_type)) {
      PyErr_SetString(PyExc_TypeError, "columns are Column objects");
      return nullptr;
    }
  }
  std::vector<ferro_value> shared;
  if (!PackShared(*state, *request, types, type_count, values, shared)) return nullptr;
  const auto own = static_cast<size_t>(PyTuple_GET_SIZE(column_list.get()));
  const size_t width = own + shared.size();
  const auto count = static_cast<size_t>(PySequence_Fast_GET_SIZE(rows.get()));
  request->arguments.resize(width * count);
  RowBinder binder(*state, column_list.get(), *request);
  for (size_t i = 0; i < count; ++i) {
    PyObject* const row = PySequence_Fast_GET_ITEM(rows.get(), static_cast<Py_ssize_t>(i));
    if (!binder.Bind(row, request->arguments.data() + i * width, request->inputs.get())) return NameRow(i);
    std::copy(shared.begin(), shared.end(), request->arguments.data() + i * width + own);
  }
  ferro_operation* operation = nullptr;
  ferro_error* error = nullptr;
  if (ferro_statement_run_bulk(As<DatabaseObject>(self).handle, TransactionOf(transaction),
                               As<StatementObject>(statement).handle, request->arguments.data(), count, &operation,
                               &error) != FERRO_OK) {
    return Raise(*state, error);
  }
  return StartOperation(*state, std::move(request), operation);
}

PyObject* Statement_sql(PyObject* self, void*) {
  return Text(ferro_statement_sql(As<StatementObject>(self).handle)).release();
}

PyObject* Statement_placeholders(PyObject* self, void*) {
  const ferro_statement* statement = As<StatementObject>(self).handle;
  const size_t count = ferro_statement_placeholder_count(statement);
  Ref places = Ref::Steal(PyTuple_New(static_cast<Py_ssize_t>(count)));
  if (!places) return nullptr;
  for (size_t i = 0; i < count; ++i) {
    PyObject* place = PyLong_FromLong(ferro_statement_placeholder(statement, i));
    if (place == nullptr) return nullptr;
    PyTuple_SET_ITEM(places.get(), static_cast<Py_ssize_t>(i), place);
  }
  return places.release();
}

PyObject* Transaction_do(PyObject* self, PyObject* action) {
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  const long number = PyLong_AsLong(action);
  if (number == -1 && PyErr_Occurred()) return nullptr;
  ferro_operation* operation = nullptr;
  ferro_error* error = nullptr;
  if (ferro_transaction_do(As<TransactionObject>(self).handle, static_cast<int32_t>(number), &operation, &error) !=
      FERRO_OK) {
    return Raise(*state, error);
  }
  auto request = std::make_unique<Request>();
  request->database = Ref::Borrow(As<TransactionObject>(self).owner);
  request->transaction = Ref::Borrow(self);
  return StartOperation(*state, std::move(request), operation);
}

PyObject* Transaction_begin(PyObject* self, PyObject* args) {
  int isolation, flags;
  double seconds;
  if (!PyArg_ParseTuple(args, "iid", &isolation, &flags, &seconds)) return nullptr;
  ModuleState* state = StateOfType(Py_TYPE(self));
  if (state == nullptr) return nullptr;
  const int64_t timeout = seconds < 0 ? -1 : static_cast<int64_t>(seconds * 1000.0);
  ferro_operation* operation = nullptr;
  ferro_error* error = nullptr;
  if (ferro_transaction_begin(As<TransactionObject>(self).handle, isolation, flags, timeout, &operation, &error) !=
      FERRO_OK) {
    return Raise(*state, error);
  }
  auto request = std::make_unique<Request>();
  request->database = Ref::Borrow(As<TransactionObject>(self).owner);
  request->transaction = Ref::Borrow(self);
  return StartOperation(*state, std::move(request), operation);
}

PyObject* Transaction_abandon(PyObject* self, PyObject*) {
  ferro_transaction_abandon(As<TransactionObject>(self).handle);
  Py_RETURN_NONE;
}

PyObject* Transaction_active(PyObject* self, void*) {
  return PyBool_FromLong(ferro_transaction_active(As<TransactionObject>(self).handle));
}

template <class F>
PyCFunction WithKeywords(F function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

PyMethodDef kDatabaseMethods[] = {
    {"connect", Database_connect, METH_NOARGS, "Open the first connection and find out what the server is."},
    {"compile", Database_compile, METH_O, "The statement of a plan, compiled once."},
    {"close", Database_close, METH_NOARGS, "Close idle connections now, others when they end."},
    {"drain", Database_drain, METH_O, "Close, and wait for so many milliseconds until all connections came back."},
    {"ping", Database_ping, METH_NOARGS, "Ask the server for an answer."},
    {"set_password", Database_set_password, METH_O, "Call this for the password of each new connection."},
    {"transaction", Database_transaction, METH_NOARGS, "A transaction that has not begun."},
    {"listen", Database_listen, METH_O, "Start to listen on channels: each await gives one row in a list."},
    {"supports", Database_supports, METH_O, "(0 native, 1 rewritten or 2 refused, advice)."},
    {"execute", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(Database_execute)), METH_FASTCALL,
     "Start a statement."},
    {"execute_many", WithKeywords(Database_execute_many), METH_VARARGS | METH_KEYWORDS,
     "Start a change of a row for each of many objects."},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef kDatabaseGetters[] = {{"dialect", Database_dialect, nullptr, "Name of the dialect.", nullptr},
                                  {"server", Database_server, nullptr, "Product and version found.", nullptr},
                                  {"pool", Database_pool, nullptr, "(open, busy) connections.", nullptr},
                                  {"statistics", Database_statistics, nullptr, "The fields of ferro_statistics.", nullptr},
                                  {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyGetSetDef kStatementGetters[] = {{"sql", Statement_sql, nullptr, "The SQL text.", nullptr},
                                   {"placeholders", Statement_placeholders, nullptr,
                                    "Which value stands in each placeholder; -1 for a key found before.", nullptr},
                                   {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyMethodDef kTransactionMethods[] = {
    {"abandon", Transaction_abandon, METH_NOARGS, "Roll back without waiting."},
    {"begin", Transaction_begin, METH_VARARGS, "Begin: FERRO_ISOLATION_*, FERRO_BEGIN_*, a timeout in seconds or -1."},
    {"do", Transaction_do, METH_O, "Start an action: FERRO_TRANSACTION_*."},
                                     {nullptr, nullptr, 0, nullptr}};
PyGetSetDef kTransactionGetters[] = {{"active", Transaction_active, nullptr, "Between begin and end.", nullptr},
                                     {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot kDatabaseSlots[] = {{Py_tp_doc, const_cast<char*>("One URL: a pool and compiled statements.")},
                                {Py_tp_new, reinterpret_cast<void*>(Database_new)},
                                {Py_tp_dealloc, reinterpret_cast<void*>(Handle_dealloc<DatabaseObject>)},
                                {Py_tp_methods, kDatabaseMethods},
                                {Py_tp_getset, kDatabaseGetters},
                                {0, nullptr}};
PyType_Slot kStatementSlots[] = {{Py_tp_doc, const_cast<char*>("A compiled statement.")},
                                 {Py_tp_dealloc, reinterpret_cast<void*>(Handle_dealloc<StatementObject>)},
                                 {Py_tp_getset, kStatementGetters},
                                 {0, nullptr}};
PyType_Slot kTransactionSlots[] = {{Py_tp_doc, const_cast<char*>("A transaction on one connection.")},
                                   {Py_tp_dealloc, reinterpret_cast<void*>(Handle_dealloc<TransactionObject>)},
                                   {Py_tp_methods, kTransactionMethods},
                                   {Py_tp_getset, kTransactionGetters},
                                   {0, nullptr}};

PyType_Spec kDatabaseSpec = {"pyferro._native.Database", sizeof(DatabaseObject), 0, Py_TPFLAGS_DEFAULT,
                             kDatabaseSlots};
PyType_Spec kStatementSpec = {"pyferro._native.Statement", sizeof(StatementObject), 0,
                              Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, kStatementSlots};
PyType_Spec kTransactionSpec = {"pyferro._native.Transaction", sizeof(TransactionObject), 0,
                                Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, kTransactionSlots};

}  // namespace

ferro_database* HandleOf(PyObject* database) { return As<DatabaseObject>(database).handle; }

ferro_statement* StatementOf(PyObject* statement) { return As<StatementObject>(statement).handle; }

ferro_transaction* TransactionOf(PyObject* transaction) {
  return transaction == Py_None ? nullptr : As<TransactionObject>(transaction).handle;
}

PyObject*& PipelinesOf(PyObject* database) { return As<DatabaseObject>(database).owner; }

bool AddDatabase(PyObject* module, ModuleState& state) {
  state.database_type = AddType(module, kDatabaseSpec);
  state.statement_type = AddType(module, kStatementSpec);
  state.transaction_type = AddType(module, kTransactionSpec);
  return state.database_type != nullptr && state.statement_type != nullptr && state.transaction_type != nullptr;
}

}  // namespace ferro::py
