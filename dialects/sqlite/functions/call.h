// How our SQL functions are called: arguments in, a result or an error out. An error's text holds
// no values; errors.cc knows its class by words of it.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <new>

#include "absl/strings/string_view.h"

namespace ferro::sqlite {

struct ScalarRow {
  const char* name;
  int arguments;
  void (*function)(sqlite3_context*, int, sqlite3_value**);
};

inline constexpr char kIntegerOverflow[] = "integer overflow";
inline constexpr char kResultOutOfRange[] = "the result is out of range";
inline constexpr char kNotANumber[] = "the result is not a number";
inline constexpr char kNoInteger[] = "an argument is no integer";
inline constexpr char kNoDecimal[] = "an argument is neither an integer nor a decimal";

bool AnyNull(int count, sqlite3_value** values);

// The text of an argument that is not NULL; numbers are written out. Until the call ends.
absl::string_view TextOf(sqlite3_value* value);

// False, with an error for the caller of the SQL, when the argument is no integer.
bool IntegerOf(sqlite3_context* context, sqlite3_value* value, int64_t& out);

// An integer, a REAL, or the nearest double of a decimal. False, with an error, when it is none of
// these or a decimal past what doubles hold.
bool RealOf(sqlite3_context* context, sqlite3_value* value, double& out);

// SQLite's limit for bytes of one value on this connection.
size_t LengthLimit(sqlite3_context* context);

void Fail(sqlite3_context* context, const char* text);

// Copies `text`. Past the limit for bytes it is SQLite's error for that.
void ResultText(sqlite3_context* context, absl::string_view text);
void ResultBool(sqlite3_context* context, bool value);

// Runs `body`, and turns what the standard library throws when memory is short into SQLite's error:
// no exception may pass through its C code.
template <class Body>
void WithinMemory(sqlite3_context* context, Body body) {
  try {
    body();
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

// `Function` as SQLite calls it: NULL when any argument is NULL.
template <void (*Function)(sqlite3_context*, int, sqlite3_value**)>
void Strict(sqlite3_context* context, int count, sqlite3_value** values) {
  if (AnyNull(count, values)) return sqlite3_result_null(context);
  WithinMemory(context, [&] { Function(context, count, values); });
}

}  // namespace ferro::sqlite
