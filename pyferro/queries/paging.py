"""Pages by keys: rows after or before one that is known, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .._native import BOOL, Column, Expr, build
from ..language import plan
from ..language.order import Key, order_items, rest_of_key
from ..tables.table import Table

if TYPE_CHECKING:
    from ..op import Op
    from .select_query import Select

S = TypeVar("S", bound="Select[Any]")

_NEVER = build(BOOL, plan.LITERAL, 2, 0)


def _total(query: Select[Any]) -> tuple[Key, ...]:
    """The order of the query, made total by the primary key."""
    start = query._start
    table: Any = start if isinstance(start, Table) else getattr(start, "table", None)
    if table is None:
        raise TypeError("pages by keys are of queries that start from a model")
    if not query._countable() or query._joined:
        raise TypeError("pages by keys are of plain rows: no joins, groups or distinct")
    rest = rest_of_key(query._order, start.columns, table.key)
    if not table.key:
        raise TypeError(f"{table.model.__name__} has no primary key to tell equal rows apart")
    return (*query._order, *order_items(query._names, rest, None))


def _values(order: tuple[Key, ...], cursor: Any) -> list[Any]:
    if isinstance(cursor, (tuple, list)):
        if len(cursor) != len(order):
            raise TypeError(f"the order has {len(order)} keys, and the cursor {len(cursor)} values")
        return list(cursor)
    values = []
    for key in order:
        if not isinstance(key.expr, Column):
            raise TypeError("the order has an expression: give a tuple of the values of its keys")
        row = cursor
        for name in getattr(key.expr.owner, "trail", ()):
            row = getattr(row, name)
            if row is None:
                break
        values.append(None if row is None else getattr(row, key.expr.name))
    return values


def _beyond(key: Key, value: Any) -> Expr | None:
    """What comes after the value, by this key alone; None for nothing."""
    nullable = key.nulls != plan.NULLS_NEVER
    if value is None:
        return key.expr.is_not_null() if key.nulls_first else None
    further: Expr = key.expr < value if key.descending else key.expr > value
    return further | key.expr.is_null() if nullable and not key.nulls_first else further


def _condition(order: tuple[Key, ...], values: list[Any]) -> Expr:
    """From the first key to the last: equal so far, and beyond in this one."""
    terms: list[Expr] = []
    equal: Expr | None = None
    for key, value in zip(order, values, strict=True):
        beyond = _beyond(key, value)
        if beyond is not None:
            terms.append(beyond if equal is None else equal & beyond)
        same = key.expr.is_null() if value is None else key.expr == value
        equal = same if equal is None else equal & same
    made: Expr | None = None
    for term in terms:
        made = term if made is None else made | term
    return _NEVER if made is None else made


def after(query: S, cursor: Any) -> S:
    order = _total(query)
    made = query.where(_condition(order, _values(order, cursor)))
    made._order = order
    return made


def before(query: S, cursor: Any) -> S:
    order = tuple(key.flipped() for key in _total(query))
    made = query.where(_condition(order, _values(order, cursor)))
    made._order = order
    made._reversed = True
    return made


def position_of(query: Select[Any], cursor: Any) -> Op[int]:
    return before(query, cursor).count()
