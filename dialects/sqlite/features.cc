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
    Native(kEmptyList),
    Rewritten(kListAsOneParameter, "a placeholder for each value, padded to a power of two"),
    Rewritten(kCaseSensitiveLike, "a function of ours takes the place of like()"),
    Rewritten(kTrueDivision, "a cast to REAL, and NULLIF for zero"),
    Rewritten(kIntegerDivision, "ferro_divide(), and NULLIF for zero"),
    Rewritten(kCheckedArithmetic, "functions of ours; SQLite's operators turn to REAL"),
    Refused(
        kDecimalArithmetic,
        "SQLite calculates decimals as binary fractions: calculate in the program, or declare the "
        "operands float64"),
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
}};
static_assert(IsComplete(kRows), "one row for each Feature, in the order of the enum");

const sql::FeatureTable kFeatures = kRows;

}  // namespace ferro::sqlite
