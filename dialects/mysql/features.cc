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
}};
static_assert(IsComplete(kMariadbRows), "one row for each Feature, in the order of the enum");

const sql::FeatureTable kMysqlFeatures = kMysqlRows;
const sql::FeatureTable kMariadbFeatures = kMariadbRows;

}  // namespace ferro::mysql
