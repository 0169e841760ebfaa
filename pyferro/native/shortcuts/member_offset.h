// Where a slot declared by __slots__ lies in the instances of a type.
#pragma once

#include <structmember.h>

#include "pyferro/native/ref.h"

namespace ferro::py {

// In bytes from the start of an instance, or 0 when `name` is not a plain slot of exactly this type.
inline Py_ssize_t MemberOffset(PyTypeObject* type, PyObject* name) {
  Ref names = Ref::Steal(PyObject_GetAttrString(reinterpret_cast<PyObject*>(type), "__dict__"));
  Ref descriptor = names ? Ref::Steal(PyObject_GetItem(names.get(), name)) : Ref();
  if (!descriptor) {
    PyErr_Clear();
    return 0;
  }
  if (!Py_IS_TYPE(descriptor.get(), &PyMemberDescr_Type)) return 0;
  const PyMemberDef* member = reinterpret_cast<PyMemberDescrObject*>(descriptor.get())->d_member;
  return member->type == T_OBJECT_EX && member->flags == 0 ? member->offset : 0;
}

// The slot itself.
inline PyObject*& MemberAt(PyObject* object, Py_ssize_t offset) {
  return *reinterpret_cast<PyObject**>(reinterpret_cast<char*>(object) + offset);
}

}  // namespace ferro::py
