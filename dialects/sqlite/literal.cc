// Values as literals, in the form in which they are stored (see encode.cc).
#include <cmath>

#include "absl/strings/str_cat.h"
#include "dialects/sqlite/tables.h"
#include "engine/base/error.h"
#include "engine/sql/literal.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"

namespace ferro::sqlite {

absl::Status AppendLiteral(const Value& value, Type /*type*/, const sql::DialectProfile& /*profile*/,
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
        return MakeError(ErrorClass::kOutOfRange, "NaN and infinities have no literal in SQLite");
      }
      sql::AppendDouble(out, value.real);
      return absl::OkStatus();
    case Type::kText:
    case Type::kJson:
      sql::AppendQuoted(out, value.view());
      return absl::OkStatus();
    case Type::kBytes:
    case Type::kUuid:
      sql::AppendHex(out, value.view());
      return absl::OkStatus();
    case Type::kDecimal:
      AppendDecimal(text, value);
      break;
    case Type::kDate:
      AppendDate(text, value.integer);
      break;
    case Type::kTime:
      AppendTime(text, value.integer);
      break;
    case Type::kTimestamp:
      AppendTimestamp(text, value.integer);
      break;
    case Type::kTimestampTz:
      AppendTimestamp(text, value.integer);
      text.push_back('Z');
      break;
    case Type::kArray:
      return MakeError(ErrorClass::kInternal, "an array has no literal");
  }
  sql::AppendQuoted(out, text);
  return absl::OkStatus();
}

}  // namespace ferro::sqlite
