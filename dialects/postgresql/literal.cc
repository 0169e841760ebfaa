// Values as literals: a text and its type, which is what a parameter is to PostgreSQL.
#include <cmath>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dialects/postgresql/tables.h"
#include "engine/base/error.h"
#include "engine/sql/literal.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "engine/value/uuid.h"

namespace ferro::postgresql {
namespace {

// PostgreSQL reads hours as a 32-bit integer.
constexpr int64_t kMaxIntervalMicros = int64_t{std::numeric_limits<int32_t>::max()} * 3600 * kMicrosPerSecond;

std::string IntervalText(int64_t micros) {
  const auto size = micros < 0 ? -static_cast<uint64_t>(micros) : static_cast<uint64_t>(micros);
  const uint64_t seconds = size / kMicrosPerSecond;
  return absl::StrFormat("%s%d:%02d:%02d.%06d", micros < 0 ? "-" : "", seconds / 3600,
                         seconds / 60 % 60, seconds % 60, size % kMicrosPerSecond);
}

std::string DoubleText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return absl::StrFormat("%.17g", value);
}

std::string TextOf(const Value& value) {
  std::string text;
  switch (value.type) {
    case Type::kBool:
      return value.integer != 0 ? "true" : "false";
    case Type::kInt64:
      return absl::StrCat(value.integer);
    case Type::kFloat64:
      return DoubleText(value.real);
    case Type::kDecimal:
      AppendDecimal(text, value);
      return text;
    case Type::kText:
    case Type::kJson:
      return std::string(value.view());
    case Type::kBytes:
      return absl::StrCat("\\x", absl::BytesToHexString(value.view()));
    case Type::kDate:
      AppendDate(text, value.integer);
      return text;
    case Type::kTime:
      AppendTime(text, value.integer);
      return text;
    case Type::kTimestamp:
      AppendTimestamp(text, value.integer);
      return text;
    case Type::kTimestampTz:
      AppendTimestamp(text, value.integer);
      return text + "Z";
    case Type::kInterval:
      return IntervalText(value.integer);
    case Type::kUuid:
      AppendUuid(text, value.view());
      return text;
    case Type::kNull:
    case Type::kArray:
      break;
  }
  return text;
}

}  // namespace

absl::Status AppendLiteral(const Value& value, Type type, const sql::DialectProfile& /*profile*/,
                           std::string& out) {
  if (value.is_null()) {
    out += "NULL";
  } else {
    if (value.type == Type::kInterval &&
        (value.integer > kMaxIntervalMicros || value.integer < -kMaxIntervalMicros)) {
      return MakeError(ErrorClass::kOutOfRange, "an interval in a definition is too long");
    }
    sql::AppendQuoted(out, TextOf(value));
    type = value.type;
  }
  const absl::string_view word = TypeWord(type);
  if (!word.empty()) absl::StrAppend(&out, "::", word);
  return absl::OkStatus();
}

}  // namespace ferro::postgresql
