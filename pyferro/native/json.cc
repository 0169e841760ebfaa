#include "pyferro/native/json.h"

#include <bit>
#include <charconv>
#include <cstring>
#include <string>

#include "pyferro/native/shortcuts/dict_entries.h"
#include "pyferro/native/shortcuts/shortcuts.h"
#include "pyferro/native/text.h"

namespace ferro::py {
namespace {

constexpr int kDeepest = 64;

// As many digits as fit 64 bits for certain.
constexpr int kIntegerDigits = 18;

// One character is left to CPython, which has those.
PyObject* AsciiText(const char* text, size_t size) {
  return size >= 2 ? MakeAscii(text, size) : PyUnicode_DecodeUTF8(text, static_cast<Py_ssize_t>(size), nullptr);
}

// Reads one document. Each function gives null when it met something unusual, with nothing raised, or when an exception
// is set.
class Reader {
 public:
  Reader(JsonKeys& owner, bool by_shape, const char* text, size_t size)
      : owner_(owner), by_shape_(by_shape), at_(text), end_(text + size) {}

  PyObject* Document() {
    Ref value = Ref::Steal(Value(0));
    SkipSpace();
    return at_ == end_ ? value.release() : nullptr;
  }

 private:
  void SkipSpace() {
    while (at_ != end_ && *at_ <= ' ' && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool Take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  PyObject* Word(const char* word, size_t size, PyObject* value) {
    if (static_cast<size_t>(end_ - at_) < size || std::memcmp(at_, word, size) != 0) return nullptr;
    at_ += size;
    return Py_NewRef(value);
  }

  PyObject* Value(int depth) {
    SkipSpace();
    if (at_ == end_ || depth > kDeepest) return nullptr;
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

  // What containers will hold is on a stack until their size is known.
  PyObject* Object(int depth) {
    ++at_;
    SkipSpace();
    if (Take('}')) return PyDict_New();
    JsonKeys::Pile pile(owner_);
    do {
      SkipSpace();
      if (at_ == end_ || *at_ != '"') return nullptr;
      if (!pile.Add(String(true))) return nullptr;
      SkipSpace();
      if (!Take(':') || !pile.Add(Value(depth + 1))) return nullptr;
      SkipSpace();
    } while (Take(','));
    return Take('}') ? pile.MakeDict(by_shape_) : nullptr;
  }

  PyObject* Array(int depth) {
    ++at_;
    SkipSpace();
    if (Take(']')) return PyList_New(0);
    JsonKeys::Pile pile(owner_);
    do {
      if (!pile.Add(Value(depth + 1))) return nullptr;
      SkipSpace();
    } while (Take(','));
    return Take(']') ? pile.MakeList() : nullptr;
  }

  // Moves to the first byte that does not stand for itself in a string: a quote, a backslash, a control character, or
  // one that is not ASCII. (Subtracting from each byte of a word is found up to the first byte that borrows.)
  void SkipPlain() {
    constexpr uint64_t kOnes = 0x0101010101010101u, kHighBits = 0x8080808080808080u;
    for (; end_ - at_ >= 8; at_ += 8) {
      const uint64_t word = EightBytes(at_);
      const uint64_t quote = word ^ (kOnes * '"'), backslash = word ^ (kOnes * '\\');
      const uint64_t found = (((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) |
                              ((word - kOnes * 0x20) & ~word) | word) & kHighBits;
      if (found == 0) continue;
      at_ += std::countr_zero(found) / 8;
      return;
    }
    while (at_ != end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_ - 0x20) < 0x60) ++at_;
  }

  PyObject* String(bool is_key) {
    const char* const start = ++at_;
    SkipPlain();
    if (at_ != end_ && *at_ == '"') [[likely]] {
      const auto size = static_cast<size_t>(at_++ - start);
      return is_key ? owner_.Key(start, size, end_) : AsciiText(start, size);
    }
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') {
      if (static_cast<unsigned char>(*at_++) < 0x20) return nullptr;
    }
    if (at_ == end_) return nullptr;
    if (*at_ == '\\') return Escaped(start);
    const auto size = static_cast<size_t>(at_++ - start);
    return Decoded(start, size);
  }

  PyObject* Decoded(const char* text, size_t size) {
    PyObject* made = PyUnicode_DecodeUTF8(text, static_cast<Py_ssize_t>(size), nullptr);
    if (made == nullptr && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) PyErr_Clear();
    return made;
  }

  // From the first backslash on; what stands before it is [start, at_).
  PyObject* Escaped(const char* start) {
    std::string text(start, at_);
    while (at_ != end_ && *at_ != '"') {
      if (static_cast<unsigned char>(*at_) < 0x20) return nullptr;
      if (*at_ != '\\') {
        text += *at_++;
        continue;
      }
      if (++at_ == end_) return nullptr;
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
          if (!CodePoint(text)) return nullptr;
          break;
        default: return nullptr;
      }
    }
    if (!Take('"')) return nullptr;
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

  PyObject* Number() {
    const char* const start = at_;
    const bool negative = Take('-');
    const bool zero = at_ != end_ && *at_ == '0';
    uint64_t whole = 0;
    const size_t digits = Digits(&whole);
    if (digits == 0 || (zero && digits > 1)) return nullptr;
    const bool is_float = at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E');
    if (!is_float) {
      if (digits > kIntegerDigits || (negative && whole == 0)) return nullptr;
      const auto value = static_cast<long long>(whole);
      return PyLong_FromLongLong(negative ? -value : value);
    }
    if (Take('.') && Digits(nullptr) == 0) return nullptr;
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (Digits(nullptr) == 0) return nullptr;
    }
    double value = 0;
    const auto [stop, error] = std::from_chars(start, at_, value);
    if (error != std::errc() || stop != at_) return nullptr;
    return PyFloat_FromDouble(value);
  }

  JsonKeys& owner_;
  const bool by_shape_;
  const char* at_;
  const char* const end_;
};

// The first eight bytes of a text, the rest of them 0. `end` is how far memory may be read.
uint64_t HeadOf(const char* text, size_t size, const char* end) {
  uint64_t head = 0;
  if (end - text < 8) {
    std::memcpy(&head, text, size < 8 ? size : 8);
    return head;
  }
  std::memcpy(&head, text, 8);
  if (size >= 8) return head;
  if constexpr (std::endian::native == std::endian::little) return head & ((uint64_t{1} << (8 * size)) - 1);
  return size == 0 ? 0 : head >> (64 - 8 * size) << (64 - 8 * size);
}

uint64_t Mixed(uint64_t value) {
  value *= 0xD6E8FEB86659FD93u;
  return value ^ (value >> 32);
}

}  // namespace

PyObject* JsonKeys::Key(const char* text, size_t size, const char* end) {
  if (size > kLongestKey) return AsciiText(text, size);
  const uint64_t head = HeadOf(text, size, end);
  uint64_t tail = size;
  if (size > 8) tail ^= EightBytes(text + size - 8) * 0x9E3779B97F4A7C15u;
  KeySlot& slot = keys_[Mixed(head ^ tail) % kKeys];
  if (slot.key != nullptr && slot.head == head && slot.size == size &&
      (size <= 8 || std::memcmp(PyUnicode_1BYTE_DATA(slot.key), text, size) == 0)) {
    return Py_NewRef(slot.key);
  }
  PyObject* made = AsciiText(text, size);
  if (made == nullptr) return nullptr;
  slot.head = head;
  slot.size = size;
  Py_XSETREF(slot.key, Py_NewRef(made));
  return made;
}

void JsonKeys::Clear() {
  for (KeySlot& slot : keys_) Py_CLEAR(slot.key);
  for (ShapeSlot& slot : shapes_) Py_CLEAR(slot.blank);
}

bool JsonKeys::Pile::Add(PyObject* object) {
  if (object == nullptr) return false;
  owner_.stack_.push_back(object);
  return true;
}

JsonKeys::Pile::~Pile() {
  // Each is off the stack before it is gone.
  while (owner_.stack_.size() > base_) {
    PyObject* const object = owner_.stack_.back();
    owner_.stack_.pop_back();
    Py_DECREF(object);
  }
}

PyObject* JsonKeys::Pile::MakeList() {
  std::vector<PyObject*>& stack = owner_.stack_;
  PyObject* list = PyList_New(static_cast<Py_ssize_t>(stack.size() - base_));
  if (list == nullptr) return nullptr;
  for (size_t i = base_; i < stack.size(); ++i) {
    PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i - base_), stack[i]);
  }
  stack.resize(base_);
  return list;
}

PyObject* JsonKeys::Pile::MakeDict(bool by_shape) {
  const size_t count = (owner_.stack_.size() - base_) / 2;
  if (!by_shape || count < kFewest || count > kMost) return ByKeys(count);
  uint64_t hash = count;
  for (size_t i = 0; i < count; ++i) hash = Mixed(hash ^ reinterpret_cast<uintptr_t>(owner_.stack_[base_ + 2 * i]));
  ShapeSlot& slot = owner_.shapes_[hash % kShapes];
  if (slot.hash == hash && slot.blank != nullptr && HasShape(slot.blank, count)) return ByShape(slot.blank, count);
  PyObject* made = ByKeys(count);
  if (slot.hash == hash && made != nullptr) {
    // Seen twice: worth a copy.
    Py_XSETREF(slot.blank, BlankOf(made, count));
  } else {
    slot.hash = hash;
    Py_CLEAR(slot.blank);
  }
  return made;
}

PyObject* JsonKeys::Pile::ByKeys(size_t count) {
  PyObject* const* const items = owner_.stack_.data() + base_;
  Ref made = Ref::Steal(PyDict_New());
  for (size_t i = 0; made && i < count; ++i) {
    if (PyDict_SetItem(made.get(), items[2 * i], items[2 * i + 1]) < 0) return nullptr;
  }
  return made.release();
}

// Whether `blank` has these very keys in this order.
bool JsonKeys::Pile::HasShape(PyObject* blank, size_t count) const {
  if (static_cast<size_t>(PyDict_GET_SIZE(blank)) != count) return false;
  const DictEntry* const entries = EntriesOf(blank);
  for (size_t i = 0; i < count; ++i) {
    if (entries[i].key != owner_.stack_[base_ + 2 * i]) return false;
  }
  return true;
}

PyObject* JsonKeys::Pile::ByShape(PyObject* blank, size_t count) {
  PyObject* made = PyDict_Copy(blank);
  if (made == nullptr) return nullptr;
  DictEntry* const entries = EntriesOf(made);
  bool holds_container = false;
  for (size_t i = 0; i < count; ++i) {
    PyObject* value = owner_.stack_[base_ + 2 * i + 1];
    if (PyObject_IS_GC(value)) holds_container = true;
    ReplaceValue(entries, i, Py_NewRef(value));
  }
  if (holds_container) TrackCopy(made);
  return made;
}

// A copy with the keys alone; null, with no exception, when a key came twice or memory ran out.
PyObject* JsonKeys::Pile::BlankOf(PyObject* dict, size_t count) {
  if (!HasPlainEntries(dict, static_cast<Py_ssize_t>(count))) return nullptr;
  Ref blank = Ref::Steal(PyDict_New());
  for (size_t i = 0; blank && i < count; ++i) {
    if (PyDict_SetItem(blank.get(), owner_.stack_[base_ + 2 * i], Py_None) < 0) blank.reset();
  }
  if (!blank) PyErr_Clear();
  return blank && HasPlainEntries(blank.get(), static_cast<Py_ssize_t>(count)) ? blank.release() : nullptr;
}

PyObject* ParseJson(ModuleState& state, const char* text, size_t size) {
  const bool by_shape = (state.shortcuts & kDictEntries) != 0;
  PyObject* value = Reader(*state.json_keys, by_shape, text, size).Document();
  if (value != nullptr || PyErr_Occurred()) return value;
  Ref bytes = Ref::Steal(PyBytes_FromStringAndSize(text, static_cast<Py_ssize_t>(size)));
  return bytes ? PyObject_CallOneArg(state.from_json, bytes.get()) : nullptr;
}

}  // namespace ferro::py
