"""Whether every column of a statement has its source, and stands where its group allows it.

The evaluator finds that out only for rows that are there; shrinking needs it for all statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from . import tree
from .types import NUMBERS, items_of, type_of, type_of_item
from .values import Invalid
from .words import Function, GroupingKind, LiteralKind, Type

Sources = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Place:
    tables: Mapping[str, tuple[str, ...]]
    sources: Sources
    outer: _Place | None = None
    keys: tuple[tree.Expr, ...] | None = None  # of a grouped query

    def has(self, column: tree.Column) -> bool:
        return column.name in self.sources.get(column.source, ())


def check_names(statement: tree.Query, tables: Mapping[str, tuple[str, ...]]) -> None:
    """Raises Invalid."""
    _query(statement, tables, None)


def column_names(query: tree.Query) -> tuple[str, ...]:
    return tuple(
        item.alias or (item.value.name if isinstance(item.value, tree.Column) else "")
        for item in items_of(query)
    )


def _query(
    node: tree.Query, tables: Mapping[str, tuple[str, ...]], outer: _Place | None
) -> tuple[str, ...]:
    assert isinstance(node, (tree.Select, tree.Compound))
    known = dict(tables)
    for cte in node.with_.ctes if node.with_ else ():
        names = cte.columns or column_names(cte.query)
        if len(names) != len(column_names(cte.query)):
            raise Invalid("a name for each column, or for none")
        inner = {**known, cte.name: names} if node.with_ and node.with_.recursive else known
        _query(cte.query, inner, outer)
        known[cte.name] = names
    if isinstance(node, tree.Compound):
        counts = {len(_query(member, known, outer)) for member in node.members}
        types = {tuple(item.type for item in items_of(member)) for member in node.members}
        if len(counts) > 1 or len(types) > 1 or len(node.members) < 2:
            raise Invalid("queries of different columns")
        for item in node.order:
            if not isinstance(item.value, tree.Column) or item.value.name not in column_names(node):
                raise Invalid("an order by no column")
        return column_names(node)
    _select(node, known, outer)
    return column_names(node)


def _select(node: tree.Select, tables: Mapping[str, tuple[str, ...]], outer: _Place | None) -> None:
    sources: Sources = {}
    if node.from_ is not None:
        _source(node.from_, _Place(tables, sources, outer))
    place = _Place(tables, sources, outer)
    if node.where is not None:
        _expr(node.where, place, False)
    calls = [n for part in (*node.items, *node.order) for n in _own_aggregates(part)]
    grouping = node.grouping
    if grouping is not None or calls:
        keys = _keys(node, grouping) if grouping else ()
        for key in keys:
            _expr(key, place, False)
        place = replace(place, keys=keys)
    for value in [part.value for part in node.items] + [part.value for part in node.order]:
        _expr(value, place, True)
    if grouping is not None and grouping.having is not None:
        _expr(grouping.having, place, True)
    on = node.distinct.on if node.distinct else ()
    for expr in on:
        _expr(expr, place, False)
    if node.distinct is not None and not on:
        values = [item.value for item in node.items]
        if any(item.value not in values for item in node.order):
            raise Invalid("distinct rows are ordered by what is not in them")
    if {item.value for item in node.order[: len(on)]} - set(on):
        raise Invalid("the order does not begin with what the rows are distinct on")


def _own_aggregates(node: tree.Node) -> list[tree.Node]:
    if isinstance(node, tree.Query):
        return []
    if isinstance(node, tree.Aggregate):
        return [node]
    below = tree.children(node)
    if isinstance(node, tree.Over):
        below = (n for child in tree.children(node.call) for n in (child,))
    return [n for child in below for n in _own_aggregates(child)]


def _keys(node: tree.Select, grouping: tree.Grouping) -> tuple[tree.Expr, ...]:
    items: Sequence[tree.Expr] = grouping.items
    if grouping.grouping == GroupingKind.sets:
        items = [item for each in grouping.sets for item in each.items]
    keys: list[tree.Expr] = []
    for item in items:
        if isinstance(item, tree.Literal):
            if item.literal != LiteralKind.integer or not 1 <= item.integer <= len(node.items):
                raise Invalid("a literal groups nothing")
            item = node.items[item.integer - 1].value
            if isinstance(item, (tree.Literal, tree.Param)) or _own_aggregates(item):
                raise Invalid("a constant or an aggregate groups nothing")
        keys.append(item)
    return tuple(keys)


def _source(node: tree.Source, place: _Place) -> None:
    """Adds to the sources of `place`, which is what a lateral query reads."""
    match node:
        case tree.Table():
            if node.name not in place.tables:
                raise Invalid(f"no table {node.name}")
            _add(place.sources, node.alias or node.name, place.tables[node.name])
        case tree.Derived():
            outer = replace(place, sources=dict(place.sources)) if node.lateral else place.outer
            _add(place.sources, node.alias, _query(node.query, place.tables, outer))
        case tree.Join():
            _source(node.left, place)
            _source(node.right, place)
            if node.on is not None:
                _expr(node.on, place, False)


def _add(sources: Sources, alias: str, columns: tuple[str, ...]) -> None:
    if alias in sources or len(set(columns)) != len(columns):
        raise Invalid("two of one name")
    sources[alias] = columns


def _expr(node: tree.Node, place: _Place, aggregates: bool) -> None:
    if place.keys is not None and node in place.keys:
        return
    match node:
        case tree.Column():
            return _column(node, place)
        case tree.Query():
            _query(node, place.tables, place)
            return None
        case tree.Over():
            if not aggregates:
                raise Invalid("a window out of place")
            for part in (*tree.children(node.call), *node.partition, *node.order):
                _expr(part, place, aggregates)
            return None
        case tree.Aggregate():
            if not aggregates or place.keys is None:
                raise Invalid("an aggregate out of place")
            used = free_sources(node)
            if used and used.isdisjoint(place.sources):
                raise Invalid("an aggregate of another query's columns")
            place, aggregates = replace(place, keys=None), False
        case tree.InQuery() | tree.Quantified():
            _check_sought(node)
        case tree.Binary(left=tree.Row(items=left), right=tree.Row(items=right)):
            _check_types(list(map(type_of, left)), list(map(type_of, right)))
        case tree.Call() if node.function == Function.grouping:
            if place.keys is None or node.arguments[0] not in place.keys:
                raise Invalid("grouping() of no key")
            return None
    for child in tree.children(node):
        _expr(child, place, aggregates)


def _check_sought(node: tree.InQuery | tree.Quantified) -> None:
    sought = node.value.items if isinstance(node.value, tree.Row) else (node.value,)
    types = [type_of(value) for value in sought]
    given = [type_of_item(item) for item in items_of(node.query)]
    _check_types(types, given)


def _check_types(left: Sequence[Type], right: Sequence[Type]) -> None:
    if len(left) != len(right):
        raise Invalid("rows of different lengths")
    for a, b in zip(left, right, strict=True):
        if a != b and Type.null not in (a, b) and not {a, b} <= set(NUMBERS):
            raise Invalid("values of different types")


def free_sources(node: tree.Node) -> set[str]:
    """What its columns are of, without the sources of queries within."""
    used: set[str] = set()
    own: set[str] = set()
    for below in tree.walk(node):
        match below:
            case tree.Column():
                used.add(below.source)
            case tree.Table():
                own.add(below.alias or below.name)
            case tree.Derived():
                own.add(below.alias)
    return used - own - {""}  # a compound is ordered by names of its own columns


def _column(node: tree.Column, place: _Place) -> None:
    here: _Place | None = place
    while here is not None:
        if here.keys is not None and node in here.keys:
            return
        if here.has(node):
            if here.keys is not None:
                raise Invalid("a column that is not grouped")
            return
        here = here.outer
    raise Invalid(f"no column {node.source}.{node.name}")
