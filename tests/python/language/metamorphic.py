"""Laws between the results of several statements on one database.

A law gets a random generator and gives a statement for which it is broken, or None.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from pyferro import Database

from . import tree
from .databases import Failed, Refused, Row, run
from .make_queries import MakeQueries
from .scope import COMPARABLE, Scope
from .tree import number
from .words import AggregateFunction, LogicalOp, Type, UnaryOp

Law: TypeAlias = Callable[[Database, random.Random], tree.Query | None]


def _maker(rng: random.Random) -> MakeQueries:
    maker = MakeQueries(rng)
    maker.queries_left = rng.choice((0, 0, 1))
    return maker


def _base(rng: random.Random) -> tuple[tree.Select, tree.Expr, Scope]:
    """A select without a condition, and a condition for it."""
    maker = _maker(rng)
    source, columns, keys = maker.source((), True)
    rows = Scope(columns, keys)
    usable = [c for c in columns if c.exact and c.type in COMPARABLE]
    chosen = rng.sample(usable, min(len(usable), 3))
    items = tuple(tree.SelectItem(c.expr, f"c{i}", c.type) for i, c in enumerate(chosen))
    items = items or (tree.SelectItem(number(1), "c0", Type.int64),)
    return tree.Select(None, None, items, source), maker.condition(rows, 3), rows


def _rows(database: Database, statement: tree.Query) -> list[Row] | None:
    """None where the database refuses it or a value does not fit."""
    try:
        return run(database, statement)
    except (Refused, Failed):
        return None


def _count(rows: list[Row]) -> Counter[Row]:
    return Counter(rows)


def partitions(database: Database, rng: random.Random) -> tree.Query | None:
    """All rows are those for which a condition is true, false, and unknown."""
    select, condition, _ = _base(rng)
    parts = (
        condition,
        tree.Unary(UnaryOp.not_, condition),
        tree.Unary(UnaryOp.is_null, condition),
    )
    whole = _rows(database, select)
    found = [_rows(database, replace(select, where=part)) for part in parts]
    if whole is None or any(rows is None for rows in found):
        return None
    together = [row for rows in found for row in rows or ()]
    return None if _count(whole) == _count(together) else replace(select, where=condition)


def counted_twice(database: Database, rng: random.Random) -> tree.Query | None:
    """As many rows meet a condition as have it true, which no index can help to count."""
    select, condition, _ = _base(rng)
    counted = (tree.SelectItem(tree.Aggregate(AggregateFunction.count), "n", Type.int64),)
    filtered = replace(select, items=counted, where=condition)
    one = tree.Case((tree.When(condition, number(1)),), number(0))
    total = tree.Aggregate(AggregateFunction.sum, (one,))
    summed = replace(select, items=(tree.SelectItem(total, "n", Type.int64),))
    a, b = _rows(database, filtered), _rows(database, summed)
    if a is None or b is None:
        return None
    return None if a[0][0] == (b[0][0] or 0) else filtered


def pages(database: Database, rng: random.Random) -> tree.Query | None:
    """Pages of rows in a total order, put together, are all rows."""
    select, condition, rows = _base(rng)
    if rows.keys is None:
        return None
    ordered = replace(select, where=condition, order=_maker(rng).order_by(rows, 2, True))
    whole = _rows(database, ordered)
    if whole is None:
        return None
    size = rng.randrange(1, 6)
    found: list[Row] = []
    for start in range(0, len(whole) + 1, size):
        limit, offset = (tree.Param(Type.int64, n) for n in (size, start))
        page = _rows(database, replace(ordered, limit=limit, offset=offset))
        if page is None:
            return ordered
        found += page
    return None if found == whole else ordered


def again(database: Database, rng: random.Random) -> tree.Query | None:
    """A plan that was compiled before gives what it gave, also after others."""
    select, condition, _ = _base(rng)
    statement = replace(select, where=condition)
    first = _rows(database, statement)
    other = replace(select, where=tree.Unary(UnaryOp.not_, condition))
    _rows(database, other)
    second = _rows(database, statement)
    if (first is None) != (second is None):
        return statement
    if first is None or second is None:
        return None
    return None if _count(first) == _count(second) else statement


def double_negation(database: Database, rng: random.Random) -> tree.Query | None:
    """NOT NOT p is p, and NOT (p AND q) is NOT p OR NOT q."""
    select, p, rows = _base(rng)
    q = _maker(rng).condition(rows, 1)
    nots = [tree.Unary(UnaryOp.not_, part) for part in (p, q)]
    both = tree.Unary(UnaryOp.not_, tree.Logical(LogicalOp.and_, (p, q)))
    either = tree.Logical(LogicalOp.or_, tuple(nots))
    pairs = ((p, tree.Unary(UnaryOp.not_, nots[0])), (both, either))
    for one, other in pairs:
        a, b = (_rows(database, replace(select, where=where)) for where in (one, other))
        if a is not None and b is not None and _count(a) != _count(b):
            return replace(select, where=one)
    return None


LAWS: tuple[Law, ...] = (partitions, counted_twice, pages, again, double_negation)
