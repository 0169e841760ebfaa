// Text by characters, where SQLite's own functions know only ASCII or stop at U+0000.
#include <string.h>

#include <cstdint>
#include <string>

#include "dialects/sqlite/functions/characters.h"
#include "dialects/sqlite/functions/tables.h"

namespace ferro::sqlite {
namespace {

constexpr size_t kNotFound = absl::string_view::npos;

// Where `needle` begins. Linear, which the view's own search is not.
size_t Find(absl::string_view text, absl::string_view needle, size_t from = 0) {
  if (needle.empty()) return from;
  const void* const at =
      memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  if (at == nullptr) return kNotFound;
  return static_cast<size_t>(static_cast<const char*>(at) - text.data());
}

template <Case kTo>
void InCase(sqlite3_context* context, int, sqlite3_value** values) {
  if (!KnowsCase()) return Fail(context, kNoCase);
  const absl::string_view text = TextOf(values[0]);
  std::string out;
  out.reserve(text.size());
  AppendInCase(kTo, text, out);
  ResultText(context, out);
}

void Length(sqlite3_context* context, int, sqlite3_value** values) {
  sqlite3_result_int64(context, static_cast<int64_t>(CountCharacters(TextOf(values[0]))));
}

// ferro_substr(text, start [, count]).
void Substr(sqlite3_context* context, int arguments, sqlite3_value** values) {
  absl::string_view text = TextOf(values[0]);
  int64_t start = 0, count = INT64_MAX;
  if (!IntegerOf(context, values[1], start)) return;
  if (arguments == 3 && !IntegerOf(context, values[2], count)) return;
  if (start < 1) return Fail(context, "substr starts at 1");
  if (count < 0) return Fail(context, "the count of substr is less than 0");
  text.remove_prefix(SizeOfCharacters(text, static_cast<size_t>(start - 1)));
  ResultText(context, text.substr(0, SizeOfCharacters(text, static_cast<size_t>(count))));
}

// ferro_position(needle, text): the number of the character where it begins, 0 for nowhere.
void Position(sqlite3_context* context, int, sqlite3_value** values) {
  const absl::string_view text = TextOf(values[1]);
  const size_t at = Find(text, TextOf(values[0]));
  const size_t before = at == kNotFound ? 0 : CountCharacters(text.substr(0, at)) + 1;
  sqlite3_result_int64(context, static_cast<int64_t>(before));
}

size_t CountOf(absl::string_view text, absl::string_view needle) {
  size_t count = 0;
  for (size_t at = Find(text, needle); at != kNotFound; at = Find(text, needle, at)) {
    ++count;
    at += needle.size();
  }
  return count;
}

// ferro_replace(text, from, to).
void Replace(sqlite3_context* context, int, sqlite3_value** values) {
  const absl::string_view text = TextOf(values[0]);
  const absl::string_view from = TextOf(values[1]);
  const absl::string_view to = TextOf(values[2]);
  if (from.empty()) return ResultText(context, text);
  // Counted first, so that no memory is taken for what would be too long. Neither product
  // overflows: no value has 2^32 bytes.
  const size_t count = CountOf(text, from);
  const size_t size = text.size() - count * from.size() + count * to.size();
  if (size > LengthLimit(context)) return sqlite3_result_error_toobig(context);
  std::string out;
  out.reserve(size);
  size_t done = 0;
  for (size_t left = count; left > 0; --left) {
    const size_t at = Find(text, from, done);
    out.append(text.data() + done, at - done);
    out.append(to.data(), to.size());
    done = at + from.size();
  }
  out.append(text.data() + done, text.size() - done);
  ResultText(context, out);
}

void Reverse(sqlite3_context* context, int, sqlite3_value** values) {
  absl::string_view text = TextOf(values[0]);
  std::string out;
  out.resize(text.size());
  for (size_t end = out.size(); !text.empty();) {
    const size_t size = CharacterSize(text);
    end -= size;
    out.replace(end, size, text.data(), size);
    text.remove_prefix(size);
  }
  ResultText(context, out);
}

// ferro_repeat(text, count): nothing for a count below 1.
void Repeat(sqlite3_context* context, int, sqlite3_value** values) {
  const absl::string_view text = TextOf(values[0]);
  int64_t count = 0;
  if (!IntegerOf(context, values[1], count)) return;
  if (count < 1 || text.empty()) return ResultText(context, "");
  if (static_cast<uint64_t>(count) > LengthLimit(context) / text.size()) {
    return sqlite3_result_error_toobig(context);
  }
  std::string out;
  out.reserve(text.size() * static_cast<size_t>(count));
  for (; count > 0; --count) out.append(text.data(), text.size());
  ResultText(context, out);
}

void StartsWith(sqlite3_context* context, int, sqlite3_value** values) {
  const absl::string_view prefix = TextOf(values[1]);
  ResultBool(context, TextOf(values[0]).substr(0, prefix.size()) == prefix);
}

void EndsWith(sqlite3_context* context, int, sqlite3_value** values) {
  const absl::string_view text = TextOf(values[0]), suffix = TextOf(values[1]);
  ResultBool(context,
             text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix);
}

void Contains(sqlite3_context* context, int, sqlite3_value** values) {
  ResultBool(context, Find(TextOf(values[0]), TextOf(values[1])) != kNotFound);
}

constexpr ScalarRow kRows[] = {
    {"ferro_lower", 1, Strict<InCase<Case::kLower>>},
    {"ferro_upper", 1, Strict<InCase<Case::kUpper>>},
    {"ferro_length", 1, Strict<Length>},
    {"ferro_substr", 2, Strict<Substr>},
    {"ferro_substr", 3, Strict<Substr>},
    {"ferro_position", 2, Strict<Position>},
    {"ferro_replace", 3, Strict<Replace>},
    {"ferro_reverse", 1, Strict<Reverse>},
    {"ferro_repeat", 2, Strict<Repeat>},
    {"ferro_starts_with", 2, Strict<StartsWith>},
    {"ferro_ends_with", 2, Strict<EndsWith>},
    {"ferro_contains", 2, Strict<Contains>},
};

}  // namespace

std::span<const ScalarRow> TextFunctions() { return kRows; }

}  // namespace ferro::sqlite
