"""Aggregates and window functions, as part of `fn`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from .. import _native
from .._native import Expr, build, operand
from . import plan
from .call import argument
from .windows import listed

if TYPE_CHECKING:
    from .._native import Number, Value

    Where = Expr[bool | None] | None

T = TypeVar("T")
N = TypeVar("N", bound="Number")
V = TypeVar("V", bound="Value | None")

COUNT, SUM, AVERAGE, MIN, MAX, BOOL_AND, BOOL_OR, STRING_AGG = range(8)
STDDEV, STDDEV_POP, VARIANCE, VARIANCE_POP, JSON_AGG = range(8, 13)


def _aggregate(
    function: int,
    type: int,
    arguments: Sequence[Expr],
    distinct: bool,
    where: Where,
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
        value: Expr | None = None, *, distinct: bool = False, where: Where = None
    ) -> Expr[int]:
        """Rows; with an expression those in which it is not NULL."""
        arguments = () if value is None else (value,)
        return _aggregate(COUNT, _native.INT64, arguments, distinct, where)

    @staticmethod
    def sum(value: Expr[N], *, distinct: bool = False, where: Where = None) -> Expr[N | None]:
        """Of the value's type; an integer sum beyond 64 bits is an error."""
        return _aggregate(SUM, value.type, (value,), distinct, where)

    @staticmethod
    def avg(
        value: Expr[Number], *, distinct: bool = False, where: Where = None
    ) -> Expr[float | None]:
        """A float."""
        return _aggregate(AVERAGE, _native.FLOAT64, (value,), distinct, where)

    @staticmethod
    def min(value: Expr[T], *, distinct: bool = False, where: Where = None) -> Expr[T | None]:
        """The least value."""
        return _aggregate(MIN, value.type, (value,), distinct, where)

    @staticmethod
    def max(value: Expr[T], *, distinct: bool = False, where: Where = None) -> Expr[T | None]:
        """The greatest value."""
        return _aggregate(MAX, value.type, (value,), distinct, where)

    @staticmethod
    def bool_and(value: Expr[bool | None], *, where: Where = None) -> Expr[bool | None]:
        """Whether it is true in every row."""
        return _aggregate(BOOL_AND, _native.BOOL, (value,), False, where)

    @staticmethod
    def bool_or(value: Expr[bool | None], *, where: Where = None) -> Expr[bool | None]:
        """Whether it is true in some row."""
        return _aggregate(BOOL_OR, _native.BOOL, (value,), False, where)

    @staticmethod
    def string_agg(
        value: Expr[str | None],
        separator: str = ",",
        *,
        order_by: Any = None,
        distinct: bool = False,
        where: Where = None,
    ) -> Expr[str | None]:
        """The texts one after the other; name an order to know which is first."""
        arguments = (value, argument(separator, _native.TEXT))
        return _aggregate(STRING_AGG, _native.TEXT, arguments, distinct, where, order_by)

    @staticmethod
    def json_agg(
        value: Expr, *, order_by: Any = None, where: Where = None
    ) -> Expr[list[Any] | None]:
        """A JSON array of the values, NULLs included; bytes as hexadecimal, durations as microseconds."""
        return _aggregate(JSON_AGG, _native.JSON, (value,), False, where, order_by)

    @staticmethod
    def stddev(value: Expr[Number], *, where: Where = None) -> Expr[float | None]:
        """Of a sample; NULL for fewer than two values."""
        return _aggregate(STDDEV, _native.FLOAT64, (value,), False, where)

    @staticmethod
    def stddev_pop(value: Expr[Number], *, where: Where = None) -> Expr[float | None]:
        """Of a whole population."""
        return _aggregate(STDDEV_POP, _native.FLOAT64, (value,), False, where)

    @staticmethod
    def variance(value: Expr[Number], *, where: Where = None) -> Expr[float | None]:
        """Of a sample; NULL for fewer than two values."""
        return _aggregate(VARIANCE, _native.FLOAT64, (value,), False, where)

    @staticmethod
    def variance_pop(value: Expr[Number], *, where: Where = None) -> Expr[float | None]:
        """Of a whole population."""
        return _aggregate(VARIANCE_POP, _native.FLOAT64, (value,), False, where)


def _window(function: int, type: int, *arguments: Expr) -> Expr:
    return build(type, plan.WINDOW_CALL, function, arguments)


class WindowFunctions:
    """Each has to be followed by `.over(...)`."""

    @staticmethod
    def row_number() -> Expr[int]:
        """The place of the row, from 1."""
        return _window(0, _native.INT64)

    @staticmethod
    def rank() -> Expr[int]:
        """Equal rows share a rank, and ranks are left out after them."""
        return _window(1, _native.INT64)

    @staticmethod
    def dense_rank() -> Expr[int]:
        """Equal rows share a rank, and no rank is left out."""
        return _window(2, _native.INT64)

    @staticmethod
    def percent_rank() -> Expr[float]:
        """Its rank from 0 to 1: (rank - 1) / (rows - 1)."""
        return _window(3, _native.FLOAT64)

    @staticmethod
    def cume_dist() -> Expr[float]:
        """The share of rows that are not after it."""
        return _window(4, _native.FLOAT64)

    @staticmethod
    def ntile(buckets: int) -> Expr[int]:
        """The number, from 1, of its bucket when the rows are spread over so many."""
        return _window(5, _native.INT64, plan.number(buckets))

    @overload
    @staticmethod
    def lag(value: Expr[T], rows: int = 1) -> Expr[T | None]: ...
    @overload
    @staticmethod
    def lag(value: Expr[V], rows: int, default: V | Expr[V]) -> Expr[V]: ...
    @overload
    @staticmethod
    def lag(value: Expr[V], rows: int = 1, *, default: V | Expr[V]) -> Expr[V]: ...
    @staticmethod
    def lag(value: Expr, rows: int = 1, default: Any = None) -> Expr:
        """The value of an earlier row."""
        return _neighbour(6, value, rows, default)

    @overload
    @staticmethod
    def lead(value: Expr[T], rows: int = 1) -> Expr[T | None]: ...
    @overload
    @staticmethod
    def lead(value: Expr[V], rows: int, default: V | Expr[V]) -> Expr[V]: ...
    @overload
    @staticmethod
    def lead(value: Expr[V], rows: int = 1, *, default: V | Expr[V]) -> Expr[V]: ...
    @staticmethod
    def lead(value: Expr, rows: int = 1, default: Any = None) -> Expr:
        """The value of a later row."""
        return _neighbour(7, value, rows, default)

    @staticmethod
    def first_value(value: Expr[T]) -> Expr[T | None]:
        """The value in the first row of the frame."""
        return _window(8, value.type, value)

    @staticmethod
    def last_value(value: Expr[T]) -> Expr[T | None]:
        """The value in the last row of the frame."""
        return _window(9, value.type, value)

    @staticmethod
    def nth_value(value: Expr[T], n: int) -> Expr[T | None]:
        """The value in the n-th row of the frame, NULL when there is none."""
        return _window(10, value.type, value, plan.number(n))


def _neighbour(function: int, value: Expr, rows: int, default: Any) -> Expr:
    arguments = [value, plan.number(rows)]
    if default is not None:
        arguments.append(operand(default, value))
    return _window(function, value.type, *arguments)
