"""Every function, operator and cast at the bounds of its types, on every database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from pyferro import Database

from . import directed, tree
from .compare import same_value
from .databases import Failed, Refused, filled, run, sql
from .encode import sexpr
from .expressions import Expressions
from .known import known_expression
from .rows import Env
from .types import type_of
from .values import EvaluationError
from .words import BinaryOp, JoinKind, Type

_MOST_FAILING = 2  # of the rows for which one expression fails, so many are tried
_A, _B = (tree.Table(directed.TABLE.name, alias) for alias in "ab")
_BOTH = tree.Join(JoinKind.cross, _A, _B)
_VALUES = {
    row[0]: dict(zip((c.name for c in directed.TABLE.columns), row, strict=True))
    for row in directed.rows().rows
}

Place = tuple[int, ...]  # the ids of one row, or of two


@pytest.fixture
def values(db: Database) -> Iterator[None]:
    with filled(db, {directed.TABLE.name: directed.rows()}, (directed.TABLE,)):
        yield


def _place(two: bool) -> tree.Expr:
    """One number for a place."""
    a, b = (tree.Column(alias, "id", Type.int64) for alias in "ab")
    return (
        tree.Binary(BinaryOp.add, tree.Binary(BinaryOp.mul, a, tree.number(1000)), b)
        if (two)
        else a
    )


def _number(place: Place) -> int:
    return place[0] if len(place) == 1 else place[0] * 1000 + place[1]


def _select(expr: tree.Expr, two: bool, numbers: Sequence[int], negated: bool) -> tree.Select:
    place = _place(two)
    items = (
        tree.SelectItem(place, "place", Type.int64),
        tree.SelectItem(expr, "x", type_of(expr)),
    )
    where = tree.In(place, tree.ParamList(Type.int64, tuple(numbers)), negated)
    return tree.Select(None, None, items, _BOTH if two else _A, where)


def _is_inner(place: Place) -> bool:
    """Whether nothing there is a bound."""
    rows = [_VALUES[i] for i in place]
    days = [row["v_date"] for row in rows] + [row["v_timestamp"] for row in rows]
    return all(day is None or 1800 < day.year < 2100 for day in days) and all(
        abs(row["v_int64"] or 0) < 1 << 60 for row in rows
    )


def _expected(expr: tree.Expr, two: bool, inner: bool) -> tuple[dict[int, Any], list[int]]:
    """The value at each place, and the places where it fails."""
    places: list[Place] = [(i,) for i in _VALUES]
    if two:
        places = [(i, j) for i in _VALUES for j in _VALUES]
    if inner:
        places = [place for place in places if _is_inner(place)]
    found: dict[int, Any] = {}
    failing: list[int] = []
    evaluator = Expressions()
    for place in places:
        row = {alias: _VALUES[i] for alias, i in zip("ab", place, strict=False)}
        try:
            found[_number(place)] = evaluator.value(expr, Env({}, row))
        except EvaluationError:
            failing.append(_number(place))
    return found, failing


def _differences(db: Database, expr: tree.Expr, two: bool, inner: bool = False) -> Iterator[str]:
    expected, failing = _expected(expr, two, inner)
    whole = (
        _select(expr, two, list(expected), False) if inner else (_select(expr, two, failing, True))
    )
    try:
        given: dict[Any, Any] = {row[0]: row[1] for row in run(db, whole)}
    except Refused:
        return
    except Failed as failure:
        yield f"fails: {failure}"
        for number in expected:
            try:
                run(db, _select(expr, two, [number], False))
            except Failed:
                yield f"first at {_said(number, expr)}"
                return
        return
    if given.keys() != expected.keys():
        yield "other places"
        return
    wrong = [n for n, value in expected.items() if not same_value(value, given[n])]
    for number in wrong[:4]:
        yield f"{_said(number, expr)}: {expected[number]!r}, not {given[number]!r}"
    if len(wrong) > 4:
        yield f"{len(wrong)} of {len(expected)}"
    for number in failing[:: max(len(failing) // _MOST_FAILING, 1)]:
        try:
            rows = run(db, _select(expr, two, [number], False))
        except Failed:
            continue
        yield f"{_said(number, expr)}: does not fail, {rows[0][1]!r}"


def _said(number: int, expr: tree.Expr) -> str:
    """The values of the columns there."""
    two = divmod(number, 1000) if number >= 1000 else (number,)
    rows = {alias: _VALUES[i] for alias, i in zip("ab", two, strict=False)}
    columns = [node for node in tree.walk(expr) if isinstance(node, tree.Column)]
    return ", ".join(repr(rows[column.source][column.name]) for column in columns)


@pytest.mark.parametrize(
    ("exprs", "two"),
    [
        (directed.of_one, False),
        (directed.of_two, True),
        (directed.counts, False),
        (directed.patterns, False),
    ],
    ids=["one", "two", "counts", "patterns"],
)
def test_values_at_the_bounds(exprs: Any, two: bool, db: Database, values: None) -> None:
    found: list[str] = []
    for expr in exprs():
        differences = list(_differences(db, expr, two))
        row = known_expression(db.server, expr) if differences else None
        if row is not None:
            far = any(node == tree.number(n) for node in tree.walk(expr) for n in directed.FAR)
            inner = row.bounds_only and not far
            differences = list(_differences(db, expr, two, True)) if inner else []
        if differences:
            said = [sexpr(expr), sql(db, _select(expr, two, (), True)), *differences]
            found.append("\n  ".join(said))
    assert not found, f"{db.server}: {len(found)} differ\n" + "\n".join(found)
