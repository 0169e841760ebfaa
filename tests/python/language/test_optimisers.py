"""Statements for which a server's optimiser found other rows, each beside the evaluator on every database.

Where a statement is rewritten for a server, dialects/mysql/README.md says in plain SQL what the server does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from pyferro import Database

from . import tree
from .compare import Verdict, check
from .databases import filled, sql
from .encode import sexpr
from .erring import of_errors
from .rows import Relation
from .schema import fill
from .shapes import grouped, ids, items, left, no, of, param
from .sought import of_computed_values, of_null_parameters, of_quantified, of_sought
from .test_places import binary, call, one, row, text
from .tree import FALSE, NULL, TRUE, number
from .words import (
    AggregateFunction,
    BinaryOp,
    FrameBound,
    FrameUnit,
    Function,
    JoinKind,
    LogicalOp,
    SetOp,
    Type,
    UnaryOp,
    WindowFunction,
)

_I, _B, _T, _F, _D = Type.int64, Type.bool, Type.text, Type.float64, Type.decimal
_LEAST = tree.Param(_I, -(2**63))
_a, _b, _c = (tree.Table(f"lang_{name}", f"t_{name}") for name in "abc")


def of_groups() -> Iterator[tuple[str, tree.Query]]:
    """HAVING names a grouped column whose name another group has, or a query in FROM."""
    both = left(_b, _a, TRUE)
    n = of("b", "n", _I)
    having = binary(BinaryOp.gt, n, param(0))
    yield (
        "two groups of one name",
        items(
            (number(1), _I),
            (n, _I),
            from_=both,
            grouping=grouped(n, of("a", "n", _I), having=having),
        ),
    )
    within = tree.Exists(ids(_c, binary(BinaryOp.le, of("c", "id", _I), n)))
    yield (
        "a group of two within a subquery",
        items((n, _I), from_=both, grouping=grouped(n, of("a", "n", _I), having=within)),
    )
    x = tree.Column("s", "x", _B)
    table = tree.Derived(one(TRUE, _B, from_=_b), "s")
    yield (
        "a constant of a table",
        one(param(1.5, _F), _F, from_=table, grouping=grouped(x, having=x)),
    )
    cte = tree.With(
        False, (tree.Cte("w", (), one(binary(BinaryOp.add, n, number(1)), _I, from_=_b)),)
    )
    counted = tree.Column("s", "x", _I)
    named = grouped(counted, having=binary(BinaryOp.gt, counted, number(0)))
    yield (
        "of a common table expression",
        tree.Select(
            cte, None, (tree.SelectItem(number(7), "x", _I),), tree.Table("w", "s"), grouping=named
        ),
    )


def of_rows() -> Iterator[tuple[str, tree.Query]]:
    """Rows that are compared beyond an outer join, or with NULL in them."""
    joined = left(_b, tree.Table("lang_b", "t_c"), param(None, _B))
    for op, first in product((BinaryOp.eq, BinaryOp.ne), (of("c", "d", _D), param(None, _D))):
        compared = binary(op, row(first, of("b", "flag", _B)), row(of("b", "d", _D), FALSE))
        for name, where in (
            ("", compared),
            ("not ", no(compared)),
            ("null ", tree.Unary(UnaryOp.is_null, compared)),
        ):
            yield (
                f"{name}{op.name} {sexpr(first)}",
                one(of("b", "id", _I), _I, from_=joined, where=where),
            )


def of_outer_joins() -> Iterator[tuple[str, tree.Query]]:
    """Constants of a query whose rows are missing, and EXCEPT of one row."""
    x = tree.Column("s", "x", _I)
    above = binary(BinaryOp.gt, binary(BinaryOp.add, x, number(1)), number(0))
    never = binary(BinaryOp.gt, of("a", "id", _I), number(50))
    constant = one(param(1), _I, from_=_b)
    sum = one(binary(BinaryOp.add, number(1), number(1)), _I, from_=_b)
    for name, query in (("parameter", constant), ("sum", sum)):
        yield (
            f"a {name}",
            one(
                of("a", "id", _I), _I, from_=left(_a, tree.Derived(query, "s"), never), where=above
            ),
        )
        cte = tree.With(False, (tree.Cte("w", (), query),))
        named = (tree.SelectItem(of("a", "id", _I), "x", _I),)
        yield (
            f"a common {name}",
            tree.Select(cte, None, named, left(_a, tree.Table("w", "s"), never), above),
        )
        right = tree.Join(JoinKind.right, tree.Derived(query, "s"), _a, never)
        yield f"a {name} on the left", one(of("a", "id", _I), _I, from_=right, where=above)
    for all, op in product((False, True), (SetOp.except_, SetOp.intersect)):
        rest = tree.Compound(
            None, op, all, (one(number(1), _I), one(number(2 if op == SetOp.except_ else 1), _I))
        )
        table = tree.Derived(rest, "s")
        yield f"{op.name} {all} exists", ids(_a, tree.Exists(one(x, _I, from_=table)))
        yield f"{op.name} {all} does not exist", ids(_a, tree.Exists(one(x, _I, from_=table), True))
        yield (
            f"{op.name} {all} joined",
            items(
                (of("a", "id", _I), _I),
                (x, _I),
                from_=left(_a, table, binary(BinaryOp.eq, x, of("a", "id", _I))),
            ),
        )
        yield f"in {op.name} {all}", ids(_a, tree.InQuery(of("a", "id", _I), rest))


def of_values() -> Iterator[tuple[str, tree.Query]]:
    """Types that a server gives to what it computes."""
    big = {_D: param(Decimal("0.05"), _D), _F: param(0.5, _F)}
    for function, (type, value) in product(
        (Function.sign, Function.ceil, Function.floor, Function.round, Function.trunc), big.items()
    ):
        yield (
            f"{function.name} of {type.word}",
            one(binary(BinaryOp.sub, call(function, value), _LEAST), type),
        )
    d = of("b", "d", _D)
    for function in (Function.sign, Function.ceil, Function.floor):
        yield (
            f"{function.name} of a column",
            one(
                binary(BinaryOp.sub, call(function, d), _LEAST),
                _D,
                from_=_b,
                where=binary(BinaryOp.gt, d, number(0)),
            ),
        )
    for function, extreme in product(
        (Function.coalesce, Function.greatest, Function.null_if),
        (AggregateFunction.min, AggregateFunction.max),
    ):
        chosen = call(function, text("日本"), text("a"))
        yield (
            f"{extreme.name} of {function.name}",
            one(
                tree.Aggregate(extreme, (chosen,)),
                _T,
                from_=_b,
                grouping=grouped(of("b", "n", _I), having=TRUE),
            ),
        )
        yield f"{function.name} like NULL", one(tree.Like(chosen, NULL), _B)
    filtered = tree.Aggregate(AggregateFunction.max, (text("日本"),), filter=of("b", "flag", _B))
    longest = tree.Aggregate(AggregateFunction.max, (of("b", "word", _T),))
    sought = tree.Subquery(one(longest, _T, from_=_b))
    for name, value in (("a parameter", text("a")), ("a column", tree.Column("s", "x", _T))):
        joined = tree.Aggregate(
            AggregateFunction.string_agg, (value, text("-")), filter=param(None, _B)
        )
        alone = one(joined, _T, from_=tree.Derived(one(text("日本"), _T), "s"))
        yield f"no texts of {name}", one(tree.Subquery(alone), _T, from_=_b)
    x = tree.Column("s", "x", _T)
    given = tree.Derived(one(text("日本"), _T, from_=_b), "s")
    replaced = call(Function.replace, x, x, text("é"))
    for beside in (
        call(Function.least, replaced, x),
        call(Function.greatest, x, replaced),
        call(Function.concat, x, replaced, x),
    ):
        yield f"replaced beside itself in {beside.function.name}", one(beside, _T, from_=given)
    yield "replaced, compared", one(binary(BinaryOp.eq, replaced, x), _B, from_=given)
    yield "repeat of a query", one(call(Function.repeat, sought, number(2)), _T, from_=_c)
    yield "max with a filter", one(filtered, _T, from_=_b)
    constants: dict[str, tree.Expr | None] = {
        "filtered": None,
        "none": param(None),
        "null-if": call(Function.null_if, param(0), param(0)),
    }
    for name, value in constants.items():
        counted = tree.Aggregate(
            AggregateFunction.count, (value or param(1),), True, None if value else param(False, _B)
        )
        yield f"count of distinct {name}", one(counted, _I, from_=_b)
        yield f"count of distinct {name}, of no rows", one(counted, _I, from_=_b, where=FALSE)
    lasting = tree.Unary(UnaryOp.is_null, of("b", "word", _T))
    counted = tree.Aggregate(AggregateFunction.count, (param(3),), True, lasting)
    yield "count of a distinct parameter, filtered out", one(counted, _I, from_=_b)
    yield (
        "count of a distinct parameter",
        one(tree.Aggregate(AggregateFunction.count, (param(3),), True), _I, from_=_b),
    )
    zero = binary(BinaryOp.mul, param(-1.0, _F), param(0.0, _F))
    for op in (SetOp.except_, SetOp.intersect):
        members = (one(zero, _F), one(param(0.0, _F), _F))
        yield f"{op.name} of zeros", tree.Compound(None, op, False, members)


def of_tables() -> Iterator[tuple[str, tree.Query]]:
    """Common table expressions within others, and windows beside others."""
    n = of("b", "id", _I)
    between = tree.Logical(
        LogicalOp.and_,
        (binary(BinaryOp.gt, n, param(1)), binary(BinaryOp.lt, n, param(5))),
    )
    inner = tree.Cte("v", (), ids(_b, between))
    both = tree.Join(JoinKind.cross, tree.Table("v", "v1"), tree.Table("v", "v2"))
    x = tree.SelectItem(tree.Column("v1", "x", _I), "x", _I)
    members = (one(tree.Column("w", "x", _I), _I, from_=tree.Table("w")),) * 2
    nested = tree.Cte("w", (), tree.Select(tree.With(False, (inner,)), None, (x,), both))
    within = tree.Compound(tree.With(False, (nested,)), SetOp.union, True, members)
    yield "within another", within
    beside = tree.With(False, (inner, tree.Cte("w", (), tree.Select(None, None, (x,), both))))
    yield "beside another", tree.Compound(beside, SetOp.union, True, members)
    least = tree.Cte("w", (), one(tree.Aggregate(AggregateFunction.min, (n,)), _I, from_=_b))
    read = tree.Subquery(one(tree.Column("w", "x", _I), _I, from_=tree.Table("w")))
    for name, query in (
        ("sum", tree.Aggregate(AggregateFunction.sum, (read,))),
        ("window", tree.Over(tree.Aggregate(AggregateFunction.sum, (read,)))),
    ):
        summed = one(query, _I, from_=_a)
        yield (
            f"an aggregate within a {name}",
            tree.Compound(tree.With(False, (least,)), SetOp.union, True, (summed, summed)),
        )
    order = (tree.OrderItem(n),)
    back = (tree.OrderItem(n, True),)
    neighbours = (
        (tree.Over(tree.Aggregate(AggregateFunction.count)), _I),
        (
            tree.Over(tree.WindowCall(WindowFunction.lead, (n,)), (of("b", "flag", _B),), order),
            _I,
        ),
        (tree.Over(tree.WindowCall(WindowFunction.lag, (n,)), (), back), _I),
    )
    for first in range(3):
        yield (
            f"windows from {first}",
            items(*neighbours[first:], *neighbours[:first], (n, _I), from_=_b),
        )


def of_existing() -> Iterator[tuple[str, tree.Query]]:
    n, f = of("b", "n", _I), of("b", "f", _F)
    constant, own = tree.Distinct(()), binary(BinaryOp.gt, of("b", "id", _I), number(99))
    for name, item, kind in (("constant", param(7), _I), ("equal", own, _B)):
        skipping = one(item, kind, from_=_b, offset=number(3))
        yield f"distinct {name}", ids(_a, tree.Exists(replace(skipping, distinct=constant)))
        groups = replace(skipping, grouping=grouped(own, having=TRUE))
        yield f"grouped {name}", ids(_a, tree.Exists(groups))
    where = binary(BinaryOp.gt, of("a", "id", _I), number(3))
    for outer in (None, where):
        nothing = one(param(None, _F), _F, where=outer)
        ordered = one(f, _F, from_=left(_b, _c, TRUE), order=(tree.OrderItem(n),))
        nulls = one(of("a", "f", _F), _F, from_=_a, order=(tree.OrderItem(of("a", "d", _D)),))
        member = ordered if outer else nulls
        for op in (SetOp.intersect, SetOp.except_):
            both = tree.Compound(None, op, False, (nothing, member))
            yield f"{op.name} {'outer' if outer else 'alone'}", ids(_a, tree.Exists(both))
    three = tuple(one(param(each), _I) for each in (None, None, 0))
    yield "three", tree.Compound(None, SetOp.intersect, True, three)
    word = tree.Column("", "x", _D)
    seen = one(of("a", "d", _D), _D)
    named = tree.Compound(
        None,
        SetOp.union,
        False,
        (one(of("b", "d", _D), _D, from_=_b), seen),
        (tree.OrderItem(word),),
    )
    yield "ordered by a name", ids(_a, tree.Exists(named))


def of_frames() -> Iterator[tuple[str, tree.Query]]:
    n = of("b", "n", _I)
    after = (FrameBound.following, FrameBound.unbounded_following)
    before = (FrameBound.unbounded_preceding, FrameBound.preceding)
    for table, where in (
        ("one row", binary(BinaryOp.eq, of("b", "id", _I), number(1))),
        ("all", TRUE),
    ):
        for count in (0, 2):
            for start, end in (after, before):
                counts = [
                    number(count) if each in (FrameBound.following, FrameBound.preceding) else None
                    for each in (start, end)
                ]
                frame = tree.Frame(FrameUnit.rows, start, counts[0], end, counts[1])
                order = (tree.OrderItem(of("b", "id", _I)),)
                windows = [
                    (tree.Over(what, (), order, frame), _I)
                    for what in (
                        tree.WindowCall(WindowFunction.first_value, (n,)),
                        tree.Aggregate(AggregateFunction.sum, (n,)),
                        tree.Aggregate(AggregateFunction.count),
                    )
                ]
                name = f"{table} {count} {start.name} {end.name}"
                yield name, items(*windows, from_=_b, where=where)


def of_collations() -> Iterator[tuple[str, tree.Query]]:
    d, word = of("a", "d", _D), of("a", "word", _T)
    told = tree.Case((tree.When(binary(BinaryOp.gt, d, d), word),), tree.Cast(of("a", "n", _I), _T))
    yield "ordered", items((told, _T), from_=_a, order=(tree.OrderItem(told),))
    yield "equal", ids(_a, binary(BinaryOp.eq, told, text("1.0")))
    members = (one(told, _T, from_=_a), one(text("0.10"), _T))
    by_name = (tree.OrderItem(tree.Column("", "x", _T)),)
    yield "union", tree.Compound(None, SetOp.union, False, members, by_name)
    nobody = one(param(None, Type.uuid), Type.uuid, from_=_a, offset=number(1))
    somebody = one(of("a", "uid", Type.uuid), Type.uuid, from_=_a)
    yield "NULL beside UUIDs", tree.Compound(None, SetOp.union, False, (nobody, somebody))


STATEMENTS = {
    f"{kind.__name__}: {name}": statement
    for kind in (
        of_groups,
        of_rows,
        of_quantified,
        of_sought,
        of_null_parameters,
        of_computed_values,
        of_outer_joins,
        of_values,
        of_tables,
        of_existing,
        of_frames,
        of_collations,
        of_errors,
    )
    for name, statement in kind()
}
# A query in FROM does not see the query around it there, and windows are not known when it is asked.
_REFUSED = {
    "MariaDB": (
        *(f"of_sought: {word} outer" for word in ("in", "not in", "any", "all")),
        *(f"of_computed_values: window around {word}" for word in ("in", "any", "few in", "few any")),
        *(f"of_existing: {word} outer" for word in ("intersect", "except_")),
        "of_existing: ordered by a name",
        "of_errors: lateral groups",
        *(f"of_errors: union in exists, offset {n}" for n in (0, 1, 9)),
    ),
    "SQLite": (
        "of_errors: lateral groups",
        *(name for name in STATEMENTS if name.startswith("of_errors: texts")),
    ),
    "MySQL": ("of_tables: within another", "of_errors: outer having",
        *(f"of_computed_values: window around few {word}" for word in ("in", "any"))),
}


@pytest.fixture
def tables(db: Database) -> Iterator[dict[str, Relation]]:
    made = fill(random.Random("optimisers"))
    with filled(db, made):
        yield made


def test_other_rows(db: Database, tables: dict[str, Relation]) -> None:
    refused = next(
        (names for product, names in _REFUSED.items() if db.server.startswith(product)), ()
    )
    wrong: list[str] = []
    for name, statement in STATEMENTS.items():
        outcome = check(db, statement, tables)
        if outcome.verdict is (Verdict.REFUSED if name in refused else Verdict.SAME):
            continue
        said = "" if outcome.verdict is Verdict.REFUSED else sql(db, statement)
        shown = f"{outcome.kind}: {outcome.expected}, not {outcome.given}"
        wrong.append(
            f"{name}: {outcome.verdict.name} {shown[:600]}\n{sexpr(statement)[:900]}\n{said[:900]}"
        )
    assert not wrong, f"{db.server}: {len(wrong)} differ\n" + "\n\n".join(wrong[:12])
