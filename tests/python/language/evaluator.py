"""The oracle: what a statement of the portable core gives, over tables in memory.

It follows the meaning of the nodes (engine/ast/*.h) in the sequence of ISO SQL and knows no SQL
text. It is written for being right: nothing is done quickly.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from . import tree
from .names import column_names, free_sources
from .rows import Env, Group, Relation, Tables, order_keys, peer_sizes
from .sources import Sources
from .types import common, items_of, type_of_item
from .values import Ambiguous, Invalid, convert
from .words import GroupingKind, JoinKind, LiteralKind, SetOp, Type

_MOST_ROWS = 5_000


def evaluate(statement: tree.Query, tables: Tables, eager: bool = False) -> Relation:
    """EvaluationError, Ambiguous or Invalid where there is no certain result."""
    return Evaluator(eager).query(statement, tables, None)


class Evaluator(Sources):
    def query(self, node: tree.Query, tables: Tables, outer: Env | None) -> Relation:
        match node:
            case tree.Select():
                return self._select(node, self._with(node.with_, tables, outer), outer)
            case tree.Compound():
                return self._compound(node, self._with(node.with_, tables, outer), outer)
        raise Invalid("no query")

    # WITH.

    def _with(self, node: tree.With | None, tables: Tables, outer: Env | None) -> Tables:
        if node is None:
            return tables
        known = dict(tables)
        for cte in node.ctes:
            recursive = node.recursive and any(
                isinstance(n, tree.Table) and n.name == cte.name for n in tree.walk(cte.query)
            )
            if recursive:
                known[cte.name] = self._recursive(cte, known, outer)
            else:
                known[cte.name] = _renamed(self.query(cte.query, known, outer), cte)
        return known

    def _recursive(self, cte: tree.Cte, tables: Tables, outer: Env | None) -> Relation:
        query = cte.query
        if not isinstance(query, tree.Compound) or query.op != SetOp.union:
            raise Invalid("only a union reads itself")
        first, step = query.members
        types = [type_of_item(item) for item in items_of(first)]
        start = _renamed(self.query(first, tables, outer), cte)
        found: list[tuple[Any, ...]] = []
        new = start.rows
        seen: set[tuple[Any, ...]] = set()
        while new:
            if not query.all:
                new = [row for row in dict.fromkeys(new) if row not in seen]
                seen.update(new)
            found += new
            if len(found) > _MOST_ROWS:
                raise Ambiguous("too many rows")
            working = {**tables, cte.name: Relation(start.columns, new)}
            made = self.query(step, working, outer).rows if new else []
            new = [tuple(map(convert, row, types)) for row in made]
        return Relation(start.columns, found)

    # SELECT.

    def _select(self, node: tree.Select, tables: Tables, outer: Env | None) -> Relation:
        columns = column_names(node)
        top = Env(tables, outer=outer)
        names, joined = self.source(node.from_, top) if node.from_ else ({}, [{}])
        rows = [Env(tables, row, outer) for row in joined]
        if self.eager and node.from_ is not None:
            self._try_everything(node, top)
        if node.where is not None:
            where = node.where
            rows = [row for row in rows if self.value(where, row)]
        _own_aggregates(node, names.keys())
        if node.grouping is not None or _aggregates(node):
            rows = self._groups(node, rows, frozenset(names), top)
        overs = [n for part in (*node.items, *node.order) for n in _overs(part)]
        self.set_windows(overs, rows)
        made: list[tuple[Any, ...]] = []
        for row in rows:
            values = tuple(convert(self.value(item.value, row), item.type) for item in node.items)
            row.aliases = dict(zip(columns, values, strict=True))
            made.append(values)
        return self._ordered(node, columns, rows, made, top)

    def _ordered(
        self,
        node: tree.Select,
        columns: tuple[str, ...],
        rows: list[Env],
        made: list[tuple[Any, ...]],
        top: Env,
    ) -> Relation:
        sorted_by = [[self.value(item.value, row) for row in rows] for item in node.order]
        keys = order_keys(node.order, sorted_by, len(rows))
        places = sorted(range(len(rows)), key=lambda i: keys[i])
        if node.distinct is not None:
            places = self._distinct(node.distinct, places, rows, made, keys)
        relation = Relation(columns, [made[i] for i in places])
        keys = [keys[i] for i in places]
        return self._page(relation, keys, node.limit, node.offset, node.with_ties, top)

    def _distinct(
        self,
        distinct: tree.Distinct,
        places: list[int],
        rows: list[Env],
        made: list[tuple[Any, ...]],
        keys: list[tuple[int, ...]],
    ) -> list[int]:
        first: dict[tuple[Any, ...], int] = {}
        kept: list[int] = []
        for i in places:
            of = tuple(self.value(expr, rows[i]) for expr in distinct.on) or made[i]
            if of not in first:
                first[of] = i
                kept.append(i)
            elif made[first[of]] != made[i] and keys[first[of]] == keys[i]:
                raise Ambiguous("several rows are the first one")
            elif not distinct.on and keys[first[of]] != keys[i]:
                raise Invalid("distinct rows are ordered by what is not in them")
        return kept

    def _page(
        self,
        relation: Relation,
        keys: list[Any],
        limit: tree.Expr | None,
        offset: tree.Expr | None,
        with_ties: bool,
        env: Env,
    ) -> Relation:
        start = 0 if offset is None else self.value(offset, env)
        end = len(keys) if limit is None else start + self.value(limit, env)
        if with_ties and start < end <= len(keys):
            while end < len(keys) and keys[end] == keys[end - 1]:
                end += 1
        rows = relation.rows
        for edge in (start, end):
            if not 0 < edge < len(keys) or keys[edge - 1] != keys[edge]:
                continue
            if any(
                row != rows[edge] for row, key in zip(rows, keys, strict=True) if key == keys[edge]
            ):
                raise Ambiguous("a limit cuts through rows that are equal in the order")
        return Relation(relation.columns, rows[start:end], peer_sizes(keys[start:end]))

    def _try_everything(self, node: tree.Select, top: Env) -> None:
        """What a database might evaluate for rows that a condition leaves out."""
        source = node.from_
        assert source is not None
        if any(isinstance(n, tree.Derived) and n.lateral for n in tree.walk(source)):
            return
        _, joined = self.source(_crossed(source), top)
        grouped = node.grouping is not None or _aggregates(node)
        for row in joined:
            env = Env(top.tables, row, top.outer)
            parts: list[tree.Expr] = [node.where] if node.where is not None else []
            if not grouped:
                parts += [item.value for item in node.items]
            for part in parts:
                if not _overs(part):
                    self.value(part, env)

    # GROUP BY and HAVING.

    def _groups(
        self, node: tree.Select, rows: list[Env], sources: frozenset[str], top: Env
    ) -> list[Env]:
        grouping = node.grouping or tree.Grouping(GroupingKind.plain)
        having = grouping.having
        made: list[Env] = []
        sets = _grouping_sets(node, grouping)
        everything = list(dict.fromkeys(expr for each in sets for expr in each))
        for each in sets:
            grouped: dict[tuple[Any, ...], list[Env]] = {} if each else {(): []}
            for row in rows:
                grouped.setdefault(tuple(self.value(e, row) for e in each), []).append(row)
            missing = [expr for expr in everything if expr not in each]
            for key, members in grouped.items():
                keys: list[tuple[tree.Expr, Any]] = list(zip(each, key, strict=True))
                keys += [(expr, None) for expr in missing]
                group = Group(keys, missing, members, sources)
                env = Env(top.tables, {}, top.outer, group)
                if having is None or self.value(having, env):
                    made.append(env)
                elif self.eager:
                    for item in node.items:
                        if not _overs(item):
                            self.value(item.value, env)
        return made

    # UNION, INTERSECT and EXCEPT.

    def _compound(self, node: tree.Compound, tables: Tables, outer: Env | None) -> Relation:
        members = [self.query(member, tables, outer) for member in node.members]
        columns = members[0].columns
        types = [type_of_item(item) for item in items_of(node)]
        for member in node.members[1:]:
            given = [type_of_item(item) for item in items_of(member)]
            types = [common(a, b) for a, b in zip(types, given, strict=True)]
        rows = _converted(members[0], types)
        for other in members[1:]:
            rows = _combined(node.op, node.all, rows, _converted(other, types))
        relation = Relation(columns, rows)
        wanted: list[list[Any]] = []
        for item in node.order:
            assert isinstance(item.value, tree.Column)
            place = columns.index(item.value.name)
            wanted.append([row[place] for row in rows])
        keys = order_keys(node.order, wanted, len(rows))
        places = sorted(range(len(rows)), key=lambda i: keys[i])
        relation = replace(relation, rows=[rows[i] for i in places])
        top = Env(tables, outer=outer)
        return self._page(relation, [keys[i] for i in places], node.limit, node.offset, False, top)


def _renamed(relation: Relation, cte: tree.Cte) -> Relation:
    return Relation(cte.columns or relation.columns, relation.rows)


def _within(node: tree.Node, kind: type[tree.Node]) -> list[tree.Node]:
    """Those of a kind that belong to this query, not to one within."""
    if isinstance(node, tree.Query):
        return []
    found = [node] if isinstance(node, kind) else []
    return found + [n for child in tree.children(node) for n in _within(child, kind)]


def _within_parts(node: tree.Select, kind: type[tree.Node]) -> list[tree.Node]:
    parts: list[tree.Node] = [*node.items, *node.order]
    having = node.grouping.having if node.grouping else None
    parts += [having] if having else []
    return [n for part in parts for n in _within(part, kind)]


def _overs(node: tree.Node) -> list[tree.Over]:
    return [n for n in _within(node, tree.Over) if isinstance(n, tree.Over)]


def _aggregates(node: tree.Select) -> bool:
    parts: list[tree.Node] = [*node.items, *node.order]
    inside_windows = {id(over.call) for part in parts for over in _overs(part)}
    return any(id(n) not in inside_windows for part in parts for n in _within(part, tree.Aggregate))


def _own_aggregates(node: tree.Select, names: Collection[str]) -> None:
    """An aggregate of columns of a query around this one would belong to that one."""
    for aggregate in _within_parts(node, tree.Aggregate):
        sources = free_sources(aggregate)
        if sources and sources.isdisjoint(names):
            raise Invalid("an aggregate of another query's columns")


def _crossed(source: tree.Source) -> tree.Source:
    """All rows beside each other, whatever the join's condition says."""
    if not isinstance(source, tree.Join):
        return source
    return tree.Join(JoinKind.cross, _crossed(source.left), _crossed(source.right))


def _grouping_sets(node: tree.Select, grouping: tree.Grouping) -> list[list[tree.Expr]]:
    def resolved(items: Sequence[tree.Expr]) -> list[tree.Expr]:
        return [
            node.items[item.integer - 1].value
            if isinstance(item, tree.Literal) and item.literal == LiteralKind.integer
            else item
            for item in items
        ]

    items = resolved(grouping.items)
    match grouping.grouping:
        case GroupingKind.rollup:
            return [items[:count] for count in range(len(items), -1, -1)]
        case GroupingKind.cube:
            sizes = range(len(items), -1, -1)
            return [list(chosen) for size in sizes for chosen in combinations(items, size)]
        case GroupingKind.sets:
            return [resolved(each.items) for each in grouping.sets]
    return [items]


def _converted(relation: Relation, types: list[Type]) -> list[tuple[Any, ...]]:
    return [tuple(map(convert, row, types)) for row in relation.rows]


def _combined(
    op: SetOp, all: bool, left: list[tuple[Any, ...]], right: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    if op == SetOp.union:
        return left + right if all else list(dict.fromkeys(left + right))
    if not all:
        other = set(right)
        return [row for row in dict.fromkeys(left) if (row in other) == (op == SetOp.intersect)]
    unmatched = list(right)
    kept: list[tuple[Any, ...]] = []
    for row in left:
        found = row in unmatched
        if found:
            unmatched.remove(row)
        if found == (op == SetOp.intersect):
            kept.append(row)
    return kept
