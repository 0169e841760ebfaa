#include "dialects/sqlite/functions/call.h"

#include <cmath>
#include <system_error>

#include "absl/strings/charconv.h"
#include "engine/value/decimal.h"

namespace ferro::sqlite {

bool AnyNull(int count, sqlite3_value** values) {
  for (int i = 0; i < count; ++i) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) return true;
  }
  return false;
}

absl::string_view TextOf(sqlite3_value* value) {
  const unsigned char* text = sqlite3_value_text(value);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text), static_cast<size_t>(sqlite3_value_bytes(value))};
}

bool IntegerOf(sqlite3_context* context, sqlite3_value* value, int64_t& out) {
  if (sqlite3_value_type(value) != SQLITE_INTEGER) {
    Fail(context, kNoInteger);
    return false;
  }
  out = sqlite3_value_int64(value);
  return true;
}

bool RealOf(sqlite3_context* context, sqlite3_value* value, double& out) {
  const int storage = sqlite3_value_type(value);
  if (storage == SQLITE_INTEGER || storage == SQLITE_FLOAT) {
    out = sqlite3_value_double(value);
    return true;
  }
  // SQLite's own conversion is not always to the nearest double.
  const absl::string_view text = TextOf(value);
  if (storage != SQLITE_TEXT || !IsDecimal(text)) {
    Fail(context, kNoDecimal);
    return false;
  }
  const char* const first = text.data() + (text.front() == '+' ? 1 : 0);
  const auto done = absl::from_chars(first, text.data() + text.size(), out);
  // Too small for a double is 0, as everywhere; too large is no double.
  if (done.ec == std::errc::result_out_of_range && std::fabs(out) > 1) {
    Fail(context, kResultOutOfRange);
    return false;
  }
  return true;
}

size_t LengthLimit(sqlite3_context* context) {
  return static_cast<size_t>(
      sqlite3_limit(sqlite3_context_db_handle(context), SQLITE_LIMIT_LENGTH, -1));
}

void Fail(sqlite3_context* context, const char* text) { sqlite3_result_error(context, text, -1); }

void ResultText(sqlite3_context* context, absl::string_view text) {
  // An empty view may have no address, which SQLite would take for NULL.
  sqlite3_result_text64(context, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}

void ResultBool(sqlite3_context* context, bool value) {
  sqlite3_result_int(context, value ? 1 : 0);
}

}  // namespace ferro::sqlite
