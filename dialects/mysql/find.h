// What the rewrites of queries ask of a statement.
#pragma once

#include <unordered_set>

#include "absl/functional/function_ref.h"
#include "engine/ast/derive.h"

namespace ferro::mysql {

// As ast::Walk, but each node once: a rewrite says the same part in several places.
void WalkOnce(const ast::Node& node, std::unordered_set<const ast::Node*>& seen,
              absl::FunctionRef<void(const ast::Node&)> look);
void WalkOnce(const ast::Node& node, absl::FunctionRef<void(const ast::Node&)> look);

void ForEachCte(const ast::Node& node, absl::FunctionRef<void(const ast::Cte&)> sink);

bool ReadsNoColumn(const ast::Node& node);

bool HasLimit(const ast::Query& query);

// Whether the rows of its selects are no more than what INTERSECT, EXCEPT or a window computes from.
bool CombinesRows(const ast::Query& query);

// Whether each item has a name of its own.
bool HasNames(const ast::Query& query);

}  // namespace ferro::mysql
