// An event loop's side of ferro_pipeline: watches the connections that statements share, sends what was asked in a turn of
// the loop at its end, and lets those go on that have their answer. One for each database and each loop that uses it.
#pragma once

#include "pyferro/native/state.h"

namespace ferro::py {

// That of a database in this loop, borrowed from the database; null without an exception where it has none.
PyObject* PipelineOf(ModuleState& state, PyObject* database, PyObject* loop);

// Lets an operation of `owner` share the pipeline, which has to outlive it.
bool Share(PyObject* pipeline, ferro_operation* operation, PyObject* owner);

// A task has asked something, or has left: takes new connections, and sees to it that the rest is done at the end of the
// loop's turn; `at_once`: now, as far as no task is woken. False with an exception.
bool Attend(ModuleState& state, PyObject* pipeline, bool at_once);

bool AddPipeline(PyObject* module, ModuleState& state);

}  // namespace ferro::py
