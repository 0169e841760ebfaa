"""Statements that servers gave another meaning, or none, each beside the evaluator.

Most are about parameters: what a server takes a value for when nothing beside it has a type.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from pyferro import Database

from . import tree
from .compare import Verdict, check
from .databases import sql
from .encode import sexpr
from .tree import NULL, TRUE, number
from .words import (
    AggregateFunction,
    BinaryOp,
    FrameBound,
    FrameUnit,
    Function,
    GroupingKind,
    JoinKind,
    Nulls,
    SetOp,
    Type,
    UnaryOp,
    WindowFunction,
)

_MOMENT = dt.datetime(2024, 2, 29, 23, 59, 59, 999999)
VALUES: dict[Type, tuple[Any, Any]] = {
    Type.bool: (True, False),
    Type.int64: (5, -(2**63)),
    Type.float64: (1.5, -1e300),
    Type.decimal: (Decimal("1.25"), Decimal("-12345678901234567890.123")),
    Type.text: ("a", "A" * 3000),
    Type.bytes: (b"\xff\x00", b"a"),
    Type.date: (dt.date(2024, 2, 29), dt.date(1, 1, 1)),
    Type.time: (dt.time(1, 2, 3, 4), dt.time(23, 59, 59, 999999)),
    Type.timestamp: (_MOMENT, dt.datetime(1970, 1, 1)),
    Type.timestamptz: (_MOMENT.replace(tzinfo=dt.UTC), dt.datetime(1970, 1, 1, tzinfo=dt.UTC)),
    Type.uuid: (uuid.UUID(int=5), uuid.UUID(int=2**128 - 1)),
}
_UNORDERED = (Type.uuid, Type.bytes)
_COUNT = tree.Aggregate(AggregateFunction.count)


def text(value: str | None) -> tree.Param:
    return tree.Param(Type.text, value)


def one(value: tree.Expr, type: Type, **more: Any) -> tree.Select:
    return tree.Select(None, None, (tree.SelectItem(value, "x", type),), **more)


def binary(op: BinaryOp, left: tree.Expr, right: tree.Expr) -> tree.Binary:
    return tree.Binary(op, left, right)


def call(function: Function, *arguments: tree.Expr) -> tree.Call:
    return tree.Call(function, arguments)


def rows(type: Type, *values: Any) -> tree.Derived:
    """A table `s` of one column `x`, of parameters."""
    members = tuple(one(tree.Param(type, value), type) for value in values)
    several = len(members) > 1
    query = tree.Compound(None, SetOp.union, True, members) if several else members[0]
    return tree.Derived(query, "s")


def x(type: Type) -> tree.Column:
    return tree.Column("s", "x", type)


def of_each_type() -> Iterator[tuple[str, tree.Query]]:
    for type, (a, b) in VALUES.items():
        p, q, none = (tree.Param(type, value) for value in (a, b, None))
        yield f"{type.word} alone", one(q, type)
        yield f"{type.word} of none", one(none, type)
        yield f"{type.word} after NULL", one(call(Function.coalesce, none, p), type)
        yield f"{type.word} chosen", one(tree.Case((tree.When(TRUE, p),), q), type)
        yield f"{type.word} from a table", one(x(type), type, from_=rows(type, None, a, b))
        for op, all in product(SetOp, (False, True)):
            members = tuple(one(value, type) for value in (none, p, q, p))
            yield f"{type.word} {op.name} {all}", tree.Compound(None, op, all, members)
        yield f"{type.word} equal", one(binary(BinaryOp.eq, p, q), Type.bool)
        found = binary(BinaryOp.eq, x(type), p)
        yield f"{type.word} sought", one(x(type), type, from_=rows(type, a, b), where=found)
        yield f"{type.word} null-if", one(call(Function.null_if, p, q), type)
        grouped = tree.Grouping(GroupingKind.plain, (x(type),))
        yield (
            f"{type.word} groups",
            one(x(type), type, from_=rows(type, None, a, b, a), grouping=grouped),
        )
        if type in _UNORDERED:
            continue
        yield f"{type.word} less", one(binary(BinaryOp.lt, p, q), Type.bool)
        yield f"{type.word} between", one(tree.Between(p, q, p), Type.bool)
        for nulls in (Nulls.default, Nulls.nulls_first, Nulls.nulls_last):
            for descending in (False, True):
                order = (tree.OrderItem(tree.Column("", "x", type), descending, nulls),)
                union = tree.Compound(None, SetOp.union, False, members, order)
                yield f"{type.word} order {nulls.name} {descending}", union
        if type != Type.bool:
            yield f"{type.word} greatest", one(call(Function.greatest, p, q), type)
            greatest = tree.Aggregate(AggregateFunction.max, (p,))
            yield f"{type.word} max of a parameter", one(
                greatest, type, from_=rows(type, a, b),
                grouping=tree.Grouping(GroupingKind.plain, (x(type),)),
            )  # fmt: skip


_I, _D = Type.int64, Type.decimal
_five, _least = tree.Param(_I, 5), tree.Param(_I, -(2**63))
_day = tree.Param(Type.date, dt.date(2024, 1, 1))
_dec = tree.Param(_D, Decimal("1.50"))
_none = one(x(_I), _I, from_=rows(_I, 1, 2), where=binary(BinaryOp.gt, x(_I), _five))
_nothing: dict[str, Any] = {"from_": rows(_I, 1, 2), "where": binary(BinaryOp.gt, x(_I), _five)}
_count_of_none = one(_COUNT, _I, **_nothing)
_max_of_none = one(tree.Aggregate(AggregateFunction.max, (x(_I),)), _I, **_nothing)
_joined_to_none = one(
    tree.Aggregate(AggregateFunction.min, (_five,)), _I,
    from_=tree.Join(
        JoinKind.inner,
        rows(_I, 1),
        tree.Derived(rows(_I, 2).query, "r"),
        tree.Param(Type.bool, None),
    ),
)  # fmt: skip


def row(*items: tree.Expr) -> tree.Row:
    return tree.Row(items)


def ranked(function: WindowFunction, *arguments: tree.Expr) -> tree.Expr:
    order = (tree.OrderItem(x(_I)),)
    return tree.Over(tree.WindowCall(function, arguments), (), order)


def others() -> Iterator[tuple[str, tree.Query]]:
    for op in (BinaryOp.add, BinaryOp.sub, BinaryOp.mul):
        yield f"{op.name} of integers", one(binary(op, _five, _five), _I)
        yield f"{op.name} of decimals", one(binary(op, _dec, _dec), _D)
    for op in (BinaryOp.idiv, BinaryOp.mod):
        yield f"{op.name} of integers", one(binary(op, _five, tree.Param(_I, 2)), _I)
    yield "the least by one", one(binary(BinaryOp.idiv, _least, tree.Param(_I, 1)), _I)
    yield "negated decimal", one(tree.Unary(UnaryOp.neg, _dec), _D)
    for function in (Function.abs, Function.ceil, Function.floor, Function.round, Function.trunc):
        yield f"{function.name} of a decimal", one(call(function, _dec), _D)
    yield "decimal as decimal", one(tree.Cast(_dec, _D), _D)
    for real in (2.0**62, -(2.0**63), 1e17 + 16, -1.5, 9007199254740993.0):
        cast = tree.Cast(tree.Param(Type.float64, real), _I)
        yield f"{real} as an integer", one(cast, _I)
    yield "a year is signed", one(
        binary(BinaryOp.sub, call(Function.year, _day), number(3000)), _I,
    )  # fmt: skip
    for function in (WindowFunction.row_number, WindowFunction.rank, WindowFunction.dense_rank):
        value = binary(BinaryOp.mul, ranked(function), number(-1))
        yield f"{function.name} is signed", one(value, _I, from_=rows(_I, 1, 2))
    value = binary(BinaryOp.sub, ranked(WindowFunction.ntile, number(2)), number(5))
    yield "ntile is signed", one(value, _I, from_=rows(_I, 1, 2))
    yield "case matters", one(binary(BinaryOp.eq, text("a"), text("A")), Type.bool)
    yield (
        "case of both",
        one(binary(BinaryOp.eq, call(Function.lower, text("A")), text("A")), Type.bool),
    )
    yield "spaces matter", one(binary(BinaryOp.eq, text("a"), text("a ")), Type.bool)
    for pattern in (NULL, text(None), text("\\%%"), text("_")):
        for negated, fold in product((False, True), (False, True)):
            like = tree.Like(text("a"), pattern, negated, fold)
            name = f"{getattr(pattern, 'value', 'null')} {negated} {fold}"
            yield f"like {name}", one(like, Type.bool)
            yield f"moved like {name}", one(x(_I), _I, from_=rows(_I, 1, 2), where=like)
    for third, second in product((None, "", "b"), ("", "a", "z", None)):
        value = call(Function.replace, text("a"), text(second), text(third))
        yield f"replace {second!r} by {third!r}", one(value, Type.text)
    for op in (BinaryOp.lt, BinaryOp.le, BinaryOp.gt, BinaryOp.ge):
        for a, b, c, d in product((None, 1), (None, 1, 2), (1, 2), (None, 1)):
            left, right = (row(*(tree.Param(_I, v) for v in pair)) for pair in ((a, b), (c, d)))
            yield f"rows {a} {b} {op.name} {c} {d}", one(binary(op, left, right), Type.bool)
    left, right = (row(*(tree.Param(_I, v) for v in three)) for three in ((1, 2, 3), (1, 2, 3)))
    yield "rows of three", one(binary(BinaryOp.le, left, right), Type.bool)
    for name, query in (
        ("count", _count_of_none), ("max", _max_of_none), ("join", _joined_to_none),
    ):  # fmt: skip
        for value, negated in product((0, 1, None), (False, True)):
            sought = tree.InQuery(tree.Param(_I, value), query, negated)
            yield f"{value} in {name} {negated}", one(x(_I), _I, from_=rows(_I, 7), where=sought)
            yield f"{value} in {name} {negated}, shown", one(sought, Type.bool)
        for op, all in product((BinaryOp.ne, BinaryOp.lt, BinaryOp.ge), (False, True)):
            beside = tree.Quantified(op, tree.Param(_I, 0), query, all)
            yield f"{op.name} {all} {name}", one(x(_I), _I, from_=rows(_I, 7), where=beside)
    having = tree.Grouping(GroupingKind.plain, (), (), binary(BinaryOp.gt, _COUNT, number(0)))
    yield (
        "in no aggregate",
        one(tree.InQuery(number(0), one(_COUNT, _I, grouping=having, **_nothing)), Type.bool),
    )
    pair = tree.Select(
        None,
        None,
        (tree.SelectItem(_COUNT, "n", _I), tree.SelectItem(number(1), "m", _I)),
        **_nothing,
    )
    yield "row in an aggregate", one(tree.InQuery(row(number(0), number(1)), pair), Type.bool)
    for value in (number(1), _five):
        page = tree.Select(
            None, tree.Distinct(), (tree.SelectItem(value, "x", _I),), rows(_I, 1, 2, 1),
            limit=number(5), offset=tree.Param(_I, 1),
        )  # fmt: skip
        yield f"second page of distinct {sexpr(value)}", page
    for function in AggregateFunction:
        if AggregateFunction.stddev_sample <= function <= AggregateFunction.variance_population:
            spread = tree.Aggregate(function, (x(_I),), True)
            yield f"{function.name} of distinct", one(spread, Type.float64, from_=rows(_I, 1, 1, 3))
    frame = tree.Frame(
        FrameUnit.rows, FrameBound.preceding, tree.Param(_I, 1), FrameBound.current_row, None
    )
    total = tree.Over(
        tree.Aggregate(AggregateFunction.sum, (x(_I),)), (), (tree.OrderItem(x(_I)),), frame
    )
    yield "a frame of a parameter", one(total, _I, from_=rows(_I, 1, 2, 4))
    quotient = binary(BinaryOp.idiv, x(_I), tree.Param(_I, -1))
    printed = tree.Cast(quotient, Type.text)
    for distinct in (None, tree.Distinct()):
        yield f"printed quotient {distinct}", tree.Select(
            None, distinct, (tree.SelectItem(printed, "c", Type.text),), rows(_I, 5, 123456),
            order=(tree.OrderItem(tree.Column("", "c", Type.text)),),
        )  # fmt: skip


STATEMENTS = {**dict(of_each_type()), **dict(others())}
_REFUSED = {
    "MySQL": ("of distinct",),
    "MariaDB": ("of distinct", "a frame of a parameter"),
}


def _is_refused(server: str, name: str) -> bool:
    parts = next((parts for product, parts in _REFUSED.items() if server.startswith(product)), ())
    return any(name.endswith(part) for part in parts)


def test_every_place(db: Database) -> None:
    wrong: list[str] = []
    for name, statement in STATEMENTS.items():
        outcome = check(db, statement, {})
        wanted = Verdict.REFUSED if _is_refused(db.server, name) else Verdict.SAME
        if outcome.verdict is not wanted:
            text = "" if outcome.verdict is Verdict.REFUSED else sql(db, statement)
            said = f"{outcome.kind}: {outcome.expected}, not {outcome.given}"
            shown = "\n".join((said[:600], sexpr(statement)[:900], text[:900]))
            wrong.append(f"{name}: {outcome.verdict.name} {shown}")
    assert not wrong, f"{db.server}: {len(wrong)} differ\n" + "\n\n".join(wrong[:12])


@pytest.mark.parametrize("places", ["35", "36", "30", "31"])
def test_decimals_too_wide_for_a_cast(places: str, db: Database) -> None:
    """MySQL casts a decimal that nothing types, and would cut it in silence."""
    digits = int(places)
    value = Decimal("1" * digits) if digits > 31 else Decimal(f"0.{'1' * digits}")
    statement = one(call(Function.coalesce, tree.Param(_D, value), number(1)), _D)
    outcome = check(db, statement, {})
    if db.server.startswith("MySQL") and digits in (36, 31):
        assert outcome.kind == "fails: OutOfRange", outcome
    else:
        assert outcome.verdict is Verdict.SAME, outcome
