#include "dialects/sqlite/errors.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "dialects/sqlite/handle.h"
#include "dialects/sqlite/tables.h"

namespace ferro::sqlite {
namespace {

struct CodeRow {
  int code;
  ErrorClass error_class;
};

// Sorted by code. An extended code that is not here has the class of its lowest byte.
// https://www.sqlite.org/rescode.html
constexpr std::array kCodes = {
    CodeRow{SQLITE_ERROR, ErrorClass::kSyntax},  // see ClassOfText
    CodeRow{SQLITE_INTERNAL, ErrorClass::kInternal},
    CodeRow{SQLITE_PERM, ErrorClass::kPrivilege},
    CodeRow{SQLITE_ABORT, ErrorClass::kCancelled},
    CodeRow{SQLITE_BUSY, ErrorClass::kLock},
    CodeRow{SQLITE_LOCKED, ErrorClass::kLock},
    CodeRow{SQLITE_NOMEM, ErrorClass::kMemory},
    CodeRow{SQLITE_READONLY, ErrorClass::kReadOnly},
    CodeRow{SQLITE_INTERRUPT, ErrorClass::kCancelled},
    CodeRow{SQLITE_IOERR, ErrorClass::kInternal},
    CodeRow{SQLITE_CORRUPT, ErrorClass::kInternal},
    CodeRow{SQLITE_NOTFOUND, ErrorClass::kInternal},
    CodeRow{SQLITE_FULL, ErrorClass::kDiskFull},
    CodeRow{SQLITE_CANTOPEN, ErrorClass::kConnection},
    CodeRow{SQLITE_PROTOCOL, ErrorClass::kLock},
    CodeRow{SQLITE_SCHEMA, ErrorClass::kSerialization},
    CodeRow{SQLITE_TOOBIG, ErrorClass::kOutOfRange},
    CodeRow{SQLITE_CONSTRAINT, ErrorClass::kIntegrity},
    CodeRow{SQLITE_MISMATCH, ErrorClass::kData},
    CodeRow{SQLITE_MISUSE, ErrorClass::kInternal},
    CodeRow{SQLITE_NOLFS, ErrorClass::kUnsupported},
    CodeRow{SQLITE_AUTH, ErrorClass::kPrivilege},
    CodeRow{SQLITE_RANGE, ErrorClass::kInvalidArgument},
    CodeRow{SQLITE_NOTADB, ErrorClass::kInternal},
    CodeRow{SQLITE_CONSTRAINT_CHECK, ErrorClass::kCheck},
    CodeRow{SQLITE_BUSY_SNAPSHOT, ErrorClass::kSerialization},
    CodeRow{SQLITE_CONSTRAINT_FOREIGNKEY, ErrorClass::kForeignKey},
    CodeRow{SQLITE_CONSTRAINT_NOTNULL, ErrorClass::kNotNull},
    CodeRow{SQLITE_CONSTRAINT_PRIMARYKEY, ErrorClass::kUnique},
    CodeRow{SQLITE_CONSTRAINT_UNIQUE, ErrorClass::kUnique},
    CodeRow{SQLITE_CONSTRAINT_ROWID, ErrorClass::kUnique},
    CodeRow{SQLITE_IOERR_NOMEM, ErrorClass::kMemory},
    CodeRow{3091 /* SQLITE_CONSTRAINT_DATATYPE, since 3.37 */, ErrorClass::kData},
};
constexpr bool Before(const CodeRow& a, const CodeRow& b) { return a.code < b.code; }
static_assert(
    [] {
      for (size_t i = 1; i < kCodes.size(); ++i) {
        if (!Before(kCodes[i - 1], kCodes[i])) return i;
      }
      return size_t{0};
    }() == 0,
    "sorted by code, no code twice");

const CodeRow* FindRow(int code) {
  const auto* row = std::lower_bound(kCodes.begin(), kCodes.end(), CodeRow{code, {}}, Before);
  return row != kCodes.end() && row->code == code ? row : nullptr;
}

// SQLITE_ERROR says nothing by itself; the text does. First match counts.
struct TextRow {
  absl::string_view part;
  ErrorClass error_class;
};
constexpr std::array kTexts = {
    TextRow{"parser stack overflow", ErrorClass::kUnsupported},
    TextRow{"Expression tree is too large", ErrorClass::kUnsupported},
    TextRow{"syntax error", ErrorClass::kSyntax},
    TextRow{"incomplete input", ErrorClass::kSyntax},
    TextRow{"unrecognized token", ErrorClass::kSyntax},
    TextRow{"no such savepoint", ErrorClass::kInvalidArgument},
    TextRow{"no such ", ErrorClass::kUndefined},
    TextRow{"has no column named", ErrorClass::kUndefined},
    TextRow{"unknown database", ErrorClass::kUndefined},
    TextRow{"unable to identify the object", ErrorClass::kUndefined},
    TextRow{"already exists", ErrorClass::kDuplicateObject},
    TextRow{"already another table or index", ErrorClass::kDuplicateObject},
    TextRow{"already a table named", ErrorClass::kDuplicateObject},
    TextRow{"already an index named", ErrorClass::kDuplicateObject},
    TextRow{"duplicate column name", ErrorClass::kDuplicateObject},
    TextRow{"integer overflow", ErrorClass::kOutOfRange},
    TextRow{"is out of range", ErrorClass::kOutOfRange},
    TextRow{"not a number", ErrorClass::kOutOfRange},
    TextRow{"malformed JSON", ErrorClass::kInvalidText},
    TextRow{"too many SQL variables", ErrorClass::kInvalidArgument},
    TextRow{"within a transaction", ErrorClass::kInvalidArgument},
    TextRow{"no transaction is active", ErrorClass::kInvalidArgument},
    TextRow{"foreign key mismatch", ErrorClass::kUndefined},
    TextRow{"interrupted", ErrorClass::kCancelled},
};

ErrorClass ClassOfText(absl::string_view text, Phase phase) {
  for (const TextRow& row : kTexts) {
    if (absl::StrContains(text, row.part)) return row.error_class;
  }
  return phase == Phase::kPrepare ? ErrorClass::kSyntax : ErrorClass::kData;
}

// "t.a, t.b": the table, and the columns. SQLite does not quote here; a table with a dot in its
// name is taken for a shorter one, which costs the name of the constraint and nothing else.
std::pair<absl::string_view, std::vector<absl::string_view>> TableAndColumns(
    absl::string_view text) {
  absl::string_view table;
  std::vector<absl::string_view> columns;
  for (absl::string_view part : absl::StrSplit(text, ", ")) {
    const size_t dot = part.find('.');
    if (dot == absl::string_view::npos) continue;
    table = part.substr(0, dot);
    columns.push_back(part.substr(dot + 1));
  }
  return {table, std::move(columns)};
}

// The checks of narrow integer columns (ColumnChecks in renderer.cc): by name, or by what they say.
// Where the server has such columns, breaking one is no violated constraint but a range error.
bool IsIntegerBound(absl::string_view check) {
  return absl::EndsWith(check, "_int16") || absl::EndsWith(check, "_int32") ||
         absl::EndsWith(check, kInt16Bounds) || absl::EndsWith(check, kInt32Bounds);
}

void FillConstraint(sqlite3* db, int code, absl::string_view text, ErrorDetail& detail) {
  const size_t colon = text.find(": ");
  if (colon == absl::string_view::npos) return;
  absl::string_view rest = text.substr(colon + 2);
  if (detail.error_class == ErrorClass::kCheck) {
    detail.constraint = std::string(rest);
    if (IsIntegerBound(rest)) detail.error_class = ErrorClass::kOutOfRange;
    return;
  }
  if (detail.error_class != ErrorClass::kUnique && detail.error_class != ErrorClass::kNotNull)
    return;
  // An index on an expression has no columns to name.
  if (absl::ConsumePrefix(&rest, "index '")) {
    absl::ConsumeSuffix(&rest, "'");
    detail.constraint = std::string(rest);
    return;
  }
  const auto [table, columns] = TableAndColumns(rest);
  detail.table = std::string(table);
  detail.column = absl::StrJoin(columns, ",");
  if (detail.error_class == ErrorClass::kUnique) {
    detail.constraint = UniqueName(db, code, table, columns);
  }
}

// "cannot store TEXT value in INTEGER column t.a", of a STRICT table.
void FillDatatype(absl::string_view text, ErrorDetail& detail) {
  constexpr absl::string_view kBefore = " column ";
  const size_t at = text.rfind(kBefore);
  if (at == absl::string_view::npos) return;
  const auto [table, columns] = TableAndColumns(text.substr(at + kBefore.size()));
  detail.table = std::string(table);
  detail.column = absl::StrJoin(columns, ",");
}

}  // namespace

ErrorClass ClassOfCode(int extended_code) {
  if (const CodeRow* row = FindRow(extended_code)) return row->error_class;
  if (const CodeRow* row = FindRow(extended_code & 0xFF)) return row->error_class;
  return ErrorClass::kInternal;
}

std::string UniqueName(sqlite3* db, int extended_code, absl::string_view table,
                       const std::vector<absl::string_view>& columns) {
  if (extended_code == SQLITE_CONSTRAINT_PRIMARYKEY || extended_code == SQLITE_CONSTRAINT_ROWID) {
    return absl::StrCat(table, "_pkey");
  }
  StatementHandle lookup;
  absl::string_view tail;
  constexpr absl::string_view kLookup =
      "SELECT l.name, i.name FROM pragma_index_list(?) l, pragma_index_info(l.name) i"
      " WHERE l.\"unique\" AND l.origin = 'c' ORDER BY l.seq, i.seqno";
  if (Prepare(db, kLookup, false, lookup, tail) == SQLITE_OK && lookup != nullptr) {
    sqlite3_bind_text64(lookup.get(), 1, table.data(), table.size(), SQLITE_STATIC, SQLITE_UTF8);
    const auto text = [&](int column) {
      const unsigned char* bytes = sqlite3_column_text(lookup.get(), column);
      return absl::string_view(bytes == nullptr ? "" : reinterpret_cast<const char*>(bytes));
    };
    // The rows of one index lie together, its columns in order.
    std::string index;
    size_t matched = 0, seen = 0;
    while (sqlite3_step(lookup.get()) == SQLITE_ROW) {
      if (text(0) != index) {
        if (seen == columns.size() && matched == seen && seen > 0) return index;
        index = std::string(text(0));
        matched = seen = 0;
      }
      if (seen < columns.size() && text(1) == columns[seen]) ++matched;
      ++seen;
    }
    if (seen == columns.size() && matched == seen && seen > 0) return index;
  }
  return absl::StrCat(table, "_", absl::StrJoin(columns, "_"), "_key");
}

absl::Status MakeSqliteError(sqlite3* db, int extended_code, Phase phase, absl::string_view sql) {
  std::string text = sqlite3_errmsg(db);
  ErrorDetail detail;
  detail.native_code = extended_code;
  detail.sql = std::string(sql);
  detail.error_class =
      extended_code == SQLITE_ERROR ? ClassOfText(text, phase) : ClassOfCode(extended_code);
  // RESTRICT is a trigger of SQLite's own.
  if (extended_code == SQLITE_CONSTRAINT_TRIGGER && text == "FOREIGN KEY constraint failed") {
    detail.error_class = ErrorClass::kForeignKey;
  }
  if (absl::StrContains(text, "JSON path")) {
    // It quotes the path, which may have been a value of the caller's.
    detail.detail = std::exchange(text, "a JSON path is not well-formed");
  }
  if (extended_code == SQLITE_ERROR && detail.error_class == ErrorClass::kUnsupported) {
    detail.hint = "SQLite reads some 30 calls, or 90 parentheses, within each other: compute the inner ones in a "
                  "subquery in FROM";
  }
  const std::string message = text;
  if ((extended_code & 0xFF) == SQLITE_CONSTRAINT) {
    if (detail.error_class == ErrorClass::kData) FillDatatype(text, detail);
    FillConstraint(db, extended_code, text, detail);
  }
  return MakeError(std::move(detail), message);
}

}  // namespace ferro::sqlite
