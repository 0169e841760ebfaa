// The shared AST-to-AST rewrites: another statement of the same meaning, for servers that lack a
// feature. Which of them are applied is said by the dialect's feature table (Support::kRewritten).
// New nodes go into the arena; what does not change is shared with the old tree.
#pragma once

#include "absl/status/statusor.h"
#include "engine/ast/visit.h"
#include "engine/base/arena.h"
#include "engine/sql/dialect.h"

namespace ferro::sql {

// All rewrites that `profile` asks for, in subqueries too.
absl::StatusOr<const ast::Statement*> ApplyRewrites(const ast::Statement& statement,
                                                    const DialectProfile& profile, Arena& arena);

// before: ORDER BY x DESC NULLS FIRST, y NULLS LAST, z NULLS FIRST
// after:  ORDER BY x IS NULL DESC, x DESC, y IS NULL, y, z
// for servers that take NULL for the smallest value.
ast::List<const ast::OrderItem*> NullsOrderAsIsNull(ast::List<const ast::OrderItem*> order,
                                                    Arena& arena);

// before: SET a = 5, b = a + 1      (b gets the old a)
// after:  SET b = a + 1, a = 5
// for servers that assign from left to right and read what they have just assigned.
// ErrorClass::kUnsupported when the assignments read each other in a circle.
absl::StatusOr<ast::List<const ast::Assignment*>> ReadersFirst(
    ast::List<const ast::Assignment*> assignments, const DialectProfile& profile, Arena& arena);

// Whether an assignment reads a column that another one sets.
bool HasDependentAssignments(ast::List<const ast::Assignment*> assignments);

}  // namespace ferro::sql
