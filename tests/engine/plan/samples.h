// Statements that together have every kind of node and every field away from its default, as the
// canonical S-expressions that Dump writes. Shared by the tests of the plan and of the tree.
#pragma once

namespace ferro::testing {

inline constexpr const char* kSamples[] = {
    "(select (columns 1))",
    "(select (columns id:int64 seen:timestamp) (from visits) (where (gt age:int64 (param int64)))"
    " (order (desc seen:timestamp nulls-last)) (limit (param int64)) (offset (param int64)))",
    "(select (columns v.id (item v.name alias:text) (item total:decimal) (item (neg x) :float64)"
    " (item note n) null true false -9223372036854775808) (from visits v) (limit 10) (offset 0)"
    " (lock))",
    "(select (columns (count) (count id) (count v.name distinct)) (from visits v)"
    " (where (and (or (not a:bool) (is-null b) (is-not-null c)) (in d:uuid (param-list uuid))"
    " (not-in e (param-list)) (between f (param date) (param date)) (not-between f 1 2)"
    " (like g (param text)) (not-like g (param)) (exists (select (columns 1) (from other)))"
    " (not-exists (select (columns 1) (from other) (where (eq other.id v.id))))))"
    " (order a (asc b nulls-first) (desc c) (asc d nulls-never)))",
    "(select (columns (eq a b) (ne a b) (lt a b) (le a b) (gt a b) (ge a b) (add a b) (sub a b)"
    " (mul a b) (div a b) (idiv a b) (mod a b)))",
    "(select (columns (distinct-from a b) (not-distinct-from a b) (ilike a (param text))"
    " (not-ilike a b) (lower name:text) (coalesce a b c) (now) (sum x:int64 distinct)"
    " (count (filter (gt x 1))) (string-agg a b (order (desc c))) (case ((when (eq a 1) b)) c)"
    " (case ((when a b))) (cast a int64) (subquery (select (columns 1)))"
    " (in-query a (select (columns 1))) (in-query (row a b) (select (columns 1 2)) true)"
    " (quantified lt a (select (columns 1)) true) (regex a (param text) true true)"
    " (json-get a ((step \"x y\") (step \"\" 0)) int64) (json-get a ((step key)))"
    " (raw (\"now() + \" \"\") ((param int64)) timestamptz) (raw (\"1\"))))",
    "(select (columns (over (row-number)) (over (lag x 1 0) (p q) ((desc o))"
    " (frame groups preceding 1 following (param int64) ties)) (over (sum x) () (o)"
    " (frame rows current-row () unbounded-following))))",
    "(select (with true ((cte t (n) (compound () union true ((select (columns 1)) (select"
    " (columns (add n 1)) (from t) (where (lt n 9)))))) (cte u () (select (columns 2)) always)))"
    " (distinct (a b)) (columns a (item (grouping a) g)) (from (join left (join inner t (table u v)"
    " (eq t.n v.n)) (derived (select (columns 3)) d true) true)) (group rollup (a) () (gt a 1))"
    " (order a) (limit 1) with-ties)",
    "(select (columns a) (from (join cross t u)) (group sets () ((set (a b)) (set))))",
    "(select (columns a) (from (join cross t u)) (lock share (t u) skip-locked))",
    "(select (distinct) (columns a) (from t))",
    "(compound () except false ((select (columns a)) (compound () intersect true ((select (columns"
    " b)) (select (columns c))))) (a) 1 2)",
    "(insert users (row (name (param text)) (age (param int64))) (returning id:int64)"
    " (key id:int64))",
    "(insert users)",
    "(insert users (row (id null)) (key id))",
    "(update users (set (age (add age:int64 (param int64))) (name (param text)))"
    " (where (eq id:int64 (param int64))) (returning id:int64 age:int64) (key id:int64))",
    "(delete users (where (lt age:int64 (param int64))) (returning id:int64) (key id:int64))",
    "(delete users)",
    "(upsert only-key (insert users (row (name (param text)) (age (param int64))) (returning id:int64)"
    " (key id:int64)) (target name age) (set (age (add users.age:int64 (excluded age int64)))"
    " (name (excluded name))) (where (lt users.age:int64 1)))",
    "(upsert (insert users (row (name (param text)))))",
    "(insert-select users (columns name age) (select (columns a.name age) (from a))"
    " (returning id:int64))",
    "(insert-select users (columns age) (select (columns 1)))",
    "(create-table users if-not-exists (column id int64 generated indexed)"
    " (column email text (length 80) indexed) (column balance decimal (precision 12 2) null)"
    " (column share decimal (precision 5)) (column born date null) (primary-key id)"
    " (unique users_email email) (unique users_both email born))",
    "(create-table plain (column \"null\" json) (column \"a \\\"b\\\" \\\\ c\" bytes))",
    "(drop-table users)",
    "(drop-table users if-exists)",
    "(create-index visits_seen visits (columns seen id) unique if-not-exists)",
    "(create-index visits_age visits (columns age))",
    "(drop-index visits_seen visits if-exists)",
    "(create-table lines (column a int64 (default (param int64))) (column b text null (default null))"
    " (foreign-key f (a b) t (c d)) (unique u a) (check c (gt a:int64 (param int64)))"
    " (foreign-key g (a) lines (a) no-action cascade deferred))",
    "(create-index i visits (keys (desc age nulls-never) (asc (lower name:text) nulls-never))"
    " (where (is-null name)))",
    "(drop-table users if-exists deferred)",
    "(add-constraint a (foreign-key f (b) c (d) set-null set-default immediate))",
    "(add-constraint a (unique u b c))",
    "(drop-constraint a f)",
    "(select (columns (text-search i () (a.t:text) simple (param text) false true)) (from a)"
    " (where (text-search i a.id:int64 (a.t:text a.u:text) english (param text) true)))",
    "(create-text-index i a id (t u) simple)",
    "(drop-text-index i a)",
    "(with-changes ((change-cte c (x) (update a (set (n 1)) (returning id:int64)))"
    " (change-cte d () (delete a))) (select (columns x) (from c)))",
};

}  // namespace ferro::testing
