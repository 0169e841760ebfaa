// Text search: tsvector and tsquery (https://www.postgresql.org/docs/current/textsearch.html). What is no letter or digit
// becomes a space first, or the server would take "first/second" for a path and "-1" for a number.
#include "engine/sql/text_search.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dialects/postgresql/renderer.h"
#include "engine/base/try.h"

namespace ferro::postgresql {
namespace {

// Words are letters and digits, so quotes hold them.
std::string TermText(const sql::SearchTerm& term) {
  std::string out;
  for (const std::string& word : term.words) {
    absl::StrAppend(&out, out.empty() ? "" : " <-> ", "'", word, "'");
  }
  if (term.prefix) out += ":*";
  return term.words.size() > 1 ? absl::StrCat("(", out, ")") : out;
}

std::string Joined(const std::vector<sql::SearchTerm>& terms, absl::string_view between) {
  std::string out;
  for (const sql::SearchTerm& term : terms) {
    absl::StrAppend(&out, out.empty() ? "" : between, TermText(term));
  }
  return out;
}

absl::StatusOr<std::string> Query(absl::string_view text, absl::string_view between) {
  FERRO_ASSIGN(const sql::SearchTerms terms, sql::ParseSearch(text));
  if (terms.wanted.empty()) return std::string();
  std::string out = absl::StrCat("(", Joined(terms.wanted, between), ")");
  if (!terms.unwanted.empty()) absl::StrAppend(&out, " & !(", Joined(terms.unwanted, " | "), ")");
  return out;
}

absl::StatusOr<std::string> AllWords(absl::string_view text) { return Query(text, " & "); }
absl::StatusOr<std::string> AnyWord(absl::string_view text) { return Query(text, " | "); }

}  // namespace

template <class Columns, class Write>
void PostgresqlRenderer::SearchedText(ast::Name language, const Columns& columns, Write write) {
  sql_ << "to_tsvector(";
  sql_.String(language);
  sql_ << ", regexp_replace(";
  absl::string_view between;
  for (const auto& column : columns) {
    sql_ << between << "COALESCE(";
    write(column);
    sql_ << ", '')";
    between = " || ' ' || ";
  }
  sql_ << ", ";
  sql_.String(absl::StrCat(sql::kSearchSeparators, "+"));
  sql_ << ", ' ', 'g'))";
}

void PostgresqlRenderer::Search(const ast::TextSearch& search) {
  if (search.rank) sql_ << "CAST(ts_rank(";
  SearchedText(search.language, search.columns, [this](const ast::Column* column) { Expression(*column); });
  sql_ << (search.rank ? ", " : " @@ ") << "to_tsquery(";
  sql_.String(search.language);
  sql_ << ", ";
  SearchWords(search, AllWords, AnyWord);
  sql_ << (search.rank ? ")) AS double precision)" : ")");
}

void PostgresqlRenderer::CreateTextIndex(const ast::CreateTextIndex& index, sql::Compiled& compiled) {
  sql_ << "CREATE INDEX IF NOT EXISTS ";
  sql_.Identifier(index.name);
  sql_ << " ON ";
  sql_.Identifier(index.table);
  sql_ << " USING GIN (";
  SearchedText(index.language, index.columns, [this](ast::Name column) { sql_.Identifier(column); });
  sql_ << ")";
  AddStep(compiled);
}

void PostgresqlRenderer::DropTextIndex(const ast::DropTextIndex& index, sql::Compiled& compiled) {
  sql_ << "DROP INDEX IF EXISTS ";
  sql_.Identifier(index.name);
  AddStep(compiled);
}

}  // namespace ferro::postgresql
