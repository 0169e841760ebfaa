"""What is called after a commit, and never after a rollback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from conftest import Create

from pyferro import PK, Database, Field, InterfaceError, Model, UniqueViolationError, transaction


class Entry(Model, table="on_commit_entry"):
    id: PK[int]
    name: str = Field(max_length=20, unique=True)


class Boom(Exception):
    pass


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Entry)


def saying(said: list[str], word: str) -> Callable[[], None]:
    return lambda: said.append(f"{word}{Entry.count().run()}")


def test_it_is_called_after_the_commit_in_order() -> None:
    said: list[str] = []
    with transaction() as tx:
        tx.on_commit(saying(said, "a"))
        Entry.create(name="x").run()
        tx.on_commit(saying(said, "b"))
        assert said == []
    assert said == ["a1", "b1"]


def test_it_is_not_called_after_a_rollback() -> None:
    said: list[str] = []
    with pytest.raises(Boom), transaction() as tx:
        tx.on_commit(saying(said, "a"))
        raise Boom
    assert said == []


def test_it_is_not_called_when_the_commit_fails(db: Database) -> None:
    said: list[str] = []
    with pytest.raises(UniqueViolationError), transaction() as tx:
        tx.on_commit(saying(said, "a"))
        Entry.create(name="x").run()
        Entry.create(name="x").run()
    assert said == []


def test_a_savepoint_that_is_rolled_back_forgets_what_was_said_in_it(db: Database) -> None:
    said: list[str] = []
    with transaction() as tx:
        tx.on_commit(saying(said, "a"))
        with tx.savepoint():
            db.on_commit(saying(said, "b"))
            with pytest.raises(Boom), transaction():
                # Of the outermost by name, and yet of the savepoint that it is said in.
                tx.on_commit(saying(said, "c"))
                raise Boom
        with pytest.raises(Boom), tx.savepoint() as inner:
            with inner.savepoint() as innermost:
                innermost.on_commit(saying(said, "d"))
            raise Boom
        tx.on_commit(saying(said, "e"))
        assert said == []
    assert said == ["a0", "b0", "e0"]


async def test_asynchronous_functions_are_awaited() -> None:
    said: list[int] = []

    async def say() -> None:
        await asyncio.sleep(0)
        said.append(await Entry.count())

    async with transaction() as tx:
        await Entry.create(name="x")
        tx.on_commit(say)
        async with tx.savepoint():
            tx.on_commit(lambda: said.append(0))
            await Entry.create(name="y")
    assert said == [2, 0]


def test_an_asynchronous_function_needs_async_with() -> None:
    async def say() -> None:
        raise AssertionError

    with pytest.raises(InterfaceError, match="async with"), transaction() as tx:
        Entry.create(name="x").run()
        tx.on_commit(say)
    assert Entry.count().run() == 1


def test_all_are_called_whatever_one_of_them_raises() -> None:
    said: list[str] = []

    def boom() -> None:
        raise Boom

    with pytest.raises(Boom) as one, transaction() as tx:
        tx.on_commit(boom)
        tx.on_commit(saying(said, "a"))
        Entry.create(name="x").run()
    assert said == ["a1"]
    assert any("committed" in note for note in one.value.__notes__)
    with pytest.raises(ExceptionGroup) as many, transaction() as tx:
        tx.on_commit(boom)
        tx.on_commit(boom)
    assert len(many.value.exceptions) == 2


def test_without_a_transaction_there_is_nothing_to_wait_for(db: Database) -> None:
    with pytest.raises(InterfaceError, match="no transaction is open"):
        db.on_commit(print)
    with transaction() as tx:
        pass
    with pytest.raises(InterfaceError, match="not open"):
        tx.on_commit(print)


async def test_another_task_cannot_speak_for_the_transaction() -> None:
    async with transaction() as tx:

        async def child() -> None:
            tx.on_commit(print)

        with pytest.raises(InterfaceError, match="another task"):
            await asyncio.create_task(child())
