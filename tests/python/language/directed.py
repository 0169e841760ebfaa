"""Every function, operator and cast with every value at the bounds of its types.

One row for each value and one column for each type; an expression of columns is run for all rows,
or all pairs of rows, in one statement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from . import tree
from .make_terms import (
    CLOCK_ADDS,
    CLOCK_PARTS,
    CLOCK_TRUNCS,
    DAY_ADDS,
    DAY_PARTS,
    DAY_TRUNCS,
    SELF,
)
from .rows import Relation
from .schema import DATES, DECIMALS, DOMAINS, FLOATS, LARGE, MOMENTS, NAMES, ColumnOf, TableOf
from .tree import number
from .types import type_of
from .words import COMPARISONS, DISTINCTNESS, BinaryOp, Function, Type, UnaryOp

_FIRST, _LAST = dt.datetime.min, dt.datetime.max
_DECIMALS = ("9999999999.99", "-9999999999.99", "0.50", "1.50", "-0.50", "-1.50", "0.49", "1.00")
_VALUES: dict[Type, Sequence[Any]] = {
    Type.bool: (True, False),
    Type.int64: (*LARGE, *range(-7, 8), 59, 1000),
    Type.float64: (*FLOATS, 1e10, -1e10, 1e-5, 9007199254740992.0, 3.5, -0.125, -3.5, 700.0),
    Type.decimal: (*DECIMALS, *map(Decimal, _DECIMALS)),
    Type.text: (*NAMES, "\t a", "a\nb", "aa", "aaa", "12", "\\", "é́", "ab cd "),
    Type.date: (
        *DATES, _FIRST.date(), _LAST.date(), dt.date(1000, 1, 1), dt.date(1582, 10, 10),
        dt.date(1900, 3, 1), dt.date(2100, 2, 28), dt.date(2024, 10, 31), dt.date(2024, 12, 30),
    ),
    Type.timestamp: (
        *MOMENTS, _FIRST, _LAST, dt.datetime(1582, 10, 10, 1), dt.datetime(1900, 3, 1, 0, 0, 0, 7),
        dt.datetime(2038, 1, 19, 3, 14, 8), dt.datetime(2024, 10, 31, 23, 59, 59, 499999),
        dt.datetime(2024, 12, 30, 12),
    ),
    Type.time: DOMAINS[Type.time],
    Type.bytes: DOMAINS[Type.bytes],
    Type.uuid: DOMAINS[Type.uuid],
}  # fmt: skip
_ALL = {
    **_VALUES,
    Type.timestamptz: tuple(m.replace(tzinfo=dt.UTC) for m in _VALUES[Type.timestamp]),
}
_COUNT = max(map(len, _ALL.values())) + 1  # the last row is NULL in every column

TABLE = TableOf(
    "lang_v",
    (ColumnOf("id", Type.int64, False), *(ColumnOf(f"v_{t.word}", t) for t in _ALL)),
    _COUNT,
)


def rows() -> Relation:
    """Values are repeated in the columns of types that have fewer."""
    made = [
        (n + 1, *(None if n == _COUNT - 1 else values[n % len(values)] for values in _ALL.values()))
        for n in range(_COUNT)
    ]
    return Relation(tuple(column.name for column in TABLE.columns), made)


def a(type: Type) -> tree.Column:
    return tree.Column("a", f"v_{type.word}", type)


def b(type: Type) -> tree.Column:
    return tree.Column("b", f"v_{type.word}", type)


_NUMBERS = (Type.int64, Type.float64, Type.decimal)
_MOMENTS = (Type.timestamp, Type.timestamptz)
_DAYS = (Type.date, *_MOMENTS)
_CASTS = {
    Type.bool: (Type.int64,),
    Type.int64: (Type.float64, Type.decimal, Type.text),
    Type.float64: (Type.int64,),
    Type.decimal: (Type.int64, Type.float64),
    Type.date: (*_MOMENTS, Type.text),
    Type.timestamp: (Type.date, Type.timestamptz),
    Type.timestamptz: (Type.date, Type.timestamp),
}
FAR = (-100_000, 100_000)
_COUNTS = (FAR[0], -400, -13, -12, -1, 0, 1, 11, 12, 13, 400, FAR[1])


_SPANS = tuple(
    dt.timedelta(days=days, microseconds=micros)
    for days, micros in product((0, -1000, 3652058, 99999999), (1, -1))
)


def _call(function: Function, *arguments: tree.Expr) -> tree.Expr:
    return tree.Call(function, arguments)


def of_one() -> Iterator[tree.Expr]:
    """Expressions of one row."""
    for type in _ALL:
        for op in (UnaryOp.is_null, UnaryOp.is_not_null):
            yield tree.Unary(op, a(type))
        for to in (type, *_CASTS.get(type, ())):
            yield tree.Cast(a(type), to)
    for type in _NUMBERS:
        yield tree.Unary(UnaryOp.neg, a(type))
        yield from (_call(function, a(type)) for function in SELF)
        floats = (Function.sqrt, Function.ln, Function.log10)
        yield from (_call(function, a(type)) for function in floats)
    yield from (_call(Function.round_to, a(Type.decimal), number(n)) for n in range(4))
    yield _call(Function.exp, a(Type.float64))
    yield tree.Unary(UnaryOp.not_, a(Type.bool))
    text = a(Type.text)
    for function in (
        Function.lower, Function.length, Function.octet_length, Function.trim, Function.trim_left,
        Function.trim_right, Function.reverse,
    ):  # fmt: skip
        yield _call(function, text)
    yield _call(Function.octet_length, a(Type.bytes))
    for start, count in product((1, 2, 3, 9), (None, 0, 1, 2, 9)):
        more = () if count is None else (number(count),)
        yield _call(Function.substr, text, number(start), *more)
    yield from (_call(Function.repeat, text, number(n)) for n in (-1, 0, 1, 2))
    for type in _DAYS:
        clock = type != Type.date
        parts = DAY_PARTS + (CLOCK_PARTS if clock else ())
        truncs = DAY_TRUNCS + (CLOCK_TRUNCS if clock else ())
        yield from (_call(function, a(type)) for function in parts + truncs)
        adds = DAY_ADDS + (CLOCK_ADDS if clock else ())
        for function, n in product(adds, _COUNTS):
            yield _call(function, a(type), number(n))
    yield from (_call(function, a(Type.time)) for function in CLOCK_PARTS)


def counts() -> Iterator[tree.Expr]:
    """Integers of functions are signed."""
    for expr in of_one():
        if isinstance(expr, tree.Call) and type_of(expr) == Type.int64:
            yield tree.Binary(BinaryOp.mul, number(-3), expr)


def of_two() -> Iterator[tree.Expr]:
    """Expressions of all pairs of rows."""
    for type in _ALL:
        ordered = type not in (Type.uuid, Type.bytes)
        ops = COMPARISONS if ordered else (BinaryOp.eq, BinaryOp.ne)
        yield from (tree.Binary(op, a(type), b(type)) for op in (*ops, *DISTINCTNESS))
        yield _call(Function.coalesce, a(type), b(type))
        yield _call(Function.null_if, a(type), b(type))
        if ordered and type != Type.bool:
            yield _call(Function.greatest, a(type), b(type))
            yield _call(Function.least, a(type), b(type))
    for one, other in product(_NUMBERS, _NUMBERS):
        mixed = {one, other}
        if one != other and Type.float64 not in mixed:
            yield from (tree.Binary(op, a(one), b(other)) for op in COMPARISONS)
        for op in (BinaryOp.add, BinaryOp.sub, BinaryOp.mul):
            yield tree.Binary(op, a(one), b(other))
        if Type.decimal not in mixed:
            yield tree.Binary(BinaryOp.div, a(one), b(other))
    for op in (BinaryOp.idiv, BinaryOp.mod):
        yield tree.Binary(op, a(Type.int64), b(Type.int64))
    for function in (
        Function.concat, Function.position, Function.starts_with, Function.ends_with,
        Function.contains,
    ):  # fmt: skip
        yield _call(function, a(Type.text), b(Type.text))
    yield _call(Function.replace, a(Type.text), b(Type.text), tree.Param(Type.text, "-"))
    yield _call(Function.days_between, a(Type.date), b(Type.date))
    yield from (_call(Function.microseconds_between, a(t), b(t)) for t in _MOMENTS)
    yield from (_call(Function.elapsed, a(t), b(t)) for t in (Type.date, *_MOMENTS))
    for type, change in product(_MOMENTS, (Function.add_interval, Function.subtract_interval)):
        for by in _SPANS:
            yield _call(change, a(type), tree.Param(Type.interval, by))
        between = _call(Function.elapsed, a(type), b(type))
        yield _call(change, between, tree.Param(Type.interval, _SPANS[2]))


def patterns() -> Iterator[tree.Expr]:
    """LIKE of all texts."""
    for pattern in (
        "",
        "%",
        "_",
        "__",
        "a%",
        "%a",
        "A_",
        "\\%%",
        "\\_",
        "%\\\\%",
        "%é",
        "% ",
        "%|",
    ):
        for negated, fold in product((False, True), (False, True)):
            yield tree.Like(a(Type.text), tree.Param(Type.text, pattern), negated, fold)
