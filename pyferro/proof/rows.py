"""What a proof does to single values and errors on the whole-row way.

Texts become the objects they stand for, and the lines of an error are made again where pydantic's
own would be misplaced or would quote a secret. Which field needs what is decided in `proof.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError, SchemaValidator

MASK = "**********"


class Loading:
    """A field's validator for a column of text that stands for an object."""

    __slots__ = ("_load", "_validator")

    def __init__(self, validator: SchemaValidator, load: Callable[[Any], Any]) -> None:
        self._validator = validator
        self._load = load

    def validate_python(self, value: Any) -> Any:
        if value is not None:
            value = loaded(self._load, value)
        return self._validator.validate_python(value)


def loaded(load: Callable[[Any], Any], value: Any) -> Any:
    """The object that a text stands for; bad text as it is, for pydantic to refuse."""
    try:
        return load(value)
    except ValueError:
        return value


def masked(
    error: ValidationError, keys: set[str], secrets: set[Any], *, hide_input: bool
) -> ValidationError:
    """The same error, with asterisks for the input of fields `keys` and for values of `secrets`.

    `hide_input`: pydantic's own setting, which an error does not tell.
    """
    lines: list[Any] = []
    for one in error.errors(include_url=False):
        loc = one["loc"]
        shown = MASK if loc and loc[0] in keys else _without(one["input"], secrets)
        line: Any = {"type": one["type"], "loc": loc, "input": shown}
        if "ctx" in one:
            line["ctx"] = one["ctx"]
        if not _says(line, one["msg"]):
            line["type"] = _custom(one, secrets)
            line.pop("ctx", None)
        lines.append(line)
    return ValidationError.from_exception_data(error.title, lines, hide_input=hide_input)


def _says(line: Any, message: str) -> bool:
    """Whether pydantic can make the line again: not every context becomes the same words."""
    try:
        [made] = ValidationError.from_exception_data("", [line]).errors(include_url=False)
    except (KeyError, TypeError, ValueError):
        return False
    return made["msg"] == message


def _custom(one: Any, secrets: set[Any]) -> PydanticCustomError:
    # With a context braces in the message would be filled in.
    context = None if "{" in one["msg"] else _without(one.get("ctx"), secrets)
    return PydanticCustomError(one["type"], one["msg"], context)


def _without(value: Any, secrets: set[Any]) -> Any:
    if isinstance(value, (str, bytes)):
        return MASK if value in secrets else value
    if isinstance(value, dict):
        return {key: _without(inner, secrets) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(inner, secrets) for inner in value]
    return value
