"""Instances and errors as plain data that can be compared: values with their exact types."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import enum
import pickle
import re
from collections.abc import Callable, Collection
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticUndefined

ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_LEAVES = (int, float, str, bytes, dt.date, dt.time, dt.timedelta, type(None))


def describe(value: Any) -> Any:
    """A value all the way down: True is not 1, 1.0 is not 1, NaN is NaN, order counts."""
    if isinstance(value, BaseModel):
        return (
            _type(value),
            describe(value.__dict__),
            (type(value.__pydantic_fields_set__), sorted(value.__pydantic_fields_set__)),
            describe(value.__pydantic_private__),
            describe(value.__pydantic_extra__),
        )
    if isinstance(value, enum.Enum):
        return (_type(value), repr(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        inside = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return (_type(value), describe(inside | getattr(value, "__dict__", {})))
    if isinstance(value, dict):
        return (_type(value), [(describe(k), describe(v)) for k, v in value.items()])
    if isinstance(value, (list, tuple)):
        return (_type(value), [describe(v) for v in value])
    if isinstance(value, (set, frozenset)):
        return (_type(value), sorted(repr(describe(v)) for v in value))
    if hasattr(value, "get_secret_value"):
        return (_type(value), describe(value.get_secret_value()))
    if value is PydanticUndefined or isinstance(value, _LEAVES):
        return (_type(value), repr(value))
    return (_type(value), ADDRESS.sub("", repr(value)))


def _type(value: Any) -> str:
    # By name: the oracle's variants of a model are other classes of the same name.
    return f"{type(value).__module__}.{type(value).__qualname__}"


def outcome(make: Callable[[], Any]) -> tuple[str, Any]:
    """What a call gave: ("made", value), ("refused", errors) or ("raised", exception)."""
    try:
        return ("made", make())
    except ValidationError as error:
        return ("refused", error)
    except Exception as error:
        return ("raised", error)


def lines(
    error: ValidationError, hidden: Collection[str] = (), secret: Collection[str] = ()
) -> list[Any]:
    """The whole error list, to the letter; but where the row is the input, not what is `hidden`.

    What is put in for `secret` keys pyferro masks.
    """
    return [
        (
            e["type"],
            e["loc"],
            e["msg"],
            _input(e, {*hidden, *secret}, secret),
            describe(e.get("ctx")),
        )
        for e in error.errors(include_url=False)
    ]


def _input(line: Any, hidden: Collection[str], secret: Collection[str]) -> Any:
    value, loc = line["input"], line["loc"]
    if loc and loc[0] in secret:
        return "hidden"
    if loc and loc[0] in hidden and line["type"] == "extra_forbidden":
        return "hidden"
    if hidden and isinstance(value, dict) and (len(loc) < 2 or line["type"] == "missing"):
        value = {k: "hidden" if k in hidden else v for k, v in value.items()}
    return describe(value)


def told(what: tuple[str, Any], hidden: Collection[str] = (), secret: Collection[str] = ()) -> Any:
    """An outcome as plain data."""
    kind, value = what
    if kind == "made":
        return (kind, describe(value))
    if kind == "refused":
        return (kind, value.title, lines(value, hidden, secret))
    return (kind, type(value), ADDRESS.sub("", str(value)))


# What can be asked of an instance; the answers for a loaded one must be those for a validated one.
QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "repr": lambda one: ADDRESS.sub("", repr(one)),
    "model_fields_set": lambda one: (type(one.model_fields_set), one.model_fields_set),
    "model_extra": lambda one: one.model_extra,
    "model_dump": lambda one: one.model_dump(warnings=False),
    "by alias": lambda one: one.model_dump(by_alias=True, exclude_none=True, warnings=False),
    "exclude_unset": lambda one: one.model_dump(exclude_unset=True, warnings=False),
    "exclude_defaults": lambda one: one.model_dump(exclude_defaults=True, warnings=False),
    "mode json": lambda one: one.model_dump(mode="json", warnings=False),
    "model_dump_json": lambda one: one.model_dump_json(warnings=False),
    "round_trip": lambda one: one.model_dump_json(round_trip=True, warnings=False),
    "iter": lambda one: list(one),
    "hash": lambda one: _has_nan(one) or hash(one),
    "pickle": lambda one: pickle.loads(pickle.dumps(one)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "model_copy": lambda one: one.model_copy(update={"f0": 1}, deep=True),
    "revalidated": lambda one: type(one).model_validate(one),
    "assigned": lambda one: _assigned(copy.copy(one)),
    "compared": lambda one: _has_nan(one) or one == copy.deepcopy(one),
    "cached": lambda one: (getattr(one, "kept", None), one.__dict__),
}


def _has_nan(one: Any) -> bool:
    """NaN is unlike itself, and hashed by its address."""
    return "nan" in repr(describe(one))


def _assigned(one: Any) -> Any:
    one.f0 = "assigned"
    return one
