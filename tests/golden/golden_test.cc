// Compiles each case of the .case files beside this file for every dialect and compares the text
// with what stands there. With FERRO_UPDATE_GOLDEN=1 in the environment the files are rewritten
// instead; the diff is the review.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "dialects/builtin.h"
#include "engine/ast/function_words.h"
#include "engine/db/registry.h"
#include "engine/plan/sexpr.h"
#include "engine/plan/sexpr_words.h"
#include "engine/sql/compile.h"
#include "tests/support/case_file.h"
#include "tests/support/status_matchers.h"

namespace ferro {
namespace {

using testing::Case;

struct Profile {
  const char* name;
  const char* dialect;
  ServerVersion version;
};

// In the order of the sections.
constexpr Profile kProfiles[] = {
    {"ansi", "ansi", {Product::kAnsi, 2016, 0, 0}},
    {"sqlite", "sqlite", {Product::kSqlite, 3, 40, 1}},
    {"postgresql", "postgresql", {Product::kPostgresql, 15, 0, 0}},
    {"mariadb", "mysql", {Product::kMariadb, 10, 11, 0}},
    {"mysql", "mysql", {Product::kMysql, 9, 7, 0}},
};

std::string Describe(const sql::Text& text) {
  std::string out = absl::StrJoin(text.pieces, "{list}");
  if (text.binds.empty()) return out;
  absl::StrAppend(&out, "\nbinds:");
  for (const sql::Bind& bind : text.binds) {
    switch (bind.source) {
      case sql::BindSource::kParameter:
        absl::StrAppend(&out, " ", bind.index + 1);
        break;
      case sql::BindSource::kList:
        absl::StrAppend(&out, " [", bind.index + 1, "]");
        break;
      case sql::BindSource::kKeys:
        absl::StrAppend(&out, " [keys]");
        break;
    }
  }
  return out;
}

std::string RoleWords(sql::StepRole role) {
  switch (role) {
    case sql::StepRole::kMain:
      return "rows";
    case sql::StepRole::kCollectKeys:
      return "keys";
    case sql::StepRole::kInsertForKeys:
      return "insert";
    case sql::StepRole::kAffect:
      return "affect";
  }
  return "";
}

std::string DescribeBulk(const sql::Compiled& compiled) {
  const sql::Bulk& bulk = compiled.bulk;
  std::string out;
  switch (bulk.style) {
    case sql::BulkStyle::kNone:
      return "";
    case sql::BulkStyle::kValues:
      out = absl::StrCat("bulk: ", bulk.head, bulk.row, ", …", bulk.tail, "\n");
      break;
    case sql::BulkStyle::kArrays:
      out = absl::StrCat("bulk: ", Describe(bulk.arrays), "\n");
      break;
  }
  if (bulk.one_row_each) absl::StrAppend(&out, "bulk: one row each\n");
  if (compiled.has_generated_key_order) absl::StrAppend(&out, "bulk: sorted by generated keys\n");
  return out;
}

std::string Describe(const sql::Compiled& compiled) {
  std::string out;
  for (size_t i = 0; i < compiled.steps.size(); ++i) {
    const sql::Step& step = compiled.steps[i];
    if (compiled.steps.size() > 1) absl::StrAppend(&out, i + 1, " ", RoleWords(step.role), ": ");
    absl::StrAppend(&out, Describe(step.text), "\n");
    if (step.tolerated_native_code != 0) {
      absl::StrAppend(&out, "tolerates: error ", step.tolerated_native_code, "\n");
    }
  }
  if (compiled.keys_are_result) absl::StrAppend(&out, "rows: the keys of the insert\n");
  return out + DescribeBulk(compiled);
}

std::string Compiled(const Case& one, const sql::DialectProfile& profile) {
  Arena arena;
  const auto plan = plan::ParseSexpr(one.source, arena);
  if (!plan.ok()) return absl::StrCat("error: ", plan.status().message(), "\n");
  const auto compiled = sql::Compile(*plan, profile);
  if (compiled.ok()) return Describe(*compiled);
  const ErrorDetail detail = DetailOf(compiled.status());
  const bool refused = detail.error_class == ErrorClass::kUnsupported;
  return absl::StrCat(refused ? "refused: " : "error: ", refused ? "" : compiled.status().message(),
                      refused || detail.hint.empty() ? "" : ": ", detail.hint, "\n");
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::filesystem::path> CaseFiles() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(FERRO_GOLDEN_DIR)) {
    if (entry.path().extension() == ".case") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class GoldenFile : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(GoldenFile, CompilesAsWritten) {
  RegisterBuiltinDialects();
  const std::string text = ReadFile(GetParam());
  ASSERT_OK_AND_ASSIGN(std::vector<Case> cases, testing::ParseCases(text));
  for (Case& one : cases) {
    const Case written = one;
    one.sections.clear();
    for (const Profile& profile : kProfiles) {
      const sql::Dialect* dialect = db::DialectForScheme(profile.dialect);
      // A build without a client library has no text of its own for the section, and keeps it.
      one.sections.emplace_back(
          profile.name, dialect == nullptr ? written.Section(profile.name)
                                           : Compiled(one, dialect->resolve(profile.version)));
    }
  }
  const std::string made = testing::FormatCases(cases);
  if (std::getenv("FERRO_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(GetParam(), std::ios::binary) << made;
    return;
  }
  EXPECT_EQ(made, text);
}

// What the S-expressions of all cases say, word by word.
std::set<std::string> WordsOfCases() {
  std::set<std::string> words;
  for (const std::filesystem::path& path : CaseFiles()) {
    const auto cases = testing::ParseCases(ReadFile(path));
    if (!cases.ok()) continue;
    for (const Case& one : *cases) {
      for (const absl::string_view word : absl::StrSplit(one.source, absl::ByAnyChar("() \n"))) words.emplace(word);
    }
  }
  return words;
}

TEST(Golden, EachConstructHasACase) {
  const std::set<std::string> words = WordsOfCases();
  const auto expect = [&words](absl::string_view word) {
    EXPECT_TRUE(words.contains(std::string(word))) << "no case has (" << word << " …)";
  };
  for (const ast::Function function : ast::Functions()) expect(ast::WordOf(function));
  for (int i = 0; i <= static_cast<int>(ast::kLastAggregateFunction); ++i) {
    expect(ast::WordOf(static_cast<ast::AggregateFunction>(i)));
  }
  for (int i = 0; i <= static_cast<int>(ast::kLastWindowFunction); ++i) {
    expect(ast::WordOf(static_cast<ast::WindowFunction>(i)));
  }
  for (const plan::FormHead& form : plan::kFormHeads) expect(form.word);
  for (const absl::string_view word : plan::kBinaryWords) expect(word);
  for (const absl::string_view word : plan::kUnaryWords) expect(word);
}

std::string NameOf(const ::testing::TestParamInfo<std::filesystem::path>& info) {
  return info.param.stem().string();
}

INSTANTIATE_TEST_SUITE_P(Files, GoldenFile, ::testing::ValuesIn(CaseFiles()), NameOf);

}  // namespace
}  // namespace ferro
