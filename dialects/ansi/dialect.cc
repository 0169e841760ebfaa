// The reference dialect: it renders as ISO SQL reads and has no server. Copy this folder to begin a
// dialect.
#include <memory>

#include "dialects/ansi/ansi.h"
#include "dialects/ansi/tables.h"
#include "engine/sql/renderer.h"

namespace ferro::ansi {
namespace {

std::unique_ptr<sql::Renderer> MakeRenderer(sql::SqlWriter& writer,
                                            const sql::DialectProfile& profile) {
  return std::make_unique<sql::Renderer>(writer, profile);
}

sql::DialectProfile Resolve(const ServerVersion& version) {
  sql::DialectProfile profile;
  profile.dialect = "ansi";
  profile.version = version;
  profile.lexicon = &kLexicon;
  profile.features = &kFeatures;
  profile.make_renderer = MakeRenderer;
  return profile;
}

}  // namespace

const sql::Dialect& GetDialect() {
  static const sql::Dialect dialect = {.name = "ansi", .schemes = {}, .resolve = Resolve};
  return dialect;
}

}  // namespace ferro::ansi
