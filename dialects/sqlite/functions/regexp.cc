// ferro_regexp(text, pattern, fold): whether a pattern of engine/regex/parse.h matches somewhere.
#include <memory>
#include <utility>

#include "dialects/sqlite/functions/tables.h"
#include "engine/regex/program.h"

namespace ferro::sqlite {
namespace {

constexpr int kPattern = 1;  // the argument that a program is kept with

// SQLite keeps it while the pattern stays the same, and frees it.
const regex::Program* ProgramOf(sqlite3_context* context, sqlite3_value** values) {
  const auto* known = static_cast<const regex::Program*>(sqlite3_get_auxdata(context, kPattern));
  if (known != nullptr) return known;
  absl::StatusOr<regex::Program> compiled =
      regex::Compile(TextOf(values[kPattern]), sqlite3_value_int(values[2]) != 0);
  if (!compiled.ok()) {
    // Patterns of ours have been checked before; this one is part of somebody's SQL.
    Fail(context, "a regular expression is not within the subset that is supported");
    return nullptr;
  }
  auto program = std::make_unique<regex::Program>(*std::move(compiled));
  sqlite3_set_auxdata(context, kPattern, program.release(), [](void* kept) {
    delete static_cast<regex::Program*>(kept);
  });
  // It may have been freed at once, for lack of memory.
  known = static_cast<const regex::Program*>(sqlite3_get_auxdata(context, kPattern));
  if (known == nullptr) sqlite3_result_error_nomem(context);
  return known;
}

void Regexp(sqlite3_context* context, int, sqlite3_value** values) {
  const regex::Program* program = ProgramOf(context, values);
  if (program != nullptr) ResultBool(context, regex::Matches(*program, TextOf(values[0])));
}

constexpr ScalarRow kFunctions[] = {{"ferro_regexp", 3, Strict<Regexp>}};

}  // namespace

std::span<const ScalarRow> RegexFunctions() { return kFunctions; }

}  // namespace ferro::sqlite
