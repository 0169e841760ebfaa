// SQLite: one file, or memory, in this process.
#include "dialects/sqlite/driver.h"
#include "dialects/sqlite/sqlite.h"
#include "dialects/sqlite/renderer.h"
#include "dialects/sqlite/tables.h"

namespace ferro::sqlite {
namespace {

constexpr absl::string_view kSchemes[] = {"sqlite"};

sql::DialectProfile Resolve(const ServerVersion& version) {
  sql::DialectProfile profile;
  profile.dialect = "sqlite";
  profile.version = version;
  profile.lexicon = &kLexicon;
  profile.features = &kFeatures;
  profile.functions = kFunctions;
  profile.make_renderer = sql::MakeRenderer<SqliteRenderer>;
  profile.append_literal = AppendLiteral;
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
