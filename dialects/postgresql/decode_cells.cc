// One function for each wire format, and the table that pairs wire types with wanted ones.
#include <bit>
#include <limits>

#include "dialects/postgresql/decode.h"
#include "dialects/postgresql/network.h"
#include "dialects/postgresql/numeric.h"
#include "engine/base/bytes.h"
#include "engine/value/civil.h"
#include "engine/value/text.h"

namespace ferro::postgresql {
namespace {

constexpr int64_t kEpochDays = 10'957;  // 2000-01-01, PostgreSQL's day zero
constexpr int64_t kEpochMicros = kEpochDays * kMicrosPerDay;

CellFault Bool(absl::string_view wire, Arena&, Value& out) {
  if (wire.size() != 1) return CellFault::kMalformed;
  out = Value::Bool(wire[0] != 0);
  return CellFault::kNone;
}

template <class Wire>
bool LoadInteger(absl::string_view wire, int64_t& out) {
  if (wire.size() != sizeof(Wire)) return false;
  out = static_cast<int64_t>(LoadBig<Wire>(wire.data()));
  return true;
}

template <class Wire>
CellFault Int64(absl::string_view wire, Arena&, Value& out) {
  int64_t integer;
  if (!LoadInteger<Wire>(wire, integer)) return CellFault::kMalformed;
  out = Value::Int64(integer);
  return CellFault::kNone;
}

template <class Wire>
CellFault IntAsFloat(absl::string_view wire, Arena&, Value& out) {
  int64_t integer;
  if (!LoadInteger<Wire>(wire, integer)) return CellFault::kMalformed;
  out = Value::Float64(static_cast<double>(integer));
  return CellFault::kNone;
}

template <class Wire>
CellFault IntAsDecimal(absl::string_view wire, Arena& arena, Value& out) {
  constexpr int64_t kLargestSmall = 999'999'999'999'999'999;
  int64_t integer;
  if (!LoadInteger<Wire>(wire, integer)) return CellFault::kMalformed;
  out = Value::SmallDecimal(integer, 0);
  if (integer > kLargestSmall || integer < -kLargestSmall) {  // 19 digits: canonically as text
    out = Value::Bytes(Type::kDecimal, arena.Copy(std::to_string(integer)));
  }
  return CellFault::kNone;
}

CellFault Float4(absl::string_view wire, Arena&, Value& out) {
  if (wire.size() != 4) return CellFault::kMalformed;
  out = Value::Float64(std::bit_cast<float>(LoadBig<uint32_t>(wire.data())));
  return CellFault::kNone;
}

CellFault Float8(absl::string_view wire, Arena&, Value& out) {
  if (wire.size() != 8) return CellFault::kMalformed;
  out = Value::Float64(std::bit_cast<double>(LoadBig<uint64_t>(wire.data())));
  return CellFault::kNone;
}

CellFault FaultOf(NumericFault fault) {
  switch (fault) {
    case NumericFault::kNone:
      return CellFault::kNone;
    case NumericFault::kNotFinite:
      return CellFault::kNotFinite;
    case NumericFault::kFraction:
      return CellFault::kFraction;
    case NumericFault::kTooLarge:
      return CellFault::kTooLarge;
    case NumericFault::kMalformed:
      break;
  }
  return CellFault::kMalformed;
}

CellFault Decimal(absl::string_view wire, Arena& arena, Value& out) {
  return FaultOf(DecodeNumeric(wire, arena, out));
}

// sum() of bigint and the like: a whole numeric to the server.
CellFault DecimalAsInt64(absl::string_view wire, Arena&, Value& out) {
  int64_t integer = 0;
  const NumericFault fault = DecodeNumericAsInt64(wire, integer);
  out = Value::Int64(integer);
  return FaultOf(fault);
}

CellFault DecimalAsFloat(absl::string_view wire, Arena& arena, Value& out) {
  double real = 0;
  const NumericFault fault = DecodeNumericAsDouble(wire, arena, real);
  out = Value::Float64(real);
  return FaultOf(fault);
}

CellFault Network(absl::string_view wire, Arena& arena, Value& out) {
  const absl::string_view text = NetworkText(wire, arena);
  if (text.empty()) return CellFault::kMalformed;
  out = Value::Bytes(Type::kText, text);
  return CellFault::kNone;
}

template <Type kType>
CellFault InPlace(absl::string_view wire, Arena&, Value& out) {
  out = Value::Bytes(kType, wire);
  return CellFault::kNone;
}

template <Type kType>
CellFault CheckedText(absl::string_view wire, Arena&, Value& out) {
  if (wire.find('\0') != absl::string_view::npos || !IsValidUtf8(wire)) return CellFault::kNotText;
  out = Value::Bytes(kType, wire);
  return CellFault::kNone;
}

template <Type kType, bool kTrusted>
CellFault Jsonb(absl::string_view wire, Arena& arena, Value& out) {
  if (wire.empty() || wire[0] != 1) return CellFault::kMalformed;  // the format's version
  wire.remove_prefix(1);
  return kTrusted ? InPlace<kType>(wire, arena, out) : CheckedText<kType>(wire, arena, out);
}

CellFault Uuid(absl::string_view wire, Arena&, Value& out) {
  if (wire.size() != 16) return CellFault::kMalformed;
  out = Value::Bytes(Type::kUuid, wire);
  return CellFault::kNone;
}

CellFault Date(absl::string_view wire, Arena&, Value& out) {
  int64_t days;
  if (!LoadInteger<int32_t>(wire, days)) return CellFault::kMalformed;
  if (days == std::numeric_limits<int32_t>::max() || days == std::numeric_limits<int32_t>::min()) {
    return CellFault::kNotFinite;
  }
  days += kEpochDays;
  if (days < kMinDays || days > kMaxDays) return CellFault::kYear;
  out = Value::Integer(Type::kDate, days);
  return CellFault::kNone;
}

template <Type kType>
CellFault Timestamp(absl::string_view wire, Arena&, Value& out) {
  int64_t micros;
  if (!LoadInteger<int64_t>(wire, micros)) return CellFault::kMalformed;
  if (micros == std::numeric_limits<int64_t>::max() ||
      micros == std::numeric_limits<int64_t>::min()) {
    return CellFault::kNotFinite;
  }
  if (micros < kMinTimestamp - kEpochMicros || micros > kMaxTimestamp - kEpochMicros) {
    return CellFault::kYear;
  }
  out = Value::Integer(kType, micros + kEpochMicros);
  return CellFault::kNone;
}

CellFault Time(absl::string_view wire, Arena&, Value& out) {
  int64_t micros;
  if (!LoadInteger<int64_t>(wire, micros)) return CellFault::kMalformed;
  if (micros == kMicrosPerDay) return CellFault::kEndOfDay;
  if (micros < 0 || micros > kMicrosPerDay) return CellFault::kMalformed;
  out = Value::Integer(Type::kTime, micros);
  return CellFault::kNone;
}

CellFault Interval(absl::string_view wire, Arena&, Value& out) {
  if (wire.size() != 16) return CellFault::kMalformed;
  const auto micros = LoadBig<int64_t>(wire.data());
  const auto days = LoadBig<int32_t>(wire.data() + 8);
  const auto months = LoadBig<int32_t>(wire.data() + 12);
  // All three at the same extreme is infinity, since PostgreSQL 17.
  if ((months == std::numeric_limits<int32_t>::max() && days == months &&
       micros == std::numeric_limits<int64_t>::max()) ||
      (months == std::numeric_limits<int32_t>::min() && days == months &&
       micros == std::numeric_limits<int64_t>::min())) {
    return CellFault::kNotFinite;
  }
  if (months != 0) return CellFault::kMonths;
  int64_t sum;
  if (__builtin_mul_overflow(int64_t{days}, kMicrosPerDay, &sum) ||
      __builtin_add_overflow(sum, micros, &sum)) {
    return CellFault::kIntervalSize;
  }
  out = Value::Integer(Type::kInterval, sum);
  return CellFault::kNone;
}

template <class Wire>
DecodeCell IntegerAs(Type wanted) {
  if (wanted == Type::kInt64) return Int64<Wire>;
  if (wanted == Type::kFloat64) return IntAsFloat<Wire>;
  if (wanted == Type::kDecimal) return IntAsDecimal<Wire>;
  return nullptr;
}

DecodeCell NumericAs(Type wanted) {
  if (wanted == Type::kDecimal) return Decimal;
  if (wanted == Type::kInt64) return DecimalAsInt64;
  if (wanted == Type::kFloat64) return DecimalAsFloat;
  return nullptr;
}

DecodeCell TextAs(Type wanted, bool trusted) {
  if (wanted == Type::kText) return trusted ? InPlace<Type::kText> : CheckedText<Type::kText>;
  if (wanted == Type::kJson) return trusted ? InPlace<Type::kJson> : CheckedText<Type::kJson>;
  return nullptr;
}

DecodeCell JsonbAs(Type wanted, bool trusted) {
  if (wanted == Type::kText) return trusted ? Jsonb<Type::kText, true> : Jsonb<Type::kText, false>;
  if (wanted == Type::kJson) return trusted ? Jsonb<Type::kJson, true> : Jsonb<Type::kJson, false>;
  return nullptr;
}

// For wire types of which only the canonical type itself can be wanted.
DecodeCell Only(Type wanted, Type type, DecodeCell decode) {
  return wanted == type ? decode : nullptr;
}

}  // namespace

DecodeCell ChooseDecoder(Oid oid, Type wanted, bool trusted_text) {
  if (wanted == Type::kNull) wanted = NaturalType(oid);
  switch (oid) {
    case kBoolOid:
      return Only(wanted, Type::kBool, Bool);
    case kInt2Oid:
      return IntegerAs<int16_t>(wanted);
    case kInt4Oid:
      return IntegerAs<int32_t>(wanted);
    case kInt8Oid:
      return IntegerAs<int64_t>(wanted);
    case kOidOid:
      return IntegerAs<uint32_t>(wanted);
    case kFloat4Oid:
      return Only(wanted, Type::kFloat64, Float4);
    case kFloat8Oid:
      return Only(wanted, Type::kFloat64, Float8);
    case kNumericOid:
      return NumericAs(wanted);
    case kInetOid:
    case kCidrOid:
      return Only(wanted, Type::kText, Network);
    case kByteaOid:
      return Only(wanted, Type::kBytes, InPlace<Type::kBytes>);
    case kDateOid:
      return Only(wanted, Type::kDate, Date);
    case kTimeOid:
      return Only(wanted, Type::kTime, Time);
    case kTimestampOid:
      return Only(wanted, Type::kTimestamp, Timestamp<Type::kTimestamp>);
    case kTimestampTzOid:
      return Only(wanted, Type::kTimestampTz, Timestamp<Type::kTimestampTz>);
    case kIntervalOid:
      return Only(wanted, Type::kInterval, Interval);
    case kUuidOid:
      return Only(wanted, Type::kUuid, Uuid);
    case kJsonOid:
      return TextAs(wanted, trusted_text);
    case kJsonbOid:
      return JsonbAs(wanted, trusted_text);
    default:
      break;
  }
  if (!IsTextOnTheWire(oid)) return nullptr;
  return TextAs(wanted, trusted_text && oid != kCharOid);  // "char" is any byte
}

}  // namespace ferro::postgresql
