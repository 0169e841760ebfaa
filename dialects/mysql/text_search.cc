// Text search: a FULLTEXT index of a stored column that the server makes of the others, which SELECT * does not show. In
// it words are in small letters and have two signs behind them, so that the server's words that are too short or too
// frequent to be indexed are indexed, too.
#include "engine/sql/text_search.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dialects/mysql/renderer.h"
#include "engine/base/try.h"

namespace ferro::mysql {
namespace {

constexpr char kBehindWord[] = "__";

// Boolean mode (https://dev.mysql.com/doc/refman/9.7/en/fulltext-boolean.html); words are letters and digits.
void AppendTerms(std::string& out, absl::string_view sign, const std::vector<sql::SearchTerm>& terms) {
  for (const sql::SearchTerm& term : terms) {
    absl::StrAppend(&out, out.empty() ? "" : " ", sign);
    if (term.prefix) {
      absl::StrAppend(&out, term.words[0], "*");
      continue;
    }
    const bool phrase = term.words.size() > 1;
    if (phrase) out += '"';
    for (size_t i = 0; i < term.words.size(); ++i) {
      absl::StrAppend(&out, i > 0 ? " " : "", term.words[i], kBehindWord);
    }
    if (phrase) out += '"';
  }
}

absl::StatusOr<std::string> Query(absl::string_view text, absl::string_view sign) {
  FERRO_ASSIGN(const sql::SearchTerms terms, sql::ParseSearch(text));
  std::string out;
  if (terms.wanted.empty()) return out;
  AppendTerms(out, sign, terms.wanted);
  AppendTerms(out, "-", terms.unwanted);
  return out;
}

absl::StatusOr<std::string> AllWords(absl::string_view text) { return Query(text, "+"); }
absl::StatusOr<std::string> AnyWord(absl::string_view text) { return Query(text, ""); }

}  // namespace

void MysqlRenderer::Search(const ast::TextSearch& search) {
  ast::Column made;
  made.source = search.columns[0]->source;
  made.name = search.index;
  sql_ << "MATCH (";
  Expression(made);
  sql_ << ") AGAINST (LOWER(";
  SearchWords(search, AllWords, AnyWord);
  sql_ << ") IN BOOLEAN MODE)";
  if (!search.rank) sql_ << " > 0";
}

void MysqlRenderer::CreateTextIndex(const ast::CreateTextIndex& index, sql::Compiled& compiled) {
  sql_ << "ALTER TABLE ";
  sql_.Identifier(index.table);
  sql_ << " ADD COLUMN ";
  sql_.Identifier(index.name);
  sql_ << " LONGTEXT CHARACTER SET utf8mb4 COLLATE " << BinaryCollation()
       << " GENERATED ALWAYS AS (REGEXP_REPLACE(LOWER(CONCAT_WS(' '";
  for (const ast::Name column : index.columns) {
    sql_ << ", ";
    sql_.Identifier(column);
  }
  // The last word has something behind it, too.
  sql_ << ", '')), '[^[:alnum:]]+', '" << kBehindWord << " ')) STORED INVISIBLE, ADD FULLTEXT INDEX ";
  sql_.Identifier(index.name);
  sql_ << " (";
  sql_.Identifier(index.name);
  sql_ << ")";
  AddStep(compiled).tolerated_native_code = 1060;  // ER_DUP_FIELDNAME
}

void MysqlRenderer::DropTextIndex(const ast::DropTextIndex& index, sql::Compiled& compiled) {
  sql_ << "ALTER TABLE ";
  sql_.Identifier(index.table);
  sql_ << " DROP COLUMN ";
  sql_.Identifier(index.name);
  AddStep(compiled).tolerated_native_code = 1091;  // ER_CANT_DROP_FIELD_OR_KEY
}

}  // namespace ferro::mysql
