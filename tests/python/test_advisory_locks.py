"""Locks of names, and messages between sessions."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest
from conftest import Create
from support.pool import settled
from support.proxy import Proxy

import pyferro
from pyferro import (
    PK,
    ConnectionFailed,
    Database,
    InterfaceError,
    LockNotAvailable,
    Model,
    UnsupportedFeature,
    transaction,
)


class Entry(Model, table="lock_entry"):
    id: PK[int]
    n: int = 0


@pytest.fixture
def locking(db: Database, kind: str, create: Create) -> Database:
    if kind == "sqlite":
        with pytest.raises(UnsupportedFeature, match="one writer at a time"):
            db.advisory_lock("a").__enter__()
        pytest.skip("SQLite refuses")
    create(Entry)
    return db


@pytest.fixture
def other(locking: Database, url: str) -> Iterator[Database]:
    database = pyferro.connect(url, name="other").run()
    yield database
    database.close()


def taken(db: Database, key: int | str) -> bool:
    try:
        with db.advisory_lock(key, timeout=0):
            return False
    except LockNotAvailable:
        return True


@pytest.mark.parametrize("key", ["nightly", "Nightly", "ü" * 100, 7, -(1 << 63)])
def test_one_at_a_time(locking: Database, other: Database, key: int | str) -> None:
    with locking.advisory_lock(key):
        assert taken(other, key)
        assert not taken(other, "nightly!")
        assert not taken(other, f"{key}".swapcase() + "x")
        # The block's own work is not part of it.
        with transaction():
            Entry.create().run()
    assert not taken(other, key)
    assert Entry.count().run() == 1
    assert locking.native.pool[1] == other.native.pool[1] == 0


def test_names_tell_capitals(locking: Database, other: Database) -> None:
    with locking.advisory_lock("job"):
        assert not taken(other, "JOB")


def test_a_block_that_raises_gives_it_back(locking: Database, other: Database) -> None:
    with pytest.raises(KeyError), locking.advisory_lock("a"):
        raise KeyError
    assert not taken(other, "a")


def test_waiting_for_it_ends(locking: Database, other: Database) -> None:
    with locking.advisory_lock("a"):
        start = time.monotonic()
        with pytest.raises(LockNotAvailable), other.advisory_lock("a", timeout=0.3):
            pass
        assert 0.25 < time.monotonic() - start < 3
        assert settled(other)[1] == 0
    with other.advisory_lock("a", timeout=5):
        pass
    for wrong in ("a", None):
        with pytest.raises((ValueError, TypeError)):
            locking.advisory_lock(wrong, timeout=-1)  # type: ignore[arg-type]


def test_who_waits_gets_it(locking: Database, other: Database) -> None:
    order: list[str] = []

    def work() -> None:
        with other.advisory_lock("a"):
            order.append("second")

    with locking.advisory_lock("a"):
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


async def test_a_cancelled_wait_or_block_leaves_no_lock(locking: Database, other: Database) -> None:
    async def hold(database: Database) -> None:
        async with database.advisory_lock("a"):
            await asyncio.sleep(60)

    holder = asyncio.create_task(hold(locking))
    await asyncio.sleep(0.2)
    waiter = asyncio.create_task(hold(other))
    await asyncio.sleep(0.2)
    waiter.cancel()
    await asyncio.sleep(0.1)
    holder.cancel()
    await asyncio.gather(holder, waiter, return_exceptions=True)
    assert settled(locking)[1] == settled(other)[1] == 0
    assert not await asyncio.to_thread(taken, other, "a")
    assert not await asyncio.to_thread(taken, locking, "a")


# --- LISTEN and NOTIFY


@pytest.fixture
def hearing(db: Database, kind: str) -> Database:
    if kind != "postgresql":
        with pytest.raises(UnsupportedFeature, match="now and then"):
            db.listen("a").__enter__()
        with pytest.raises(UnsupportedFeature, match="now and then"):
            db.notify("a")
        pytest.skip("only PostgreSQL sends messages")
    return db


async def test_messages_come_in_order(hearing: Database) -> None:
    odd = 'a "b" ü'
    async with hearing.listen("jobs", odd) as messages:
        await hearing.notify("jobs", "1")
        await hearing.notify("elsewhere", "2")
        await hearing.notify(odd, "ü3")
        await hearing.notify("jobs")
        first = await anext(messages)
        assert (first.channel, first.payload) == ("jobs", "1")
        assert first.pid > 0
        assert (await anext(messages))[:2] == (odd, "ü3")
        assert (await anext(messages))[:2] == ("jobs", "")
        received: list[str] = []

        async def receive() -> None:
            async for one in messages:
                received.append(one.payload)
                if one.payload == "199":
                    return

        task = asyncio.create_task(receive())
        async with hearing.transaction():
            for i in range(200):
                await hearing.notify("jobs", str(i))
            await asyncio.sleep(0.1)
            assert received == []  # not before the commit
        await asyncio.wait_for(task, 10)
        assert received == [str(i) for i in range(200)]


def test_messages_in_a_thread_of_ones_own(hearing: Database) -> None:
    with hearing.listen("jobs") as messages:
        hearing.notify("jobs", "a").run()
        assert next(messages).payload == "a"
    with pytest.raises(InterfaceError, match="nobody listens"):
        next(messages)


async def test_a_connection_that_has_listened_hears_no_more(hearing: Database, url: str) -> None:
    one = await pyferro.connect(f"{url}{'&' if '?' in url else '?'}pool_size=1", name="one")
    for _ in range(3):
        async with one.listen("jobs"):
            await hearing.notify("jobs", "lost")
        # The same connection, once it has been tidied up.
        assert await pyferro.select(pyferro.sql("1", type=int)).using(one).one() == 1
    async with one.listen("jobs") as messages:
        await hearing.notify("jobs", "new")
        assert (await anext(messages)).payload == "new"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(messages), 0.1)
        with pytest.raises(InterfaceError, match="cancelled"):
            await anext(messages)
    assert one.native.pool[0] == 1


def test_a_line_that_breaks_ends_the_loop(hearing: Database, url: str) -> None:
    with Proxy(url) as proxy:
        far = pyferro.connect(proxy.url, name="far").run()
        with far.listen("jobs") as messages:
            hearing.notify("jobs", "a").run()
            assert next(messages).payload == "a"
            proxy.close()
            with pytest.raises(ConnectionFailed):
                next(messages)
        far.close()


def test_names_of_channels_are_checked(hearing: Database) -> None:
    for wrong in ("", "x" * 64, "a\0b"):
        with pytest.raises(InterfaceError):
            hearing.listen(wrong).__enter__()
    with pytest.raises(TypeError):
        hearing.listen()
    assert hearing.native.pool[1] == 0
