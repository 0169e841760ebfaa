"""Statements of an event loop that share connections: nobody can tell, whatever happens to a neighbour.

Everything here runs on every database; on those without pipelines each statement has a connection of
its own, and the same holds.
"""

from __future__ import annotations

import asyncio
import contextvars
import random
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from conftest import Create
from pydantic import field_validator
from support.pool import rested

import pyferro
from pyferro import PK, Database, Field, Model
from pyferro.errors import ConnectionFailed, QueryTimeout


class Fruit(Model, table="pipe_fruit"):
    id: PK[int]
    name: str = Field(max_length=2_000_000)
    n: int = 0


ROWS = 50


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Fruit)
    Fruit.bulk_create([Fruit(id=i, name=f"n{i}", n=i) for i in range(1, ROWS + 1)]).run()


@asynccontextmanager
async def opened(url: str, options: str) -> AsyncIterator[Database]:
    small = await pyferro.connect(f"{url}{'&' if '?' in url else '?'}{options}", name="small")
    try:
        yield small
    finally:
        small.close()


async def awaiting(what: Awaitable[Any]) -> Any:
    return await what


def get(db: Database, i: int) -> Any:
    return Fruit.using(db).where(id=i).one()


async def test_each_gets_its_own(db: Database, url: str) -> None:
    async with opened(url, "pool_size=3") as small:
        for _ in range(3):
            found = await asyncio.gather(*(get(small, i) for i in range(1, ROWS + 1)))
            assert [(one.id, one.name) for one in found] == [
                (i, f"n{i}") for i in range(1, ROWS + 1)
            ]
        assert (await rested(small))[1] == 0


# --- One that fails


class Nowhere(Model, table="pipe_nowhere"):
    id: PK[int]
    name: str = ""


async def test_one_that_fails_touches_no_neighbour(db: Database, url: str) -> None:
    """The server refuses it, or finds nothing; between those that are good."""

    def one(i: int) -> Any:
        if i % 5 == 1:
            return Nowhere.using(small).where(id=i).all()  # there is no such table
        if i % 5 == 2:
            return Fruit.using(small).get(10_000 + i)
        return get(small, i)

    async with opened(url, "pool_size=2") as small:
        for _ in range(3):
            found = await asyncio.gather(
                *(awaiting(one(i)) for i in range(1, ROWS + 1)), return_exceptions=True
            )
            for i, what in enumerate(found, 1):
                if i % 5 == 1:
                    assert isinstance(what, pyferro.errors.ProgrammingError), what
                elif i % 5 == 2:
                    assert isinstance(what, pyferro.ModelDoesNotExist), what
                else:
                    assert what.name == f"n{i}"
        assert (await rested(small))[1] == 0


async def test_a_row_that_cannot_be_read_is_told_in_full(db: Database, kind: str) -> None:
    if kind != "postgresql":
        pytest.skip("a value that other databases do not hold")
    await db.execute("DROP TABLE IF EXISTS pipe_moment")
    await db.execute("CREATE TABLE pipe_moment (id bigint PRIMARY KEY, at timestamptz NOT NULL)")
    await db.execute("INSERT INTO pipe_moment SELECT i, now() FROM generate_series(1, 600) i")
    await db.execute("UPDATE pipe_moment SET at = 'infinity' WHERE id = 590")
    try:
        asked = [awaiting(Moment.where(id=590).all()), awaiting(Moment.order_by("id").all())]
        found = await asyncio.gather(*asked, *(get(db, i) for i in (1, 2)), return_exceptions=True)
        for error in found[:2]:
            assert isinstance(error, pyferro.errors.DataError), error
            assert "pipe_moment" in str(error) or error.table == "pipe_moment", str(error)
        assert [one.id for one in found[2:]] == [1, 2]
    finally:
        await db.execute("DROP TABLE pipe_moment")


class Moment(Model, table="pipe_moment"):
    id: PK[int]
    at: datetime


# --- One that is left


async def test_a_cancellation_at_any_point_is_nobody_elses(db: Database, url: str) -> None:
    async with opened(url, "pool_size=2") as small:
        for at in range(12):
            tasks = [asyncio.create_task(awaiting(get(small, i))) for i in range(1, 9)]
            for _ in range(at):
                await asyncio.sleep(0)
            if at > 6:
                await asyncio.sleep(0.0002 * (at - 6))
            for i in (0, 3, 7):
                tasks[i].cancel()
            found = await asyncio.gather(*tasks, return_exceptions=True)
            for i, what in enumerate(found, 1):
                if not isinstance(what, asyncio.CancelledError):
                    assert what.name == f"n{i}"
                else:
                    assert i in (1, 4, 8)
            assert (await get(small, at + 1)).name == f"n{at + 1}"
        assert (await rested(small))[1] == 0


async def test_many_tasks_and_random_cancellations(db: Database, url: str) -> None:
    chance = random.Random(11)
    wrong: list[Any] = []

    async def work(i: int) -> None:
        key = i % ROWS + 1
        for _ in range(3):
            found = await get(small, key)
            if (found.id, found.name) != (key, f"n{key}"):
                wrong.append((key, found))

    async with opened(url, "pool_size=3") as small:
        tasks = [asyncio.create_task(work(i)) for i in range(1000)]
        for _ in range(120):
            await asyncio.sleep(chance.random() * 0.002)
            for _ in range(3):
                chance.choice(tasks).cancel()
        done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)
        assert wrong == []
        assert {type(one) for one in done} <= {type(None), asyncio.CancelledError}
        opened_now, busy = await rested(small)
        assert busy == 0 and opened_now <= 3
        assert await Fruit.using(small).count() == ROWS


async def test_the_end_of_a_loop_leaves_the_pool_whole(db: Database, url: str) -> None:
    def use() -> None:
        async def body() -> None:
            tasks = [asyncio.create_task(awaiting(get(small, i))) for i in range(1, 21)]
            await tasks[0]  # the others are cancelled by run(), wherever they are

        asyncio.run(body())

    async with opened(url, "pool_size=2") as small:
        for _ in range(5):
            await asyncio.to_thread(use)
            assert (await rested(small))[1] == 0
        assert (await get(small, 7)).name == "n7"


async def test_loops_of_many_threads(db: Database, url: str) -> None:
    wrong: list[Any] = []

    def use(first: int) -> None:
        async def body() -> None:
            for _ in range(10):
                found = await asyncio.gather(*(get(small, i) for i in range(first, first + 10)))
                if [one.id for one in found] != list(range(first, first + 10)):
                    wrong.append(found)

        asyncio.run(body())

    async with opened(url, "pool_size=6") as small:
        await asyncio.gather(*(asyncio.to_thread(use, 1 + 10 * i) for i in range(4)))
        assert wrong == []
        assert (await rested(small))[1] == 0


# --- One that takes long


@asynccontextmanager
async def locked(url: str, table: str) -> AsyncIterator[Database]:
    """While it is open, who reads the table waits (PostgreSQL)."""
    holder = await pyferro.connect(url, name="holder")
    try:
        async with holder.transaction():
            await holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield holder
    finally:
        holder.close()


class Slow(Model, table="pipe_slow"):
    id: PK[int]


@pytest.fixture
def postgresql(kind: str) -> None:
    if kind != "postgresql":
        pytest.skip("readers wait for nobody, or there are no pipelines")


async def test_a_slow_one_holds_nobody_up(
    db: Database, url: str, create: Create, postgresql: None
) -> None:
    await asyncio.to_thread(create, Slow)
    async with opened(url, "pool_size=4") as small:
        await get(small, 1)
        async with locked(url, "pipe_slow"):
            tasks = [asyncio.create_task(awaiting(get(small, i))) for i in range(1, 11)]
            slow = asyncio.create_task(awaiting(Slow.using(small).all()))
            tasks += [asyncio.create_task(awaiting(get(small, i))) for i in range(11, 41)]
            found = await asyncio.wait_for(asyncio.gather(*tasks), 5)
            assert [one.id for one in found] == list(range(1, 41))
            # And later ones neither.
            more = await asyncio.wait_for(asyncio.gather(*(get(small, i) for i in range(1, 41))), 5)
            assert [one.id for one in more] == list(range(1, 41))
            assert not slow.done()
        assert await asyncio.wait_for(slow, 5) == []
        assert (await rested(small))[1] == 0


async def test_a_deadline_is_of_one_alone(
    db: Database, url: str, create: Create, postgresql: None
) -> None:
    await asyncio.to_thread(create, Slow)
    async with opened(url, "pool_size=4") as small:
        await get(small, 1)
        async with locked(url, "pipe_slow"):
            start = time.monotonic()
            slow = awaiting(Slow.using(small).all().timeout(0.3))
            tasks = (get(small, i) for i in range(1, 31))
            error, *found = await asyncio.gather(slow, *tasks, return_exceptions=True)
            assert isinstance(error, QueryTimeout) and 0.25 < time.monotonic() - start < 2
            assert [one.id for one in found] == list(range(1, 31))
            # The server has stopped, although the lock is still there.
            assert (await rested(small))[1] == 0
        assert await Slow.using(small).all() == []


async def test_a_deadline_of_the_database_holds_too(
    db: Database, url: str, create: Create, postgresql: None
) -> None:
    await asyncio.to_thread(create, Slow)
    async with opened(url, "pool_size=4&statement_timeout=0.3") as small:
        async with locked(url, "pipe_slow"):
            asked = (awaiting(Slow.using(small).all()) for _ in range(3))
            errors = await asyncio.gather(*asked, get(small, 1), return_exceptions=True)
            assert [type(one) for one in errors[:3]] == [QueryTimeout] * 3
            assert errors[3].id == 1
        assert (await rested(small))[1] == 0


# --- The session ends


async def test_a_lost_connection_fails_those_on_it(
    db: Database, url: str, create: Create, postgresql: None
) -> None:
    await asyncio.to_thread(create, Slow)
    async with opened(url, "pool_size=2&application_name=pipe_victim") as small:
        await get(small, 1)
        async with locked(url, "pipe_slow") as holder:
            slow = asyncio.create_task(awaiting(Slow.using(small).all()))
            tasks = [asyncio.create_task(awaiting(get(small, i))) for i in range(1, 31)]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await holder.fetch_all(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'pipe_victim'"
            )
            found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
            for i, what in enumerate(found, 1):
                assert isinstance(what, ConnectionFailed) or what.id == i, what
            with pytest.raises(ConnectionFailed):
                await asyncio.wait_for(slow, 10)
        assert [one.id for one in await asyncio.gather(*(get(small, i) for i in (1, 2, 3)))] == [
            1,
            2,
            3,
        ]
        opened_now, busy = await rested(small)
        assert busy == 0 and opened_now <= 2


# --- Prepared statements


async def test_a_changed_table_is_prepared_anew(db: Database, url: str, postgresql: None) -> None:
    async with opened(url, "pool_size=2") as small:
        await asyncio.gather(*(get(small, i) for i in range(1, 21)))
        await db.execute("ALTER TABLE pipe_fruit ALTER COLUMN n TYPE numeric")
        found = await asyncio.gather(*(get(small, i) for i in range(1, 21)))
        assert [one.n for one in found] == list(range(1, 21))
        assert (await rested(small))[1] == 0


async def test_statements_that_the_server_has_forgotten(
    db: Database, url: str, postgresql: None
) -> None:
    async with opened(url, "pool_size=1") as small:
        await asyncio.gather(*(get(small, i) for i in range(1, 21)))
        await small.execute("DEALLOCATE ALL")
        found = await asyncio.gather(*(get(small, i) for i in range(1, 21)))
        assert [one.id for one in found] == list(range(1, 21))


async def test_more_statements_than_are_kept(db: Database, url: str, kind: str) -> None:
    shapes = [
        lambda i, k=k: (
            Fruit.using(small).where(id=i).limit(1 + k).select("id", *["n"] * (k % 2)).first()
        )
        for k in range(8)
    ]
    async with opened(url, "pool_size=2&statement_cache=2") as small:
        for _ in range(5):
            asked = (awaiting(shapes[i % 8](i)) for i in range(1, 41))
            found = await asyncio.gather(*asked)
            assert [one[0] if isinstance(one, tuple) else one for one in found] == list(
                range(1, 41)
            )
        if kind == "postgresql":
            kept = await small.fetch_one("SELECT count(*) AS n FROM pg_prepared_statements")
            assert kept is not None and kept["n"] <= 30


# --- What is large


async def test_large_results_and_full_sockets(db: Database, url: str, kind: str) -> None:
    """More goes out and comes in than sockets hold, both at once."""
    size = 1_000_000 if kind == "postgresql" else 60_000
    await Fruit.where(id=1).update(name="x" * size)
    async with opened(url, "pool_size=2") as small:
        keys = list(range(2, 3000))

        def ask(i: int) -> Any:
            if i % 10 == 0:
                return awaiting(get(small, 1))
            return awaiting(
                Fruit.using(small).where(id__in=[1 + i % ROWS, *keys[ROWS:]]).select("id").all()
            )

        found = await asyncio.wait_for(asyncio.gather(*(ask(i) for i in range(200))), 60)
        for i, what in enumerate(found):
            if i % 10 == 0:
                assert len(what.name) == size
            else:
                assert what == [1 + i % ROWS]
        assert (await rested(small))[1] == 0


# --- The pool


async def test_few_connections_serve_many_tasks(db: Database, url: str, postgresql: None) -> None:
    async with opened(url, "pool_size=10") as small:
        for _ in range(5):
            await asyncio.gather(*(get(small, i) for i in range(1, ROWS + 1)))
        pool = small.stats().pool
        assert pool.opened <= 2 and pool.waits == 0 and pool.acquired < 40
        assert (await rested(small))[1] == 0
    async with opened(url, "pool_size=10&pipelining=off") as small:
        await asyncio.gather(*(get(small, i) for i in range(1, ROWS + 1)))
        assert small.stats().pool.acquired >= ROWS  # each has one of its own


async def test_who_needs_a_connection_gets_it(db: Database, url: str, kind: str) -> None:
    """Tasks that read without end, and a transaction beside them."""
    done = False

    async def reads(i: int) -> None:
        while not done:
            assert (await get(small, i)).id == i

    async with opened(url, "pool_size=1") as small:
        tasks = [asyncio.create_task(reads(i)) for i in range(1, 21)]
        await asyncio.sleep(0.02)
        for _ in range(5):
            async with asyncio.timeout(5):
                async with small.transaction():
                    assert await Fruit.using(small).count() == ROWS
        done = True
        await asyncio.wait_for(asyncio.gather(*tasks), 5)
        assert small.stats().pool.longest_busy == 0


async def test_a_connection_in_steady_use_was_not_forgotten(
    db: Database, url: str, kind: str
) -> None:
    end = time.monotonic() + 0.5

    async def reads(i: int) -> None:
        while time.monotonic() < end:
            await get(small, i)

    async with opened(url, "pool_size=4") as small:
        tasks = [asyncio.create_task(reads(i)) for i in range(1, 11)]
        longest = 0.0
        while time.monotonic() < end:
            await asyncio.sleep(0.02)
            longest = max(longest, small.stats().pool.longest_busy)
        await asyncio.gather(*tasks)
        assert longest < 0.4


async def test_closing_waits_for_what_is_under_way(db: Database, url: str, kind: str) -> None:
    small = await pyferro.connect(f"{url}{'&' if '?' in url else '?'}pool_size=2", name="small")
    tasks = [asyncio.create_task(awaiting(get(small, i))) for i in range(1, 21)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await small.close(timeout=5)
    found = await asyncio.gather(*tasks, return_exceptions=True)
    for i, what in enumerate(found, 1):
        assert isinstance(what, pyferro.InterfaceError) or what.id == i, what
    with pytest.raises(pyferro.InterfaceError):
        await get(small, 1)
    assert small.native.pool == (0, 0)


# --- Around it


async def test_each_statement_is_told_of(db: Database) -> None:
    events: list[Any] = []
    stop = db.on_statement(events.append)
    await asyncio.gather(*(get(db, i) for i in range(1, 31)))
    stop()
    assert len(events) == 30
    assert {(event.operation, event.rows, event.error) for event in events} == {("SELECT", 1, None)}


async def test_results_are_made_in_the_context_of_their_task(db: Database) -> None:
    """Validators and hooks see the variables of the task that asked, not of a neighbour."""
    who: contextvars.ContextVar[int] = contextvars.ContextVar("who", default=0)
    seen: dict[int, int] = {}

    class Watched(Model, table="pipe_fruit"):
        id: PK[int]
        name: str

        @field_validator("id")
        @classmethod
        def look(cls, value: int) -> int:
            seen[value] = who.get()
            return value

    async def ask(i: int) -> None:
        who.set(i)
        await Watched.where(id=i).one()
        assert who.get() == i

    await asyncio.gather(*(ask(i) for i in range(1, 31)))
    assert seen == {i: i for i in range(1, 31)}


async def test_writes_and_transactions_beside_reads(db: Database, url: str) -> None:
    async def write(i: int) -> None:
        await Fruit.using(small).where(id=i).update(n=1000 + i)
        assert (await get(small, i)).n == 1000 + i  # what a task has written it reads

    async def move(i: int) -> None:
        async with small.transaction():
            await Fruit.using(small).where(id=i).update(n=2000 + i)
            assert (await get(small, i)).n == 2000 + i

    async with opened(url, "pool_size=4") as small:
        work = [write(i) if i % 2 else move(i) for i in range(1, ROWS + 1)]
        await asyncio.gather(*work, *(awaiting(get(small, i)) for i in range(1, ROWS + 1)))
        found = await Fruit.using(small).order_by("id").all()
        assert [one.n for one in found] == [
            (1000 if i % 2 else 2000) + i for i in range(1, ROWS + 1)
        ]
        assert (await rested(small))[1] == 0
