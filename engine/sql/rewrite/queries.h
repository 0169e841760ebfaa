// Rewrites of queries. Each gives another query of the same rows, columns and order without the construct that
// it is for; what it makes may ask for other rewrites. The caller knows that the construct is there.
#pragma once

#include "engine/ast/visit.h"
#include "engine/sql/rewrite/context.h"

namespace ferro::sql::rewrite {

// before: SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b LIMIT 3
// after:  SELECT r.c1 AS a, r.c2 AS b
//         FROM (SELECT a AS c1, b AS c2, ROW_NUMBER() OVER (PARTITION BY a ORDER BY a, b) AS n FROM t) AS r
//         WHERE r.n = 1 ORDER BY r.c1, r.c2 LIMIT 3
const ast::Select* DistinctOn(const ast::Select& select, Context& context);

// before: SELECT a FROM t ORDER BY a OFFSET 1 FETCH FIRST 3 ROWS WITH TIES
// after:  SELECT r.c1 AS a FROM (SELECT a AS c1, RANK() OVER (ORDER BY a) AS n FROM t) AS r
//         WHERE r.n - 1 <= 3 ORDER BY r.c1 OFFSET 1
const ast::Select* WithTies(const ast::Select& select, Context& context);

// before: SELECT DISTINCT a FROM t ORDER BY a
// after:  SELECT r.c1 AS a FROM (SELECT DISTINCT a AS c1 FROM t) AS r ORDER BY r.c1
// so that the order may be of expressions. In the same way what cannot stand in an order is a column first:
// before: SELECT a FROM t ORDER BY t.b + u.c  (u of a query around)
// after:  SELECT r.c1 AS a FROM (SELECT a AS c1, t.b + u.c AS k FROM t) AS r ORDER BY r.k
const ast::Select* OrderOutside(const ast::Select& select, Context& context);

// before: SELECT a FROM t INTERSECT ALL SELECT b FROM u
// after:  SELECT r.c1 AS a
//         FROM (SELECT m.c1, ROW_NUMBER() OVER (PARTITION BY m.c1) AS n FROM (SELECT a AS c1 FROM t) AS m
//               INTERSECT SELECT …) AS r
// EXCEPT ALL in the same way; what is taken away several times is put together first.
const ast::Select* SetAll(const ast::Compound& compound, Context& context);

// before: SELECT a, COUNT(*) FROM t GROUP BY ROLLUP (a) HAVING COUNT(*) > 1
// after:  SELECT r.g1 AS a, r.a1
//         FROM (SELECT a AS g1, COUNT(*) AS a1 FROM t GROUP BY a
//               UNION ALL SELECT NULL AS g1, COUNT(*) AS a1 FROM t) AS r
//         WHERE r.a1 > 1
// Of a plain grouping there is one member.
const ast::Select* GroupsAsUnion(const ast::Select& select, Context& context);

// Whether HAVING names a column that some servers do not find among the groups: two groups of two tables have its
// name, or a query in FROM has it, in whose place another expression may stand. For GroupsAsUnion.
bool HavingNeedsTable(const ast::Select& select, Context& context);
bool HavingNamesColumn(const ast::Select& select);

// before: SELECT a.x, b.y FROM a FULL JOIN b ON a.x = b.x
// after:  SELECT j.c1 AS x, j.c2 AS y
//         FROM (SELECT a.x AS c1, b.y AS c2 FROM a LEFT JOIN b ON a.x = b.x
//               UNION ALL
//               SELECT NULL AS c1, b.y AS c2 FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE a.x = b.x)) AS j
// Refused when a column does not say whose it is.
const ast::Select* FullJoinAsUnion(const ast::Select& select, Context& context);
bool HasFullJoin(const ast::Select& select);

// before: x < ANY (SELECT y FROM t)
// after:  CASE WHEN x < (SELECT MAX(r.c1) FROM (SELECT y AS c1 FROM t) AS r) THEN TRUE
//              WHEN x IS NULL AND EXISTS (… AS r) OR EXISTS (… AS r WHERE r.c1 IS NULL) THEN NULL
//              ELSE FALSE END
// = ANY is IN, and <> ALL is NOT IN.
const ast::Expr* QuantifiedAsExtremes(const ast::Quantified& quantified, Context& context);

// before: (x, y) < (a, b)
// after:  x <= a AND (x < a OR y < b)
// The first condition is implied by the rest, and one that an index serves.
const ast::Expr* RowOrderByItems(const ast::Binary& binary, Context& context);
bool IsRowOrder(const ast::Binary& binary);

// before: (x, y) <> (a, b)
// after:  x <> a OR y <> b
const ast::Expr* RowEqualityByItems(const ast::Binary& binary, Context& context);
bool IsRowEquality(const ast::Binary& binary);

// before: NOT (x < ANY (SELECT y FROM t) OR z IS NULL)
// after:  x >= ALL (SELECT y FROM t) AND NOT (z IS NULL)
const ast::Expr* NegatedByParts(const ast::Unary& negation, Context& context);
// Whether ANY or ALL stands below NOT, AND and OR alone.
bool NegatesQuantified(const ast::Unary& unary);

// before: x IN (SELECT COUNT(*) FROM t), x < ALL (SELECT …)
// after:  x = (SELECT COUNT(*) FROM t), x < (SELECT …)
// With HAVING, of rows and of correlated ones no value: IN (SELECT r.c1 FROM (SELECT COUNT(*) AS c1 FROM t) AS r).
const ast::Expr* SoughtAsValue(const ast::InQuery& in, Context& context);
const ast::Expr* QuantifiedAsValue(const ast::Quantified& quantified, Context& context);
// A select of one row, of all that it finds, or none because of HAVING.
bool IsOneAggregate(const ast::Query& query);

}  // namespace ferro::sql::rewrite
