"""Differences that are found and not mended yet: what each is, and which statements may show it.

A row goes when the engine says the right SQL, or refuses. A statement that matches is still run;
only its difference is counted here and not reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import tree
from .compare import OTHER_ROWS, Outcome
from .types import items_of, type_of
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


def _tells_texts_and_floats(node: tree.Node) -> bool:
    types: set[Type] = set()
    if (isinstance(node, tree.Compound) and not node.all) or (
        isinstance(node, tree.Select) and node.distinct
    ):
        types |= {item.type for item in items_of(node)}
    if isinstance(node, tree.Select) and node.grouping:
        groups = [*node.grouping.items, *(g for s in node.grouping.sets for g in s.items)]
        types |= {type_of(group) for group in groups}
    return Type.float64 in types and bool(types & {Type.text, Type.bytes, Type.uuid})


def _has_three_windows(node: tree.Node) -> bool:
    found = (n for n in tree.walk(node) if isinstance(n, tree.Over))
    return isinstance(node, tree.Select) and len(list(found)) > 2


KNOWN: tuple[Known, ...] = (
    # MariaDB 10.11.19 sorts once for windows of which one's order begins two others', which differ:
    #   CREATE TABLE b (id BIGINT, g BIGINT, h BIGINT);
    #   INSERT INTO b VALUES (1, 1, 1), (2, 1, 2), (3, 1, 1), (4, 1, 2);
    #   SELECT id, COUNT(*) OVER (PARTITION BY g), LEAD(id) OVER (PARTITION BY g, h ORDER BY id),
    #     LAG(id) OVER (ORDER BY g, id DESC) FROM b;  -- LAG is NULL for 1, and 1 for 3
    Known(
        "MariaDB",
        "three windows of which one's order begins two others'",
        OTHER_ROWS,
        _has_three_windows,
    ),
    # MySQL 9.7.4 tells rows with a long text apart by their bytes, and -0.0 is not 0.0:
    #   CREATE TABLE z (w LONGTEXT, x DOUBLE); INSERT INTO z VALUES ('a', 0), ('a', -0e0);
    #   SELECT DISTINCT w, x FROM z;  -- two rows
    Known("MySQL", "-0.0 beside a long text in distinct rows", OTHER_ROWS, _tells_texts_and_floats),
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
