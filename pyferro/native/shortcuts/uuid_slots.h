// UUIDs past their constructor, which costs twenty times as much: its two slots are all it sets.
#pragma once

#include "pyferro/native/ref.h"

namespace ferro::py {

struct ModuleState;

// Where uuid.UUID keeps its number and its safety, in bytes from the start of the object.
struct UuidSlots {
  Py_ssize_t number = 0;
  Py_ssize_t safety = 0;
};

// The UUID of 16 bytes, by the slots where they are in use, else by its constructor. Null with an exception.
PyObject* MakeUuid(const ModuleState& state, const char* bytes);

// Finds the slots and compares what MakeUuid makes by them with what the constructor makes. No exception is left.
bool TryUuidSlots(ModuleState& state);

}  // namespace ferro::py
