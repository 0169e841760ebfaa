"""Rows of many columns, which on PostgreSQL are read while the server still makes others of them."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest
from conftest import Create, Waiting
from support.pool import settled

import pyferro
from pyferro import PK, Database, Model, select

MANY = 1300


class Broad(Model):
    id: PK[int]
    name: str
    at: datetime | None = None


COLUMNS = [(Broad.id + i).as_(f"c{i}") for i in range(18)]
WIDE = select(*COLUMNS, Broad.name).order_by(Broad.id)


@pytest.fixture
def stored(create: Create, db: Database) -> Database:
    create(Broad)
    Broad.bulk_create([Broad(id=i, name=f"é{i}") for i in range(1, MANY + 1)]).run()
    return db


def row(i: int) -> tuple[Any, ...]:
    return (*(i + more for more in range(18)), f"é{i}")


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257, 258, 512, 513, MANY])
def test_all_rows_come_in_order(stored: Database, wait: Waiting, count: int) -> None:
    query = WIDE.limit(count)
    for _ in range(
        3
    ):  # prepared with the first; many rows have a connection of their own the next time
        assert wait(query.all()) == [row(i) for i in range(1, count + 1)]


def test_in_a_transaction_and_beside_others(stored: Database) -> None:
    async def body() -> None:
        async with pyferro.transaction():
            await Broad.where(Broad.id == 1).update(name="new")
            assert (await WIDE.all())[0][-1] == "new"
        # The connections have read wide rows last, and now share what they read.
        found: list[Any] = await asyncio.gather(
            *(Broad.get(i) for i in range(1, 30)), WIDE.limit(40).all()
        )
        assert [one.id for one in found[:-1]] == list(range(1, 30))
        assert [one[0] for one in found[-1]] == list(range(1, 41))

    asyncio.run(body())
    assert settled(stored)[1] == 0


def test_a_task_that_is_cancelled_leaves_nothing(stored: Database) -> None:
    async def fetching() -> None:
        await WIDE.all()

    async def body() -> None:
        for pause in range(12):
            task = asyncio.create_task(fetching())
            for _ in range(pause):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert len(await WIDE.all()) == MANY

    asyncio.run(body())
    assert settled(stored)[1] == 0


@pytest.mark.server
@pytest.mark.parametrize("kind", ["postgresql"])
def test_an_error_among_the_rows_is_the_error(stored: Database, wait: Waiting) -> None:
    query = select(*COLUMNS, (Broad.id + ((1 << 63) - 401)).as_("n"))  # too large from 401 on
    for _ in range(3):
        with pytest.raises(pyferro.DataError, match="out of range"):
            wait(query.all())
        assert wait(Broad.get(400)).id == 400
    assert settled(stored)[1] == 0


@pytest.mark.server
@pytest.mark.parametrize("kind", ["postgresql"])
@pytest.mark.parametrize("bad", [1, 2, 400])
def test_a_value_that_cannot_be_read_is_named(stored: Database, wait: Waiting, bad: int) -> None:
    stored.execute(f"update broad set at = 'infinity' where id = {bad}").run()
    query = select(*COLUMNS, Broad.at).order_by(Broad.id)
    for _ in range(3):
        with pytest.raises(pyferro.DataError) as raised:
            wait(query.all())
        assert raised.value.row == bad - 1
        assert len(wait(select(Broad.id).all())) == MANY
    assert settled(stored)[1] == 0


@pytest.mark.server
@pytest.mark.parametrize("kind", ["postgresql"])
def test_types_of_users_are_asked_about(stored: Database, wait: Waiting) -> None:
    stored.execute("create type broad_mood as enum ('sad', 'ok')").run()
    try:
        to = "alter table broad alter name type broad_mood using 'ok'::broad_mood"
        stored.execute(to).run()
        assert [one[-1] for one in wait(WIDE.all())] == ["ok"] * MANY
    finally:
        stored.execute("drop type broad_mood cascade").run()
