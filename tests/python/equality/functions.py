"""Validator functions for random models: each is a pure function of what pydantic hands it.

Whether one refuses or changes a value depends on the value's repr, so that they can stand on a
field of any type. They live at module level so that models with them can be pickled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import AfterValidator, BeforeValidator, PlainValidator, ValidationError, WrapValidator
from pydantic_core import (
    PydanticCustomError,
    PydanticKnownError,
    PydanticUseDefault,
    core_schema,
)


class Failure(Exception):
    """An error that is none of pydantic's, which therefore passes through it."""


def _digest(value: Any) -> int:
    return sum(repr(value).encode("utf-8", "backslashreplace")) % 23


def same(value: Any) -> Any:
    return value


def seldom(value: Any) -> Any:
    match _digest(value):
        case 0:
            raise ValueError("refused")
        case 1:
            raise AssertionError("asserted")
        case 2:
            raise PydanticCustomError("mine", "not {this}", {"this": "that"})
        case 3:
            raise PydanticKnownError("greater_than", {"gt": 3})
    return value


def failing(value: Any) -> Any:
    if _digest(value) < 2:
        raise Failure("of a validator")
    return value


def defaulting(value: Any) -> Any:
    if _digest(value) < 4:
        raise PydanticUseDefault
    return value


def changed(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and -1e9 < value < 1e9:
        return value + 1
    return value + "+" if isinstance(value, str) else value


def listed(value: Any) -> Any:
    return [value]


def around(value: Any, handler: Callable[[Any], Any]) -> Any:
    return seldom(handler(value))


def rescuing(value: Any, handler: Callable[[Any], Any]) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return None


def twice(value: Any, handler: Callable[[Any], Any]) -> Any:
    handler(value)
    return handler(value)


def informed(value: Any, info: Any) -> Any:
    if len(info.data) % 3 == 2:
        raise ValueError(f"{info.field_name} after {sorted(info.data)}")
    return value


def informed_around(value: Any, handler: Any, info: Any) -> Any:
    made = handler(value)
    return (made, len(info.data)) if _digest(value) < 6 else made


class Replaced:
    """Around a type: None instead of what is invalid."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        schema = handler(source)
        return core_schema.with_default_schema(schema, default=None, on_error="default")


AFTER = [same, seldom, failing, defaulting, changed, listed]
BEFORE = [same, seldom, failing, defaulting, changed]
WRAP = [around, rescuing, twice]
PLAIN = [same, seldom, listed]

MARKERS: list[Any] = [
    *map(AfterValidator, AFTER),
    *map(BeforeValidator, BEFORE),
    *map(WrapValidator, WRAP),
    *map(PlainValidator, PLAIN),
    Replaced(),
    Replaced(),
]
READING: list[Any] = [
    AfterValidator(informed),
    BeforeValidator(informed),
    WrapValidator(informed_around),
]
