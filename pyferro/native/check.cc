#include "pyferro/native/check.h"

#include <algorithm>
#include <cmath>

#include "pyferro/native/powers_of_ten.h"

namespace ferro::py {
namespace {

// The attribute of a Check; an empty Ref for None and False, and on an error, which is cleared: then `good` is false.
Ref Asked(PyObject* check, const char* name, bool& good) {
  Ref value = Ref::Steal(PyObject_GetAttrString(check, name));
  if (!value) {
    PyErr_Clear();
    good = false;
  } else if (value.get() == Py_None || value.get() == Py_False) {
    return {};
  }
  return value;
}

bool AsInt64(PyObject* number, int64_t& out) {
  if (!PyLong_CheckExact(number)) return false;
  int overflow;
  out = PyLong_AsLongLongAndOverflow(number, &overflow);
  return overflow == 0;
}

// Only where the double is the number that was declared.
bool AsDouble(PyObject* number, double& out) {
  if (PyFloat_CheckExact(number)) {
    out = PyFloat_AS_DOUBLE(number);
    return !std::isnan(out);
  }
  constexpr int64_t kExact = int64_t{1} << 53;
  int64_t integer;
  if (!AsInt64(number, integer) || integer > kExact || integer < -kExact) return false;
  out = static_cast<double>(integer);
  return true;
}

bool ReadInt64(PyObject* check, const char* name, int64_t& out) {
  bool good = true;
  Ref value = Asked(check, name, good);
  return good && (!value || AsInt64(value.get(), out));
}

template <class T>
bool Within(const Bound& low, T low_at, const Bound& high, T high_at, T value) {
  if (low.exists && !(low.open ? value > low_at : value >= low_at)) return false;
  return !high.exists || (high.open ? value < high_at : value <= high_at);
}

__extension__ typedef __int128 Wide;

}  // namespace

bool NativeCheck::ReadBounds(PyObject* check, uint8_t type) {
  const bool of_real = type == FERRO_TYPE_FLOAT64;
  struct Asking {
    const char* name;
    Bound* bound;
    bool open;
  };
  for (const Asking& asking : {Asking{"ge", &low_, false}, {"gt", &low_, true}, {"le", &high_, false},
                               {"lt", &high_, true}}) {
    bool good = true;
    Ref number = Asked(check, asking.name, good);
    if (!good) return false;
    if (!number) continue;
    // Both of a kind: rare, and admits() knows what to do.
    if (asking.bound->exists) return false;
    asking.bound->exists = true;
    asking.bound->open = asking.open;
    if (of_real ? !AsDouble(number.get(), asking.bound->real) : !AsInt64(number.get(), asking.bound->integer)) {
      return false;
    }
  }
  if (!low_.exists && !high_.exists) return true;
  return type == FERRO_TYPE_INT64 || type == FERRO_TYPE_FLOAT64 || type == FERRO_TYPE_DECIMAL;
}

bool NativeCheck::Read(PyObject* check, uint8_t type, NativeCheck& out) {
  out = {};
  bool good = true;
  int64_t min_length = -1, max_length = -1;
  if (!out.ReadBounds(check, type) || !ReadInt64(check, "multiple_of", out.multiple_of_) ||
      !ReadInt64(check, "min_length", min_length) || !ReadInt64(check, "max_length", max_length) ||
      !ReadInt64(check, "max_digits", out.max_digits_) ||
      !ReadInt64(check, "decimal_places", out.decimal_places_)) {
    return false;
  }
  out.finite_ = static_cast<bool>(Asked(check, "finite", good));
  out.no_nulls_ = static_cast<bool>(Asked(check, "no_nulls", good));
  const bool is_array = (type & FERRO_TYPE_ARRAY_OF) != 0;
  if (out.no_nulls_ && !is_array) return false;
  Ref json_type = Asked(check, "json_type", good);
  if (!good || (out.multiple_of_ != 0 && type != FERRO_TYPE_INT64)) return false;
  if (json_type && json_type.get() != reinterpret_cast<PyObject*>(&PyDict_Type) &&
      json_type.get() != reinterpret_cast<PyObject*>(&PyList_Type)) {
    return false;
  }
  out.json_type_ = reinterpret_cast<PyTypeObject*>(json_type.get());
  out.has_length_ = min_length >= 0 || max_length >= 0;
  if (min_length >= 0) out.min_length_ = min_length;
  if (max_length >= 0) out.max_length_ = max_length;
  return !out.has_length_ || is_array || type == FERRO_TYPE_TEXT || type == FERRO_TYPE_BYTES;
}

NativeCheck::Result NativeCheck::TestDecimal(const ferro_value& cell) const {
  const bool plain = max_digits_ < 0 && decimal_places_ < 0 && !low_.exists && !high_.exists;
  if (plain && !finite_) return Result::kPassed;
  if ((cell.flags & FERRO_VALUE_SMALL_DECIMAL) == 0) return Result::kUndecided;
  const int64_t coefficient = cell.as.integer;
  const Wide unit = kPowersOfTen[cell.scale];
  if (!Within<Wide>(low_, low_.integer * unit, high_, high_.integer * unit, coefficient)) return Result::kFailed;
  if (decimal_places_ >= 0 && cell.scale > decimal_places_) return Result::kFailed;
  if (max_digits_ < 0) return Result::kPassed;
  // Digits before the point: as many as fit beside the decimal places, where pydantic limits both.
  const int64_t whole = max_digits_ - std::max<int64_t>(decimal_places_, 0);
  const Wide magnitude = coefficient < 0 ? -Wide{coefficient} : Wide{coefficient};
  // Undecided where powers end; zero has one digit, which it needs no room for beyond its places.
  if (max_digits_ > 18 || whole > 18 || whole < 0 || magnitude == 0) return Result::kUndecided;
  if (cell.scale > max_digits_) return Result::kFailed;
  return magnitude < kPowersOfTen[max_digits_] && magnitude < unit * kPowersOfTen[whole] ? Result::kPassed : Result::kUndecided;
}

NativeCheck::Result NativeCheck::Test(const ferro_value& cell, PyObject* value) const {
  const auto result = [](bool passed) { return passed ? Result::kPassed : Result::kFailed; };
  switch (cell.type) {
    case FERRO_TYPE_INT64:
      return result(Within(low_, low_.integer, high_, high_.integer, cell.as.integer) &&
                    (multiple_of_ == 0 || (multiple_of_ != -1 && cell.as.integer % multiple_of_ == 0)));
    case FERRO_TYPE_FLOAT64:
      return result((!finite_ || std::isfinite(cell.as.real)) &&
                    Within(low_, low_.real, high_, high_.real, cell.as.real));
    case FERRO_TYPE_DECIMAL: return TestDecimal(cell);
    case FERRO_TYPE_TEXT:
    case FERRO_TYPE_BYTES: {
      if (!has_length_) return Result::kPassed;
      if (!PyUnicode_Check(value) && !PyBytes_Check(value)) return Result::kUndecided;
      const Py_ssize_t length = PyUnicode_Check(value) ? PyUnicode_GET_LENGTH(value) : PyBytes_GET_SIZE(value);
      return result(length >= min_length_ && length <= max_length_);
    }
    case FERRO_TYPE_ARRAY: {
      const ferro_value* const end = cell.as.items + cell.size;
      const auto is_null = [](const ferro_value& item) { return item.type == FERRO_TYPE_NULL; };
      return result(cell.size >= min_length_ && cell.size <= max_length_ &&
                    !(no_nulls_ && std::any_of(cell.as.items, end, is_null)));
    }
    case FERRO_TYPE_JSON: return result(json_type_ == nullptr || Py_IS_TYPE(value, json_type_));
    default: return Result::kPassed;
  }
}

}  // namespace ferro::py
