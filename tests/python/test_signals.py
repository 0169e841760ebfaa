"""Ctrl-C while a thread is blocked in `run()`, fork(), and the end of the interpreter.

Each in a process of its own, since it is the process that is at stake.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from conftest import url_of

HERE = Path(__file__).parent

PREPARE = """
import os, signal, sys, threading, time
# A shell has its background jobs ignore it, and Python leaves that so.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {here!r})
import pyferro
from pyferro import Model, PK
from support.slow import slow, running
URL, KIND = {url!r}, {kind!r}

class Entry(Model, table="signal_entry"):
    id: PK[int]
    n: int = 0

def settle(db):
    end = time.monotonic() + 5
    while db.native.pool[1] and time.monotonic() < end:
        time.sleep(0.005)
    return db.native.pool

db = pyferro.connect(URL, auto_migrate=True).run()
Entry.where(Entry.id > 0).delete().run()
"""


def program(body: str, kind: str, url: str) -> list[str]:
    prepared = PREPARE.format(here=str(HERE), url=url, kind=kind)
    return [sys.executable, "-P", "-c", prepared + textwrap.dedent(body)]


def run(body: str, kind: str, url: str, seconds: float = 30) -> str:
    """What the program prints. It must end well, in time, and without complaints."""
    done = subprocess.run(
        program(body, kind, url), capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Fatal" not in done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture
def url(kind: str, tmp_path: Path) -> str:
    return url_of(kind, tmp_path)


@pytest.mark.parametrize("within", ["alone", "transaction", "lock"])
def test_ctrl_c_is_answered_and_the_statement_cancelled(kind: str, url: str, within: str) -> None:
    body = """
    import contextlib
    WITHIN = {within!r}
    other = pyferro.connect(URL, name="other").run()
    key = Entry.create().run().id
    guard = other.transaction() if WITHIN == "lock" else contextlib.nullcontext()
    with guard:
        if WITHIN == "lock":
            Entry.using(other).where(id=key).update(n=5).run()
        try:
            print("ready", flush=True)
            if WITHIN == "alone":
                slow(KIND).one().run()
            elif WITHIN == "lock":
                Entry.where(id=key).update(n=6).run()
            else:
                with db.transaction():
                    Entry.create().run()
                    slow(KIND).one().run()
        except KeyboardInterrupt:
            answered = time.time()
        print(answered, flush=True)
        # Until the cancellation has arrived the server goes on as soon as it has the lock.
        assert settle(db)[1] == 0, db.native.pool
    assert running(KIND, other) == 0
    assert Entry.count().run() == 1
    if WITHIN == "lock":
        assert Entry.select("n").where(id=key).one().run() == 5
    print("whole")
    """.replace("{within!r}", repr(within))
    with subprocess.Popen(
        program(body, kind, url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.stderr and process.stderr.read()
        time.sleep(0.4)
        sent = time.time()
        process.send_signal(signal.SIGINT)
        try:
            out, complaints = process.communicate(timeout=20)
        finally:
            process.kill()
    answered, _, rest = out.partition("\n")
    assert process.returncode == 0, complaints
    assert float(answered) - sent < 0.1
    assert rest == "whole\n"


def test_a_handler_that_does_not_raise_ends_nothing(kind: str, url: str) -> None:
    body = """
    signal.signal(signal.SIGALRM, lambda *_: print("tick", flush=True))
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    if KIND == "sqlite":
        try:
            slow(KIND).one().timeout(0.4).run()
        except pyferro.QueryTimeout:
            print("done")
    else:
        slow(KIND, 0.4).one().run()
        print("done")
    """
    assert run(body, kind, url) == "tick\ndone\n"


# --- fork()


def test_a_child_has_connections_of_its_own(kind: str, url: str) -> None:
    body = """
    with db.transaction():
        Entry.create(n=1).run()
        pid = os.fork()
        if pid == 0:
            # The transaction is the parent's; a query would be part of it.
            try:
                Entry.count().run()
            except pyferro.ForkedConnectionError as error:
                assert "before fork()" in str(error), error
            else:
                os._exit(1)
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        Entry.create(n=2).run()
    pid = os.fork()
    if pid == 0:
        assert Entry.count().run() == 2
        with db.transaction():
            Entry.create(n=3).run()
        assert db.native.pool == (1, 0), db.native.pool
        db.close()
        sys.exit(0)  # with all that runs at an exit
    assert os.waitpid(pid, 0)[1] == 0
    # Nobody said goodbye in the parent's name.
    assert db.native.pool == (1, 0)
    assert Entry.count().run() == 3
    print("whole")
    """
    assert run(body, kind, url) == "whole\n"


def test_statements_under_way_stay_the_parents(kind: str, url: str) -> None:
    """Forked while a thread and a task wait for the server."""
    if kind == "sqlite":
        pytest.skip("see the tests of SQLite's own")
    body = """
    if KIND == "sqlite":
        thread = threading.Thread(target=lambda: [Entry.create().run() for _ in range(50)])
    else:
        thread = threading.Thread(target=lambda: slow(KIND, 0.7).one().run())
    thread.start()
    time.sleep(0.1)
    import asyncio, gc
    loop = asyncio.new_event_loop()
    async def one(op):
        return await op
    task = loop.create_task(one(slow(KIND, 20).one()))
    loop.run_until_complete(asyncio.sleep(0.1))
    block = db.transaction()
    if KIND != "sqlite":
        block.__enter__()
        Entry.create(n=9).run()
    children = []
    for _ in range(10):
        pid = os.fork()
        if pid == 0:
            try:
                block.__exit__(None, None, None)
            except (pyferro.ForkedConnectionError, AssertionError):
                pass
            del block, task, loop
            gc.collect()
            assert Entry.where(id=-1).count().run() == 0
            db.close()
            sys.exit(0)
        children.append(pid)
    for pid in children:
        assert os.waitpid(pid, 0)[1] == 0
    thread.join()
    task.cancel()
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        pass
    if KIND != "sqlite":
        block.__exit__(None, None, None)
    assert settle(db)[1] == 0
    for _ in range(5):
        Entry.create().run()
    assert Entry.count().run() == (55 if KIND == "sqlite" else 6)
    print("whole")
    """
    assert run(body, kind, url) == "whole\n"


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_sqlites_locks_are_not_taken_for_the_childs(tmp_path: Path, mode: str) -> None:
    """The library counts a process's locks for each file, and fork() copies the count."""
    body = """
    for i in range(3):
        Entry.create(n=i).run()
    pid = os.fork()
    if pid == 0:
        time.sleep(0.2)
        for i in range(30):
            Entry.create(n=10).run()
            time.sleep(0.002)
        sys.exit(0)
    # Whoever closes last tidies the log away: the child must be known to be there.
    db.close()
    time.sleep(0.25)
    again = pyferro.connect(URL, name="again").run()
    for i in range(30):
        Entry.using(again).create(n=20).run()
        time.sleep(0.002)
    assert os.waitpid(pid, 0)[1] == 0
    assert Entry.using(again).count().run() == 63
    again.close()
    import sqlite3
    found = sqlite3.connect(PATH).execute("PRAGMA integrity_check").fetchall()
    assert found == [("ok",)], found
    print("whole")
    """
    path = str(tmp_path / "forked.db")
    url = f"sqlite:///{path}?journal_mode={mode}"
    assert run(body.replace("PATH", repr(path)), "sqlite", url) == "whole\n"


def test_a_sqlite_file_in_use_is_not_opened_again_in_the_child(tmp_path: Path) -> None:
    body = """
    block = db.transaction()
    block.__enter__()
    Entry.create(n=1).run()
    pid = os.fork()
    if pid == 0:
        import contextvars
        def ask():
            try:
                pyferro.connect(URL, name="mine").run()
            except pyferro.ForkedConnectionError as error:
                assert "in use when the process forked" in str(error), error
                os._exit(0)
            os._exit(1)
        contextvars.Context().run(ask)
    assert os.waitpid(pid, 0)[1] == 0
    Entry.create(n=2).run()
    block.__exit__(None, None, None)
    assert Entry.count().run() == 2
    print("whole")
    """
    path = str(tmp_path / "forked.db")
    assert run(body, "sqlite", f"sqlite:///{path}") == "whole\n"


def test_a_database_in_memory_stays_with_the_parent() -> None:
    body = """
    pid = os.fork()
    if pid == 0:
        try:
            Entry.count().run()
        except pyferro.ForkedConnectionError as error:
            assert "memory" in str(error)
            os._exit(0)
        os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0
    assert Entry.count().run() == 0
    print("whole")
    """
    assert run(body, "sqlite", "sqlite::memory:") == "whole\n"


def test_multiprocessing_by_fork(kind: str, url: str) -> None:
    body = """
    import multiprocessing
    def work(n):
        Entry.create(n=n).run()
        return Entry.where(n=n).count().run()
    with multiprocessing.get_context("fork").Pool(3) as workers:
        assert workers.map(work, range(12)) == [1] * 12
    assert Entry.count().run() == 12
    print("whole")
    """
    assert run(body, kind, url) == "whole\n"


# --- The end of the interpreter

ENDS = {
    "a daemon thread waits": """
    threading.Thread(target=lambda: slow(KIND).one().run(), daemon=True).start()
    time.sleep(0.2)
    """,
    "daemon threads are busy": """
    def work():
        while True:
            Entry.create().run()
            Entry.count().run()
    for _ in range(4):
        threading.Thread(target=work, daemon=True).start()
    time.sleep(0.2)
    """,
    "a loop is left": """
    import asyncio
    loop = asyncio.new_event_loop()
    async def one(op):
        return await op
    task = loop.create_task(one(slow(KIND).one()))
    loop.run_until_complete(asyncio.sleep(0.2))
    """,
    "a transaction is open": """
    block = db.transaction()
    block.__enter__()
    Entry.create().run()
    """,
    "a task was cancelled just now": """
    import asyncio
    async def main():
        async def one():
            await slow(KIND).one()
        task = asyncio.create_task(one())
        await asyncio.sleep(0.1)
        task.cancel()
    asyncio.run(main())
    """,
    "sys.exit within a task": """
    import asyncio
    async def one():
        async with db.transaction():
            await Entry.create()
            await slow(KIND).one()
    async def main():
        tasks = [asyncio.create_task(one()) for _ in range(1 if KIND == "sqlite" else 3)]
        await asyncio.sleep(0.2)
        sys.exit(3)
    try:
        asyncio.run(main())
    except SystemExit as error:
        assert error.code == 3
    """,
    "Ctrl-C ends asyncio.run": """
    import asyncio
    async def one():
        async with db.transaction():
            await Entry.create()
            await slow(KIND).one()
    async def main():
        asyncio.get_running_loop().call_later(0.2, signal.raise_signal, signal.SIGINT)
        await asyncio.gather(one(), slow(KIND).one())
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        assert settle(db)[1] == 0, db.native.pool
        assert Entry.count().run() == 0
    """,
    "a stream is half read": """
    Entry.bulk_create([Entry(n=i) for i in range(5000)]).run()
    rows = iter(Entry.order_by("id").stream(batch=10))
    next(rows)
    def work():
        for _ in Entry.order_by("id").stream(batch=10):
            time.sleep(0.01)
    threading.Thread(target=work, daemon=True).start()
    time.sleep(0.1)
    """,
    "the process is left at once": """
    threading.Thread(target=lambda: slow(KIND).one().run(), daemon=True).start()
    time.sleep(0.2)
    print("ended", flush=True)
    os._exit(0)
    """,
    "an atexit function asks": """
    import atexit
    threading.Thread(target=lambda: slow(KIND).one().run(), daemon=True).start()
    time.sleep(0.1)
    atexit.register(lambda: Entry.count().run())
    """,
    "a thread is still connecting": """
    def work():
        for i in range(100):
            pyferro.connect(URL, name=f"n{i}").run()
    threading.Thread(target=work, daemon=True).start()
    time.sleep(0.05)
    """,
}


@pytest.mark.parametrize("end", ENDS)
def test_the_interpreter_ends_with_work_under_way(kind: str, url: str, end: str) -> None:
    start = time.monotonic()
    done = subprocess.run(
        program(ENDS[end] + '\n    print("ended", flush=True)\n', kind, url),
        capture_output=True, text=True, timeout=30, check=False,
        env=os.environ | {"PYTHONFAULTHANDLER": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "ended\n"
    assert "Fatal" not in done.stderr
    assert "terminate called" not in done.stderr
    assert time.monotonic() - start < 8
