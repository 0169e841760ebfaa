"""Statements that compare with the rows of a query, IN, ANY and ALL, for which an optimiser found other rows.

Run beside the evaluator by test_optimisers.py.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

from . import tree
from .encode import sexpr
from .shapes import grouped, ids, items, no, of, param
from .test_places import binary, call, one, row
from .tree import FALSE, TRUE, number
from .words import (
    AggregateFunction,
    BinaryOp,
    Function,
    LogicalOp,
    SetOp,
    Type,
    WindowFunction,
)

_I, _B, _T = Type.int64, Type.bool, Type.text
_b, _c = (tree.Table(f"lang_{name}", f"t_{name}") for name in "bc")


def of_quantified() -> Iterator[tuple[str, tree.Query]]:
    """NOT above ANY and ALL, in several layers."""
    some = one(
        of("c", "id", _I), _I, from_=_c, where=binary(BinaryOp.lt, of("c", "id", _I), number(5))
    )
    for op, all, query in product(
        (BinaryOp.gt, BinaryOp.le, BinaryOp.eq), (False, True), (some, one(number(2), _I))
    ):
        compared = tree.Quantified(op, of("b", "id", _I), query, all)
        other = binary(BinaryOp.gt, of("b", "id", _I), number(5))
        name = f"{op.name} {all} {query is some}"
        yield f"{name} not", ids(_b, no(compared))
        yield f"{name} not not", ids(_b, no(no(compared)))
        for logical in LogicalOp:
            yield (
                f"{name} {logical.name}",
                ids(_b, no(tree.Logical(logical, (no(compared), other)))),
            )
        yield f"{name} null", ids(_b, no(no(tree.Quantified(op, param(None), query, all))))


def of_sought() -> Iterator[tuple[str, tree.Query]]:
    """Values that are looked for among rows with windows, or among those of INTERSECT and EXCEPT."""
    d, other = of("b", "n", _I), tree.Column("t_o", "n", _I)
    more = one(other, _I, from_=tree.Table("lang_a", "t_o"))
    windows = one(
        tree.Over(
            tree.WindowCall(WindowFunction.first_value, (other,)),
            (),
            (tree.OrderItem(tree.Column("t_o", "id", _I)),),
        ),
        _I,
        from_=tree.Table("lang_a", "t_o"),
    )
    read = one(
        tree.Over(
            tree.WindowCall(WindowFunction.first_value, (d,)),
            (),
            (tree.OrderItem(of("c", "id", _I)),),
        ),
        _I,
        from_=_c,
    )
    some = one(
        other, _I, from_=tree.Table("lang_b", "t_o"), where=binary(BinaryOp.gt, other, param(0))
    )
    queries: dict[str, tree.Query] = {"windows": windows, "outer": read}
    for op, all in product((SetOp.intersect, SetOp.except_), (False, True)):
        queries[f"{op.name} {all}"] = tree.Compound(None, op, all, (more, some))
    queries["none"] = tree.Compound(
        None,
        SetOp.intersect,
        False,
        (one(param(None), _I), one(param(None), _I, from_=_c, where=FALSE)),
    )
    union = tree.Compound(None, SetOp.union, False, (more, some))
    x = (tree.SelectItem(tree.Column("u", "x", _I), "x", _I),)
    queries["union in from"] = tree.Select(None, None, x, tree.Derived(union, "u"))
    queries["ordered union"] = tree.Compound(
        None, SetOp.union, False, (more, some), (tree.OrderItem(tree.Column("", "x", _I)),)
    )
    cte = tree.With(False, (tree.Cte("v", (), union),))
    queries["common union"] = tree.Select(cte, None, x, tree.Table("v", "u"))
    twice = tree.Derived(one(tree.Column("v", "x", _I), _I, from_=tree.Derived(union, "v")), "u")
    queries["union in from of from"] = tree.Select(None, None, x, twice)
    for name, query in queries.items():
        yield f"in {name}", items((of("b", "id", _I), _I), (tree.InQuery(d, query), _B), from_=_b)
        yield f"not in {name}", ids(_b, tree.InQuery(d, query, True))
        yield (
            f"any {name}",
            items((of("b", "id", _I), _I), (tree.Quantified(BinaryOp.ge, d, query), _B), from_=_b),
        )
        yield f"all {name}", ids(_b, tree.Quantified(BinaryOp.le, d, query, True))


# Two values of each type.
TWO: dict[Type, tuple[Any, Any]] = {
    Type.bool: (True, False),
    Type.int64: (5, 7),
    Type.float64: (1.5, 2.5),
    Type.decimal: (Decimal("1.5"), Decimal("2.5")),
    Type.text: ("a", "b"),
    Type.bytes: (b"a", b"b"),
    Type.date: (dt.date(2020, 1, 1), dt.date(2021, 1, 1)),
    Type.time: (dt.time(1), dt.time(2)),
    Type.timestamp: (dt.datetime(2020, 1, 1), dt.datetime(2021, 1, 1)),
    Type.timestamptz: (
        dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        dt.datetime(2021, 1, 1, tzinfo=dt.UTC),
    ),
    Type.interval: (dt.timedelta(1), dt.timedelta(2)),
    Type.uuid: (uuid.UUID(int=1), uuid.UUID(int=2)),
}


def of_null_parameters() -> Iterator[tuple[str, tree.Query]]:
    """Values that are looked for among parameters of which one is NULL."""
    for type, all, first in product(TWO, (False, True), (False, True)):
        value, other = TWO[type]
        pair = (None, other) if first else (other, None)
        members = tuple(one(param(each, type), type) for each in pair)
        query = tree.Compound(None, SetOp.union, all, members)
        name = f"{type.name} {all} {first}"
        for negated in (False, True):
            sought = tree.InQuery(param(value, type), query, negated)
            yield f"in {name} {negated}", items((sought, _B))
            op = BinaryOp.ne if negated else BinaryOp.eq
            quantified = tree.Quantified(op, param(value, type), query, negated)
            yield f"quantified {name} {negated}", ids(_b, quantified)


def of_computed_values() -> Iterator[tuple[str, tree.Query]]:
    """Aggregates of no table, and windows, that are looked for."""
    every = one(TRUE, _B, from_=tree.Table("lang_b", "t_o"))
    least = tree.Aggregate(AggregateFunction.min, (param(0),))
    count = tree.Aggregate(AggregateFunction.count, (param(None),))
    numbers = one(tree.Column("t_o", "id", _I), _I, from_=tree.Table("lang_b", "t_o"))
    for name, aggregate in (("min", least), ("count", count)):
        value = tree.Subquery(one(aggregate, _I))
        for op, all in product((BinaryOp.gt, BinaryOp.eq, BinaryOp.le), (False, True)):
            yield f"{name} {op.name} {all}", items((tree.Quantified(op, value, numbers, all), _B))
        yield f"{name} in", items((tree.InQuery(value, numbers), _B))
        rows = tree.Subquery(one(aggregate, _I, from_=tree.Table("lang_a", "t_p")))
        own = replace(numbers, where=binary(BinaryOp.le, numbers.items[0].value, of("b", "n", _I)))
        yield f"{name} of rows", items((tree.InQuery(rows, own), _B), from_=_b)
    flag = tree.Subquery(one(tree.Aggregate(AggregateFunction.bool_and, (param(False, _B),)), _B))
    yield "bool-and", items((tree.Quantified(BinaryOp.gt, flag, every), _B))
    order = (tree.OrderItem(of("b", "id", _I)),)
    window = tree.Over(tree.WindowCall(WindowFunction.lag, (of("b", "n", _I),)), (), order)
    around = one(of("b", "n", _I), _I, from_=tree.Table("lang_a", "t_o"))
    few = replace(around, offset=number(5))
    for name, query in (("window", numbers), ("window around", around), ("window around few", few)):
        yield f"{name} in", items((tree.InQuery(window, query), _B), from_=_b)
        yield f"{name} any", items((tree.Quantified(BinaryOp.ge, window, query), _B), from_=_b)
    counted = tree.Aggregate(AggregateFunction.count)
    turned = call(Function.reverse, tree.Column("t_o", "word", _T))
    for group in (turned, number(1)):
        groups = items(
            (turned, _T),
            (counted, _I),
            from_=tree.Table("lang_a", "t_o"),
            grouping=grouped(group, having=TRUE),
        )
        sought = tree.InQuery(row(of("b", "word", _T), of("b", "id", _I)), groups)
        yield f"row among groups by {sexpr(group)}", ids(_b, sought)
    table = tree.Table("lang_b", "t_o")
    for function in (AggregateFunction.min, AggregateFunction.max, AggregateFunction.count):
        own = tree.Aggregate(function, (of("b", "id", _I),))
        for every in (False, True):
            sought = tree.Quantified(BinaryOp.ne if every else BinaryOp.eq, own, numbers, every)
            grouping = grouped(of("b", "flag", _B), having=sought)
            yield (
                f"{function.name} in having {every}",
                one(number(1), _I, from_=_b, grouping=grouping),
            )
    for type in TWO:
        if type not in (Type.bool, Type.bytes, Type.uuid):
            most = tree.Aggregate(AggregateFunction.max, (param(None, type),))
            groups = one(
                most,
                type,
                from_=table,
                grouping=grouped(tree.Column("t_o", "flag", _B), having=TRUE),
            )
            sought = tree.Quantified(BinaryOp.eq, param(TWO[type][0], type), groups, True)
            yield f"among groups of NULL {type.name}", items((sought, _B))
    having = grouped(having=tree.Aggregate(AggregateFunction.bool_and, (TRUE,)))
    nulls = one(param(None), _I, from_=table, grouping=having)
    for every in (False, True):
        yield f"among groups with having {every}", items((tree.InQuery(param(5), nulls, every), _B))
    first = tree.Over(tree.WindowCall(WindowFunction.first_value, (param(None),)))
    union = tree.Compound(None, SetOp.union, False, (one(first, _I), one(param(None), _I)))
    yield "in a union with a window", items((tree.InQuery(param(5), union), _B))
    # Which brings MariaDB down.
    seen = param(None, Type.timestamp)
    moved = call(Function.add_seconds, seen, number(-1))
    least = tree.Aggregate(AggregateFunction.min, (moved,))
    by = grouped(tree.Column("t_o", "f", Type.float64), having=TRUE)
    found = items(
        (param(b"", Type.bytes), Type.bytes),
        (least, Type.timestamp),
        from_=tree.Table("lang_b", "t_o"),
        grouping=by,
    )
    pair = row(param(b"a", Type.bytes), tree.Column("t_c", "moment", Type.timestamp))
    yield "row among constants of groups", ids(_c, tree.InQuery(pair, found))
