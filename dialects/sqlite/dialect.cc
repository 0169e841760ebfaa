// SQLite: one file, or memory, in this process.
#include <memory>

#include "dialects/sqlite/driver.h"
#include "dialects/sqlite/sqlite.h"
#include "dialects/sqlite/renderer.h"
#include "dialects/sqlite/tables.h"

namespace ferro::sqlite {
namespace {

constexpr absl::string_view kSchemes[] = {"sqlite"};

std::unique_ptr<sql::Renderer> MakeRenderer(sql::SqlWriter& writer,
                                            const sql::DialectProfile& profile) {
  return std::make_unique<SqliteRenderer>(writer, profile);
}

sql::DialectProfile Resolve(const ServerVersion& version) {
  sql::DialectProfile profile;
  profile.dialect = "sqlite";
  profile.version = version;
  profile.lexicon = &kLexicon;
  profile.features = &kFeatures;
  profile.make_renderer = MakeRenderer;
  // The defaults of SQLITE_MAX_VARIABLE_NUMBER and SQLITE_MAX_EXPR_DEPTH (https://sqlite.org/limits.html).
  profile.max_parameters = 32766;
  profile.bulk_rows = 100;  // measured: more rows in one statement are no faster (RETURNING included)
  profile.max_depth = 1000;
  return profile;
}

}  // namespace

const sql::Dialect& GetDialect() {
  static const sql::Dialect dialect = {
      .name = "sqlite", .schemes = kSchemes, .resolve = Resolve, .make_driver = MakeDriver};
  return dialect;
}

}  // namespace ferro::sqlite
