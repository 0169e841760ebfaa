// Columns as attributes of a model's class, found before the class is searched for an attribute of that name.
//
// Without it Python searches the class, its bases and the metaclass, makes an AttributeError, drops it, and calls the
// metaclass's __getattr__, which finds the column. With it the metaclass has a tp_getattro that looks into the columns
// first, where no attribute goes before them. Other attributes it finds as `type` does, without asking for a __getattribute__ that
// the metaclass does not have; and what is not found takes the same way as ever.
#pragma once

#include "pyferro/native/ref.h"

namespace ferro::py {

struct ModuleState;

// The base of metaclasses that have it: a type with nothing of its own, by which the module's state is found.
bool AddMetaBase(PyObject* module, ModuleState& state);

// Whether it works in this interpreter.
bool TryClassColumns(ModuleState& state);

// Python: adopt_metaclass(metaclass). Told once, with the metaclass of pyferro.Model.
PyObject* AdoptMetaclassFunction(PyObject* module, PyObject* metaclass);

// Python: making(1) and making(-1) around the making of a class, in which pydantic must find no columns.
PyObject* MakingFunction(PyObject* module, PyObject* step);

}  // namespace ferro::py
