// MySQL and MariaDB: two profiles, told apart by what the server says it is.
#include "dialects/mysql/driver.h"
#include "dialects/mysql/mysql.h"
#include "dialects/mysql/renderer.h"
#include "dialects/mysql/tables.h"

namespace ferro::mysql {
namespace {

constexpr absl::string_view kSchemes[] = {"mysql", "mariadb"};

sql::DialectProfile Resolve(const ServerVersion& version) {
  sql::DialectProfile profile;
  profile.dialect = "mysql";
  profile.version = version;
  const bool mariadb = version.product == Product::kMariadb;
  profile.lexicon = mariadb ? &kMariadbLexicon : &kMysqlLexicon;
  profile.features = mariadb ? &kMariadbFeatures : &kMysqlFeatures;
  profile.functions = kFunctions;
  profile.make_renderer = sql::MakeRenderer<MysqlRenderer>;
  profile.append_literal = AppendLiteral;
  return profile;
}

}  // namespace

const sql::Dialect& GetDialect() {
  static const sql::Dialect dialect = {
      .name = "mysql", .schemes = kSchemes, .resolve = Resolve, .make_driver = MakeDriver};
  return dialect;
}

}  // namespace ferro::mysql
