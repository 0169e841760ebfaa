// Small rewrites of joins and windows that a server takes and does wrongly.
#pragma once

#include "engine/ast/visit.h"
#include "engine/sql/rewrite/context.h"

namespace ferro::sql::rewrite {

// before: a JOIN b ON x RIGHT JOIN c ON y
// after:  c LEFT JOIN (a JOIN b ON x) ON y
// FULL JOIN in the same way where its left side is joined; nullptr when there is nothing to do. The right side
// of what it makes may be a Join, which the renderer puts in parentheses.
const ast::Join* RightJoinAsLeft(const ast::Join& join, Context& context);

// before: MIN(a) FILTER (WHERE x) OVER w
// after:  MIN(CASE WHEN x THEN a END) OVER w
// Of the least and the greatest only. Says whether it has changed `over`.
bool FilterExtremeByCase(ast::Over& over, Context& context);

}  // namespace ferro::sql::rewrite
