// Which function reads a column, from what the server says it is and what is wanted.
#include "dialects/mysql/cell.h"

#include "dialects/mysql/readers.h"

namespace ferro::mysql {
namespace {

bool IsDateTime(enum_field_types type) {
  return type == MYSQL_TYPE_DATETIME || type == MYSQL_TYPE_TIMESTAMP;
}

Fault NoConversion(const CellPlan&, const uint8_t*, size_t, Arena&, Value&) {
  return Fault::kNoConversion;
}

// The type of the cells when nothing is wanted in particular; kNull where it depends on the
// value.
Type Natural(const WireColumn& wire) {
  if (IsDateTime(wire.type)) {
    return wire.type == MYSQL_TYPE_TIMESTAMP ? Type::kTimestampTz : Type::kTimestamp;
  }
  if (wire.is_json || wire.type == MYSQL_TYPE_JSON) return Type::kJson;
  if (wire.is_uuid) return Type::kUuid;
  if (wire.is_address) return Type::kText;
  if (IsString(wire.type)) return wire.is_binary ? Type::kBytes : Type::kText;
  return FixedSize(wire.type) < 0 && wire.type != MYSQL_TYPE_NEWDECIMAL &&
                 wire.type != MYSQL_TYPE_DECIMAL && wire.type != MYSQL_TYPE_DATE &&
                 wire.type != MYSQL_TYPE_NEWDATE && wire.type != MYSQL_TYPE_TIME &&
                 wire.type != MYSQL_TYPE_BIT
             ? Type::kBytes  // a type of a later server
             : Type::kNull;
}

CellPlan::Read ForInteger(const WireColumn& wire, Type wanted) {
  switch (wanted) {
    case Type::kNull:
      return ReadIntegerAsItIs;
    case Type::kBool:
      return ReadIntegerAsBool;
    case Type::kFloat64:
      return ReadIntegerAsDouble;
    case Type::kDecimal:
      return ReadIntegerAsDecimal;
    case Type::kInt64:
    case Type::kInterval:
      return wire.type == MYSQL_TYPE_LONGLONG && !wire.is_unsigned ? ReadBigInt : ReadInteger;
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
  return NoConversion;
}

CellPlan::Read ForString(const WireColumn& wire, Type wanted) {
  const bool text = !wire.is_binary || wire.is_uuid || wire.is_json || wire.is_address;
  if (IsArray(wanted)) return ReadArray;
  switch (wanted) {
    case Type::kText:
    case Type::kJson:
      return text ? ReadBytes : ReadBinaryAsText;
    case Type::kBytes:
      return text ? NoConversion : ReadBytes;
    case Type::kUuid:
      return text ? ReadUuidText : ReadUuid;
    case Type::kDate:
    case Type::kTime:
    case Type::kTimestamp:
    case Type::kTimestampTz:
      return ReadTextAsMoment;
    case Type::kNull:
    case Type::kBool:
    case Type::kInt64:
    case Type::kFloat64:
    case Type::kDecimal:
    case Type::kInterval:
    case Type::kArray:
      break;
  }
  return NoConversion;
}

CellPlan::Read For(const WireColumn& wire, Type wanted) {
  if (IsInteger(wire.type)) return ForInteger(wire, wanted);
  if (IsString(wire.type)) return ForString(wire, wanted);
  const bool as_integer = wanted == Type::kInt64 || wanted == Type::kInterval;
  switch (static_cast<int>(wire.type)) {
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
      if (wanted == Type::kNull || wanted == Type::kFloat64)
        return wire.type == MYSQL_TYPE_FLOAT ? ReadFloat : ReadDouble;
      return as_integer ? ReadDoubleAsInteger : NoConversion;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      if (wanted == Type::kNull || wanted == Type::kDecimal) return ReadDecimal;
      if (wanted == Type::kFloat64) return ReadDecimalAsDouble;
      return as_integer ? ReadDecimalAsInteger : NoConversion;
    case MYSQL_TYPE_BIT:
      return wanted == Type::kNull || wanted == Type::kInt64 || wanted == Type::kBool
                 ? ReadBits
                 : NoConversion;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
      if (wanted == Type::kNull || wanted == Type::kDate) return ReadDate;
      return wanted == Type::kTimestamp || wanted == Type::kTimestampTz ? ReadDateTime
                                                                        : NoConversion;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
      if (wanted == Type::kDate) return ReadDateTimeAsDate;
      return wanted == Type::kTimestamp || wanted == Type::kTimestampTz ? ReadDateTime
                                                                        : NoConversion;
    case MYSQL_TYPE_TIME:
      return wanted == Type::kNull || wanted == Type::kTime || wanted == Type::kInterval
                 ? ReadTime
                 : NoConversion;
    case MYSQL_TYPE_JSON:
      if (IsArray(wanted)) return ReadArray;
      return wanted == Type::kJson || wanted == Type::kText ? ReadBytes : NoConversion;
    default:
      return wanted == Type::kBytes ? ReadBytes : NoConversion;
  }
}

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
    case Fault::kMalformed:
      return "its bytes are not of that type's form";
  }
  return "for no reason";
}

ErrorClass ErrorClassOf(Fault fault) {
  switch (fault) {
    case Fault::kTooLarge:
    case Fault::kNotWithinDay:
      return ErrorClass::kOutOfRange;
    case Fault::kTruncated:
      return ErrorClass::kInternal;
    case Fault::kMalformed:
    case Fault::kNone:
    case Fault::kNoConversion:
    case Fault::kNotBool:
    case Fault::kFraction:
    case Fault::kZeroDate:
    case Fault::kNotUtf8:
    case Fault::kBadText:
      break;
  }
  return ErrorClass::kBadStoredValue;
}

absl::string_view Advice(Fault fault, Type wanted) {
  switch (fault) {
    case Fault::kNoConversion:
      return "declare the column as it is stored, or cast it in the statement";
    case Fault::kTooLarge:
      return wanted == Type::kInt64 ? "declare the column a decimal" : "";
    case Fault::kFraction:
      return wanted == Type::kDate ? "declare the column a timestamp"
                                   : "declare the column a decimal";
    case Fault::kZeroDate:
      return "exclude such rows or store NULL in them; the SQL mode NO_ZERO_IN_DATE,NO_ZERO_DATE "
             "keeps them out";
    case Fault::kNotWithinDay:
      return "declare the column a duration";
    case Fault::kNotUtf8:
      return "declare the column bytes";
    case Fault::kNone:
    case Fault::kNotBool:
    case Fault::kBadText:
    case Fault::kTruncated:
    case Fault::kMalformed:
      break;
  }
  return "";
}

CellPlan PlanCell(const WireColumn& column, Type wanted) {
  CellPlan plan;
  plan.wanted = wanted == Type::kNull ? Natural(column) : wanted;
  plan.read = For(column, plan.wanted);
  plan.is_unsigned = column.is_unsigned || column.type == MYSQL_TYPE_YEAR;
  plan.fixed_size = FixedSize(column.type);
  return plan;
}

}  // namespace ferro::mysql
