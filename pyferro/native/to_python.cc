#include "pyferro/native/to_python.h"

#include <datetime.h>

#include "pyferro/native/calendar.h"
#include "pyferro/native/json.h"
#include "pyferro/native/shortcuts/datetime_layout.h"
#include "pyferro/native/shortcuts/decimal_layout.h"
#include "pyferro/native/shortcuts/uuid_slots.h"
#include "pyferro/native/text.h"

namespace ferro::py {
namespace {

PyObject* TextOf(const ferro_value& cell) { return MakeText(cell.as.bytes, cell.size); }

PyObject* DateOf(int64_t days) {
  if (!IsDay(days)) {
    PyErr_SetString(PyExc_ValueError, "a date is of the years 1 to 9999");
    return nullptr;
  }
  const YearMonthDay date = FromDays(days);
  return PyDate_FromDate(date.year, date.month, date.day);
}

PyObject* DecimalOf(ModuleState& state, const ferro_value& cell) {
  if ((cell.flags & FERRO_VALUE_SMALL_DECIMAL) != 0) return MakeDecimal(state, cell.as.integer, cell.scale);
  Ref text = Ref::Steal(TextOf(cell));
  return text ? PyObject_CallOneArg(state.decimal_type, text.get()) : nullptr;
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
  return ParseJson(state, cell.as.bytes, cell.size);
}

PyObject* ListOf(ModuleState& state, const ferro_value& cell) {
  Ref list = Ref::Steal(PyList_New(cell.size));
  if (!list) return nullptr;
  for (uint32_t i = 0; i < cell.size; ++i) {
    PyObject* item = ToPython(state, cell.as.items[i], false);
    if (item == nullptr) return nullptr;
    PyList_SET_ITEM(list.get(), i, item);
  }
  return list.release();
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
    case FERRO_TYPE_DATE: return DateOf(cell.as.integer);
    case FERRO_TYPE_TIME: return TimeOf(cell.as.integer);
    case FERRO_TYPE_TIMESTAMP: return MakeTimestamp(state, cell.as.integer, false);
    case FERRO_TYPE_TIMESTAMPTZ: return MakeTimestamp(state, cell.as.integer, true);
    case FERRO_TYPE_INTERVAL: return DeltaOf(cell.as.integer);
    case FERRO_TYPE_UUID: return MakeUuid(state, cell.as.bytes);
    case FERRO_TYPE_JSON: return JsonOf(state, cell, parse_json);
    case FERRO_TYPE_ARRAY: return ListOf(state, cell);
    default: PyErr_Format(PyExc_SystemError, "a cell of unknown type %d", cell.type); return nullptr;
  }
}

}  // namespace ferro::py
