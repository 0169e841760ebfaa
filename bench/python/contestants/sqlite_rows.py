"""What the two raw SQLite contestants share: the tables, and rows as tuples of Python values.

SQLite knows no dates, UUIDs or exact numbers, so a raw program stores text and converts it, as
here by hand: the floor that any library on this driver has below it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from harness.dataset import ENTRY_COLUMNS, NARROW_COLUMNS, WIDE_COLUMNS, Record

Row = tuple[Any, ...]

_NARROW_BODY = (
    "id INTEGER PRIMARY KEY, name TEXT NOT NULL, created TEXT NOT NULL, "
    "team INTEGER NOT NULL, score REAL NOT NULL"
)

SCHEMA = (
    f"CREATE TABLE narrow ({_NARROW_BODY})",
    f"CREATE TABLE entry ({_NARROW_BODY})",
    "CREATE TABLE wide (id INTEGER PRIMARY KEY, team INTEGER NOT NULL, code TEXT NOT NULL, "
    "title TEXT NOT NULL, note TEXT, quantity INTEGER NOT NULL, reserve INTEGER, "
    "price TEXT NOT NULL, discount TEXT, weight REAL NOT NULL, height REAL, "
    "active INTEGER NOT NULL, checked INTEGER, token TEXT NOT NULL, parent TEXT, "
    "created TEXT NOT NULL, updated TEXT, due TEXT NOT NULL, details TEXT NOT NULL, labels TEXT)",
    "CREATE INDEX narrow_team ON narrow (team)",
    "CREATE INDEX entry_team ON entry (team)",
    "CREATE INDEX wide_team ON wide (team)",
)

GET = f"SELECT {', '.join(NARROW_COLUMNS)} FROM narrow WHERE id = ?"
FILTER = f"SELECT {', '.join(NARROW_COLUMNS)} FROM narrow WHERE team = ?"
WIDE_FILTER = f"SELECT {', '.join(WIDE_COLUMNS)} FROM wide WHERE team = ?"
SCAN = f"SELECT {', '.join(NARROW_COLUMNS)} FROM narrow"
ENTRIES = f"SELECT {', '.join(ENTRY_COLUMNS)} FROM entry"
INSERT = "INSERT INTO entry (name, created, team, score) VALUES (?, ?, ?, ?)"
# Rows of one statement: large enough to matter little, small enough to stay cached.
CHUNK = 500


def insert_into(table: str, columns: Iterable[str]) -> str:
    names = list(columns)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def insert_chunk(rows: int) -> str:
    values = ", ".join(["(?, ?, ?, ?)"] * rows)
    return f"INSERT INTO entry (name, created, team, score) VALUES {values} RETURNING id"


def to_narrow(row: Iterable[Any]) -> Row:
    key, name, created, team, score = row
    return key, name, datetime.fromisoformat(created), team, score


def to_wide(row: Iterable[Any]) -> Row:
    (key, team, code, title, note, quantity, reserve, price, discount, weight, height, active,
     checked, token, parent, created, updated, due, details, labels) = row  # fmt: skip
    return (
        key,
        team,
        code,
        title,
        note,
        quantity,
        reserve,
        Decimal(price),
        None if discount is None else Decimal(discount),
        weight,
        height,
        bool(active),
        None if checked is None else bool(checked),
        UUID(token),
        None if parent is None else UUID(parent),
        datetime.fromisoformat(created),
        None if updated is None else datetime.fromisoformat(updated),
        date.fromisoformat(due),
        json.loads(details),
        None if labels is None else json.loads(labels),
    )


def to_parameters(record: Record) -> list[Any]:
    """The record's values as SQLite stores them, in the record's order."""
    return [_stored(value) for value in record.values()]


def _stored(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case dict():
            return json.dumps(value)
    return value
