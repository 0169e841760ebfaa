#include "dialects/postgresql/oids.h"

namespace ferro::postgresql {

Oid ParameterOid(Type type, bool is_array) {
  if (IsArray(type)) return is_array ? 0 : ParameterOid(ElementOf(type), true);
  switch (type) {
    case Type::kBool:
      return is_array ? 1000 : kBoolOid;
    case Type::kInt64:
      return is_array ? 1016 : kInt8Oid;
    case Type::kFloat64:
      return is_array ? 1022 : kFloat8Oid;
    case Type::kDecimal:
      return is_array ? 1231 : kNumericOid;
    case Type::kText:
      return is_array ? 1009 : kTextOid;
    case Type::kBytes:
      return is_array ? 1001 : kByteaOid;
    case Type::kDate:
      return is_array ? 1182 : kDateOid;
    case Type::kTime:
      return is_array ? 1183 : kTimeOid;
    case Type::kTimestamp:
      return is_array ? 1115 : kTimestampOid;
    case Type::kTimestampTz:
      return is_array ? 1185 : kTimestampTzOid;
    case Type::kInterval:
      return is_array ? 1187 : kIntervalOid;
    case Type::kUuid:
      return is_array ? 2951 : kUuidOid;
    case Type::kJson:
      return is_array ? 3807 : kJsonbOid;
    case Type::kNull:
    case Type::kArray:
      return 0;
  }
  return 0;
}

Oid ElementOid(Oid array) {
  switch (array) {
    case 1000:
      return kBoolOid;
    case 1001:
      return kByteaOid;
    case 1003:
      return kNameOid;
    case 1005:
      return kInt2Oid;
    case 1007:
      return kInt4Oid;
    case 1009:
      return kTextOid;
    case 1014:
      return kBpcharOid;
    case 1015:
      return kVarcharOid;
    case 1016:
      return kInt8Oid;
    case 1021:
      return kFloat4Oid;
    case 1022:
      return kFloat8Oid;
    case 1028:
      return kOidOid;
    case 1115:
      return kTimestampOid;
    case 1182:
      return kDateOid;
    case 1183:
      return kTimeOid;
    case 1185:
      return kTimestampTzOid;
    case 1187:
      return kIntervalOid;
    case 1231:
      return kNumericOid;
    case 2951:
      return kUuidOid;
    default:
      return 0;
  }
}

bool IsTextOnTheWire(Oid oid) {
  switch (oid) {
    case kTextOid:
    case kVarcharOid:
    case kBpcharOid:
    case kNameOid:
    case kCharOid:
    case kXmlOid:
    case kUnknownOid:
    case kVoidOid:
      return true;
    default:
      return false;
  }
}

Type NaturalType(Oid oid) {
  switch (oid) {
    case kBoolOid:
      return Type::kBool;
    case kInt2Oid:
    case kInt4Oid:
    case kInt8Oid:
    case kOidOid:
      return Type::kInt64;
    case kFloat4Oid:
    case kFloat8Oid:
      return Type::kFloat64;
    case kNumericOid:
      return Type::kDecimal;
    case kByteaOid:
      return Type::kBytes;
    case kDateOid:
      return Type::kDate;
    case kTimeOid:
      return Type::kTime;
    case kTimestampOid:
      return Type::kTimestamp;
    case kTimestampTzOid:
      return Type::kTimestampTz;
    case kIntervalOid:
      return Type::kInterval;
    case kUuidOid:
      return Type::kUuid;
    case kJsonOid:
    case kJsonbOid:
      return Type::kJson;
    case kInetOid:
    case kCidrOid:
      return Type::kText;
    default:
      break;
  }
  if (const Oid element = ElementOid(oid); element != 0) {
    const Type type = NaturalType(element);
    return CanBeElement(type) ? ArrayOf(type) : Type::kNull;
  }
  return IsTextOnTheWire(oid) ? Type::kText : Type::kNull;
}

absl::string_view TypeName(Oid oid) {
  switch (oid) {
    case kBoolOid:
      return "boolean";
    case kByteaOid:
      return "bytea";
    case kCharOid:
      return "\"char\"";
    case kNameOid:
      return "name";
    case kInt8Oid:
      return "bigint";
    case kInt2Oid:
      return "smallint";
    case kInt4Oid:
      return "integer";
    case kTextOid:
      return "text";
    case kOidOid:
      return "oid";
    case kJsonOid:
      return "json";
    case kXmlOid:
      return "xml";
    case kCidrOid:
      return "cidr";
    case kFloat4Oid:
      return "real";
    case kFloat8Oid:
      return "double precision";
    case kUnknownOid:
      return "unknown";
    case kInetOid:
      return "inet";
    case kBpcharOid:
      return "character";
    case kVarcharOid:
      return "character varying";
    case kDateOid:
      return "date";
    case kTimeOid:
      return "time";
    case kTimestampOid:
      return "timestamp";
    case kTimestampTzOid:
      return "timestamptz";
    case kIntervalOid:
      return "interval";
    case kTimeTzOid:
      return "timetz";
    case kNumericOid:
      return "numeric";
    case kVoidOid:
      return "void";
    case kUuidOid:
      return "uuid";
    case kJsonbOid:
      return "jsonb";
    default:
      return {};
  }
}

}  // namespace ferro::postgresql
