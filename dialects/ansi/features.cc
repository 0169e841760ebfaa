// What ISO SQL has. This dialect has no server: its rows say how the text reads, and it is the
// first column of the golden files.
#include "dialects/ansi/tables.h"

namespace ferro::ansi {

using enum sql::Feature;
using sql::Native;
using sql::Refused;
using sql::Rewritten;

constexpr sql::FeatureTable kRows = {{
    Refused(kInsertReturning, "ISO SQL gives no rows back from INSERT: select them afterwards"),
    Refused(kUpdateReturning, "ISO SQL gives no rows back from UPDATE: select them afterwards"),
    Refused(kDeleteReturning, "ISO SQL gives no rows back from DELETE: select them before"),
    Native(kDefaultRow),
    Native(kNullsOrder),
    Native(kOffsetWithoutLimit),
    Rewritten(kEmptyList, "a subquery without rows"),
    Rewritten(kListAsOneParameter, "a placeholder for each value, padded to a power of two"),
    Native(kCaseSensitiveLike),
    Rewritten(kTrueDivision, "a cast to DOUBLE PRECISION, and NULLIF for zero"),
    Rewritten(kIntegerDivision, "NULLIF for zero"),
    Native(kCheckedArithmetic),
    Native(kDecimalArithmetic),
    Refused(
        kDecimalDivision,
        "servers give quotients of decimals different scales: divide in the program, or declare "
        "the operands float64"),
    Native(kRowLock),
    Native(kOldRowAssignment),
    Native(kTransactionalDdl),
    Native(kCreateIndexIfNotExists),
    Native(kDropIndexIfExists),
    Native(kGeneratedKey),
    Refused(kUnboundedDecimal,
            "a decimal without a precision has no fraction in ISO SQL: give precision and scale"),
    Native(kTargetInSubquery),
    Native(kArrays),
    Native(kFullJoin),
    Native(kLateral),
    Native(kRollup),
    Native(kGroupingSets),
    Native(kIntersectExcept),
    Native(kIntersectExceptAll),
    Rewritten(kDistinctOn, "ROW_NUMBER() of each group is 1"),
    Native(kAggregateFilter),
    Native(kAggregateOrder),
    Native(kGroupsFrame),
    Native(kFrameExclude),
    Native(kWithTies),
    Native(kLockWait),
    Native(kLockOf),
    Native(kShareLock),
    Native(kDistinctFrom),
    Rewritten(kIgnoreCase, "LOWER() on both sides"),
    Native(kQuantified),
    Native(kRegex),
    Refused(kJsonPath, "this dialect has no path into JSON"),
    Native(kJsonAggregate),
    Rewritten(kMaterializedHint, "left out: it changes no result"),
    Native(kNeighbourDefault),
    Native(kCorrelatedTable),
    Native(kParameterGroup),
    Native(kLoneHaving),
    Refused(kExplainAnalyze, "ISO SQL has no EXPLAIN"),
    Native(kRangeDistance),
    Native(kMixedNumbers),
    Native(kOuterInOrder),
    Native(kRightJoin),
    Native(kUngroupedHaving),
    Native(kWindowFilter),
    Native(kDeferrableConstraint),
    Refused(kDeferredDrop, "drop the constraints that refer to the table first"),
    Native(kSetDefaultAction),
    Native(kAlterConstraint),
    Native(kCheckConstraint),
    Refused(kPartialIndex, "ISO SQL has no indexes: leave the condition out"),
    Refused(kPartialUniqueIndex, "ISO SQL has no indexes"),
    Refused(kExpressionIndex, "ISO SQL has no indexes: index a column"),
    Refused(kExpressionDefault, "in ISO SQL a default is a literal"),
    Refused(kConflictUpdate, "ISO SQL has MERGE only: update first, insert what was not found"),
    Refused(kConflictIgnore, "ISO SQL has MERGE only: select first, insert what was not found"),
    Refused(kConflictWhere, "ISO SQL has MERGE only: update first, insert what was not found"),
    Refused(kConflictReturning, "ISO SQL gives no rows back from INSERT: select them afterwards"),
    Refused(kInsertSelectReturning, "ISO SQL gives no rows back from INSERT: select them afterwards"),
    Native(kWeakIsolation),
    Native(kReadOnlyTransaction),
    Refused(kDeferrable, "leave deferrable out: ISO SQL does not have it"),
    Refused(kAdvisoryLock, "lock a row instead: ISO SQL does not have it"),
    Refused(kListen, "ask for new rows now and then: ISO SQL does not have it"),
    Native(kRowOrder),
    Native(kDistinctSpread),
    Native(kDistinctOffset),
    Native(kFrameParameter),
    Native(kSoughtAggregate),
    Native(kAggregatedQuery),
}};
static_assert(IsComplete(kRows), "one row for each Feature, in the order of the enum");

const sql::FeatureTable kFeatures = kRows;

}  // namespace ferro::ansi
