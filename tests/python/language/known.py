"""Differences that are found and not mended yet: what each is, and which statements may show it.

A row goes when the engine says the right SQL, or refuses. A statement that matches is still run;
only its difference is counted here and not reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import shapes, tree
from .compare import OTHER_ROWS, Outcome
from .words import Function


@dataclass(frozen=True)
class Known:
    server: str
    what: str
    shows: str  # part of what is said of the difference
    may_show: Callable[[tree.Node], bool]  # a node of the statement


_SYNTAX = "SqlSyntaxError"

KNOWN = (
    *(
        Known(server, what, shows, test)
        for server in ("MySQL", "MariaDB")
        for what, shows, test in (
            ("the order of a compound says NULLS LAST", _SYNTAX, shapes.ordered_compound),
            ("HAVING alone does not make one group", OTHER_ROWS, shapes.lone_having),
            ("ROLLUP of no rows gives another row or none", OTHER_ROWS, shapes.rollup),
        )
    ),
    *(
        Known(server, what, shows, test)
        for server in ("MySQL", "MariaDB")
        for what, shows, test in (
            (
                "rows are compared by order as if NULL were a value",
                OTHER_ROWS,
                shapes.rows_by_order,
            ),
            ("a decimal parameter is a DOUBLE", "DOUBLE cannot be read", shapes.decimal_parameter),
            ("STDDEV and VARIANCE take no DISTINCT", _SYNTAX, shapes.distinct_spread),
            (
                "parameters are compared by a foreign collation",
                OTHER_ROWS,
                shapes.texts_compared,
            ),
        )
    ),
    Known(
        "MariaDB",
        "REPLACE of an empty text forgets that the third is NULL",
        OTHER_ROWS,
        shapes.calls(Function.replace),
    ),
    Known(
        "MariaDB",
        "a derived table does not see the query around it",
        "unknown column",
        shapes.wrapped,
    ),
    Known(
        "MySQL",
        "a parameter with no column beside it is a text, whatever was bound",
        "BadStoredValue",
        shapes.parameter,
    ),
    Known(
        "MySQL",
        "a parameter in a compound takes another's type, without microseconds",
        OTHER_ROWS,
        shapes.is_compound,
    ),
    Known(
        "MySQL",
        "a parameter of bytes is no text in a compound",
        "error 3854",
        shapes.binary_parameter,
    ),
    Known(
        "MySQL",
        "x IS NULL is ordered by and is no item of DISTINCT",
        "error 3065",
        shapes.ordered_distinct,
    ),
    Known(
        "MySQL",
        "an aggregate of a parameter alone finds NULL in groups",
        OTHER_ROWS,
        shapes.aggregated_parameter,
    ),
    Known("MySQL", "ranks and YEAR() are unsigned integers", "OutOfRange", shapes.unsigned),
    Known("MySQL", "LIKE NULL COLLATE is no expression", _SYNTAX, shapes.like_null),
    Known(
        "MariaDB",
        "an aggregate of a query takes that one's aggregates for its own",
        "error 1111",
        shapes.aggregated_query,
    ),
    Known(
        "MariaDB",
        "an aggregate of a query takes that one's aggregates for its own",
        _SYNTAX,
        shapes.aggregated_query,
    ),
    Known(
        "MariaDB",
        "OFFSET is passed over by DISTINCT of constants",
        OTHER_ROWS,
        shapes.paged_distinct,
    ),
    Known(
        "MariaDB",
        "an aggregate of no rows is no row to IN, ANY and ALL",
        OTHER_ROWS,
        shapes.sought_in_aggregate,
    ),
    Known(
        "MariaDB",
        "a quotient cast to text is cut where rows are sorted",
        OTHER_ROWS,
        shapes.casts_quotient,
    ),
    Known("MariaDB", "a frame takes no parameter", _SYNTAX, shapes.parameter_in_frame),
    Known("MariaDB", "there is no GROUPING()", "UndefinedObject", shapes.rollup),
    Known("MariaDB", "ROLLUP takes no ORDER BY", "error 1221", shapes.rollup),
    Known(
        "MySQL",
        "a column of GROUP BY is not found in HAVING",
        "having clause",
        shapes.has_having,
    ),
    Known("MySQL", "+3 orders by the third column", "order clause", shapes.ordered),
    Known(
        "MySQL",
        "ESCAPE is lost where a condition is moved into a derived table",
        "error 1210",
        shapes.is_like,
    ),
)


@dataclass(frozen=True)
class KnownExpression:
    """What the values of an expression alone show."""

    server: str
    what: str
    may_show: Callable[[tree.Node], bool]
    bounds_only: bool = True  # it is right for all other values


EXPRESSIONS = (
    *(
        KnownExpression(server, "a decimal cast to decimal is cut", shapes.casts_decimal, False)
        for server in ("MySQL", "MariaDB")
    ),
    KnownExpression("MySQL", "YEAR() is an unsigned integer", shapes.calculates_with_year, False),
    KnownExpression("MySQL", "the least int64 DIV 1 is out of range", shapes.divides),
)


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
