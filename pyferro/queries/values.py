"""Rows that stand in the statement itself, as a table: `values([(1, "a"), (2, "b")], …)`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from .. import _native
from .._native import ARRAY_OF, BOOL, NULL, Expr, build, operand
from ..language import plan
from ..language.expressions import common, type_of, type_of_value
from ..tables.names import identifier
from .sources import Source

_FALSE = build(BOOL, plan.LITERAL, 2, 0)
_MOMENT = dt.datetime(2000, 1, 1)
_SAMPLES: dict[int, Any] = {
    _native.BOOL: False,
    _native.INT64: 0,
    _native.FLOAT64: 0.0,
    _native.DECIMAL: Decimal(0),
    _native.TEXT: "",
    _native.BYTES: b"",
    _native.DATE: _MOMENT.date(),
    _native.TIME: _MOMENT.time(),
    _native.TIMESTAMP: _MOMENT,
    _native.TIMESTAMPTZ: _MOMENT.replace(tzinfo=dt.UTC),
    _native.INTERVAL: dt.timedelta(0),
    _native.UUID: UUID(int=0),
    _native.JSON: {},
}
# Whose parameters lose their collation or the fractions of their seconds.
_CAST = (_native.TEXT, _native.TIME, _native.TIMESTAMP, _native.TIMESTAMPTZ)

# SQLite puts 500 queries together at most; more are put together in turns.
_AT_ONCE = 256


class Values(Source):
    """A table of values; columns are at `.c`, in the order in which they were named.

    Each value is bound. Statements with other numbers of rows are other statements, so for long
    lists of keys `in_()` is the better one.
    """

    def __init__(
        self,
        rows: Sequence[Sequence[Any]],
        columns: Sequence[str],
        name: str,
        types: Mapping[str, type],
    ) -> None:
        self.name = identifier(name, "a table of values")
        if not columns or isinstance(columns, str):
            raise TypeError('values() needs names: columns=("id", "label")')
        for column in columns:
            identifier(column, "a column of values()")
            if columns.count(column) > 1:
                raise TypeError(f"values() has two columns {column!r}")
        unknown = [column for column in types if column not in columns]
        if unknown:
            raise TypeError(f"values() has no column {unknown[0]!r}")
        for row in rows:
            if len(row) != len(columns):
                raise TypeError(
                    f"a row of values() has {len(row)} values for {len(columns)} columns"
                )
        found = [
            type_of(types[column]) if column in types else _type(column, [row[i] for row in rows])
            for i, column in enumerate(columns)
        ]
        queries = [_row(row, columns, found) for row in rows]
        self.node = build(
            NULL, plan.DERIVED, union_all(queries or [_none(columns, found)]), name, 0
        )
        nullable = [any(row[i] is None for row in rows) for i in range(len(columns))]
        self._name_columns(list(zip(columns, found, nullable, strict=True)))


def values(
    rows: Sequence[Sequence[Any]],
    *,
    columns: Sequence[str],
    name: str = "values_",
    types: Mapping[str, type] | None = None,
) -> Values:
    """Rows as a table to join or select from: `v = values([(1, "a")], columns=("id", "label"))`.

    `types` says what a column holds where its values do not: all None, or none at all.
    """
    return Values(rows, columns, name, types or {})


def _type(column: str, items: list[Any]) -> int:
    known = [one for one in items if one is not None]
    if any(isinstance(one, Expr) for one in known):
        raise TypeError("values() takes values, no expressions: select those in a subquery")
    types = [
        type_of_value(one) if isinstance(one, (dict, list, tuple)) else operand(one).type
        for one in known
    ]
    found = common(types)
    if found == NULL:
        raise TypeError(
            f"the values of column {column!r} are of no one type\nsay it: types={{{column!r}: int}}"
        )
    return found


def _row(row: Sequence[Any], columns: Sequence[str], types: Sequence[int]) -> Expr:
    cells = zip(row, columns, types, strict=True)
    return plan.select([plan.item(_cell(value, type), name) for value, name, type in cells], None)


def _cell(value: Any, type: int) -> Expr:
    """A value of a type that the server knows, too, as parameters of MySQL and MariaDB are not."""
    if value is None:
        # To cast NULL is not enough: the digits of a decimal, say, would be other ones.
        sample = [] if type & ARRAY_OF else _SAMPLES[type]
        return build(type, plan.CASE, [build(NULL, plan.WHEN, _FALSE, _cell(sample, type))], None)
    made = operand(value, None, type)
    return build(type, plan.CAST, made, type) if type in _CAST else made


def _none(columns: Sequence[str], types: Sequence[int]) -> Expr:
    """No row, of the right types."""
    items = [plan.item(_cell(None, type), name) for name, type in zip(columns, types, strict=True)]
    return plan.select(items, None, limit=plan.count(0))


def union_all(queries: list[Expr]) -> Expr:
    """One query of the rows of all of these, of which there is at least one."""
    while len(queries) > 1:
        queries = [_union(queries[at : at + _AT_ONCE]) for at in range(0, len(queries), _AT_ONCE)]
    return queries[0]


def _union(queries: list[Expr]) -> Expr:
    if len(queries) == 1:
        return queries[0]
    return build(NULL, plan.COMPOUND, None, 0, 1, queries, (), None, None)
