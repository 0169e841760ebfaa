#include "pyferro/native/json.h"

#include <charconv>
#include <cstring>
#include <string>

namespace ferro::py {
namespace {

constexpr int kDeepest = 64;

// As many digits as fit 64 bits for certain.
constexpr int kIntegerDigits = 18;

Ref AsciiText(const char* text, size_t size) {
  Ref made = Ref::Steal(PyUnicode_New(static_cast<Py_ssize_t>(size), 127));
  if (made && size != 0) std::memcpy(PyUnicode_1BYTE_DATA(made.get()), text, size);
  return made;
}

// Reads one document. Each function gives an empty Ref when it met something unusual, with nothing raised, or when an
// exception is set.
class Reader {
 public:
  Reader(JsonKeys& keys, const char* text, size_t size) : keys_(keys), at_(text), end_(text + size) {}

  Ref Document() {
    Ref value = Value(0);
    SkipSpace();
    return at_ == end_ ? value : Ref();
  }

 private:
  void SkipSpace() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool Take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  Ref Word(const char* word, size_t size, PyObject* value) {
    if (static_cast<size_t>(end_ - at_) < size || std::memcmp(at_, word, size) != 0) return {};
    at_ += size;
    return Ref::Borrow(value);
  }

  Ref Value(int depth) {
    SkipSpace();
    if (at_ == end_ || depth > kDeepest) return {};
    switch (*at_) {
      case '{': return Object(depth);
      case '[': return Array(depth);
      case '"': return String(false);
      case 't': return Word("true", 4, Py_True);
      case 'f': return Word("false", 5, Py_False);
      case 'n': return Word("null", 4, Py_None);
      default: return Number();
    }
  }

  Ref Object(int depth) {
    ++at_;
    Ref object = Ref::Steal(PyDict_New());
    SkipSpace();
    if (!object || Take('}')) return object;
    do {
      SkipSpace();
      if (at_ == end_ || *at_ != '"') return {};
      Ref key = String(true);
      if (!key) return {};
      SkipSpace();
      if (!Take(':')) return {};
      Ref value = Value(depth + 1);
      if (!value || PyDict_SetItem(object.get(), key.get(), value.get()) < 0) return {};
      SkipSpace();
    } while (Take(','));
    return Take('}') ? object : Ref();
  }

  Ref Array(int depth) {
    ++at_;
    Ref array = Ref::Steal(PyList_New(0));
    SkipSpace();
    if (!array || Take(']')) return array;
    do {
      Ref value = Value(depth + 1);
      if (!value || PyList_Append(array.get(), value.get()) < 0) return {};
      SkipSpace();
    } while (Take(','));
    return Take(']') ? array : Ref();
  }

  Ref String(bool is_key) {
    const char* const start = ++at_;
    unsigned char seen = 0;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') {
      const auto byte = static_cast<unsigned char>(*at_);
      if (byte < 0x20) return {};
      seen |= byte;
      ++at_;
    }
    if (at_ == end_) return {};
    if (*at_ == '\\') return Escaped(start);
    const auto size = static_cast<size_t>(at_ - start);
    ++at_;
    if (seen < 0x80) return is_key ? keys_.Get(start, size) : AsciiText(start, size);
    return Decoded(start, size);
  }

  Ref Decoded(const char* text, size_t size) {
    Ref made = Ref::Steal(PyUnicode_DecodeUTF8(text, static_cast<Py_ssize_t>(size), nullptr));
    if (!made && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) PyErr_Clear();
    return made;
  }

  // From the first backslash on; what stands before it is [start, at_).
  Ref Escaped(const char* start) {
    std::string text(start, at_);
    while (at_ != end_ && *at_ != '"') {
      if (static_cast<unsigned char>(*at_) < 0x20) return {};
      if (*at_ != '\\') {
        text += *at_++;
        continue;
      }
      if (++at_ == end_) return {};
      switch (*at_++) {
        case '"': text += '"'; break;
        case '\\': text += '\\'; break;
        case '/': text += '/'; break;
        case 'b': text += '\b'; break;
        case 'f': text += '\f'; break;
        case 'n': text += '\n'; break;
        case 'r': text += '\r'; break;
        case 't': text += '\t'; break;
        case 'u':
          if (!CodePoint(text)) return {};
          break;
        default: return {};
      }
    }
    if (!Take('"')) return {};
    return Decoded(text.data(), text.size());
  }

  // Four hexadecimal digits; halves of a pair are unusual.
  bool CodePoint(std::string& text) {
    if (end_ - at_ < 4) return false;
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(at_, at_ + 4, value, 16);
    if (error != std::errc() || stop != at_ + 4 || (value >= 0xD800 && value <= 0xDFFF)) return false;
    at_ += 4;
    if (value < 0x80) {
      text += static_cast<char>(value);
    } else if (value < 0x800) {
      text += static_cast<char>(0xC0 | (value >> 6));
      text += static_cast<char>(0x80 | (value & 0x3F));
    } else {
      text += static_cast<char>(0xE0 | (value >> 12));
      text += static_cast<char>(0x80 | ((value >> 6) & 0x3F));
      text += static_cast<char>(0x80 | (value & 0x3F));
    }
    return true;
  }

  size_t Digits(uint64_t* value) {
    size_t count = 0;
    for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_, ++count) {
      if (value != nullptr && count < kIntegerDigits) *value = *value * 10 + static_cast<uint64_t>(*at_ - '0');
    }
    return count;
  }

  Ref Number() {
    const char* const start = at_;
    const bool negative = Take('-');
    const bool zero = at_ != end_ && *at_ == '0';
    uint64_t whole = 0;
    const size_t digits = Digits(&whole);
    if (digits == 0 || (zero && digits > 1)) return {};
    const bool is_float = at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E');
    if (!is_float) {
      if (digits > kIntegerDigits || (negative && whole == 0)) return {};
      const auto value = static_cast<long long>(whole);
      return Ref::Steal(PyLong_FromLongLong(negative ? -value : value));
    }
    if (Take('.') && Digits(nullptr) == 0) return {};
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (Digits(nullptr) == 0) return {};
    }
    double value = 0;
    const auto [stop, error] = std::from_chars(start, at_, value);
    if (error != std::errc() || stop != at_) return {};
    return Ref::Steal(PyFloat_FromDouble(value));
  }

  JsonKeys& keys_;
  const char* at_;
  const char* const end_;
};

size_t SlotOf(const char* text, size_t size) {
  uint64_t head = 0, tail = 0;
  const size_t part = size < 8 ? size : 8;
  std::memcpy(&head, text, part);
  std::memcpy(&tail, text + size - part, part);
  uint64_t mixed = (head ^ (tail * 0x9E3779B97F4A7C15ull) ^ size) * 0xD6E8FEB86659FD93ull;
  mixed ^= mixed >> 32;
  return static_cast<size_t>(mixed);
}

}  // namespace

Ref JsonKeys::Get(const char* text, size_t size) {
  if (size > kLongest) return AsciiText(text, size);
  PyObject*& slot = slots_[SlotOf(text, size) % kSlots];
  if (slot != nullptr && static_cast<size_t>(PyUnicode_GET_LENGTH(slot)) == size &&
      std::memcmp(PyUnicode_1BYTE_DATA(slot), text, size) == 0) {
    return Ref::Borrow(slot);
  }
  Ref made = AsciiText(text, size);
  if (made) Py_XSETREF(slot, Py_NewRef(made.get()));
  return made;
}

void JsonKeys::Clear() {
  for (PyObject*& slot : slots_) Py_CLEAR(slot);
}

PyObject* ParseJson(ModuleState& state, const char* text, size_t size) {
  Ref value = Reader(*state.json_keys, text, size).Document();
  if (value || PyErr_Occurred()) return value.release();
  Ref bytes = Ref::Steal(PyBytes_FromStringAndSize(text, static_cast<Py_ssize_t>(size)));
  return bytes ? PyObject_CallOneArg(state.from_json, bytes.get()) : nullptr;
}

}  // namespace ferro::py
