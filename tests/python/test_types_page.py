"""docs/types.md is what the code says: each row of its table is compiled for each database.

With FERRO_UPDATE_GOLDEN=1 the page's column for each database at hand is written anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyferro import Database, Field, Model
from pyferro._native import HEADER
from pyferro.tables.definitions import create_table
from pyferro.types.kinds import NAMES
from pyferro.types.unsupported import SUPPORTED

PAGE = Path(__file__).parents[2] / "docs" / "types.md"
UPDATE = os.environ.get("FERRO_UPDATE_GOLDEN") is not None

IMPORTS = """
import enum
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import *
from typing import Annotated, Literal
from uuid import UUID
from pydantic import *
from typing_extensions import TypedDict
class IntegerEnum(enum.IntEnum): S = 1
class StringEnum(enum.Enum): LOW = "low"
class AModel(BaseModel): x: int
class ATypedDict(TypedDict): x: int
@dataclass
class ADataclass: x: int
"""

# As it is written in a model; what stands after a comma are arguments of Field().
ROWS = (
    "bool",
    "int",
    'int, db_type="smallint"',
    'int, db_type="int"',
    "ByteSize",
    "float",
    "Decimal, max_digits=12, decimal_places=2",
    'Decimal, db_type="numeric(30, 10)"',
    "str",
    "str, max_length=80",
    'str, db_type="varchar(20)"',
    "bytes",
    "date",
    "time",
    "datetime",
    "NaiveDatetime",
    "AwareDatetime",
    "timedelta",
    "UUID",
    "StringEnum",
    "IntegerEnum",
    'Literal["a", "b"]',
    "Literal[1, 2]",
    "dict[str, int]",
    "list[int]",
    "AModel",
    "ATypedDict",
    "ADataclass",
    "Json[list[int]]",
    "IPv4Address",
    "IPv6Address",
    "IPv4Address | IPv6Address",
    "IPvAnyAddress",
    "IPv4Network",
    "IPv6Network",
    "IPv4Interface",
    "IPv6Interface",
    "AnyUrl",
    "HttpUrl",
    "PostgresDsn",
    "EmailStr",
    "NameEmail",
    "SecretStr",
    "SecretStr, max_length=72",
    "SecretBytes",
    "Base64Str",
    "Base64Bytes",
)
DATABASES = ("sqlite", "postgresql", "mariadb", "mysql")
TITLES = ("Field", "Canonical type", "SQLite", "PostgreSQL", "MariaDB", "MySQL")
EMAILS = ("EmailStr", "NameEmail")


def models() -> Iterator[tuple[str, type[Model] | None]]:
    """A model for each row; none for what needs a package that is not there."""
    scope: dict[str, Any] = {}
    exec(IMPORTS, scope)
    for row in ROWS:
        annotation, _, options = row.partition(", ") if "[" not in row else (row, "", "")
        value = eval(f"Field({options})", {"Field": Field})
        names = {"__annotations__": {"value": eval(annotation, scope), "end": bool}, "value": value}
        try:
            made: Any = type("Shown", (Model,), {**names, "__module__": __name__})
        except ImportError:
            made = None
        yield row, made


def canonical(model: type[Model]) -> str:
    kind = model.__ferro_info__.infos["value"].kind
    if kind.bits:
        return f"{NAMES[kind.type]}, {kind.bits} bits"
    if kind.digits:
        return f"{NAMES[kind.type]}({kind.digits}, {kind.places})"
    return f"{NAMES[kind.type]}({kind.max_length})" if kind.max_length else NAMES[kind.type]


def column_type(db: Database, model: type[Model]) -> str:
    """The column as the database gets it, without its checks."""
    sql = db.native.compile(HEADER + create_table(model.__ferro_info__, ()).fragment).sql
    found = re.search(r"""["`]value["`] (.*?), ["`]end["`]""", sql)
    assert found is not None
    words, check, _ = re.sub(r" NOT NULL", "", found[1]).partition(" CHECK ")
    words = re.sub(r" CONSTRAINT .*", "", words)
    return f"`{words}`" + (" + check" if check else "")


def read() -> tuple[str, dict[str, list[str]], str]:
    head, begin, rest = PAGE.read_text().partition("<!-- table -->\n")
    body, end, tail = rest.partition("<!-- end -->\n")
    lines = [
        [cell.strip() for cell in line.strip("|\n").split(" | ")] for line in body.splitlines()
    ]
    rows = {cells[0].strip(" `"): cells[1:] for cells in lines[2:]}
    return head + begin, rows, end + tail


def write(head: str, rows: dict[str, list[str]], tail: str) -> None:
    lines = [list(TITLES), ["---"] * len(TITLES)]
    lines += [[f"`{escaped(row)}`", *rows[escaped(row)]] for row in ROWS]
    PAGE.write_text(head + "".join(f"| {' | '.join(cells)} |\n" for cells in lines) + tail)


def escaped(row: str) -> str:
    return row.replace("|", "\\|")


def compare(place: int, wanted: dict[str, str]) -> None:
    head, rows, tail = read()
    if UPDATE:
        for row in map(escaped, ROWS):
            cells = [*rows.get(row, []), *[""] * 5][:5]
            cells[place] = wanted.get(row, cells[place])
            rows[row] = cells
        write(head, rows, tail)
    else:
        assert list(rows) == [escaped(row) for row in ROWS]
        assert {row: rows[row][place] for row in wanted} == wanted


def test_canonical_types() -> None:
    compare(0, {escaped(row): canonical(m) for row, m in models() if m is not None})


def test_column_types(kind: str, db: Database) -> None:
    wanted = {escaped(row): column_type(db, m) for row, m in models() if m is not None}
    compare(1 + DATABASES.index(kind), wanted)


def test_only_emails_are_left_out() -> None:
    assert {row for row, model in models() if model is None} <= set(EMAILS)


@pytest.mark.parametrize(
    "name", ["ByteSize", "SecretStr", "Base64Bytes", "AwareDatetime", "NameEmail"]
)
def test_the_list_of_what_is_supported_names_what_the_page_has(name: str) -> None:
    assert name in SUPPORTED
    assert name in read()[1]
