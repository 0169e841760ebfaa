"""What a node has to look like to show one of the differences in known.py."""

from __future__ import annotations

from collections.abc import Callable

from . import tree
from .types import items_of, type_of, type_of_item
from .words import (
    AggregateFunction,
    BinaryOp,
    Function,
    GroupingKind,
    JoinKind,
    LiteralKind,
    Type,
    WindowFunction,
)


def is_integer(node: tree.Node) -> bool:
    return isinstance(node, tree.Literal) and node.literal == LiteralKind.integer


def ordered_compound(node: tree.Node) -> bool:
    return isinstance(node, tree.Compound) and bool(node.order)


def ordered_distinct(node: tree.Node) -> bool:
    return isinstance(node, tree.Select) and node.distinct is not None and bool(node.order)


def paged_distinct(node: tree.Node) -> bool:
    return isinstance(node, tree.Select) and node.distinct is not None and bool(node.offset)


def binary_parameter(node: tree.Node) -> bool:
    return isinstance(node, tree.Param) and node.type in (Type.uuid, Type.bytes)


def lone_having(node: tree.Node) -> bool:
    return isinstance(node, tree.Grouping) and not node.items and not node.sets


def rollup(node: tree.Node) -> bool:
    return isinstance(node, tree.Grouping) and node.grouping == GroupingKind.rollup


def parameter_in_frame(node: tree.Node) -> bool:
    return isinstance(node, tree.Frame) and any(
        isinstance(count, tree.Param) for count in (node.start_count, node.end_count)
    )


def aggregated_parameter(node: tree.Node) -> bool:
    return isinstance(node, tree.Aggregate) and any(
        isinstance(argument, tree.Param) for argument in node.arguments
    )


def rows_by_order(node: tree.Node) -> bool:
    return (
        isinstance(node, tree.Binary)
        and BinaryOp.lt <= node.op <= BinaryOp.ge
        and isinstance(node.left, tree.Row)
    )


def distinct_spread(node: tree.Node) -> bool:
    return (
        isinstance(node, tree.Aggregate)
        and node.distinct
        and node.function >= AggregateFunction.stddev_sample
    )


def texts_compared(node: tree.Node) -> bool:
    """Without a column that says how."""
    if not isinstance(node, (tree.Binary, tree.Call, tree.Between, tree.In)):
        return False
    texts = [n for n in tree.children(node) if isinstance(n, tree.Expr) and type_of(n) == Type.text]
    parameters = [n for n in tree.walk(node) if isinstance(n, tree.Param) and n.type == Type.text]
    return bool(texts and parameters) and not any(isinstance(n, tree.Column) for n in texts)


def aggregated_query(node: tree.Node) -> bool:
    return isinstance(node, tree.Aggregate) and any(
        isinstance(below, tree.Query) for below in tree.walk(node)
    )


def sought_in_aggregate(node: tree.Node) -> bool:
    return isinstance(node, (tree.InQuery, tree.Quantified)) and any(
        isinstance(below, tree.Aggregate) for below in tree.walk(node.query)
    )


def casts_quotient(node: tree.Node) -> bool:
    return (
        isinstance(node, tree.Cast)
        and node.type == Type.text
        and any(isinstance(n, tree.Binary) and n.op == BinaryOp.idiv for n in tree.walk(node))
    )


def wrapped(node: tree.Node) -> bool:
    """A query that is made a derived table, because of where its limit or order stands."""
    if isinstance(node, (tree.InQuery, tree.Quantified)):
        queries: tuple[tree.Query, ...] = (node.query,)
    else:
        queries = node.members if isinstance(node, tree.Compound) else ()
    return any(
        isinstance(query, tree.Compound) or bool(query.limit or query.offset or query.order)
        for query in queries
        if isinstance(query, (tree.Select, tree.Compound))
    )


def parameter(node: tree.Node) -> bool:
    return isinstance(node, tree.Param)


def decimal_parameter(node: tree.Node) -> bool:
    return isinstance(node, tree.Param) and node.type == Type.decimal


def is_compound(node: tree.Node) -> bool:
    return isinstance(node, tree.Compound)


def unsigned(node: tree.Node) -> bool:
    if isinstance(node, tree.WindowCall):
        return node.function in (*WindowFunction,)[:3] or node.function == WindowFunction.ntile
    return isinstance(node, tree.Call) and node.function == Function.year


def has_having(node: tree.Node) -> bool:
    return isinstance(node, tree.Grouping) and node.having is not None


def ordered(node: tree.Node) -> bool:
    return isinstance(node, tree.Select) and bool(node.order)


def is_like(node: tree.Node) -> bool:
    return isinstance(node, tree.Like)


def casts_decimal(node: tree.Node) -> bool:
    return isinstance(node, tree.Cast) and node.type == type_of(node.operand) == Type.decimal


def calculates_with_year(node: tree.Node) -> bool:
    return isinstance(node, tree.Binary) and any(map(unsigned, tree.children(node)))


def divides(node: tree.Node) -> bool:
    return isinstance(node, tree.Binary) and node.op == BinaryOp.idiv


def calls(function: Function) -> Callable[[tree.Node], bool]:
    return lambda node: isinstance(node, tree.Call) and node.function == function


def like_null(node: tree.Node) -> bool:
    return isinstance(node, tree.Like) and node.pattern == tree.NULL
