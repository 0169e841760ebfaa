// What MySQL and MariaDB have. They are two profiles of one dialect; where their rows differ it
// says why.
#include "dialects/mysql/tables.h"

namespace ferro::mysql {

using enum sql::Feature;
using sql::Native;
using sql::Refused;
using sql::Rewritten;
using sql::Since;

constexpr sql::FeatureTable kMysqlRows = {{
    Rewritten(kInsertReturning, "the rows are found by their key, in one transaction"),
    Rewritten(kUpdateReturning, "the rows are found by their key, in one transaction"),
    Rewritten(kDeleteReturning, "the rows are found by their key, in one transaction"),
    Rewritten(kDefaultRow, "() VALUES ()"),
    Rewritten(kNullsOrder, "x IS NULL is ordered by first"),
    Rewritten(kOffsetWithoutLimit, "the greatest possible limit"),
    Rewritten(kEmptyList, "a subquery without rows"),
    Rewritten(kListAsOneParameter, "a placeholder for each value, padded to a power of two"),
    Rewritten(kCaseSensitiveLike, "a binary collation is said with the pattern"),
    Rewritten(kTrueDivision, "a cast to DOUBLE, and NULLIF for zero"),
    Rewritten(kIntegerDivision, "DIV and %, and NULLIF for zero"),
    Native(kCheckedArithmetic),
    Native(kDecimalArithmetic),
    Refused(
        kDecimalDivision,
        "servers give quotients of decimals different scales: divide in the program, or declare "
        "the operands float64"),
    Native(kRowLock),
    Rewritten(kOldRowAssignment, "assignments that read a column come before the one that sets it"),
    Refused(kTransactionalDdl,
            "MySQL commits before and after CREATE and DROP: run them outside a transaction"),
    Rewritten(kCreateIndexIfNotExists, "error 1061 is taken for success"),
    Rewritten(kDropIndexIfExists, "error 1091 is taken for success"),
    Native(kGeneratedKey),
    Refused(kUnboundedDecimal,
            "a decimal without a precision has no fraction here: give precision and scale"),
    Refused(kTargetInSubquery,
            "MySQL does not read the table it changes in a subquery (error 1093): select the keys "
            "first, then change the rows by them"),
    Rewritten(kArrays, "JSON"),
    Rewritten(kFullJoin, "UNION ALL of a left join and the unmatched rows of the right side"),
    Native(kLateral, Since{8, 0, 14}),
    Rewritten(kRollup, "UNION ALL of the groupings"),
    Rewritten(kGroupingSets, "UNION ALL of the groupings"),
    Native(kIntersectExcept, Since{8, 0, 31}),
    Native(kIntersectExceptAll, Since{8, 0, 31}),
    Rewritten(kDistinctOn, "ROW_NUMBER() of each group is 1"),
    Rewritten(kAggregateFilter, "CASE within the aggregate"),
    Native(kAggregateOrder),
    Refused(kGroupsFrame, "count rows instead, or rank the groups in a subquery"),
    Refused(kFrameExclude, "leave the row out by a condition, or calculate in the program"),
    Rewritten(kWithTies, "RANK() is compared with the limit"),
    Native(kLockWait, Since{8, 0, 1}),
    Native(kLockOf, Since{8, 0, 1}),
    Native(kShareLock, Since{8, 0, 1}),
    Rewritten(kDistinctFrom, "NOT (a <=> b)"),
    Rewritten(kIgnoreCase, "LOWER() on both sides"),
    Native(kQuantified),
    Rewritten(kRegex, "printed in the words of REGEXP_LIKE(), from 8.0.4"),
    Rewritten(kJsonPath, "JSON_EXTRACT(), and JSON_TYPE() for what is wanted"),
    Rewritten(kJsonAggregate, "GROUP_CONCAT() of JSON texts"),
    Rewritten(kMaterializedHint, "left out: it changes no result"),
    Native(kNeighbourDefault),
    Native(kCorrelatedTable, Since{8, 0, 14}),
    Rewritten(kParameterGroup, "GROUP BY the place of the expression, in a query in FROM"),
    Rewritten(kLoneHaving, "a count of all rows in a query in FROM"),
    Native(kExplainAnalyze, Since{8, 0, 18}, "EXPLAIN ANALYZE came with MySQL 8.0.18: explain without analyze"),
    Native(kMixedNumbers),
    Native(kOuterInOrder),
    Native(kRightJoin),
    Native(kUngroupedHaving),
    Rewritten(kWindowFilter, "CASE"),
}};
static_assert(IsComplete(kMysqlRows), "one row for each Feature, in the order of the enum");

constexpr sql::FeatureTable kMariadbRows = {{
    Native(kInsertReturning, Since{10, 5}),
    Rewritten(kUpdateReturning, "the rows are found by their key, in one transaction"),
    Native(kDeleteReturning),
    Rewritten(kDefaultRow, "() VALUES ()"),
    Rewritten(kNullsOrder, "x IS NULL is ordered by first"),
    Rewritten(kOffsetWithoutLimit, "the greatest possible limit"),
    Rewritten(kEmptyList, "a subquery without rows"),
    Rewritten(kListAsOneParameter, "a placeholder for each value, padded to a power of two"),
    Rewritten(kCaseSensitiveLike, "a binary collation is said with the pattern"),
    Rewritten(kTrueDivision, "a cast to DOUBLE, and NULLIF for zero"),
    Rewritten(kIntegerDivision, "DIV and %, and NULLIF for zero"),
    Native(kCheckedArithmetic),
    Native(kDecimalArithmetic),
    Refused(
        kDecimalDivision,
        "servers give quotients of decimals different scales: divide in the program, or declare "
        "the operands float64"),
    Native(kRowLock),
    Rewritten(kOldRowAssignment, "assignments that read a column come before the one that sets it"),
    Refused(kTransactionalDdl,
            "MariaDB commits before and after CREATE and DROP: run them outside a transaction"),
    Native(kCreateIndexIfNotExists),
    Native(kDropIndexIfExists),
    Native(kGeneratedKey),
    Refused(kUnboundedDecimal,
            "a decimal without a precision has no fraction here: give precision and scale"),
    Native(kTargetInSubquery, Since{10, 3, 2}),
    Rewritten(kArrays, "JSON"),
    Rewritten(kFullJoin, "UNION ALL of a left join and the unmatched rows of the right side"),
    Refused(kLateral,
            "MariaDB has no LATERAL: number the rows of each group by ROW_NUMBER() and keep the first ones"),
    Rewritten(kRollup, "UNION ALL of the groupings"),
    Rewritten(kGroupingSets, "UNION ALL of the groupings"),
    Native(kIntersectExcept, Since{10, 3}),
    Native(kIntersectExceptAll, Since{10, 5}),
    Rewritten(kDistinctOn, "ROW_NUMBER() of each group is 1"),
    Rewritten(kAggregateFilter, "CASE within the aggregate"),
    Native(kAggregateOrder),
    Refused(kGroupsFrame, "count rows instead, or rank the groups in a subquery"),
    Refused(kFrameExclude, "leave the row out by a condition, or calculate in the program"),
    Rewritten(kWithTies, "RANK() is compared with the limit"),
    Native(kLockWait, Since{10, 6}),
    Refused(kLockOf, "leave out OF: MariaDB locks the rows of all tables it reads"),
    Rewritten(kShareLock, "LOCK IN SHARE MODE"),
    Rewritten(kDistinctFrom, "NOT (a <=> b)"),
    Rewritten(kIgnoreCase, "LOWER() on both sides"),
    Native(kQuantified),
    Rewritten(kRegex, "printed in the words of REGEXP"),
    Rewritten(kJsonPath, "JSON_EXTRACT(), and JSON_TYPE() for what is wanted"),
    Rewritten(kJsonAggregate, "GROUP_CONCAT() of JSON texts"),
    Rewritten(kMaterializedHint, "left out: it changes no result"),
    Refused(kNeighbourDefault,
            "leave the default out, and use coalesce() where the value is never NULL"),
    Refused(kCorrelatedTable,
            "in MariaDB a query in FROM does not see the query around it: join instead"),
    Rewritten(kParameterGroup, "GROUP BY the place of the expression, in a query in FROM"),
    Rewritten(kLoneHaving, "a count of all rows in a query in FROM"),
    Native(kExplainAnalyze),
    Native(kMixedNumbers),
    Native(kOuterInOrder),
    Native(kRightJoin),
    Native(kUngroupedHaving),
    Rewritten(kWindowFilter, "CASE"),
}};
static_assert(IsComplete(kMariadbRows), "one row for each Feature, in the order of the enum");

const sql::FeatureTable kMysqlFeatures = kMysqlRows;
const sql::FeatureTable kMariadbFeatures = kMariadbRows;

}  // namespace ferro::mysql
