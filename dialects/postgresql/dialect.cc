// PostgreSQL.
#include "dialects/postgresql/driver.h"
#include "dialects/postgresql/postgresql.h"
#include "dialects/postgresql/renderer.h"
#include "dialects/postgresql/tables.h"

namespace ferro::postgresql {
namespace {

constexpr absl::string_view kSchemes[] = {"postgresql", "postgres"};

sql::DialectProfile Resolve(const ServerVersion& version) {
  sql::DialectProfile profile;
  profile.dialect = "postgresql";
  profile.version = version;
  profile.lexicon = &kLexicon;
  profile.features = &kFeatures;
  profile.functions = kFunctions;
  profile.make_renderer = sql::MakeRenderer<PostgresqlRenderer>;
  profile.append_literal = AppendLiteral;
  return profile;
}

}  // namespace

const sql::Dialect& GetDialect() {
  static const sql::Dialect dialect = {
      .name = "postgresql", .schemes = kSchemes, .resolve = Resolve, .make_driver = MakeDriver};
  return dialect;
}

}  // namespace ferro::postgresql
