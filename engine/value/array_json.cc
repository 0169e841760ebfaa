#include "engine/value/array_json.h"

#include <charconv>
#include <cmath>
#include <memory>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "engine/value/json_string.h"
#include "engine/value/text.h"
#include "engine/value/uuid.h"

namespace ferro {
namespace {

absl::Status OutOfCalendar() {
  return MakeError(ErrorClass::kOutOfRange, "is outside of the years 1 to 9999, or of a day");
}

// Always with a point or an exponent: a whole number would lose the sign of -0.0 where JSON is not
// kept as text.
void AppendFloat(std::string& out, double value) {
  char text[32];
  const std::to_chars_result end = std::to_chars(text, text + sizeof text, value);
  const absl::string_view digits(text, static_cast<size_t>(end.ptr - text));
  out.append(digits.data(), digits.size());
  if (digits.find_first_of(".e") == absl::string_view::npos) out += ".0";
}

absl::Status AppendString(std::string& out, absl::string_view text) {
  if (!IsValidUtf8(text)) return MakeError(ErrorClass::kInvalidText, "is not valid UTF-8");
  if (text.find('\0') != text.npos) return MakeError(ErrorClass::kInvalidText, "holds U+0000");
  AppendJsonString(out, text);
  return absl::OkStatus();
}

absl::Status AppendItem(std::string& out, const Value& item) {
  const auto within = [&](int64_t low, int64_t high) {
    return item.integer >= low && item.integer <= high;
  };
  switch (item.type) {
    case Type::kNull:
      out += "null";
      return absl::OkStatus();
    case Type::kBool:
      out += item.integer != 0 ? "true" : "false";
      return absl::OkStatus();
    case Type::kInt64:
    case Type::kInterval:
      absl::StrAppend(&out, item.integer);
      return absl::OkStatus();
    case Type::kFloat64:
      if (!std::isfinite(item.real)) {
        return MakeErrorWithHint(
            ErrorClass::kOutOfRange,
            "is NaN or infinite, and arrays are stored as JSON here, which has neither",
            "leave such numbers out, or store NULL for them");
      }
      AppendFloat(out, item.real);
      return absl::OkStatus();
    case Type::kText:
      return AppendString(out, item.view());
    case Type::kDecimal:
      out.push_back('"');
      AppendDecimal(out, item);
      break;
    case Type::kDate:
      if (!within(kMinDays, kMaxDays)) return OutOfCalendar();
      out.push_back('"');
      AppendDate(out, item.integer);
      break;
    case Type::kTime:
      if (!within(0, kMicrosPerDay - 1)) return OutOfCalendar();
      out.push_back('"');
      AppendTime(out, item.integer);
      break;
    case Type::kTimestamp:
    case Type::kTimestampTz:
      if (!within(kMinTimestamp, kMaxTimestamp)) return OutOfCalendar();
      out.push_back('"');
      AppendTimestamp(out, item.integer);
      if (item.type == Type::kTimestampTz) out.push_back('Z');
      break;
    case Type::kUuid:
      if (item.size != 16) {
        return MakeError(ErrorClass::kInvalidArgument, "is a UUID that is not of 16 bytes");
      }
      out.push_back('"');
      AppendUuid(out, item.view());
      break;
    case Type::kBytes:
    case Type::kJson:
    case Type::kArray:
      return MakeError(ErrorClass::kInvalidArgument,
                       absl::StrCat("is of type ", Name(item.type), ", which no array holds"));
  }
  out.push_back('"');
  return absl::OkStatus();
}

constexpr bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

using Items = absl::InlinedVector<Value, 32>;

// Goes through valid UTF-8 once. Every method takes what it names from the front, or says no.
class Parser {
 public:
  Parser(absl::string_view text, Type element, Arena& arena)
      : rest_(text), element_(element), arena_(arena) {}

  bool Run(Items& items) {
    if (!TakeChar('[')) return false;
    if (!TakeChar(']')) {
      do {
        if (!TakeItem(items.emplace_back())) return false;
      } while (TakeChar(','));
      if (!TakeChar(']')) return false;
    }
    SkipSpaces();
    return rest_.empty();
  }

 private:
  void SkipSpaces() {
    while (!rest_.empty() && IsSpace(rest_.front())) rest_.remove_prefix(1);
  }
  bool TakeChar(char c) {
    SkipSpaces();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool TakeWord(absl::string_view word) {
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool TakeItem(Value& out) {
    SkipSpaces();
    if (TakeWord("null")) {
      out = Value::Null();
      return true;
    }
    if (element_ == Type::kBool) {
      out = Value::Bool(TakeWord("true"));
      return out.integer != 0 || TakeWord("false");
    }
    if (element_ == Type::kInt64 || element_ == Type::kInterval || element_ == Type::kFloat64) {
      return TakeNumber(out);
    }
    absl::string_view text;
    return TakeString(text) && FromText(text, out);
  }

  // As RFC 8259 has them: no leading zeros, no bare point.
  bool TakeNumber(Value& out) {
    size_t end = 0;
    bool whole = true;
    const auto at = [&](size_t i) { return i < rest_.size() ? rest_[i] : '\0'; };
    const auto digits = [&] {
      const size_t start = end;
      while (IsDigit(at(end))) ++end;
      return end > start;
    };
    if (at(end) == '-') ++end;
    if (at(end) == '0' && IsDigit(at(end + 1))) return false;
    if (!digits()) return false;
    if (at(end) == '.') {
      whole = false;
      ++end;
      if (!digits()) return false;
    }
    if (at(end) == 'e' || at(end) == 'E') {
      whole = false;
      ++end;
      if (at(end) == '+' || at(end) == '-') ++end;
      if (!digits()) return false;
    }
    const char* const first = rest_.data();
    const char* const last = first + end;
    rest_.remove_prefix(end);
    if (element_ == Type::kFloat64) {
      out = Value::Float64(0);
      const std::from_chars_result done = std::from_chars(first, last, out.real);
      return done.ec == std::errc() && done.ptr == last;
    }
    out = Value::Integer(element_, 0);
    const std::from_chars_result done = std::from_chars(first, last, out.integer);
    return whole && done.ec == std::errc() && done.ptr == last;
  }

  // `out` points into the text itself where nothing is escaped, else into the arena.
  bool TakeString(absl::string_view& out) {
    if (!TakeWord("\"")) return false;
    size_t plain = 0;
    while (plain < rest_.size() && rest_[plain] != '"' && rest_[plain] != '\\' &&
           !IsControl(rest_[plain])) {
      ++plain;
    }
    if (plain == rest_.size() || IsControl(rest_[plain])) return false;
    if (rest_[plain] == '"') {
      out = rest_.substr(0, plain);
      rest_.remove_prefix(plain + 1);
      return true;
    }
    escaped_.assign(rest_.data(), plain);
    rest_.remove_prefix(plain);
    for (;;) {
      if (rest_.empty() || IsControl(rest_.front())) return false;
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') break;
      if (c != '\\') {
        escaped_.push_back(c);
      } else if (!TakeEscape()) {
        return false;
      }
    }
    out = arena_.Copy(escaped_);
    return true;
  }

  static bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20; }

  // What follows a backslash.
  bool TakeEscape() {
    constexpr absl::string_view kLetters = "\"\\/bfnrt";
    constexpr absl::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (const size_t found = kLetters.find(c); found != kLetters.npos) {
      escaped_.push_back(kMeant[found]);
      return true;
    }
    uint32_t code = 0;
    if (c != 'u' || !TakeHex(code)) return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
      uint32_t low = 0;
      if (!TakeWord("\\u") || !TakeHex(low) || low < 0xDC00 || low > 0xDFFF) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    return AppendCodePoint(code);
  }

  bool TakeHex(uint32_t& code) {
    if (rest_.size() < 4) return false;
    const std::from_chars_result done = std::from_chars(rest_.data(), rest_.data() + 4, code, 16);
    if (done.ec != std::errc() || done.ptr != rest_.data() + 4) return false;
    rest_.remove_prefix(4);
    return true;
  }

  // No text holds U+0000 or half of a pair.
  bool AppendCodePoint(uint32_t code) {
    const auto push = [this](uint32_t byte) { escaped_.push_back(static_cast<char>(byte)); };
    if (code == 0 || (code >= 0xD800 && code <= 0xDFFF)) return false;
    if (code < 0x80) {
      push(code);
      return true;
    }
    if (code < 0x800) {
      push(0xC0 | code >> 6);
    } else {
      if (code < 0x10000) {
        push(0xE0 | code >> 12);
      } else {
        push(0xF0 | code >> 18);
        push(0x80 | (code >> 12 & 0x3F));
      }
      push(0x80 | (code >> 6 & 0x3F));
    }
    push(0x80 | (code & 0x3F));
    return true;
  }

  bool FromInteger(std::optional<int64_t> value, Value& out) const {
    if (value) out = Value::Integer(element_, *value);
    return value.has_value();
  }

  bool FromText(absl::string_view text, Value& out) {
    switch (element_) {
      case Type::kText:
        out = Value::Bytes(Type::kText, text);
        return true;
      case Type::kDecimal:
        return ParseDecimal(text, arena_, out);
      case Type::kDate:
        return FromInteger(ParseDate(text), out);
      case Type::kTime:
        return FromInteger(ParseTime(text), out);
      case Type::kTimestamp:
        return FromInteger(ParseTimestamp(text), out);
      case Type::kTimestampTz:
        return FromInteger(ParseTimestampTz(text), out);
      case Type::kUuid: {
        char bytes[16];
        if (text.size() != 36 || !ParseUuid(text, bytes)) return false;
        out = Value::Bytes(Type::kUuid, arena_.Copy(absl::string_view(bytes, sizeof bytes)));
        return true;
      }
      case Type::kNull:
      case Type::kBool:
      case Type::kInt64:
      case Type::kFloat64:
      case Type::kBytes:
      case Type::kInterval:
      case Type::kJson:
      case Type::kArray:
        break;
    }
    return false;
  }

  absl::string_view rest_;
  const Type element_;
  Arena& arena_;
  std::string escaped_;
};

}  // namespace

absl::Status AppendArrayJson(std::string& out, const Value& array, Type element) {
  if (array.type != Type::kArray) {
    return MakeError(ErrorClass::kInvalidArgument,
                     absl::StrCat("a value of type ", Name(array.type), " is no array"));
  }
  out.push_back('[');
  for (uint32_t i = 0; i < array.size; ++i) {
    if (i > 0) out.push_back(',');
    const Value& item = array.items[i];
    const absl::Status status =
        item.is_null() || item.type == element
            ? AppendItem(out, item)
            : MakeError(ErrorClass::kInvalidArgument,
                        absl::StrCat("is of type ", Name(item.type), " where ", Name(element),
                                     " was declared"));
    if (!status.ok()) {
      return MakeError(DetailOf(status), absl::StrCat("element ", i + 1, " ", status.message()));
    }
  }
  out.push_back(']');
  return absl::OkStatus();
}

bool ParseArrayJson(absl::string_view text, Type element, Arena& arena, Value& out) {
  if (!IsValidUtf8(text)) return false;
  // Strings without escapes stay where they are, so that must last as long as the items do.
  if (element == Type::kText) text = arena.Copy(text);
  Items items;
  if (!Parser(text, element, arena).Run(items)) return false;
  const std::span<Value> kept = arena.NewArray<Value>(items.size());
  std::uninitialized_copy(items.begin(), items.end(), kept.begin());
  out = Value::Array(kept.data(), static_cast<uint32_t>(items.size()));
  return true;
}

}  // namespace ferro
