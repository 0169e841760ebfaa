// Assignments that read the row as it was, for servers that assign from left to right and read what they have
// just assigned.
#pragma once

#include "absl/status/statusor.h"
#include "engine/ast/mutation.h"
#include "engine/base/arena.h"
#include "engine/sql/dialect.h"
#include "engine/sql/rewrite/context.h"

namespace ferro::sql::rewrite {

// before: SET a = 5, b = a + 1      (b gets the old a)
// after:  SET b = a + 1, a = 5
// ErrorClass::kUnsupported when the assignments read each other in a circle.
absl::StatusOr<ast::List<const ast::Assignment*>> ReadersFirst(
    ast::List<const ast::Assignment*> assignments, const DialectProfile& profile, Arena& arena);

// before: … DO UPDATE SET a = x WHERE c
// after:  … DO UPDATE SET a = CASE WHEN c THEN x ELSE t.a END
ast::List<const ast::Assignment*> IfTrue(const ast::Upsert& upsert, Context& context);

// Whether an assignment reads a column that another one sets.
bool HasDependentAssignments(ast::List<const ast::Assignment*> assignments);

}  // namespace ferro::sql::rewrite
