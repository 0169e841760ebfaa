"""Aggregates and window functions, as part of `fn`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import _native, plan
from ._native import Expr, build, operand
from .call import argument
from .windows import listed

COUNT, SUM, AVERAGE, MIN, MAX, BOOL_AND, BOOL_OR, STRING_AGG = range(8)
STDDEV, STDDEV_POP, VARIANCE, VARIANCE_POP, JSON_AGG = range(8, 13)


def _aggregate(
    function: int,
    type: int,
    arguments: Sequence[Expr],
    distinct: bool,
    where: Expr | None,
    order_by: Any = None,
) -> Expr:
    from .order import plain_order

    order = [key.part for key in plain_order(listed(order_by))]
    return build(type, plan.AGGREGATE, function, arguments, int(distinct), where, order)


class Aggregates:
    """Over the rows of a group, or of all rows. NULLs are passed over.

    Without a row the result is NULL, of a count 0. `distinct=True` takes each value once,
    `where=condition` only rows that meet it.
    """

    @staticmethod
    def count(
        value: Expr | None = None, *, distinct: bool = False, where: Expr | None = None
    ) -> Expr:
        """Rows; with an expression those in which it is not NULL."""
        arguments = () if value is None else (value,)
        return _aggregate(COUNT, _native.INT64, arguments, distinct, where)

    @staticmethod
    def sum(value: Expr, *, distinct: bool = False, where: Expr | None = None) -> Expr:
        """Of the value's type; an integer sum beyond 64 bits is an error."""
        return _aggregate(SUM, value.type, (value,), distinct, where)

    @staticmethod
    def avg(value: Expr, *, distinct: bool = False, where: Expr | None = None) -> Expr:
        """A float."""
        return _aggregate(AVERAGE, _native.FLOAT64, (value,), distinct, where)

    @staticmethod
    def min(value: Expr, *, distinct: bool = False, where: Expr | None = None) -> Expr:
        return _aggregate(MIN, value.type, (value,), distinct, where)

    @staticmethod
    def max(value: Expr, *, distinct: bool = False, where: Expr | None = None) -> Expr:
        return _aggregate(MAX, value.type, (value,), distinct, where)

    @staticmethod
    def bool_and(value: Expr, *, where: Expr | None = None) -> Expr:
        """Whether it is true in every row."""
        return _aggregate(BOOL_AND, _native.BOOL, (value,), False, where)

    @staticmethod
    def bool_or(value: Expr, *, where: Expr | None = None) -> Expr:
        """Whether it is true in some row."""
        return _aggregate(BOOL_OR, _native.BOOL, (value,), False, where)

    @staticmethod
    def string_agg(
        value: Expr,
        separator: str = ",",
        *,
        order_by: Any = None,
        distinct: bool = False,
        where: Expr | None = None,
    ) -> Expr:
        """The texts one after the other; name an order to know which is first."""
        arguments = (value, argument(separator, _native.TEXT))
        return _aggregate(STRING_AGG, _native.TEXT, arguments, distinct, where, order_by)

    @staticmethod
    def json_agg(value: Expr, *, order_by: Any = None, where: Expr | None = None) -> Expr:
        """A JSON array of the values, NULLs included."""
        return _aggregate(JSON_AGG, _native.JSON, (value,), False, where, order_by)

    @staticmethod
    def stddev(value: Expr, *, where: Expr | None = None) -> Expr:
        """Of a sample; NULL for fewer than two values."""
        return _aggregate(STDDEV, _native.FLOAT64, (value,), False, where)

    @staticmethod
    def stddev_pop(value: Expr, *, where: Expr | None = None) -> Expr:
        return _aggregate(STDDEV_POP, _native.FLOAT64, (value,), False, where)

    @staticmethod
    def variance(value: Expr, *, where: Expr | None = None) -> Expr:
        """Of a sample; NULL for fewer than two values."""
        return _aggregate(VARIANCE, _native.FLOAT64, (value,), False, where)

    @staticmethod
    def variance_pop(value: Expr, *, where: Expr | None = None) -> Expr:
        return _aggregate(VARIANCE_POP, _native.FLOAT64, (value,), False, where)


def _window(function: int, type: int, *arguments: Expr) -> Expr:
    return build(type, plan.WINDOW_CALL, function, arguments)


class WindowFunctions:
    """Each has to be followed by `.over(...)`."""

    @staticmethod
    def row_number() -> Expr:
        return _window(0, _native.INT64)

    @staticmethod
    def rank() -> Expr:
        """Equal rows share a rank, and ranks are left out after them."""
        return _window(1, _native.INT64)

    @staticmethod
    def dense_rank() -> Expr:
        return _window(2, _native.INT64)

    @staticmethod
    def percent_rank() -> Expr:
        return _window(3, _native.FLOAT64)

    @staticmethod
    def cume_dist() -> Expr:
        return _window(4, _native.FLOAT64)

    @staticmethod
    def ntile(buckets: int) -> Expr:
        return _window(5, _native.INT64, plan.number(buckets))

    @staticmethod
    def lag(value: Expr, rows: int = 1, default: Any = None) -> Expr:
        """The value of an earlier row."""
        return _neighbour(6, value, rows, default)

    @staticmethod
    def lead(value: Expr, rows: int = 1, default: Any = None) -> Expr:
        """The value of a later row."""
        return _neighbour(7, value, rows, default)

    @staticmethod
    def first_value(value: Expr) -> Expr:
        return _window(8, value.type, value)

    @staticmethod
    def last_value(value: Expr) -> Expr:
        return _window(9, value.type, value)

    @staticmethod
    def nth_value(value: Expr, n: int) -> Expr:
        return _window(10, value.type, value, plan.number(n))


def _neighbour(function: int, value: Expr, rows: int, default: Any) -> Expr:
    arguments = [value, plan.number(rows)]
    if default is not None:
        arguments.append(operand(default, value))
    return _window(function, value.type, *arguments)
