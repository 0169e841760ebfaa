"""Parts of JSON documents: `Post.meta["tags"][0].as_(str)`."""

from __future__ import annotations

from typing import Any, TypeVar

from .._native import JSON, NULL, Expr, build, text
from . import plan
from .call import argument, call
from .expressions import NOTHING, Selectable, type_of

T = TypeVar("T")


class JsonPath(Selectable[Any]):
    """A way into a JSON document, step by step; `as_` says what is there."""

    __slots__ = ("_document", "_steps")

    def __init__(self, document: Expr, steps: tuple[str | int, ...]) -> None:
        self._document = document
        self._steps = steps

    def __getitem__(self, step: str | int) -> JsonPath:
        if isinstance(step, bool) or not isinstance(step, (str, int)):
            raise TypeError("a step into JSON is a key or a place in an array")
        if isinstance(step, int) and step < 0:
            raise TypeError("places in a JSON array count from 0")
        return JsonPath(self._document, (*self._steps, step))

    def as_(self, python: type[T]) -> Expr[T | None]:
        """The value there as `str`, `int`, `float`, `Decimal`, `bool` or `dict` (a JSON document).

        NULL where the path leads nowhere, to JSON null, or to a value of another type.
        """
        type = type_of(python)
        return build(type, plan.JSON_GET, self._document, [_step(s) for s in self._steps], type)

    def expr(self) -> Expr:
        """The part as a JSON document."""
        return build(JSON, plan.JSON_GET, self._document, [_step(s) for s in self._steps], JSON)

    def set(self, value: Any) -> Expr[Any]:
        """The whole document with this value there; None and NULL are JSON null.

        A key is added to an object that lacks it. Where else the path does not lead the document
        stays as it is: no objects are made on the way, and no array becomes longer.
        """
        made = value if value is not None else NOTHING
        return call(144, JSON, self.expr(), argument(made, JSON))

    def remove(self) -> Expr[Any]:
        """The whole document without what is there; elements behind it move up."""
        return call(145, JSON, self.expr())

    def contains(self, part: Any) -> Expr[bool]:
        """Whether the part holds such a part."""
        return self.expr().contains(part)

    def is_null(self) -> Expr[bool]:
        return self.expr().is_null()

    def is_not_null(self) -> Expr[bool]:
        return self.expr().is_not_null()


def _step(step: str | int) -> Expr:
    if isinstance(step, str):
        return build(NULL, plan.JSON_STEP, text(step), -1)
    return build(NULL, plan.JSON_STEP, text(""), step)
