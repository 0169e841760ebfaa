// docs/dialects.md is what the feature tables say. Run with FERRO_UPDATE_GOLDEN=1 it is written anew; else it must be
// equal.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "dialects/builtin.h"
#include "engine/db/registry.h"

namespace ferro {
namespace {

// The newest server of each profile that the tests run against, so that `since` shows.
constexpr ServerVersion kServers[] = {{Product::kSqlite, 3, 40, 1},
                                      {Product::kPostgresql, 15, 0, 0},
                                      {Product::kMariadb, 10, 11, 0},
                                      {Product::kMysql, 9, 7, 0}};

absl::string_view DialectOf(Product product) {
  switch (product) {
    case Product::kAnsi: return "ansi";
    case Product::kSqlite: return "sqlite";
    case Product::kPostgresql: return "postgresql";
    case Product::kMariadb:
    case Product::kMysql: return "mysql";
  }
  return "";
}

std::string Cell(const sql::DialectProfile& profile, sql::Feature feature) {
  const sql::FeatureRow& row = (*profile.features)[static_cast<size_t>(feature)];
  switch (row.support) {
    case sql::Support::kNative:
      if (row.since.major == 0) return "yes";
      return absl::StrCat("since ", row.since.major, ".", row.since.minor);
    case sql::Support::kRewritten: return absl::StrCat("rewritten: ", row.advice);
    case sql::Support::kRefused: return absl::StrCat("**refused**: ", row.advice);
  }
  return "";
}

std::string Table() {
  std::string out =
      "# What each database does\n\n"
      "Written by `tests/docs/feature_table_test.cc` from the feature tables of the dialects; do not edit. A statement\n"
      "means the same on every database: what a server lacks is rewritten exactly, or refused with advice.\n";
  RegisterBuiltinDialects();
  for (size_t i = 0; i < sql::kFeatureCount; ++i) {
    const auto feature = static_cast<sql::Feature>(i);
    absl::StrAppend(&out, "\n## ", Name(feature), "\n\n", Description(feature), "\n\n");
    for (const ServerVersion& server : kServers) {
      const sql::Dialect* dialect = db::DialectForScheme(DialectOf(server.product));
      if (dialect == nullptr) continue;
      absl::StrAppend(&out, "- ", Name(server.product), ": ", Cell(dialect->resolve(server), feature), "\n");
    }
  }
  return out;
}

TEST(FeatureTable, IsWhatTheDialectsSay) {
  const std::string path = absl::StrCat(FERRO_SOURCE_ROOT, "/docs/dialects.md");
  const std::string table = Table();
  if (std::getenv("FERRO_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << table;
    return;
  }
  std::stringstream found;
  found << std::ifstream(path).rdbuf();
  EXPECT_EQ(found.str(), table) << "run this test with FERRO_UPDATE_GOLDEN=1 and look at the difference";
}

}  // namespace
}  // namespace ferro
