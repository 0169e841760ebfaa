"""The line between pyferro and a server breaks, stalls, or drips, at every place of its talk.

A clean run of a scenario says how many bytes either side sends, in which portions. Then it is run
again and again with a line that ends at one of them. Whatever happens: the error says what is
known, nothing is half-written, the next statement works once the line does, and nothing is left
behind.

A few places for each scenario are run always; FERRO_FAULT_SWEEP=1 runs all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from conftest import Create
from faults.scenarios import PLACE, ROWS, SCENARIOS, Line, Scenario, patiently, stored
from support.pool import settled
from support.proxy import Cut, How, Proxy, Side
from support.things import at_rest, descriptors

import pyferro
from pyferro import CommitUnknown, ConnectionFailed, Database, PoolConfig, QueryTimeout

pytestmark = [
    pytest.mark.server,
    pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql"]),
    pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name),
]

THOROUGH = os.environ.get("FERRO_FAULT_SWEEP") == "1"
# Seconds: of a statement, and of whoever waits for a scenario on a line that says nothing.
STATEMENT, PATIENCE = 0.5, 1.5
HOWS: tuple[How, ...] = ("reset", "close")


@pytest.fixture
def proxy(url: str, kind: str, scenario: Scenario, create: Create) -> Iterator[Proxy]:
    if scenario.name == "listen" and kind != "postgresql":
        pytest.skip("only PostgreSQL has messages")
    create(Line)
    Line.bulk_create(stored()).run()
    pyferro.reset_engine()
    before = descriptors()
    with Proxy(url) as made:
        PLACE[0] = f"{made.url}&connect_timeout=1"
        yield made
    pyferro.reset_engine()
    gc.collect()
    end = time.monotonic() + 8
    while descriptors() > before and time.monotonic() < end:
        time.sleep(0.01)
    assert descriptors() <= before, "descriptors are left open"


async def opened(proxy: Proxy, timeout: float = 20) -> Database:
    return await pyferro.connect(
        f"{proxy.url}&connect_timeout=1&pool_size=2", name="far", statement_timeout=timeout
    )


def places(trace: list[tuple[Side, int]], thorough: bool) -> list[tuple[Side, int]]:
    """Where to cut: around and within each portion; a few of these when not thorough."""
    found: set[tuple[Side, int]] = set()
    passed: dict[Side, int] = {"client": 0, "server": 0}
    for side, size in trace:
        begin = passed[side]
        passed[side] = end = begin + size
        inner = {begin, begin + 1, begin + 4, begin + size // 2, end - 1} if thorough else {end - 1}
        found |= {(side, at) for at in inner | {end} if begin <= at <= end}
    ordered = sorted(found, key=lambda place: (place[1], place[0]))
    return ordered if thorough else ordered[:: max(1, len(ordered) // 4)]


async def measure(near: Database, proxy: Proxy, scenario: Scenario) -> list[tuple[Side, int]]:
    """The portions of a clean run on a fresh connection, from its first statement on."""
    db = await opened(proxy)
    await db.ping()
    proxy.cut(None)
    assert await patiently(scenario, db, 20) is None
    trace = list(proxy.trace)
    db.close()
    await at_rest(near, 0)
    await restore(near)
    return trace


async def restore(near: Database) -> None:
    """The rows as they were."""
    await Line.using(near).where(Line.id > ROWS).delete()
    await Line.using(near).where(n=7).update(n=0)


@pytest.fixture
async def near(url: str, proxy: Proxy) -> AsyncIterator[Database]:
    """The database by a line that nothing happens to, on one connection."""
    near = await pyferro.connect(url, name="near", pool=PoolConfig(max_connections=1))
    yield near
    await at_rest(near, 0)


async def judge(
    near: Database, db: Database, scenario: Scenario, error: Exception | None, where: object
) -> None:
    """Whether the outcome is one that may be, and what is stored agrees with it."""
    assert (await asyncio.to_thread(settled, db))[1] == 0, f"{where}: a connection is lost"
    await at_rest(near, db.native.pool[0])
    found = (await Line.using(near).count(), await Line.using(near).where(n=7).count())
    none, whole = (ROWS, 0), (scenario.rows, scenario.changed)
    if error is None:
        allowed = {whole}
    elif isinstance(error, ConnectionFailed):
        allowed = {none}
        assert error.retryable, where
        assert not error.connection_ok, where
    elif isinstance(error, CommitUnknown):
        assert scenario.writes, where
        assert not error.retryable, where
        assert not error.connection_ok, where
        allowed = {none, whole}
    else:
        assert isinstance(error, (QueryTimeout, TimeoutError)), f"{where}: {error!r}"
        allowed = {none, whole}
    assert found in allowed, f"{where}: {error!r} and {found}"
    await restore(near)


async def go_on(db: Database, where: object, unnoticed: bool = False) -> None:
    """The line is good again, and so is the pool.

    What broke when the scenario was over, nobody has noticed: the next statement does, unless the
    connection has been idle for half a second, when it is looked at before it is used.
    """
    assert db.stats().pool.waiting == 0, where
    if unnoticed:
        with contextlib.suppress(ConnectionFailed):
            await db.ping()
    assert [one async for one in Line.using(db).select("name").where(id=3).stream()] == ["n3"]
    async with db.transaction():
        assert await Line.using(db).count() == ROWS, where


async def test_a_line_that_breaks(near: Database, proxy: Proxy, scenario: Scenario) -> None:
    met = 0
    for side, at in places(await measure(near, proxy, scenario), THOROUGH):
        for how in HOWS if THOROUGH else HOWS[at % 2 :][:1]:
            where = f"{how} after {at} bytes of the {side}"
            db = await opened(proxy)
            await db.ping()
            proxy.cut(Cut(how, side, at))
            error = await patiently(scenario, db, 20)
            met += error is not None
            assert not isinstance(error, TimeoutError), where
            proxy.disarm()
            await judge(near, db, scenario, error, where)
            await go_on(db, where, error is None or scenario.name == "connect")
            db.close()
    assert met, "no cut was met"


async def test_a_line_that_falls_silent(near: Database, proxy: Proxy, scenario: Scenario) -> None:
    """Nothing is reset and nothing closed: deadlines end it."""
    found = places(await measure(near, proxy, scenario), THOROUGH)
    for side, at in found if THOROUGH else found[1:2]:
        where = f"silence after {at} bytes of the {side}"
        db = await opened(proxy, STATEMENT)
        await db.ping()
        proxy.cut(Cut("blackhole", side, at))
        begun = time.monotonic()
        error = await patiently(scenario, db, PATIENCE + 4)
        took = time.monotonic() - begun
        if scenario.name == "listen" and isinstance(error, TimeoutError):
            took = 0  # it waits for as long as it is let
        assert took < PATIENCE + 2, f"{where}: {took:.1f} s, {error!r}"
        proxy.disarm()
        await judge(near, db, scenario, error, where)
        await go_on(db, where, error is None or scenario.name == "connect")
        db.close()


async def test_a_line_that_drips(near: Database, proxy: Proxy, scenario: Scenario) -> None:
    """One byte at a time is the same talk, and never holds the loop."""
    db = await opened(proxy)
    for piece, pause in ((1, 0.0), (1, 0.0005), (61, 0.002)):
        if not THOROUGH and (pause == 0.0005 or (scenario.name == "bulk" and piece == 1)):
            continue
        if scenario.name == "bulk" and pause == 0.0005:
            continue  # a minute of it
        proxy.slice(piece, pause)
        error = await patiently(scenario, db, 60)
        assert error is None, f"{piece} bytes at a time: {error!r}"
        proxy.disarm()
        await judge(near, db, scenario, None, piece)
    await go_on(db, "dripping")
    db.close()
