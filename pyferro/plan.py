"""Plans as bytes: the pieces of capi/include/ferro/plan.h that statements are put together from.

Expressions come as finished fragments from native code; here are the nodes around them. Nothing
here knows a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ._native import HEADER, INT64, NONE, integer, name, node, param

# Kinds of nodes, see capi/include/ferro/node.h.
LIST = 1
LITERAL = 13
EXISTS = 21
SELECT_ITEM = 40
TABLE = 41
ORDER_ITEM = 42
SELECT = 43
ASSIGNMENT = 60
INSERT = 61
UPDATE = 62
DELETE = 63
COLUMN_DEFINITION = 80
UNIQUE = 81
CREATE_TABLE = 82
CREATE_INDEX = 84

NULLS_FIRST = 1
NULLS_LAST = 2
NULLS_NEVER = 3

_EMPTY = name("")
_NO_LIST = node(LIST, 0)
_LITERAL_INTEGER = integer(3)

COUNT_PARAM = param(INT64)


def sequence(parts: Sequence[bytes]) -> bytes:
    """Several operands as one list."""
    return b"".join(parts) + node(LIST, len(parts)) if parts else _NO_LIST


def names(texts: Iterable[str]) -> bytes:
    """A list of names."""
    return sequence([name(text) for text in texts])


def number(value: int) -> bytes:
    """An integer that is part of the plan."""
    return _LITERAL_INTEGER + integer(value) + node(LITERAL, 2)


def item(expression: bytes, type: int) -> bytes:
    """A column of a result."""
    return expression + _EMPTY + integer(type) + node(SELECT_ITEM, 3)


def order_item(expression: bytes, descending: bool, nulls: int) -> bytes:
    return expression + integer(int(descending)) + integer(nulls) + node(ORDER_ITEM, 3)


def assignment(column: str, expression: bytes) -> bytes:
    return name(column) + expression + node(ASSIGNMENT, 2)


def table(text: str) -> bytes:
    return name(text) + _EMPTY + node(TABLE, 2)


_SELECT_BEGIN = NONE + NONE
_SELECT_END = integer(0) + NONE + node(SELECT, 11)


def select(
    items: bytes,
    source: bytes,
    where: bytes = NONE,
    order: bytes = _NO_LIST,
    limit: bytes = NONE,
    offset: bytes = NONE,
) -> bytes:
    """A select without a header, of parts in the order in which their parameters are numbered."""
    return b"".join(
        (_SELECT_BEGIN, items, source, where, NONE, order, limit, offset, _SELECT_END)
    )


def exists(inner: bytes) -> bytes:
    return inner + integer(0) + node(EXISTS, 2)


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


def update(into: str, row: Sequence[bytes], where: bytes, key: str, key_type: int) -> bytes:
    return (
        HEADER
        + name(into)
        + sequence(row)
        + where
        + _NO_LIST
        + name(key)
        + integer(key_type)
        + node(UPDATE, 6)
    )


def delete(source: str, where: bytes, key: str, key_type: int) -> bytes:
    return (
        HEADER + name(source) + where + _NO_LIST + name(key) + integer(key_type) + node(DELETE, 5)
    )
