"""Decimals of one value and several spellings are equal wherever values meet, also other numbers.

Random statements seldom have two spellings of one value beside each other; here each place where
a language compares has them.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from pyferro import Database

from . import tree
from .compare import Outcome, Verdict, check
from .databases import sql
from .encode import sexpr
from .known import known
from .tree import number
from .words import (
    AggregateFunction,
    BinaryOp,
    Function,
    GroupingKind,
    JoinKind,
    SetOp,
    Type,
    WindowFunction,
)

_D = Type.decimal
_COUNT = tree.Aggregate(AggregateFunction.count)


def decimal(text: str) -> tree.Param:
    return tree.Param(_D, Decimal(text))


def real(value: float) -> tree.Param:
    return tree.Param(Type.float64, value)


def one(value: tree.Expr, type: Type = _D) -> tree.Select:
    return tree.Select(None, None, (tree.SelectItem(value, "d", type),))


def compound(op: SetOp, all: bool, *values: str) -> tree.Compound:
    return tree.Compound(None, op, all, tuple(one(decimal(value)) for value in values))


def values(*texts: str, alias: str = "s") -> tree.Derived:
    return tree.Derived(compound(SetOp.union, True, *texts), alias)


FROM = values("1.0", "1.00", "1", "10", "9.5")
d = tree.Column("s", "d", _D)
made = tree.Binary(BinaryOp.mul, d, decimal("1.000"))


def of(
    value: tree.Expr, type: Type, *more: tree.SelectItem, distinct: tree.Distinct | None = None,
    source: tree.Source = FROM, grouping: tree.Grouping | None = None,
    order: tuple[tree.OrderItem, ...] = (),
) -> tree.Select:  # fmt: skip
    items = (tree.SelectItem(value, "c", type), *more)
    return tree.Select(None, distinct, items, source, None, grouping, order)


def truth(value: tree.Expr) -> tree.Select:
    return of(value, Type.bool)


def call(function: Function, *arguments: tree.Expr) -> tree.Call:
    return tree.Call(function, arguments)


def members(*queries: tree.Query) -> tree.Compound:
    return tree.Compound(None, SetOp.union, False, queries)


_N = tree.SelectItem(_COUNT, "n", Type.int64)
_ROW = tree.Row((d, number(1)))
_JOINED = tree.Join(
    JoinKind.inner, FROM, values("1.000", "2", alias="r"),
    tree.Binary(BinaryOp.eq, d, tree.Column("r", "d", _D)),
)  # fmt: skip

STATEMENTS: dict[str, tree.Query] = {
    "distinct": of(d, _D, distinct=tree.Distinct()),
    "distinct products": of(made, _D, distinct=tree.Distinct()),
    "union": compound(SetOp.union, False, "1.0", "1.00"),
    "intersect": compound(SetOp.intersect, False, "1.0", "1.00"),
    "except": compound(SetOp.except_, False, "1.0", "1.00"),
    "union of a cast and a column": members(one(tree.Cast(number(1), _D)), of(d, _D)),
    "union with an integer": members(of(d, _D), one(number(1), Type.int64)),
    "groups": of(d, _D, _N, grouping=tree.Grouping(GroupingKind.plain, (d,))),
    "groups by place": of(made, _D, _N, grouping=tree.Grouping(GroupingKind.plain, (number(1),))),
    "count of distinct": of(tree.Aggregate(AggregateFunction.count, (d,), True), Type.int64),
    "sum of distinct": of(tree.Aggregate(AggregateFunction.sum, (d,), True), _D),
    "greatest of all": of(tree.Aggregate(AggregateFunction.max, (made,)), _D),
    "partitions": of(tree.Over(_COUNT, (d,)), Type.int64),
    "ranks": of(
        tree.Over(tree.WindowCall(WindowFunction.rank), (), (tree.OrderItem(d),)), Type.int64
    ),
    "order": of(d, _D, order=(tree.OrderItem(d),)),
    "join": of(d, _D, source=_JOINED),
    "in a list": truth(tree.In(made, tree.ParamList(_D, (Decimal(1), Decimal(2))))),
    "in a list of integers": truth(tree.In(d, tree.ParamList(Type.int64, (1, 2)))),
    "in a query": truth(tree.InQuery(made, compound(SetOp.union, True, "1", "3"))),
    "column in a query": truth(tree.InQuery(d, compound(SetOp.union, True, "1", "3"))),
    "in a query of integers": truth(tree.InQuery(d, one(number(1), Type.int64))),
    "integer in a query": truth(tree.InQuery(number(1), of(d, _D))),
    "row in a query": truth(
        tree.InQuery(
            _ROW,
            tree.Select(
                None,
                None,
                (
                    tree.SelectItem(decimal("1.000"), "x", _D),
                    tree.SelectItem(number(1), "y", Type.int64),
                ),
            ),
        )
    ),
    "rows": truth(tree.Binary(BinaryOp.eq, _ROW, tree.Row((decimal("1.000"), number(1))))),
    "rows by order": truth(tree.Binary(BinaryOp.lt, _ROW, tree.Row((decimal("9"), number(1))))),
    "any of a query": truth(
        tree.Quantified(BinaryOp.eq, d, compound(SetOp.union, True, "1.000", "2"))
    ),
    "distinct from": truth(tree.Binary(BinaryOp.distinct_from, d, decimal("1.000"))),
    "between": truth(tree.Between(d, decimal("1.000"), decimal("9.50"))),
    "equal to an integer": truth(tree.Binary(BinaryOp.eq, d, number(1))),
    "null-if": of(call(Function.null_if, d, decimal("1.000")), _D),
    "greatest": of(call(Function.greatest, d, decimal("9")), _D),
    "greatest of integers too": of(call(Function.greatest, d, number(9)), _D),
    "case with an integer": of(tree.Case((tree.When(tree.TRUE, number(1)),), d), _D),
    "coalesce with a float": of(call(Function.coalesce, d, real(1.5)), Type.float64),
    "case with a float": of(tree.Case((tree.When(tree.TRUE, d),), real(1.5)), Type.float64),
    "greatest of floats too": of(call(Function.greatest, d, real(9.25)), Type.float64),
    "beside a float": one(tree.Binary(BinaryOp.eq, decimal("0.1"), real(0.1)), Type.bool),
    "a large integer beside a float": one(
        tree.Binary(BinaryOp.eq, tree.Param(Type.int64, (1 << 53) + 1), real(2.0**53)), Type.bool
    ),
    "sum with a float": one(tree.Binary(BinaryOp.add, decimal("0.1"), real(0.25)), Type.float64),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_numbers_meet(name: str, db: Database) -> None:
    statement = STATEMENTS[name]
    outcome: Outcome = check(db, statement, {})
    if outcome.verdict is Verdict.REFUSED:
        pytest.skip(outcome.kind)
    if outcome.verdict is not Verdict.SAME:
        row = known(db.server, statement, outcome)
        if row is not None:
            pytest.xfail(row.what)
        said = f"{outcome.expected}, not {outcome.given}"
        pytest.fail(f"{outcome.kind}: {sexpr(statement)}\n{sql(db, statement)}\n{said}")
