#include "pyferro/native/shortcuts/dict_entries.h"

namespace ferro::py {
namespace {

#ifndef Py_GIL_DISABLED

Ref MakeDict(Py_ssize_t size) {
  Ref dict = Ref::Steal(PyDict_New());
  for (Py_ssize_t i = 0; dict && i < size; ++i) {
    Ref key = Ref::Steal(PyUnicode_FromFormat("field_%zd", i));
    Ref value = Ref::Steal(PyLong_FromSsize_t(i + 100'000));
    if (!key || !value || PyDict_SetItem(dict.get(), key.get(), value.get()) < 0) return {};
  }
  return dict;
}

// The entries as computed against those that PyDict_Next gives.
bool EntriesAgree(PyObject* dict, Py_ssize_t size) {
  if (!HasPlainEntries(dict, size)) return false;
  const DictEntry* entries = EntriesOf(dict);
  PyObject *key, *value;
  Py_ssize_t position = 0, index = 0;
  while (PyDict_Next(dict, &position, &key, &value)) {
    if (entries[index].key != key || entries[index].value != value) return false;
    ++index;
  }
  return index == size;
}

bool Works(Py_ssize_t size) {
  Ref original = MakeDict(size);
  if (!original || !EntriesAgree(original.get(), size)) return false;
  Ref copy = Ref::Steal(PyDict_Copy(original.get()));
  if (!copy || !EntriesAgree(copy.get(), size)) return false;
  for (Py_ssize_t i = 0; i < size; ++i) {
    Ref value = Ref::Steal(PyLong_FromSsize_t(i + 200'000));
    if (!value) return false;
    ReplaceValue(EntriesOf(copy.get()), static_cast<size_t>(i), value.release());
  }
  if (!EntriesAgree(copy.get(), size) || !EntriesAgree(original.get(), size)) return false;
  for (Py_ssize_t i = 0; i < size; ++i) {
    Ref key = Ref::Steal(PyUnicode_FromFormat("field_%zd", i));
    if (!key) return false;
    PyObject* now = PyDict_GetItemWithError(copy.get(), key.get());
    PyObject* before = PyDict_GetItemWithError(original.get(), key.get());
    if (now == nullptr || PyLong_AsSsize_t(now) != i + 200'000) return false;
    if (before == nullptr || PyLong_AsSsize_t(before) != i + 100'000) return false;
  }
  // It is still a dict that can grow.
  return PyDict_SetItemString(copy.get(), "one more", Py_None) == 0 && PyDict_GET_SIZE(copy.get()) == size + 1;
}

#endif

}  // namespace

bool TryDictEntries() {
#ifdef Py_GIL_DISABLED
  return false;
#else
  bool good = true;
  // 6 and 11 are just above what the first two sizes of table hold; indices take two bytes from 171 on.
  for (const Py_ssize_t size : {1, 3, 6, 11, 40, 200}) good = good && Works(size);
  PyErr_Clear();
  return good;
#endif
}

}  // namespace ferro::py
