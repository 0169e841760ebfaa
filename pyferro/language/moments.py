"""Arithmetic of moments by operators: `Post.created + timedelta(days=1)`, `Post.seen - Post.created`.

Native code comes here when an operand of + or - is no number. A date moves by whole days, as
Python's does; what leaves the years 1 to 9999 is NULL.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from .._native import DATE, INT64, INTERVAL, TIMESTAMP, TIMESTAMPTZ, Expr, build, operand
from . import plan

ADD, SUBTRACT = 6, 7  # FERRO_BINARY_*
_ADD_DAYS, _ADD_INTERVAL, _SUBTRACT_INTERVAL, _ELAPSED = 112, 124, 125, 126
_MOMENTS = (TIMESTAMP, TIMESTAMPTZ)


def arithmetic(op: int, left: Any, right: Any) -> Expr:
    """The sum or difference of two operands, one of which is an expression."""
    if op in (ADD, SUBTRACT):
        if op == ADD and _is_interval(left) and not _is_interval(right):
            left, right = right, left
        made = _moved(op, left, right)
        if made is None and op == SUBTRACT:
            made = _elapsed(left, right)
        if made is not None:
            return made
    raise TypeError(
        "arithmetic needs numbers on both sides, or a moment or interval and a timedelta; moments of "
        "one type can be subtracted"
    )


def _is_interval(value: Any) -> bool:
    return value.type == INTERVAL if isinstance(value, Expr) else isinstance(value, timedelta)


def _moved(op: int, moment: Any, by: Any) -> Expr | None:
    """A moment or an interval, so much later or earlier."""
    if not _is_interval(by):
        return None
    start = _expr(moment, by)
    if start is None:
        return None
    if start.type == DATE:
        if isinstance(by, Expr):
            raise TypeError("a date moves by a timedelta of the program, or by fn.date_add()")
        days = by.days if op == ADD else -by.days  # as date has it
        return build(DATE, plan.CALL, _ADD_DAYS, [start, operand(days, None, INT64)])
    if start.type not in (*_MOMENTS, INTERVAL):
        return None
    function = _ADD_INTERVAL if op == ADD else _SUBTRACT_INTERVAL
    return build(start.type, plan.CALL, function, [start, operand(by, None, INTERVAL)])


def _elapsed(later: Any, earlier: Any) -> Expr | None:
    """From one moment to another of its type."""
    first, second = _expr(later, earlier), _expr(earlier, later)
    if first is None or second is None or first.type != second.type:
        return None
    if first.type not in (DATE, *_MOMENTS):
        return None
    return build(INTERVAL, plan.CALL, _ELAPSED, [first, second])


def _expr(value: Any, beside: Any) -> Expr | None:
    if isinstance(value, Expr):
        return value
    if not isinstance(value, (date, datetime, timedelta)):
        return None
    by_type = isinstance(beside, Expr) and not isinstance(value, timedelta)
    return operand(value, beside if by_type and beside.type != INTERVAL else None)
