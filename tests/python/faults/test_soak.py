"""A crowd at work for long: nothing grows, nothing is lost, and nobody waits for ever.

Tasks share 10 connections, and are cancelled at random. A moment of it runs always, with 150 tasks;
FERRO_SOAK_SECONDS=60 says for how long on each database, with 1,000, and -s shows the figures.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Create
from support.pool import settled
from support.things import at_rest, descriptors

import pyferro
from pyferro import PK, Database, DeadlockError, Field, LockNotAvailable, Model, PoolConfig

SECONDS = float(os.environ.get("FERRO_SOAK_SECONDS", "3"))
TASKS = 1000 if SECONDS >= 30 else 150
CONNECTIONS, ROWS, KEPT = 10, 200, 24
# What a process may gain after its first third: the allocator breathes, a leak goes on.
MEGABYTES = 6.0


class Soak(Model, table="fault_soak"):
    id: PK[int]
    name: str = Field(max_length=40)
    n: int = 1000


def resident() -> float:
    """The memory of this process, in MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Crowd:
    """The tasks, and what they have seen."""

    def __init__(self, db: Database, seed: int) -> None:
        self.db = db
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.wrong: list[Any] = []
        self.errors: list[BaseException] = []
        self.ends = 0.0
        self.tasks: list[asyncio.Task[None]] = []

    def check(self, found: Soak, key: int) -> None:
        if (found.id, found.name) != (key, f"n{key}"):
            self.wrong.append((key, found))

    async def get(self, key: int) -> None:
        self.check(await Soak.get(key), key)

    async def shapes(self, key: int) -> None:
        """More statements than a connection keeps."""
        query = Soak.where(id=key)
        for i in range(key % 37):
            query = query.where(Soak.n > -1_000_000 - i)
        self.check(await query.one(), key)

    async def stream(self, key: int) -> None:
        """Left early, now and then."""
        async for found in Soak.where(Soak.id >= key).order_by("id").stream(batch=5):
            self.check(found, key)
            key += 1
            if key % 11 == 0:
                break

    async def move(self, key: int) -> None:
        """What one loses another gains, or nobody."""
        other = key % ROWS + 1
        first, second = sorted((key, other))
        async with self.db.transaction():
            await Soak.where(id=first).update(n=Soak.n - 1)
            await asyncio.sleep(0)
            await Soak.where(id=second).update(n=Soak.n + 1)

    async def fails(self, key: int) -> None:
        try:
            async with self.db.transaction():
                await Soak.where(id=key).update(n=Soak.n + 7)
                await Soak.create(id=key, name="again")
        except pyferro.UniqueViolationError:
            pass

    async def work(self) -> None:
        jobs: list[Callable[[int], Awaitable[None]]] = [
            self.get, self.get, self.get, self.shapes, self.stream, self.move, self.fails,
        ]  # fmt: skip
        while time.monotonic() < self.ends:
            job = self.chance.choice(jobs)
            try:
                await job(self.chance.randint(1, ROWS))
            except (DeadlockError, LockNotAvailable):
                self.done["in each other's way"] += 1
            except Exception as error:
                self.errors.append(error)
                return
            self.done[job.__name__] += 1  # type: ignore[attr-defined]

    async def run(self, seconds: float) -> None:
        """All of them for so long, with some cancelled all the time and replaced."""
        self.ends = time.monotonic() + seconds
        self.tasks = [asyncio.create_task(self.work()) for _ in range(TASKS)]
        while time.monotonic() < self.ends and not self.errors:
            await asyncio.sleep(0.002)
            at = self.chance.randrange(TASKS)
            self.tasks[at].cancel()
            await asyncio.wait([self.tasks[at]], timeout=5)
            assert self.tasks[at].done(), "a cancelled task does not end"
            self.done["cancelled"] += 1
            self.tasks[at] = asyncio.create_task(self.work())
        stuck = (await asyncio.wait(self.tasks, timeout=60))[1]
        assert not stuck, f"{len(stuck)} tasks wait for ever"
        assert not self.errors, self.errors[:3]
        assert not self.wrong, self.wrong[:3]


async def prepared(db: Database) -> int:
    """Prepared statements on the server: of MySQL all, of PostgreSQL the most of a session."""
    if db.dialect == "mysql":
        row = await db.fetch_one("show global status like 'Prepared_stmt_count'")
        return int(row["Value"]) if row else -1
    if db.dialect == "sqlite":
        return 0

    async def one() -> int:
        async with db.transaction():
            row = await db.fetch_one("select count(*) as n from pg_prepared_statements")
            await asyncio.sleep(0.01)
        return int(row["n"]) if row else -1

    return max(await asyncio.gather(*(one() for _ in range(CONNECTIONS))))


@pytest.fixture
def rows(create: Create) -> None:
    create(Soak)
    Soak.bulk_create([Soak(name=f"n{i}") for i in range(1, ROWS + 1)]).run()
    pyferro.reset_engine()


async def test_a_crowd_leaves_nothing_behind(url: str, kind: str, rows: None) -> None:
    apart = await pyferro.connect(url, name="apart", pool=PoolConfig(max_connections=1))
    options = f"{'&' if '?' in url else '?'}statement_cache={KEPT}"
    if kind == "sqlite":
        options += "&journal_mode=wal&synchronous=off&busy_timeout=20"
    config = PoolConfig(max_connections=CONNECTIONS, acquire_timeout=60)
    before = descriptors()
    db = await pyferro.connect(url + options, default=True, pool=config)
    crowd = Crowd(db, 11)
    await crowd.run(SECONDS / 3)
    settled(db)
    memory, held = resident(), descriptors()
    await crowd.run(SECONDS * 2 / 3)
    assert settled(db)[1] == 0, "a connection is lost"
    pool = db.stats().pool
    assert (pool.waiting, pool.timeouts) == (0, 0)
    assert pool.idle <= CONNECTIONS
    gained = resident() - memory
    if kind != "sqlite":
        await at_rest(apart, pool.idle)
        assert await prepared(db) <= KEPT * (CONNECTIONS if db.dialect == "mysql" else 1) + 16
    assert await Soak.select(Soak.n.sum()).one() == 1000 * ROWS, "half of a transaction is there"
    assert await Soak.count() == ROWS
    # Recoveries in the one moment and connections in the other may be a few more or less.
    assert abs(descriptors() - held) <= CONNECTIONS
    db.close()
    deadline = time.monotonic() + 8
    while descriptors() > before and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    assert descriptors() <= before, "descriptors are left open"
    print(f"\n{kind}: {dict(crowd.done)}, {gained:+.1f} MB, {pool.opened} connections opened")
    # A sanitizer keeps what was freed for a while.
    if "FERRO_SANITIZER" not in os.environ:
        assert gained < MEGABYTES, f"{gained:.1f} MB more than after the first third"
