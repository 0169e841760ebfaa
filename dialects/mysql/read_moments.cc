// DATE, DATETIME, TIMESTAMP and TIME. Each comes in a few lengths, the shorter when what is left
// out is zero. Servers store dates that are none (0000-00-00, 2024-00-10, by SQL mode 2023-02-30):
// those are faults, never a nearby date.
#include "dialects/mysql/readers.h"
#include "engine/value/civil.h"

namespace ferro::mysql {
namespace {

constexpr uint32_t kMostDays = 34;  // TIME goes to 838:59:59 on either side

Fault LoadDate(const uint8_t* data, size_t size, int64_t& days) {
  if (size == 0) return Fault::kZeroDate;
  if (size != 4 && size != 7 && size != 11) return Fault::kMalformed;
  const CivilDate date{LoadLittle<uint16_t>(data), data[2], data[3]};
  if (date.month == 0 || date.day == 0 || !IsValid(date)) return Fault::kZeroDate;
  days = DaysFromCivil(date);
  return Fault::kNone;
}

// Hours, minutes and seconds, then microseconds when `size` has room for them.
Fault LoadClock(const uint8_t* data, size_t size, int64_t& micros) {
  if (data[0] > 23 || data[1] > 59 || data[2] > 59) return Fault::kMalformed;
  micros = (int64_t{data[0]} * 3600 + data[1] * 60 + data[2]) * kMicrosPerSecond;
  if (size < 7) return Fault::kNone;
  const auto fraction = LoadLittle<uint32_t>(data + 3);
  if (fraction >= kMicrosPerSecond) return Fault::kMalformed;
  micros += fraction;
  return Fault::kNone;
}

Fault LoadDateTime(const uint8_t* data, size_t size, int64_t& days, int64_t& clock) {
  if (const Fault fault = LoadDate(data, size, days); fault != Fault::kNone) return fault;
  clock = 0;
  return size == 4 ? Fault::kNone : LoadClock(data + 4, size - 4, clock);
}

Fault LoadTime(const uint8_t* data, size_t size, int64_t& micros) {
  micros = 0;
  if (size == 0) return Fault::kNone;
  if (size != 8 && size != 12) return Fault::kMalformed;
  const auto days = LoadLittle<uint32_t>(data + 1);
  if (data[0] > 1 || days > kMostDays) return Fault::kMalformed;
  if (const Fault fault = LoadClock(data + 5, size - 5, micros); fault != Fault::kNone)
    return fault;
  micros += int64_t{days} * kMicrosPerDay;
  if (data[0] != 0) micros = -micros;
  return Fault::kNone;
}

}  // namespace

Fault ReadDate(const CellPlan&, const uint8_t* data, size_t size, Arena&, Value& out) {
  int64_t days;
  const Fault fault = LoadDate(data, size, days);
  if (fault == Fault::kNone) out = Value::Integer(Type::kDate, days);
  return fault;
}

Fault ReadDateTime(const CellPlan& plan, const uint8_t* data, size_t size, Arena&, Value& out) {
  int64_t days, clock;
  const Fault fault = LoadDateTime(data, size, days, clock);
  if (fault == Fault::kNone) out = Value::Integer(plan.wanted, days * kMicrosPerDay + clock);
  return fault;
}

Fault ReadDateTimeAsDate(const CellPlan&, const uint8_t* data, size_t size, Arena&, Value& out) {
  int64_t days, clock;
  if (const Fault fault = LoadDateTime(data, size, days, clock); fault != Fault::kNone)
    return fault;
  if (clock != 0) return Fault::kFraction;
  out = Value::Integer(Type::kDate, days);
  return Fault::kNone;
}

Fault ReadTime(const CellPlan& plan, const uint8_t* data, size_t size, Arena&, Value& out) {
  int64_t micros;
  if (const Fault fault = LoadTime(data, size, micros); fault != Fault::kNone) return fault;
  const bool within_day = micros >= 0 && micros < kMicrosPerDay;
  if (plan.wanted == Type::kTime && !within_day) return Fault::kNotWithinDay;
  const bool duration = plan.wanted == Type::kInterval || !within_day;
  out = Value::Integer(duration ? Type::kInterval : Type::kTime, micros);
  return Fault::kNone;
}

}  // namespace ferro::mysql
