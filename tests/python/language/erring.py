"""Statements that a server had an error for, although they are in order.

Run beside the evaluator by test_optimisers.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from . import tree
from .encode import sexpr
from .shapes import grouped, ids, items, left, of, param
from .test_places import call, one
from .tree import FALSE, TRUE, number
from .words import AggregateFunction, BinaryOp, Function, JoinKind, LogicalOp, Nulls, SetOp, Type

_I, _B, _T, _F = Type.int64, Type.bool, Type.text, Type.float64
_a, _b, _c = (tree.Table(f"lang_{name}", f"t_{name}") for name in "abc")


def of_errors() -> Iterator[tuple[str, tree.Query]]:
    yield from _common()
    yield from _like()
    yield from _ordered()
    within = one(
        TRUE, _B, from_=_b, grouping=grouped(of("b", "word", _T), having=of("a", "flag", _B))
    )
    every = tree.Aggregate(AggregateFunction.bool_and, (tree.Exists(within),))
    yield "outer having", one(number(1), _I, from_=_a, grouping=grouped(having=every))
    yield from _texts()
    yield from _sets()
    yield from _folded()
    yield from _named()
    yield "unread beside a recursive one", _unread()
    lateral = tree.Derived(one(of("b", "id", _I), _I, from_=_c), "u", True)
    key = tree.Column("u", "x", _I)
    counted = tree.Aggregate(AggregateFunction.count)
    yield (
        "lateral groups",
        items(
            (key, _I),
            (counted, _I),
            from_=left(_b, lateral, TRUE),
            grouping=grouped(key, having=TRUE),
        ),
    )


def _common() -> Iterator[tuple[str, tree.Query]]:
    """MariaDB's error 1111: an aggregate of a common table expression that another one reads."""
    largest = tree.Aggregate(AggregateFunction.max, (of("a", "id", _I),))
    two = items((largest, _I), (param(1), _I), from_=_a)
    for name, columns in (
        ("as they are", ("i0", "i1")),
        ("renamed", ("y0", "y1")),
        ("turned", ("i1", "i0")),
    ):
        common = tree.With(False, (tree.Cte("w", columns, two),))
        read = one(tree.Column("v", columns[1], _I), _I, from_=tree.Table("w", "v"))
        sum_ = tree.Aggregate(AggregateFunction.sum, (tree.Subquery(read),))
        yield f"common {name}", replace(one(sum_, _I, from_=_c), with_=common)


def _like() -> Iterator[tuple[str, tree.Query]]:
    """MySQL's error 1064: a pattern of a UNION in FROM, where it is NULL."""
    source = tree.Join(JoinKind.full, tree.Derived(one(param("_", _T), _T), "s"), _b, TRUE)
    pattern = tree.Column("s", "x", _T)
    for name, each in (("column", pattern), ("call", call(Function.coalesce, pattern, pattern))):
        for fold in (False, True):
            like = tree.Like(param("a", _T), each, False, fold)
            yield f"like {name} {fold}", one(number(1), _I, from_=source, where=like)


def _ordered() -> Iterator[tuple[str, tree.Query]]:
    """MySQL's errors 3065 and 1054: DISTINCT floats by an order, and a UNION by one in EXISTS."""
    ceiling = call(Function.ceil, of("b", "f", _F))
    order = (tree.OrderItem(ceiling),)
    some = replace(
        one(ceiling, _F, from_=_b, order=order, offset=number(1)), distinct=tree.Distinct()
    )
    floats = one(of("b", "f", _F), _F, from_=_b)
    for op in (SetOp.intersect, SetOp.except_):
        for members in ((floats, some), (some, floats)):
            name = f"distinct {op.name} {members[0] is some}"
            yield name, tree.Compound(None, op, False, members)
    first = one(param(1), _I, limit=number(2))
    by = (tree.OrderItem(tree.Column("", "x", _I)),)
    for offset in (0, 1, 9):
        both = (first, one(of("b", "n", _I), _I))
        union = tree.Compound(None, SetOp.union, False, both, by, None, number(offset))
        yield f"union in exists, offset {offset}", ids(_b, tree.Exists(union))


def _texts() -> Iterator[tuple[str, tree.Query]]:
    """MySQL forgets what follows two constants, and orders NULLs by what is left in their place."""
    cross = tree.Join(JoinKind.cross, _a, _b)
    arguments = (of("b", "word", _T), param(",", _T))
    last = (of("b", "id", _I), of("a", "id", _I))
    for key in (
        of("b", "flag", _B),
        of("a", "n", _I),
        of("a", "d", Type.decimal),
        of("a", "name", _T),
        of("a", "day", Type.date),
    ):
        for descending, nulls in product(
            (False, True), (Nulls.default, Nulls.nulls_first, Nulls.nulls_last)
        ):
            order = (tree.OrderItem(key, descending, nulls), *map(tree.OrderItem, last))
            texts = tree.Aggregate(AggregateFunction.string_agg, arguments, False, None, order)
            yield f"texts by {sexpr(key)} {descending} {nulls.name}", one(texts, _T, from_=cross)


def _sets() -> Iterator[tuple[str, tree.Query]]:
    """MySQL's error 1030: an INTERSECT that an outer join, or NOT EXISTS, reads."""
    day = of("a", "day", Type.date)
    both = tree.Compound(
        None,
        SetOp.intersect,
        False,
        (one(day, Type.date, from_=_a), one(param(None, Type.date), Type.date)),
    )
    common = tree.With(False, (tree.Cte("w", (), both),))
    table = tree.Table("w", "v")
    met = tree.Binary(BinaryOp.eq, tree.Column("v", "x", Type.date), of("b", "day", Type.date))
    for kind in (JoinKind.left, JoinKind.right, JoinKind.full):
        joined = tree.Join(kind, table, _b, met)
        counted = tree.Aggregate(AggregateFunction.count)
        yield f"intersect {kind.name}", replace(one(counted, _I, from_=joined), with_=common)


def _folded() -> Iterator[tuple[str, tree.Query]]:
    """SQLite takes an aggregate beside FALSE away, and MariaDB has NULL for NULLIF of one in HAVING."""
    every = tree.Aggregate(AggregateFunction.bool_and, (TRUE,))
    for name, terms in (
        ("first", (FALSE, every)),
        ("last", (every, FALSE)),
        ("three", (TRUE, every, FALSE)),
    ):
        for op in LogicalOp:
            yield f"folded {op.name} {name}", one(tree.Logical(op, terms), _B, from_=_b)
    for value in (TRUE, FALSE):
        kept = call(Function.null_if, every, value)
        grouping = grouped(of("b", "word", _T), having=kept)
        yield f"folded null-if {value is TRUE}", one(number(1), _I, from_=_b, grouping=grouping)


def _named() -> Iterator[tuple[str, tree.Query]]:
    """MariaDB's error 1054: names for the columns of a common table expression, and an order by its own."""
    order = (tree.OrderItem(tree.Column("", "x", _I)),)
    members = (one(of("a", "n", _I), _I, from_=_a), one(of("b", "n", _I), _I, from_=_b))
    for op in SetOp:
        for limit in (None, number(2)):
            both = tree.Compound(None, op, False, members, order, limit)
            common = tree.With(False, (tree.Cte("w", ("y",), both),))
            read = one(tree.Column("v", "y", _I), _I, from_=tree.Table("w", "v"))
            yield f"named {op.name} {limit is None}", replace(read, with_=common)


def _unread() -> tree.Query:
    """Which brings MariaDB down, or never ends there."""
    start = items((of("c", "id", _I), _I), from_=_c)
    again = items(
        (of("c", "id", _I), _I), from_=tree.Join(JoinKind.inner, _c, tree.Table("r", "s"), TRUE)
    )
    recursive = tree.Cte("r", (), tree.Compound(None, SetOp.union, False, (start, again)))
    nobody = tree.Cte("nobody", (), one(number(1), _I, from_=tree.Table("r", "s")))
    read = tree.Cte("w", (), one(tree.Column("s", "i0", _I), _I, from_=tree.Table("r", "s")))
    both = tuple(one(tree.Column("v", "x", _I), _I, from_=tree.Table("w", "v")) for _ in range(2))
    return tree.Compound(tree.With(True, (recursive, nobody, read)), SetOp.union, True, both)
