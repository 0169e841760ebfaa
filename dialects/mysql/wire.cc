#include "dialects/mysql/wire.h"

#include "absl/strings/str_cat.h"

namespace ferro::mysql {
namespace {

constexpr unsigned int kBinaryCharset = 63;

}  // namespace

bool IsInteger(enum_field_types type) {
  return type == MYSQL_TYPE_TINY || type == MYSQL_TYPE_SHORT || type == MYSQL_TYPE_INT24 ||
         type == MYSQL_TYPE_LONG || type == MYSQL_TYPE_LONGLONG || type == MYSQL_TYPE_YEAR;
}

bool IsString(enum_field_types type) {
  switch (static_cast<int>(type)) {
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_STRING:
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB:
    case MYSQL_TYPE_ENUM:
    case MYSQL_TYPE_SET:
    case MYSQL_TYPE_GEOMETRY:
      return true;
    default:
      return false;
  }
}

int8_t FixedSize(enum_field_types type) {
  switch (static_cast<int>(type)) {
    case MYSQL_TYPE_NULL:
      return 0;
    case MYSQL_TYPE_TINY:
      return 1;
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_YEAR:
      return 2;
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_FLOAT:
      return 4;
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_DOUBLE:
      return 8;
    default:
      return -1;
  }
}

WireColumn Describe(const MYSQL_FIELD& field) {
  WireColumn column;
  column.name = absl::string_view(field.name, field.name_length);
  column.alias = absl::string_view(field.table, field.table_length);
  column.table = absl::string_view(field.org_table, field.org_table_length);
  column.origin = absl::string_view(field.org_name, field.org_name_length);
  column.in_key = (field.flags & PRI_KEY_FLAG) != 0;
  column.type = field.type;
  column.is_unsigned = (field.flags & UNSIGNED_FLAG) != 0;
  column.is_binary = field.charsetnr == kBinaryCharset;
  MARIADB_CONST_STRING attribute;
  if (mariadb_field_attr(&attribute, &field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME) == 0) {
    const absl::string_view type(attribute.str, attribute.length);
    column.is_uuid = type == "uuid";
    column.is_address = type == "inet4" || type == "inet6";
  }
  if (mariadb_field_attr(&attribute, &field, MARIADB_FIELD_ATTR_FORMAT_NAME) == 0) {
    column.is_json = absl::string_view(attribute.str, attribute.length) == "json";
  }
  return column;
}

std::string WireName(const WireColumn& column) {
  const absl::string_view sign = column.is_unsigned ? " UNSIGNED" : "";
  if (column.is_uuid) return "UUID";
  if (column.is_json) return "JSON";
  if (column.is_address) return "INET";
  switch (static_cast<int>(column.type)) {
    case MYSQL_TYPE_NULL:
      return "NULL";
    case MYSQL_TYPE_TINY:
      return absl::StrCat("TINYINT", sign);
    case MYSQL_TYPE_SHORT:
      return absl::StrCat("SMALLINT", sign);
    case MYSQL_TYPE_INT24:
      return absl::StrCat("MEDIUMINT", sign);
    case MYSQL_TYPE_LONG:
      return absl::StrCat("INT", sign);
    case MYSQL_TYPE_LONGLONG:
      return absl::StrCat("BIGINT", sign);
    case MYSQL_TYPE_YEAR:
      return "YEAR";
    case MYSQL_TYPE_FLOAT:
      return "FLOAT";
    case MYSQL_TYPE_DOUBLE:
      return "DOUBLE";
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      return "DECIMAL";
    case MYSQL_TYPE_BIT:
      return "BIT";
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
      return "DATE";
    case MYSQL_TYPE_TIME:
      return "TIME";
    case MYSQL_TYPE_DATETIME:
      return "DATETIME";
    case MYSQL_TYPE_TIMESTAMP:
      return "TIMESTAMP";
    case MYSQL_TYPE_JSON:
      return "JSON";
    case MYSQL_TYPE_GEOMETRY:
      return "GEOMETRY";
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VAR_STRING:
      return column.is_binary ? "VARBINARY" : "VARCHAR";
    case MYSQL_TYPE_STRING:
      return column.is_binary ? "BINARY" : "CHAR";
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB:
      return column.is_binary ? "BLOB" : "TEXT";
    default:
      return absl::StrCat("type ", static_cast<int>(column.type));
  }
}

}  // namespace ferro::mysql
