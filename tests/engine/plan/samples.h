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
    " for-update)",
    "(select (columns (count) (count id) (count-distinct v.name)) (from visits v)"
    " (where (and (or (not a:bool) (is-null b) (is-not-null c)) (in d:uuid (param-list uuid))"
    " (not-in e (param-list)) (between f (param date) (param date)) (not-between f 1 2)"
    " (like g (param text)) (not-like g (param)) (exists (select (columns 1) (from other)))"
    " (not-exists (select (columns 1) (from other) (where (eq other.id v.id))))))"
    " (order a (asc b nulls-first) (desc c) (asc d nulls-never)))",
    "(select (columns (eq a b) (ne a b) (lt a b) (le a b) (gt a b) (ge a b) (add a b) (sub a b)"
    " (mul a b) (div a b) (idiv a b) (mod a b)))",
    "(insert users (row (name (param text)) (age (param int64))) (returning id:int64)"
    " (key id:int64))",
    "(insert users)",
    "(insert users (row (id null)) (key id))",
    "(update users (set (age (add age:int64 (param int64))) (name (param text)))"
    " (where (eq id:int64 (param int64))) (returning id:int64 age:int64) (key id:int64))",
    "(delete users (where (lt age:int64 (param int64))) (returning id:int64) (key id:int64))",
    "(delete users)",
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
};

}  // namespace ferro::testing
