#include "pyferro/native/measures.h"

#include <algorithm>
#include <string>

#include "pyferro/native/errors.h"

namespace ferro::py {
namespace {

// Of any decimal, on any database: PostgreSQL's limits, which the engine has, too. Also the guard
// against writing out an exponent of a billion.
constexpr long kMostWhole = 131'072;
constexpr long kMostPlaces = 16'383;

Ref Beyond(ModuleState& state, const Target& target, const char* message) {
  RaiseCode(state, FERRO_ERROR_OUT_OF_RANGE, message, target.column);
  return {};
}

// Holds "-12.500" to the measures; false when it has more digits.
bool Fit(std::string& text, const Measures& measures) {
  const size_t sign = text[0] == '-' ? 1 : 0;
  const size_t point = std::min(text.find('.'), text.size());
  const size_t first = std::min(text.find_first_not_of('0', sign), point);
  const int32_t whole = std::max(measures.digits - measures.places, 0);
  if (point - first > static_cast<size_t>(whole)) return false;
  const auto places = static_cast<size_t>(measures.places);
  size_t given = point == text.size() ? 0 : text.size() - point - 1;
  while (given > places && text.back() == '0') {
    text.pop_back();
    --given;
  }
  if (given > places) return false;
  if (given == 0 && point < text.size()) text.pop_back();
  if (given == 0 && places > 0) text.push_back('.');
  text.append(places - given, '0');
  return true;
}

}  // namespace

bool IsMember(ModuleState& state, const Target& target, PyObject* value) {
  if (target.measures.members == nullptr) return true;
  const int found = PySet_Contains(target.measures.members, value);
  if (found == 0) Beyond(state, target, "the value is none of those that the column's type has");
  return found == 1;
}

bool IntegerFits(ModuleState& state, const Target& target, long long number) {
  const int bits = target.measures.bits;
  if (bits == 0) return true;
  const long long end = 1LL << (bits - 1);
  if (number >= -end && number < end) return true;
  Beyond(state, target, ("an integer is beyond " + std::to_string(bits) + " bits").c_str());
  return false;
}

bool TextFits(ModuleState& state, const Target& target, PyObject* text) {
  const int32_t length = target.measures.length;
  if (length <= 0 || PyUnicode_GET_LENGTH(text) <= length) return true;
  RaiseCode(state, FERRO_ERROR_STRING_TOO_LONG,
            ("text is longer than " + std::to_string(length)).c_str(), target.column);
  return false;
}

Ref DecimalText(ModuleState& state, const Target& target, PyObject* value) {
  Ref adjusted = Ref::Steal(PyObject_CallMethod(value, "adjusted", nullptr));
  if (!adjusted) return {};
  const long exponent = PyLong_AsLong(adjusted.get());
  if (exponent == -1 && PyErr_Occurred()) return {};
  if (exponent >= kMostWhole || exponent < -kMostPlaces) {
    return Beyond(state, target, "a decimal has more digits than any database holds");
  }
  // 'f' writes exponents out.
  Ref format = Ref::Steal(PyUnicode_FromString("f"));
  Ref plain = format ? Ref::Steal(PyObject_Format(value, format.get())) : Ref();
  if (!plain) return {};
  Py_ssize_t size = 0;
  const char* begin = PyUnicode_AsUTF8AndSize(plain.get(), &size);
  if (begin == nullptr) return {};
  std::string text(begin, static_cast<size_t>(size));
  const size_t point = text.find('.');
  if (point != std::string::npos && text.size() - point - 1 > kMostPlaces) {
    return Beyond(state, target, "a decimal has more digits than any database holds");
  }
  if (!target.stored) return plain;
  if (text[0] == '-' && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
  const Measures& measures = target.measures;
  if (measures.digits > 0 && !Fit(text, measures)) {
    return Beyond(state, target,
                  ("a decimal needs more than " + std::to_string(measures.digits) + " digits, " +
                   std::to_string(measures.places) + " of them after the point")
                      .c_str());
  }
  return Ref::Steal(PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size())));
}

}  // namespace ferro::py
