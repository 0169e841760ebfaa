"""SQLite's file: no room, a write that the system refuses, and somebody else's lock."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import pyferro
from pyferro import PK, DiskFull, LockNotAvailable, Model, PoolConfig


class Disk(Model, table="fault_disk"):
    id: PK[int]
    text: str = ""


def sound(path: Path) -> None:
    found = sqlite3.connect(path)
    assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    found.close()


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_full_disk_is_an_error_and_the_file_stays_whole(tmp_path: Path, mode: str) -> None:
    pyferro.reset_engine()
    path = tmp_path / "full.db"
    one = PoolConfig(max_connections=1)
    db = pyferro.connect(f"sqlite:///{path}?journal_mode={mode}", pool=one).run()
    db.create_tables(Disk).run()
    Disk.bulk_create([Disk(text="x" * 500) for _ in range(20)]).run()
    db.execute("pragma max_page_count = 40").run()
    with pytest.raises(DiskFull) as found, db.transaction():
        for _ in range(1000):
            Disk.bulk_create([Disk(text="y" * 500) for _ in range(20)]).run()
    assert found.value.connection_ok
    assert not found.value.retryable
    with pytest.raises(DiskFull):
        Disk.bulk_create([Disk(text="y" * 500) for _ in range(1000)]).run()
    assert Disk.count().run() == 20
    db.execute("pragma max_page_count = 4000").run()
    Disk.bulk_create([Disk(text="z" * 500) for _ in range(100)]).run()
    assert Disk.count().run() == 120
    assert db.native.pool == (1, 0)
    db.close()
    sound(path)


REFUSED = """
    import resource, signal, sys
    import pyferro
    from pyferro import PK, Model

    class Disk(Model, table="fault_disk"):
        id: PK[int]
        text: str = ""

    db = pyferro.connect(sys.argv[1], auto_migrate=True).run()
    Disk.bulk_create([Disk(text="x" * 500) for _ in range(20)]).run()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    for attempt in range(3):
        try:
            with db.transaction():
                for _ in range(1000):
                    Disk.bulk_create([Disk(text="y" * 500) for _ in range(20)]).run()
        except pyferro.PyferroError as error:
            print(type(error).__name__)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert Disk.count().run() == 20, Disk.count().run()
    Disk.bulk_create([Disk(text="z" * 500) for _ in range(500)]).run()
    assert db.native.pool[1] == 0
    print(Disk.count().run())
"""


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_write_that_the_system_refuses(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "refused.db"
    done = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(REFUSED), f"sqlite:///{path}?journal_mode={mode}"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *errors, count = done.stdout.split()
    assert len(errors) == 3, done.stdout
    assert set(errors) <= {"DiskFull", "OperationalError", "InternalError"}, errors
    assert count == "520"
    sound(path)


@pytest.mark.parametrize("mode", ["delete", "wal"])
async def test_somebody_elses_lock_is_waited_for_and_holds_no_loop(
    tmp_path: Path, mode: str
) -> None:
    pyferro.reset_engine()
    path = tmp_path / "locked.db"
    url = f"sqlite:///{path}?journal_mode={mode}&busy_timeout=0.4"
    db = await pyferro.connect(url)
    await db.create_tables(Disk)
    await Disk.create(text="a")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    late = 0.0

    async def tick() -> None:
        nonlocal late
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            late = max(late, time.monotonic() - before - 0.005)

    ticking = asyncio.create_task(tick())
    begun = time.monotonic()
    with pytest.raises(LockNotAvailable) as found:
        await Disk.create(text="b")
    assert 0.35 < time.monotonic() - begun < 3
    assert found.value.retryable
    assert found.value.connection_ok
    with pytest.raises(LockNotAvailable):
        async with db.transaction():
            await Disk.create(text="b")
    assert await Disk.count() == 1  # readers are not in the way
    # One that is let go in time is no error.
    asyncio.get_running_loop().call_later(0.15, other.execute, "ROLLBACK")
    await Disk.create(text="c")
    ticking.cancel()
    other.close()
    assert await Disk.count() == 2
    assert late < 0.25, f"the loop stood still for {late:.3f} s"
    pyferro.reset_engine()


@pytest.mark.parametrize("mode", ["delete", "wal"])
async def test_many_writers_are_served_in_order(tmp_path: Path, mode: str) -> None:
    pyferro.reset_engine()
    url = f"sqlite:///{tmp_path / 'many.db'}?journal_mode={mode}&busy_timeout=0.4&synchronous=off"
    db = await pyferro.connect(url)
    await db.create_tables(Disk)

    async def write(number: int) -> int:
        async with db.transaction():
            await Disk.create(text=f"{number}")
            await asyncio.sleep(0.03)  # all together wait four times longer than busy_timeout
        await Disk.create(text="alone")
        return await Disk.count()

    counts = await asyncio.gather(*(write(number) for number in range(50)))
    assert max(counts) == 100
    pyferro.reset_engine()
