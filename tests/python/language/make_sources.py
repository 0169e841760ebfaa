"""Random sources: tables, derived tables, common table expressions and joins of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from . import tree
from .make_expressions import MakeExpressions
from .schema import TABLES
from .scope import COMPARABLE, CteOf, Out, Readable, Scope
from .tree import number
from .words import BinaryOp, JoinKind, LogicalOp, Type

Sourced: TypeAlias = tuple[tree.Source, list[Readable], list[Readable] | None]

_OUTER = {JoinKind.left: (False, True), JoinKind.right: (True, False), JoinKind.full: (True, True)}


class MakeSources(MakeExpressions):
    _fresh = 0

    def fresh(self, letter: str) -> str:
        """A name that nothing else in the statement has."""
        self._fresh += 1
        return f"{letter}{self._fresh}"

    def query(
        self,
        outer: Scope | None,
        depth: int,
        wanted: Sequence[Type] | None,
        tables: Sequence[CteOf],
        top: bool = False,
    ) -> tuple[tree.Query, tuple[Out, ...]]:
        raise NotImplementedError

    def source(self, tables: Sequence[CteOf], nested: bool) -> Sourced:
        made = self._single(tables, nested)
        for _ in range(self.rng.choice((0, 0, 0, 1, 1, 2))):
            made = self._join(made, tables, nested)
        return made

    def _single(self, tables: Sequence[CteOf], nested: bool) -> Sourced:
        if tables and self.chance(0.5):
            cte = self.rng.choice(tables)
            alias = self.fresh("t")
            columns = _columns(alias, cte.columns)
            return tree.Table(cte.name, alias), columns, _all_exact(columns)
        if nested and self.chance(0.15):
            query, out = self.query(None, 0, None, tables)
            alias = self.fresh("s")
            columns = _columns(alias, out)
            return tree.Derived(query, alias), columns, _all_exact(columns)
        table = self.rng.choices(TABLES, (8, 6, 6, 1))[0]
        alias = self.fresh("t")
        columns = [
            Readable(
                tree.Column(alias, c.name, c.type),
                c.type,
                True,
                c.type != Type.text or c.ascii,
                c.large,
                c.nullable,
            )
            for c in table.columns
        ]
        return tree.Table(table.name, alias), columns, [columns[0]]

    def _join(self, left: Sourced, tables: Sequence[CteOf], nested: bool) -> Sourced:
        if nested and self.chance(0.12):
            return self._lateral(left, tables)
        right = self._single(tables, nested)
        kind = self.rng.choice(
            5 * (JoinKind.inner, JoinKind.left) + 2 * (JoinKind.right, JoinKind.cross)
            + (JoinKind.full,)
        )  # fmt: skip
        on = None if kind == JoinKind.cross else self._on(left, right, kind == JoinKind.full)
        if on is None:
            kind = JoinKind.cross
        source = tree.Join(kind, left[0], right[0], on)
        nulls = _OUTER.get(kind, (False, False))
        columns = _nullable(left[1], nulls[0]) + _nullable(right[1], nulls[1])
        if left[2] is None or right[2] is None:
            return source, columns, None
        return source, columns, _nullable(left[2], nulls[0]) + _nullable(right[2], nulls[1])

    def _on(self, left: Sourced, right: Sourced, equality: bool) -> tree.Expr | None:
        """PostgreSQL joins fully on equality of columns and on nothing else."""
        pairs = [
            (a, b)
            for a in left[1]
            for b in right[1]
            if a.type == b.type and a.type in COMPARABLE and a.exact and b.exact
        ]
        keys = [(a, b) for a, b in pairs if a.type == Type.int64]
        if not pairs:
            return None
        a, b = self.rng.choice(keys if keys and self.chance(0.7) else pairs)
        equal = tree.Binary(BinaryOp.eq, a.expr, b.expr)
        if equality or self.chance(0.7):
            return equal
        left_queries, self.queries_left = self.queries_left, 0
        more = self.condition(Scope(left[1] + right[1]), 1)
        self.queries_left = left_queries
        op = LogicalOp.and_ if self.chance(0.8) else LogicalOp.or_
        return tree.Logical(op, (equal, more))

    def _lateral(self, left: Sourced, tables: Sequence[CteOf]) -> Sourced:
        outer = Scope(left[1], left[2], None, None, False, True, list(tables))
        query, out = self.query(outer, 0, None, tables)
        alias = self.fresh("s")
        columns = _columns(alias, out)
        derived = tree.Derived(query, alias, True)
        kind = self.rng.choice((JoinKind.cross, JoinKind.left, JoinKind.inner))
        on: tree.Expr | None = None if kind == JoinKind.cross else tree.TRUE
        if on is not None and self.chance(0.3):
            on = tree.Binary(BinaryOp.eq, number(1), number(self.rng.randrange(1, 3)))
        keys = _all_exact(columns)
        both = None if keys is None or left[2] is None else left[2] + keys
        return tree.Join(kind, left[0], derived, on), left[1] + columns, both


def _columns(alias: str, columns: Sequence[Out]) -> list[Readable]:
    return [Readable(tree.Column(alias, c.name, c.type), c.type, c.exact, c.ascii) for c in columns]


def _all_exact(columns: list[Readable]) -> list[Readable] | None:
    """Rows that are equal in all columns are no two rows to an order."""
    return columns if all(c.exact and c.type in COMPARABLE for c in columns) else None


def _nullable(columns: list[Readable], null: bool) -> list[Readable]:
    return [replace(column, nullable=True) for column in columns] if null else columns
