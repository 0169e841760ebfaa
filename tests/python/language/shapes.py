"""Short words for the trees that tests of chosen statements are written in."""

from __future__ import annotations

from typing import Any

from . import tree
from .test_places import one
from .words import GroupingKind, JoinKind, Type, UnaryOp

_I = Type.int64


def of(table: str, name: str, type: Type) -> tree.Column:
    return tree.Column(f"t_{table}", name, type)


def no(condition: tree.Expr) -> tree.Expr:
    return tree.Unary(UnaryOp.not_, condition)


def param(value: Any, type: Type = _I) -> tree.Param:
    return tree.Param(type, value)


def items(*values: tuple[tree.Expr, Type], **more: Any) -> tree.Select:
    named = tuple(tree.SelectItem(v, f"i{i}", t) for i, (v, t) in enumerate(values))
    return tree.Select(None, None, named, **more)


def ids(table: tree.Table, where: tree.Expr) -> tree.Query:
    return one(tree.Column(table.alias, "id", _I), _I, from_=table, where=where)


def grouped(*by: tree.Expr, having: tree.Expr) -> tree.Grouping:
    return tree.Grouping(GroupingKind.plain, by, (), having)


def left(first: tree.Source, second: tree.Source, on: tree.Expr) -> tree.Join:
    return tree.Join(JoinKind.left, first, second, on)
