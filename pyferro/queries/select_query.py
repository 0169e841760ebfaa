"""`Select`: conditions, joins, groups, locks and pages over tables, for every kind of result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .._native import NULL, Expr, build, joined
from ..language import plan
from ..language.conditions import combine
from ..language.windows import listed
from .rows import Names, Rows
from .sources import ChangeCte, Cte, JoinKind, Source, join, node_of, scope_of, source_of

if TYPE_CHECKING:
    from typing import Self

    from ..language.conditions import Condition
    from ..op import Op
    from ..runtime.connections import Using
    from .selection import Projection

R = TypeVar("R")
T = TypeVar("T")

PLAIN, ROLLUP, CUBE, SETS = range(4)


def paths_of(*parts: Any) -> tuple[Any, ...]:
    """The related sources that expressions need, each once."""
    found: dict[int, Any] = {}
    for part in parts:
        for expr in part if isinstance(part, (list, tuple)) else (part,):
            if expr is not None and expr.paths:
                found.update((id(path), path) for path in expr.paths)
    return tuple(found.values())


class Grouped:
    """Groups of several levels: what `rollup`, `cube` and `grouping_sets` make."""

    __slots__ = ("items", "kind")

    def __init__(self, kind: int, items: tuple[Any, ...]) -> None:
        self.kind = kind
        self.items = items


def rollup(*items: Any) -> Grouped:
    """Groups by all items, by all but the last, … and one of all rows."""
    return Grouped(ROLLUP, items)


def cube(*items: Any) -> Grouped:
    """Groups by every combination of the items."""
    return Grouped(CUBE, items)


def grouping_sets(*sets: Any) -> Grouped:
    """Groups by each of these sets: `grouping_sets((A.x, A.y), (A.x,), ())`."""
    return Grouped(SETS, tuple(tuple(listed(one)) for one in sets))


class Select(Rows[R]):
    """A SELECT: what it reads, which rows, how they are grouped."""

    __slots__ = (
        "_distinct",
        "_from",
        "_group",
        "_having",
        "_joined",
        "_lock",
        "_outer",
        "_start",
        "_where",
        "_with_ctes",
    )

    _start: Any  # the Table or Source that it starts from; None: no table at all
    _from: Expr | None
    _joined: tuple[Source | Any, ...]
    _outer: bool  # an outer join: any column may be NULL
    _where: Expr | None
    _distinct: tuple[Expr, ...] | None
    _group: Grouped | None
    _having: Expr | None
    _lock: tuple[int, tuple[str, ...], int] | None
    _with_ctes: tuple[Cte | ChangeCte, ...]  # beside those of what it reads

    def _say_nothing(self) -> None:
        super()._say_nothing()
        self._joined = ()
        self._outer = False
        self._distinct = self._group = self._having = self._lock = None
        self._with_ctes = ()

    def _begin(self, start: Any, chosen: Projection, using: Using) -> None:
        self._say_nothing()
        self._start = start
        self._from = None if start is None else node_of(start)
        self._chosen = chosen
        self._using = using
        self._where = scope_of(start)

    def _reads_secrets(self) -> bool:
        conditions = [one.fragment for one in (self._where, self._having) if one is not None]
        for source in (self._start, *self._joined):
            table = getattr(source, "table", source)
            for name, held in getattr(table, "held", {}).items():
                column: bytes = source.columns[name].fragment
                if held.secret and any(column in one for one in conditions):
                    return True
        return False

    def _names(self) -> Names:
        return Names(self._start, self._chosen)

    def common(self) -> tuple[Cte | ChangeCte, ...]:
        if not self._joined and not self._with_ctes:
            start = self._start
            return () if start is None else start.ctes
        found: list[Cte | ChangeCte] = []
        for cte in self._with_ctes:
            found += cte.ctes
        for source in (self._start, *self._joined):
            found += getattr(source, "ctes", ())
        return tuple(found)

    # Building.

    def where(self, *conditions: Condition, **lookups: Any) -> Self:
        """Only rows that meet all of it: expressions, lambdas, keywords like `age__gte=3`."""
        return self._narrowed(conditions, lookups)

    def _narrowed(self, conditions: tuple[Condition, ...], lookups: dict[str, Any]) -> Self:
        made = self._copy()
        made._where = combine(self._names, self._where, conditions, lookups)
        return made

    def join(
        self, target: Any, on: Expr[bool | None] | None = None, *, kind: JoinKind = "inner"
    ) -> Self:
        """Beside each row the rows of `target` that meet `on`."""
        from .paths import ManyPath, OnePath, join_relation

        if isinstance(target, (ManyPath, OnePath)):
            made = join_relation(self, target, on, kind)
            return made
        source = source_of(target)
        made = self._copy()
        scope = scope_of(source)
        if scope is not None:
            on, kind = made._scoped(scope, on, kind)
        if on is not None and on.paths:
            made._reach(on.paths)
        if made._from is None:
            raise TypeError("this query reads no table that could be joined")
        made._from = join(made._from, kind, source, on)
        made._joined = (*made._joined, source)
        made._outer = made._outer or kind in ("left", "right", "full")
        return made

    def _scoped(self, scope: Expr, on: Expr | None, kind: JoinKind) -> tuple[Expr | None, JoinKind]:
        """A condition that keeps the joined rows within their scope."""
        if kind in ("right", "full"):
            raise TypeError(
                f"a {kind} join keeps rows without a match, and so those beyond the scope, too\n"
                "join a subquery of the rows within it, or aliased(…, scoped=False)"
            )
        if kind == "cross":
            self._where = scope if self._where is None else self._where & scope
            return on, kind
        return (scope if on is None else on & scope), kind

    def left_join(self, target: Any, on: Expr[bool | None] | None = None) -> Self:
        """Rows without a match stay, with NULLs (and None for an instance)."""
        return self.join(target, on, kind="left")

    def right_join(self, target: Any, on: Expr[bool | None]) -> Self:
        return self.join(target, on, kind="right")

    def full_join(self, target: Any, on: Expr[bool | None]) -> Self:
        return self.join(target, on, kind="full")

    def cross_join(self, target: Any) -> Self:
        """Every row beside every row."""
        return self.join(target, kind="cross")

    def with_(self, *ctes: Cte | ChangeCte) -> Self:
        """With these common table expressions too, which are read by subqueries, or by nothing."""
        made = self._copy()
        made._with_ctes = (*self._with_ctes, *ctes)
        return made

    def group_by(self, *items: Any) -> Self:
        """One row for each value of the items; names, expressions, or rollup(), cube(), …"""
        made = self._copy()
        if len(items) == 1 and isinstance(items[0], Grouped):
            made._group = items[0]
        elif any(isinstance(item, Grouped) for item in items):
            raise TypeError("rollup(), cube() and grouping_sets() stand alone in group_by()")
        else:
            made._group = Grouped(PLAIN, items)
        return made

    def having(self, *conditions: Condition, **lookups: Any) -> Self:
        """Only groups that meet all of it."""
        made = self._copy()
        made._having = combine(self._names, self._having, conditions, lookups)
        return made

    def distinct(self, *on: Any) -> Self:
        """Each row once; with expressions the first row, in the order, for each value of them."""
        made = self._copy()
        made._distinct = tuple(self._item(item) for item in on)
        return made

    def for_update(
        self, *, of: Any = None, nowait: bool = False, skip_locked: bool = False
    ) -> Self:
        """Lock the rows until the transaction ends, so that nobody else changes them."""
        return self._locked(0, of, nowait, skip_locked)

    def for_share(self, *, of: Any = None, nowait: bool = False, skip_locked: bool = False) -> Self:
        """Lock the rows against changes; others may share them."""
        return self._locked(1, of, nowait, skip_locked)

    def _locked(self, strength: int, of: Any, nowait: bool, skip_locked: bool) -> Self:
        if nowait and skip_locked:
            raise TypeError("a lock either fails at once or skips what is locked")
        names = tuple(source_of(one).name for one in listed(of))
        made = self._copy()
        made._lock = (strength, names, 1 if nowait else 2 if skip_locked else 0)
        return made

    # Plans.

    def _body(
        self,
        items: Any = None,
        *,
        limit: Expr | None = None,
        ordered: bool = True,
        ctes: Expr | None = None,
    ) -> Expr:
        chosen = self._chosen.items if items is None else items
        distinct = (
            None if self._distinct is None else build(NULL, plan.DISTINCT, list(self._distinct))
        )
        grouped = self._group is not None or self._having is not None
        grouping = self._grouping() if grouped else None
        keys = self._order if ordered or self._ties else ()
        if keys and self._outer:  # no column is without NULLs beyond an outer join
            keys = tuple(key.with_nulls() for key in keys)
        order = [key.part for key in keys]
        if limit is None and self._limit is not None:
            limit = plan.count(self._limit)
        offset = None if self._offset is None else plan.count(self._offset)
        lock = None if self._lock is None else self._lock_clause()
        where = self._where
        rest = (where, grouping, order, limit, offset, int(self._ties), lock)
        made = build(NULL, plan.SELECT, ctes, distinct, chosen, self._from, *rest)
        if not made.paths:
            return made
        # Expressions in it lead to related tables: once more, with those joined.
        needed = paths_of(chosen, where, distinct, grouping, order)
        reaching = self._copy()
        elsewhere = reaching._reach(needed)
        made = build(NULL, plan.SELECT, ctes, distinct, chosen, reaching._from, *rest)
        return joined(made, elsewhere) if made.paths else made

    def _reach(self, paths: tuple[Any, ...]) -> tuple[Any, ...]:
        """Join what these paths lead to; returns those that start from a query around this one."""
        from .paths import joins

        mine, elsewhere = joins(paths, [self._start, *self._joined])
        for source in mine:
            if source in self._joined:
                continue
            if self._from is None:
                raise TypeError("this query reads no table that could be joined")
            kind: JoinKind = "left" if source.optional else "inner"
            self._from = join(self._from, kind, source, source.on())
            self._joined = (*self._joined, source)
            self._outer = self._outer or source.optional
        return elsewhere

    def _joins_outer(self) -> bool:
        return self._outer

    def _lock_clause(self) -> Expr:
        assert self._lock is not None
        strength, names, wait = self._lock
        return build(NULL, plan.LOCK, strength, names, wait)

    def _grouping(self) -> Expr:
        group = self._group
        if group is None:
            return build(NULL, plan.GROUPING, PLAIN, (), (), self._having)
        if group.kind == SETS:
            sets = [
                build(NULL, plan.GROUPING_SET, [self._group_item(item) for item in one])
                for one in group.items
            ]
            return build(NULL, plan.GROUPING, SETS, (), sets, self._having)
        items = [self._group_item(item) for item in group.items]
        return build(NULL, plan.GROUPING, group.kind, items, (), self._having)

    def _item(self, item: Any) -> Expr:
        if isinstance(item, Expr):
            return item
        if isinstance(item, str):
            return self._names().named(item)
        if callable(item):
            return self._item(item(self._names().proxy))
        raise TypeError(f"expected an expression or a name, not {type(item).__name__}")

    def _group_item(self, item: Any) -> Expr:
        """By its place, where it is selected and holds values: two parameters are never equal."""
        place = 0
        for chosen in self._chosen.chosen:
            named = isinstance(item, str) and item != "" and chosen.alias == item
            same = chosen.expr is item or named
            if same and (isinstance(item, str) or (isinstance(item, Expr) and item.values)):
                return plan.number(place + 1)
            place += len(chosen.items)
        return self._item(item)

    def _countable(self) -> bool:
        return self._group is None and self._having is None and self._distinct is None

    def count(self) -> Op[int]:
        """How many rows there are, whatever limit and offset say."""
        if not self._countable() or self.common() or self._is_aggregate() or self._lock:
            return super().count()
        from .rows import _COUNT, _INT64_SHAPE, grounded

        body = self._unpaged()._body([_COUNT], ordered=False)
        return self._scalar(grounded(body), _INT64_SHAPE)

    def _is_aggregate(self) -> bool:
        """Whether it may be one row of all rows; a table's own columns never are."""
        return any(
            (chosen.expr is not None and chosen.expr.owner is None) or chosen.alias
            for chosen in self._chosen.chosen
        )

    # Pages by keys.

    def after(self, cursor: Any) -> Self:
        """Only rows that come after `cursor` in the order: an instance, or a tuple of its keys.

        The order is made total by the primary key. Unlike an offset this costs no more for later
        pages, and rows that were added or deleted meanwhile shift nothing.
        """
        from .paging import after

        return after(self, cursor)

    def before(self, cursor: Any) -> Self:
        """Only rows that come before `cursor`; with a limit the nearest ones, in the usual order."""
        from .paging import before

        return before(self, cursor)

    def position_of(self, cursor: Any) -> Op[int]:
        """How many rows come before `cursor` in the order."""
        from .paging import position_of

        return position_of(self, cursor)

    # Results.

    def into(self, target: type[T]) -> Selection[T]:
        """Rows as instances of a pydantic model, a dataclass or a TypedDict, validated."""
        from .into import into

        made: Selection[T] = into(self, target)
        return made

    def _with(self, chosen: Projection) -> Selection[Any]:
        made: Selection[Any] = self._copy_as(Selection)
        made._chosen = chosen
        return made


class Selection(Select[R]):
    """A query for some columns: tuples, or the values of a single one."""

    __slots__ = ()
