#include "dialects/sqlite/functions/like.h"

#include <string>

#include "dialects/sqlite/functions/characters.h"
#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

// Whether a pattern may be tried: the time is at worst the product of both lengths, and nothing can
// interrupt a function.
bool TakePattern(sqlite3_context* context, absl::string_view pattern) {
  const int limit =
      sqlite3_limit(sqlite3_context_db_handle(context), SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1);
  if (pattern.size() <= static_cast<size_t>(limit)) return true;
  sqlite3_result_error_toobig(context);
  return false;
}

bool TakeEscape(sqlite3_context* context, sqlite3_value* value, absl::string_view& escape) {
  escape = TextOf(value);
  if (!escape.empty() && CharacterSize(escape) == escape.size()) return true;
  Fail(context, "the ESCAPE of LIKE is not a single character");
  return false;
}

// `text LIKE pattern [ESCAPE escape]`, which SQLite calls with the pattern first.
void LikeFunction(sqlite3_context* context, int count, sqlite3_value** values) {
  const absl::string_view pattern = TextOf(values[0]);
  absl::string_view escape;
  if (!TakePattern(context, pattern)) return;
  if (count == 3 && !TakeEscape(context, values[2], escape)) return;
  ResultBool(context, Like(pattern, TextOf(values[1]), escape));
}

// `pattern` in lower case, with '\\' for its escape: a letter may be one, and is then no text.
std::string LowerPattern(absl::string_view pattern, absl::string_view escape) {
  std::string out;
  const auto plain = [&out](absl::string_view character) {
    const size_t at = out.size();
    AppendInCase(Case::kLower, character, out);
    if (out[at] == '\\') out.insert(at, 1, '\\');
  };
  while (!pattern.empty()) {
    const bool escaped = !escape.empty() && pattern.substr(0, escape.size()) == escape;
    if (escaped) {
      pattern.remove_prefix(escape.size());
      out.push_back('\\');
      if (pattern.empty()) break;
    }
    const absl::string_view character = pattern.substr(0, CharacterSize(pattern));
    pattern.remove_prefix(character.size());
    if (escaped) {
      AppendInCase(Case::kLower, character, out);
    } else {
      plain(character);
    }
  }
  return out;
}

// ferro_ilike(text, pattern [, escape]).
void IlikeFunction(sqlite3_context* context, int count, sqlite3_value** values) {
  const absl::string_view pattern = TextOf(values[1]);
  absl::string_view escape;
  if (!TakePattern(context, pattern)) return;
  if (count == 3 && !TakeEscape(context, values[2], escape)) return;
  if (!KnowsCase()) return Fail(context, kNoCase);
  std::string text;
  AppendInCase(Case::kLower, TextOf(values[0]), text);
  ResultBool(context, Like(LowerPattern(pattern, escape), text, "\\"));
}

constexpr ScalarRow kRows[] = {
    {"like", 2, Strict<LikeFunction>},
    {"like", 3, Strict<LikeFunction>},
    {"ferro_ilike", 2, Strict<IlikeFunction>},
    {"ferro_ilike", 3, Strict<IlikeFunction>},
};

}  // namespace

std::span<const ScalarRow> LikeFunctions() { return kRows; }

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

}  // namespace ferro::sqlite
