// What SQLite has, and since when (https://sqlite.org/changes.html).
#include "dialects/sqlite/tables.h"

namespace ferro::sqlite {

using enum sql::Feature;
using sql::Native;
using sql::Refused;
using sql::Rewritten;
using sql::Since;

constexpr sql::FeatureTable kRows = {{
    Native(kInsertReturning, Since{3, 35}),
    Native(kUpdateReturning, Since{3, 35}),
    Native(kDeleteReturning, Since{3, 35}),
    Native(kDefaultRow),
    Native(kNullsOrder, Since{3, 30}),
    Rewritten(kOffsetWithoutLimit, "LIMIT -1"),
    Rewritten(kEmptyList, "a query without rows; of IN () SQLite drops the value, and an aggregate in it"),
    Rewritten(kListAsOneParameter, "a table-valued function of ours; up to 16 values have a placeholder each"),
    Rewritten(kCaseSensitiveLike, "a function of ours takes the place of like()"),
    Rewritten(kTrueDivision, "a cast to REAL, and NULLIF for zero"),
    Rewritten(kIntegerDivision, "ferro_divide(), and NULLIF for zero"),
    Rewritten(kCheckedArithmetic, "functions of ours; SQLite's operators turn to REAL"),
    Rewritten(kDecimalArithmetic, "functions of ours; SQLite would calculate in binary fractions"),
    Refused(
        kDecimalDivision,
        "servers give quotients of decimals different scales: divide in the program, or declare "
        "the operands float64"),
    Refused(kRowLock, "SQLite locks the database, not rows: begin an immediate transaction"),
    Native(kOldRowAssignment),
    Native(kTransactionalDdl),
    Native(kCreateIndexIfNotExists),
    Native(kDropIndexIfExists),
    Native(kGeneratedKey),
    Native(kUnboundedDecimal),
    Native(kTargetInSubquery),
    Rewritten(kArrays, "JSON text"),
    Native(kFullJoin, Since{3, 39}),
    Refused(kLateral,
            "SQLite has no LATERAL: number the rows of each group by ROW_NUMBER() and keep the first ones"),
    Rewritten(kRollup, "UNION ALL of the groupings"),
    Rewritten(kGroupingSets, "UNION ALL of the groupings"),
    Native(kIntersectExcept),
    Rewritten(kIntersectExceptAll, "equal rows are numbered by ROW_NUMBER()"),
    Rewritten(kDistinctOn, "ROW_NUMBER() of each group is 1"),
    Native(kAggregateFilter, Since{3, 30}),
    Native(kAggregateOrder, Since{3, 44}),
    Native(kGroupsFrame, Since{3, 28}),
    Native(kFrameExclude, Since{3, 28}),
    Rewritten(kWithTies, "RANK() is compared with the limit"),
    Refused(kLockWait, "SQLite locks the database, not rows: set a busy timeout"),
    Refused(kLockOf, "SQLite locks the database, not rows: begin an immediate transaction"),
    Refused(kShareLock, "SQLite locks the database, not rows: begin a transaction"),
    Rewritten(kDistinctFrom, "IS and IS NOT"),
    Rewritten(kIgnoreCase, "a function of ours"),
    Rewritten(kQuantified, "IN, or comparison with MIN() and MAX()"),
    Rewritten(kRegex, "ferro_regexp(), a function of ours"),
    Rewritten(kJsonPath, "ferro_json_get(), a function of ours"),
    Rewritten(kJsonAggregate, "GROUP_CONCAT() of what ferro_json_of() gives, a function of ours"),
    Native(kMaterializedHint, Since{3, 35}),
    Native(kNeighbourDefault),
    Native(kCorrelatedTable),
    Native(kParameterGroup),
    Rewritten(kLoneHaving, "a count of all rows in a query in FROM"),
    Refused(kExplainAnalyze,
            "SQLite measures nothing: explain without analyze, and time the query itself"),
    Native(kRangeDistance, Since{3, 28}),
    Rewritten(kMixedNumbers, "casts; SQLite would compare an integer with a REAL exactly, and a text with neither"),
    Rewritten(kOuterInOrder, "a column of a query in FROM"),
    Rewritten(kRightJoin, "LEFT JOIN the other way round"),
    Rewritten(kUngroupedHaving, "WHERE around a query in FROM"),
    Rewritten(kWindowFilter, "CASE in MIN() and MAX(), of which SQLite passes FILTER over"),
    Native(kDeferrableConstraint),
    Rewritten(kDeferredDrop, "PRAGMA defer_foreign_keys, in one transaction"),
    Native(kSetDefaultAction),
    Refused(kAlterConstraint,
            "SQLite changes no constraint of a table that is there: create the table with it"),
    Native(kCheckConstraint),
    Native(kPartialIndex),
    Native(kPartialUniqueIndex),
    Native(kExpressionIndex),
    Native(kExpressionDefault),
    Native(kConflictUpdate, Since{3, 24}),
    Native(kConflictIgnore, Since{3, 24}),
    Native(kConflictWhere, Since{3, 24}),
    Native(kConflictReturning, Since{3, 35}),
    Native(kInsertSelectReturning, Since{3, 35}),
    Refused(kWeakIsolation,
            "every transaction of SQLite is serializable: leave isolation out, or say so"),
    Rewritten(kReadOnlyTransaction, "PRAGMA query_only for its time"),
    Refused(kDeferrable,
            "leave deferrable out: a read only transaction of SQLite waits for nobody and never fails "
            "for the sake of others"),
    Refused(kAdvisoryLock,
            "SQLite has one writer at a time: a transaction that writes is the lock"),
    Refused(kListen,
            "SQLite sends no messages: ask for new rows now and then"),
}};
static_assert(IsComplete(kRows), "one row for each Feature, in the order of the enum");

const sql::FeatureTable kFeatures = kRows;

}  // namespace ferro::sqlite
