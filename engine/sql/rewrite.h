// The driver of the AST-to-AST rewrites in rewrite/: another statement of the same meaning, for servers that lack
// a feature. Which of them are applied is said by the dialect's feature table (Support::kRewritten). New nodes
// go into the arena; what does not change is shared with the old tree.
#pragma once

#include "absl/status/statusor.h"
#include "engine/ast/visit.h"
#include "engine/base/arena.h"
#include "engine/sql/dialect.h"

namespace ferro::sql {

// All rewrites that `profile` asks for, in subqueries too.
absl::StatusOr<const ast::Statement*> ApplyRewrites(const ast::Statement& statement,
                                                    const DialectProfile& profile, Arena& arena);

}  // namespace ferro::sql
