#include "pyferro/native/to_python.h"

#include <datetime.h>

#include <cstring>

#include "pyferro/native/calendar.h"

namespace ferro::py {
namespace {

PyObject* TextOf(const ferro_value& cell) {
  return PyUnicode_DecodeUTF8(cell.as.bytes, cell.size, nullptr);
}

PyObject* DecimalOf(ModuleState& state, const ferro_value& cell) {
  Ref text;
  if ((cell.flags & FERRO_VALUE_SMALL_DECIMAL) != 0) {
    // Digits from the right, the point after `scale` of them, at least one before it.
    char buffer[48];
    char* at = buffer + sizeof buffer;
    uint64_t rest = cell.as.integer < 0 ? 0 - static_cast<uint64_t>(cell.as.integer)
                                        : static_cast<uint64_t>(cell.as.integer);
    unsigned written = 0;
    while (rest != 0 || written <= cell.scale) {
      if (written == cell.scale && cell.scale != 0) *--at = '.';
      *--at = static_cast<char>('0' + rest % 10);
      rest /= 10;
      ++written;
    }
    if (cell.as.integer < 0) *--at = '-';
    text = Ref::Steal(PyUnicode_FromStringAndSize(at, buffer + sizeof buffer - at));
  } else {
    text = Ref::Steal(TextOf(cell));
  }
  return text ? PyObject_CallOneArg(state.decimal_type, text.get()) : nullptr;
}

uint64_t LoadBig(const char* from) {
  uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return __builtin_bswap64(value);
}

// Past UUID.__init__, which costs twenty times as much: its two slots are all it sets.
PyObject* UuidOf(ModuleState& state, const ferro_value& cell) {
  auto* type = reinterpret_cast<PyTypeObject*>(state.uuid_type);
  Ref high = Ref::Steal(PyLong_FromUnsignedLongLong(LoadBig(cell.as.bytes)));
  Ref low = Ref::Steal(PyLong_FromUnsignedLongLong(LoadBig(cell.as.bytes + 8)));
  Ref bits = Ref::Steal(PyLong_FromLong(64));
  if (!high || !low || !bits) return nullptr;
  Ref shifted = Ref::Steal(PyNumber_Lshift(high.get(), bits.get()));
  if (!shifted) return nullptr;
  Ref number = Ref::Steal(PyNumber_Or(shifted.get(), low.get()));
  Ref uuid = number ? Ref::Steal(type->tp_alloc(type, 0)) : Ref();
  if (!uuid || PyObject_GenericSetAttr(uuid.get(), state.name_int, number.get()) < 0 ||
      PyObject_GenericSetAttr(uuid.get(), state.name_is_safe, state.uuid_unknown_safety) < 0) {
    return nullptr;
  }
  return uuid.release();
}

PyObject* TimestampOf(int64_t micros, PyObject* zone) {
  int64_t days = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --days;
  }
  const YearMonthDay date = FromDays(days);
  const int64_t seconds = rest / 1'000'000;
  return PyDateTimeAPI->DateTime_FromDateAndTime(
      date.year, date.month, date.day, static_cast<int>(seconds / 3600),
      static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
      static_cast<int>(rest % 1'000'000), zone, PyDateTimeAPI->DateTimeType);
}

PyObject* TimeOf(int64_t micros) {
  const int64_t seconds = micros / 1'000'000;
  return PyTime_FromTime(static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60),
                         static_cast<int>(seconds % 60), static_cast<int>(micros % 1'000'000));
}

PyObject* DeltaOf(int64_t micros) {
  int64_t days = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --days;
  }
  return PyDelta_FromDSU(static_cast<int>(days), static_cast<int>(rest / 1'000'000),
                         static_cast<int>(rest % 1'000'000));
}

PyObject* JsonOf(ModuleState& state, const ferro_value& cell, bool parse) {
  if (!parse) return TextOf(cell);
  Ref text = Ref::Steal(PyBytes_FromStringAndSize(cell.as.bytes, cell.size));
  return text ? PyObject_CallOneArg(state.from_json, text.get()) : nullptr;
}

}  // namespace

PyObject* ToPython(ModuleState& state, const ferro_value& cell, bool parse_json) {
  if (PyDateTimeAPI == nullptr) {
    PyDateTime_IMPORT;
    if (PyDateTimeAPI == nullptr) return nullptr;
  }
  switch (cell.type) {
    case FERRO_TYPE_NULL: Py_RETURN_NONE;
    case FERRO_TYPE_BOOL: return PyBool_FromLong(cell.as.integer != 0);
    case FERRO_TYPE_INT64: return PyLong_FromLongLong(cell.as.integer);
    case FERRO_TYPE_FLOAT64: return PyFloat_FromDouble(cell.as.real);
    case FERRO_TYPE_DECIMAL: return DecimalOf(state, cell);
    case FERRO_TYPE_TEXT: return TextOf(cell);
    case FERRO_TYPE_BYTES: return PyBytes_FromStringAndSize(cell.as.bytes, cell.size);
    case FERRO_TYPE_DATE: {
      const YearMonthDay date = FromDays(cell.as.integer);
      return PyDate_FromDate(date.year, date.month, date.day);
    }
    case FERRO_TYPE_TIME: return TimeOf(cell.as.integer);
    case FERRO_TYPE_TIMESTAMP: return TimestampOf(cell.as.integer, Py_None);
    case FERRO_TYPE_TIMESTAMPTZ: return TimestampOf(cell.as.integer, PyDateTime_TimeZone_UTC);
    case FERRO_TYPE_INTERVAL: return DeltaOf(cell.as.integer);
    case FERRO_TYPE_UUID: return UuidOf(state, cell);
    case FERRO_TYPE_JSON: return JsonOf(state, cell, parse_json);
    default: PyErr_Format(PyExc_SystemError, "a cell of unknown type %d", cell.type); return nullptr;
  }
}

}  // namespace ferro::py
