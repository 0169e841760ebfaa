"""`copy_out()`: rows as CSV, the same from every database."""

from __future__ import annotations

import asyncio
import csv
import enum
import io
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from conftest import Create, Waiting
from pydantic import AwareDatetime
from support.pool import settled

from pyferro import PK, Database, Field, Model, fn, select


class OutColor(enum.Enum):
    RED = "red"


class Out(Model, table="copied_out"):
    id: PK[int]
    name: str | None = None
    truth: bool | None = None
    real: float | None = None
    exact: Decimal | None = Field(default=None, max_digits=12, decimal_places=2)
    raw: bytes | None = None
    day: date | None = None
    at: time | None = None
    naive: datetime | None = None
    aware: AwareDatetime | None = None
    span: timedelta | None = None
    uuid: UUID | None = None
    doc: dict[str, Any] | None = None
    ints: list[int] | None = None
    color: OutColor | None = None


ROWS = [
    Out(
        id=1, name='a,"b"\r\né', truth=True, real=0.1, exact=Decimal("1.50"), raw=b"\x00\xff",
        day=date(2024, 2, 29), at=time(1, 2, 3), naive=datetime(2024, 1, 2, 3, 4, 5, 6),
        aware=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), span=timedelta(days=1, seconds=2),
        uuid=UUID(int=7), doc={"a": [1, None, "x"]}, ints=[1, -2], color=OutColor.RED,
    ),
    Out(id=2),
    Out(id=3, name="", truth=False),
    Out(id=4, name="\\."),
]  # fmt: skip
TEXT = (
    "id,name,truth,real,exact,raw,day,at,naive,aware,span,uuid,doc,ints,color\r\n"
    '1,"a,""b""\r\né",true,0.1,1.50,00ff,2024-02-29,01:02:03,2024-01-02T03:04:05.000006,'
    "2024-01-02T03:04:05+00:00,P1DT2S,00000000-0000-0000-0000-000000000007,"
    '"{""a"":[1,null,""x""]}","[1,-2]",red\r\n'
    "2,,,,,,,,,,,,,,\r\n"
    '3,"",false,,,,,,,,,,,,\r\n'
    '4,"\\.",,,,,,,,,,,,,\r\n'
)


@pytest.fixture
def stored(create: Create, db: Database) -> Database:
    create(Out)
    Out.bulk_create(ROWS).run()
    return db


def test_the_text_is_the_same_everywhere(stored: Database, wait: Waiting) -> None:
    chunks: list[bytes] = []
    assert wait(Out.order_by(Out.id).copy_out(chunks.append, batch=3)) == 4
    assert b"".join(chunks).decode() == TEXT
    assert len(chunks) == 3
    [_, *lines] = csv.reader(io.StringIO(TEXT, newline=""))
    assert [line[0] for line in lines] == ["1", "2", "3", "4"]
    assert lines[0][1] == 'a,"b"\r\né'


def test_columns_joins_and_names(stored: Database) -> None:
    query = select(Out.id, fn.upper(Out.name).as_("up")).where(Out.name != None).order_by(Out.id)  # noqa: E711
    assert b"".join(query.csv()) == 'id,up\r\n1,"A,""B""\r\nÉ"\r\n3,""\r\n4,"\\."\r\n'.encode()
    unnamed = select(Out.id + 1).order_by(Out.id).limit(2)
    assert b"".join(unnamed.csv(header=False)) == b"2\r\n3\r\n"
    with pytest.raises(TypeError, match="as_"):
        unnamed.csv()
    assert b"".join(Out.where(Out.id == 9).csv(header=False)) == b""
    assert b"".join(Out.where(Out.id == 9).select(Out.id).csv()) == b"id\r\n"


def test_to_a_path_and_a_file(stored: Database, wait: Waiting, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert wait(Out.order_by(Out.id).copy_out(path)) == 4
    assert path.read_bytes().decode() == TEXT
    with (tmp_path / "other").open("wb") as file:
        assert wait(Out.order_by(Out.id).copy_out(file, batch=1)) == 4
    assert (tmp_path / "other").read_bytes().decode() == TEXT
    with pytest.raises(TypeError, match="a path, a file or a function"):
        wait(Out.order_by(Out.id).copy_out(5))  # type: ignore[arg-type]


def test_a_path_has_the_whole_or_nothing(stored: Database, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(b"before")
    stored.execute("update copied_out set color = 'blue'").run()
    assert Out.order_by(Out.id).copy_out(path).run() == 4  # what is stored, not what the model says
    assert b",blue\r\n" in path.read_bytes()
    before = path.read_bytes()
    stored.execute("drop table copied_out").run()
    with pytest.raises(Exception, match=r"(?i)copied_out|exist"):
        Out.order_by(Out.id).copy_out(path).run()
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if "out" in one.name] == ["out.csv"]


def test_iterated_and_by_a_coroutine(stored: Database) -> None:
    async def body() -> None:
        query = Out.order_by(Out.id)
        assert b"".join([chunk async for chunk in query.csv(batch=2)]).decode() == TEXT
        taken: list[bytes] = []

        async def take(chunk: bytes) -> None:
            await asyncio.sleep(0)
            taken.append(chunk)

        assert await query.copy_out(take, batch=1) == 4
        assert b"".join(taken).decode() == TEXT
        async for chunk in query.csv(batch=1):
            assert chunk.startswith(b"id,")
            break

        async def fail(_: bytes) -> None:
            raise RuntimeError("full")

        with pytest.raises(RuntimeError, match="full"):
            await query.copy_out(fail, batch=1)

    asyncio.run(body())
    assert settled(stored)[1] == 0

    async def take(_: bytes) -> None: ...

    with pytest.raises(TypeError, match="is awaited"):
        Out.order_by(Out.id).copy_out(take).run()
    assert settled(stored)[1] == 0
