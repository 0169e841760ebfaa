#include "pyferro/native/shortcuts/uuid_slots.h"

#include "pyferro/native/shortcuts/member_offset.h"
#include "pyferro/native/shortcuts/shortcuts.h"
#include "pyferro/native/state.h"

namespace ferro::py {
namespace {

constexpr size_t kBytes = 16;

PyObject* NumberOf(const char* bytes) {
#if PY_VERSION_HEX >= 0x030D0000
  return PyLong_FromUnsignedNativeBytes(bytes, kBytes, Py_ASNATIVEBYTES_BIG_ENDIAN);
#else
  return _PyLong_FromByteArray(reinterpret_cast<const unsigned char*>(bytes), kBytes, 0, 0);
#endif
}

PyObject* BySlots(const ModuleState& state, const char* bytes) {
  auto* type = reinterpret_cast<PyTypeObject*>(state.uuid_type);
  Ref number = Ref::Steal(NumberOf(bytes));
  PyObject* uuid = number ? type->tp_alloc(type, 0) : nullptr;
  if (uuid == nullptr) return nullptr;
  // A number and a member of an enum: no way back to it.
  if ((state.shortcuts & kLazyTracking) != 0) PyObject_GC_UnTrack(uuid);
  MemberAt(uuid, state.uuid_slots.number) = number.release();
  MemberAt(uuid, state.uuid_slots.safety) = Py_NewRef(state.uuid_unknown_safety);
  return uuid;
}

PyObject* ByConstructor(const ModuleState& state, const char* bytes) {
  return PyObject_CallFunction(state.uuid_type, "Oy#", Py_None, bytes, static_cast<Py_ssize_t>(kBytes));
}

bool SameAttribute(PyObject* one, PyObject* other, PyObject* name) {
  Ref first = Ref::Steal(PyObject_GetAttr(one, name));
  Ref second = Ref::Steal(PyObject_GetAttr(other, name));
  return first && second && PyObject_RichCompareBool(first.get(), second.get(), Py_EQ) == 1;
}

bool Agrees(const ModuleState& state, const char* bytes) {
  Ref ours = Ref::Steal(BySlots(state, bytes));
  Ref theirs = Ref::Steal(ByConstructor(state, bytes));
  if (!ours || !theirs || PyObject_RichCompareBool(ours.get(), theirs.get(), Py_EQ) != 1 ||
      PyObject_Hash(ours.get()) != PyObject_Hash(theirs.get())) {
    return false;
  }
  Ref our_text = Ref::Steal(PyObject_Str(ours.get()));
  Ref their_text = Ref::Steal(PyObject_Str(theirs.get()));
  return our_text && their_text && PyUnicode_Compare(our_text.get(), their_text.get()) == 0 &&
         SameAttribute(ours.get(), theirs.get(), state.name_int) &&
         SameAttribute(ours.get(), theirs.get(), state.name_is_safe);
}

}  // namespace

PyObject* MakeUuid(const ModuleState& state, const char* bytes) {
  return (state.shortcuts & kUuidSlots) != 0 ? BySlots(state, bytes) : ByConstructor(state, bytes);
}

bool TryUuidSlots(ModuleState& state) {
  auto* type = reinterpret_cast<PyTypeObject*>(state.uuid_type);
  state.uuid_slots.number = MemberOffset(type, state.name_int);
  state.uuid_slots.safety = MemberOffset(type, state.name_is_safe);
  // The head, the two slots, and up to 3.11 the list of weak references: a slot more is one that we would leave empty.
  const size_t size = sizeof(PyObject) + (type->tp_weaklistoffset > 0 ? 3 : 2) * sizeof(PyObject*);
  bool good = state.uuid_slots.number != 0 && state.uuid_slots.safety != 0 &&
              type->tp_basicsize == static_cast<Py_ssize_t>(size);
  char bytes[kBytes] = {};
  for (const unsigned step : {0x00u, 0x01u, 0x5bu, 0xffu}) {
    for (size_t i = 0; i < kBytes; ++i) bytes[i] = static_cast<char>((i * step + step) & 0xff);
    good = good && Agrees(state, bytes);
  }
  PyErr_Clear();
  return good;
}

}  // namespace ferro::py
