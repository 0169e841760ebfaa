#include "pyferro/native/from_python.h"

#include <datetime.h>

#include <cstring>

#include "pyferro/native/calendar.h"
#include "pyferro/native/errors.h"
#include "pyferro/native/measures.h"

namespace ferro::py {
namespace {

// PyDateTimeAPI is a static of each file that includes datetime.h.
bool HaveDateTime() {
  if (PyDateTimeAPI == nullptr) PyDateTime_IMPORT;
  return PyDateTimeAPI != nullptr;
}

Ref WrongType(const Target& target, PyObject* value, const char* advice = "") {
  Ref type = Text(ferro_type_name(target.type));
  if (!type) return {};
  if (target.is_element && target.column != nullptr) {
    PyErr_Format(PyExc_TypeError, "the arrays of column %R hold %U, and an element of type %.100s was given%s",
                 target.column, type.get(), Py_TYPE(value)->tp_name, advice);
  } else if (target.column != nullptr) {
    PyErr_Format(PyExc_TypeError, "column %R holds %U, and a value of type %.100s was given%s",
                 target.column, type.get(), Py_TYPE(value)->tp_name, advice);
  } else {
    PyErr_Format(PyExc_TypeError, "a value of type %U is needed, and one of type %.100s was given%s",
                 type.get(), Py_TYPE(value)->tp_name, advice);
  }
  return {};
}

Ref Refuse(ModuleState& state, ferro_code code, const char* message, const Target& target) {
  RaiseCode(state, code, message, target.column);
  return {};
}

Ref AdaptInteger(ModuleState& state, const Target& target, PyObject* value) {
  if (!PyLong_Check(value)) return WrongType(target, value);
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (number == -1 && PyErr_Occurred()) return {};
  if (overflow != 0) {
    return Refuse(state, FERRO_ERROR_OUT_OF_RANGE, "an integer is beyond 64 bits", target);
  }
  if (!IntegerFits(state, target, number) || !IsMember(state, target, value)) return {};
  return PyLong_CheckExact(value) ? Ref::Borrow(value) : Ref::Steal(PyLong_FromLongLong(number));
}

Ref AdaptDecimal(ModuleState& state, const Target& target, PyObject* value) {
  if (PyLong_Check(value) && !PyBool_Check(value)) {
    Ref whole = Ref::Steal(PyObject_CallOneArg(state.decimal_type, value));
    return whole ? DecimalText(state, target, whole.get()) : Ref();
  }
  const int is_decimal = PyObject_IsInstance(value, state.decimal_type);
  if (is_decimal < 0) return {};
  if (!is_decimal) {
    return WrongType(target, value, PyFloat_Check(value) ? ": a float is not exact, use Decimal" : "");
  }
  Ref finite = Ref::Steal(PyObject_CallMethod(value, "is_finite", nullptr));
  if (!finite) return {};
  if (finite.get() != Py_True) {
    return Refuse(state, FERRO_ERROR_OUT_OF_RANGE, "a decimal is not finite", target);
  }
  return DecimalText(state, target, value);
}

// UTF-8 of a str, or an error for what no database holds as text.
Ref AdaptText(ModuleState& state, const Target& target, PyObject* value) {
  if (!PyUnicode_Check(value)) return WrongType(target, value);
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(value, &size);
  if (text == nullptr) {
    if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) return {};
    PyErr_Clear();
    return Refuse(state, FERRO_ERROR_INVALID_TEXT, "text holds a lone surrogate", target);
  }
  if (std::memchr(text, '\0', static_cast<size_t>(size)) != nullptr) {
    return Refuse(state, FERRO_ERROR_INVALID_TEXT, "text holds a NUL", target);
  }
  if (!TextFits(state, target, value) || !IsMember(state, target, value)) return {};
  return Ref::Borrow(value);
}

Ref AdaptTimestamp(ModuleState& state, const Target& target, PyObject* value) {
  if (!PyDateTime_Check(value)) return WrongType(target, value);
  const bool naive = PyDateTime_DATE_GET_TZINFO(value) == Py_None;
  if (target.type == FERRO_TYPE_TIMESTAMP) {
    if (naive) return Ref::Borrow(value);
    return WrongType(target, value, " with a time zone: convert it, or declare AwareDatetime");
  }
  if (naive) return WrongType(target, value, " without a time zone: give it one");
  if (PyDateTime_DATE_GET_TZINFO(value) == PyDateTime_TimeZone_UTC) return Ref::Borrow(value);
  Ref moved = Ref::Steal(
      PyObject_CallMethodOneArg(value, state.name_astimezone, PyDateTime_TimeZone_UTC));
  if (!moved && PyErr_ExceptionMatches(PyExc_OverflowError)) {
    PyErr_Clear();
    return Refuse(state, FERRO_ERROR_OUT_OF_RANGE, "a datetime in UTC is beyond years 1 to 9999",
                  target);
  }
  return moved;
}

Ref AdaptJson(ModuleState& state, const Target& target, PyObject* value) {
  PyObject* dump = target.dump != nullptr ? target.dump : state.to_json;
  Ref text = Ref::Steal(PyObject_CallOneArg(dump, value));
  if (text && !PyBytes_Check(text.get())) {
    PyErr_SetString(PyExc_TypeError, "a JSON column's dump must return bytes");
    return {};
  }
  return text;
}

Ref AdaptFloat(ModuleState& state, const Target& target, PyObject* value) {
  if (PyFloat_Check(value)) return Ref::Borrow(value);
  if (!PyLong_Check(value) || PyBool_Check(value)) return WrongType(target, value);
  Ref number = Ref::Steal(PyNumber_Float(value));
  if (!number && PyErr_ExceptionMatches(PyExc_OverflowError)) {
    PyErr_Clear();
    return Refuse(state, FERRO_ERROR_OUT_OF_RANGE, "an integer is beyond what a float holds", target);
  }
  return number;
}

// Microseconds in 64 bits are 292,471 years, a timedelta can have 2.7 million.
bool MicrosOfDelta(PyObject* value, int64_t& out) {
  int64_t days = PyDateTime_DELTA_GET_DAYS(value);
  int64_t rest = PyDateTime_DELTA_GET_SECONDS(value) * int64_t{1'000'000} +
                 PyDateTime_DELTA_GET_MICROSECONDS(value);
  if (days < 0) {  // towards zero first: the least day alone would be beyond 64 bits
    ++days;
    rest -= kMicrosPerDay;
  }
  return !__builtin_mul_overflow(days, kMicrosPerDay, &out) &&
         !__builtin_add_overflow(out, rest, &out);
}

Ref AdaptInterval(ModuleState& state, const Target& target, PyObject* value) {
  if (!PyDelta_Check(value)) return WrongType(target, value);
  int64_t micros = 0;
  if (!MicrosOfDelta(value, micros)) {
    return Refuse(state, FERRO_ERROR_OUT_OF_RANGE, "a timedelta has more microseconds than 64 bits hold",
                  target);
  }
  return Ref::Borrow(value);
}

// A tuple of its own: the list may be changed while the statement is under way.
Ref AdaptArray(ModuleState& state, const Target& target, PyObject* value) {
  if (!PyList_Check(value) && !PyTuple_Check(value)) return WrongType(target, value, ": give a list");
  Ref items = Ref::Steal(PySequence_Tuple(value));
  if (!items) return {};
  const Py_ssize_t count = PyTuple_GET_SIZE(items.get());
  Ref adapted = Ref::Steal(PyTuple_New(count));
  if (!adapted) return {};
  Target element = target;
  element.type = static_cast<uint8_t>(target.type & ~FERRO_TYPE_ARRAY_OF);
  element.is_element = true;
  element.measures = {};  // those of the column are the list's
  for (Py_ssize_t i = 0; i < count; ++i) {
    Ref item = Adapt(state, element, PyTuple_GET_ITEM(items.get(), i));
    if (!item) return {};
    PyTuple_SET_ITEM(adapted.get(), i, item.release());
  }
  return adapted;
}

bool PackText(PyObject* value, uint8_t type, ferro_value& out) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(value, &size);
  if (text == nullptr) return false;
  out = ferro_data(type, text, static_cast<uint32_t>(size));
  return true;
}

bool PackBytes(PyObject* value, uint8_t type, ferro_value& out) {
  out = ferro_data(type, PyBytes_AS_STRING(value), static_cast<uint32_t>(PyBytes_GET_SIZE(value)));
  return true;
}

int64_t MicrosOfDay(PyObject* value, bool is_datetime) {
  const int hour = is_datetime ? PyDateTime_DATE_GET_HOUR(value) : PyDateTime_TIME_GET_HOUR(value);
  const int minute = is_datetime ? PyDateTime_DATE_GET_MINUTE(value) : PyDateTime_TIME_GET_MINUTE(value);
  const int second = is_datetime ? PyDateTime_DATE_GET_SECOND(value) : PyDateTime_TIME_GET_SECOND(value);
  const int micro = is_datetime ? PyDateTime_DATE_GET_MICROSECOND(value)
                                : PyDateTime_TIME_GET_MICROSECOND(value);
  return ((hour * 60 + minute) * 60 + second) * int64_t{1'000'000} + micro;
}

int64_t DaysOf(PyObject* value) {
  return ToDays(PyDateTime_GET_YEAR(value), PyDateTime_GET_MONTH(value), PyDateTime_GET_DAY(value));
}

int64_t MicrosOf(PyObject* moment) { return DaysOf(moment) * kMicrosPerDay + MicrosOfDay(moment, true); }

}  // namespace

Ref Adapt(ModuleState& state, const Target& target, PyObject* value) {
  if (value == Py_None) return Ref::Borrow(value);
  if (!HaveDateTime()) return {};
  if ((target.type & FERRO_TYPE_ARRAY_OF) != 0) return AdaptArray(state, target, value);
  if (target.dump != nullptr && target.type != FERRO_TYPE_JSON) {
    Target plain = target;
    plain.dump = nullptr;
    Ref held = Ref::Steal(PyObject_CallOneArg(target.dump, value));
    return held ? Adapt(state, plain, held.get()) : Ref();
  }
  // Members are of a class that was written in Python.
  if (target.type != FERRO_TYPE_JSON && PyType_HasFeature(Py_TYPE(value), Py_TPFLAGS_HEAPTYPE)) {
    const int is_enum = PyObject_IsInstance(value, state.enum_type);
    if (is_enum < 0) return {};
    if (is_enum) {
      Ref inner = Ref::Steal(PyObject_GetAttr(value, state.name_value));
      return inner ? Adapt(state, target, inner.get()) : Ref();
    }
  }
  switch (target.type) {
    case FERRO_TYPE_BOOL:
      return PyBool_Check(value) ? Ref::Borrow(value) : WrongType(target, value);
    case FERRO_TYPE_INT64: return AdaptInteger(state, target, value);
    case FERRO_TYPE_FLOAT64: return AdaptFloat(state, target, value);
    case FERRO_TYPE_DECIMAL: return AdaptDecimal(state, target, value);
    case FERRO_TYPE_TEXT: return AdaptText(state, target, value);
    case FERRO_TYPE_BYTES:
      if (PyBytes_Check(value)) return Ref::Borrow(value);
      if (!PyByteArray_Check(value) && !PyMemoryView_Check(value)) return WrongType(target, value);
      return Ref::Steal(PyBytes_FromObject(value));
    case FERRO_TYPE_DATE:
      if (!PyDate_Check(value) || PyDateTime_Check(value)) return WrongType(target, value);
      return Ref::Borrow(value);
    case FERRO_TYPE_TIME:
      if (!PyTime_Check(value)) return WrongType(target, value);
      if (PyDateTime_TIME_GET_TZINFO(value) != Py_None) {
        return WrongType(target, value, " with a time zone: no database keeps it");
      }
      return Ref::Borrow(value);
    case FERRO_TYPE_TIMESTAMP:
    case FERRO_TYPE_TIMESTAMPTZ: return AdaptTimestamp(state, target, value);
    case FERRO_TYPE_INTERVAL: return AdaptInterval(state, target, value);
    case FERRO_TYPE_UUID: {
      const int is_uuid = PyObject_IsInstance(value, state.uuid_type);
      if (is_uuid < 0) return {};
      return is_uuid ? Ref::Borrow(value) : WrongType(target, value);
    }
    case FERRO_TYPE_JSON: return AdaptJson(state, target, value);
    default: PyErr_SetString(PyExc_SystemError, "unknown canonical type"); return {};
  }
}

int InferType(ModuleState& state, PyObject* value) {
  if (!HaveDateTime()) return -1;
  if (PyBool_Check(value)) return FERRO_TYPE_BOOL;
  if (PyLong_Check(value)) return FERRO_TYPE_INT64;
  if (PyFloat_Check(value)) return FERRO_TYPE_FLOAT64;
  if (PyUnicode_Check(value)) return FERRO_TYPE_TEXT;
  if (PyBytes_Check(value) || PyByteArray_Check(value)) return FERRO_TYPE_BYTES;
  if (PyDateTime_Check(value)) {
    return PyDateTime_DATE_GET_TZINFO(value) == Py_None ? FERRO_TYPE_TIMESTAMP
                                                        : FERRO_TYPE_TIMESTAMPTZ;
  }
  if (PyDate_Check(value)) return FERRO_TYPE_DATE;
  if (PyTime_Check(value)) return FERRO_TYPE_TIME;
  if (PyDelta_Check(value)) return FERRO_TYPE_INTERVAL;
  const int is_decimal = PyObject_IsInstance(value, state.decimal_type);
  if (is_decimal != 0) return is_decimal < 0 ? -1 : FERRO_TYPE_DECIMAL;
  const int is_uuid = PyObject_IsInstance(value, state.uuid_type);
  if (is_uuid != 0) return is_uuid < 0 ? -1 : FERRO_TYPE_UUID;
  PyErr_Format(PyExc_TypeError, "a value of type %.100s has no place in a query",
               Py_TYPE(value)->tp_name);
  return -1;
}

bool PackItems(ModuleState& state, uint8_t type, PyObject* adapted, ferro_value& out, Scratch& scratch) {
  std::vector<ferro_value>& items = scratch.Array();
  items.resize(static_cast<size_t>(PyTuple_GET_SIZE(adapted)));
  for (size_t i = 0; i < items.size(); ++i) {
    PyObject* item = PyTuple_GET_ITEM(adapted, static_cast<Py_ssize_t>(i));
    if (!Pack(state, type, item, items[i], scratch)) return false;
  }
  out = ferro_array(items.data(), static_cast<uint32_t>(items.size()));
  return true;
}

bool Pack(ModuleState& state, uint8_t type, PyObject* adapted, ferro_value& out, Scratch& scratch) {
  if (adapted == Py_None) {
    out = ferro_null();
    return true;
  }
  if (!HaveDateTime()) return false;
  if ((type & FERRO_TYPE_ARRAY_OF) != 0) {
    return PackItems(state, static_cast<uint8_t>(type & ~FERRO_TYPE_ARRAY_OF), adapted, out, scratch);
  }
  switch (type) {
    case FERRO_TYPE_BOOL: out = ferro_integer(type, adapted == Py_True ? 1 : 0); return true;
    case FERRO_TYPE_INT64: {
      const long long number = PyLong_AsLongLong(adapted);
      if (number == -1 && PyErr_Occurred()) return false;
      out = ferro_int64(number);
      return true;
    }
    case FERRO_TYPE_FLOAT64: out = ferro_float64(PyFloat_AS_DOUBLE(adapted)); return true;
    case FERRO_TYPE_DECIMAL: {
      if (PyUnicode_Check(adapted)) return PackText(adapted, type, out);
      Ref text = DecimalText(state, {type}, adapted);
      return text && PackText(scratch.Keep(std::move(text)), type, out);
    }
    case FERRO_TYPE_TEXT: return PackText(adapted, type, out);
    case FERRO_TYPE_BYTES:
    case FERRO_TYPE_JSON: return PackBytes(adapted, type, out);
    case FERRO_TYPE_DATE: out = ferro_integer(type, DaysOf(adapted)); return true;
    case FERRO_TYPE_TIME: out = ferro_integer(type, MicrosOfDay(adapted, false)); return true;
    case FERRO_TYPE_TIMESTAMP:
    case FERRO_TYPE_TIMESTAMPTZ:
      out = ferro_integer(type, MicrosOf(adapted));
      return true;
    case FERRO_TYPE_INTERVAL: {
      int64_t micros = 0;
      if (!MicrosOfDelta(adapted, micros)) {
        PyErr_SetString(PyExc_OverflowError, "a timedelta that was not adapted");
        return false;
      }
      out = ferro_integer(type, micros);
      return true;
    }
    case FERRO_TYPE_UUID: {
      Ref bytes = Ref::Steal(PyObject_GetAttr(adapted, state.name_bytes));
      return bytes && PackBytes(scratch.Keep(std::move(bytes)), type, out);
    }
    default: PyErr_SetString(PyExc_SystemError, "unknown canonical type"); return false;
  }
}

namespace {

// The usual values of plain columns, which need neither looking at twice nor keeping. False for all others, without an
// exception.
bool BindPlain(const Target& target, PyObject* value, ferro_value& out) {
  switch (target.type) {
    case FERRO_TYPE_FLOAT64:
      if (!PyFloat_CheckExact(value)) return false;
      out = ferro_float64(PyFloat_AS_DOUBLE(value));
      return true;
    case FERRO_TYPE_INT64: {
      if (!PyLong_CheckExact(value) || target.measures.bits != 0) return false;
      int overflow = 0;
      const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
      if (overflow != 0) return false;
      out = ferro_int64(number);
      return true;
    }
    case FERRO_TYPE_TEXT: {
      // ASCII lies in the object as it is sent.
      if (!PyUnicode_CheckExact(value) || !PyUnicode_IS_COMPACT_ASCII(value)) return false;
      const Py_ssize_t size = PyUnicode_GET_LENGTH(value);
      if (target.measures.length > 0 && size > target.measures.length) return false;
      const auto* text = static_cast<const char*>(PyUnicode_DATA(value));
      if (size > UINT32_MAX || std::memchr(text, '\0', static_cast<size_t>(size)) != nullptr) return false;
      out = ferro_data(FERRO_TYPE_TEXT, text, static_cast<uint32_t>(size));
      return true;
    }
    case FERRO_TYPE_TIMESTAMP:
      if (!HaveDateTime() || !PyDateTime_CheckExact(value) || PyDateTime_DATE_GET_TZINFO(value) != Py_None) return false;
      out = ferro_integer(FERRO_TYPE_TIMESTAMP, MicrosOf(value));
      return true;
    default: return false;
  }
}

}  // namespace

bool Bind(ModuleState& state, const Target& target, PyObject* value, ferro_value& out,
          Scratch& scratch) {
  // The caller's object lives as long as the call.
  if (value == Py_None) {
    out = ferro_null();
    return true;
  }
  const bool plain = target.dump == nullptr && target.measures.members == nullptr;
  if (plain && BindPlain(target, value, out)) return true;
  Ref adapted = Adapt(state, target, value);
  if (!adapted) return false;
  PyObject* kept = adapted.get() == value ? value : scratch.Keep(std::move(adapted));
  return Pack(state, target.type, kept, out, scratch);
}

}  // namespace ferro::py
