"""The tables that random statements read, and the values in them and in parameters.

Domains are tiny, so that joins and comparisons hit, and hold what databases treat differently:
bounds, letters that collations take for equal, spaces at the end, wild characters.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from .rows import Relation
from .words import Type

_UTC = dt.UTC
SMALL = (-3, -2, -1, 0, 1, 1, 2, 2, 3, 4, 5, 7)
LARGE = (
    -(1 << 63), (1 << 63) - 1, 1 << 53, (1 << 53) + 1, 1 << 31, -(1 << 31) - 1, 10**12, 0, 1, -1,
)  # fmt: skip
# Sums and products of a few of these are exact.
FLOATS = (0.0, -0.5, 0.5, 1.0, 1.5, 2.5, -2.25, 3.0, 0.125, 1024.0)
DECIMALS = tuple(
    map(Decimal, ("0.00", "1.10", "-1.10", "2.50", "-2.50", "0.05", "-0.01", "3.00", "99999999.99"))
)
WORDS = ("", "a", "A", "a ", " a", "ab", "b", "B a", "%", "_")
# No capital letter beyond ASCII: only the database's locale knows its small one.
NAMES = (*WORDS, "é", "ß", "aé", "e", "ss", "%_\\|", "日本", "😀")
DATES = tuple(
    dt.date(*parts)
    for parts in (
        (2024, 2, 29), (2023, 12, 31), (2024, 1, 1), (2021, 1, 3), (2020, 12, 31),
        (1969, 12, 31), (1970, 1, 1), (2000, 3, 31),
    )
)  # fmt: skip
MOMENTS = tuple(
    dt.datetime(*parts)
    for parts in (
        (2024, 2, 29, 23, 59, 59, 999999), (2023, 12, 31), (2024, 1, 1, 0, 0, 0, 1),
        (1969, 12, 31, 23, 59, 59, 500000), (1970, 1, 1), (2000, 3, 31, 12, 30, 15, 250000),
        (2020, 12, 31, 1, 2, 3), (2024, 1, 1),
    )
)  # fmt: skip
TIMES = (dt.time(), dt.time(23, 59, 59, 999999), dt.time(12, 30, 0, 500000), dt.time(1, 2, 3))
UUIDS = tuple(UUID(int=n) for n in (0, 1, 0x12345678123456781234567812345678, (1 << 128) - 1))
BYTES = (b"", b"\x00", b"a", b"A", b"\xff\x00")

DOMAINS: dict[Type, Sequence[Any]] = {
    Type.bool: (True, False),
    Type.int64: SMALL,
    Type.float64: FLOATS,
    Type.decimal: DECIMALS,
    Type.text: NAMES,
    Type.bytes: BYTES,
    Type.date: DATES,
    Type.time: TIMES,
    Type.timestamp: MOMENTS,
    Type.timestamptz: tuple(moment.replace(tzinfo=_UTC) for moment in MOMENTS),
    Type.uuid: UUIDS,
}


@dataclass(frozen=True)
class ColumnOf:
    name: str
    type: Type
    nullable: bool = True
    domain: Sequence[Any] | None = None

    @property
    def ascii(self) -> bool:
        return self.domain is WORDS

    @property
    def large(self) -> bool:
        return self.domain is LARGE


@dataclass(frozen=True)
class TableOf:
    name: str
    columns: tuple[ColumnOf, ...]
    count: int


_ID = ColumnOf("id", Type.int64, False)

TABLES = (
    TableOf(
        "lang_a",
        (
            _ID,
            ColumnOf("n", Type.int64),
            ColumnOf("big", Type.int64, True, LARGE),
            ColumnOf("f", Type.float64),
            ColumnOf("d", Type.decimal),
            ColumnOf("word", Type.text, True, WORDS),
            ColumnOf("name", Type.text),
            ColumnOf("flag", Type.bool),
            ColumnOf("day", Type.date),
            ColumnOf("moment", Type.timestamp),
            ColumnOf("seen", Type.timestamptz),
            ColumnOf("clock", Type.time),
            ColumnOf("uid", Type.uuid),
            ColumnOf("raw", Type.bytes),
        ),
        8,
    ),
    TableOf(
        "lang_b",
        (
            _ID,
            ColumnOf("a_id", Type.int64),
            ColumnOf("n", Type.int64, False),
            ColumnOf("word", Type.text, False, WORDS),
            ColumnOf("d", Type.decimal),
            ColumnOf("f", Type.float64, False),
            ColumnOf("flag", Type.bool, False),
            ColumnOf("day", Type.date, False),
        ),
        7,
    ),
    TableOf(
        "lang_c",
        (
            _ID,
            ColumnOf("parent", Type.int64),
            ColumnOf("b_id", Type.int64),
            ColumnOf("name", Type.text),
            ColumnOf("moment", Type.timestamp, False),
            ColumnOf("uid", Type.uuid),
        ),
        6,
    ),
    TableOf("lang_none", (_ID, ColumnOf("n", Type.int64), ColumnOf("word", Type.text)), 0),
)


def fill(rng: random.Random) -> dict[str, Relation]:
    """The same rows for the same seed; three of ten cells that may be NULL are."""
    tables: dict[str, Relation] = {}
    for table in TABLES:
        rows = [
            tuple(_cell(rng, column, number) for column in table.columns)
            for number in range(1, table.count + 1)
        ]
        tables[table.name] = Relation(tuple(column.name for column in table.columns), rows)
    return tables


def _cell(rng: random.Random, column: ColumnOf, number: int) -> Any:
    if column.name == "id":
        return number
    if column.nullable and rng.random() < 0.3:
        return None
    if column.name == "parent":
        return rng.randrange(1, number) if number > 1 else None
    if column.name in ("a_id", "b_id"):
        return rng.randrange(0, 9)
    return rng.choice(column.domain or DOMAINS[column.type])
