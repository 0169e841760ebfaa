"""What expressions are evaluated over: rows, groups of rows, and the order of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import tree
from .values import Ambiguous, Invalid
from .words import Nulls


@dataclass(frozen=True)
class Relation:
    """A table in memory, or the rows of a query."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    # How many rows in sequence are equal in the order; None where nothing is said about order.
    peers: list[int] | None = None


Tables = Mapping[str, Relation]

# Alias of a source to its columns.
JoinedRow = dict[str, dict[str, Any]]


@dataclass
class Group:
    keys: list[tuple[tree.Expr, Any]]  # an expression and its value, None for all values
    missing: list[tree.Expr]  # those of the keys that stand for all values
    rows: list[Env]
    sources: frozenset[str]


@dataclass
class Env:
    """Where a name finds its value: a row or group here, or in the query around it."""

    tables: Tables
    row: JoinedRow = field(default_factory=dict)
    outer: Env | None = None
    group: Group | None = None
    windows: dict[int, Any] = field(default_factory=dict)  # by id() of the Over
    aliases: dict[str, Any] = field(default_factory=dict)  # of items, for ORDER BY

    def column(self, node: tree.Column) -> Any:
        env: Env | None = self
        while env is not None:
            if env.group is not None:
                for key, value in env.group.keys:
                    if key == node:
                        return value
                if node.source in env.group.sources:
                    raise Invalid("a column that is not grouped")
            elif node.source:
                found = env.row.get(node.source)
                if found is not None:
                    if node.name not in found:
                        raise Invalid(f"no column {node.name} in {node.source}")
                    return found[node.name]
            else:
                values = [row[node.name] for row in env.row.values() if node.name in row]
                if len(values) > 1:
                    raise Invalid(f"column {node.name} is in several sources")
                if values:
                    return values[0]
            if not node.source and node.name in env.aliases:
                return env.aliases[node.name]
            env = env.outer
        raise Invalid(f"no column {node.source}.{node.name}")


_NULL_FIRST, _NULL_LAST = -(1 << 30), 1 << 30


def order_keys(
    order: Sequence[tree.OrderItem], columns: Sequence[Sequence[Any]], count: int
) -> list[tuple[int, ...]]:
    """For each of `count` rows what it is sorted by; `columns` are the values of each item."""
    ranked: list[list[int]] = []
    for item, values in zip(order, columns, strict=True):
        distinct = sorted({value for value in values if value is not None})
        ranks = {value: rank for rank, value in enumerate(distinct)}
        first = item.nulls == Nulls.nulls_first or (item.nulls == Nulls.default and item.descending)
        if item.nulls == Nulls.nulls_never and None in values:
            raise Ambiguous("a NULL where there never is one")
        null = _NULL_FIRST if first else _NULL_LAST
        sign = -1 if item.descending else 1
        ranked.append([null if value is None else sign * ranks[value] for value in values])
    return [tuple(column[i] for column in ranked) for i in range(count)]


def peer_sizes(keys: Sequence[Any]) -> list[int]:
    """Of sorted keys, how many in sequence are equal."""
    sizes: list[int] = []
    for i, key in enumerate(keys):
        if i and key == keys[i - 1]:
            sizes[-1] += 1
        else:
            sizes.append(1)
    return sizes
