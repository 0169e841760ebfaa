#include "engine/db/cell_error.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/value/civil.h"
#include "engine/value/decimal.h"
#include "engine/value/uuid.h"

namespace ferro::db {
namespace {

// Enough to find a row by; a key that is longer is cut.
constexpr size_t kLongestKey = 200;

void AppendText(std::string& out, absl::string_view text) {
  // Not in the middle of a character.
  size_t size = std::min(text.size(), kLongestKey);
  while (size < text.size() && size > 0 && (text[size] & 0xC0) == 0x80) --size;
  absl::StrAppend(&out, "'", text.substr(0, size), size < text.size() ? "…'" : "'");
}

void AppendHex(std::string& out, absl::string_view bytes) {
  constexpr absl::string_view kDigits = "0123456789abcdef";
  out += "x'";
  for (const char c : bytes.substr(0, kLongestKey / 2)) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  out += bytes.size() > kLongestKey / 2 ? "…'" : "'";
}

void AppendValue(std::string& out, const Value& value) {
  switch (value.type) {
    case Type::kNull:
      out += "NULL";
      return;
    case Type::kBool:
      out += value.integer != 0 ? "true" : "false";
      return;
    case Type::kInt64:
    case Type::kInterval:
      absl::StrAppend(&out, value.integer);
      return;
    case Type::kFloat64:
      absl::StrAppend(&out, value.real);
      return;
    case Type::kDecimal:
      AppendDecimal(out, value);
      return;
    case Type::kText:
    case Type::kJson:
      AppendText(out, value.view());
      return;
    case Type::kBytes:
      AppendHex(out, value.view());
      return;
    case Type::kDate:
      AppendDate(out, value.integer);
      return;
    case Type::kTime:
      AppendTime(out, value.integer);
      return;
    case Type::kTimestamp:
    case Type::kTimestampTz:
      AppendTimestamp(out, value.integer);
      return;
    case Type::kUuid:
      AppendUuid(out, value.view());
      return;
    case Type::kArray:
      out += "an array";
      return;
  }
}

std::string DetailOfKey(absl::string_view key) {
  return key.empty() ? std::string() : absl::StrCat("the row with ", key);
}

std::string OfTable(absl::string_view table) {
  return table.empty() ? std::string() : absl::StrCat(" of table \"", table, "\"");
}

// The next identifier of `sql`, without its quotes, in `word`; what is no identifier is passed
// over. `bare`: it was not in quotes.
bool NextWord(absl::string_view& sql, absl::string_view& word, bool& bare) {
  while (!sql.empty()) {
    const char first = sql.front();
    if (first == '\'' || first == '"' || first == '`' || first == '[') {
      const char last = first == '[' ? ']' : first;
      const size_t end = sql.find(last, 1);
      word = sql.substr(1, end == absl::string_view::npos ? end : end - 1);
      sql.remove_prefix(end == absl::string_view::npos ? sql.size() : end + 1);
      bare = false;
      if (first == '\'') continue;  // a constant
      return true;
    }
    size_t size = 0;
    while (size < sql.size() && (absl::ascii_isalnum(static_cast<unsigned char>(sql[size])) ||
                                 sql[size] == '_' || (sql[size] & 0x80) != 0)) {
      ++size;
    }
    if (size == 0) {
      sql.remove_prefix(1);
      continue;
    }
    word = sql.substr(0, size);
    sql.remove_prefix(size);
    bare = true;
    return true;
  }
  return false;
}

std::string Column(absl::string_view column) { return absl::StrCat("column \"", column, "\""); }

}  // namespace

void AppendKey(std::string& key, absl::string_view column, const Value& value) {
  absl::StrAppend(&key, key.empty() ? "" : ", ", "\"", column, "\" = ");
  AppendValue(key, value);
}

bool ReadsOnce(absl::string_view sql, absl::string_view table) {
  size_t found = 0;
  absl::string_view word;
  bool bare = false;
  while (NextWord(sql, word, bare)) {
    // A common table expression can be read twice while its table is named once.
    if (bare && absl::EqualsIgnoreCase(word, "with")) return false;
    // What a dot follows is a schema, or the qualifier of a column.
    const bool qualifies = !sql.empty() && sql.front() == '.';
    if (!qualifies && absl::EqualsIgnoreCase(word, table)) ++found;
  }
  return found == 1;
}

absl::Status CellError(ErrorClass error_class, const CellPlace& place, absl::string_view what,
                       absl::string_view hint) {
  ErrorDetail detail;
  detail.error_class = error_class;
  detail.column = std::string(place.column);
  detail.table = std::string(place.table);
  detail.row = place.row;
  detail.detail = DetailOfKey(place.key);
  detail.hint = std::string(hint);
  const std::string row =
      place.row < 0 ? std::string() : absl::StrCat(", row ", place.row + 1, " of the result");
  return MakeError(std::move(detail),
                   absl::StrCat(Column(place.column), OfTable(place.table), row, ": ", what));
}

absl::Status WithTable(const absl::Status& status, absl::string_view table, absl::string_view key) {
  if (status.ok() || table.empty()) return status;
  ErrorDetail detail = DetailOf(status);
  detail.table = std::string(table);
  detail.detail = DetailOfKey(key);
  const std::string column = Column(detail.column);
  absl::string_view rest = status.message();
  if (!absl::ConsumePrefix(&rest, column)) return MakeError(std::move(detail), status.message());
  return MakeError(std::move(detail), absl::StrCat(column, OfTable(table), rest));
}

}  // namespace ferro::db
