// Text search: an FTS5 table without content of its own (https://sqlite.org/fts5.html), which triggers keep as the table
// is. Its words are found by the table's key.
#include "engine/sql/text_search.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dialects/sqlite/renderer.h"
#include "engine/base/try.h"

namespace ferro::sqlite {
namespace {

constexpr char kNoKey[] = "SQLite finds the rows of a text index by their key: make it one integer";

// Words are letters and digits, so quotes hold them.
std::string Joined(const std::vector<sql::SearchTerm>& terms, absl::string_view between) {
  std::string out;
  for (const sql::SearchTerm& term : terms) {
    absl::StrAppend(&out, out.empty() ? "" : between, "\"");
    for (size_t i = 0; i < term.words.size(); ++i) absl::StrAppend(&out, i > 0 ? " " : "", term.words[i]);
    absl::StrAppend(&out, term.prefix ? "\"*" : "\"");
  }
  return out;
}

absl::StatusOr<std::string> Query(absl::string_view text, absl::string_view between) {
  FERRO_ASSIGN(const sql::SearchTerms terms, sql::ParseSearch(text));
  if (terms.wanted.empty()) return std::string("\"\"");
  std::string out = absl::StrCat("(", Joined(terms.wanted, between), ")");
  if (!terms.unwanted.empty()) absl::StrAppend(&out, " NOT (", Joined(terms.unwanted, " OR "), ")");
  return out;
}

absl::StatusOr<std::string> AllWords(absl::string_view text) { return Query(text, " AND "); }
absl::StatusOr<std::string> AnyWord(absl::string_view text) { return Query(text, " OR "); }

}  // namespace

// bm25() is the smaller the better a row fits.
void SqliteRenderer::Search(const ast::TextSearch& search) {
  if (!search.key) return Refuse(sql::Feature::kTextSearch, kNoKey);
  if (search.rank) {
    sql_ << "COALESCE((SELECT -bm25(";
    sql_.Identifier(search.index);
    sql_ << ") FROM ";
  } else {
    Expression(*search.key);
    sql_ << " IN (SELECT rowid FROM ";
  }
  sql_.Identifier(search.index);
  sql_ << " WHERE ";
  sql_.Identifier(search.index);
  sql_ << " MATCH ";
  SearchWords(search, AllWords, AnyWord);
  if (search.rank) {
    sql_ << " AND rowid = ";
    Expression(*search.key);
    sql_ << "), 0.0)";
  } else {
    sql_ << ")";
  }
}

void SqliteRenderer::SearchedText(ast::List<ast::Name> columns, absl::string_view before) {
  absl::string_view between;
  for (const ast::Name column : columns) {
    sql_ << between << "coalesce(" << before;
    sql_.Identifier(column);
    sql_ << ", '')";
    between = " || ' ' || ";
  }
}

// One of three. An entry is taken out by saying once more what it was.
void SqliteRenderer::TextTrigger(const ast::CreateTextIndex& index, absl::string_view event) {
  const auto row = [&](absl::string_view of) {
    sql_ << of;
    sql_.Identifier(index.key);
    sql_ << ", ";
    SearchedText(index.columns, of);
    sql_ << "); ";
  };
  const bool update = event == "update";
  sql_ << "CREATE TRIGGER IF NOT EXISTS ";
  sql_.Identifier(absl::StrCat(index.name, "_", event));
  sql_ << " AFTER " << (update ? "UPDATE OF " : event == "insert" ? "INSERT" : "DELETE");
  if (update) {
    sql_.Identifier(index.key);
    for (const ast::Name column : index.columns) {
      sql_ << ", ";
      sql_.Identifier(column);
    }
  }
  sql_ << " ON ";
  sql_.Identifier(index.table);
  sql_ << " BEGIN ";
  if (event != "insert") {
    sql_ << "INSERT INTO ";
    sql_.Identifier(index.name);
    sql_ << " (";
    sql_.Identifier(index.name);
    sql_ << ", rowid, words) VALUES ('delete', ";
    row("old.");
  }
  if (event != "delete") {
    sql_ << "INSERT INTO ";
    sql_.Identifier(index.name);
    sql_ << " (rowid, words) VALUES (";
    row("new.");
  }
  sql_ << "END";
}

void SqliteRenderer::CreateTextIndex(const ast::CreateTextIndex& index, sql::Compiled& compiled) {
  if (index.key.empty()) return Refuse(sql::Feature::kTextSearch, kNoKey);
  compiled.atomic = true;
  sql_ << "CREATE VIRTUAL TABLE IF NOT EXISTS ";
  sql_.Identifier(index.name);
  sql_ << " USING fts5(words, content='', tokenize='unicode61 remove_diacritics 0')";
  AddStep(compiled);
  // The rows that are there, the first time.
  sql_ << "INSERT INTO ";
  sql_.Identifier(index.name);
  sql_ << " (rowid, words) SELECT ";
  sql_.Identifier(index.key);
  sql_ << ", ";
  SearchedText(index.columns, "");
  sql_ << " FROM ";
  sql_.Identifier(index.table);
  sql_ << " WHERE NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = ";
  sql_.String(absl::StrCat(index.name, "_insert"));
  sql_ << ")";
  AddStep(compiled).counts = false;
  for (const absl::string_view event : {"insert", "delete", "update"}) {
    TextTrigger(index, event);
    AddStep(compiled);
  }
}

void SqliteRenderer::DropTextIndex(const ast::DropTextIndex& index, sql::Compiled& compiled) {
  compiled.atomic = true;
  for (const absl::string_view event : {"insert", "delete", "update"}) {
    sql_ << "DROP TRIGGER IF EXISTS ";
    sql_.Identifier(absl::StrCat(index.name, "_", event));
    AddStep(compiled);
  }
  sql_ << "DROP TABLE IF EXISTS ";
  sql_.Identifier(index.name);
  AddStep(compiled);
}

}  // namespace ferro::sqlite
