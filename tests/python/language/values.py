"""Values of the canonical types, and truth with three values: None is NULL and unknown.

int64 is int, decimal is Decimal and exact, text compares by code points, a timestamptz is an aware
datetime in UTC.
"""

from __future__ import annotations

import decimal
from collections.abc import Iterable
from typing import Any

from .types import NUMBERS, common
from .words import BinaryOp, Type

INT64_MIN, INT64_MAX = -(1 << 63), (1 << 63) - 1

# Exact for everything that 65 digits on either side of a product can give.
EXACT = decimal.Context(prec=400, traps=[decimal.Inexact, decimal.InvalidOperation])


class EvaluationError(Exception):
    """The statement fails, on every database: overflow, or several rows for one value."""


class Ambiguous(Exception):
    """The language leaves the result open, as with a limit that cuts through equal rows."""


class Invalid(Exception):
    """No statement of the portable core, such as a column of no source."""


def int64(value: int) -> int:
    if not INT64_MIN <= value <= INT64_MAX:
        raise EvaluationError("an int64 is out of range")
    return value


def float64(value: float) -> float:
    if value - value != 0:
        raise EvaluationError("a float64 is out of range")
    return value


def convert(value: Any, type: Type) -> Any:
    """A number as one of the wider type that it meets another as."""
    if value is None or type not in NUMBERS:
        return value
    if type == Type.float64:
        return float(value)
    if type == Type.decimal and isinstance(value, int):
        return decimal.Decimal(value)
    return value


def not_(value: bool | None) -> bool | None:
    return None if value is None else not value


def all_of(values: Iterable[bool | None]) -> bool | None:
    unknown = False
    for value in values:
        if value is None:
            unknown = True
        elif not value:
            return False
    return None if unknown else True


def any_of(values: Iterable[bool | None]) -> bool | None:
    return not_(all_of(not_(value) for value in values))


def compare(op: BinaryOp, a: Any, b: Any, type_a: Type, type_b: Type) -> bool | None:
    """Any of the six comparisons, or of distinctness, which is never unknown."""
    if op >= BinaryOp.distinct_from:
        same = a is b if a is None or b is None else compare(BinaryOp.eq, a, b, type_a, type_b)
        return bool(same) != (op == BinaryOp.distinct_from)
    if a is None or b is None:
        return None
    type = common(type_a, type_b)
    a, b = convert(a, type), convert(b, type)
    match op:
        case BinaryOp.eq:
            return bool(a == b)
        case BinaryOp.ne:
            return bool(a != b)
    less, equal = a < b, a == b
    match op:
        case BinaryOp.lt:
            return bool(less)
        case BinaryOp.le:
            return bool(less or equal)
        case BinaryOp.gt:
            return bool(not less and not equal)
    return not less


def compare_rows(
    op: BinaryOp, left: list[Any], right: list[Any], types: list[tuple[Type, Type]]
) -> bool | None:
    """Rows of values: equality of all, or the order of the first ones that differ."""
    equal = [
        compare(BinaryOp.eq, a, b, *pair) for a, b, pair in zip(left, right, types, strict=True)
    ]
    if op == BinaryOp.eq:
        return all_of(equal)
    if op == BinaryOp.ne:
        return not_(all_of(equal))
    for a, b, pair, same in zip(left, right, types, equal, strict=True):
        if same is None:
            return None
        if not same:
            return compare(op, a, b, *pair)
    return op in (BinaryOp.le, BinaryOp.ge)
