// The ways past CPython's public API that make rows cheap, and which of them are in use. Each is tried out against
// the public API when the module is imported, and left alone where the trial fails; the code that would use it has
// a public way beside it. The environment variable PYFERRO_SHORTCUTS names those to use: "none", or names with
// commas between; without it, all.
#pragma once

#include "pyferro/native/ref.h"

namespace ferro::py {

struct ModuleState;

enum Shortcut : unsigned {
  kDictEntries = 1,     // values written into the entries of a copied dict: dict_entries.h
  kLazyFieldsSet = 2,   // a shared frozenset until model_fields_set is read: model_slots.h
  kLazyTracking = 4,    // instances unknown to the garbage collector until they could be in a cycle: model_slots.h
  kDecimalLayout = 8,   // decimals filled in place: decimal_layout.h
  kUuidSlots = 16,      // UUIDs past their constructor: uuid_slots.h
  kDatetimeLayout = 32,  // datetimes filled in place: datetime_layout.h
  kClassColumns = 64,    // columns before the attributes of a class: class_columns.h
};

// Tries all of them out and reads the environment. The two of models stay off until AdoptModel. False with an
// exception only when memory runs out or the variable names something unknown; a failed trial is no error.
bool FindShortcuts(ModuleState& state);

// Python's view: shortcuts(names=None) -> frozenset of the names in use. With `names` those of them that were found to
// work are used from now on (row plans made before keep theirs): for tests.
PyObject* ShortcutsFunction(PyObject* module, PyObject* args);

}  // namespace ferro::py
