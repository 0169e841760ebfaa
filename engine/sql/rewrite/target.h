// An UPDATE or DELETE that reads the table it changes, for servers that refuse to (MySQL's error 1093).
#pragma once

#include "engine/ast/visit.h"
#include "engine/sql/rewrite/context.h"

namespace ferro::sql::rewrite {

// Whether a query within `node` reads the table.
bool ReadsTarget(const ast::Node& node, ast::Name table);

// before: DELETE FROM t WHERE x IN (SELECT x FROM t WHERE …)
// after:  DELETE FROM t WHERE x IN (SELECT r.c1 FROM (SELECT x AS c1 FROM t WHERE … LIMIT all) AS r)
//
// What stands in FROM with a limit is kept apart before anything is changed. A query that reads the changed row itself
// cannot be, so there it is the table: (SELECT x, … FROM t LIMIT all) AS t, of the columns that the statement names.
const ast::Statement* KeepTargetApart(const ast::Statement& statement, ast::Name table, Context& context);

}  // namespace ferro::sql::rewrite
