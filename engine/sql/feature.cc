#include "engine/sql/feature.h"

namespace ferro::sql {
namespace {

struct Words {
  absl::string_view name;
  absl::string_view description;
};

// In the order of the enum.
constexpr std::array<Words, kFeatureCount> kWords = {{
    {"insert-returning", "INSERT gives back columns of the new rows"},
    {"update-returning", "UPDATE gives back columns of the changed rows"},
    {"delete-returning", "DELETE gives back columns of the deleted rows"},
    {"default-row", "INSERT of a row that is all defaults"},
    {"nulls-order", "ORDER BY says where NULLs stand"},
    {"offset-without-limit", "rows can be skipped without a limit"},
    {"empty-list", "IN over a list without values is false"},
    {"list-as-one-parameter", "a list of any length is one array parameter"},
    {"case-sensitive-like", "LIKE tells capital from small letters on every column"},
    {"true-division", "division of numbers as float64; by zero it is NULL"},
    {"integer-division", "quotient toward zero and remainder of int64; by zero they are NULL"},
    {"checked-arithmetic", "int64 overflow is an error"},
    {"decimal-arithmetic", "sums, differences and products of decimals are exact"},
    {"decimal-division", "division of decimals"},
    {"row-lock", "SELECT … FOR UPDATE locks the rows it finds"},
    {"old-row-assignment", "every assignment of an UPDATE reads the row as it was"},
    {"transactional-ddl", "CREATE and DROP can be rolled back"},
    {"create-index-if-not-exists", "CREATE INDEX does nothing when the index is there"},
    {"drop-index-if-exists", "DROP INDEX does nothing when the index is not there"},
    {"generated-key", "an int64 key that the database numbers"},
    {"unbounded-decimal", "a decimal column without a precision keeps every digit"},
    {"target-in-subquery", "UPDATE and DELETE may read the table they change in a subquery"},
    {"arrays", "columns and parameters that are arrays of scalars"},
    {"full-join", "FULL JOIN"},
    {"lateral", "a joined query may read the tables before it"},
    {"rollup", "GROUP BY ROLLUP"},
    {"grouping-sets", "GROUP BY CUBE and GROUPING SETS"},
    {"intersect-except", "INTERSECT and EXCEPT"},
    {"intersect-except-all", "INTERSECT ALL and EXCEPT ALL"},
    {"distinct-on", "the first row for each value of some expressions"},
    {"aggregate-filter", "an aggregate of the rows that meet a condition"},
    {"aggregate-order", "the order of the values within an aggregate"},
    {"groups-frame", "window frames counted in groups of equal rows"},
    {"frame-exclude", "window frames without the current row or its equals"},
    {"with-ties", "a limit that keeps the rows equal to the last one"},
    {"lock-wait", "NOWAIT and SKIP LOCKED"},
    {"lock-of", "a lock on the rows of some of the tables"},
    {"share-lock", "SELECT … FOR SHARE"},
    {"distinct-from", "comparison where NULL equals NULL"},
    {"ignore-case", "LIKE that takes capital and small letters for equal"},
    {"quantified", "comparison with ANY and ALL rows of a query"},
    {"regex", "regular expressions, in a subset that means the same everywhere"},
    {"json-path", "values within JSON documents"},
    {"json-aggregate", "values of many rows as one JSON array"},
    {"materialized-hint", "whether a common table expression is computed once"},
    {"neighbour-default", "what lag and lead give where there is no such row"},
    {"correlated-table", "a query in FROM may read the query around it"},
    {"parameter-group", "GROUP BY an expression with parameters"},
    {"lone-having", "HAVING without groups and aggregates makes one group of all rows"},
    {"explain-analyze", "the plan of a statement with what it took to run it"},
    {"range-distance", "window frames of values so near in the order"},
    {"mixed-numbers", "numbers of two types are compared and chosen from as the wider of them"},
    {"outer-in-order", "ORDER BY and GROUP BY of a subquery may read the query around it"},
    {"right-join", "RIGHT JOIN"},
    {"ungrouped-having", "HAVING over the aggregates of all rows"},
    {"window-filter", "an aggregate with a window of the rows that meet a condition"},
    {"deferrable-constraint", "a foreign key is looked at when the transaction ends"},
    {"deferred-drop", "DROP TABLE looks at what refers to the table when the transaction ends"},
    {"set-default-action", "ON DELETE and ON UPDATE SET DEFAULT"},
    {"alter-constraint", "constraints are added to a table that is there, and dropped"},
    {"check-constraint", "CHECK constraints of tables"},
    {"partial-index", "an index of the rows that meet a condition"},
    {"partial-unique-index", "values that are unique among the rows that meet a condition"},
    {"expression-index", "an index of expressions"},
    {"expression-default", "a column's default may be an expression"},
    {"conflict-update", "INSERT changes the row that has the same unique key instead"},
    {"conflict-ignore", "INSERT leaves out rows whose unique key is there already"},
    {"conflict-where", "INSERT changes the row that is there only if it meets a condition"},
    {"conflict-returning", "INSERT that leaves some rows alone gives back the others"},
    {"insert-select-returning", "INSERT of the rows of a query gives back columns of them"},
    {"weak-isolation", "transactions of an isolation below serializable"},
    {"read-only-transaction", "transactions that take no changes"},
    {"deferrable", "a serializable read only transaction that begins when nothing can make it fail"},
    {"advisory-lock", "locks of names, which the program gives a meaning"},
    {"listen", "messages from one session to those that listen (LISTEN, NOTIFY)"},
    {"row-order", "rows of values are compared by order"},
    {"distinct-spread", "standard deviation and variance of distinct values"},
    {"distinct-offset", "distinct rows can be skipped"},
    {"frame-parameter", "how many rows a window frame has may be a parameter"},
    {"sought-aggregate", "IN, ANY and ALL over the one row of an aggregate"},
    {"sought-window", "a function with a window is looked for in a query that reads the query around it"},
    {"aggregated-query", "an aggregate of a query with aggregates and with queries that read its rows"},
    {"row-equality", "rows of values are compared for equality"},
    {"negated-quantified", "NOT of a condition that compares with ANY or ALL rows of a query"},
    {"grouped-having", "HAVING names a column that rows are grouped by"},
    {"text-search", "words are looked for in an indexed text"},
    {"search-language", "a text search takes words for equal that have one stem in a language"},
    {"changing-cte", "INSERT, UPDATE and DELETE as common table expressions"},
}};

constexpr bool AllSaid() {
  for (const Words& words : kWords) {
    if (words.name.empty() || words.description.empty()) return false;
  }
  return true;
}
static_assert(AllSaid(), "each Feature has a name and a sentence");

}  // namespace

absl::string_view Name(Feature feature) { return kWords[static_cast<size_t>(feature)].name; }

absl::string_view Description(Feature feature) {
  return kWords[static_cast<size_t>(feature)].description;
}

}  // namespace ferro::sql
