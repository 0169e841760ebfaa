"""Differences that are found and not mended yet: what each is, and which statements may show it.

A row goes when the engine says the right SQL, or refuses. A statement that matches is still run;
only its difference is counted here and not reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import tree
from .compare import OTHER_ROWS, Outcome
from .words import BinaryOp, Type


@dataclass(frozen=True)
class Known:
    server: str
    what: str
    shows: str  # part of what is said of the difference
    may_show: Callable[[tree.Node], bool]  # a node of the statement


def _equals_integers(node: tree.Node) -> bool:
    return (
        isinstance(node, tree.Binary)
        and node.op is BinaryOp.eq
        and isinstance(node.left, tree.Column)
        and isinstance(node.right, tree.Column)
        and Type.int64 in (node.left.type, node.right.type)
    )


KNOWN: tuple[Known, ...] = (
    # MariaDB 10.11.19 computes with either column of an equality, and before it has compared them:
    #   CREATE TABLE a (big BIGINT); INSERT INTO a VALUES (-9223372036854775808);
    #   CREATE TABLE c (id BIGINT); INSERT INTO c VALUES (1);
    #   SELECT * FROM a JOIN c ON a.big = c.id WHERE -c.id < 5;  -- error 1690: -(a.big) is out of range
    Known(
        "MariaDB",
        "what is out of range for a column that is equal only in other rows",
        "OutOfRange",
        _equals_integers,
    ),
)


@dataclass(frozen=True)
class KnownExpression:
    """What the values of an expression alone show."""

    server: str
    what: str
    may_show: Callable[[tree.Node], bool]
    bounds_only: bool = True  # it is right for all other values


EXPRESSIONS: tuple[KnownExpression, ...] = ()


def known(server: str, statement: tree.Query, outcome: Outcome) -> Known | None:
    """`server` is what was connected to, with its version."""
    nodes = list(tree.walk(statement))
    said = f"{outcome.kind} {outcome.given if outcome.kind != OTHER_ROWS else ''}"
    for row in KNOWN:
        if server.startswith(row.server) and row.shows in said and any(map(row.may_show, nodes)):
            return row
    return None


def known_expression(server: str, expr: tree.Expr) -> KnownExpression | None:
    for row in EXPRESSIONS:
        if server.startswith(row.server) and any(map(row.may_show, tree.walk(expr))):
            return row
    return None
