// Values as JSON, in the forms that pydantic gives them in a JSON column.
#include <charconv>
#include <cmath>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dialects/sqlite/functions/json_tree.h"
#include "dialects/sqlite/functions/tables.h"
#include "engine/value/json_string.h"
#include "engine/value/uuid.h"

namespace ferro::sqlite {
namespace {

// JSON has neither NaN nor infinities.
void ResultReal(sqlite3_context* context, double value) {
  if (!std::isfinite(value)) return ResultText(context, "null");
  if (value == 0 && std::signbit(value)) return ResultText(context, "-0.0");  // -0 would be an integer
  char text[32];
  const std::to_chars_result end = std::to_chars(text, text + sizeof text, value);
  ResultText(context, {text, static_cast<size_t>(end.ptr - text)});
}

void ResultQuoted(sqlite3_context* context, absl::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  ResultText(context, out);
}

void ResultUuid(sqlite3_context* context, sqlite3_value* value) {
  if (sqlite3_value_type(value) != SQLITE_BLOB) return ResultQuoted(context, TextOf(value));
  const absl::string_view bytes(static_cast<const char*>(sqlite3_value_blob(value)),
                                static_cast<size_t>(sqlite3_value_bytes(value)));
  if (bytes.size() != 16) return Fail(context, "an argument is no UUID");
  std::string text;
  AppendUuid(text, bytes);
  ResultQuoted(context, text);
}

void ResultHex(sqlite3_context* context, sqlite3_value* value) {
  const void* const bytes = sqlite3_value_blob(value);
  const auto size = static_cast<size_t>(sqlite3_value_bytes(value));
  ResultQuoted(context, absl::BytesToHexString({static_cast<const char*>(bytes), size}));
}

// T between date and time, and no fraction of zero.
void ResultMoment(sqlite3_context* context, absl::string_view text) {
  std::string out(text.data(), text.size());
  if (out.size() > 10 && out[10] == ' ') out[10] = 'T';
  if (const size_t at = out.find(".000000"); at != out.npos) out.erase(at, 7);
  ResultQuoted(context, out);
}

void ResultDocument(sqlite3_context* context, absl::string_view text) {
  Arena arena;
  JsonNode node;
  if (ParseJson(text, arena, node) != JsonFault::kNone) return Fail(context, "malformed JSON");
  ResultText(context, text);
}

// ferro_json_of(value, type): NULL is null.
void JsonOf(sqlite3_context* context, int, sqlite3_value** values) {
  sqlite3_value* const value = values[0];
  const absl::string_view type = TextOf(values[1]);
  if (sqlite3_value_type(value) == SQLITE_NULL) return ResultText(context, "null");
  if (type == "bool" || type == "int64" || type == "interval") {
    int64_t integer = 0;
    if (!IntegerOf(context, value, integer)) return;
    if (type == "bool") return ResultText(context, integer != 0 ? "true" : "false");
    return ResultText(context, absl::StrCat(integer));
  }
  if (type == "float64") {
    double real = 0;
    return RealOf(context, value, real) ? ResultReal(context, real) : void();
  }
  if (type == "bytes") return ResultHex(context, value);
  if (type == "json" || absl::EndsWith(type, "-array")) return ResultDocument(context, TextOf(value));
  if (type == "uuid") return ResultUuid(context, value);
  if (type == "time" || type == "timestamp" || type == "timestamptz") {
    return ResultMoment(context, TextOf(value));
  }
  ResultQuoted(context, TextOf(value));  // text, date, decimal
}

void Guarded(sqlite3_context* context, int count, sqlite3_value** values) {
  WithinMemory(context, [&] { JsonOf(context, count, values); });
}

constexpr ScalarRow kRows[] = {
    {"ferro_json_of", 2, Guarded},
};

}  // namespace

std::span<const ScalarRow> JsonOfFunctions() { return kRows; }

}  // namespace ferro::sqlite
