"""The canonical type of an expression, as engine/sql/type_of.h defines it."""

from __future__ import annotations

from collections.abc import Iterable

from . import tree
from .words import AggregateFunction, BinaryOp, Function, LiteralKind, Type, UnaryOp, WindowFunction

NUMBERS = (Type.int64, Type.float64, Type.decimal)

_COMMON = frozenset({Function.coalesce, Function.null_if, Function.greatest, Function.least})
_BOOL = frozenset({Function.starts_with, Function.ends_with, Function.contains})
_TEXT = frozenset(
    {
        Function.concat, Function.lower, Function.upper, Function.substr, Function.trim,
        Function.trim_left, Function.trim_right, Function.replace, Function.reverse,
        Function.repeat,
    }
)  # fmt: skip
_FLOAT = frozenset({Function.sqrt, Function.exp, Function.ln, Function.log10, Function.power})
_FIRST = frozenset(
    {
        Function.abs, Function.sign, Function.ceil, Function.floor, Function.trunc,
        Function.round, Function.round_to,
        *(f for f in Function if Function.trunc_year <= f <= Function.add_microseconds),
    }
)  # fmt: skip


def common(a: Type, b: Type) -> Type:
    """As which two operands meet: the wider of two numeric types, the known one of two."""
    if a == Type.null or a == b:
        return b
    if b == Type.null:
        return a
    if Type.float64 in (a, b):
        return Type.float64
    return Type.decimal if Type.decimal in (a, b) else a


def common_of(types: Iterable[Type]) -> Type:
    found = Type.null
    for each in types:
        found = common(found, each)
    return found


def items_of(query: tree.Query) -> tuple[tree.SelectItem, ...]:
    while isinstance(query, tree.Compound):
        query = query.members[0]
    assert isinstance(query, tree.Select)
    return query.items


def type_of_item(item: tree.SelectItem) -> Type:
    return item.type or type_of(item.value)


def type_of(node: tree.Node) -> Type:
    match node:
        case tree.Column() | tree.Param() | tree.ParamList() | tree.Cast():
            return node.type
        case tree.Literal():
            if node.literal == LiteralKind.null:
                return Type.null
            return Type.int64 if node.literal == LiteralKind.integer else Type.bool
        case tree.Unary():
            return type_of(node.operand) if node.op == UnaryOp.neg else Type.bool
        case tree.Binary():
            return _of_binary(node)
        case tree.Call():
            return _of_call(node)
        case tree.Aggregate():
            return _of_aggregate(node)
        case tree.WindowCall():
            return _of_window_call(node)
        case tree.Over():
            return type_of(node.call)
        case tree.Case():
            values = [type_of(when.value) for when in node.whens]
            return common_of(values + ([type_of(node.otherwise)] if node.otherwise else []))
        case tree.Subquery():
            return type_of_item(items_of(node.query)[0])
        case tree.Row():
            return Type.null
    return Type.bool  # conditions


def _of_binary(node: tree.Binary) -> Type:
    if node.op <= BinaryOp.ge or node.op >= BinaryOp.distinct_from:
        return Type.bool
    if node.op == BinaryOp.div:
        return Type.float64
    if node.op in (BinaryOp.idiv, BinaryOp.mod):
        return Type.int64
    left, right = type_of(node.left), type_of(node.right)
    return Type.null if Type.null in (left, right) else common(left, right)


def _of_call(node: tree.Call) -> Type:
    function = node.function
    if function in _COMMON:
        return common_of(type_of(argument) for argument in node.arguments)
    if function in _FIRST:
        return type_of(node.arguments[0])
    if function in _TEXT:
        return Type.text
    if function in _BOOL:
        return Type.bool
    if function in _FLOAT:
        return Type.float64
    if function in (Function.add_interval, Function.subtract_interval):
        return type_of(node.arguments[0])
    if function == Function.elapsed:
        return Type.interval
    if function == Function.now:
        return Type.timestamptz
    return Type.date if function == Function.today else Type.int64


def _of_aggregate(node: tree.Aggregate) -> Type:
    match node.function:
        case AggregateFunction.count:
            return Type.int64
        case AggregateFunction.sum | AggregateFunction.min | AggregateFunction.max:
            return type_of(node.arguments[0])
        case AggregateFunction.bool_and | AggregateFunction.bool_or:
            return Type.bool
        case AggregateFunction.string_agg:
            return Type.text
    return Type.float64


def _of_window_call(node: tree.WindowCall) -> Type:
    match node.function:
        case WindowFunction.percent_rank | WindowFunction.cume_dist:
            return Type.float64
        case WindowFunction.lag | WindowFunction.lead:
            return common_of(type_of(argument) for argument in node.arguments[::2])
        case WindowFunction.first_value | WindowFunction.last_value | WindowFunction.nth_value:
            return type_of(node.arguments[0])
    return Type.int64
