"""Windows: `expr.over(partition_by=…, order_by=…)` and the frames within them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from .._native import DATE, DECIMAL, NULL, TIMESTAMP, TIMESTAMPTZ, Column, Expr, build
from . import plan
from .order import Ordered, plain_order

_UNITS = ("rows", "range", "groups")
_EXCLUDE = ("nothing", "current row", "group", "ties")
UNBOUNDED_PRECEDING, PRECEDING, CURRENT, FOLLOWING, UNBOUNDED_FOLLOWING = range(5)

# (start, end): None is unbounded, 0 the current row, -2 two before, 2 two after.
Frame = tuple[int | None, int | None]
# The same with distances of moments and decimals.
D = TypeVar("D", int, Decimal, timedelta)
Range = tuple[int | Decimal | timedelta | None, int | Decimal | timedelta | None]

_MICROSECOND = timedelta(microseconds=1)
_MOST_DIGITS = 18  # of a decimal that is counted in an int64


def listed(items: Any) -> Sequence[Any]:
    """One item or several."""
    if items is None:
        return ()
    return items if isinstance(items, (list, tuple)) else (items,)


def over(
    call: Expr,
    *,
    partition_by: Any = None,
    order_by: Any = None,
    rows: Frame | None = None,
    range_: Range | None = None,
    groups: Frame | None = None,
    exclude: str = "nothing",
) -> Expr:
    """The aggregate or window function over the rows around each row."""
    order_by = listed(order_by)
    near: Any = range_
    if near is not None and any(isinstance(at, (timedelta, Decimal)) for at in near):
        order_by, near = _counted(order_by, near)
    given = [
        (unit, frame)
        for unit, frame in zip(_UNITS, (rows, near, groups), strict=True)
        if frame is not None
    ]
    if len(given) > 1:
        raise TypeError("over() takes one frame: rows, range_ or groups")
    frame = _frame(*given[0], exclude) if given else None
    if frame is None and exclude != "nothing":
        raise TypeError("over(): exclude belongs to a frame; give rows, range_ or groups")
    order = [key.part for key in plain_order(order_by)]
    return build(call.type, plan.OVER, call, listed(partition_by), order, frame)


def _counted(order_by: Sequence[Any], frame: Range) -> tuple[Sequence[Any], Frame]:
    """An order by a moment or a decimal as one by an integer, which has distances everywhere.

    Moments are counted in microseconds, decimals in units of their last place.
    """
    if len(order_by) != 1:
        raise TypeError("over(): a range_ of distances has one order_by")
    one = order_by[0] if isinstance(order_by[0], Ordered) else Ordered(order_by[0], False)
    expr = one.expr
    if not isinstance(expr, Expr):
        raise TypeError(f"over(): order_by takes expressions, not {type(expr).__name__}")
    never = isinstance(expr, Column) and not expr.nullable
    if expr.type in (DATE, TIMESTAMP, TIMESTAMPTZ):
        from .functions import fn

        made: Expr = fn.extract("epoch_us", expr)
        distances = tuple(_distance(at, timedelta, _MICROSECOND) for at in frame)
    elif expr.type == DECIMAL:
        unit = _unit(expr)
        made = (expr * int(1 / unit)).cast(int)
        distances = tuple(_distance(at, Decimal, unit) for at in frame)
    else:
        raise TypeError(
            "over(): distances of range_ are timedeltas where a date or datetime orders, "
            "Decimals where a decimal does, else integers"
        )
    start, end = distances
    return (Ordered(made, one.descending, one.nulls or ("native" if never else None)),), (
        start,
        end,
    )


def _distance(at: Any, wanted: type[D], unit: D) -> int | None:
    if at is None or (type(at) is int and at == 0):
        return at
    if not isinstance(at, wanted):
        raise TypeError(f"over(): a distance is a {wanted.__name__}, not {type(at).__name__}")
    units, left = divmod(at, unit)
    if left:
        raise ValueError("over(): a distance of range_ has more places than the column")
    return int(units)


def _unit(expr: Expr) -> Decimal:
    """One in the last place of a decimal column."""
    from ..queries.sources import Alias

    table = expr.owner.table if isinstance(expr.owner, Alias) else expr.owner
    info = getattr(table, "infos", {}).get(expr.name) if isinstance(expr, Column) else None
    if info is None or not 0 < info.kind.digits <= _MOST_DIGITS:
        raise TypeError(
            f"over(): range_ counts in a decimal column of at most {_MOST_DIGITS} digits"
        )
    return Decimal(1).scaleb(-info.kind.places)


def _frame(unit: str, frame: Frame, exclude: str) -> Expr:
    if exclude not in _EXCLUDE:
        raise TypeError(f"over(): exclude is one of {', '.join(map(repr, _EXCLUDE))}")
    start, end = frame
    return build(
        NULL,
        plan.FRAME,
        _UNITS.index(unit),
        *_bound(start, UNBOUNDED_PRECEDING),
        *_bound(end, UNBOUNDED_FOLLOWING),
        _EXCLUDE.index(exclude),
    )


def _bound(at: int | None, unbounded: int) -> tuple[int, Expr | None]:
    if at is None:
        return unbounded, None
    if at == 0:
        return CURRENT, None
    return (PRECEDING if at < 0 else FOLLOWING), plan.number(abs(at))
