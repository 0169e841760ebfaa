#include "dialects/mysql/encode.h"

#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/value/array_json.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "engine/value/text.h"

namespace ferro::mysql {
namespace {

// Above this many the arrays are given back after use: a bulk insert must not fix megabytes to each
// connection.
constexpr size_t kKeptBinds = 4096;

void SetDate(MYSQL_TIME& time, int64_t days) {
  const CivilDate date = CivilFromDays(days);
  time.year = static_cast<unsigned int>(date.year);
  time.month = static_cast<unsigned int>(date.month);
  time.day = static_cast<unsigned int>(date.day);
}

void SetClock(MYSQL_TIME& time, int64_t micros) {
  const auto seconds = static_cast<unsigned int>(micros / kMicrosPerSecond);
  time.hour = seconds / 3600;
  time.minute = seconds / 60 % 60;
  time.second = seconds % 60;
  time.second_part = static_cast<unsigned long>(micros % kMicrosPerSecond);
}

void BindFixed(MYSQL_BIND& bind, enum_field_types type, void* at) {
  bind.buffer_type = type;
  bind.buffer = at;
}

// The type that a null of `type` is sent with: the same as its values', so that the server need not
// prepare anew.
enum_field_types WireType(Type type) {
  if (IsArray(type)) return MYSQL_TYPE_STRING;  // JSON
  switch (type) {
    case Type::kNull:
      return MYSQL_TYPE_NULL;
    case Type::kBool:
      return MYSQL_TYPE_TINY;
    case Type::kInt64:
    case Type::kInterval:
      return MYSQL_TYPE_LONGLONG;
    case Type::kFloat64:
      return MYSQL_TYPE_DOUBLE;
    case Type::kDecimal:
      return MYSQL_TYPE_NEWDECIMAL;
    case Type::kText:
    case Type::kJson:
      return MYSQL_TYPE_STRING;
    case Type::kBytes:
    case Type::kUuid:
      return MYSQL_TYPE_BLOB;
    case Type::kDate:
      return MYSQL_TYPE_DATE;
    case Type::kTime:
      return MYSQL_TYPE_TIME;
    case Type::kTimestamp:
    case Type::kTimestampTz:
      return MYSQL_TYPE_DATETIME;
    case Type::kArray:
      break;
  }
  return MYSQL_TYPE_NULL;
}

absl::Status OutOfRange(absl::string_view what) { return MakeError(ErrorClass::kOutOfRange, what); }

}  // namespace

absl::Status ParameterBinds::BindBytes(const Value& value, enum_field_types type,
                                       MYSQL_BIND& bind) {
  bind.buffer_type = type;
  // The library reads neither when the length is 0, but a null pointer means null to it.
  bind.buffer = const_cast<char*>(value.size == 0 ? "" : value.bytes);
  bind.buffer_length = value.size;
  bind.length_value = value.size;
  packet_ += value.size + 9;
  return absl::OkStatus();
}

absl::Status ParameterBinds::EncodeOne(const db::Parameter& parameter, MYSQL_BIND& bind,
                                       Slot& slot) {
  if (parameter.is_array)
    return MakeError(ErrorClass::kInternal, "this dialect has no array parameters");
  const Value& value = parameter.value();
  if (value.is_null()) {
    bind.buffer_type = WireType(parameter.type);
    bind.is_null_value = 1;
    return absl::OkStatus();
  }
  const enum_field_types wire = WireType(value.type);
  switch (value.type) {
    case Type::kNull:
      return MakeError(ErrorClass::kInternal, "a null has been bound before");
    case Type::kArray:
      if (!IsArray(parameter.type))
        return MakeError(ErrorClass::kInternal, "this dialect has no array parameters");
      scratch_.clear();
      FERRO_TRY(AppendArrayJson(scratch_, value, ElementOf(parameter.type)));
      return BindBytes(Value::Bytes(Type::kText, texts_.Copy(scratch_)), MYSQL_TYPE_STRING, bind);
    case Type::kBool: {
      const auto byte = static_cast<signed char>(value.integer);
      std::memcpy(&slot, &byte, sizeof byte);
      packet_ += 1;
      BindFixed(bind, wire, &slot);
      return absl::OkStatus();
    }
    case Type::kInt64:
    case Type::kInterval:
      slot.integer = value.integer;
      packet_ += 8;
      BindFixed(bind, wire, &slot.integer);
      return absl::OkStatus();
    case Type::kFloat64:
      if (!std::isfinite(value.real)) return OutOfRange("NaN and infinities cannot be stored here");
      slot.real = value.real;
      packet_ += 8;
      BindFixed(bind, wire, &slot.real);
      return absl::OkStatus();
    case Type::kDecimal: {
      scratch_.clear();
      AppendDecimal(scratch_, value);
      return BindBytes(Value::Bytes(Type::kText, texts_.Copy(scratch_)), wire, bind);
    }
    case Type::kText:
    case Type::kJson:
      if (value.size != 0 && std::memchr(value.bytes, 0, value.size) != nullptr) {
        return MakeError(ErrorClass::kInvalidText, "a text may not hold U+0000");
      }
      if (!IsValidUtf8(value.view()))
        return MakeError(ErrorClass::kInvalidText, "a text is not UTF-8");
      return BindBytes(value, wire, bind);
    case Type::kBytes:
      return BindBytes(value, wire, bind);
    case Type::kUuid:
      if (value.size != 16) return MakeError(ErrorClass::kInternal, "a UUID has 16 bytes");
      return BindBytes(value, wire, bind);
    case Type::kDate:
      if (value.integer < kMinDays || value.integer > kMaxDays)
        return OutOfRange("a date's year is not 1 to 9999");
      slot.time = MYSQL_TIME{};
      SetDate(slot.time, value.integer);
      slot.time.time_type = MYSQL_TIMESTAMP_DATE;
      packet_ += 5;
      BindFixed(bind, wire, &slot.time);
      return absl::OkStatus();
    case Type::kTime:
      if (value.integer < 0 || value.integer >= kMicrosPerDay)
        return OutOfRange("a time is not within one day");
      slot.time = MYSQL_TIME{};
      SetClock(slot.time, value.integer);
      slot.time.time_type = MYSQL_TIMESTAMP_TIME;
      packet_ += 13;
      BindFixed(bind, wire, &slot.time);
      return absl::OkStatus();
    case Type::kTimestamp:
    case Type::kTimestampTz: {
      if (value.integer < kMinTimestamp || value.integer > kMaxTimestamp) {
        return OutOfRange("a timestamp's year is not 1 to 9999");
      }
      slot.time = MYSQL_TIME{};
      int64_t days = value.integer / kMicrosPerDay;
      int64_t clock = value.integer % kMicrosPerDay;
      if (clock < 0) {
        clock += kMicrosPerDay;
        --days;
      }
      SetDate(slot.time, days);
      SetClock(slot.time, clock);
      slot.time.time_type = MYSQL_TIMESTAMP_DATETIME;
      packet_ += 12;
      BindFixed(bind, wire, &slot.time);
      return absl::OkStatus();
    }
  }
  return MakeError(ErrorClass::kInternal, "a value has an unknown type");
}

absl::Status ParameterBinds::Encode(std::span<const db::Parameter> parameters,
                                    uint64_t max_packet) {
  if (parameters.size() > kMaxParameters) {
    return MakeErrorWithHint(ErrorClass::kInvalidArgument,
                             absl::StrCat("a statement has ", parameters.size(),
                                          " parameters, at most ", kMaxParameters, " can be sent"),
                             "split it");
  }
  if (binds_.capacity() > kKeptBinds && parameters.size() <= kKeptBinds) {
    std::vector<MYSQL_BIND>().swap(binds_);
    std::vector<Slot>().swap(slots_);
  }
  texts_.Clear();
  signature_ = 0xcbf29ce484222325u;
  binds_.assign(parameters.size(), MYSQL_BIND{});
  slots_.resize(parameters.size());
  // Command, statement, flags, count; the null bitmap; a flag and two bytes of type for each.
  packet_ = 11 + (parameters.size() + 7) / 8 + 2 * parameters.size();
  for (size_t i = 0; i < parameters.size(); ++i) {
    MYSQL_BIND& bind = binds_[i];
    bind.length = &bind.length_value;
    bind.is_null = &bind.is_null_value;
    const absl::Status status = EncodeOne(parameters[i], bind, slots_[i]);
    signature_ = (signature_ ^ static_cast<uint64_t>(bind.buffer_type)) * 0x100000001b3u;  // FNV-1a
    if (status.ok()) continue;
    return MakeError(DetailOf(status), absl::StrCat("parameter ", i + 1, ": ", status.message()));
  }
  if (packet_ >= max_packet) {
    return MakeErrorWithHint(
        ErrorClass::kOutOfRange,
        absl::StrCat("the parameters need ", packet_, " bytes, the server takes ", max_packet),
        "raise the server's max_allowed_packet, or send less at once");
  }
  return absl::OkStatus();
}

}  // namespace ferro::mysql
