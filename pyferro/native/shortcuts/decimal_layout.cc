#include "pyferro/native/shortcuts/decimal_layout.h"

#include <bit>

#include "pyferro/native/powers_of_ten.h"
#include "pyferro/native/shortcuts/shortcuts.h"
#include "pyferro/native/state.h"

namespace ferro::py {
namespace {

constexpr uint8_t kNegative = 1;
constexpr uint8_t kStatic = 16;      // the mpd_t is not to be freed,
constexpr uint8_t kStaticData = 32;  // nor are its words
constexpr Py_ssize_t kWords = 4;

struct DecimalBody {
  PyObject head;
  Py_hash_t hash;  // -1: not known yet
  uint8_t flags;
  Py_ssize_t exponent;
  Py_ssize_t digits;
  Py_ssize_t length;  // words in use
  Py_ssize_t allocated;
  uint64_t* words;
  uint64_t inline_words[kWords];
};

// log10 from log2 is at most one too small.
Py_ssize_t DigitsOf(uint64_t value) {
  const auto bits = static_cast<int>(std::bit_width(value | 1));
  const int guess = (bits * 1233) >> 12;
  return guess + (value >= kPowersOfTen[guess] ? 1 : 0) + (value == 0 ? 1 : 0);
}

uint64_t Magnitude(int64_t coefficient) {
  return coefficient < 0 ? 0 - static_cast<uint64_t>(coefficient) : static_cast<uint64_t>(coefficient);
}

PyObject* ByLayout(const ModuleState& state, int64_t coefficient, unsigned scale) {
  auto* type = reinterpret_cast<PyTypeObject*>(state.decimal_type);
  PyObject* object = type->tp_alloc(type, 0);
  if (object == nullptr) return nullptr;
  DecimalBody& body = *reinterpret_cast<DecimalBody*>(object);
  const uint64_t magnitude = Magnitude(coefficient);
  // It refers to nothing that could refer to it.
  if ((state.shortcuts & kLazyTracking) != 0 && PyType_IS_GC(type)) PyObject_GC_UnTrack(object);
  body.hash = -1;
  body.flags = static_cast<uint8_t>(kStatic | kStaticData | (coefficient < 0 ? kNegative : 0));
  body.exponent = -static_cast<Py_ssize_t>(scale);
  body.digits = DigitsOf(magnitude);
  body.length = 1;
  body.allocated = kWords;
  body.words = body.inline_words;
  body.inline_words[0] = magnitude;
  return object;
}

PyObject* ByText(const ModuleState& state, int64_t coefficient, unsigned scale) {
  // Digits from the right, the point after `scale` of them, at least one before it.
  char buffer[48];
  char* at = buffer + sizeof buffer;
  uint64_t rest = Magnitude(coefficient);
  for (unsigned written = 0; rest != 0 || written <= scale; ++written) {
    if (written == scale && scale != 0) *--at = '.';
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  if (coefficient < 0) *--at = '-';
  Ref text = Ref::Steal(PyUnicode_FromStringAndSize(at, buffer + sizeof buffer - at));
  return text ? PyObject_CallOneArg(state.decimal_type, text.get()) : nullptr;
}

bool SameText(PyObject* ours, PyObject* theirs) {
  Ref our_text = Ref::Steal(PyObject_Repr(ours));
  Ref their_text = Ref::Steal(PyObject_Repr(theirs));
  return our_text && their_text && PyUnicode_Compare(our_text.get(), their_text.get()) == 0;
}

// The square has more words than one, so arithmetic on ours is tried with it.
bool Agrees(const ModuleState& state, int64_t coefficient, unsigned scale) {
  Ref theirs = Ref::Steal(ByText(state, coefficient, scale));
  if (!theirs) return false;
  const DecimalBody& body = *reinterpret_cast<const DecimalBody*>(theirs.get());
  const uint64_t magnitude = Magnitude(coefficient);
  if ((body.flags & 0x0f) != (coefficient < 0 ? kNegative : 0) || body.exponent != -static_cast<Py_ssize_t>(scale) ||
      body.digits != DigitsOf(magnitude) || body.length != 1 || body.words[0] != magnitude ||
      body.words != body.inline_words || body.allocated != kWords) {
    return false;
  }
  Ref ours = Ref::Steal(ByLayout(state, coefficient, scale));
  if (!ours || !SameText(ours.get(), theirs.get()) ||
      PyObject_RichCompareBool(ours.get(), theirs.get(), Py_EQ) != 1 ||
      PyObject_Hash(ours.get()) != PyObject_Hash(theirs.get())) {
    return false;
  }
  Ref our_square = Ref::Steal(PyNumber_Multiply(ours.get(), ours.get()));
  Ref their_square = Ref::Steal(PyNumber_Multiply(theirs.get(), theirs.get()));
  return our_square && their_square && SameText(our_square.get(), their_square.get());
}

}  // namespace

PyObject* MakeDecimal(const ModuleState& state, int64_t coefficient, unsigned scale) {
  return (state.shortcuts & kDecimalLayout) != 0 ? ByLayout(state, coefficient, scale)
                                                 : ByText(state, coefficient, scale);
}

bool TryDecimalLayout(ModuleState& state) {
  auto* type = reinterpret_cast<PyTypeObject*>(state.decimal_type);
  if (type->tp_basicsize != static_cast<Py_ssize_t>(sizeof(DecimalBody)) || type->tp_itemsize != 0) return false;
  bool good = true;
  int64_t coefficient = 0;
  for (unsigned scale = 0; scale <= 18; ++scale) {
    // 0, 1, -12, 123, -1234, ...: every number of digits, both signs.
    good = good && Agrees(state, coefficient, scale) && Agrees(state, 0, scale) &&
           Agrees(state, scale == 0 ? INT64_MIN : -coefficient, scale) &&
           Agrees(state, static_cast<int64_t>(kPowersOfTen[scale]), 18 - scale) &&
           Agrees(state, static_cast<int64_t>(kPowersOfTen[scale]) - 1, scale);
    coefficient = coefficient * 10 + (coefficient < 0 ? -1 : 1) * static_cast<int64_t>((scale + 1) % 10);
  }
  PyErr_Clear();
  return good;
}

}  // namespace ferro::py
