#include "pyferro/native/shortcuts/datetime_layout.h"

#include <datetime.h>

#include "pyferro/native/calendar.h"
#include "pyferro/native/shortcuts/shortcuts.h"
#include "pyferro/native/state.h"

namespace ferro::py {
namespace {

constexpr int64_t kFirst = kFirstDay * kMicrosPerDay;
constexpr int64_t kLast = (kLastDay + 1) * kMicrosPerDay - 1;
constexpr uint32_t kMicrosPerSecond = 1'000'000;

struct Moment {
  YearMonthDay date;
  uint32_t second;  // of the day
  uint32_t micro;
};

// Of one between kFirst and kLast.
Moment MomentOf(int64_t micros) {
  const auto since_first = static_cast<uint64_t>(micros - kFirst);
  const uint64_t days = since_first / kMicrosPerDay;
  const uint64_t rest = since_first % kMicrosPerDay;
  return {FromDays(static_cast<int64_t>(days) + kFirstDay), static_cast<uint32_t>(rest / kMicrosPerSecond),
          static_cast<uint32_t>(rest % kMicrosPerSecond)};
}

PyObject* ByConstructor(const ModuleState& state, int64_t micros, bool in_utc) {
  const Moment moment = MomentOf(micros);
  const auto second = static_cast<int>(moment.second);
  return PyDateTimeAPI->DateTime_FromDateAndTime(moment.date.year, moment.date.month, moment.date.day, second / 3600,
                                                 second / 60 % 60, second % 60, static_cast<int>(moment.micro),
                                                 in_utc ? state.utc : Py_None, state.datetime_type);
}

unsigned char Byte(uint32_t value) { return static_cast<unsigned char>(value & 0xFF); }

PyObject* ByLayout(const ModuleState& state, int64_t micros, bool in_utc) {
  // The type's own allocator takes "aware" for its number of items, and leaves room for the zone only then.
  PyObject* made = state.datetime_type->tp_alloc(state.datetime_type, in_utc ? 1 : 0);
  if (made == nullptr) return nullptr;
  const Moment moment = MomentOf(micros);
  const auto year = static_cast<uint32_t>(moment.date.year);
  auto& body = *reinterpret_cast<PyDateTime_DateTime*>(made);
  body.hashcode = -1;
  body.hastzinfo = in_utc ? 1 : 0;
  body.data[0] = Byte(year >> 8);
  body.data[1] = Byte(year);
  body.data[2] = Byte(static_cast<uint32_t>(moment.date.month));
  body.data[3] = Byte(static_cast<uint32_t>(moment.date.day));
  body.data[4] = Byte(moment.second / 3600);
  body.data[5] = Byte(moment.second / 60 % 60);
  body.data[6] = Byte(moment.second % 60);
  body.data[7] = Byte(moment.micro >> 16);
  body.data[8] = Byte(moment.micro >> 8);
  body.data[9] = Byte(moment.micro);
  body.fold = 0;
  if (in_utc) body.tzinfo = Py_NewRef(state.utc);
  return made;
}

bool SameText(PyObject* ours, PyObject* theirs) {
  Ref our_text = Ref::Steal(PyObject_Repr(ours));
  Ref their_text = Ref::Steal(PyObject_Repr(theirs));
  return our_text && their_text && PyUnicode_Compare(our_text.get(), their_text.get()) == 0;
}

bool Agrees(const ModuleState& state, int64_t micros, bool in_utc) {
  Ref ours = Ref::Steal(ByLayout(state, micros, in_utc));
  Ref theirs = Ref::Steal(ByConstructor(state, micros, in_utc));
  return ours && theirs && Py_TYPE(ours.get()) == Py_TYPE(theirs.get()) && SameText(ours.get(), theirs.get()) &&
         PyObject_RichCompareBool(ours.get(), theirs.get(), Py_EQ) == 1 &&
         PyObject_Hash(ours.get()) == PyObject_Hash(theirs.get());
}

}  // namespace

bool ImportDatetime(ModuleState& state) {
  PyDateTime_IMPORT;
  if (PyDateTimeAPI == nullptr) return false;
  state.datetime_type = reinterpret_cast<PyTypeObject*>(Py_NewRef(PyDateTimeAPI->DateTimeType));
  state.utc = Py_NewRef(PyDateTimeAPI->TimeZone_UTC);
  return true;
}

PyObject* MakeTimestamp(const ModuleState& state, int64_t micros, bool in_utc) {
  if (micros < kFirst || micros > kLast) [[unlikely]] {
    PyErr_SetString(PyExc_ValueError, "a datetime is of the years 1 to 9999");
    return nullptr;
  }
  return (state.shortcuts & kDatetimeLayout) != 0 ? ByLayout(state, micros, in_utc)
                                                  : ByConstructor(state, micros, in_utc);
}

bool TryDatetimeLayout(ModuleState& state) {
  bool good = true;
  for (const bool in_utc : {false, true}) {
    good = good && Agrees(state, kFirst, in_utc) && Agrees(state, kLast, in_utc);
    // Every bit of the fields, on both sides of 1970.
    for (int64_t micros = 1; micros < -kFirst; micros *= 3) {
      good = good && Agrees(state, micros, in_utc) && Agrees(state, -micros, in_utc);
    }
  }
  PyErr_Clear();
  return good;
}

}  // namespace ferro::py
