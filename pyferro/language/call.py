"""How functions become nodes: arguments, and the types of what they give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _native
from .._native import NULL, Expr, build, operand
from . import plan
from .expressions import common, operands


def argument(value: Any, type: int) -> Expr:
    """An expression as it is, a value as a parameter of that type; integers of counts in place."""
    from .json_path import JsonPath

    if isinstance(value, JsonPath):
        return value.expr()
    if value is None:
        raise TypeError("None is no argument of a function: NULL gives NULL")
    return operand(value, None, type)


def call(number: int, gives: int, *arguments: Expr) -> Expr:
    return build(gives, plan.CALL, number, arguments)


def same(number: int, values: Sequence[Any]) -> Expr:
    """A function whose arguments and result are of one type."""
    made = operands(values)
    return build(common(one.type for one in made), plan.CALL, number, made)


def text(number: int, *values: Any, gives: int = _native.TEXT) -> Expr:
    """A function of texts."""
    return call(number, gives, *(argument(value, _native.TEXT) for value in values))


def number_of(number: int, value: Any) -> Expr:
    """A function of a number that gives one of its type."""
    made = operand(value)
    return call(number, made.type, made)


def real(number: int, *values: Any) -> Expr:
    """A function of numbers that gives a float."""
    return call(number, _native.FLOAT64, *(operand(value) for value in values))


def part(number: int, moment: Any) -> Expr:
    """A part of a date or time, as an integer."""
    return call(number, _native.INT64, operand(moment))


def moment(number: int, value: Any, count: Any = None) -> Expr:
    """A date or time made of another one."""
    made = operand(value)
    if count is None:
        return call(number, made.type, made)
    return call(number, made.type, made, integer(count))


def integer(value: Any) -> Expr:
    """An integer argument."""
    return argument(value, _native.INT64)


__all__ = [
    "NULL",
    "argument",
    "call",
    "integer",
    "moment",
    "number_of",
    "part",
    "real",
    "same",
    "text",
]
