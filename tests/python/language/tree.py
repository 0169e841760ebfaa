"""The portable core of the query language as immutable values, written down from the meaning of the
nodes in engine/ast/*.h and sharing nothing with them.

The fields of a class are those of the node on the wire, in order, so `encode.py` writes any of them
without knowing which. A parameter carries its value: a tree is a whole request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from .words import (
    AggregateFunction,
    BinaryOp,
    FrameBound,
    FrameExclude,
    FrameUnit,
    Function,
    GroupingKind,
    JoinKind,
    LiteralKind,
    LogicalOp,
    Materialized,
    Nulls,
    SetOp,
    Type,
    UnaryOp,
    WindowFunction,
)


@dataclass(frozen=True)
class Node:
    KIND: ClassVar[int] = 0

    @classmethod
    def field_names(cls) -> tuple[str, ...]:
        names: tuple[str, ...] | None = cls.__dict__.get("_names")
        if names is None:
            names = tuple(field.name for field in fields(cls))
            cls._names = names  # type: ignore[attr-defined]
        return names


class Expr(Node):
    pass


class Query(Node):
    pass


class Source(Node):
    pass


# Expressions.


@dataclass(frozen=True)
class Column(Expr):
    KIND = 10
    source: str
    name: str
    type: Type = Type.null


@dataclass(frozen=True)
class Param(Expr):
    KIND = 11
    type: Type
    value: Any


@dataclass(frozen=True)
class ParamList(Expr):
    KIND = 12
    type: Type
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Literal(Expr):
    KIND = 13
    literal: LiteralKind
    integer: int = 0


NULL = Literal(LiteralKind.null)
TRUE = Literal(LiteralKind.true)
FALSE = Literal(LiteralKind.false)


def number(value: int) -> Literal:
    return Literal(LiteralKind.integer, value)


@dataclass(frozen=True)
class Unary(Expr):
    KIND = 14
    op: UnaryOp
    operand: Expr


@dataclass(frozen=True)
class Binary(Expr):
    KIND = 15
    op: BinaryOp
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Logical(Expr):
    KIND = 16
    op: LogicalOp
    terms: tuple[Expr, ...]


@dataclass(frozen=True)
class In(Expr):
    KIND = 17
    value: Expr
    list: ParamList
    negated: bool = False


@dataclass(frozen=True)
class Between(Expr):
    KIND = 18
    value: Expr
    low: Expr
    high: Expr
    negated: bool = False


@dataclass(frozen=True)
class Like(Expr):
    KIND = 19
    value: Expr
    pattern: Expr
    negated: bool = False
    fold_case: bool = False


@dataclass(frozen=True)
class Aggregate(Expr):
    KIND = 20
    function: AggregateFunction
    arguments: tuple[Expr, ...] = ()
    distinct: bool = False
    filter: Expr | None = None
    order: tuple[OrderItem, ...] = ()


@dataclass(frozen=True)
class Exists(Expr):
    KIND = 21
    query: Query
    negated: bool = False


@dataclass(frozen=True)
class Call(Expr):
    KIND = 22
    function: Function
    arguments: tuple[Expr, ...]


@dataclass(frozen=True)
class Case(Expr):
    KIND = 23
    whens: tuple[When, ...]
    otherwise: Expr | None = None


@dataclass(frozen=True)
class Cast(Expr):
    KIND = 24
    operand: Expr
    type: Type


@dataclass(frozen=True)
class Subquery(Expr):
    KIND = 25
    query: Query


@dataclass(frozen=True)
class InQuery(Expr):
    KIND = 26
    value: Expr
    query: Query
    negated: bool = False


@dataclass(frozen=True)
class Quantified(Expr):
    KIND = 27
    op: BinaryOp
    value: Expr
    query: Query
    all: bool = False


@dataclass(frozen=True)
class Row(Expr):
    KIND = 28
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Over(Expr):
    KIND = 29
    call: Aggregate | WindowCall
    partition: tuple[Expr, ...] = ()
    order: tuple[OrderItem, ...] = ()
    frame: Frame | None = None


@dataclass(frozen=True)
class WindowCall(Expr):
    KIND = 30
    function: WindowFunction
    arguments: tuple[Expr, ...] = ()


# Parts of expressions and of queries.


@dataclass(frozen=True)
class SelectItem(Node):
    KIND = 40
    value: Expr
    alias: str = ""
    type: Type = Type.null


@dataclass(frozen=True)
class Table(Source):
    KIND = 41
    name: str
    alias: str = ""


@dataclass(frozen=True)
class OrderItem(Node):
    KIND = 42
    value: Expr
    descending: bool = False
    nulls: Nulls = Nulls.default


@dataclass(frozen=True)
class Select(Query):
    KIND = 43
    with_: With | None
    distinct: Distinct | None
    items: tuple[SelectItem, ...]
    from_: Source | None = None
    where: Expr | None = None
    grouping: Grouping | None = None
    order: tuple[OrderItem, ...] = ()
    limit: Expr | None = None
    offset: Expr | None = None
    with_ties: bool = False
    lock: None = None


@dataclass(frozen=True)
class Compound(Query):
    KIND = 44
    with_: With | None
    op: SetOp
    all: bool
    members: tuple[Query, ...]
    order: tuple[OrderItem, ...] = ()
    limit: Expr | None = None
    offset: Expr | None = None


@dataclass(frozen=True)
class When(Node):
    KIND = 45
    condition: Expr
    value: Expr


@dataclass(frozen=True)
class Frame(Node):
    KIND = 46
    unit: FrameUnit
    start: FrameBound
    start_count: Expr | None
    end: FrameBound
    end_count: Expr | None
    exclude: FrameExclude = FrameExclude.nothing


@dataclass(frozen=True)
class Derived(Source):
    KIND = 48
    query: Query
    alias: str
    lateral: bool = False


@dataclass(frozen=True)
class Join(Source):
    KIND = 49
    join: JoinKind
    left: Source
    right: Source
    on: Expr | None = None


@dataclass(frozen=True)
class With(Node):
    KIND = 50
    recursive: bool
    ctes: tuple[Cte, ...]


@dataclass(frozen=True)
class Cte(Node):
    KIND = 51
    name: str
    columns: tuple[str, ...]
    query: Query
    materialized: Materialized = Materialized.default


@dataclass(frozen=True)
class Distinct(Node):
    KIND = 52
    on: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Grouping(Node):
    KIND = 53
    grouping: GroupingKind
    items: tuple[Expr, ...] = ()
    sets: tuple[GroupingSet, ...] = ()
    having: Expr | None = None


@dataclass(frozen=True)
class GroupingSet(Node):
    KIND = 54
    items: tuple[Expr, ...] = ()


# What holds of every tree.


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in wire order."""
    for name in node.field_names():
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Node):
                    yield item


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def size(node: Node) -> int:
    return sum(1 for _ in walk(node))


def map_children(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each child changed; the same one when none was."""
    changed: dict[str, Any] = {}
    for name in node.field_names():
        value = getattr(node, name)
        if isinstance(value, Node):
            made: Any = change(value)
        elif isinstance(value, tuple) and any(isinstance(item, Node) for item in value):
            made = tuple(change(item) if isinstance(item, Node) else item for item in value)
            if all(a is b for a, b in zip(made, value, strict=True)):
                made = value
        else:
            continue
        if made is not value:
            changed[name] = made
    return replace(node, **changed) if changed else node
