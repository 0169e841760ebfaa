// The slots of a model's instance beside its fields, and the hooks that let loaded instances come into the world
// half made: with a fields set that all of them share, and unknown to the garbage collector.
//
// An instance whose values are all atomic is in no cycle, so the collector need not know it. What could put it into
// one goes through `__dict__` or a slot of pydantic's (setattr of pydantic's models does, vars(), cached properties,
// private attributes, validators), and our base class has descriptors there that track the instance first. What
// goes past them is object.__setattr__(instance, name, value): a cycle made so is not collected.
#pragma once

#include "pyferro/native/ref.h"
#include "pyferro/native/shortcuts/member_offset.h"

namespace ferro::py {

struct ModuleState;

// Offsets in bytes from the start of an instance; 0: not known, set by name.
struct ModelSlots {
  Py_ssize_t fields_set = 0;
  Py_ssize_t extra = 0;
  Py_ssize_t private_attributes = 0;
  Py_ssize_t row_state = 0;      // __ferro_state__
  Py_ssize_t related = 0;        // __ferro_related__
  Py_ssize_t instance_size = 0;  // of Model: a subclass with more slots than a list of weak references is not ours
};

// Python: adopt_model(model, state_slot). Told once, with pyferro.Model itself: finds the slots and puts the hooks into
// its dict. The hooks stay when a shortcut is switched off later, as they are right for any instance.
PyObject* AdoptModelFunction(PyObject* module, PyObject* args);

// Whether instances of `model` have the hooks and nothing that could get around them.
bool HasHooks(const ModuleState& state, PyTypeObject* model);

// A new loaded instance of a model that HasHooks(), with all slots filled, unknown to the garbage collector. Empty with
// an exception.
inline Ref NewUntracked(const ModelSlots& slots, PyTypeObject* model, Ref fields_set) {
  // What lies before the head is cleared by CPython; what lies behind it are the slots and nothing else.
  PyObject* instance = PyObject_GC_New(PyObject, model);
  if (instance == nullptr) return {};
  MemberAt(instance, slots.fields_set) = fields_set.release();
  MemberAt(instance, slots.extra) = Py_NewRef(Py_None);
  MemberAt(instance, slots.private_attributes) = Py_NewRef(Py_None);
  MemberAt(instance, slots.row_state) = Py_NewRef(Py_True);
  MemberAt(instance, slots.related) = nullptr;
  if (model->tp_weaklistoffset > 0) MemberAt(instance, model->tp_weaklistoffset) = nullptr;
  return Ref::Steal(instance);
}

// Fills a slot of a new instance, in which it is still empty.
inline bool FillSlot(PyObject* instance, Py_ssize_t offset, PyObject* name, Ref value) {
  if (!value) return false;
  if (offset == 0) return PyObject_GenericSetAttr(instance, name, value.get()) == 0;
  MemberAt(instance, offset) = value.release();
  return true;
}

}  // namespace ferro::py
