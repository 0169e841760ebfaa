"""Functions that run again when a concurrent transaction was in the way."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from conftest import Create

import pyferro
from pyferro import (
    PK,
    Database,
    DeadlockError,
    InterfaceError,
    LockNotAvailable,
    Model,
    SerializationError,
    transaction,
)
from pyferro.runtime import retry


class Account(Model, table="retry_account"):
    id: PK[int]
    money: int


class Boom(Exception):
    pass


@pytest.fixture(autouse=True)
def tables(create: Create, monkeypatch: pytest.MonkeyPatch) -> None:
    create(Account)
    Account.bulk_create([Account(id=1, money=100), Account(id=2, money=100)]).run()


def money() -> list[int]:
    return Account.select("money").order_by("id").all().run()


def failing(times: int, error: Exception) -> tuple[list[int], Any]:
    """A function that changes something and then fails, the first times it is called."""
    calls: list[int] = []

    def work(add: int) -> int:
        calls.append(add)
        Account.where(id=1).update(lambda a: {"money": a.money + add}).run()
        if len(calls) <= times:
            raise error
        return len(calls)

    return calls, work


def test_the_whole_function_runs_again(db: Database) -> None:
    calls, work = failing(2, SerializationError("no"))
    assert db.run(work, 5).run() == 3
    assert calls == [5, 5, 5]
    assert money() == [105, 100]


def test_attempts_come_to_an_end(db: Database) -> None:
    calls, work = failing(9, DeadlockError("no"))
    with pytest.raises(DeadlockError):
        db.retrying(attempts=4)(work)(1)
    assert len(calls) == 4
    assert money() == [100, 100]


def test_other_errors_come_out_at_once(db: Database) -> None:
    calls, work = failing(1, Boom())
    with pytest.raises(Boom):
        db.run(work, 1).run()
    calls, work = failing(1, LockNotAvailable("no"))
    assert db.retrying(on=(LockNotAvailable,))(work)(1) == 2
    assert len(calls) == 2


async def test_asynchronous_functions(db: Database) -> None:
    calls = 0

    @db.retrying(attempts=3)
    async def work(add: int) -> str:
        nonlocal calls
        calls += 1
        await Account.where(id=1).update(lambda a: {"money": a.money + add})
        if calls < 3:
            raise SerializationError("no")
        return "done"

    assert work.__name__ == "work"
    assert await work(7) == "done"
    assert await Account.select("money").where(id=1).one() == 107
    assert await db.run(work, 1) == "done"


async def test_the_wrong_way_to_wait_is_refused(db: Database) -> None:
    async def work() -> None: ...

    with pytest.raises(InterfaceError, match="await this"):
        db.run(work).run()
    with pytest.raises(InterfaceError, match="not asynchronous"):
        await db.run(lambda: None)
    with pytest.raises(InterfaceError, match="timeout"):
        db.run(work).timeout(1)
    with pytest.raises(TypeError, match="generator"):

        @db.retrying()
        def numbers() -> Any:
            yield 1

    with pytest.raises(ValueError, match="at least 1"):
        db.retrying(attempts=0)


def test_within_a_transaction_it_is_a_savepoint_and_runs_once(db: Database) -> None:
    calls, work = failing(1, SerializationError("no"))
    with transaction():
        Account.where(id=2).update(money=0).run()
        with pytest.raises(SerializationError):
            db.run(work, 1).run()
        assert len(calls) == 1
    assert money() == [100, 0]


def test_what_fails_after_the_commit_is_not_run_again(db: Database) -> None:
    calls = 0

    def fail() -> None:
        raise SerializationError("from somewhere else")

    def work() -> None:
        nonlocal calls
        calls += 1
        db.on_commit(fail)

    with pytest.raises(SerializationError):
        db.run(work).run()
    assert calls == 1


def test_pauses_grow_and_differ() -> None:
    assert all(0 <= retry.pause(n) <= 0.01 * 2 ** (n - 1) for n in range(1, 8) for _ in range(50))
    assert max(retry.pause(99) for _ in range(50)) <= 1
    assert len({retry.pause(5) for _ in range(20)}) > 10


def test_transfers_that_cross_each_other_all_arrive(db: Database, kind: str, url: str) -> None:
    """Deadlocks and serialization failures as the servers make them, some of them at COMMIT."""
    if kind == "sqlite":
        db.close()
        db = pyferro.connect(f"{url}?journal_mode=wal").run()
    ran = threading.local()
    attempts = 0

    @db.retrying(attempts=50, isolation="serializable", immediate=False, on=(
        SerializationError, DeadlockError, LockNotAvailable,
    ))  # fmt: skip
    def transfer(source: int, target: int) -> None:
        nonlocal attempts
        attempts += 1
        ran.count = getattr(ran, "count", 0) + 1
        have = {a.id: a.money for a in Account.where(Account.id.in_([source, target])).all().run()}
        Account.where(id=source).update(money=have[source] - 1).run()
        Account.where(id=target).update(money=have[target] + 1).run()

    failures: list[BaseException] = []

    def work(source: int, target: int) -> None:
        try:
            for _ in range(10):
                transfer(source, target)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in [(1, 2), (2, 1), (1, 2)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert money() == [90, 110]
    assert attempts >= 30


async def test_a_serialization_failure_at_commit_is_run_again(db: Database, kind: str) -> None:
    """Write skew: each reads what the other writes. PostgreSQL finds it out as late as COMMIT."""
    if kind != "postgresql":
        pytest.skip("only PostgreSQL finds it out at COMMIT")
    both = asyncio.Barrier(2)
    runs = 0

    @db.retrying(isolation="serializable")
    async def take(one: int) -> None:
        nonlocal runs
        runs += 1
        total = sum(await Account.select("money").all())
        if runs <= 2:
            await both.wait()
        if total >= 150:
            await Account.where(id=one).update(lambda a: {"money": a.money - 100})
        if runs <= 2:
            await both.wait()

    await asyncio.gather(take(1), take(2))
    assert runs >= 3
    assert sum(await Account.select("money").all()) == 100
