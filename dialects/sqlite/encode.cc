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

int BindText(sqlite3_stmt* statement, int position, absl::string_view text) {
  return sqlite3_bind_text64(statement, position, NotNull(text.data()), text.size(), SQLITE_STATIC,
                             SQLITE_UTF8);
}

// `text` has been written by us into a local buffer.
int BindScratch(sqlite3_stmt* statement, int position, absl::string_view text, Arena& scratch) {
  return BindText(statement, position, scratch.Copy(text));
}

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

absl::Status BindOne(sqlite3_stmt* statement, int position, const Value& value, Type declared,
                     Arena& scratch) {
  if (!InCalendar(value)) {
    return Refuse(ErrorClass::kOutOfRange, position,
                  absl::StrCat("a ", Name(value.type), " outside of the years 1 to 9999"));
  }
  std::string text;
  int code = SQLITE_OK;
  switch (value.type) {
    case Type::kNull:
      code = sqlite3_bind_null(statement, position);
      break;
    case Type::kBool:
    case Type::kInt64:
    case Type::kInterval:
      code = sqlite3_bind_int64(statement, position, value.integer);
      break;
    case Type::kFloat64:
      if (std::isnan(value.real)) {
        return Refuse(ErrorClass::kOutOfRange, position, "SQLite stores NaN as NULL");
      }
      code = sqlite3_bind_double(statement, position, value.real);
      break;
    case Type::kDecimal:
      if (value.is_small_decimal()) {
        AppendDecimal(text, value);
        code = BindScratch(statement, position, text, scratch);
      } else {
        code = BindText(statement, position, value.view());
      }
      break;
    case Type::kText:
    case Type::kJson:
      if (value.view().find('\0') != absl::string_view::npos) {
        return Refuse(ErrorClass::kInvalidText, position, "text may not hold U+0000");
      }
      if (!IsValidUtf8(value.view())) {
        return Refuse(ErrorClass::kInvalidText, position, "text that is not valid UTF-8");
      }
      code = BindText(statement, position, value.view());
      break;
    case Type::kUuid:
      if (value.size != 16)
        return Refuse(ErrorClass::kInvalidArgument, position, "a UUID has 16 bytes");
      [[fallthrough]];
    case Type::kBytes:
      code =
          sqlite3_bind_blob64(statement, position, NotNull(value.bytes), value.size, SQLITE_STATIC);
      break;
    case Type::kDate:
      AppendDate(text, value.integer);
      code = BindScratch(statement, position, text, scratch);
      break;
    case Type::kTime:
      AppendTime(text, value.integer);
      code = BindScratch(statement, position, text, scratch);
      break;
    case Type::kTimestamp:
      AppendTimestamp(text, value.integer);
      code = BindScratch(statement, position, text, scratch);
      break;
    case Type::kTimestampTz:
      // Always UTC and always this form, so that equal instants are equal texts.
      AppendTimestamp(text, value.integer);
      text.push_back('Z');
      code = BindScratch(statement, position, text, scratch);
      break;
    case Type::kArray: {
      if (!IsArray(declared)) {
        return Refuse(ErrorClass::kInvalidArgument, position, "SQLite has no array parameters");
      }
      const absl::Status status = AppendArrayJson(text, value, ElementOf(declared));
      if (!status.ok()) {
        return MakeError(DetailOf(status),
                         absl::StrCat("parameter ", position, ": ", status.message()));
      }
      code = BindScratch(statement, position, text, scratch);
      break;
    }
  }
  if (code == SQLITE_OK) return absl::OkStatus();
  if (code == SQLITE_TOOBIG) {
    return Refuse(ErrorClass::kOutOfRange, position,
                  absl::StrCat(value.size, " bytes are more than SQLite takes"));
  }
  return Refuse(code == SQLITE_NOMEM ? ErrorClass::kMemory : ErrorClass::kInternal, position,
                absl::StrCat("SQLite did not take it: ", sqlite3_errstr(code)));
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
    ++position;
    if (parameter.is_array) {
      return Refuse(ErrorClass::kInvalidArgument, position, "SQLite has no array parameters");
    }
    FERRO_TRY(BindOne(statement, position, parameter.value(), parameter.type, scratch));
  }
  return absl::OkStatus();
}

}  // namespace ferro::sqlite
