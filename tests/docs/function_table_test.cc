// The part of docs/functions.md below "databases" is what engine/ast/function.h says of each
// function, what the engine takes for it, and how each dialect says it. Run with
// FERRO_UPDATE_GOLDEN=1 it is written anew; else it must be equal. The part above is
// tests/python/test_functions_page.py's.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "dialects/builtin.h"
#include "engine/ast/function_words.h"
#include "engine/db/registry.h"
#include "engine/sql/functions.h"

namespace ferro {
namespace {

const std::string kBegin = "<!-- databases -->\n";

struct Server {
  absl::string_view dialect;
  ServerVersion version;
};
constexpr Server kServers[] = {{"sqlite", {Product::kSqlite, 3, 40, 1}},
                               {"postgresql", {Product::kPostgresql, 15, 0, 0}},
                               {"mysql", {Product::kMariadb, 10, 11, 0}},
                               {"mysql", {Product::kMysql, 9, 7, 0}}};

std::string Read(absl::string_view path) {
  std::stringstream text;
  text << std::ifstream(absl::StrCat(FERRO_SOURCE_ROOT, "/", path)).rdbuf();
  return text.str();
}

// What stands beside each enumerator of an enum in engine/ast/function.h: its name without the k,
// and the comment behind it.
std::vector<std::pair<std::string, std::string>> Enumerators(absl::string_view which) {
  std::vector<std::pair<std::string, std::string>> found;
  bool inside = false;
  const std::string start = absl::StrCat("enum class ", which, " :");
  const std::string header = Read("engine/ast/function.h");
  for (absl::string_view line : absl::StrSplit(header, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (absl::StartsWith(line, "enum class ")) inside = absl::StartsWith(line, start);
    if (!inside || !absl::ConsumePrefix(&line, "k")) continue;
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits("//", 1));
    const absl::string_view name = parts.first.substr(0, parts.first.find(' '));
    found.emplace_back(name, absl::StripAsciiWhitespace(parts.second));
  }
  return found;
}

absl::string_view Taken(sql::Takes takes) {
  switch (takes) {
    case sql::Takes::kAny: return "comparable";
    case sql::Takes::kCommon: return "value";
    case sql::Takes::kText: return "text";
    case sql::Takes::kTextOrBytes: return "text or bytes";
    case sql::Takes::kInteger: return "int64";
    case sql::Takes::kNumber:
    case sql::Takes::kFloat: return "number";
    case sql::Takes::kDecimal: return "decimal";
    case sql::Takes::kDay: return "date or timestamp";
    case sql::Takes::kClock: return "time or timestamp";
    case sql::Takes::kDate: return "date";
    case sql::Takes::kTimestamp: return "timestamp";
    case sql::Takes::kBool: return "bool";
    case sql::Takes::kJson: return "json";
    case sql::Takes::kCommonDay: return "day";
    case sql::Takes::kSpan: return "timestamp or interval";
    case sql::Takes::kInterval: return "interval";
    case sql::Takes::kArray: return "array";
    case sql::Takes::kCommonArray: return "array";
    case sql::Takes::kAnything: return "anything";
  }
  return "";
}

absl::string_view Given(const sql::Signature& signature) {
  switch (signature.gives) {
    case sql::Gives::kCommon: return "the values' type";
    case sql::Gives::kFirst: return "the first argument's type";
    case sql::Gives::kBool: return "bool";
    case sql::Gives::kInteger: return "int64";
    case sql::Gives::kFloat: return "float64";
    case sql::Gives::kText: return "text";
    case sql::Gives::kDate: return "date";
    case sql::Gives::kTimestampTz: return "timestamptz";
    case sql::Gives::kJson: return "json";
    case sql::Gives::kInterval: return "interval";
  }
  return "";
}

// "(text, int64[, int64]) gives text".
std::string Text(const sql::Signature& signature) {
  const bool many = signature.most == sql::Signature::kMany;
  std::string out = "(";
  for (size_t i = 0; i < (many ? signature.least : signature.most); ++i) {
    absl::StrAppend(&out, i >= signature.least ? "[" : "", i > 0 ? ", " : "",
                    Taken(signature.of(i)));
  }
  if (!many) out.append(signature.most - signature.least, ']');
  return absl::StrCat(out, many ? ", …" : "", ") gives ", Given(signature));
}

std::string Said(const sql::FunctionRow& row) {
  std::string when;
  if (row.when != Type::kNull) absl::StrAppend(&when, "of ", Name(row.when), " ");
  if (row.arguments != 0) absl::StrAppend(&when, "with ", row.arguments, " arguments ");
  if (row.sql.empty()) return absl::StrCat(when, "**refused**: ", row.advice);
  if (row.since.major != 0) {
    absl::StrAppend(&when, "since ", row.since.major, ".", row.since.minor, " ");
  }
  return absl::StrCat(when, "`", row.sql, "`");
}

std::string Said(const sql::DialectProfile& profile, ast::Function function) {
  std::string out;
  for (const sql::FunctionRow& row : profile.functions) {
    if (row.function == function) absl::StrAppend(&out, out.empty() ? "" : "; else ", Said(row));
  }
  return out.empty() ? "**refused**: compute it in the program" : out;
}

// One line for all servers that say it alike.
std::string Databases(ast::Function function) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const Server& server : kServers) {
    const sql::Dialect* dialect = db::DialectForScheme(server.dialect);
    if (dialect == nullptr) continue;
    const std::string said = Said(dialect->resolve(server.version), function);
    const absl::string_view name = Name(server.version.product);
    if (!lines.empty() && lines.back().second == said) {
      absl::StrAppend(&lines.back().first, ", ", name);
    } else {
      lines.emplace_back(name, said);
    }
  }
  std::string out;
  for (const auto& [names, said] : lines) absl::StrAppend(&out, "- ", names, ": ", said, "\n");
  return out;
}

std::string Entry(absl::string_view word, const sql::Signature& signature,
                  absl::string_view meaning) {
  std::string out = absl::StrCat("\n### ", word, "\n\n", Text(signature));
  if (!meaning.empty()) absl::StrAppend(&out, ": ", meaning);
  return absl::StrCat(out, ".\n");
}

std::string Part() {
  RegisterBuiltinDialects();
  std::string out =
      "\n## What each database is told\n\n"
      "By the functions' names in plans. `$1` is the first argument, `$*` all of them with\n"
      "commas, `$=` the same as operands of one comparison, `$|` with `||` between them, `$?`\n"
      "whether any of them is NULL, `$~` the collation that compares exactly. Functions called\n"
      "`ferro_…` are ours, added to each connection.\n";
  const auto functions = Enumerators("Function");
  for (ast::Function function : ast::Functions()) {
    const std::string& meaning = functions.at(ast::IndexOf(function)).second;
    // What has a path of JSON in it is no text with arguments.
    absl::StrAppend(&out, Entry(ast::WordOf(function), sql::SignatureOf(function), meaning), "\n",
                    ast::IsJsonChange(function) ? "- The renderers' `json.cc` say it.\n" : Databases(function));
  }
  absl::StrAppend(&out,
                  "\n## Aggregates\n\nThe renderers' `calls.cc` say them; what some databases lack "
                  "is in [dialects.md](dialects.md).\n");
  const auto aggregates = Enumerators("AggregateFunction");
  for (size_t i = 0; i < aggregates.size(); ++i) {
    const auto function = static_cast<ast::AggregateFunction>(i);
    absl::StrAppend(&out, Entry(ast::WordOf(function), sql::SignatureOf(function),
                                aggregates[i].second));
  }
  absl::StrAppend(&out, "\n## Window functions\n");
  const auto windows = Enumerators("WindowFunction");
  for (size_t i = 0; i < windows.size(); ++i) {
    const auto function = static_cast<ast::WindowFunction>(i);
    absl::StrAppend(&out, Entry(ast::WordOf(function), sql::SignatureOf(function),
                                windows[i].second));
  }
  return out;
}

TEST(FunctionTable, TheHeaderHasAsManyFunctionsAsTheEngine) {
  EXPECT_EQ(Enumerators("Function").size(), ast::kFunctionCount);
  EXPECT_EQ(Enumerators("AggregateFunction").size(),
            static_cast<size_t>(ast::kLastAggregateFunction) + 1);
  EXPECT_EQ(Enumerators("WindowFunction").size(),
            static_cast<size_t>(ast::kLastWindowFunction) + 1);
}

TEST(FunctionTable, IsWhatTheDialectsSay) {
  const std::string page = Read("docs/functions.md");
  const size_t begin = page.find(kBegin);
  ASSERT_NE(begin, std::string::npos) << "docs/functions.md has lost its line " << kBegin;
  const std::string above = page.substr(0, begin + kBegin.size());
  if (std::getenv("FERRO_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(absl::StrCat(FERRO_SOURCE_ROOT, "/docs/functions.md")) << above << Part();
    return;
  }
  EXPECT_EQ(page, above + Part())
      << "run this test with FERRO_UPDATE_GOLDEN=1 and look at the difference";
}

}  // namespace
}  // namespace ferro
