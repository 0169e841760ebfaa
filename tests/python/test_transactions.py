"""Transactions and savepoints, sync and async."""

from __future__ import annotations

import asyncio
import threading

import pytest
from conftest import Create

import pyferro
from pyferro import (
    PK,
    Database,
    Field,
    InterfaceError,
    Model,
    UniqueViolationError,
    engines,
    transaction,
)


class Entry(Model, table="tx_entry"):
    id: PK[int]
    name: str = Field(max_length=20, unique=True)


class Boom(Exception):
    pass


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Entry)


def stored() -> list[str]:
    return Entry.select("name").order_by("name").all().run()


def test_a_block_that_ends_is_committed() -> None:
    with transaction():
        Entry.create(name="a").run()
        Entry.create(name="b").run()
    assert stored() == ["a", "b"]


def test_a_block_that_raises_is_rolled_back() -> None:
    with pytest.raises(Boom), transaction():
        Entry.create(name="a").run()
        raise Boom
    assert stored() == []


def test_an_inner_block_is_a_savepoint() -> None:
    with transaction() as outer:
        Entry.create(name="a").run()
        with pytest.raises(Boom), transaction():
            Entry.create(name="b").run()
            raise Boom
        with outer.savepoint():
            Entry.create(name="c").run()
            with transaction():
                Entry.create(name="d").run()
    assert stored() == ["a", "c", "d"]


def test_a_failed_statement_in_a_savepoint_leaves_the_transaction_usable() -> None:
    with transaction():
        Entry.create(name="a").run()
        with pytest.raises(UniqueViolationError), transaction():
            Entry.create(name="a").run()
        Entry.create(name="b").run()
    assert stored() == ["a", "b"]


def test_bulk_create_joins_the_open_transaction() -> None:
    with pytest.raises(Boom), transaction():
        Entry.bulk_create([Entry(name="a"), Entry(id=9, name="b")]).run()
        assert stored() == ["a", "b"]
        raise Boom
    assert stored() == []


def test_other_connections_do_not_see_what_is_not_committed(url: str) -> None:
    other = pyferro.connect(url, name="other").run()
    with transaction():
        Entry.create(name="a").run()
        assert Entry.using(other).count().run() == 0
        assert Entry.count().run() == 1
    assert Entry.using("other").count().run() == 1


async def test_async_blocks_commit_and_roll_back() -> None:
    async with transaction():
        await Entry.create(name="a")
        with pytest.raises(Boom):
            async with transaction():
                await Entry.create(name="b")
                raise Boom
    with pytest.raises(Boom):
        async with transaction():
            await Entry.create(name="c")
            raise Boom
    assert await Entry.select("name").all() == ["a"]


async def test_a_child_task_must_not_use_its_parents_transaction() -> None:
    async def child() -> int:
        return await Entry.count()

    async with transaction():
        await Entry.create(name="a")
        with pytest.raises(InterfaceError, match="another task"):
            await asyncio.create_task(child())
    assert await asyncio.create_task(child()) == 1


async def test_tasks_have_transactions_of_their_own() -> None:
    async def work(name: str) -> None:
        async with transaction():
            await Entry.create(name=name)
            await asyncio.sleep(0)

    await asyncio.gather(*(work(str(i)) for i in range(8)))
    assert await Entry.count() == 8


async def test_a_cancelled_task_rolls_back() -> None:
    inside = asyncio.Event()

    async def work() -> None:
        async with transaction():
            await Entry.create(name="a")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.wait_for(inside.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await Entry.count() == 0
    await Entry.create(name="b")


async def test_a_thread_that_copied_the_context_is_refused() -> None:
    async with transaction():
        with pytest.raises(InterfaceError, match="another task"):
            await asyncio.to_thread(lambda: Entry.count().run())


def test_threads_have_transactions_of_their_own() -> None:
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            with transaction():
                Entry.create(name=name).run()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(str(i),)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert Entry.count().run() == 4


def test_a_transaction_object_is_for_one_block(db: Database) -> None:
    block = db.transaction()
    with block, pytest.raises(InterfaceError, match="open already"), block:
        pass
    with pytest.raises(InterfaceError, match="not open"):
        block.savepoint()


def test_a_session_directs_calls_to_its_connection(url: str) -> None:
    pyferro.connect(url, name="other").run()
    with engines.session("other") as session:
        assert pyferro.current_session() is session
        with transaction() as tx:
            assert tx.database.name == "other"
            with engines.session() as inner:
                assert inner.connection_name == "default"
        assert session.query(Entry).count().run() == 0
    assert pyferro.current_session() is None
    with pytest.raises(InterfaceError, match="closed"):
        session.query(Entry)


async def test_async_sessions_are_optional() -> None:
    async with engines.session():
        await Entry.create(name="a")
    assert await Entry.count() == 1
