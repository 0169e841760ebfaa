#include "dialects/sqlite/encode.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/value/array_json.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "engine/value/text.h"

namespace ferro::sqlite {
namespace {

absl::Status Refuse(ErrorClass error_class, int position, absl::string_view why) {
  return MakeError(error_class, absl::StrCat("parameter ", position, ": ", why));
}

// SQLite takes a null pointer for NULL, whatever the length is.
const char* NotNull(const char* bytes) { return bytes == nullptr ? "" : bytes; }

// The texts have a fixed width only for what the calendar holds.
bool InCalendar(const Value& value) {
  switch (value.type) {
    case Type::kDate:
      return value.integer >= kMinDays && value.integer <= kMaxDays;
    case Type::kTime:
      return value.integer >= 0 && value.integer < kMicrosPerDay;
    case Type::kTimestamp:
    case Type::kTimestampTz:
      return value.integer >= kMinTimestamp && value.integer <= kMaxTimestamp;
    case Type::kNull:
    case Type::kBool:
    case Type::kInt64:
    case Type::kFloat64:
    case Type::kDecimal:
    case Type::kText:
    case Type::kBytes:
    case Type::kInterval:
    case Type::kUuid:
    case Type::kJson:
    case Type::kArray:
      return true;
  }
  return true;
}

absl::Status Check(const Value& value, int position) {
  if (!InCalendar(value)) {
    return Refuse(ErrorClass::kOutOfRange, position,
                  absl::StrCat("a ", Name(value.type), " outside of the years 1 to 9999"));
  }
  if (value.type == Type::kFloat64 && std::isnan(value.real)) {
    return Refuse(ErrorClass::kOutOfRange, position, "SQLite stores NaN as NULL");
  }
  if (value.type == Type::kUuid && value.size != 16) {
    return Refuse(ErrorClass::kInvalidArgument, position, "a UUID has 16 bytes");
  }
  if (value.type != Type::kText && value.type != Type::kJson) return absl::OkStatus();
  if (value.view().find('\0') != absl::string_view::npos) {
    return Refuse(ErrorClass::kInvalidText, position, "text may not hold U+0000");
  }
  if (!IsValidUtf8(value.view())) {
    return Refuse(ErrorClass::kInvalidText, position, "text that is not valid UTF-8");
  }
  return absl::OkStatus();
}

// A placeholder as where a value goes. What it is given lives until the bindings are cleared; a text of ours is
// copied so that it does.
struct Placeholder {
  sqlite3_stmt* statement;
  int position;
  Arena& scratch;

  int Null() { return sqlite3_bind_null(statement, position); }
  int Integer(int64_t value) { return sqlite3_bind_int64(statement, position, value); }
  int Real(double value) { return sqlite3_bind_double(statement, position, value); }
  int Text(absl::string_view text) {
    return sqlite3_bind_text64(statement, position, NotNull(text.data()), text.size(),
                               SQLITE_STATIC, SQLITE_UTF8);
  }
  int OurText(absl::string_view text) { return Text(scratch.Copy(text)); }
  int Blob(const char* bytes, size_t size) {
    return sqlite3_bind_blob64(statement, position, NotNull(bytes), size, SQLITE_STATIC);
  }
};

// A cell of ferro_list(). SQLite's functions for results have no codes; they fail the statement.
struct Cell {
  sqlite3_context* context;

  int Null() { return sqlite3_result_null(context), SQLITE_OK; }
  int Integer(int64_t value) { return sqlite3_result_int64(context, value), SQLITE_OK; }
  int Real(double value) { return sqlite3_result_double(context, value), SQLITE_OK; }
  int Text(absl::string_view text) {
    sqlite3_result_text64(context, NotNull(text.data()), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return SQLITE_OK;
  }
  int OurText(absl::string_view text) {
    sqlite3_result_text64(context, NotNull(text.data()), text.size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
    return SQLITE_OK;
  }
  int Blob(const char* bytes, size_t size) {
    sqlite3_result_blob64(context, NotNull(bytes), size, SQLITE_STATIC);
    return SQLITE_OK;
  }
};

// A value that Check has let pass, and that is no array.
template <class Place>
int Put(const Value& value, Place&& place) {
  std::string text;
  switch (value.type) {
    case Type::kNull:
    case Type::kArray:
      return place.Null();
    case Type::kBool:
    case Type::kInt64:
    case Type::kInterval:
      return place.Integer(value.integer);
    case Type::kFloat64:
      return place.Real(value.real);
    case Type::kDecimal:
      if (!value.is_small_decimal()) return place.Text(value.view());
      AppendDecimal(text, value);
      return place.OurText(text);
    case Type::kText:
    case Type::kJson:
      return place.Text(value.view());
    case Type::kUuid:
    case Type::kBytes:
      return place.Blob(value.bytes, value.size);
    case Type::kDate:
      AppendDate(text, value.integer);
      return place.OurText(text);
    case Type::kTime:
      AppendTime(text, value.integer);
      return place.OurText(text);
    case Type::kTimestamp:
      AppendTimestamp(text, value.integer);
      return place.OurText(text);
    case Type::kTimestampTz:
      // Always UTC and always this form, so that equal instants are equal texts.
      AppendTimestamp(text, value.integer);
      text.push_back('Z');
      return place.OurText(text);
  }
  return SQLITE_OK;
}

absl::Status Answer(int code, int position, uint32_t size) {
  if (code == SQLITE_OK) return absl::OkStatus();
  if (code == SQLITE_TOOBIG) {
    return Refuse(ErrorClass::kOutOfRange, position,
                  absl::StrCat(size, " bytes are more than SQLite takes"));
  }
  return Refuse(code == SQLITE_NOMEM ? ErrorClass::kMemory : ErrorClass::kInternal, position,
                absl::StrCat("SQLite did not take it: ", sqlite3_errstr(code)));
}

absl::Status BindOne(Placeholder place, const Value& value, Type declared) {
  FERRO_TRY(Check(value, place.position));
  if (value.type != Type::kArray) {
    return Answer(Put(value, place), place.position, value.size);
  }
  if (!IsArray(declared)) {
    return Refuse(ErrorClass::kInvalidArgument, place.position,
                  "an array is bound where one value is declared");
  }
  std::string text;
  const absl::Status status = AppendArrayJson(text, value, ElementOf(declared));
  if (!status.ok()) {
    return MakeError(DetailOf(status),
                     absl::StrCat("parameter ", place.position, ": ", status.message()));
  }
  return Answer(place.OurText(text), place.position, static_cast<uint32_t>(text.size()));
}

absl::Status BindList(Placeholder place, const db::Parameter& parameter) {
  for (uint32_t i = 0; i < parameter.count; ++i) {
    FERRO_TRY(Check(parameter.value(i), place.position));
  }
  auto* list = place.scratch.New<db::Parameter>(parameter);
  return Answer(
      sqlite3_bind_pointer(place.statement, place.position, list, kListPointer, nullptr),
      place.position, 0);
}

}  // namespace

absl::Status BindAll(sqlite3_stmt* statement, std::span<const db::Parameter> parameters,
                     Arena& scratch) {
  const int wanted = sqlite3_bind_parameter_count(statement);
  if (static_cast<size_t>(wanted) != parameters.size()) {
    return MakeError(ErrorClass::kInvalidArgument,
                     absl::StrCat("the statement has ", wanted, " placeholders, but ",
                                  parameters.size(), " values were given"));
  }
  int position = 0;
  for (const db::Parameter& parameter : parameters) {
    const Placeholder place{statement, ++position, scratch};
    FERRO_TRY(parameter.is_array ? BindList(place, parameter)
                                 : BindOne(place, parameter.value(), parameter.type));
  }
  return absl::OkStatus();
}

void ResultValue(sqlite3_context* context, const Value& value) { Put(value, Cell{context}); }

}  // namespace ferro::sqlite
