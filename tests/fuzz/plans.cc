// Plans: bytes as they cross the C ABI or, when the input begins like one, an S-expression, which
// is easier to write and to mutate into something that is nearly right. What can be read is
// written, dumped and compiled for every dialect.
#include <memory>

#include "dialects/mysql/renderer.h"
#include "dialects/mysql/tables.h"
#include "dialects/postgresql/renderer.h"
#include "dialects/postgresql/tables.h"
#include "dialects/sqlite/renderer.h"
#include "dialects/sqlite/tables.h"
#include "engine/base/error.h"
#include "engine/plan/reader.h"
#include "engine/plan/sexpr.h"
#include "engine/plan/writer.h"
#include "engine/sql/compile.h"
#include "tests/fuzz/fuzz.h"

namespace ferro {
namespace {

using fuzz::Check;

// clang 14 does not instantiate all templates of engine/sql/rewrite.cc, and GCC does:
// with libFuzzer only reading, writing and dumping are looked at.
#ifdef __clang__
void CompileEverywhere(const plan::Plan&) {}
#else
// What the dialects themselves say (dialect.cc), without their drivers.
sql::DialectProfile Profile(absl::string_view dialect, Product product, int major, int minor,
                            const sql::Lexicon& lexicon, const sql::FeatureTable& features,
                            std::span<const sql::FunctionRow> functions,
                            decltype(sql::DialectProfile::make_renderer) make) {
  sql::DialectProfile profile;
  profile.dialect = dialect;
  profile.version = {product, major, minor, 0};
  profile.lexicon = &lexicon;
  profile.features = &features;
  profile.functions = functions;
  profile.make_renderer = make;
  return profile;
}

const sql::DialectProfile* Profiles(size_t& count) {
  static const sql::DialectProfile profiles[] = {
      Profile("sqlite", Product::kSqlite, 3, 40, sqlite::kLexicon, sqlite::kFeatures,
              sqlite::kFunctions, sql::MakeRenderer<sqlite::SqliteRenderer>),
      Profile("postgresql", Product::kPostgresql, 15, 0, postgresql::kLexicon,
              postgresql::kFeatures, postgresql::kFunctions, sql::MakeRenderer<postgresql::PostgresqlRenderer>),
      Profile("mysql", Product::kMariadb, 10, 11, mysql::kMariadbLexicon, mysql::kMariadbFeatures,
              mysql::kFunctions, sql::MakeRenderer<mysql::MysqlRenderer>),
      Profile("mysql", Product::kMysql, 9, 7, mysql::kMysqlLexicon, mysql::kMysqlFeatures,
              mysql::kFunctions, sql::MakeRenderer<mysql::MysqlRenderer>)};
  count = std::size(profiles);
  return profiles;
}

void CompileEverywhere(const plan::Plan& plan) {
  size_t count = 0;
  const sql::DialectProfile* const profiles = Profiles(count);
  for (size_t i = 0; i < count; ++i) {
    const absl::StatusOr<sql::Compiled> compiled = sql::Compile(plan, profiles[i]);
    if (!compiled.ok()) {
      const ErrorClass error = ClassOf(compiled.status());
      Check(error == ErrorClass::kUnsupported || error == ErrorClass::kPlan ||
                error == ErrorClass::kInvalidArgument,
            "an error's class");
      continue;
    }
    Check(!compiled->steps.empty(), "a statement has steps");
    for (const sql::Step& step : compiled->steps) {
      const std::vector<size_t> sizes(step.text.pieces.size() - 1, 3);
      Check(!sql::Expand(step.text, *profiles[i].lexicon, sizes).empty(), "a step has a text");
    }
  }
}

#endif

void OnePlan(absl::string_view bytes) {
  const fuzz::Exact exact(bytes);
  Arena arena;
  const absl::StatusOr<plan::Plan> read = plan::Read(exact.view(), arena);
  if (!read.ok()) {
    return Check(ClassOf(read.status()) == ErrorClass::kPlan, "an error's class");
  }
  plan::Writer writer;
  writer.Tree(*read->statement);
  // Only fields that a node got later may be left out of a plan.
  Check(writer.bytes() == bytes || writer.bytes().size() > bytes.size(), "equal plans are equal bytes");
  const std::string dumped = plan::Dump(*read->statement);
  const absl::StatusOr<plan::Plan> again = plan::ParseSexpr(dumped, arena);
  Check(again.ok() && plan::Dump(*again->statement) == dumped, "a dump can be read");
  CompileEverywhere(*read);
}

}  // namespace
}  // namespace ferro

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty() || (input.front() != '(' && input.front() != ';')) {
    ferro::OnePlan(input);
    return 0;
  }
  const absl::StatusOr<std::string> bytes = ferro::plan::Assemble(input);
  if (bytes.ok()) ferro::OnePlan(*bytes);
  return 0;
}
