// Operation: a request under way as an awaitable of the running asyncio loop (its descriptor is watched by the loop, no
// thread is involved) and, by run(), as a blocking call with the GIL released. Used once, one way; that of
// a stream once for each page.
#pragma once

#include <memory>
#include <vector>

#include "pyferro/native/from_python.h"
#include "pyferro/native/row_shape.h"
#include "pyferro/native/state.h"

namespace ferro::py {

// What an operation gives when it has ended: RESULT_* of the module.
enum class Result : int { kRows = 0, kFirst = 1, kScalars = 2, kScalar = 3, kCount = 4 };

struct FreeOperation {
  void operator()(ferro_operation* operation) const { ferro_operation_free(operation); }
};

// All that belongs to a request. Members are destroyed bottom up: first the engine's operation, then what it borrows.
struct Request {
  Ref database, transaction, statement;  // kept alive
  Ref pipeline;                          // likewise, once it shares one
  bool may_share = false;                // a statement outside of transactions
  bool single = false;                   // a statement with one row of arguments
  std::vector<ferro_value> arguments;
  Scratch scratch;
  Ref inputs;                            // Python objects that arguments point into
  RowShape shape;
  Result result = Result::kCount;
  Py_ssize_t page = 0;  // of a stream: each await gives so many rows, the last one fewer
  Ref describe;  // callable: the names of the columns to what RowShape::Read takes; until it was called
  Ref finish;
  std::vector<std::unique_ptr<Request>> members;  // statements by one operation, see several.cc: what each of them is
  std::unique_ptr<ferro_operation, FreeOperation> operation;

  Ref rows;                              // list, while they come

  int Traverse(visitproc visit, void* arg) const;
};

// Lets an operation go on whose answer is here, in the context of the task that awaits it, and wakes that: `now`, as nothing
// else runs in the loop, or by the loop. False with an exception, which is the program's end.
bool GoOn(ModuleState& state, PyObject* operation, bool now);

// Python: several(operations).
PyObject* SeveralFunction(PyObject* module, PyObject* operations);

// A new Operation object for a request whose engine operation has been started.
PyObject* NewOperation(ModuleState& state, std::unique_ptr<Request> request);

}  // namespace ferro::py
