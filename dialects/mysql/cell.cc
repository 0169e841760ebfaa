#include "dialects/mysql/cell.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/value/array_json.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "engine/value/text.h"
#include "engine/value/uuid.h"

namespace ferro::mysql {
namespace {

// The protocol is little-endian.
template <class T>
T LoadLittle(const uint8_t* data) {
  static_assert(std::endian::native == std::endian::little,
                "this dialect was written for little-endian machines");
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

constexpr bool IsDateTime(enum_field_types type) {
  return type == MYSQL_TYPE_DATETIME || type == MYSQL_TYPE_TIMESTAMP;
}

// An integer of any width. `large` says that it is an unsigned one above int64, with its bits in
// `value`.
bool LoadInteger(bool is_unsigned, const uint8_t* data, size_t size, int64_t& value) {
  switch (size) {
    case 1:
      value = is_unsigned ? int64_t{*data} : int64_t{LoadLittle<int8_t>(data)};
      return true;
    case 2:
      value =
          is_unsigned ? int64_t{LoadLittle<uint16_t>(data)} : int64_t{LoadLittle<int16_t>(data)};
      return true;
    case 4:
      value =
          is_unsigned ? int64_t{LoadLittle<uint32_t>(data)} : int64_t{LoadLittle<int32_t>(data)};
      return true;
    default:
      value = LoadLittle<int64_t>(data);
      return !is_unsigned || value >= 0;
  }
}

// BIT(n): big-endian, at most 8 bytes.
uint64_t LoadBits(const uint8_t* data, size_t size) {
  uint64_t bits = 0;
  for (size_t i = 0; i < size && i < 8; ++i) bits = bits << 8 | data[i];
  return bits;
}

Fault LoadDate(const uint8_t* data, size_t size, int64_t& days) {
  if (size == 0) return Fault::kZeroDate;
  if (size < 4) return Fault::kTruncated;
  const CivilDate date{LoadLittle<uint16_t>(data), data[2], data[3]};
  if (date.month == 0 || date.day == 0 || !IsValid(date)) return Fault::kZeroDate;
  days = DaysFromCivil(date);
  return Fault::kNone;
}

Fault LoadDateTime(const uint8_t* data, size_t size, int64_t& micros) {
  int64_t days = 0;
  if (const Fault fault = LoadDate(data, size, days); fault != Fault::kNone) return fault;
  micros = days * kMicrosPerDay;
  if (size == 4) return Fault::kNone;
  if (size < 7) return Fault::kTruncated;
  micros += (int64_t{data[4]} * 3600 + data[5] * 60 + data[6]) * kMicrosPerSecond;
  if (size >= 11) micros += LoadLittle<uint32_t>(data + 7);
  return Fault::kNone;
}

// A signed duration: TIME goes to 838 hours on either side.
Fault LoadTime(const uint8_t* data, size_t size, int64_t& micros) {
  micros = 0;
  if (size == 0) return Fault::kNone;
  if (size < 8) return Fault::kTruncated;
  const int64_t days = LoadLittle<uint32_t>(data + 1);
  micros = (((days * 24 + data[5]) * 60 + data[6]) * 60 + data[7]) * kMicrosPerSecond;
  if (size >= 12) micros += LoadLittle<uint32_t>(data + 8);
  if (data[0] != 0) micros = -micros;
  return Fault::kNone;
}

absl::string_view View(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

void SetUnsigned(uint64_t value, Arena& arena, Value& out) {
  out = Value::Bytes(Type::kDecimal, arena.Copy(absl::AlphaNum(value).Piece()));
}

// The ways to read a cell. `size` is the value's own; fixed sizes have been checked against the
// packet.
struct Readers {
  static Fault None(const CellPlan&, const uint8_t*, size_t, Arena&, Value&) {
    return Fault::kNoConversion;
  }

  // Integers, to any type whose payload is an integer.
  static Fault Integer(const CellPlan& plan, const uint8_t* data, size_t size, Arena&, Value& out) {
    int64_t value;
    if (!LoadInteger(plan.is_unsigned, data, size, value)) return Fault::kTooLarge;
    out = Value::Integer(plan.wanted, value);
    return Fault::kNone;
  }
  // The one integer that most columns are, without a switch.
  static Fault BigInt(const CellPlan& plan, const uint8_t* data, size_t, Arena&, Value& out) {
    out = Value::Integer(plan.wanted, LoadLittle<int64_t>(data));
    return Fault::kNone;
  }
  static Fault IntegerAsItIs(const CellPlan& plan, const uint8_t* data, size_t size, Arena& arena,
                             Value& out) {
    int64_t value;
    if (LoadInteger(plan.is_unsigned, data, size, value)) {
      out = Value::Int64(value);
    } else {
      SetUnsigned(static_cast<uint64_t>(value), arena, out);
    }
    return Fault::kNone;
  }
  static Fault IntegerAsBool(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                             Value& out) {
    int64_t value;
    if (!LoadInteger(plan.is_unsigned, data, size, value) || (value != 0 && value != 1))
      return Fault::kNotBool;
    out = Value::Bool(value == 1);
    return Fault::kNone;
  }
  static Fault IntegerAsDouble(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                               Value& out) {
    int64_t value;
    const bool fits = LoadInteger(plan.is_unsigned, data, size, value);
    out = Value::Float64(fits ? static_cast<double>(value)
                              : static_cast<double>(static_cast<uint64_t>(value)));
    return Fault::kNone;
  }
  static Fault IntegerAsDecimal(const CellPlan& plan, const uint8_t* data, size_t size,
                                Arena& arena, Value& out) {
    int64_t value;
    constexpr int64_t kSmall = 999'999'999'999'999'999;
    if (!LoadInteger(plan.is_unsigned, data, size, value)) {
      SetUnsigned(static_cast<uint64_t>(value), arena, out);
    } else if (value >= -kSmall && value <= kSmall) {
      out = Value::SmallDecimal(value, 0);
    } else {
      out = Value::Bytes(Type::kDecimal, arena.Copy(absl::AlphaNum(value).Piece()));
    }
    return Fault::kNone;
  }

  static Fault Bits(const CellPlan& plan, const uint8_t* data, size_t size, Arena& arena,
                    Value& out) {
    const uint64_t bits = LoadBits(data, size);
    if (plan.wanted == Type::kBool) {
      if (bits > 1) return Fault::kNotBool;
      out = Value::Bool(bits == 1);
    } else if (bits <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      out = Value::Int64(static_cast<int64_t>(bits));
    } else if (plan.wanted == Type::kNull) {
      SetUnsigned(bits, arena, out);
    } else {
      return Fault::kTooLarge;
    }
    return Fault::kNone;
  }

  static Fault Float(const CellPlan&, const uint8_t* data, size_t, Arena&, Value& out) {
    out = Value::Float64(static_cast<double>(LoadLittle<float>(data)));
    return Fault::kNone;
  }
  static Fault Double(const CellPlan&, const uint8_t* data, size_t, Arena&, Value& out) {
    out = Value::Float64(LoadLittle<double>(data));
    return Fault::kNone;
  }
  // FLOOR(double) and its like are doubles to the server.
  static Fault DoubleAsInteger(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                               Value& out) {
    const double value =
        size == 4 ? static_cast<double>(LoadLittle<float>(data)) : LoadLittle<double>(data);
    if (value != std::trunc(value)) return Fault::kFraction;
    if (value < -0x1p63 || value >= 0x1p63) return Fault::kTooLarge;
    out = Value::Integer(plan.wanted, static_cast<int64_t>(value));
    return Fault::kNone;
  }

  static Fault Decimal(const CellPlan&, const uint8_t* data, size_t size, Arena& arena,
                       Value& out) {
    return ParseDecimal(View(data, size), arena, out) ? Fault::kNone : Fault::kBadText;
  }
  // SUM of integers is a decimal to the server.
  static Fault DecimalAsInteger(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                                Value& out) {
    absl::string_view text = View(data, size);
    const size_t point = text.find('.');
    if (point != absl::string_view::npos) {
      if (text.find_first_not_of('0', point + 1) != absl::string_view::npos)
        return Fault::kFraction;
      text = text.substr(0, point);
    }
    int64_t value;
    if (!absl::SimpleAtoi(text, &value)) return Fault::kTooLarge;
    out = Value::Integer(plan.wanted, value);
    return Fault::kNone;
  }
  static Fault DecimalAsDouble(const CellPlan&, const uint8_t* data, size_t size, Arena&,
                               Value& out) {
    double value;
    if (!absl::SimpleAtod(View(data, size), &value)) return Fault::kBadText;
    out = Value::Float64(value);
    return Fault::kNone;
  }

  // Text, bytes and JSON, where they lie. What the server calls text is UTF-8, since the session
  // says so.
  static Fault Bytes(const CellPlan& plan, const uint8_t* data, size_t size, Arena&, Value& out) {
    out = Value::Bytes(plan.wanted, View(data, size));
    return Fault::kNone;
  }
  static Fault BinaryAsText(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                            Value& out) {
    if (!IsValidUtf8(View(data, size))) return Fault::kNotUtf8;
    out = Value::Bytes(plan.wanted, View(data, size));
    return Fault::kNone;
  }
  static Fault Array(const CellPlan& plan, const uint8_t* data, size_t size, Arena& arena,
                     Value& out) {
    const bool good = ParseArrayJson(View(data, size), ElementOf(plan.wanted), arena, out);
    return good ? Fault::kNone : Fault::kBadText;
  }
  static Fault Uuid(const CellPlan&, const uint8_t* data, size_t size, Arena& arena, Value& out) {
    if (size == 16) {
      out = Value::Bytes(Type::kUuid, View(data, size));
      return Fault::kNone;
    }
    char bytes[16];
    if (!ParseUuid(View(data, size), bytes)) return Fault::kBadText;
    out = Value::Bytes(Type::kUuid, arena.Copy(absl::string_view(bytes, sizeof bytes)));
    return Fault::kNone;
  }
  // Functions of dates over parameters are text to the server.
  static Fault TextAsMoment(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                            Value& out) {
    const absl::string_view text = View(data, size);
    const std::optional<int64_t> value = plan.wanted == Type::kDate   ? ParseDate(text)
                                         : plan.wanted == Type::kTime ? ParseTime(text)
                                                                      : ParseTimestamp(text);
    if (!value) return Fault::kBadText;
    out = Value::Integer(plan.wanted, *value);
    return Fault::kNone;
  }

  static Fault Date(const CellPlan&, const uint8_t* data, size_t size, Arena&, Value& out) {
    int64_t days;
    const Fault fault = LoadDate(data, size, days);
    if (fault == Fault::kNone) out = Value::Integer(Type::kDate, days);
    return fault;
  }
  static Fault DateTime(const CellPlan& plan, const uint8_t* data, size_t size, Arena&,
                        Value& out) {
    int64_t micros;
    const Fault fault = LoadDateTime(data, size, micros);
    if (fault == Fault::kNone) out = Value::Integer(plan.wanted, micros);
    return fault;
  }
  static Fault DateTimeAsDate(const CellPlan&, const uint8_t* data, size_t size, Arena&,
                              Value& out) {
    int64_t micros;
    if (const Fault fault = LoadDateTime(data, size, micros); fault != Fault::kNone) return fault;
    int64_t days;
    if (micros % kMicrosPerDay != 0) return Fault::kFraction;
    if (const Fault fault = LoadDate(data, size, days); fault != Fault::kNone) return fault;
    out = Value::Integer(Type::kDate, days);
    return Fault::kNone;
  }
  static Fault Time(const CellPlan& plan, const uint8_t* data, size_t size, Arena&, Value& out) {
    int64_t micros;
    if (const Fault fault = LoadTime(data, size, micros); fault != Fault::kNone) return fault;
    const bool within_day = micros >= 0 && micros < kMicrosPerDay;
    if (plan.wanted == Type::kTime && !within_day) return Fault::kNotWithinDay;
    const bool duration = plan.wanted == Type::kInterval || !within_day;
    out = Value::Integer(duration ? Type::kInterval : Type::kTime, micros);
    return Fault::kNone;
  }

  // The type of the cells when nothing is wanted in particular; kNull where it depends on the
  // value.
  static Type Natural(const WireColumn& wire) {
    if (IsDateTime(wire.type)) {
      return wire.type == MYSQL_TYPE_TIMESTAMP ? Type::kTimestampTz : Type::kTimestamp;
    }
    if (wire.is_json || wire.type == MYSQL_TYPE_JSON) return Type::kJson;
    if (wire.is_uuid) return Type::kUuid;
    if (IsString(wire.type)) return wire.is_binary ? Type::kBytes : Type::kText;
    return FixedSize(wire.type) < 0 && wire.type != MYSQL_TYPE_NEWDECIMAL &&
                   wire.type != MYSQL_TYPE_DECIMAL && wire.type != MYSQL_TYPE_DATE &&
                   wire.type != MYSQL_TYPE_NEWDATE && wire.type != MYSQL_TYPE_TIME &&
                   wire.type != MYSQL_TYPE_BIT
               ? Type::kBytes  // a type of a later server
               : Type::kNull;
  }

  static CellPlan::Read ForInteger(const WireColumn& wire, Type wanted) {
    switch (wanted) {
      case Type::kNull:
        return IntegerAsItIs;
      case Type::kBool:
        return IntegerAsBool;
      case Type::kFloat64:
        return IntegerAsDouble;
      case Type::kDecimal:
        return IntegerAsDecimal;
      case Type::kInt64:
      case Type::kInterval:
        return wire.type == MYSQL_TYPE_LONGLONG && !wire.is_unsigned ? BigInt : Integer;
      case Type::kText:
      case Type::kBytes:
      case Type::kDate:
      case Type::kTime:
      case Type::kTimestamp:
      case Type::kTimestampTz:
      case Type::kUuid:
      case Type::kJson:
      case Type::kArray:
        break;
    }
    return None;
  }

  static CellPlan::Read ForString(const WireColumn& wire, Type wanted) {
    const bool text = !wire.is_binary || wire.is_uuid || wire.is_json;
    if (IsArray(wanted)) return Array;
    switch (wanted) {
      case Type::kText:
      case Type::kJson:
        return text ? Bytes : BinaryAsText;
      case Type::kBytes:
        return text ? None : Bytes;
      case Type::kUuid:
        return Uuid;
      case Type::kDate:
      case Type::kTime:
      case Type::kTimestamp:
      case Type::kTimestampTz:
        return TextAsMoment;
      case Type::kNull:
      case Type::kBool:
      case Type::kInt64:
      case Type::kFloat64:
      case Type::kDecimal:
      case Type::kInterval:
      case Type::kArray:
        break;
    }
    return None;
  }

  static CellPlan::Read For(const WireColumn& wire, Type wanted) {
    if (IsInteger(wire.type)) return ForInteger(wire, wanted);
    if (IsString(wire.type)) return ForString(wire, wanted);
    const bool as_integer = wanted == Type::kInt64 || wanted == Type::kInterval;
    switch (static_cast<int>(wire.type)) {
      case MYSQL_TYPE_FLOAT:
      case MYSQL_TYPE_DOUBLE:
        if (wanted == Type::kNull || wanted == Type::kFloat64)
          return wire.type == MYSQL_TYPE_FLOAT ? Float : Double;
        return as_integer ? DoubleAsInteger : None;
      case MYSQL_TYPE_DECIMAL:
      case MYSQL_TYPE_NEWDECIMAL:
        if (wanted == Type::kNull || wanted == Type::kDecimal) return Decimal;
        if (wanted == Type::kFloat64) return DecimalAsDouble;
        return as_integer ? DecimalAsInteger : None;
      case MYSQL_TYPE_BIT:
        return wanted == Type::kNull || wanted == Type::kInt64 || wanted == Type::kBool ? Bits
                                                                                        : None;
      case MYSQL_TYPE_DATE:
      case MYSQL_TYPE_NEWDATE:
        if (wanted == Type::kNull || wanted == Type::kDate) return Date;
        return wanted == Type::kTimestamp || wanted == Type::kTimestampTz ? DateTime : None;
      case MYSQL_TYPE_DATETIME:
      case MYSQL_TYPE_TIMESTAMP:
        if (wanted == Type::kDate) return DateTimeAsDate;
        return wanted == Type::kTimestamp || wanted == Type::kTimestampTz ? DateTime : None;
      case MYSQL_TYPE_TIME:
        return wanted == Type::kNull || wanted == Type::kTime || wanted == Type::kInterval ? Time
                                                                                           : None;
      case MYSQL_TYPE_JSON:
        if (IsArray(wanted)) return Array;
        return wanted == Type::kJson || wanted == Type::kText ? Bytes : None;
      default:
        return wanted == Type::kBytes ? Bytes : None;
    }
  }
};

}  // namespace

absl::string_view Reason(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      break;
    case Fault::kNoConversion:
      return "there is no such conversion";
    case Fault::kNotBool:
      return "it is neither 0 nor 1";
    case Fault::kTooLarge:
      return "it is too large";
    case Fault::kFraction:
      return "it has a fraction";
    case Fault::kZeroDate:
      return "its year, month or day is no date's";
    case Fault::kNotWithinDay:
      return "it is not within one day";
    case Fault::kNotUtf8:
      return "it is not UTF-8";
    case Fault::kBadText:
      return "its text is not in that form";
    case Fault::kTruncated:
      return "its bytes are cut short";
  }
  return "for no reason";
}

CellPlan PlanCell(const WireColumn& column, Type wanted) {
  CellPlan plan;
  plan.wanted = wanted == Type::kNull ? Readers::Natural(column) : wanted;
  plan.read = Readers::For(column, plan.wanted);
  plan.is_unsigned = column.is_unsigned || column.type == MYSQL_TYPE_YEAR;
  plan.fixed_size = FixedSize(column.type);
  return plan;
}

}  // namespace ferro::mysql
