#include "engine/sql/compile.h"

#include <atomic>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/ast/rebuild.h"
#include "engine/base/error.h"
#include "engine/base/try.h"
#include "engine/sql/around.h"
#include "engine/sql/check_definition.h"
#include "engine/sql/check_grouping.h"
#include "engine/sql/features_of.h"
#include "engine/sql/renderer.h"
#include "engine/sql/rewrite.h"
#include "engine/sql/scope.h"
#include "engine/sql/type_of.h"
#include "engine/sql/writer.h"

namespace ferro::sql {
namespace {

uint64_t NextId() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

// PostgreSQL refuses a column that is set twice, others take the last value in silence.
absl::Status CheckSetOnce(ast::List<const ast::Assignment*> assignments) {
  std::unordered_set<absl::string_view, absl::Hash<absl::string_view>> seen;
  for (const ast::Assignment* assignment : assignments) {
    if (!seen.insert(assignment->column).second) {
      return MakeError(ErrorClass::kPlan,
                       absl::StrCat("column ", assignment->column, " is set twice"));
    }
  }
  return absl::OkStatus();
}

// A key that is an argument is looked at when the arguments are known (engine/db/execute.h).
absl::Status CheckKeyIsNotNull(const ast::Insert& insert) {
  for (const ast::Assignment* assignment : insert.row) {
    const bool is_null =
        assignment->value->kind == ast::Kind::kLiteral &&
        ast::As<ast::Literal>(*assignment->value).literal == ast::LiteralKind::kNull;
    if (is_null && absl::EqualsIgnoreCase(assignment->column, insert.key)) {
      return NullKeyError(insert.table, insert.key, insert.key_type);
    }
  }
  return absl::OkStatus();
}

// What the row that was to be inserted has in a column is of the type that is inserted.
const ast::Node* TypeExcluded(const ast::Node& node, const ast::Insert& insert, Arena& arena) {
  if (node.kind != ast::Kind::kExcluded) {
    return ast::Rebuild(node, arena, [&](const ast::Node& child) {
      return TypeExcluded(child, insert, arena);
    });
  }
  const auto& excluded = ast::As<ast::Excluded>(node);
  if (excluded.type != Type::kNull) return &node;
  for (const ast::Assignment* assignment : insert.row) {
    if (assignment->column != excluded.name) continue;
    auto* copy = arena.New<ast::Excluded>(excluded);
    copy->type = TypeOf(*assignment->value);
    return copy;
  }
  return &node;
}

// A column without a table might be that of either row.
absl::Status CheckUpsert(const ast::Upsert& upsert) {
  FERRO_TRY(CheckSetOnce(upsert.insert->row));
  FERRO_TRY(CheckSetOnce(upsert.assignments));
  if (upsert.insert->table == "excluded") {
    return MakeError(ErrorClass::kPlan, "an upsert into a table that is called excluded");
  }
  bool bare = false;
  const auto look = [&bare](const ast::Column& column) { bare = bare || column.source.empty(); };
  for (const ast::Assignment* assignment : upsert.assignments) {
    ForEachFreeColumn(*assignment->value, look);
  }
  if (upsert.where) ForEachFreeColumn(*upsert.where, look);
  if (bare) return MakeError(ErrorClass::kPlan, "a column of an upsert does not say its table");
  return CheckKeyIsNotNull(*upsert.insert);
}

absl::Status CheckInsertSelect(const ast::InsertSelect& insert) {
  std::unordered_set<absl::string_view, absl::Hash<absl::string_view>> seen;
  for (const ast::Name column : insert.columns) {
    if (!seen.insert(column).second) {
      return MakeError(ErrorClass::kPlan, absl::StrCat("column ", column, " is set twice"));
    }
  }
  if (ItemsOf(*insert.query).size() == insert.columns.size()) return absl::OkStatus();
  return MakeErrorWithHint(ErrorClass::kPlan,
                           "a query gives another number of columns than are inserted",
                           "select one value for each column");
}

bool Has(const ast::Node& node, ast::Kind kind) {
  bool found = false;
  const auto look = [&](const ast::Node& part) { found = found || part.kind == kind; };
  ast::Walk(node, look);
  return found;
}

absl::Status CheckExcluded(const ast::Statement& statement) {
  const bool upsert = statement.kind == ast::Kind::kUpsert;
  const ast::Node& outside = upsert ? *ast::As<ast::Upsert>(statement).insert : statement;
  if (!Has(outside, ast::Kind::kExcluded)) return absl::OkStatus();
  return MakeError(ErrorClass::kPlan, "the row that was to be inserted is known to an upsert only");
}

absl::Status CheckAssignments(const ast::Statement& statement) {
  FERRO_TRY(CheckExcluded(statement));
  if (statement.kind == ast::Kind::kUpsert) return CheckUpsert(ast::As<ast::Upsert>(statement));
  if (statement.kind == ast::Kind::kInsertSelect) {
    return CheckInsertSelect(ast::As<ast::InsertSelect>(statement));
  }
  if (statement.kind == ast::Kind::kInsert) {
    const auto& insert = ast::As<ast::Insert>(statement);
    FERRO_TRY(CheckSetOnce(insert.row));
    return CheckKeyIsNotNull(insert);
  }
  if (statement.kind == ast::Kind::kUpdate) {
    return CheckSetOnce(ast::As<ast::Update>(statement).assignments);
  }
  return absl::OkStatus();
}

absl::Status CheckFeatures(const FeatureSet& features, const DialectProfile& profile) {
  for (size_t i = 0; i < kFeatureCount; ++i) {
    if (features.test(i)) FERRO_TRY(profile.Check(static_cast<Feature>(i)));
  }
  return absl::OkStatus();
}

// A `T` that stands around the statement, which is then what it holds.
template <class T>
const T* Around(const ast::Statement*& statement) {
  if (statement->kind != T::kKind) return nullptr;
  const T& around = ast::As<T>(*statement);
  statement = around.statement;
  return &around;
}

// What is rendered for it.
absl::StatusOr<const ast::Statement*> Rewritten(const ast::Statement* statement, const DialectProfile& profile,
                                                Arena& arena) {
  FERRO_TRY(CheckAssignments(*statement));
  if (statement->kind == ast::Kind::kUpsert) {
    const auto& upsert = ast::As<ast::Upsert>(*statement);
    statement = static_cast<const ast::Statement*>(TypeExcluded(upsert, *upsert.insert, arena));
    FERRO_TRY(CheckTypes(*statement));
  }
  return ApplyRewrites(*statement, profile, arena);
}

// What can be followed by others that are sent before its answer has come. What the user's own words do nobody knows.
bool IsSingle(const ast::Statement& statement, const Compiled& compiled) {
  return compiled.statement_class != StatementClass::kDefinition && compiled.steps.size() == 1 && !compiled.atomic &&
         !compiled.steps.front().open && !compiled.steps.front().text.literals && !Has(statement, ast::Kind::kRaw);
}

// What may be sent again, or wait behind another one, without anybody noticing. A query in words of the user's may do
// anything; one that locks rows waits for whoever has them.
bool IsShareable(const ast::Statement& statement, const Compiled& compiled) {
  const auto uses = [&](Feature feature) { return compiled.features.test(static_cast<size_t>(feature)); };
  return compiled.single && compiled.statement_class == StatementClass::kQuery && ast::IsQuery(statement.kind) &&
         !uses(Feature::kRowLock) && !uses(Feature::kShareLock);
}

}  // namespace

absl::StatusOr<Compiled> Compile(const plan::Plan& plan, const DialectProfile& profile) {
  FERRO_TRY(CheckTypes(*plan.statement));
  FERRO_TRY(CheckDefinition(*plan.statement));
  FERRO_TRY(CheckGrouping(*plan.statement));
  Compiled compiled;
  compiled.features = FeaturesOf(*plan.statement);
  // What it consists of may be refused, too, with advice that is none then.
  const Feature change = Feature::kChangingCte;
  if (compiled.features.test(static_cast<size_t>(change))) FERRO_TRY(profile.Check(change));
  FERRO_TRY(CheckFeatures(compiled.features, profile));
  const ast::Statement* statement = plan.statement;
  const auto* tagged = Around<ast::Tagged>(statement);
  const auto* explain = Around<ast::Explain>(statement);
  const auto* changes = Around<ast::WithChanges>(statement);
  Arena scratch;
  std::vector<const ast::ChangeCte*> before;
  if (changes != nullptr) {
    for (const ast::ChangeCte* cte : changes->changes) {
      auto* made = scratch.New<ast::ChangeCte>(*cte);
      FERRO_ASSIGN(made->change, Rewritten(cte->change, profile, scratch));
      before.push_back(made);
    }
  }
  FERRO_ASSIGN(const ast::Statement* rewritten, Rewritten(statement, profile, scratch));
  for (const plan::ParameterSlot& slot : plan.parameters) {
    compiled.parameters.push_back(slot.type);
    compiled.parameter_is_list.push_back(slot.is_list);
  }
  SqlWriter writer(*profile.lexicon);
  const std::unique_ptr<Renderer> renderer = profile.make_renderer(writer, profile);
  if (changes != nullptr) renderer->Changes(before, *rewritten);
  FERRO_TRY(renderer->Render(*rewritten, compiled));
  if (changes != nullptr) {
    compiled.statement_class = StatementClass::kWrite;
    compiled.bulk = Bulk();  // which would repeat the changes
  }
  // What a rewrite has put into FROM may read the query around it. Looked at now, since rewrites share what they say
  // twice, and only the renderer has a limit for how often that is.
  if (rewritten != statement && FeaturesOf(*rewritten).test(static_cast<size_t>(Feature::kCorrelatedTable))) {
    FERRO_TRY(profile.Check(Feature::kCorrelatedTable));
  }
  if (ast::IsQuery(statement->kind)) {
    // A rewrite names what had no name.
    compiled.columns = ResultColumns(ItemsOf(static_cast<const ast::Query&>(*statement)));
    compiled.steps.back().columns = compiled.columns;
  }
  compiled.single = explain == nullptr && IsSingle(*statement, compiled);
  compiled.shareable = IsShareable(*statement, compiled);
  if (explain != nullptr) FERRO_TRY(MakeExplained(explain->analyze, *profile.lexicon, compiled));
  if (tagged != nullptr) PutInFront(absl::StrCat("/* ", tagged->comment.text, " */ "), compiled);
  compiled.id = NextId();
  return compiled;
}

}  // namespace ferro::sql
