"""Windows: `expr.over(partition_by=…, order_by=…)` and the frames within them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import plan
from ._native import NULL, Expr, build
from .order import plain_order

_UNITS = ("rows", "range", "groups")
_EXCLUDE = ("nothing", "current row", "group", "ties")
UNBOUNDED_PRECEDING, PRECEDING, CURRENT, FOLLOWING, UNBOUNDED_FOLLOWING = range(5)

# (start, end): None is unbounded, 0 the current row, -2 two before, 2 two after.
Frame = tuple[int | None, int | None]


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
    range_: Frame | None = None,
    groups: Frame | None = None,
    exclude: str = "nothing",
) -> Expr:
    """The aggregate or window function over the rows around each row."""
    given = [
        (unit, frame)
        for unit, frame in zip(_UNITS, (rows, range_, groups), strict=True)
        if frame is not None
    ]
    if len(given) > 1:
        raise TypeError("over() takes one frame: rows, range_ or groups")
    frame = _frame(*given[0], exclude) if given else None
    if frame is None and exclude != "nothing":
        raise TypeError("over(): exclude belongs to a frame; give rows, range_ or groups")
    order = [key.part for key in plain_order(listed(order_by))]
    return build(call.type, plan.OVER, call, listed(partition_by), order, frame)


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
