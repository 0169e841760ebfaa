// Values as literals of MySQL and MariaDB.
#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "dialects/mysql/tables.h"
#include "engine/base/error.h"
#include "engine/sql/literal.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"

namespace ferro::mysql {
namespace {

// The server prints an expression and reads it again, now and in sessions of others. It prints quotes, backslashes
// and some controls with a backslash before them, and reads as the session's sql_mode says, where a backslash may be
// a character like any other. So a text with one of these is written by its bytes, which stay bytes.
bool IsPlain(char c) { return c != '\'' && c != '\\' && !absl::ascii_iscntrl(static_cast<unsigned char>(c)); }

void AppendText(std::string& out, absl::string_view text) {
  if (std::all_of(text.begin(), text.end(), IsPlain)) return sql::AppendQuoted(out, text);
  out += "CONVERT(";
  sql::AppendHex(out, text);
  out += " USING utf8mb4)";
}

}  // namespace

absl::Status AppendLiteral(const Value& value, Type /*type*/, const sql::DialectProfile& profile,
                           std::string& out) {
  std::string text;
  switch (value.type) {
    case Type::kNull:
      out += "NULL";
      return absl::OkStatus();
    case Type::kBool:
    case Type::kInt64:
    case Type::kInterval:
      sql::AppendNumber(out, absl::StrCat(value.integer));
      return absl::OkStatus();
    case Type::kFloat64:
      if (!std::isfinite(value.real)) {
        return MakeError(ErrorClass::kOutOfRange, "NaN and infinities cannot be stored here");
      }
      sql::AppendDouble(out, value.real);
      return absl::OkStatus();
    case Type::kDecimal:
      AppendDecimal(text, value);
      sql::AppendNumber(out, text);
      return absl::OkStatus();
    case Type::kText:
      AppendText(out, value.view());
      return absl::OkStatus();
    case Type::kJson:
      if (profile.version.product == Product::kMariadb) {
        AppendText(out, value.view());
        return absl::OkStatus();
      }
      out += "CAST(";
      AppendText(out, value.view());
      out += " AS JSON)";
      return absl::OkStatus();
    case Type::kBytes:
    case Type::kUuid:
      sql::AppendHex(out, value.view());
      return absl::OkStatus();
    case Type::kDate:
      out += "DATE";
      AppendDate(text, value.integer);
      break;
    case Type::kTime:
      out += "TIME";
      AppendTime(text, value.integer);
      break;
    case Type::kTimestamp:
    case Type::kTimestampTz:
      out += "TIMESTAMP";
      AppendTimestamp(text, value.integer);
      break;
    case Type::kArray:
      return MakeError(ErrorClass::kInternal, "an array has no literal");
  }
  sql::AppendQuoted(out, text);
  return absl::OkStatus();
}

}  // namespace ferro::mysql
