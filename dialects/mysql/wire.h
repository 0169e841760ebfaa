// A result column as the server describes it, and what its type means on the wire of the binary
// protocol.
#pragma once

#include <mysql.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace ferro::mysql {

struct WireColumn {
  absl::string_view name;
  // Where it comes from: the table as the statement calls it, its own name, and the column's own.
  // Empty for an expression.
  absl::string_view alias, table, origin;
  enum_field_types type = MYSQL_TYPE_NULL;
  bool is_unsigned = false;
  bool is_binary = false;   // character set 63: bytes, not text
  bool is_uuid = false;     // MariaDB's UUID, which comes as text
  bool is_json = false;     // MariaDB's JSON, which is a checked LONGTEXT
  bool is_address = false;  // MariaDB's INET4 and INET6, which come as text
  bool in_key = false;      // of the table's primary key
};

WireColumn Describe(const MYSQL_FIELD& field);

// "BIGINT UNSIGNED", "DATETIME", …; for messages.
std::string WireName(const WireColumn& column);

// Bytes of a value, or -1 when its length comes before it.
int8_t FixedSize(enum_field_types type);

bool IsInteger(enum_field_types type);
// Text or bytes of any length.
bool IsString(enum_field_types type);

}  // namespace ferro::mysql
