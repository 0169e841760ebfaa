// What pyferro/relations/loading.py does with the instances of one level of relations. Keys are the value of one field, or a tuple
// of those of several. Related instances are kept as `remember()` of pyferro/instances/state.py keeps them.
#pragma once

#include "pyferro/native/ref.h"

namespace ferro::py {

// Each is a function of the module; its types are in _native.pyi.

// keys_of(instances, names): their keys. KeyError for a field that an instance lacks.
PyObject* KeysOfFunction(PyObject* module, PyObject* args);
// share(instances, names, seen): each becomes the first one that `seen` has of its key, where it is added. None stays.
PyObject* ShareFunction(PyObject* module, PyObject* args);
// row_state(instance) and related(instance): what stands in those slots (pyferro/instances/state.py), or None.
PyObject* RowStateFunction(PyObject* module, PyObject* instance);
PyObject* RelatedFunction(PyObject* module, PyObject* instance);
// remember(instances, name, values): each is related to the value at its place. None has no relations.
PyObject* RememberFunction(PyObject* module, PyObject* args);
// gather(keys, rows, found): adds each row to the list that `found` has for its key.
PyObject* GatherFunction(PyObject* module, PyObject* args);
// hand_out(parents, keys, found, name, many, back): each is related to a list of its own of the rows found for its key,
// or else to their first or None; and, unless `back` is None, each of these rows to it by that name.
PyObject* HandOutFunction(PyObject* module, PyObject* args);

}  // namespace ferro::py
