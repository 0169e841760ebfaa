"""The evaluator against results worked out by hand, and laws of its parts."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from . import tree
from .encode import sexpr
from .evaluator import evaluate
from .expressions import cast, truncated_quotient
from .patterns import like
from .rows import Relation
from .tree import NULL, number
from .values import (
    INT64_MAX,
    INT64_MIN,
    Ambiguous,
    EvaluationError,
    Invalid,
    all_of,
    any_of,
    compare_rows,
    not_,
)
from .words import (
    AggregateFunction,
    BinaryOp,
    FrameBound,
    FrameExclude,
    FrameUnit,
    Function,
    GroupingKind,
    JoinKind,
    LogicalOp,
    Nulls,
    SetOp,
    Type,
    UnaryOp,
    WindowFunction,
)

TABLES = {
    "t": Relation(
        ("id", "n", "s"), [(1, 3, "a"), (2, None, "b"), (3, 3, "A"), (4, 1, None), (5, 7, "a ")]
    ),
    "u": Relation(("id", "t"), [(1, 1), (2, 3), (3, 3), (4, None)]),
    "none": Relation(("id",), []),
}
TABLES_FROM = tree.Table("t")


def col(name: str, source: str = "t", type: Type = Type.int64) -> tree.Column:
    return tree.Column(source, name, Type.text if name == "s" else type)


def binary(op: BinaryOp, a: tree.Expr, b: tree.Expr) -> tree.Binary:
    return tree.Binary(op, a, b)


def item(value: tree.Expr, alias: str = "x") -> tree.SelectItem:
    return tree.SelectItem(value, alias)


def of(type: Type, value: Any) -> tree.Param:
    return tree.Param(type, value)


def select(*values: tree.Expr, **clauses: Any) -> tree.Select:
    clauses.setdefault("from_", TABLES_FROM)
    items = tuple(item(value, f"c{i}") for i, value in enumerate(values, 1))
    return tree.Select(clauses.pop("with_", None), clauses.pop("distinct", None), items, **clauses)


def rows(statement: tree.Query) -> list[tuple[Any, ...]]:
    return evaluate(statement, TABLES).rows


def value(expr: tree.Expr) -> Any:
    return rows(select(expr, from_=None))[0][0]


def call(function: Function, *arguments: tree.Expr) -> tree.Call:
    return tree.Call(function, arguments)


def text(value: str) -> tree.Param:
    return of(Type.text, value)


def moment(*parts: int) -> tree.Param:
    return of(Type.timestamp, dt.datetime(*parts))  # type: ignore[arg-type]


ASC, DESC = tree.OrderItem(col("n")), tree.OrderItem(col("n"), True)
BY_ID = tree.OrderItem(col("id"))


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (binary(BinaryOp.eq, NULL, number(1)), None),
        (binary(BinaryOp.distinct_from, NULL, number(1)), True),
        (binary(BinaryOp.not_distinct_from, NULL, NULL), True),
        (tree.Logical(LogicalOp.and_, (NULL, tree.FALSE)), False),
        (tree.Logical(LogicalOp.or_, (NULL, tree.FALSE)), None),
        (tree.Unary(UnaryOp.not_, NULL), None),
        (tree.In(number(1), tree.ParamList(Type.int64, ())), False),
        (tree.In(NULL, tree.ParamList(Type.int64, ()), True), True),
        (tree.In(number(1), tree.ParamList(Type.int64, (2, None))), None),
        (tree.In(number(1), tree.ParamList(Type.int64, (2, 3)), True), True),
        (tree.Between(number(2), number(3), NULL), False),
        (tree.Between(number(3), number(3), NULL), None),
        (binary(BinaryOp.idiv, number(-7), number(2)), -3),
        (binary(BinaryOp.mod, number(-7), number(2)), -1),
        (binary(BinaryOp.mod, number(7), number(-2)), 1),
        (binary(BinaryOp.idiv, number(1), number(0)), None),
        (binary(BinaryOp.div, number(7), number(2)), 3.5),
        (binary(BinaryOp.add, number(1), of(Type.decimal, Decimal("0.10"))), Decimal("1.1")),
        (binary(BinaryOp.eq, text("a "), text("a")), False),
        (binary(BinaryOp.lt, text("A"), text("a")), True),
        (tree.Like(text("50%"), text("50\\%")), True),
        (tree.Like(text("é"), text("_")), True),
        (tree.Like(text("ABC"), text("a%"), False, True), True),
        (tree.Like(text("ABC"), text("a%")), False),
        (call(Function.coalesce, NULL, number(1), of(Type.float64, 2.0)), 1.0),
        (call(Function.greatest, number(1), NULL), None),
        (call(Function.null_if, number(1), number(1)), None),
        (call(Function.concat, text("a"), NULL), None),
        (call(Function.substr, text("héllo"), number(2), number(3)), "éll"),
        (call(Function.substr, text("abc"), number(0)), None),
        (call(Function.position, text("abc"), text("")), 1),
        (call(Function.position, text("abc"), text("d")), 0),
        (call(Function.octet_length, text("é")), 2),
        (call(Function.replace, text("aaa"), text(""), text("b")), "aaa"),
        (call(Function.repeat, text("ab"), number(-1)), ""),
        (call(Function.trim, text(" a\t ")), "a\t"),
        (call(Function.round, of(Type.float64, 2.5)), 2.0),
        (call(Function.round, of(Type.decimal, Decimal("2.5"))), Decimal(3)),
        (call(Function.round, of(Type.decimal, Decimal("-2.5"))), Decimal(-3)),
        (call(Function.round_to, of(Type.decimal, Decimal("1.005")), number(2)), Decimal("1.01")),
        (call(Function.trunc, of(Type.decimal, Decimal("-1.9"))), Decimal(-1)),
        (call(Function.sqrt, number(-1)), None),
        (call(Function.ln, number(0)), None),
        (call(Function.power, number(0), number(-1)), None),
        (call(Function.iso_year, of(Type.date, dt.date(2021, 1, 3))), 2020),
        (call(Function.iso_week, of(Type.date, dt.date(2021, 1, 3))), 53),
        (call(Function.epoch_microseconds, moment(1969, 12, 31, 23, 59, 59, 5)), -999_995),
        (call(Function.trunc_week, of(Type.date, dt.date(2024, 2, 29))), dt.date(2024, 2, 26)),
        (call(Function.trunc_quarter, moment(2024, 8, 9, 1)), dt.datetime(2024, 7, 1)),
        (
            call(Function.add_months, of(Type.date, dt.date(2024, 1, 31)), number(1)),
            dt.date(2024, 2, 29),
        ),
        (call(Function.add_years, of(Type.date, dt.date(2024, 2, 29)), number(8000)), None),
        (tree.Cast(of(Type.float64, -1.9), Type.int64), -1),
        (tree.Cast(of(Type.date, dt.date(2024, 1, 2)), Type.text), "2024-01-02"),
        (
            tree.Case((tree.When(NULL, number(1)), tree.When(tree.TRUE, number(2))), number(3)),
            2,
        ),
        (tree.Case((tree.When(tree.FALSE, number(1)),)), None),
    ],
    ids=lambda given: sexpr(given) if isinstance(given, tree.Node) else repr(given),
)
def test_expressions(expr: tree.Expr, expected: Any) -> None:
    found = value(expr)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    "expr",
    [
        binary(BinaryOp.add, number(INT64_MAX), number(1)),
        tree.Unary(UnaryOp.neg, number(INT64_MIN)),
        binary(BinaryOp.idiv, number(INT64_MIN), number(-1)),
        call(Function.abs, number(INT64_MIN)),
        tree.Cast(of(Type.float64, 1e19), Type.int64),
        tree.Subquery(select(col("id"))),
    ],
    ids=sexpr,
)
def test_what_fails(expr: tree.Expr) -> None:
    with pytest.raises(EvaluationError):
        value(expr)


def ids(**clauses: Any) -> list[int]:
    return [row[0] for row in rows(select(col("id"), **clauses))]


def test_order_has_nulls_after_all_values() -> None:
    assert ids(order=(ASC, BY_ID)) == [4, 1, 3, 5, 2]
    assert ids(order=(DESC, BY_ID)) == [2, 5, 1, 3, 4]
    first = tree.OrderItem(col("n"), False, Nulls.nulls_first)
    assert ids(order=(first, BY_ID)) == [2, 4, 1, 3, 5]


def test_pages() -> None:
    assert ids(order=(ASC, BY_ID), limit=number(2), offset=number(1)) == [1, 3]
    assert ids(order=(ASC,), limit=number(2), with_ties=True) in ([4, 1, 3], [4, 3, 1])
    assert ids(limit=number(0)) == []
    with pytest.raises(Ambiguous):
        ids(order=(ASC,), limit=number(2))


def test_where_keeps_what_is_true() -> None:
    assert ids(where=binary(BinaryOp.eq, col("n"), number(3))) == [1, 3]
    assert ids(where=tree.Unary(UnaryOp.not_, binary(BinaryOp.eq, col("n"), number(3)))) == [4, 5]


ON = binary(BinaryOp.eq, col("id"), col("t", "u"))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (JoinKind.inner, {(1, 1), (3, 2), (3, 3)}),
        (JoinKind.left, {(1, 1), (3, 2), (3, 3), (2, None), (4, None), (5, None)}),
        (JoinKind.right, {(1, 1), (3, 2), (3, 3), (None, 4)}),
        (JoinKind.full, {(1, 1), (3, 2), (3, 3), (2, None), (4, None), (5, None), (None, 4)}),
    ],
)
def test_joins(kind: JoinKind, expected: set[tuple[Any, ...]]) -> None:
    source = tree.Join(kind, TABLES_FROM, tree.Table("u"), ON)
    assert set(rows(select(col("id"), col("id", "u"), from_=source))) == expected


def test_a_lateral_query_reads_what_is_before_it() -> None:
    inner = select(col("id", "u"), from_=tree.Table("u"), where=ON)
    source = tree.Join(JoinKind.cross, TABLES_FROM, tree.Derived(inner, "l", True))
    assert set(rows(select(col("id"), col("c1", "l"), from_=source))) == {(1, 1), (3, 2), (3, 3)}


def agg(function: AggregateFunction, *arguments: tree.Expr, **more: Any) -> tree.Aggregate:
    return tree.Aggregate(function, arguments, **more)


def test_aggregates_pass_over_nulls() -> None:
    n = col("n")
    found = rows(
        select(
            agg(AggregateFunction.count),
            agg(AggregateFunction.count, n),
            agg(AggregateFunction.count, n, distinct=True),
            agg(AggregateFunction.sum, n),
            agg(AggregateFunction.avg, n),
            agg(AggregateFunction.max, col("s")),
            agg(AggregateFunction.sum, n, filter=binary(BinaryOp.gt, n, number(100))),
            agg(AggregateFunction.stddev_population, n),
            agg(AggregateFunction.variance_sample, n),
            agg(AggregateFunction.string_agg, col("s"), text(","), order=(BY_ID,)),
        )
    )
    assert found == [(5, 4, 3, 14, 3.5, "b", None, 4.75**0.5, 19 / 3, "a,b,A,a ")]


def test_one_group_of_no_rows() -> None:
    counted = select(agg(AggregateFunction.count), from_=tree.Table("none"))
    assert rows(counted) == [(0,)]
    grouping = tree.Grouping(GroupingKind.plain, (col("id", "none"),))
    assert rows(select(agg(AggregateFunction.count), from_=tree.Table("none"), grouping=grouping)
                ) == []  # fmt: skip


def test_groups_and_having() -> None:
    having = binary(BinaryOp.gt, agg(AggregateFunction.count), number(1))
    grouping = tree.Grouping(GroupingKind.plain, (col("n"),), (), having)
    assert rows(select(col("n"), agg(AggregateFunction.count), grouping=grouping)) == [(3, 2)]
    with pytest.raises(Invalid):
        rows(select(col("id"), grouping=grouping))


def test_rollup_and_grouping() -> None:
    grouping = tree.Grouping(GroupingKind.rollup, (col("n"),))
    found = rows(
        select(col("n"), call(Function.grouping, col("n")), agg(AggregateFunction.count),
               grouping=grouping)
    )  # fmt: skip
    assert sorted(found, key=repr) == sorted(
        [(3, 0, 2), (None, 0, 1), (1, 0, 1), (7, 0, 1), (None, 1, 5)], key=repr
    )


def test_cube_has_all_subsets() -> None:
    grouping = tree.Grouping(GroupingKind.cube, (col("n"), col("s")))
    found = rows(select(agg(AggregateFunction.count), grouping=grouping))
    assert len(found) == 5 + 4 + 5 + 1


def test_distinct_on_takes_the_first() -> None:
    distinct = tree.Distinct((col("n"),))
    down = tree.OrderItem(col("id"), True)
    assert rows(select(col("id"), distinct=distinct, order=(ASC, down))) == [(4,), (3,), (5,), (2,)]
    with pytest.raises(Ambiguous):
        rows(select(col("id"), distinct=distinct, order=(ASC,)))


def one(*values: int | None) -> list[tree.Query]:
    return [
        select(number(v) if v is not None else of(Type.int64, None), from_=None) for v in values
    ]


@pytest.mark.parametrize(
    ("op", "all", "expected"),
    [
        (SetOp.union, False, [1, 2, None, 3]),
        (SetOp.union, True, [1, 1, 2, None, 1, None, 3]),
        (SetOp.intersect, False, [1, None]),
        (SetOp.intersect, True, [1, None]),
        (SetOp.except_, False, [2]),
        (SetOp.except_, True, [1, 2]),
    ],
)
def test_sets(op: SetOp, all: bool, expected: list[int | None]) -> None:
    left = tree.Compound(None, SetOp.union, True, tuple(one(1, 1, 2, None)))
    right = tree.Compound(None, SetOp.union, True, tuple(one(1, None, 3)))
    found = rows(tree.Compound(None, op, all, (left, right)))
    assert sorted(map(repr, found)) == sorted(repr((v,)) for v in expected)


def test_a_common_table_expression_reads_itself() -> None:
    n = tree.Column("w", "n", Type.int64)
    step = select(
        binary(BinaryOp.add, n, number(1)), from_=tree.Table("w"),
        where=binary(BinaryOp.lt, n, number(4)),
    )  # fmt: skip
    union = tree.Compound(None, SetOp.union, True, (one(1)[0], step))
    with_ = tree.With(True, (tree.Cte("w", ("n",), union),))
    assert rows(select(n, from_=tree.Table("w"), with_=with_)) == [(1,), (2,), (3,), (4,)]


def in_query(value: tree.Expr, where: tree.Expr | None, negated: bool) -> tree.InQuery:
    return tree.InQuery(value, select(col("n"), where=where), negated)


def test_queries_within_expressions() -> None:
    known = tree.Unary(UnaryOp.is_not_null, col("n"))
    assert value(in_query(number(9), None, True)) is None
    assert value(in_query(number(9), known, True)) is True
    assert value(in_query(NULL, tree.FALSE, False)) is False
    nothing = select(col("n"), where=tree.FALSE)
    assert value(tree.Quantified(BinaryOp.gt, number(0), nothing, True)) is True
    assert value(tree.Quantified(BinaryOp.gt, number(0), nothing, False)) is False
    assert value(tree.Subquery(nothing)) is None
    assert value(tree.Exists(nothing, True)) is True
    correlated = tree.Exists(select(number(1), from_=tree.Table("u"), where=ON))
    assert ids(where=correlated) == [1, 3]


def over(call: tree.Aggregate | tree.WindowCall, *order: tree.OrderItem, **more: Any) -> list[Any]:
    window = tree.Over(call, more.get("partition", ()), order, more.get("frame"))
    return [row[0] for row in rows(select(window, order=(BY_ID,)))]


def window(function: WindowFunction, *arguments: tree.Expr) -> tree.WindowCall:
    return tree.WindowCall(function, arguments)


def test_ranks() -> None:
    # Of n in sequence 4:1, 1:3, 3:3, 5:7, 2:NULL.
    assert over(window(WindowFunction.rank), ASC) == [2, 5, 2, 1, 4]
    assert over(window(WindowFunction.dense_rank), ASC) == [2, 4, 2, 1, 3]
    assert over(window(WindowFunction.row_number), ASC, BY_ID) == [2, 5, 3, 1, 4]
    assert over(window(WindowFunction.percent_rank), ASC) == [0.25, 1.0, 0.25, 0.0, 0.75]
    assert over(window(WindowFunction.cume_dist), ASC) == [0.6, 1.0, 0.6, 0.2, 0.8]
    assert over(window(WindowFunction.ntile, number(2)), BY_ID) == [1, 1, 1, 2, 2]
    with pytest.raises(Ambiguous):
        over(window(WindowFunction.row_number), ASC)


def test_neighbours() -> None:
    assert over(window(WindowFunction.lag, col("n")), BY_ID) == [None, 3, None, 3, 1]
    lead = window(WindowFunction.lead, col("n"), number(2), number(0))
    assert over(lead, BY_ID) == [3, 1, 7, 0, 0]
    assert over(window(WindowFunction.nth_value, col("n"), number(2)), BY_ID) == (
        [None, None, None, None, None]
    )
    assert over(window(WindowFunction.first_value, col("s")), BY_ID) == ["a"] * 5


def frame(unit: FrameUnit, start: FrameBound, end: FrameBound, *more: Any) -> tree.Frame:
    counted = (FrameBound.preceding, FrameBound.following)
    counts = [number(1) if bound in counted else None for bound in (start, end)]
    return tree.Frame(unit, start, counts[0], end, counts[1], *more)


@pytest.mark.parametrize(
    ("order", "given", "expected"),
    [
        (BY_ID, None, [3, 3, 6, 7, 14]),
        (ASC, None, [7, 14, 7, 1, 14]),
        (
            BY_ID,
            frame(FrameUnit.rows, FrameBound.preceding, FrameBound.following),
            [3, 6, 4, 11, 8],
        ),
        (
            ASC,
            frame(FrameUnit.groups, FrameBound.current_row, FrameBound.following),
            [13, None, 13, 7, 7],
        ),
        (
            ASC,
            frame(FrameUnit.range, FrameBound.unbounded_preceding, FrameBound.current_row,
                  FrameExclude.ties),
            [4, 14, 4, 1, 14],
        ),
        (
            ASC,
            frame(FrameUnit.range, FrameBound.unbounded_preceding, FrameBound.current_row,
                  FrameExclude.group),
            [1, 14, 1, None, 7],
        ),
    ],
)  # fmt: skip
def test_frames(
    order: tree.OrderItem, given: tree.Frame | None, expected: list[int | None]
) -> None:
    assert over(agg(AggregateFunction.sum, col("n")), order, frame=given) == expected


def test_names_are_found_once() -> None:
    with pytest.raises(Invalid):
        ids(where=binary(BinaryOp.eq, tree.Column("", "nothing"), number(1)))
    assert rows(select(tree.Column("", "n", Type.int64), limit=number(9)))[0] == (3,)


truths = st.sampled_from((True, False, None))


@given(st.lists(truths, max_size=4))
def test_de_morgan(terms: list[bool | None]) -> None:
    assert not_(all_of(terms)) is any_of([not_(term) for term in terms])


@given(st.integers(INT64_MIN, INT64_MAX), st.integers(INT64_MIN, INT64_MAX).filter(bool))
def test_quotient_and_remainder(a: int, b: int) -> None:
    quotient = truncated_quotient(a, b)
    remainder = a - quotient * b
    assert abs(remainder) < abs(b)
    assert remainder == 0 or (remainder < 0) == (a < 0)


small = st.one_of(st.none(), st.integers(0, 2))


@given(st.lists(st.tuples(small, small), min_size=1, max_size=3), st.sampled_from(list(BinaryOp)))
def test_rows_of_values(pairs: list[tuple[int | None, int | None]], op: BinaryOp) -> None:
    """By their definition: (a, b) < (c, d) is a < c OR (a = c AND b < d)."""
    if op > BinaryOp.ge:
        return
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    types = [(Type.int64, Type.int64)] * len(pairs)
    found = compare_rows(op, left, right, types)
    equal = all_of([None if None in pair else pair[0] == pair[1] for pair in pairs])
    if op in (BinaryOp.eq, BinaryOp.ne):
        assert found is (equal if op == BinaryOp.eq else not_(equal))
        return
    less: bool | None = op in (BinaryOp.le, BinaryOp.ge)
    for a, b in reversed(pairs):
        unknown = a is None or b is None
        before = None if unknown else (a < b if op <= BinaryOp.le else a > b)  # type: ignore[operator]
        same = None if unknown else a == b
        less = any_of([before, all_of([same, less])])
    assert found is less


@given(st.text("ab%_\\", max_size=4), st.text("abA%_\\", max_size=4))
def test_a_pattern_without_wild_characters_is_the_text(text: str, other: str) -> None:
    escaped = re.sub(r"([%_\\])", r"\\\1", text)
    assert like(text, escaped, False)
    assert like(other, escaped, False) == (other == text)


@given(st.dates())
def test_dates_and_timestamps_are_cast_there_and_back(day: dt.date) -> None:
    there = cast(day, Type.date, Type.timestamp)
    assert cast(there, Type.timestamp, Type.date) == day
