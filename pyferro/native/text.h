// UTF-8 to str. Most texts of databases are ASCII, for which CPython's decoder does far more than look and copy.
#pragma once

#include <cstdint>
#include <cstring>

#include "pyferro/native/ref.h"

namespace ferro::py {

inline uint64_t EightBytes(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

inline bool IsAscii(const char* text, size_t size) {
  uint64_t seen = 0;
  if (size >= 8) {
    const char* const last = text + size - 8;  // overlaps the word before it
    seen = EightBytes(text) | EightBytes(last);
    for (text += 8; text < last; text += 8) seen |= EightBytes(text);
  } else {
    for (size_t i = 0; i < size; ++i) seen |= static_cast<uint8_t>(text[i]);
  }
  return (seen & 0x8080808080808080u) == 0;
}

// Of ASCII bytes, at least two.
inline PyObject* MakeAscii(const char* text, size_t size) {
  PyObject* made = PyUnicode_New(static_cast<Py_ssize_t>(size), 127);
  if (made != nullptr) std::memcpy(PyUnicode_1BYTE_DATA(made), text, size);
  return made;
}

// Null with an exception: UnicodeDecodeError for what is no UTF-8. One character is left to CPython, which has those.
inline PyObject* MakeText(const char* text, size_t size) {
  if (size >= 2 && IsAscii(text, size)) return MakeAscii(text, size);
  return PyUnicode_DecodeUTF8(text, static_cast<Py_ssize_t>(size), nullptr);
}

}  // namespace ferro::py
