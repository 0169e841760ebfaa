#include "engine/sql/literal.h"

#include <charconv>
#include <cmath>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "engine/value/text.h"

namespace ferro::sql {
namespace {

absl::Status Refuse(ErrorClass error_class, absl::string_view why, absl::string_view hint = {}) {
  return MakeErrorWithHint(error_class, absl::StrCat("a value in a definition ", why), hint);
}

absl::Status Within(const Value& value, int64_t low, int64_t high) {
  if (value.integer >= low && value.integer <= high) return absl::OkStatus();
  return Refuse(ErrorClass::kOutOfRange, absl::StrCat("is no ", Name(value.type),
                                                      " of the years 1 to 9999, or of a day"));
}

absl::Status AppendOne(const Bind& bind, const Value& value, const DialectProfile& profile,
                       std::string& out) {
  if (value.is_null()) return profile.append_literal(value, bind.type, profile, out);
  FERRO_TRY(CheckLiteral(value));
  if (bind.translate == nullptr || value.type != Type::kText) {
    return profile.append_literal(value, bind.type, profile, out);
  }
  FERRO_ASSIGN(const std::string text, bind.translate(value.view()));
  return profile.append_literal(Value::Bytes(Type::kText, text), bind.type, profile, out);
}

}  // namespace

absl::Status CheckLiteral(const Value& value) {
  switch (value.type) {
    case Type::kDate:
      return Within(value, kMinDays, kMaxDays);
    case Type::kTime:
      return Within(value, 0, kMicrosPerDay - 1);
    case Type::kTimestamp:
    case Type::kTimestampTz:
      return Within(value, kMinTimestamp, kMaxTimestamp);
    case Type::kText:
    case Type::kJson:
      if (value.view().find('\0') != absl::string_view::npos) {
        return Refuse(ErrorClass::kInvalidText, "holds U+0000, which text cannot");
      }
      if (!IsValidUtf8(value.view())) return Refuse(ErrorClass::kInvalidText, "is no UTF-8");
      return absl::OkStatus();
    case Type::kDecimal:
      if (!value.is_small_decimal() && !IsDecimal(value.view())) {
        return Refuse(ErrorClass::kInvalidText, "is no decimal");
      }
      return absl::OkStatus();
    case Type::kUuid:
      return value.size == 16 ? absl::OkStatus()
                              : Refuse(ErrorClass::kInvalidArgument, "is a UUID without 16 bytes");
    case Type::kArray:
      return Refuse(ErrorClass::kUnsupported, "is an array",
                    "arrays have no literal that means the same everywhere");
    case Type::kNull:
    case Type::kBool:
    case Type::kInt64:
    case Type::kFloat64:
    case Type::kBytes:
    case Type::kInterval:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

void AppendQuoted(std::string& out, absl::string_view text) {
  out.push_back('\'');
  for (const char c : text) {
    if (c == '\'') out.push_back(c);
    out.push_back(c);
  }
  out.push_back('\'');
}

void AppendHex(std::string& out, absl::string_view bytes) {
  absl::StrAppend(&out, "X'", absl::BytesToHexString(bytes), "'");
}

void AppendDouble(std::string& out, double value) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  std::string text(digits, end);
  if (!absl::StrContains(text, "e")) absl::StrAppend(&text, "E0");
  AppendNumber(out, text);
}

void AppendNumber(std::string& out, absl::string_view digits) {
  if (absl::StartsWith(digits, "-")) {
    absl::StrAppend(&out, "(", digits, ")");
  } else {
    absl::StrAppend(&out, digits);
  }
}

absl::StatusOr<std::string> WithLiterals(const Text& text, const DialectProfile& profile,
                                         std::span<const Value> arguments) {
  std::string out = text.pieces.front();
  for (size_t i = 0; i < text.binds.size(); ++i) {
    const Bind& bind = text.binds[i];
    const Value& argument = arguments[bind.index];
    if (bind.source == BindSource::kList) {
      if (argument.size == 0) {
        return Refuse(ErrorClass::kUnsupported, "is an empty list",
                      "leave the condition out, or write false for it");
      }
      for (uint32_t item = 0; item < argument.size; ++item) {
        if (item > 0) out += ", ";
        FERRO_TRY(AppendOne(bind, argument.items[item], profile, out));
      }
    } else {
      FERRO_TRY(AppendOne(bind, argument, profile, out));
    }
    out += text.pieces[i + 1];
  }
  return out;
}

}  // namespace ferro::sql
