#include "engine/sql/rewrite/old_row.h"

#include <string>
#include <unordered_set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/ast/rebuild.h"
#include "engine/base/error.h"

namespace ferro::sql::rewrite {
namespace {

// Whether `reader` reads `column`. A column of the same name in a subquery counts too: an order too
// many does no harm. Names are compared without case, as MySQL does.
bool Reads(const ast::Expr& reader, ast::Name column) {
  bool found = false;
  const auto look = [&](const ast::Node& node) {
    if (node.kind == ast::Kind::kColumn &&
        absl::EqualsIgnoreCase(ast::As<ast::Column>(node).name, column)) {
      found = true;
    }
  };
  ast::Walk(reader, look);
  return found;
}

}  // namespace

bool HasDependentAssignments(ast::List<const ast::Assignment*> assignments) {
  std::unordered_set<std::string> set;
  for (const ast::Assignment* setter : assignments)
    set.insert(absl::AsciiStrToLower(setter->column));
  bool found = false;
  for (const ast::Assignment* reader : assignments) {
    const auto look = [&](const ast::Node& node) {
      if (node.kind != ast::Kind::kColumn) return;
      const ast::Name name = ast::As<ast::Column>(node).name;
      found = found || (!absl::EqualsIgnoreCase(name, reader->column) &&
                        set.contains(absl::AsciiStrToLower(name)));
    };
    ast::Walk(*reader->value, look);
  }
  return found;
}

ast::List<const ast::Assignment*> IfTrue(const ast::Upsert& upsert, Context& context) {
  std::vector<const ast::Assignment*> made;
  for (const ast::Assignment* assignment : upsert.assignments) {
    auto* when = context.New<ast::When>();
    when->condition = &*upsert.where;
    when->value = assignment->value;
    auto* choice = context.New<ast::Case>();
    choice->whens = context.Copy(std::vector<const ast::When*>{when});
    choice->otherwise = {context.Column(upsert.insert->table, assignment->column, Type::kNull)};
    auto* copy = context.New(*assignment);
    copy->value = choice;
    made.push_back(copy);
  }
  return context.Copy(made);
}

absl::StatusOr<ast::List<const ast::Assignment*>> ReadersFirst(
    ast::List<const ast::Assignment*> assignments, const DialectProfile& profile, Arena& arena) {
  std::vector<const ast::Assignment*> waiting(assignments.begin(), assignments.end());
  std::vector<const ast::Assignment*> ordered;
  // Takes the first assignment whose column nobody else who waits still has to read.
  while (!waiting.empty()) {
    const auto is_free = [&](const ast::Assignment* candidate) {
      for (const ast::Assignment* other : waiting) {
        if (other != candidate && Reads(*other->value, candidate->column)) return false;
      }
      return true;
    };
    size_t i = 0;
    while (i < waiting.size() && !is_free(waiting[i])) ++i;
    if (i == waiting.size()) {
      return MakeErrorWithHint(
          ErrorClass::kUnsupported,
          absl::StrCat(profile.version.ToString(), " does not support ",
                       Name(Feature::kOldRowAssignment), " for columns that read each other (",
                       waiting.front()->column, ")"),
          "it assigns from left to right and reads the new values: read the row first, "
          "then assign what was read");
    }
    ordered.push_back(waiting[i]);
    waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return ast::CopyList(ordered, arena);
}

}  // namespace ferro::sql::rewrite
