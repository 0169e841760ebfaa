#include "pyferro/native/shortcuts/shortcuts.h"

#include <cstdlib>
#include <cstring>

#include "pyferro/native/shortcuts/class_columns.h"
#include "pyferro/native/shortcuts/datetime_layout.h"
#include "pyferro/native/shortcuts/decimal_layout.h"
#include "pyferro/native/shortcuts/dict_entries.h"
#include "pyferro/native/shortcuts/uuid_slots.h"
#include "pyferro/native/state.h"

namespace ferro::py {
namespace {

struct Named {
  const char* name;
  unsigned bit;
};
constexpr Named kNames[] = {{"dict_entries", kDictEntries},
                            {"lazy_fields_set", kLazyFieldsSet},
                            {"lazy_tracking", kLazyTracking},
                            {"decimal_layout", kDecimalLayout},
                            {"uuid_slots", kUuidSlots},
                            {"datetime_layout", kDatetimeLayout},
                            {"class_columns", kClassColumns}};

unsigned BitOf(const char* name, size_t size) {
  for (const Named& named : kNames) {
    if (std::strlen(named.name) == size && std::memcmp(named.name, name, size) == 0) return named.bit;
  }
  PyErr_Format(PyExc_ValueError,
               "there is no shortcut of that name (dict_entries, lazy_fields_set, lazy_tracking, decimal_layout, "
               "uuid_slots, datetime_layout, class_columns; PYFERRO_SHORTCUTS may also be none)");
  return 0;
}

bool ReadEnvironment(unsigned& wanted) {
  const char* at = std::getenv("PYFERRO_SHORTCUTS");
  if (at == nullptr) return true;
  wanted = 0;
  if (*at == '\0' || std::strcmp(at, "none") == 0) return true;
  for (;;) {
    const size_t size = std::strcspn(at, ",");
    const unsigned bit = BitOf(at, size);
    if (bit == 0) return false;
    wanted |= bit;
    if (at[size] == '\0') return true;
    at += size + 1;
  }
}

bool ReadNames(PyObject* names, unsigned& wanted) {
  Ref list = Ref::Steal(PySequence_Tuple(names));
  if (!list) return false;
  wanted = 0;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(list.get()); ++i) {
    Py_ssize_t size;
    const char* name = PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(list.get(), i), &size);
    const unsigned bit = name == nullptr ? 0 : BitOf(name, static_cast<size_t>(size));
    if (bit == 0) return false;
    wanted |= bit;
  }
  return true;
}

}  // namespace

bool FindShortcuts(ModuleState& state) {
  unsigned found = 0;
  if (TryDictEntries()) found |= kDictEntries;
  if (TryDecimalLayout(state)) found |= kDecimalLayout;
  if (TryUuidSlots(state)) found |= kUuidSlots;
  if (TryDatetimeLayout(state)) found |= kDatetimeLayout;
  if (TryClassColumns(state)) found |= kClassColumns;
  found |= kLazyFieldsSet;
#if !defined(Py_GIL_DISABLED) && !defined(Py_DEBUG)
  // Free-threaded: its collector was not tried. Debug builds: there every object is to be seen by the collector.
  found |= kLazyTracking;
#endif
  unsigned wanted = ~0u;
  if (!ReadEnvironment(wanted)) return false;
  state.shortcuts_found = found;
  state.shortcuts = found & wanted;
  return true;
}

PyObject* ShortcutsFunction(PyObject* module, PyObject* args) {
  PyObject* names = nullptr;
  if (!PyArg_ParseTuple(args, "|O", &names)) return nullptr;
  ModuleState& state = StateOf(module);
  if (names != nullptr) {
    unsigned wanted;
    if (!ReadNames(names, wanted)) return nullptr;
    state.shortcuts = state.shortcuts_found & wanted;
  }
  Ref used = Ref::Steal(PySet_New(nullptr));
  for (const Named& named : kNames) {
    if (!used) return nullptr;
    if ((state.shortcuts & named.bit) == 0) continue;
    Ref name = Ref::Steal(PyUnicode_FromString(named.name));
    if (!name || PySet_Add(used.get(), name.get()) < 0) return nullptr;
  }
  return PyFrozenSet_New(used.get());
}

}  // namespace ferro::py
