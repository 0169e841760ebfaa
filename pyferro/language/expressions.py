"""Expressions that are no operator: choices, casts, rows, and what contains a query.

All of them become native `Expr`s, made by `build` of the nodes in `plan.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_origin, overload
from uuid import UUID

from .. import _native
from .._native import BOOL, NULL, Expr, Peculiar, build, operand
from . import plan

if TYPE_CHECKING:
    from .._native import Value
    from ..queries.rows import Rows
    from .sql_text import Template

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
V = TypeVar("V", bound="Value | None")

TYPES: Mapping[type, int] = {
    bool: _native.BOOL,
    int: _native.INT64,
    float: _native.FLOAT64,
    Decimal: _native.DECIMAL,
    str: _native.TEXT,
    bytes: _native.BYTES,
    date: _native.DATE,
    time: _native.TIME,
    datetime: _native.TIMESTAMPTZ,
    timedelta: _native.INTERVAL,
    UUID: _native.UUID,
    dict: _native.JSON,
}
_NUMBERS = (_native.INT64, _native.DECIMAL, _native.FLOAT64)  # each holds those before it


class Selectable(Generic[T_co]):
    """What a query can select that is no expression and no model. `T_co` is what Python gets."""

    __slots__ = ()


class Labeled(Selectable[T_co]):
    """An expression with a name in the result: what `as_` makes."""

    __slots__ = ("expr", "name")

    def __init__(self, expr: Expr[T_co], name: str) -> None:
        self.expr = expr
        self.name = name


def type_of(python: Any) -> int:
    """The canonical type that holds values of a Python type; `list[int]` is an array."""
    if get_origin(python) is list:
        element = type_of(get_args(python)[0])
        if element in (_native.JSON, _native.BYTES):
            raise TypeError(f"there are no arrays of {python!r}: use dict, which is JSON")
        return _native.ARRAY_OF | element
    found = TYPES.get(python)
    if found is None:
        known = ", ".join(one.__name__ for one in TYPES)
        raise TypeError(f"{python!r} is no type of a value in a query; known: {known}")
    return found


def type_of_value(value: Any) -> int:
    """The canonical type of a dict, a list or a tuple: JSON, or an array of scalars."""
    if isinstance(value, dict) or any(isinstance(one, (dict, list)) for one in value):
        return _native.JSON
    element = common(operand(one).type for one in value if one is not None)
    if element in (NULL, _native.JSON, _native.BYTES):
        raise TypeError(
            "the items of a list are of no one type that arrays hold\n"
            "say it: literal([], list[int]), or literal(value, dict) for JSON"
        )
    return _native.ARRAY_OF | element


def named(name: str, type: int = NULL) -> Expr:
    """What a result calls by that name."""
    return build(type, plan.COLUMN, "", name, type)


def common(types: Iterable[int]) -> int:
    """The type of several values in one place; NULL where it is not known."""
    known = {one for one in types if one != NULL}
    if len(known) == 1:
        return known.pop()
    if known and known <= set(_NUMBERS):
        return max(known, key=_NUMBERS.index)
    return NULL


def operands(values: Sequence[Any]) -> list[Expr]:
    """Expressions as they are, values as parameters of the type that the expressions have."""
    beside = next((value for value in values if isinstance(value, Expr)), None)
    return [NOTHING if value is None else operand(value, beside) for value in values]


NOTHING = build(NULL, plan.LITERAL, 0, 0)


@overload
def case(*whens: tuple[Expr[bool | None], V | Expr[V]], else_: V | Expr[V]) -> Expr[V]: ...
@overload
def case(*whens: tuple[Expr[bool | None], V | Expr[V]], else_: None = None) -> Expr[V | None]: ...
@overload
def case(*whens: tuple[Expr[bool | None], Any], else_: Any = None) -> Expr[Any]: ...
def case(*whens: tuple[Expr, Any], else_: Any = None) -> Expr:
    """The value beside the first condition that is true: `case((Post.views > 9, "hot"), else_="")`."""
    if not whens:
        raise TypeError("case() takes pairs of a condition and a value")
    values = operands([value for _, value in whens] + [else_])
    made = [
        build(NULL, plan.WHEN, condition, value)
        for (condition, _), value in zip(whens, values, strict=False)
    ]
    otherwise = None if else_ is None else values[-1]
    return build(common(value.type for value in values), plan.CASE, made, otherwise)


def literal(value: T, type: type | None = None) -> Expr[T]:
    """A value as an expression, bound as every value: `select(literal(1).as_("n"))`."""
    return operand(value) if type is None else operand(value, None, type_of(type))


@overload
def cast(expr: Expr[Value], python: type[T]) -> Expr[T]: ...
@overload
def cast(expr: Expr, python: type[T]) -> Expr[T | None]: ...
def cast(expr: Expr, python: type) -> Expr:
    """The value as another type: `cast(Post.score, int)`; fractions are cut off."""
    type = type_of(python)
    return build(type, plan.CAST, expr, type)


def exists(query: Rows[Any]) -> Expr[bool]:
    """Whether the query has a row."""
    return plan.exists(query.alone())


class RowValue(Peculiar):
    """Several values as one, to be compared with another row or looked for: what `row` makes."""

    __slots__ = ("items",)

    def __init__(self, items: Sequence[Any]) -> None:
        if len(items) < 2:
            raise TypeError("row() takes two values or more")
        self.items = items

    def _expr(self, beside: RowValue | None = None) -> Expr:
        others: Sequence[Any] = beside.items if beside is not None else [None] * len(self.items)
        made = [
            operand(item, other if isinstance(other, Expr) else None)
            for item, other in zip(self.items, others, strict=True)
        ]
        return build(NULL, plan.ROW, made)

    def _compare(self, how: int, other: object) -> Expr[bool]:
        if isinstance(other, tuple):
            other = RowValue(other)
        if not isinstance(other, RowValue) or len(other.items) != len(self.items):
            raise TypeError("a row is compared with a row or tuple of as many values")
        return build(BOOL, plan.BINARY, how, self._expr(other), other._expr(self))

    def __eq__(self, other: object) -> Expr[bool]:  # type: ignore[override]
        return self._compare(0, other)

    def __ne__(self, other: object) -> Expr[bool]:  # type: ignore[override]
        return self._compare(1, other)

    def __lt__(self, other: object) -> Expr[bool]:
        return self._compare(2, other)

    def __le__(self, other: object) -> Expr[bool]:
        return self._compare(3, other)

    def __gt__(self, other: object) -> Expr[bool]:
        return self._compare(4, other)

    def __ge__(self, other: object) -> Expr[bool]:
        return self._compare(5, other)

    __hash__ = None  # type: ignore[assignment]

    def in_(self, query: Rows[Any]) -> Expr[bool]:
        """Whether the query gives such a row."""
        return build(BOOL, plan.IN_QUERY, self._expr(), query.alone(), 0)

    def not_in(self, query: Rows[Any]) -> Expr[bool]:
        return build(BOOL, plan.IN_QUERY, self._expr(), query.alone(), 1)


def row(*items: Any) -> RowValue:
    """`row(Post.year, Post.month) > (2024, 6)`: compared from left to right."""
    return RowValue(items)


# By Python's numbers of comparisons: < <= == != > >=.
_COMPARISONS = (2, 3, 0, 1, 4, 5)


class Quantifier(Peculiar):
    """Any or all rows of a query, to be compared with: what `any_` and `all_` make."""

    __slots__ = ("_all", "_query")

    def __init__(self, query: Rows[Any], all: bool) -> None:
        self._query = query
        self._all = all

    def _compared(self, expr: Expr, how: int) -> Expr:
        op = _COMPARISONS[how]
        return build(BOOL, plan.QUANTIFIED, op, expr, self._query.alone(), int(self._all))

    def _holds(self, expr: Expr, negated: bool) -> Expr:
        raise TypeError("in_() takes the query itself")


def any_(query: Rows[Any]) -> Quantifier:
    """`Post.views > any_(select(Limit.views))`: for at least one of the rows."""
    return Quantifier(query, False)


def all_(query: Rows[Any]) -> Quantifier:
    """For every one of the rows."""
    return Quantifier(query, True)


@overload
def sql(text: str | Template, *, type: type[T], **values: Any) -> Expr[T]: ...
@overload
def sql(text: str | Template, *, type: None = None, **values: Any) -> Expr[Any]: ...
def sql(text: str | Template, *, type: type | None = None, **values: Any) -> Expr:
    """SQL of your own as an expression: `sql("length({})", type=int)` with expressions and values by name.

    `sql("{a} % {n} = 0", type=bool, a=Post.id, n=3)`: what stands in braces is an expression, or a
    value, which is bound. The text itself is sent as it is, and means what the database takes it for.
    A template string (Python 3.14) holds them itself: `sql(t"{Post.id} % {n} = 0", type=bool)`.
    """
    if not isinstance(text, str):
        return _sql_template(text, NULL if type is None else type_of(type), values)
    pieces, names = _pieces(text)
    missing = [name for name in names if name not in values]
    if missing:
        raise TypeError(f"sql(): no value for {{{missing[0]}}}")
    unused = [name for name in values if name not in names]
    if unused:
        raise TypeError(f"sql(): the text has no {{{unused[0]}}}")
    made = [operand(values[name]) for name in names]
    canonical = NULL if type is None else type_of(type)
    return build(canonical, plan.RAW, [_native.text(piece) for piece in pieces], made, canonical)


def _sql_template(text: Template, type: int, values: Mapping[str, Any]) -> Expr:
    from ..queries.raw import argument
    from .sql_text import Template, template

    if not isinstance(text, Template):
        raise TypeError("sql() takes a str or a template string")
    if values:
        raise TypeError("a template holds its values itself")
    _, found = template(text)
    pieces = [_native.text(piece) for piece in text.strings]
    return build(type, plan.RAW, pieces, [argument(value) for value in found], type)


def _pieces(text: str) -> tuple[list[str], list[str]]:
    """The text around names in braces; doubled braces are plain ones."""
    from string import Formatter

    pieces: list[str] = [""]
    names: list[str] = []
    for literal, name, form, conversion in Formatter().parse(text):
        pieces[-1] += literal
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise TypeError("sql(): braces hold a name and nothing else; write {{ for a brace")
        names.append(name)
        pieces.append("")
    return pieces, names
