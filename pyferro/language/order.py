"""ORDER BY items from names, columns, expressions and lambdas.

Everywhere NULLs come last unless said otherwise, in both directions, so that a page looks the same
on every database. Columns that cannot be NULL say so, which keeps indexes usable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from .._native import Column, Expr
from . import plan

if TYPE_CHECKING:
    from typing import TypeAlias

    from ..queries.rows import Names

Nulls = Literal["first", "last", "native"]
_NULLS = {"first": plan.NULLS_FIRST, "last": plan.NULLS_LAST, "native": plan.NULLS_NEVER}
_SAID: dict[int, Nulls] = {plan.NULLS_FIRST: "first", plan.NULLS_LAST: "last"}


class Ordered:
    """An expression with a direction: what `asc` and `desc` make."""

    __slots__ = ("descending", "expr", "key", "nulls")

    def __init__(self, expr: Expr | str, descending: bool, nulls: Nulls | None = None) -> None:
        self.expr = expr
        self.descending = descending
        self.nulls = nulls
        self.key: Key | None = None  # of one that a column keeps

    def nulls_first(self) -> Ordered:
        return Ordered(self.expr, self.descending, "first")

    def nulls_last(self) -> Ordered:
        return Ordered(self.expr, self.descending, "last")


def asc(expr: Expr | str) -> Ordered:
    """Smallest first."""
    return (expr.order_keys or _kept(expr))[0] if isinstance(expr, Column) else Ordered(expr, False)


def desc(expr: Expr | str) -> Ordered:
    """Largest first."""
    return (expr.order_keys or _kept(expr))[1] if isinstance(expr, Column) else Ordered(expr, True)


def _kept(column: Column) -> tuple[Ordered, Ordered]:
    """A column's own orders, which it keeps: nothing in them is of a query."""
    kept = Ordered(column, False), Ordered(column, True)
    for one in kept:
        one.key = _key(column, one, None)
    column.order_keys = kept
    return kept


if TYPE_CHECKING:
    OrderItem: TypeAlias = Expr[Any] | Ordered | str | Callable[[Any], Any]


class Key(NamedTuple):
    """One key of an order."""

    expr: Expr
    part: Expr  # of a plan
    descending: bool
    nulls: int
    wanted: int  # where NULLs stand, should there be any after all

    @property
    def nulls_first(self) -> bool:
        return self.nulls == plan.NULLS_FIRST

    def with_nulls(self) -> Key:
        """The same where NULLs may come after all, as beyond an outer join."""
        if self.nulls != plan.NULLS_NEVER or self.wanted == plan.NULLS_NEVER:
            return self
        part = plan.order_item(self.expr, self.descending, self.wanted)
        return Key(self.expr, part, self.descending, self.wanted, self.wanted)

    def flipped(self) -> Key:
        """The same from the other end."""
        nulls = {plan.NULLS_FIRST: plan.NULLS_LAST, plan.NULLS_LAST: plan.NULLS_FIRST}
        other = nulls.get(self.nulls, self.nulls)
        part = plan.order_item(self.expr, not self.descending, other)
        wanted = nulls.get(self.wanted, self.wanted)
        return Key(self.expr, part, not self.descending, other, wanted)


def plain_order(items: Iterable[Any]) -> list[Key]:
    """The keys of an order where names of columns mean nothing."""
    made = []
    for item in items:
        one = item if isinstance(item, Ordered) else Ordered(item, False)
        if not isinstance(one.expr, Expr):
            raise TypeError(f"an order here takes expressions, not {type(one.expr).__name__}")
        made.append(_key(one.expr, one, None))
    return made


def order_items(
    names: Callable[[], Names], items: tuple[OrderItem, ...], nulls: Nulls | None
) -> list[Key]:
    """The keys of an order, of expressions and names."""
    if nulls is None:
        kept = []
        for item in items:
            one = asc(item) if isinstance(item, Column) else item
            if type(one) is not Ordered or one.key is None:
                break
            kept.append(one.key)
        else:
            return kept
    elif nulls not in _NULLS:
        raise TypeError(f"nulls is one of {', '.join(map(repr, _NULLS))}")
    # ferro's way: the direction follows what it is for, as in order_by(lambda p: p.age, "desc").
    read: list[Ordered] = []
    for item in items:
        if isinstance(item, str) and item in ("asc", "desc") and item not in names().columns:
            if not read:
                raise TypeError(f"order_by: {item!r} follows what it is the direction of")
            read[-1] = Ordered(read[-1].expr, item == "desc")
        else:
            read.append(_ordered(names, item))
    made = []
    for one in read:
        expr = one.expr
        assert isinstance(expr, Expr)
        made.append(_key(expr, one, nulls))
    return made


def rest_of_key(
    order: Iterable[Key], columns: Mapping[str, Column], key: Iterable[str]
) -> tuple[Column, ...]:
    """The columns of a key that an order does not have yet: sorted by them, too, it is total."""
    # A related table may have a column of the name, so names alone say nothing.
    known = [(one.expr.owner, one.expr.name) for one in order if isinstance(one.expr, Column)]
    return tuple(
        columns[name]
        for name in key
        if not any(of is columns[name].owner and called == name for of, called in known)
    )


def ordered_again(order: Iterable[Key]) -> list[Ordered]:
    """The keys of an order as items of another one, such as a window's."""
    return [Ordered(key.expr, key.descending, _SAID.get(key.nulls)) for key in order]


def _key(expr: Expr, one: Ordered, nulls: Nulls | None) -> Key:
    said = one.nulls or nulls
    wanted = plan.NULLS_LAST if said is None else _NULLS[said]
    never = isinstance(expr, Column) and not expr.nullable
    where = plan.NULLS_NEVER if never else wanted
    part = plan.order_item(expr, one.descending, where)
    return Key(expr, part, one.descending, where, wanted)


def _ordered(names: Callable[[], Names], item: OrderItem) -> Ordered:
    if isinstance(item, Ordered):
        if isinstance(item.expr, Expr):
            return item
        inner = _ordered(names, item.expr)
        return Ordered(inner.expr, item.descending, item.nulls)
    if isinstance(item, Expr):
        return Ordered(item, False)
    if isinstance(item, str):
        return Ordered(names().named(item.removeprefix("-")), item.startswith("-"))
    if callable(item):
        made = item(names().proxy)
        if isinstance(made, (Expr, Ordered)):
            return _ordered(names, made)
        item = made
    raise TypeError(f"order_by takes columns, names and lambdas, not {type(item).__name__}")
