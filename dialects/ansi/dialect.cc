// The reference dialect: it renders as ISO SQL reads and has no server. Copy this folder to begin a
// dialect.
#include "dialects/ansi/ansi.h"
#include "dialects/ansi/tables.h"
#include "engine/sql/renderer.h"

namespace ferro::ansi {
namespace {

sql::DialectProfile Resolve(const ServerVersion& version) {
  sql::DialectProfile profile;
  profile.dialect = "ansi";
  profile.version = version;
  profile.lexicon = &kLexicon;
  profile.features = &kFeatures;
  profile.functions = kFunctions;
  profile.make_renderer = sql::MakeRenderer<sql::Renderer>;
  return profile;
}

}  // namespace

const sql::Dialect& GetDialect() {
  static const sql::Dialect dialect = {.name = "ansi", .schemes = {}, .resolve = Resolve};
  return dialect;
}

}  // namespace ferro::ansi
