// What a statement may ask of a database, and what each dialect answers: native, rewritten exactly, or refused
// with advice. The compiler checks before it renders, so nothing is ever left out of a statement in silence.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace ferro::sql {

// Each dialect has one row for each, in this order (a table of another size does not compile).
enum class Feature : uint8_t {
  kInsertReturning = 0,
  kUpdateReturning,
  kDeleteReturning,
  kDefaultRow,           // an insert without any column
  kNullsOrder,           // NULLS FIRST and NULLS LAST
  kOffsetWithoutLimit,
  kEmptyList,            // x IN () is false
  kListAsOneParameter,   // a list is one array parameter, not many placeholders
  kCaseSensitiveLike,
  kTrueDivision,
  kIntegerDivision,      // and remainder
  kCheckedArithmetic,    // int64 overflow is an error
  kDecimalArithmetic,    // + - * of decimals, exact
  kDecimalDivision,
  kRowLock,              // SELECT … FOR UPDATE
  kOldRowAssignment,     // SET reads the row as it was, whatever the order of the assignments
  kTransactionalDdl,
  kCreateIndexIfNotExists,
  kDropIndexIfExists,
  kGeneratedKey,         // an int64 key numbered by the database
  kUnboundedDecimal,     // a decimal column without precision, exact
  kTargetInSubquery,     // UPDATE and DELETE whose subquery reads the table they change
  kArrays,               // columns and parameters that are arrays of scalars
  kFullJoin,
  kLateral,
  kRollup,
  kGroupingSets,
  kIntersectExcept,
  kIntersectExceptAll,
  kDistinctOn,
  kAggregateFilter,
  kAggregateOrder,
  kGroupsFrame,
  kFrameExclude,
  kWithTies,
  kLockWait,
  kLockOf,
  kShareLock,
  kDistinctFrom,
  kIgnoreCase,
  kQuantified,
  kRegex,
  kJsonPath,
  kJsonAggregate,
  kMaterializedHint,
  kNeighbourDefault,
  kCorrelatedTable,      // a query in FROM reads a query around it
  kParameterGroup,       // GROUP BY an expression with parameters
  kLoneHaving,           // HAVING makes one group of all rows
  kExplainAnalyze,       // a plan with what it took to run it
  kRangeDistance,        // a window frame of RANGE with distances
  kMixedNumbers,         // numbers of two types meet as the wider one
  kOuterInOrder,         // ORDER BY and GROUP BY read a query around
  kRightJoin,
  kUngroupedHaving,      // HAVING without groups, where there are aggregates
  kWindowFilter,         // FILTER of an aggregate with a window
  kDeferrableConstraint,  // a foreign key that waits for the end of the transaction
  kDeferredDrop,
  kSetDefaultAction,
  kAlterConstraint,
  kCheckConstraint,
  kPartialIndex,
  kPartialUniqueIndex,
  kExpressionIndex,
  kExpressionDefault,
  kConflictUpdate,       // an insert changes the row that has its key
  kConflictIgnore,       // an insert leaves it as it is
  kConflictWhere,        // it is changed if a condition holds
  kConflictReturning,    // RETURNING where not each row is written
  kInsertSelectReturning,
  kWeakIsolation,        // transactions weaker than serializable
  kReadOnlyTransaction,
  kDeferrable,           // a serializable read only transaction that waits for a safe moment
  kAdvisoryLock,         // locks of names, held by a session
  kListen,               // messages between sessions
  kRowOrder,             // rows compared by <, <=, > and >=
  kDistinctSpread,       // STDDEV and VARIANCE of distinct values
  kDistinctOffset,
  kFrameParameter,       // how many rows a frame has is a parameter
  kSoughtAggregate,      // IN, ANY and ALL over an aggregate of all rows
  kSoughtWindow,         // IN, ANY and ALL of a function with a window, over a query that reads the one around
  kAggregatedQuery,      // of a query with aggregates, within which another query reads its rows
  kRowEquality,          // rows compared by = and <>
  kNegatedQuantified,    // NOT of a condition with ANY or ALL in it
  kGroupedHaving,        // HAVING names a column that rows are grouped by
  kTextSearch,           // words in an indexed text
  kSearchLanguage,       // words are reduced to their stems
  kChangingCte,          // an insert, update or delete as a common table expression
};

inline constexpr size_t kFeatureCount = static_cast<size_t>(Feature::kChangingCte) + 1;

absl::string_view Name(Feature feature);         // "insert-returning"
absl::string_view Description(Feature feature);  // one sentence

enum class Support : uint8_t { kNative, kRewritten, kRefused };

struct Since {
  int major = 0;
  int minor = 0;
  int patch = 0;
};

// One row of a dialect's table. `advice` says what to do instead (refused), or how it is rewritten; a native
// row with `since` is refused on older servers, with `advice` as its reason.
struct FeatureRow {
  Feature feature;
  Support support;
  Since since;
  absl::string_view advice;
};

constexpr FeatureRow Native(Feature feature, Since since = {}, absl::string_view advice = {}) {
  return {feature, Support::kNative, since, advice};
}
constexpr FeatureRow Rewritten(Feature feature, absl::string_view how) {
  return {feature, Support::kRewritten, {}, how};
}
constexpr FeatureRow Refused(Feature feature, absl::string_view advice) {
  return {feature, Support::kRefused, {}, advice};
}

using FeatureTable = std::array<FeatureRow, kFeatureCount>;

constexpr bool IsComplete(const FeatureTable& table) {
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i].feature != static_cast<Feature>(i)) return false;
    if (table[i].support == Support::kRefused && table[i].advice.empty()) return false;
  }
  return true;
}

using FeatureSet = std::bitset<kFeatureCount>;

}  // namespace ferro::sql
