// What PostgreSQL has. Everything here is older than the oldest version that is tested (14).
#include "dialects/postgresql/tables.h"

namespace ferro::postgresql {

using enum sql::Feature;
using sql::Native;
using sql::Refused;
using sql::Rewritten;
using sql::Since;

constexpr sql::FeatureTable kRows = {{
    Native(kInsertReturning),
    Native(kUpdateReturning),
    Native(kDeleteReturning),
    Native(kDefaultRow),
    Native(kNullsOrder),
    Native(kOffsetWithoutLimit),
    Native(kEmptyList),
    Native(kListAsOneParameter),
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
    Native(kUnboundedDecimal),
    Native(kTargetInSubquery),
    Native(kArrays),
    Native(kFullJoin),
    Native(kLateral),
    Native(kRollup),
    Native(kGroupingSets),
    Native(kIntersectExcept),
    Native(kIntersectExceptAll),
    Native(kDistinctOn),
    Native(kAggregateFilter),
    Native(kAggregateOrder),
    Native(kGroupsFrame),
    Native(kFrameExclude),
    Native(kWithTies, Since{13}),
    Native(kLockWait),
    Native(kLockOf),
    Native(kShareLock),
    Native(kDistinctFrom),
    Rewritten(kIgnoreCase, "ILIKE"),
    Native(kQuantified),
    Rewritten(kRegex, "printed in the words of ~"),
    Native(kJsonPath, Since{13}, "a path is told to be silent and strict"),
    Native(kJsonAggregate),
    Native(kMaterializedHint),
    Native(kNeighbourDefault),
    Native(kCorrelatedTable),
    Native(kParameterGroup),
    Native(kLoneHaving),
    Native(kExplainAnalyze),
    Native(kRangeDistance, Since{11}, "frames of RANGE with distances came with PostgreSQL 11"),
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
    Native(kPartialIndex),
    Native(kPartialUniqueIndex),
    Native(kExpressionIndex),
    Native(kExpressionDefault),
    Native(kConflictUpdate),
    Native(kConflictIgnore),
    Native(kConflictWhere),
    Native(kConflictReturning),
    Native(kInsertSelectReturning),
    Native(kWeakIsolation),
    Native(kReadOnlyTransaction),
    Native(kDeferrable),
    Native(kAdvisoryLock),
    Native(kListen),
    Native(kRowOrder),
    Native(kDistinctSpread),
    Native(kDistinctOffset),
    Native(kFrameParameter),
    Native(kSoughtAggregate),
    Native(kAggregatedQuery),
}};
static_assert(IsComplete(kRows), "one row for each Feature, in the order of the enum");

const sql::FeatureTable kFeatures = kRows;

}  // namespace ferro::postgresql
