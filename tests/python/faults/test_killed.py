"""kill -9: of a server between and within the steps of a transaction, and of SQLite's program.

Each kill costs a start of the server, so PostgreSQL alone is killed always, a few times;
FERRO_FAULT_SWEEP=1 kills all three at every step.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.killable import Killable
from support.pool import rested
from support.slow import slow

import pyferro
from pyferro import (
    PK,
    CommitUnknown,
    ConnectionFailed,
    Database,
    FailedTransaction,
    Field,
    Model,
    PoolConfig,
)

THOROUGH = os.environ.get("FERRO_FAULT_SWEEP") == "1"
KINDS = ["postgresql", "mariadb", "mysql"] if THOROUGH else ["postgresql"]


class Killed(Model, table="fault_killed"):
    id: PK[int]
    name: str = Field(default="", max_length=40)
    n: int = 0


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[Killable]:
    pyferro.reset_engine()
    with Killable(request.param) as server:
        yield server
        pyferro.reset_engine()


@pytest.fixture
async def db(server: Killable) -> Database:
    pyferro.reset_engine()
    if not server.alive:  # a test has failed
        await asyncio.to_thread(server.start)
    db = await pyferro.connect(server.url, pool=PoolConfig(max_connections=4))
    await db.drop_tables(Killed)
    await db.create_tables(Killed)
    await Killed.bulk_create([Killed(name=f"n{i}") for i in range(1, 41)])
    return db


STEPS = 7


async def work(db: Database, server: Killable, at: int) -> int:
    """A transaction; the server dies before its step number `at`. How far it came."""
    done = 0

    async def step() -> None:
        nonlocal done
        if done == at:
            await asyncio.to_thread(server.kill)
        done += 1

    await step()
    async with db.transaction():
        await step()
        await Killed.create(name="a")
        await step()
        await Killed.where(id=1).update(n=7)
        await step()
        async with db.transaction():
            await step()
            await Killed.bulk_create([Killed(name="b") for _ in range(300)])
        await step()
        assert await Killed.count() == 341
        await step()
    return done


@pytest.mark.server
@pytest.mark.parametrize("at", range(STEPS) if THOROUGH else [3, 6])
async def test_a_server_that_dies_between_statements(
    db: Database, server: Killable, at: int
) -> None:
    await asyncio.gather(*(Killed.count() for _ in range(3)))  # others that are idle
    begun = time.monotonic()
    with pytest.raises((ConnectionFailed, CommitUnknown, FailedTransaction)) as found:
        await work(db, server, at)
    assert time.monotonic() - begun < 5
    # At the last step the server is dead before it hears of COMMIT; we cannot know that it was.
    assert isinstance(found.value, CommitUnknown) == (at == STEPS - 1), repr(found.value)
    begun = time.monotonic()
    with pytest.raises(ConnectionFailed):
        await Killed.count()
    assert time.monotonic() - begun < 1
    await asyncio.to_thread(server.start)
    assert await Killed.count() == 40
    assert await Killed.where(n=7).count() == 0
    async with db.transaction():
        await Killed.create(name="again")
    assert await Killed.count() == 41
    assert (await rested(db))[1] == 0


@pytest.mark.server
async def test_a_server_that_dies_within_statements(db: Database, server: Killable) -> None:
    """Under a long statement, a transaction that waits, a stream, and a bulk insert at once."""
    kind = "postgresql" if db.dialect == "postgresql" else "mysql"

    async def stream() -> None:
        taken = []
        async for one in Killed.where(Killed.id <= 40).order_by("id").stream(batch=2):
            taken.append(one.id)
            await asyncio.sleep(0.05)
        # Where rows are read from the socket a short result may have come already, as a whole.
        assert kind == "mysql"
        assert taken == [*range(1, 41)]
        raise ConnectionFailed

    async def block() -> None:
        async with db.transaction():
            await Killed.create(name="gone")
            await asyncio.sleep(2)
            await Killed.count()

    async def long() -> None:
        await slow(kind).one()

    async def many() -> None:
        for _ in range(1000):
            await Killed.bulk_create([Killed(name="bulk") for _ in range(500)])

    tasks = [asyncio.create_task(one()) for one in (stream, block, long, many)]
    await asyncio.sleep(0.3)
    begun = time.monotonic()
    await asyncio.to_thread(server.kill)
    ended = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
    assert time.monotonic() - begun < 5
    assert [type(one) for one in ended[:3]] == [ConnectionFailed] * 3, ended
    assert isinstance(ended[3], (CommitUnknown, ConnectionFailed)), ended
    await asyncio.to_thread(server.start)
    assert await Killed.where(name="gone").count() == 0
    assert await Killed.where(name="bulk").count() % 500 == 0
    assert (await rested(db))[1] == 0


@pytest.mark.server
@pytest.mark.parametrize("number", range(25 if THOROUGH else 2))
async def test_a_server_that_dies_at_some_commit(
    db: Database, server: Killable, number: int
) -> None:
    """What was said to be committed is there, what failed is not, and each is there once."""
    chance = random.Random(number)
    sure: set[str] = set()
    unknown: set[str] = set()
    lost: set[str] = set()

    async def one(who: int) -> None:
        for i in range(100_000):
            name = f"w{who}-{i}"
            try:
                if who % 2:
                    async with db.transaction():
                        await Killed.create(name=name)
                        await Killed.create(name=name)
                else:
                    await Killed.bulk_create([Killed(name=name), Killed(name=name)])
            except CommitUnknown:
                unknown.add(name)
                return
            except ConnectionFailed:
                lost.add(name)
                return
            sure.add(name)

    tasks = [asyncio.create_task(one(who)) for who in range(4)]
    await asyncio.sleep(0.1 + chance.random() * 0.3)
    await asyncio.to_thread(server.kill)
    await asyncio.wait_for(asyncio.gather(*tasks), 10)
    assert len(unknown) + len(lost) == 4
    await asyncio.to_thread(server.start)
    names = await Killed.select("name").where(Killed.id > 40).all()
    assert all(names.count(name) == 2 for name in sure), "a committed change is lost"
    assert not lost & set(names), "what was said to be lost is there"
    assert all(names.count(name) in (0, 2) for name in unknown), "half of a transaction is there"
    assert set(names) <= sure | unknown


WRITER = """
    import sys
    import pyferro
    from pyferro import PK, Model

    class Half(Model, table="fault_half"):
        id: PK[int]
        batch: int
        text: str

    with pyferro.connect(sys.argv[1], auto_migrate=True).run() as db:
        done = Half.count().run() // 60
        print("ready", flush=True)
        while True:
            with db.transaction():
                for part in range(3):
                    Half.bulk_create([Half(batch=done, text="x" * 900) for _ in range(20)]).run()
                    Half.where(batch=done).update(text="y" * 900).run()
            done += 1
            print(done, flush=True)
"""


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_program_that_dies_in_a_transaction_of_sqlite(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "half.db"
    chance = random.Random(11)
    for number in range(60 if THOROUGH else 2):
        with subprocess.Popen(
            [sys.executable, "-P", "-c", textwrap.dedent(WRITER),
             f"sqlite:///{path}?journal_mode={mode}"],
            stdout=subprocess.PIPE, text=True,
        ) as writer:  # fmt: skip
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            first = int(writer.stdout.readline())
            time.sleep(chance.random() * 0.03)
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().split("\n")
        said = max([first, *(int(line) for line in rest[:-1])])
        with sqlite3.connect(path) as found:
            assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)], number
            batches = found.execute(
                "SELECT batch, count(*), min(text) = max(text) FROM fault_half GROUP BY batch"
            ).fetchall()
        found.close()
        # Whole batches; all that was said to be committed, and at most one more.
        assert all(row[1:] == (60, 1) for row in batches), number
        assert [row[0] for row in batches] == [*range(len(batches))]
        assert len(batches) in (said, said + 1), number
