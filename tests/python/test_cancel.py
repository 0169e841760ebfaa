"""Cancelled tasks: the server stops, the pool stays whole, and the next statement is safe.

The sweep runs scenarios again and again, and cancels at the first, second, … point where the task
gives the loop a turn, until there are no more such points.
"""

from __future__ import annotations

import asyncio
import time
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import pytest
from conftest import Create
from support.cut import SCENARIOS, URL, WHOLE, Entry, awaiting, block
from support.pool import rested
from support.proxy import Proxy
from support.slow import running, slow, watcher

import pyferro
from pyferro import (
    Database,
    select,
    sql,
    transaction,
)


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Entry)
    Entry.bulk_create([Entry(name=f"n{i}", n=i) for i in range(1, 4)]).run()  # with keys 1 to 3


async def test_a_cancelled_task_stops_the_server(db: Database, kind: str, url: str) -> None:
    before = db.native.pool[0]
    task = asyncio.create_task(awaiting(slow(kind).one()))
    await asyncio.sleep(0.2)
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # Nobody waits for the cancellation; it is quick all the same.
    assert time.monotonic() - start < 0.2
    assert await rested(db) == (before, 0)
    seen = await asyncio.to_thread(watcher, url)
    assert await asyncio.to_thread(running, kind, seen) == 0
    assert await Entry.count() == 3
    assert await rested(db) == (before, 0)


async def test_a_statement_that_was_only_just_sent_is_stopped_too(
    db: Database, kind: str, url: str
) -> None:
    """A cancellation that comes before the server has read the statement is not lost."""
    seen = await pyferro.connect(url, name="seen")
    for _ in range(12):
        task = asyncio.create_task(awaiting(slow(kind).one()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await rested(db, 4))[1] == 0
    assert await asyncio.to_thread(running, kind, seen) == 0
    assert await Entry.count() == 3


@pytest.mark.server
@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql"])
async def test_a_statement_that_the_server_reads_late_is_stopped_too(
    db: Database, kind: str, url: str
) -> None:
    """The cancellation is there before it, and finds a session that does nothing."""
    word = "pg_sleep" if kind == "postgresql" else "SLEEP"
    seconds = "octet_length({tag})" if kind == "postgresql" else "OCTET_LENGTH({tag})"
    text = f"({word}({seconds})::text)" if kind == "postgresql" else f"{word}({seconds})"
    with Proxy(url) as proxy:
        far = await pyferro.connect(proxy.url, name="far")
        tag = "the statement with this value"  # of which MySQL sends no word before it is executed
        proxy.arm(tag.encode(), "late")
        task = asyncio.create_task(awaiting(select(sql(text, tag=tag)).using(far).one()))
        while not proxy.met:
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await rested(far, 4) == (1, 0)  # the same connection, which has answered
        assert proxy.met == 1
        far.close()
    seen = await pyferro.connect(url, name="seen")
    assert await asyncio.to_thread(running, kind, seen) == 0


async def test_a_cancelled_transaction_is_rolled_back(db: Database, kind: str) -> None:
    async def work() -> None:
        async with transaction():
            await Entry.create(name="gone")
            await slow(kind).one()

    task = asyncio.create_task(work())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await rested(db)
    assert await Entry.count() == 3


async def test_a_late_cancellation_never_meets_the_next_statement(
    db: Database, url: str, kind: str
) -> None:
    """One connection, and statements that are cancelled when they are about to end."""
    one = pyferro.connect(f"{url}{'&' if '?' in url else '?'}pool_size=1", name="one")
    database = await one
    for i in range(40):
        task = asyncio.create_task(awaiting(Entry.using(database).where(n__gte=0).all()))
        for _ in range(i % 4):
            await asyncio.sleep(0)
        if i % 5 == 4:
            await asyncio.sleep(0.0005 * (i % 3))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        # Straight after it, on the same connection: neither its rows nor its cancellation.
        assert await Entry.using(database).select("name").order_by("id").all() == ["n1", "n2", "n3"]
    assert (await rested(database))[1] == 0


async def test_many_tasks_and_random_cancellations(db: Database, url: str, kind: str) -> None:
    import random

    chance = random.Random(7)
    small = await pyferro.connect(f"{url}{'&' if '?' in url else '?'}pool_size=3", name="small")
    wrong: list[Any] = []

    async def work(i: int) -> None:
        key = i % 3 + 1
        if i % 4 == 0:
            async with small.transaction():
                await Entry.using(small).where(id=key).update(n=key)
                found = await Entry.using(small).get(key)
        else:
            found = await Entry.using(small).get(key)
        if (found.id, found.name) != (key, f"n{key}"):
            wrong.append(found)

    tasks = [asyncio.create_task(work(i)) for i in range(150)]
    for _ in range(60):
        await asyncio.sleep(chance.random() * 0.004)
        chance.choice(tasks).cancel()
    done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)
    assert wrong == []
    assert {type(one) for one in done} <= {type(None), asyncio.CancelledError}
    assert (await rested(small))[1] == 0
    assert await Entry.using(small).count() == 3


# --- The sweep


@types.coroutine
def cutting(body: Coroutine[Any, Any, Any], at: int) -> Generator[Any, Any, int]:
    """Runs `body`, cancels the running task at its suspension number `at`; how many there were."""
    task = asyncio.current_task()
    assert task is not None
    count = 0
    step: Callable[[], Any] = lambda: body.send(None)  # noqa: E731
    while True:
        try:
            waited = step()
        except StopIteration:
            return count
        count += 1
        if count == at:
            task.cancel()
        try:
            sent = yield waited
        except BaseException as error:
            caught = error
            step = lambda: body.throw(caught)  # noqa: B023, E731
        else:
            step = lambda: body.send(sent)  # noqa: B023, E731


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)
async def test_a_cancellation_at_any_point_leaves_the_pool_whole(
    scenario: Callable[[], Coroutine[Any, Any, None]], url: str, db: Database
) -> None:
    allowed = WHOLE.get(scenario.__name__, {3})
    URL[0] = url
    pyferro.reset_engine()
    db = await pyferro.connect(url + ("&pool_size=3" if "?" in url else "?pool_size=3"))
    at = 0
    while True:
        at += 1
        assert at < 200
        task = asyncio.create_task(run_cut(scenario(), at))
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        opened, busy = await rested(db)
        assert busy == 0, f"cut at {at}: a connection is lost"
        assert opened <= 3
        assert await Entry.select("name").where(id=3).one() == "n3"
        count = await Entry.count()
        assert count in allowed, f"cut at {at}: {count} rows"
        changed = await Entry.where(n=7).count()
        assert changed in (0, 1)
        if scenario is block:
            assert (count, changed) in ((3, 0), (4, 1)), f"cut at {at}"
        await Entry.where(id__gt=3).delete()
        await Entry.where(n=7).update(n=1)
        if isinstance(outcome, int) and outcome < at:
            break  # it came to its end: every point has been cut
        assert isinstance(outcome, (int, asyncio.CancelledError)), repr(outcome)


async def run_cut(body: Coroutine[Any, Any, None], at: int) -> int:
    return await cutting(body, at)
