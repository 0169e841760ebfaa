"""Random queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from . import tree
from .make_calls import MakeCalls
from .make_sources import MakeSources
from .scope import COMPARABLE, ORDERED, WEIGHTED, CteOf, Out, Readable, Scope
from .tree import number
from .words import (
    AggregateFunction,
    BinaryOp,
    Function,
    GroupingKind,
    JoinKind,
    Materialized,
    SetOp,
    Type,
    UnaryOp,
)

Made: TypeAlias = tuple[tree.Query, tuple[Out, ...]]


class MakeQueries(MakeSources, MakeCalls):
    # What expressions ask for.

    def scalar_query(self, type: Type, scope: Scope, exact: bool) -> tree.Expr:
        """A query for one value at most: one group of all rows, or the first of them."""
        self.queries_left -= 1
        source, columns, keys = self.source(scope.tables, False)
        rows = Scope(columns, keys, scope, None, False, scope.parameters, scope.tables)
        where = self.condition(rows, 1) if self.chance(0.7) else None
        grouped = Scope([], [], scope, rows, False, scope.parameters, scope.tables)
        value = self.aggregate(type, grouped, exact) if self.chance(0.7) else None
        if value is not None:
            item = tree.SelectItem(value, "v", type)
            return tree.Subquery(tree.Select(None, None, (item,), source, where))
        nothing = Scope([], None, scope, None, False, scope.parameters, scope.tables)
        readable = nothing if keys is None else rows
        item = tree.SelectItem(self.expr(type, readable, 1, exact), "v", type)
        if keys is None:
            return tree.Subquery(tree.Select(None, None, (item,)))
        order = self.order_by(rows, 1, True)
        select = tree.Select(None, None, (item,), source, where, None, order, number(1))
        return tree.Subquery(select)

    def member_query(self, types: Sequence[Type], scope: Scope) -> tree.Query:
        return self.query(scope, 1, types, scope.tables)[0]

    # Queries. `wanted` are the types of the columns, which are exact then.

    def query(
        self,
        outer: Scope | None,
        depth: int,
        wanted: Sequence[Type] | None,
        tables: Sequence[CteOf],
        top: bool = False,
    ) -> Made:
        with_: tree.With | None = None
        if depth > 0 and outer is None and self.chance(0.15):
            # What a WITH within reads of the one around has crashed MariaDB 10.11: nothing, here.
            with_, tables = self._with(depth - 1, ())
        if depth > 0 and self.chance(0.15):
            compound, out = self._compound(outer, depth - 1, wanted, tables, top)
            return replace(compound, with_=with_), out
        select, out = self._select(outer, depth, wanted, tables, top)
        return replace(select, with_=with_), out

    def _types(self, wanted: Sequence[Type] | None) -> Sequence[Type]:
        if wanted is not None:
            return wanted
        return self.rng.choices(WEIGHTED, k=self.rng.choice((1, 2, 2, 3, 4)))

    def _items(
        self, scope: Scope, wanted: Sequence[Type] | None, depth: int, exact: bool
    ) -> tuple[tuple[tree.SelectItem, ...], tuple[Out, ...]]:
        items: list[tree.SelectItem] = []
        outs: list[Out] = []
        for place, type in enumerate(self._types(wanted), 1):
            exactly = exact or wanted is not None or self.chance(0.6)
            ascii = type != Type.text or self.chance(0.3)
            value = self.expr(type, scope, depth, exactly, ascii)
            items.append(tree.SelectItem(value, f"c{place}", type))
            outs.append(Out(f"c{place}", type, exactly or type != Type.float64, ascii))
        return tuple(items), tuple(outs)

    def _page(self) -> tuple[tree.Expr | None, tree.Expr | None]:
        def count() -> tree.Expr:
            many = self.rng.choice((0, 1, 1, 2, 3, 5, 100))
            return tree.Param(Type.int64, many) if self.chance(0.5) else number(many)

        limit = count() if self.chance(0.85) else None
        return limit, count() if limit is None or self.chance(0.4) else None

    def _select(
        self,
        outer: Scope | None,
        depth: int,
        wanted: Sequence[Type] | None,
        tables: Sequence[CteOf],
        top: bool,
    ) -> tuple[tree.Select, tuple[Out, ...]]:
        if self.chance(0.04):
            nothing = Scope([], None, outer, None, False, True, list(tables))
            items, out = self._items(nothing, wanted, 2, False)
            return tree.Select(None, None, items), out
        source, columns, keys = self.source(tables, depth > 0)
        rows = Scope(columns, keys, outer, None, False, True, list(tables))
        where = self.condition(rows, 2) if self.chance(0.6) else None
        kind = self.rng.random()
        if kind < 0.25:
            select, out = self._grouped(rows, wanted)
        elif kind < 0.35:
            select, out = self._distinct(rows, wanted)
        elif kind < 0.39 and keys is not None:
            select, out = self._distinct_on(rows, wanted)
        else:
            select, out = self._plain(rows, wanted, top)
        return replace(select, from_=source, where=where), out

    def _plain(
        self, rows: Scope, wanted: Sequence[Type] | None, top: bool
    ) -> tuple[tree.Select, tuple[Out, ...]]:
        scope = replace(rows, windows=self.chance(0.3))
        items, out = self._items(scope, wanted, 2, False)
        select = tree.Select(None, None, items)
        total = rows.keys is not None and self.chance(0.7)
        if top and self.chance(0.6):
            select = replace(select, order=self.order_by(rows, 2, total))
        if total and self.chance(0.3):
            limit, offset = self._page()
            ties = limit is not None and self.chance(0.2)
            order = self.order_by(rows, 2, not ties)
            ties = ties and bool(order)
            if ties or order:
                select = replace(select, order=order, limit=limit, offset=offset, with_ties=ties)
        return select, out

    def _grouped(
        self, rows: Scope, wanted: Sequence[Type] | None
    ) -> tuple[tree.Select, tuple[Out, ...]]:
        found = [c for c in rows.columns if c.exact and c.type in COMPARABLE]
        chosen = self.rng.sample(found, min(len(found), self.rng.choice((0, 1, 1, 2))))
        keys = [replace(key, nullable=True) for key in chosen]
        kind = GroupingKind.plain
        if keys and self.chance(0.35):
            kind = self.rng.choice((GroupingKind.rollup, GroupingKind.cube, GroupingKind.sets))
        plain = kind == GroupingKind.plain
        scope = Scope(keys, keys if plain else None, rows.outer, rows, False, True, rows.tables)
        items, out = self._items(scope, wanted, 2, False)
        if not plain and wanted is None:
            key = self.rng.choice(keys)
            value = tree.Call(Function.grouping, (key.expr,))
            items += (tree.SelectItem(value, "g", Type.int64),)
            out += (Out("g", Type.int64),)
        having = self.condition(scope, 2) if self.chance(0.3) else None
        grouping = self._grouping(kind, tuple(key.expr for key in keys), having)
        order: tuple[tree.OrderItem, ...] = ()
        if keys and self.chance(0.5):
            order = self.order_by(scope, 2, plain)
        select = tree.Select(None, None, items, grouping=grouping, order=order)
        if plain and order and self.chance(0.4):
            limit, offset = self._page()
            select = replace(select, limit=limit, offset=offset)
        if grouping is not None and plain and not having and self.chance(0.2):
            select = self._by_place(rows, select)
        return select, out

    def _by_place(self, rows: Scope, select: tree.Select) -> tree.Select:
        """The first item's own expression becomes a key, said by its place."""
        type = select.items[0].type
        value = self.expr(type, replace(rows, outer=None), 2)
        count = tree.SelectItem(tree.Aggregate(AggregateFunction.count), "n", Type.int64)
        items = (tree.SelectItem(value, "c1", type), *select.items[1:1], count)
        if len(select.items) != 2 or select.items[1].type != Type.int64:
            return select
        items = (items[0], replace(count, alias=select.items[1].alias))
        return tree.Select(
            None, None, items, grouping=tree.Grouping(GroupingKind.plain, (number(1),))
        )

    def _grouping(
        self, kind: GroupingKind, keys: tuple[tree.Expr, ...], having: tree.Expr | None
    ) -> tree.Grouping | None:
        if kind == GroupingKind.sets:
            sets = [tuple(k for k in keys if self.chance(0.6)) for _ in range(2)]
            chosen = tuple(map(tree.GroupingSet, [keys, *dict.fromkeys(sets)]))
            chosen = tuple(dict.fromkeys(chosen))
            return tree.Grouping(kind, (), chosen, having)
        if not keys and having is None:
            return None
        return tree.Grouping(kind, keys, (), having)

    def _distinct(
        self, rows: Scope, wanted: Sequence[Type] | None
    ) -> tuple[tree.Select, tuple[Out, ...]]:
        # A parameter within an item is not the one within the order.
        scope = replace(rows, parameters=False)
        items, out = self._items(scope, wanted, 1, True)
        order: tuple[tree.OrderItem, ...] = ()
        if self.chance(0.6):
            found = [
                Readable(item.value, item.type)
                for item in items
                if item.type in ORDERED and isinstance(item.value, (tree.Column, tree.Call))
            ]
            order = tuple(self.order_item(f) for f in found)
        select = tree.Select(None, tree.Distinct(), items, order=order)
        if len(order) == len(items) and self.chance(0.4):
            limit, offset = self._page()
            select = replace(select, limit=limit, offset=offset)
        return select, out

    def _distinct_on(
        self, rows: Scope, wanted: Sequence[Type] | None
    ) -> tuple[tree.Select, tuple[Out, ...]]:
        found = [c for c in rows.columns if c.exact and c.type in ORDERED]
        if not found:
            return self._plain(rows, wanted, False)
        items, out = self._items(rows, wanted, 1, False)
        on = self.rng.sample(found, min(len(found), self.rng.choice((1, 1, 2))))
        order = tuple(self.order_item(c) for c in on)
        chosen = {c.expr for c in on}
        rest = self.order_by(rows, 1, True)
        order += tuple(item for item in rest if item.value not in chosen)
        distinct = tree.Distinct(tuple(c.expr for c in on))
        return tree.Select(None, distinct, items, order=order), out

    def _compound(
        self,
        outer: Scope | None,
        depth: int,
        wanted: Sequence[Type] | None,
        tables: Sequence[CteOf],
        top: bool,
    ) -> tuple[tree.Compound, tuple[Out, ...]]:
        types = self._types(wanted)
        members: list[tree.Query] = []
        outs: tuple[Out, ...] = ()
        for _ in range(self.rng.choice((2, 2, 3))):
            member, out = self.query(outer, depth, types, tables)
            outs = outs or out
            members.append(member)
        out = tuple(replace(o, ascii=o.type != Type.text) for o in outs)
        order: tuple[tree.OrderItem, ...] = ()
        limit = offset = None
        readable = [Readable(tree.Column("", o.name, o.type), o.type) for o in out]
        sortable = [r for r in readable if r.type in ORDERED]
        if sortable and self.chance(0.5):
            order = tuple(self.order_item(r) for r in sortable)
            if len(sortable) == len(readable) and self.chance(0.5):
                limit, offset = self._page()
        op = self.rng.choice((SetOp.union, SetOp.union, SetOp.intersect, SetOp.except_))
        compound = tree.Compound(None, op, self.chance(0.4), tuple(members), order, limit, offset)
        return compound, out

    # WITH.

    def _with(self, depth: int, tables: Sequence[CteOf]) -> tuple[tree.With, Sequence[CteOf]]:
        ctes: list[tree.Cte] = []
        known = list(tables)
        recursive = self.chance(0.4)
        for place in range(self.rng.choice((1, 1, 2))):
            name = self.fresh("w")
            if recursive and place == 0:
                cte, out = self._recursive(name)
            else:
                query, out = self.query(None, depth, None, known)
                if self.chance(0.3):
                    out = tuple(replace(o, name=f"x{i}") for i, o in enumerate(out))
                    columns = tuple(o.name for o in out)
                else:
                    columns = ()
                materialized = self.rng.choice(tuple(Materialized))
                cte = tree.Cte(name, columns, query, materialized)
            ctes.append(cte)
            known.append(CteOf(name, out))
        return tree.With(recursive, tuple(ctes)), known

    def _recursive(self, name: str) -> tuple[tree.Cte, tuple[Out, ...]]:
        if self.chance(0.5):
            return self._counter(name)
        return self._descent(name)

    def _counter(self, name: str) -> tuple[tree.Cte, tuple[Out, ...]]:
        n = tree.Column(name, "n", Type.int64)
        start = self.constant(Type.int64, Scope([]))
        if isinstance(start, tree.Param) and (start.value is None or abs(start.value) > 10):
            start = number(0)
        first = tree.Select(None, None, (tree.SelectItem(start, "n", Type.int64),))
        more = tree.Binary(BinaryOp.add, n, number(1))
        limit = tree.Binary(BinaryOp.lt, n, number(self.rng.randrange(0, 6)))
        step = tree.Select(
            None, None, (tree.SelectItem(more, "n", Type.int64),), tree.Table(name), limit
        )
        union = tree.Compound(None, SetOp.union, self.chance(0.5), (first, step))
        return tree.Cte(name, ("n",), union), (Out("n", Type.int64),)

    def _descent(self, name: str) -> tuple[tree.Cte, tuple[Out, ...]]:
        """From the roots of lang_c down, with the level."""
        c, w = self.fresh("t"), self.fresh("t")

        def column(source: str, name: str) -> tree.Column:
            return tree.Column(source, name, Type.int64)

        first = tree.Select(
            None,
            None,
            (
                tree.SelectItem(column(c, "id"), "id", Type.int64),
                tree.SelectItem(number(0), "level", Type.int64),
            ),
            tree.Table("lang_c", c),
            tree.Unary(UnaryOp.is_null, column(c, "parent")),
        )
        deeper = tree.Binary(BinaryOp.add, column(w, "level"), number(1))
        step = tree.Select(
            None,
            None,
            (
                tree.SelectItem(column(c, "id"), "id", Type.int64),
                tree.SelectItem(deeper, "level", Type.int64),
            ),
            tree.Join(
                JoinKind.inner,
                tree.Table("lang_c", c),
                tree.Table(name, w),
                tree.Binary(BinaryOp.eq, column(c, "parent"), column(w, "id")),
            ),
        )
        union = tree.Compound(None, SetOp.union, True, (first, step))
        out = (Out("id", Type.int64), Out("level", Type.int64))
        return tree.Cte(name, (), union), out
