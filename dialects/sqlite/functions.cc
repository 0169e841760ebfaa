#include "dialects/sqlite/functions.h"

#include <cmath>
#include <cstdint>

#include "engine/base/error.h"
#include "engine/value/decimal.h"

namespace ferro::sqlite {
namespace {

// Bytes of the character at the front; a byte that starts none counts as one.
size_t CharacterSize(absl::string_view text) {
  const auto lead = static_cast<uint8_t>(text.front());
  size_t size = 1;
  if (lead >= 0xF0) {
    size = 4;
  } else if (lead >= 0xE0) {
    size = 3;
  } else if (lead >= 0xC0) {
    size = 2;
  }
  size_t i = 1;
  while (i < size && i < text.size() && (static_cast<uint8_t>(text[i]) & 0xC0) == 0x80) ++i;
  return i;
}

// The text of an argument that is not NULL; numbers are written out.
absl::string_view TextOf(sqlite3_value* value) {
  const unsigned char* text = sqlite3_value_text(value);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text), static_cast<size_t>(sqlite3_value_bytes(value))};
}

bool AnyNull(int count, sqlite3_value** values) {
  for (int i = 0; i < count; ++i) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) return true;
  }
  return false;
}

// `text LIKE pattern [ESCAPE escape]`. SQLite's own ignores case of ASCII letters and only of
// those.
void LikeFunction(sqlite3_context* context, int count, sqlite3_value** values) {
  if (AnyNull(count, values)) return sqlite3_result_null(context);
  const absl::string_view pattern = TextOf(values[0]);
  // The time is at worst the product of both lengths, and nothing can interrupt a function.
  const int limit =
      sqlite3_limit(sqlite3_context_db_handle(context), SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1);
  if (pattern.size() > static_cast<size_t>(limit)) return sqlite3_result_error_toobig(context);
  absl::string_view escape;
  if (count == 3) {
    escape = TextOf(values[2]);
    if (escape.empty() || CharacterSize(escape) != escape.size()) {
      return sqlite3_result_error(context, "the ESCAPE of LIKE is not a single character", -1);
    }
  }
  sqlite3_result_int(context, Like(pattern, TextOf(values[1]), escape) ? 1 : 0);
}

struct Add {
  static bool Checked(int64_t a, int64_t b, int64_t* out) {
    return !__builtin_add_overflow(a, b, out);
  }
  static double Real(double a, double b) { return a + b; }
};
struct Subtract {
  static bool Checked(int64_t a, int64_t b, int64_t* out) {
    return !__builtin_sub_overflow(a, b, out);
  }
  static double Real(double a, double b) { return a - b; }
};
struct Multiply {
  static bool Checked(int64_t a, int64_t b, int64_t* out) {
    return !__builtin_mul_overflow(a, b, out);
  }
  static double Real(double a, double b) { return a * b; }
};

// The SQL says NULLIF for the divisor; SQLite's own gives a REAL for the least int64 by -1.
struct Divide {
  static bool Checked(int64_t a, int64_t b, int64_t* out) {
    if (b == 0 || (b == -1 && a == INT64_MIN)) return false;
    *out = a / b;
    return true;
  }
  static double Real(double a, double b) { return std::trunc(a / b); }
};

// SQLite's own operators turn to REAL when an integer overflows, and lose digits without a word.
template <class Operator>
void Arithmetic(sqlite3_context* context, int count, sqlite3_value** values) {
  if (AnyNull(count, values)) return sqlite3_result_null(context);
  if (sqlite3_value_numeric_type(values[0]) == SQLITE_INTEGER &&
      sqlite3_value_numeric_type(values[1]) == SQLITE_INTEGER) {
    int64_t result = 0;
    if (!Operator::Checked(sqlite3_value_int64(values[0]), sqlite3_value_int64(values[1]),
                           &result)) {
      return sqlite3_result_error(context, "integer overflow", -1);
    }
    return sqlite3_result_int64(context, result);
  }
  const double result =
      Operator::Real(sqlite3_value_double(values[0]), sqlite3_value_double(values[1]));
  if (std::isnan(result)) return sqlite3_result_error(context, "the result is not a number", -1);
  sqlite3_result_double(context, result);
}

int CompareDecimals(void*, int size_a, const void* a, int size_b, const void* b) {
  return CompareDecimalText({static_cast<const char*>(a), static_cast<size_t>(size_a)},
                            {static_cast<const char*>(b), static_cast<size_t>(size_b)});
}

struct FunctionRow {
  const char* name;
  int arguments;
  void (*function)(sqlite3_context*, int, sqlite3_value**);
};

}  // namespace

bool Like(absl::string_view pattern, absl::string_view text, absl::string_view escape) {
  // Where to go on when a match after the last '%' fails: that '%' takes one character more.
  // Earlier ones need not be tried again, the last one can take whatever they would have given up.
  absl::string_view after_percent, retry_text;
  bool have_percent = false;
  for (;;) {
    bool matched = false;
    if (pattern.empty()) {
      if (text.empty()) return true;
    } else if (!escape.empty() && pattern.substr(0, escape.size()) == escape) {
      const absl::string_view next = pattern.substr(escape.size());
      if (next.empty()) return false;
      const size_t size = CharacterSize(next);
      if (text.substr(0, size) == next.substr(0, size)) {
        pattern = next.substr(size);
        text.remove_prefix(size);
        matched = true;
      }
    } else if (pattern.front() == '%') {
      pattern.remove_prefix(1);
      if (pattern.empty()) return true;
      after_percent = pattern;
      retry_text = text;
      have_percent = true;
      continue;
    } else if (!text.empty()) {
      const size_t size = CharacterSize(text);
      if (pattern.front() == '_') {
        pattern.remove_prefix(1);
        text.remove_prefix(size);
        matched = true;
      } else if (pattern.substr(0, size) == text.substr(0, size)) {
        pattern.remove_prefix(size);
        text.remove_prefix(size);
        matched = true;
      }
    }
    if (matched) continue;
    if (!have_percent || retry_text.empty()) return false;
    retry_text.remove_prefix(CharacterSize(retry_text));
    text = retry_text;
    pattern = after_percent;
  }
}

absl::Status RegisterFunctions(sqlite3* db) {
  // Innocuous: indexes, CHECKs and views may call them although the schema is not trusted.
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  constexpr FunctionRow kFunctions[] = {
      {"like", 2, LikeFunction},
      {"like", 3, LikeFunction},
      {"ferro_add", 2, Arithmetic<Add>},
      {"ferro_subtract", 2, Arithmetic<Subtract>},
      {"ferro_multiply", 2, Arithmetic<Multiply>},
      {"ferro_divide", 2, Arithmetic<Divide>},
  };
  int code = sqlite3_create_collation_v2(db, "ferro_decimal", SQLITE_UTF8, nullptr, CompareDecimals,
                                         nullptr);
  for (const FunctionRow& row : kFunctions) {
    if (code != SQLITE_OK) break;
    code = sqlite3_create_function_v2(db, row.name, row.arguments, kFlags, nullptr, row.function,
                                      nullptr, nullptr, nullptr);
  }
  if (code == SQLITE_OK) return absl::OkStatus();
  return MakeError(code == SQLITE_NOMEM ? ErrorClass::kMemory : ErrorClass::kInternal,
                   "SQLite did not take our functions");
}

}  // namespace ferro::sqlite
