"""The boundary table read from values.toml: columns, and the cases of each column.

What the keys of the file mean stands at its top. A key that is unknown there is an error here, so
that a misspelt one cannot leave a case out.
"""

from __future__ import annotations

import datetime as dt
import enum
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime
from typing_extensions import TypedDict

from pyferro import Field

KINDS = ("sqlite", "postgresql", "mysql", "mariadb")
WAYS = ("create", "bulk", "update")
FILE = Path(__file__).with_name("values.toml")


class Tone(enum.Enum):
    LOW = "low"
    ACCENT = "Füße 🦊"


class Size(enum.IntEnum):
    LEAST = -(2**63)
    NOTHING = 0
    MOST = 2**63 - 1


class Pair(TypedDict):
    a: int
    b: Decimal


class Later(dt.tzinfo):
    """A clock that is put back an hour on 27 October 2024, at 3:00 of summer time (UTC+2)."""

    def utcoffset(self, when: dt.datetime | None) -> dt.timedelta:
        assert when is not None
        local = when.replace(tzinfo=None, fold=0)
        summer = local < dt.datetime(2024, 10, 27, 2 if when.fold else 3)
        return dt.timedelta(hours=2 if summer else 1)

    def dst(self, when: dt.datetime | None) -> dt.timedelta:
        return self.utcoffset(when) - dt.timedelta(hours=1)

    def tzname(self, when: dt.datetime | None) -> str:
        return "later"


def offset(hours: float) -> dt.timezone:
    return dt.timezone(dt.timedelta(hours=hours))


# What expressions in the file may name. A kind that is added brings its names here.
NAMES: dict[str, Any] = {
    "Annotated": Annotated,
    "Any": Any,
    "AwareDatetime": AwareDatetime,
    "Decimal": Decimal,
    "Field": Field,
    "Later": Later,
    "Literal": Literal,
    "Pair": Pair,
    "Size": Size,
    "Tone": Tone,
    "UTC": dt.UTC,
    "UUID": UUID,
    "date": dt.date,
    "datetime": dt.datetime,
    "inf": float("inf"),
    "nan": float("nan"),
    "offset": offset,
    "time": dt.time,
    "timedelta": dt.timedelta,
}

PerKind = str | Mapping[str, str]


def for_kind(said: PerKind, kind: str) -> str:
    """What is said for a database: by its name, MariaDB also by MySQL's, or for all."""
    if isinstance(said, str):
        return said
    for name in (kind, "mysql" if kind == "mariadb" else kind, "all"):
        if name in said:
            return said[name]
    raise KeyError(f"nothing is said for {kind}: {dict(said)}")


@dataclass(frozen=True)
class Column:
    name: str
    annotation: Any
    read: PerKind
    write: PerKind
    storage: str  # typeof() on SQLite
    on: tuple[str, ...]
    compared: bool


@dataclass(frozen=True)
class Case:
    """One row of the file, on one database."""

    kind: str
    column: Column
    number: int  # of the case among those of this database
    name: str
    value: Any = None
    back: Any = None
    stored: str = ""
    sql: str = ""
    storage: str = ""
    error: Mapping[str, str] | None = None  # name of the exception's class for each way

    def __str__(self) -> str:
        return f"{self.kind}-{self.column.name}-{self.name}"


@dataclass(frozen=True)
class Table:
    """Everything that one database is tried with."""

    kind: str
    columns: list[Column]
    values: list[Case]
    foreign: list[Case]
    refused: list[Case]
    unreadable: list[Case]


_COLUMN = {"annotation", "read", "write", "storage", "on", "compared"}
_LISTS = {
    "values": {"value", "back", "stored", "write", "storage", "on", *KINDS},
    "foreign": {"value", "back", "write", "on"},
    "refused": {"value", "error", "on", *WAYS},
    "unreadable": {"write", "error", "select", "on"},
}


def load(kind: str) -> Table:
    document = tomllib.loads(FILE.read_text(encoding="utf-8"))
    table = Table(kind, [], [], [], [], [])
    numbers = iter(range(1, 100_000))
    for name, section in document.items():
        _known(section, _COLUMN | set(_LISTS), name)
        column = Column(
            name,
            eval(section["annotation"], NAMES),
            section["read"],
            section["write"],
            section["storage"],
            tuple(section.get("on", KINDS)),
            section.get("compared", True),
        )
        if kind not in column.on:
            continue
        table.columns.append(column)
        # NULL is a value of each type.
        table.values.append(
            Case(kind, column, next(numbers), "NULL", stored="NULL", sql="NULL", storage="null")
        )
        for part, keys in _LISTS.items():
            for row in section.get(part, ()):
                _known(row, keys, f"{name}.{part}")
                if kind in row.get("on", KINDS):
                    getattr(table, part).append(_case(kind, column, next(numbers), row))
    return table


def _known(found: Mapping[str, Any], keys: set[str], where: str) -> None:
    if unknown := set(found) - keys:
        raise ValueError(f"values.toml, {where}: unknown keys {sorted(unknown)}")
    for name in found.get("on", ()):
        if name not in KINDS:
            raise ValueError(f"values.toml, {where}: no database is called {name!r}")


def _case(kind: str, column: Column, number: int, row: Mapping[str, Any]) -> Case:
    value = eval(row["value"], NAMES) if "value" in row else None
    stored = for_kind({"all": row.get("stored", ""), **_texts(row)}, kind)
    quoted = stored.replace("'", "''")
    if "write" in row:
        sql = for_kind(row["write"], kind)
    else:
        sql = for_kind(column.write, kind).replace("{}", quoted)
    return Case(
        kind,
        column,
        number,
        row.get("value") or sql,
        value,
        eval(for_kind(row["back"], kind), NAMES) if "back" in row else value,
        stored,
        sql,
        row.get("storage", column.storage),
        {way: row.get(way, row["error"]) for way in (*WAYS, "select")} if "error" in row else None,
    )


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {kind: row[kind] for kind in KINDS if kind in row}
