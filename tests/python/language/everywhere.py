"""Every type in many places: parameters that a query in FROM gives, and another one beside them.

A random statement meets few of these; what a server makes of a NULL differs by type and place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from . import tree
from .shapes import grouped, items, no, param
from .sought import TWO
from .test_places import binary, call, one, rows, x
from .tree import TRUE, number
from .words import (
    AggregateFunction,
    BinaryOp,
    Function,
    JoinKind,
    Nulls,
    SetOp,
    Type,
    WindowFunction,
)

_I, _B = Type.int64, Type.bool
_COUNT = tree.Aggregate(AggregateFunction.count)
_UNORDERED = (Type.bool, Type.bytes, Type.uuid)

Named = Iterator[tuple[str, tree.Query]]


def everywhere() -> Named:
    for type, (value, other) in TWO.items():
        for values in ((value, other), (None, value), (value, None, value), (None, None), (None,)):
            for name, made in _alone(type, values):
                yield f"{type.name} {values} {name}", made
            for beside in (value, None):
                for name, made in _beside(type, values, beside):
                    yield f"{type.name} {values} {name}, beside {beside}", made


def _alone(type: Type, values: tuple[Any, ...]) -> Named:
    table, column = rows(type, *values), x(type)
    yield (
        "groups",
        items((column, type), (_COUNT, _I), from_=table, grouping=grouped(column, having=TRUE)),
    )
    yield "distinct", replace(one(column, type, from_=table), distinct=tree.Distinct())
    count = tree.Aggregate(AggregateFunction.count, (column,), True)
    yield "count distinct", one(count, _I, from_=table)
    yield "partition", items((column, type), (tree.Over(_COUNT, (column,)), _I), from_=table)
    for descending, nulls in product((False, True), (Nulls.nulls_first, Nulls.nulls_last)):
        order = (tree.OrderItem(column, descending, nulls),)
        name = f"{descending} {nulls.name}"
        yield f"order {name}", one(column, type, from_=table, order=order)
        yield f"limit {name}", one(column, type, from_=table, order=order, limit=number(1))
        rank = tree.Over(tree.WindowCall(WindowFunction.rank), (), order)
        yield f"rank {name}", items((column, type), (rank, _I), from_=table)
        last = tree.Over(tree.WindowCall(WindowFunction.last_value, (column,)), (), order)
        yield f"last {name}", items((column, type), (last, type), from_=table)
    for function in (AggregateFunction.min, AggregateFunction.max):
        if type not in _UNORDERED:
            yield function.name, one(tree.Aggregate(function, (column,)), type, from_=table)


def _beside(type: Type, values: tuple[Any, ...], beside: Any) -> Named:
    table, column, value = rows(type, *values), x(type), param(beside, type)
    selected, alone = one(column, type, from_=table), one(value, type)
    for op in (BinaryOp.eq, BinaryOp.ne, BinaryOp.distinct_from, BinaryOp.not_distinct_from):
        compared = binary(op, column, value)
        yield f"{op.name} in where", replace(selected, where=compared)
        yield f"not {op.name} in where", replace(selected, where=no(compared))
        yield f"{op.name}", one(compared, _B, from_=table)
    for function in (Function.coalesce, Function.null_if):
        yield function.name, one(call(function, column, value), type, from_=table)
        groups = grouped(call(function, column, column), having=TRUE)
        yield f"groups of {function.name}", items((_COUNT, _I), from_=table, grouping=groups)
    when = tree.When(binary(BinaryOp.eq, column, value), value)
    yield "case", one(tree.Case((when,), column), type, from_=table)
    for negated in (False, True):
        yield f"value in rows {negated}", one(tree.InQuery(value, selected, negated), _B)
        within = tree.InQuery(column, alone, negated)
        yield f"rows in value {negated}", one(number(1), _I, from_=table, where=within)
        for op in (BinaryOp.eq, BinaryOp.ne, BinaryOp.lt):
            if op is not BinaryOp.lt or type is not Type.bool:
                every = tree.Quantified(op, value, selected, negated)
                yield f"{op.name} quantified {negated}", one(every, _B)
    for set, all in product(SetOp, (False, True)):
        both = tree.Compound(None, set, all, (selected, alone))
        yield f"{set.name} {all}", both
        yield f"{set.name} {all} turned", replace(both, members=(alone, selected))
        yield f"{set.name} {all} exists", one(tree.Exists(both), _B)
    right = tree.Column("e", "x", type)
    for kind in (JoinKind.inner, JoinKind.left, JoinKind.right, JoinKind.full):
        met = binary(BinaryOp.eq, column, right)
        joined = tree.Join(kind, table, tree.Derived(alone, "e"), met)
        yield f"{kind.name} join", items((column, type), (right, type), from_=joined)
