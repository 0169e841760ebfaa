"""Smaller statements that still show what a larger one showed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from itertools import chain
from typing import Any

from . import tree
from .names import check_names
from .rows import Tables
from .types import items_of, type_of
from .values import Invalid
from .words import Function, Nulls, Type, WindowFunction


def shrink(
    statement: tree.Query,
    shows: Callable[[tree.Query], bool],
    tables: Tables,
    attempts: int = 2_000,
) -> tree.Query:
    """Greedy: the first smaller statement that still shows it is taken, until there is none."""
    columns = {name: relation.columns for name, relation in tables.items()}
    seen: set[tree.Query] = set()
    while True:
        within = [node for node in tree.walk(statement) if isinstance(node, tree.Query)]
        for smaller in chain(within[1:], variants(statement)):
            assert isinstance(smaller, tree.Query)
            if smaller in seen:
                continue
            seen.add(smaller)
            try:
                check_names(smaller, columns)
            except Invalid:
                continue
            attempts -= 1
            if attempts < 0:
                return statement
            if shows(smaller):
                statement = smaller
                break
        else:
            return statement


def variants(node: tree.Node) -> Iterator[tree.Node]:
    """With one step of simplification somewhere, the largest first."""
    yield from _replacements(node)
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tree.Node):
            if "None" in str(field.type):
                yield replace(node, **{field.name: None})
            for made in variants(value):
                if field.name != "call" or type(made) is type(value):
                    yield replace(node, **{field.name: made})
        elif isinstance(value, tuple) and value:
            yield from _of_tuple(node, field.name, value)
        elif value is True:
            yield replace(node, **{field.name: False})
        elif isinstance(node, tree.OrderItem) and field.name == "nulls" and value:
            yield replace(node, nulls=Nulls.default)


def _of_tuple(node: tree.Node, name: str, items: tuple[Any, ...]) -> Iterator[tree.Node]:
    for i in range(len(items)):
        rest = items[:i] + items[i + 1 :]
        if name == "arguments" and not _takes_fewer(node, len(rest)):
            continue
        if rest or name not in ("items", "terms", "whens", "members", "ctes"):
            yield replace(node, **{name: rest})
    if len(items) == 1 and name == "items" and isinstance(node, (tree.Grouping, tree.GroupingSet)):
        yield replace(node, items=())
    for i, item in enumerate(items):
        if isinstance(item, tree.Node):
            for made in variants(item):
                yield replace(node, **{name: (*items[:i], made, *items[i + 1 :])})


_MANY = (Function.concat, Function.coalesce, Function.greatest, Function.least)


def _takes_fewer(node: tree.Node, count: int) -> bool:
    match node:
        case tree.Call():
            return node.function in _MANY and count > 1
        case tree.WindowCall():
            return node.function in (WindowFunction.lag, WindowFunction.lead) and count > 0
    return False


def _replacements(node: tree.Node) -> Iterator[tree.Node]:
    match node:
        case tree.Select() | tree.Compound():
            wanted = [item.type for item in items_of(node)]
            for below in tree.walk(node):
                if below is node or not isinstance(below, tree.Query):
                    continue
                if [item.type for item in items_of(below)] == wanted:
                    yield below
        case tree.Join():
            yield node.left
            yield node.right
        case tree.Derived():
            for below in tree.walk(node):
                if isinstance(below, tree.Table):
                    yield replace(below, alias=node.alias)
        case tree.Expr():
            yield from _simpler(node)


def _simpler(node: tree.Expr) -> Iterator[tree.Expr]:
    if isinstance(node, (tree.Literal, tree.Param, tree.ParamList, tree.Column, tree.Row)):
        if isinstance(node, tree.ParamList):
            for i in range(len(node.values)):
                yield replace(node, values=node.values[:i] + node.values[i + 1 :])
        return
    type = type_of(node)
    for below in tree.children(node):
        if isinstance(below, tree.Expr) and type_of(below) == type:
            yield below
        elif isinstance(below, tree.When) and type_of(below.value) == type:
            yield below.value
    if type == Type.bool:
        yield tree.TRUE
    elif type == Type.int64:
        yield tree.number(1)
    if type != Type.null:
        for column in tree.walk(node):
            if isinstance(column, tree.Column) and column.type == type and column is not node:
                yield column
        yield tree.Param(type, None)
