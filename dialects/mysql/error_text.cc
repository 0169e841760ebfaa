#include "dialects/mysql/error_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace ferro::mysql {
namespace {

// What stands between the last `open` and the next `close`; the last, because a quoted value before
// it may hold the same words.
absl::string_view LastBetween(absl::string_view text, absl::string_view open,
                              absl::string_view close) {
  const size_t at = text.rfind(open);
  if (at == absl::string_view::npos) return {};
  text.remove_prefix(at + open.size());
  const size_t end = text.find(close);
  return end == absl::string_view::npos ? absl::string_view{} : text.substr(0, end);
}

// Takes an identifier in backticks, or in double quotes as some messages have it under ANSI_QUOTES,
// from the front of `text`. The quote is doubled within.
bool ConsumeQuoted(absl::string_view& text, std::string& name) {
  if (text.empty() || (text.front() != '`' && text.front() != '"')) return false;
  const char quote = text.front();
  name.clear();
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == quote) {
      if (i + 1 == text.size() || text[i + 1] != quote) {
        text.remove_prefix(i + 1);
        return true;
      }
      ++i;
    }
    name.push_back(text[i]);
  }
  return false;
}

// The last part of `a`.`b`.`c`, or of 'a.b.c' without its quotes. `table` gets the part before it,
// if there is one.
std::string LastPart(absl::string_view text, std::string* table) {
  std::string name;
  std::string part;
  while (ConsumeQuoted(text, part)) {
    if (table != nullptr && !name.empty()) *table = name;
    name = part;
    if (text.empty() || text.front() != '.') break;
    text.remove_prefix(1);
  }
  return name;
}

// "Duplicate entry '…' for key 'name'"; MySQL writes 'table.name'.
void TakeKey(absl::string_view text, Product product, ErrorDetail& detail) {
  const absl::string_view opening = " for key '";
  const size_t at = text.rfind(opening);
  if (at == absl::string_view::npos) return;
  absl::string_view key = text.substr(at + opening.size());
  if (!key.empty() && key.back() == '\'') key.remove_suffix(1);
  const size_t dot = key.find('.');
  if (product == Product::kMysql && dot != absl::string_view::npos) {
    detail.table = std::string(key.substr(0, dot));
    key.remove_prefix(dot + 1);
  }
  detail.constraint = std::string(key);
}

// "… fails (`db`.`table`, CONSTRAINT `name` FOREIGN KEY (`a`, `b`) REFERENCES …)". Identifiers
// only, no values.
void TakeForeignKey(absl::string_view text, ErrorDetail& detail) {
  const size_t open = text.find('(');
  if (open != absl::string_view::npos) detail.table = LastPart(text.substr(open + 1), nullptr);

  const absl::string_view word = "CONSTRAINT ";
  const size_t constraint = text.find(word);
  if (constraint == absl::string_view::npos) return;
  text.remove_prefix(constraint + word.size());
  if (!ConsumeQuoted(text, detail.constraint)) return;

  const absl::string_view columns = " FOREIGN KEY (";
  if (text.substr(0, columns.size()) != columns) return;
  text.remove_prefix(columns.size());
  std::string column;
  while (ConsumeQuoted(text, column)) {
    absl::StrAppend(&detail.column, detail.column.empty() ? "" : ",", column);
    if (text.substr(0, 2) != ", ") break;
    text.remove_prefix(2);
  }
}

// "… for column 'name' at row 3", and MariaDB's "… for column `db`.`table`.`name` at row 3".
void TakeColumnAndRow(absl::string_view text, ErrorDetail& detail) {
  int64_t row = 0;
  const size_t at = text.rfind(" at row ");
  if (at != absl::string_view::npos && absl::SimpleAtoi(text.substr(at + 8), &row) && row > 0) {
    detail.row = row - 1;
    text = text.substr(0, at);
  }
  for (const absl::string_view opening : {" for column ", " column "}) {
    const size_t column = text.rfind(opening);
    if (column == absl::string_view::npos) continue;
    absl::string_view name = text.substr(column + opening.size());
    if (name.size() >= 2 && name.front() == '\'' && name.back() == '\'') {
      detail.column = std::string(name.substr(1, name.size() - 2));
    } else {
      detail.column = LastPart(name, &detail.table);
    }
    return;
  }
}

}  // namespace

void TakeNames(int32_t code, absl::string_view text, Product product, ErrorDetail& detail) {
  switch (code) {
    case 1062:
    case 1586:
    case 1859:
      TakeKey(text, product, detail);
      break;
    case 1451:
    case 1452:
      TakeForeignKey(text, detail);
      break;
    case 1048:  // Column 'x' cannot be null
      detail.column = std::string(LastBetween(text, "Column '", "' "));
      break;
    case 1364:  // Field 'x' doesn't have a default value
      detail.column = std::string(LastBetween(text, "Field '", "' "));
      break;
    case 1263:
    case 1264:
    case 1265:
    case 1292:
    case 1366:
    case 1406:
      TakeColumnAndRow(text, detail);
      break;
    case 3819:  // Check constraint 'x' is violated.
      detail.constraint = std::string(LastBetween(text, "Check constraint '", "' is violated"));
      break;
    case 4025: {  // CONSTRAINT `x` failed for `db`.`table`; `table.column` names a column's own
                  // check
      const absl::string_view word = "CONSTRAINT ";
      const size_t name = text.find(word);
      if (name == absl::string_view::npos) break;
      absl::string_view rest = text.substr(name + word.size());
      if (!ConsumeQuoted(rest, detail.constraint)) break;
      const absl::string_view failed = " failed for ";
      const size_t table = rest.rfind(failed);
      if (table != absl::string_view::npos) {
        detail.table = LastPart(rest.substr(table + failed.size()), nullptr);
      }
      break;
    }
    case 1054:  // Unknown column 'x' in …
      detail.column = std::string(LastBetween(text, "Unknown column '", "' in "));
      break;
    case 1146: {  // Table 'db.x' doesn't exist
      const absl::string_view name = LastBetween(text, "Table '", "' doesn't");
      detail.table = std::string(name.substr(name.find('.') + 1));
      break;
    }
    default:
      break;
  }
  if (detail.error_class == ErrorClass::kNotNull && !detail.column.empty()) {
    detail.constraint = absl::StrCat(detail.column, "_not_null");
  }
}

std::string SentenceFor(const ErrorDetail& detail, absl::string_view text) {
  const std::string constraint =
      detail.constraint.empty() ? "" : absl::StrCat(" \"", detail.constraint, "\"");
  const std::string column =
      detail.column.empty() ? "" : absl::StrCat(" for column \"", detail.column, "\"");
  const std::string table =
      detail.table.empty() ? "" : absl::StrCat(" of table \"", detail.table, "\"");
  const ErrorClass error_class = detail.error_class;
  if (error_class == ErrorClass::kUnique) {
    return absl::StrCat("unique key", constraint, table, " has this entry already");
  }
  if (error_class == ErrorClass::kForeignKey) {
    return absl::StrCat("foreign key", constraint, table, " is violated");
  }
  if (error_class == ErrorClass::kNotNull) {
    const absl::string_view what = detail.native_code == 1364 ? "no value and no default" : "null";
    return absl::StrCat(what, column, ", which may not be null");
  }
  if (error_class == ErrorClass::kCheck) {
    return absl::StrCat("check constraint", constraint, table, " is violated");
  }
  if (error_class == ErrorClass::kOutOfRange)
    return absl::StrCat("a value is out of range", column);
  if (error_class == ErrorClass::kStringTooLong) return absl::StrCat("a text is too long", column);
  if (error_class == ErrorClass::kInvalidText)
    return absl::StrCat("a text cannot be stored", column);
  if (detail.native_code == 1365) return "division by zero";
  if (error_class == ErrorClass::kData) {
    return absl::StrCat("a value cannot be stored or converted", column);
  }
  if (error_class == ErrorClass::kSyntax) {
    const size_t line = text.rfind(" at line ");
    int64_t number = 0;
    if (line != absl::string_view::npos && absl::SimpleAtoi(text.substr(line + 9), &number)) {
      return absl::StrCat("the server does not understand the SQL text at its line ", number);
    }
    return "the server does not understand the SQL text";
  }
  return absl::StrCat("the server refused the statement with error ", detail.native_code,
                      ", SQLSTATE ", detail.sqlstate);
}

std::string PlainSentence(absl::string_view text) {
  while (!text.empty() &&
         (text.back() == '.' || absl::ascii_isspace(static_cast<unsigned char>(text.back())))) {
    text.remove_suffix(1);
  }
  std::string sentence(text.empty() ? absl::string_view("the server gave no reason") : text);
  const bool word =
      sentence.size() > 1 && absl::ascii_islower(static_cast<unsigned char>(sentence[1]));
  if (word) sentence[0] = absl::ascii_tolower(static_cast<unsigned char>(sentence[0]));
  return sentence;
}

}  // namespace ferro::mysql
