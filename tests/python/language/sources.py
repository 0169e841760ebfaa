"""FROM: the rows of tables, derived tables and joins."""

from __future__ import annotations

from dataclasses import replace

from . import tree
from .names import column_names
from .rows import Env, JoinedRow, Relation
from .values import Ambiguous, Invalid
from .windows import Windows
from .words import JoinKind

MOST_JOINED = 300_000  # rows that joins of one statement make; a random one may make millions

_Columns = dict[str, tuple[str, ...]]  # of each alias


class Sources(Windows):
    joined = 0  # rows so far

    def source(self, node: tree.Source, env: Env) -> tuple[_Columns, list[JoinedRow]]:
        """Aliases with their columns, and the rows. `env` is what a lateral query may read."""
        match node:
            case tree.Table():
                relation = env.tables.get(node.name)
                if relation is None:
                    raise Invalid(f"no table {node.name}")
                return _named(relation, node.alias or node.name)
            case tree.Derived():
                outer = env if node.lateral else env.outer
                return _named(self.query(node.query, env.tables, outer), node.alias)
            case tree.Join():
                return self._join(node, env)
        raise Invalid("no source")

    def _join(self, node: tree.Join, env: Env) -> tuple[_Columns, list[JoinedRow]]:
        columns, left = self.source(node.left, env)
        lateral = isinstance(node.right, tree.Derived) and node.right.lateral
        right_columns, right = ({}, []) if lateral else self.source(node.right, env)
        if columns.keys() & right_columns.keys():
            raise Invalid("two sources of one name")
        rows: list[JoinedRow] = []
        matched: set[int] = set()
        for row in left:
            if lateral:
                right_columns, right = self.source(node.right, replace(env, row=row))
            found = False
            for place, other in enumerate(right):
                self.joined += 1
                if self.joined > MOST_JOINED:
                    raise Ambiguous("more rows than are compared")
                joined = {**row, **other}
                here = replace(env, row=joined)
                if node.on is None or self.value(node.on, here):
                    rows.append(joined)
                    matched.add(place)
                    found = True
            if not found and node.join in (JoinKind.left, JoinKind.full):
                rows.append({**row, **_nulls(right_columns)})
        if node.join in (JoinKind.right, JoinKind.full):
            if lateral:
                raise Invalid("a lateral query on the side that is kept whole")
            rows += [
                {**_nulls(columns), **other} for i, other in enumerate(right) if i not in matched
            ]
        if isinstance(node.right, tree.Derived):
            right_columns = {node.right.alias: column_names(node.right.query)}
        return columns | right_columns, rows


def _named(relation: Relation, alias: str) -> tuple[_Columns, list[JoinedRow]]:
    if len(set(relation.columns)) != len(relation.columns):
        raise Invalid("two columns of one name")
    rows = [{alias: dict(zip(relation.columns, row, strict=True))} for row in relation.rows]
    return {alias: relation.columns}, rows


def _nulls(columns: _Columns) -> JoinedRow:
    return {alias: dict.fromkeys(names) for alias, names in columns.items()}
