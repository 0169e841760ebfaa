"""Rows as they come, many of them: PostgreSQL's COPY, what it leaves to an insert, and memory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from conftest import Create, Waiting
from support.pool import settled

from pyferro import (
    PK,
    Database,
    Field,
    ForeignKeyViolationError,
    Model,
    OptRef,
    OutOfRange,
    QueryTimeout,
    UniqueViolationError,
    transaction,
)

MANY = 1200  # in one call to the engine, enough for COPY


class CopyHome(Model):
    id: PK[int]


class Copied(Model):
    id: PK[int]
    name: str = Field(max_length=40, unique=True)
    small: int | None = Field(default=None, db_type="smallint")
    middle: int | None = Field(default=None, db_type="int")
    home: OptRef[CopyHome] = None


class CopiedTypes(Model):
    id: int = Field(primary_key=True)
    truth: bool | None
    big: int | None
    small: int | None = Field(db_type="smallint")
    middle: int | None = Field(db_type="int")
    real: float | None
    exact: Decimal | None = Field(max_digits=30, decimal_places=8)
    text: str | None
    short: str | None = Field(max_length=20)
    raw: bytes | None
    day: date | None
    at: time | None
    moment: datetime | None
    span: timedelta | None
    uuid: UUID | None
    doc: dict[str, Any] | None
    ints: list[int] | None
    words: list[str | None] | None
    moments: list[datetime] | None


def texts(db: Database) -> list[str]:
    """What was sent since the last look, of the log that a trigger keeps."""
    found = [row["text"] for row in db.fetch_all("select distinct text from copy_seen").run()]
    db.execute("delete from copy_seen").run()
    return found


@pytest.fixture
def seen(kind: str, db: Database, create: Create) -> Iterator[Database]:
    """A PostgreSQL that notes the statements that rows of Copied came by."""
    if kind != "postgresql":
        pytest.skip("COPY is PostgreSQL's")
    create(CopyHome, Copied)
    db.execute("create table if not exists copy_seen (text text)").run()
    db.execute(
        "create or replace function copy_see() returns trigger language plpgsql as $$ begin"
        " insert into copy_seen values (left(current_query(), 6)); return null; end $$"
    ).run()
    db.execute(
        "create trigger copy_see after insert on copied for each statement"
        " execute function copy_see()"
    ).run()
    yield db
    db.execute("drop table copied cascade").run()
    db.execute("drop function copy_see() cascade").run()
    db.execute("drop table copy_seen").run()


def rows(count: int, start: int = 0) -> Iterator[tuple[str, int]]:
    return ((f"n{i}", i % 30000) for i in range(start, start + count))


def copy(count: int = MANY, start: int = 0) -> Any:
    return Copied.copy_in(rows(count, start), columns=["name", "small"])


def test_many_rows_go_by_copy(seen: Database, wait: Waiting) -> None:
    assert wait(copy()) == MANY
    assert texts(seen) == ['COPY "']
    assert wait(copy(20, MANY)) == 20
    assert texts(seen) == ["INSERT"]
    wait(Copied.insert([{"name": f"i{i}"} for i in range(MANY)]))
    assert texts(seen) == ['COPY "']
    assert Copied.count().run() == 2 * MANY + 20


@pytest.mark.parametrize(
    ("change", "undo"),
    [
        ("create rule r as on insert to copied where new.name = 'n7' do instead nothing", None),
        ("alter table copied alter small type numeric(9, 2)", None),
        ('alter table copied alter name type text collate "C"', 'COPY "'),
    ],
    ids=["rule", "numeric", "text"],
)
def test_what_copy_would_do_otherwise_is_inserted(
    seen: Database, wait: Waiting, change: str, undo: str | None
) -> None:
    seen.execute(change).run()
    wait(copy())
    assert texts(seen) == [undo or "INSERT"]
    assert Copied.where(Copied.name == "n7").count().run() == (0 if "rule" in change else 1)


def test_a_view_takes_what_copy_does_not(kind: str, db: Database, create: Create) -> None:
    if kind != "postgresql":
        pytest.skip("COPY is PostgreSQL's")
    create(CopyHome, Copied)
    db.execute("alter table copied rename to copied_below").run()
    db.execute("create view copied as select * from copied_below").run()
    try:
        assert copy().run() == MANY
        assert db.sql("select count(*) from copied_below").scalar().run() == MANY
    finally:
        db.execute("drop view copied").run()
        db.execute("alter table copied_below rename to copied").run()


def test_every_type_comes_back_as_it_was(create: Create, wait: Waiting) -> None:
    create(CopiedTypes)
    given = []
    for i in range(MANY):
        moment = datetime(2024, 2, 29, 1, 2, 3, 4) + timedelta(seconds=i)
        one = CopiedTypes(
            id=i, truth=bool(i % 2), big=(1 << 63) - 1 - i, small=i - 600, middle=-i, real=i / 7,
            exact=Decimal(i) / 8 - 50, text=f"é\t{i}\\n\"", short="x" * (i % 20), raw=bytes([i % 256]) * 3,
            day=date(1999, 12, 31) + timedelta(days=i), at=time(1, 2, i % 60, i), moment=moment,
            span=timedelta(microseconds=i - 5), uuid=UUID(int=i), doc={"a": [i, None]},
            ints=[i, -i], words=["a\"b", None], moments=[moment],
        )  # fmt: skip
        if i % 3 == 0:
            nothing = dict.fromkeys(list(CopiedTypes.model_fields)[1:])
            one = CopiedTypes(id=i, **nothing)  # type: ignore[arg-type]
        given.append(one)
    assert wait(CopiedTypes.copy_in(given)) == MANY
    assert wait(CopiedTypes.order_by(CopiedTypes.id).all()) == given


@pytest.mark.parametrize("at", [0, 777, MANY - 1])
def test_the_row_that_a_constraint_stops_is_named(create: Create, at: int, db: Database) -> None:
    wait = Waiting(at == 777)
    create(CopyHome, Copied)
    home = CopyHome.create().run()

    def given(**wrong: Any) -> list[dict[str, Any]]:
        found = [{"name": f"n{i}", "home_id": home.id} for i in range(MANY)]
        found[at] = {**found[at], **wrong}
        return found

    wait(Copied.insert({"name": "there"}))
    for wrong, error in (
        ({"name": "there"}, UniqueViolationError),
        ({"home_id": 77}, ForeignKeyViolationError),
    ):
        with pytest.raises(error) as caught:
            wait(Copied.copy_in(given(**wrong)))
        assert caught.value.row == at
    with pytest.raises(OutOfRange) as caught:
        tuples = [(f"n{i}", 1 << 20 if i == at else 1) for i in range(MANY)]
        wait(Copied.copy_in(tuples, columns=["name", "small"]))
    assert caught.value.row == at
    assert wait(Copied.count()) == 1


def test_within_a_transaction_an_error_leaves_what_was_before(create: Create, db: Database) -> None:
    create(CopyHome, Copied)
    with transaction():
        Copied.create(name="first").run()
        with pytest.raises(UniqueViolationError) as caught:
            Copied.copy_in([*rows(MANY), ("n5", 1)], columns=["name", "small"]).run()
        assert caught.value.row == MANY
        assert copy().run() == MANY
    assert Copied.count().run() == MANY + 1


def test_an_iterator_that_fails_keeps_nothing(create: Create, wait: Waiting) -> None:
    create(CopyHome, Copied)

    def broken() -> Iterator[tuple[str, int]]:
        yield from rows(7000)
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        wait(Copied.copy_in(broken(), columns=["name", "small"]))
    assert Copied.count().run() == 0
    assert wait(copy()) == MANY


def test_one_that_is_given_up_leaves_the_pool_whole(create: Create, db: Database) -> None:
    create(CopyHome, Copied)

    async def body() -> None:
        task = asyncio.ensure_future(_awaited(copy(400_000)))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    for _ in range(2):
        asyncio.run(body())
        assert Copied.count().run() == 0
    with pytest.raises(QueryTimeout):
        copy(400_000).timeout(0.05).run()
    assert Copied.count().run() == 0
    assert settled(db)[1] == 0  # what was given up is undone, and holds no lock any more
    assert copy().run() == MANY


async def _awaited(op: Any) -> Any:
    return await op


# Memory.

ROWS = int(os.environ.get("FERRO_COPY_ROWS", "60000"))


def resident(name: str) -> int:
    """Bytes of this process: VmRSS now, or VmHWM at most since the last reset."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [line] = [one for one in lines if one.startswith(name + ":")]
    return int(line.split()[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux only")
@pytest.mark.measured
def test_memory_does_not_grow_with_the_rows(create: Create, db: Database) -> None:
    """FERRO_COPY_ROWS=1000000 for the whole million."""
    create(CopyHome, Copied)
    start = 0

    def given(count: int) -> Iterator[tuple[str, int]]:
        nonlocal start
        start += count
        return ((f"{start + i:012} some name", i % 30000) for i in range(count))

    assert Copied.copy_in(given(20_000), columns=["name", "small"]).run() == 20_000
    Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    assert Copied.copy_in(given(ROWS), columns=["name", "small"]).run() == ROWS
    grown = resident("VmHWM") - before
    print(f"{db.dialect}: {ROWS} rows, {grown / 1e6:.1f} MB more at most")
    assert grown < 24e6
    start += 10 * ROWS

    async def later() -> AsyncIterator[tuple[str, int]]:
        for one in given(20_000):
            yield one

    async def body() -> int:
        return await Copied.copy_in(later(), columns=["name", "small"])

    before = resident("VmRSS")
    assert asyncio.run(body()) == 20_000
    assert resident("VmRSS") - before < 24e6
