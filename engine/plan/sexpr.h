// S-expressions of plans, for golden tests, fuzz seeds and people. Never on a hot path.
//
//   (select (columns id:int64 seen:timestamp)
//           (from visits)
//           (where (and (gt age:int64 (param int64)) (is-not-null seen:timestamp)))
//           (order (desc seen:timestamp nulls-last) id)
//           (limit (param int64)) (offset (param int64)))
//
// Clauses stand in the order below, which is that of the wire, and may be left out; flags are bare
// words. What has `?` is optional, `*` may repeat. A `;` starts a comment up to the end of the
// line.
//
//   name    a word (letters, digits, _ - $, no digit first), or in double quotes with \" and
//   \\ inside type    the words of Name(Type): int64 text timestamptz int64-array … column  name |
//   source.name | name:type | source.name:type expr    column | 12 | null | true | false | (param
//   type?) | (param-list type?)
//           | (not e) (neg e) (is-null e) (is-not-null e)
//           | (eq a b), likewise ne lt le gt ge add sub mul div idiv mod | (and e*) (or e*)
//           | (in e (param-list type?)) (not-in …) | (between e low high) (not-between …)
//           | (like e pattern) (not-like …) | (count e?) (count-distinct e)
//           | (exists select) (not-exists select)
//   item    expr, without alias and, if it is a column, of the column's type
//           | (item expr result?), where result is alias, alias:type or :type
//   by      e | (asc e nulls?) | (desc e nulls?); nulls is nulls-first, nulls-last or nulls-never
//   select  (select (columns item*) (from name alias?)? (where e)? (order by*)? (limit e)?
//                   (offset e)? for-update?)
//   insert  (insert name (row (name e)*)? (returning item*)? (key name:type)?)
//   update  (update name (set (name e)*) (where e)? (returning item*)? (key name:type)?)
//   delete  (delete name (where e)? (returning item*)? (key name:type)?)
//   upsert  (upsert only-key? insert (target name*)? (set (name e)*)? (where e)?); in e also
//           (excluded name type?)
//   insert of a query  (insert-select name (columns name*) query (returning item*)?)
//   create  (create-table name if-not-exists? definition* (primary-key name*)?
//                         (unique name name*)*)
//           | (create-index name table (columns name*) unique? if-not-exists?)
//   definition  (column name type (length n)? (precision p scale?)? null? generated? indexed?)
//   drop    (drop-table name if-exists?) | (drop-index name table if-exists?)
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/ast/node.h"
#include "engine/base/arena.h"
#include "engine/plan/reader.h"

namespace ferro::plan {

// The plan bytes of a statement, checked for its grammar only. ErrorClass::kPlan, naming the offset
// in `text`.
absl::StatusOr<std::string> Assemble(absl::string_view text);

// The statement in `arena`, with its parameters numbered as written. It is Read() of Assemble(): a
// fault that only the reader finds names the offset in the plan.
absl::StatusOr<Plan> ParseSexpr(absl::string_view text, Arena& arena);

// The canonical S-expression of any node, on one line: ParseSexpr of a statement's gives an equal tree.
std::string Dump(const ast::Node& node);

}  // namespace ferro::plan
