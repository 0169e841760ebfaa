"""Plans as bytes: the pieces of capi/include/ferro/plan.h that statements are put together from.

Queries are put together by `build`, which keeps the values of their parameters beside the bytes;
definitions and changes of rows, whose values are known later, are bytes alone. Nothing here knows
a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._native import (
    BOOL,
    HEADER,
    INT64,
    NULL,
    Expr,
    build,
    integer,
    name,
    node,
    operand,
    text,
)

# Kinds of nodes, see capi/include/ferro/node.h.
LIST = 1
COLUMN = 10
LITERAL = 13
BINARY = 15
LOGICAL = 16
AGGREGATE = 20
EXISTS = 21
CALL = 22
CASE = 23
CAST = 24
SUBQUERY = 25
IN_QUERY = 26
QUANTIFIED = 27
ROW = 28
OVER = 29
WINDOW_CALL = 30
REGEX = 31
JSON_GET = 32
RAW = 33
EXCLUDED = 34
TEXT_SEARCH = 35
SELECT_ITEM = 40
TABLE = 41
ORDER_ITEM = 42
SELECT = 43
COMPOUND = 44
WHEN = 45
FRAME = 46
JSON_STEP = 47
DERIVED = 48
JOIN = 49
WITH = 50
CTE = 51
DISTINCT = 52
GROUPING = 53
GROUPING_SET = 54
LOCK = 55
CHANGE_CTE = 56
ASSIGNMENT = 60
INSERT = 61
UPDATE = 62
DELETE = 63
UPSERT = 64
INSERT_SELECT = 65
COLUMN_DEFINITION = 80
UNIQUE = 81
CREATE_TABLE = 82
DROP_TABLE = 83
CREATE_INDEX = 84
FOREIGN_KEY = 86
CHECK = 87
ADD_CONSTRAINT = 88
DROP_CONSTRAINT = 89
CREATE_TEXT_INDEX = 90
DROP_TEXT_INDEX = 91
RAW_STATEMENT = 100
EXPLAIN = 101
TAGGED = 102
WITH_CHANGES = 103

NULLS_FIRST = 1
NULLS_LAST = 2
NULLS_NEVER = 3

_NO_LIST = node(LIST, 0)
_INTEGER = 3  # a literal of that kind


def sequence(parts: Sequence[bytes]) -> bytes:
    """Several operands as one list."""
    return b"".join(parts) + node(LIST, len(parts)) if parts else _NO_LIST


def names(texts: Iterable[str]) -> bytes:
    """A list of names."""
    return sequence([name(text) for text in texts])


def number(value: int) -> Expr:
    """An integer that is part of the plan."""
    return build(INT64, LITERAL, _INTEGER, value)


def count(value: int) -> Expr:
    """A limit or an offset."""
    return operand(value, None, INT64)


def item(expr: Expr, alias: str = "") -> Expr:
    """A column of a result."""
    return build(NULL, SELECT_ITEM, expr, alias, expr.type)


def items(exprs: Iterable[Expr]) -> list[Expr]:
    return [item(expr) for expr in exprs]


def order_item(expr: Expr, descending: bool, nulls: int) -> Expr:
    return build(NULL, ORDER_ITEM, expr, int(descending), nulls)


def assignment(column: str, expression: bytes) -> bytes:
    return name(column) + expression + node(ASSIGNMENT, 2)


def table(text: str, alias: str = "") -> Expr:
    return build(NULL, TABLE, text, alias)


def select(
    chosen: Sequence[Expr] | Expr,
    source: Expr | None,
    where: Expr | bytes | None = None,
    *,
    ctes: Expr | None = None,
    distinct: Expr | None = None,
    grouping: Expr | None = None,
    order: Sequence[Expr] = (),
    limit: Expr | None = None,
    offset: Expr | None = None,
    ties: bool = False,
    lock: Expr | None = None,
) -> Expr:
    """A SELECT without a header."""
    return build(
        NULL,
        SELECT,
        ctes,
        distinct,
        chosen,
        source,
        where,
        grouping,
        order,
        limit,
        offset,
        int(ties),
        lock,
    )


def tagged(statement: Expr, comment: str | None) -> Expr:
    """A statement with a comment, which `check_tag` has seen."""
    return statement if comment is None else build(NULL, TAGGED, text(comment), statement)


def tagged_whole(whole: bytes, comment: str | None) -> bytes:
    """The same of a plan that is bytes with a header."""
    if comment is None:
        return whole
    return HEADER + text(comment) + whole[len(HEADER) :] + node(TAGGED, 2)


def explained(whole: bytes) -> bytes:
    """The plan, with a header, of how another one would be run."""
    return HEADER + whole[len(HEADER) :] + integer(0) + node(EXPLAIN, 2)


def check_tag(comment: str) -> None:
    """Refuse a comment that could end itself, or break a line of a log."""
    if not isinstance(comment, str):
        raise TypeError(f"tag() takes a str, not {type(comment).__name__}")
    if not 0 < len(comment.encode()) <= 255:
        raise ValueError("tag() takes 1 to 255 bytes")
    if "*" in comment or not comment.isprintable():
        raise ValueError("tag() takes printable characters but *")


def exists(inner: Expr, negated: bool = False) -> Expr:
    return build(BOOL, EXISTS, inner, int(negated))


def insert(
    into: str, row: Sequence[bytes], returning: Sequence[bytes], key: str, key_type: int
) -> bytes:
    return (
        HEADER
        + name(into)
        + sequence(row)
        + sequence(returning)
        + name(key)
        + integer(key_type)
        + node(INSERT, 5)
    )


def upsert(
    insertion: bytes, target: Sequence[str], row: Sequence[bytes], where: bytes, only_key: bool
) -> bytes:
    """Of a whole insert."""
    inner = insertion[len(HEADER) :]
    rest = names(target) + sequence(row) + where
    return HEADER + integer(only_key) + inner + rest + node(UPSERT, 5)


def insert_select(
    into: str, columns: Sequence[str], query: Expr, returning: Sequence[Expr]
) -> Expr:
    """The rows of a query, as a whole plan."""
    made = build(NULL, INSERT_SELECT, into, list(columns), query, list(returning))
    return made


def update(
    into: str,
    row: Sequence[bytes],
    where: bytes,
    key: str,
    key_type: int,
    returning: Sequence[bytes] = (),
) -> bytes:
    return (
        HEADER
        + name(into)
        + sequence(row)
        + where
        + sequence(returning)
        + name(key)
        + integer(key_type)
        + node(UPDATE, 6)
    )


def delete(
    source: str, where: bytes, key: str, key_type: int, returning: Sequence[bytes] = ()
) -> bytes:
    return (
        HEADER
        + name(source)
        + where
        + sequence(returning)
        + name(key)
        + integer(key_type)
        + node(DELETE, 5)
    )
