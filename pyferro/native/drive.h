// Driving an operation: its steps, and rows out of its batches, until it ends, has to wait, or has taken the loop's time for long
// enough. Who waits, and how, is operation.cc's business.
#pragma once

#include "pyferro/native/operation.h"

namespace ferro::py {

class LoopWatch;

// How long rows are made before the loop gets a turn, and how long awaits that need no loop may follow each other. What comes
// due within a turn runs up to two turns later (three, after such awaits), and between turns the collector may run, which
// CPython lets wait while native code does.
inline constexpr int64_t kSliceNs = 1'000'000;

struct OperationObject {
  PyObject_HEAD
  Request* request;   // null once it has ended
  LoopWatch* watch;   // null while no task sleeps
  PyObject* value;    // the result, when ended well
  PyObject *error_type, *error, *trace;  // when not
  size_t row;         // of the batch at hand, while a slice was too short for it
  size_t position;    // of several statements: the one that has failed
  bool in_batch;
  bool begun;         // by begin()
  bool started;
  bool ended;
};

inline OperationObject& AsOperation(PyObject* object) { return *reinterpret_cast<OperationObject*>(object); }

enum class Turn { kDone, kWait, kSlice, kError, kPage };

// One turn; `blocking` is without end, with the GIL released. After kError an exception is set and the request is gone.
Turn Drive(ModuleState& state, OperationObject& self, bool blocking);

// Whether it is a statement whose columns the plan says, and has not begun.
bool MayBeOfSeveral(const OperationObject& self);

// The request is over: its connection goes back (or, when it had not ended, is thrown away).
void Drop(OperationObject& self);

}  // namespace ferro::py
