"""Plans of the query language around JSON, written byte by byte (engine/plan/format.h), and how
they are run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyferro import Database, _native
from pyferro._native import NONE, integer, name, node, param
from pyferro.language import plan

JSON, TEXT, BOOL, INT64, FLOAT64, DECIMAL = (
    _native.JSON,
    _native.TEXT,
    _native.BOOL,
    _native.INT64,
    _native.FLOAT64,
    _native.DECIMAL,
)
CONTAINS, HAS_KEY, LENGTH, MERGE_PATCH = 140, 141, 142, 143
EQUAL, GREATER = 0, 4

Path = tuple[str | int, ...]


def text(characters: str) -> bytes:
    encoded = characters.encode()
    size, length = len(encoded), b""
    while size > 127:
        length += bytes([size & 127 | 128])
        size >>= 7
    return b"\x06" + length + bytes([size]) + encoded


def column(column_name: str, type: int) -> bytes:
    return name("") + name(column_name) + integer(type) + node(10, 3)


def get(document: bytes, path: Path, type: int) -> bytes:
    steps = [
        (text("") + integer(step) if isinstance(step, int) else text(step) + integer(-1))
        + node(47, 2)
        for step in path
    ]
    return document + plan.sequence(steps) + integer(type) + node(32, 3)


def call(function: int, *arguments: bytes) -> bytes:
    return integer(function) + plan.sequence(arguments) + node(22, 2)


def compare(op: int, left: bytes, right: bytes) -> bytes:
    return integer(op) + left + right + node(15, 3)


def json_agg(
    value: bytes, filter: bytes = NONE, order: Sequence[bytes] = (), distinct: bool = False
) -> bytes:
    return b"".join(
        (
            integer(12),
            plan.sequence([value]),
            integer(int(distinct)),
            filter,
            plan.sequence(order),
            node(20, 5),
        )
    )


def group_by(*items: bytes) -> bytes:
    return integer(0) + plan.sequence(items) + plan.sequence([]) + NONE + node(53, 4)


def order_item(value: bytes, descending: bool, nulls: int) -> bytes:
    return value + integer(int(descending)) + integer(nulls) + node(plan.ORDER_ITEM, 3)


def select(
    table: str,
    items: Sequence[tuple[bytes, int]],
    where: bytes = NONE,
    order: Sequence[bytes] = (),
    grouping: bytes = NONE,
) -> bytes:
    return b"".join(
        (
            _native.HEADER,
            NONE,
            NONE,
            plan.sequence(
                [e + name("") + integer(type) + node(plan.SELECT_ITEM, 3) for e, type in items]
            ),
            name(table) + name("") + node(plan.TABLE, 2),
            where,
            grouping,
            plan.sequence(order),
            NONE,
            NONE,
            integer(0),
            NONE,
            node(43, 11),
        )
    )


def rows(
    db: Database,
    table: str,
    items: Sequence[tuple[bytes, int]],
    arguments: Sequence[tuple[int, Any]] = (),
    **clauses: Any,
) -> list[tuple[Any, ...]]:
    """What comes back; JSON as the text that it is."""
    items = [(expression, TEXT if type == JSON else type) for expression, type in items]
    whole = select(table, items, **clauses)
    types = bytes(type for type, _ in arguments)
    values = tuple(value for _, value in arguments)
    shape = tuple(type for _, type in items)
    found: list[tuple[Any, ...]] = db.start(
        whole, types, values, _native.RESULT_ROWS, shape, None
    ).run()
    return found


def insert(db: Database, table: str, row: dict[str, tuple[int, Any]]) -> None:
    """Stores values as they are, JSON in the spelling given."""
    assignments = [plan.assignment(key, param(type)) for key, (type, _) in row.items()]
    whole = plan.insert(table, assignments, [], "", 0)
    types = bytes(type for type, _ in row.values())
    values = tuple(value for _, value in row.values())
    db.start(whole, types, values, _native.RESULT_COUNT, None, None).run()
