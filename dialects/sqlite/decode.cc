#include "dialects/sqlite/decode.h"

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/value/array_json.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "engine/value/text.h"
#include "engine/value/uuid.h"

namespace ferro::sqlite {
namespace {

// Of a cell whose storage class is TEXT or BLOB, so that nothing is converted. Valid until the next
// step.
absl::string_view RawBytes(sqlite3_value* cell) {
  const void* bytes = sqlite3_value_blob(cell);
  if (bytes == nullptr) return {"", 0};
  return {static_cast<const char*>(bytes), static_cast<size_t>(sqlite3_value_bytes(cell))};
}

Value CopyOf(Type type, absl::string_view bytes, Arena& arena) {
  return Value::Bytes(type, bytes.empty() ? absl::string_view("", 0) : arena.Copy(bytes));
}

// Every decoder below is wrapped in this: NULL is a value of each type.
template <bool (*Decode)(sqlite3_value*, int storage, Arena&, Value&)>
bool OrNull(sqlite3_value* cell, Arena& arena, Value& out) {
  const int storage = sqlite3_value_type(cell);
  if (storage == SQLITE_NULL) {
    out = Value::Null();
    return true;
  }
  return Decode(cell, storage, arena, out);
}

bool DecodeBool(sqlite3_value* cell, int storage, Arena&, Value& out) {
  if (storage != SQLITE_INTEGER) return false;
  const int64_t value = sqlite3_value_int64(cell);
  out = Value::Bool(value == 1);
  return value == 0 || value == 1;
}

template <Type kType>
bool DecodeInteger(sqlite3_value* cell, int storage, Arena&, Value& out) {
  if (storage != SQLITE_INTEGER) return false;
  out = Value::Integer(kType, sqlite3_value_int64(cell));
  return true;
}

bool DecodeFloat(sqlite3_value* cell, int storage, Arena&, Value& out) {
  // Of a column without REAL affinity, or of an expression, a whole number may come as an integer.
  if (storage != SQLITE_FLOAT && storage != SQLITE_INTEGER) return false;
  out = Value::Float64(sqlite3_value_double(cell));
  return true;
}

bool DecodeDecimal(sqlite3_value* cell, int storage, Arena& arena, Value& out) {
  if (storage == SQLITE_INTEGER) {
    const int64_t value = sqlite3_value_int64(cell);
    return ParseDecimal(absl::StrCat(value), arena, out);
  }
  // A REAL has lost digits already; to round it back would be a guess.
  return storage == SQLITE_TEXT && ParseDecimal(RawBytes(cell), arena, out);
}

template <Type kType>
bool DecodeText(sqlite3_value* cell, int storage, Arena& arena, Value& out) {
  if (storage != SQLITE_TEXT) return false;
  const absl::string_view text = RawBytes(cell);
  if (!IsValidUtf8(text)) return false;
  out = CopyOf(kType, text, arena);
  return true;
}

bool DecodeBytes(sqlite3_value* cell, int storage, Arena& arena, Value& out) {
  if (storage != SQLITE_BLOB) return false;
  out = CopyOf(Type::kBytes, RawBytes(cell), arena);
  return true;
}

template <Type kType, std::optional<int64_t> (*Parse)(absl::string_view)>
bool DecodeCivil(sqlite3_value* cell, int storage, Arena&, Value& out) {
  if (storage != SQLITE_TEXT) return false;
  const std::optional<int64_t> value = Parse(RawBytes(cell));
  if (!value.has_value()) return false;
  out = Value::Integer(kType, *value);
  return true;
}

bool DecodeUuid(sqlite3_value* cell, int storage, Arena& arena, Value& out) {
  const absl::string_view bytes = RawBytes(cell);
  if (storage == SQLITE_BLOB) {
    if (bytes.size() != 16) return false;
    out = CopyOf(Type::kUuid, bytes, arena);
    return true;
  }
  char parsed[16];
  if (storage != SQLITE_TEXT || bytes.size() != 36 || !ParseUuid(bytes, parsed)) return false;
  out = CopyOf(Type::kUuid, {parsed, sizeof parsed}, arena);
  return true;
}

template <Type kElement>
bool DecodeArray(sqlite3_value* cell, int storage, Arena& arena, Value& out) {
  return storage == SQLITE_TEXT &&
         ParseArrayJson(RawBytes(cell), kElement, arena, out);
}

bool ByStorage(sqlite3_value* cell, int storage, Arena& arena, Value& out) {
  if (storage == SQLITE_INTEGER) {
    return DecodeInteger<Type::kInt64>(cell, storage, arena, out);
  }
  if (storage == SQLITE_FLOAT) return DecodeFloat(cell, storage, arena, out);
  if (storage == SQLITE_BLOB) return DecodeBytes(cell, storage, arena, out);
  return DecodeText<Type::kText>(cell, storage, arena, out);
}

DecodeCell ArrayDecoderFor(Type element) {
  switch (element) {
    case Type::kBool:
      return OrNull<DecodeArray<Type::kBool>>;
    case Type::kInt64:
      return OrNull<DecodeArray<Type::kInt64>>;
    case Type::kFloat64:
      return OrNull<DecodeArray<Type::kFloat64>>;
    case Type::kDecimal:
      return OrNull<DecodeArray<Type::kDecimal>>;
    case Type::kText:
      return OrNull<DecodeArray<Type::kText>>;
    case Type::kDate:
      return OrNull<DecodeArray<Type::kDate>>;
    case Type::kTime:
      return OrNull<DecodeArray<Type::kTime>>;
    case Type::kTimestamp:
      return OrNull<DecodeArray<Type::kTimestamp>>;
    case Type::kTimestampTz:
      return OrNull<DecodeArray<Type::kTimestampTz>>;
    case Type::kInterval:
      return OrNull<DecodeArray<Type::kInterval>>;
    case Type::kUuid:
      return OrNull<DecodeArray<Type::kUuid>>;
    case Type::kNull:
    case Type::kBytes:
    case Type::kJson:
    case Type::kArray:
      break;  // the plan reader lets none of them be an element
  }
  return OrNull<ByStorage>;
}

// A "_text" at the end, which gives a column TEXT affinity, is taken off first. `decimal` and
// `numeric` are not here: their NUMERIC affinity makes REALs of what is stored, so they are not how
// we declare a decimal.
constexpr std::array kDeclarations = {
    std::pair<absl::string_view, Type>{"bool", Type::kBool},
    std::pair<absl::string_view, Type>{"boolean", Type::kBool},
    std::pair<absl::string_view, Type>{"date", Type::kDate},
    std::pair<absl::string_view, Type>{"time", Type::kTime},
    std::pair<absl::string_view, Type>{"timestamp", Type::kTimestamp},
    std::pair<absl::string_view, Type>{"timestamptz", Type::kTimestampTz},
    std::pair<absl::string_view, Type>{"timestamp with time zone", Type::kTimestampTz},
    std::pair<absl::string_view, Type>{"interval", Type::kInterval},
    std::pair<absl::string_view, Type>{"uuid", Type::kUuid},
    std::pair<absl::string_view, Type>{"json", Type::kJson},
    // As we declare them, with a word for the affinity.
    std::pair<absl::string_view, Type>{"decimal text", Type::kDecimal},
    std::pair<absl::string_view, Type>{"interval integer", Type::kInterval},
    std::pair<absl::string_view, Type>{"json text", Type::kJson},
    std::pair<absl::string_view, Type>{"uuid blob", Type::kUuid},
};

}  // namespace

Type TypeOfDeclaration(const char* declared) {
  if (declared == nullptr) return Type::kNull;
  std::string name = absl::AsciiStrToLower(declared);
  if (const size_t paren = name.find('('); paren != std::string::npos) name.resize(paren);
  absl::string_view bare = absl::StripAsciiWhitespace(name);
  if (bare == "decimal_text") return Type::kDecimal;
  bare = absl::StripSuffix(bare, "_text");
  for (const auto& [word, type] : kDeclarations) {
    if (word == bare) return type;
  }
  return Type::kNull;
}

DecodeCell DecoderFor(Type wanted, const char* declared) {
  if (wanted == Type::kNull) wanted = TypeOfDeclaration(declared);
  if (IsArray(wanted)) return ArrayDecoderFor(ElementOf(wanted));
  switch (wanted) {
    case Type::kBool:
      return OrNull<DecodeBool>;
    case Type::kInt64:
      return OrNull<DecodeInteger<Type::kInt64>>;
    case Type::kInterval:
      return OrNull<DecodeInteger<Type::kInterval>>;
    case Type::kFloat64:
      return OrNull<DecodeFloat>;
    case Type::kDecimal:
      return OrNull<DecodeDecimal>;
    case Type::kText:
      return OrNull<DecodeText<Type::kText>>;
    case Type::kJson:
      return OrNull<DecodeText<Type::kJson>>;
    case Type::kBytes:
      return OrNull<DecodeBytes>;
    case Type::kDate:
      return OrNull<DecodeCivil<Type::kDate, ParseDate>>;
    case Type::kTime:
      return OrNull<DecodeCivil<Type::kTime, ParseTime>>;
    case Type::kTimestamp:
      return OrNull<DecodeCivil<Type::kTimestamp, ParseTimestamp>>;
    case Type::kTimestampTz:
      return OrNull<DecodeCivil<Type::kTimestampTz, ParseTimestampTz>>;
    case Type::kUuid:
      return OrNull<DecodeUuid>;
    case Type::kNull:
    case Type::kArray:  // of what, was not declared
      break;
  }
  return DecodeByStorage;
}

bool DecodeByStorage(sqlite3_value* cell, Arena& arena, Value& out) {
  return OrNull<ByStorage>(cell, arena, out);
}

}  // namespace ferro::sqlite
