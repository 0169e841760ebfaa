"""Event loops, threads and interpreters: which may use a database, together too, and which not."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from conftest import Create
from support.pool import settled
from support.slow import running, slow, watcher

from pyferro import PK, Database, InterfaceError, Model, QueryTimeout

anyio = pytest.importorskip("anyio")
trio = pytest.importorskip("trio")


class Looped(Model, table="loops_looped"):
    id: PK[int]
    n: int = 0


@pytest.fixture(autouse=True)
def rows(create: Create, db: Database) -> None:
    create(Looped)
    Looped.bulk_create([Looped(n=i) for i in range(1, 21)]).run()


def by_uvloop(body: Callable[[], Coroutine[Any, Any, None]]) -> None:
    pytest.importorskip("uvloop").run(body())


def by_anyio(body: Callable[[], Awaitable[None]]) -> None:
    anyio.run(body)


@pytest.mark.parametrize("run", [by_uvloop, by_anyio], ids=["uvloop", "anyio"])
def test_a_loop_does_all_that_asyncio_does(run: Any, db: Database, kind: str) -> None:
    async def body() -> None:
        assert (await Looped.get(3)).n == 3
        found = await asyncio.gather(*(_n(i) for i in range(1, 21)))
        assert found == [*range(1, 21)]
        async with db.transaction():
            await Looped.where(id=1).update(n=100)
            assert [one.n async for one in Looped.where(n=100).stream()] == [100]
        with pytest.raises(QueryTimeout):
            await slow(kind).one().timeout(0.1)
        task = asyncio.create_task(_waits(kind))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await Looped.count() == 20

    run(body)
    assert settled(db)[1] == 0


async def _n(key: int) -> int:
    return (await Looped.get(key)).n


async def _waits(kind: str) -> None:
    await slow(kind).one()


def test_scopes_of_anyio_that_cancel_again_and_again(db: Database, kind: str) -> None:
    """A scope cancels each await within it anew; what is tidied up must not need one."""

    async def block() -> None:
        async with db.transaction():
            await Looped.create(n=-1)
            await slow(kind).one()

    async def body() -> None:
        for delay in (0.0, 0.001, 0.004, 0.05):
            with anyio.move_on_after(delay) as scope:
                await block()
            assert scope.cancelled_caught
            async with anyio.create_task_group() as group:
                group.start_soon(block)
                if kind != "sqlite":  # where one transaction at a time may write
                    group.start_soon(block)
                await anyio.sleep(delay)
                group.cancel_scope.cancel()
            assert (await asyncio.to_thread(settled, db))[1] == 0
            assert await Looped.count() == 20
        with anyio.CancelScope(shield=True):
            await Looped.where(id=2).update(n=50)

    anyio.run(body)
    assert Looped.select("n").where(id=2).one().run() == 50


def test_trio_is_refused_clearly(db: Database, kind: str, url: str) -> None:
    """As soon as something has to be waited for; on SQLite a quick statement has not."""

    async def body() -> None:
        with pytest.raises(InterfaceError, match="trio is not supported"):
            await slow(kind).one()
        if kind != "sqlite":
            with pytest.raises(InterfaceError, match="no asyncio loop"):
                async with db.transaction():
                    pass
        # What works there: a thread.
        found = await trio.to_thread.run_sync(lambda: Looped.get(1).run())
        assert found.n == 1

    trio.run(body)
    # What had been sent is stopped, although the cancellation may come before the statement.
    assert settled(db, 3)[1] == 0
    assert running(kind, watcher(url)) == 0


def test_several_loops_and_threads_share_a_database(db: Database, kind: str) -> None:
    wrong: list[Any] = []

    async def asynchronous(which: int) -> None:
        for i in range(15):
            keys = [(which * 5 + i + k) % 20 + 1 for k in range(4)]
            found = await asyncio.gather(*(_n(key) for key in keys))
            if found != keys:
                wrong.append((keys, found))
            async with db.transaction():
                await Looped.where(id=which + 1).update(n=which + 1)

    def synchronous(which: int) -> None:
        for i in range(30):
            key = (which * 7 + i) % 20 + 1
            if Looped.get(key).run().n != key:
                wrong.append(key)
            with db.transaction():
                Looped.where(id=which + 10).update(n=which + 10).run()

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            wrong.append(error)

    works = [lambda i=i: asyncio.run(asynchronous(i)) for i in range(3)]  # type: ignore[misc]
    works += [lambda i=i: synchronous(i) for i in range(3)]  # type: ignore[misc]
    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert not wrong, wrong[:3]
    assert settled(db)[1] == 0
    assert Looped.select("n").order_by("id").all().run() == [*range(1, 21)]


def test_a_loop_that_is_gone_does_not_take_the_database_with_it(db: Database, kind: str) -> None:
    async def leaves() -> None:
        asyncio.get_running_loop().create_task(_waits(kind))
        await asyncio.sleep(0.05)

    for _ in range(3):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(leaves())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        assert asyncio.run(_n(4)) == 4
    assert settled(db)[1] == 0


INTERPRETER = """
import sys
try:
    import _interpreters as interpreters
    create, run = interpreters.create, lambda i, s: interpreters.exec(i, s)
except ImportError:
    import _xxsubinterpreters as interpreters
    create, run = interpreters.create, lambda i, s: interpreters.run_string(i, s)
import pyferro
db = pyferro.connect("sqlite::memory:").run()
there = create()
try:
    failed = run(there, "import sys; sys.path[:] = " + repr(sys.path) + "; import pyferro")
except Exception as error:
    failed = error
print("refused" if failed is not None else "works", str(getattr(failed, "formatted", failed)))
assert db.fetch_one("select 1 as n").run() == {"n": 1}
"""


def test_another_interpreter_is_refused(kind: str) -> None:
    if kind != "sqlite":
        pytest.skip("said once")
    done = subprocess.run(
        [sys.executable, "-P", "-c", textwrap.dedent(INTERPRETER)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("refused"), done.stdout
    assert "interpreter" in done.stdout


class Counting(asyncio.SelectorEventLoop):
    """Knows how often something was to be watched."""

    watched = 0

    def _add_reader(self, *args: Any) -> Any:
        self.watched += 1
        return super()._add_reader(*args)


def _run(loop: Counting, body: Coroutine[Any, Any, None]) -> None:
    try:
        loop.run_until_complete(body)
    finally:
        loop.close()


def test_an_answer_that_is_about_to_come_is_waited_for_without_the_loop(
    db: Database, kind: str
) -> None:
    if kind == "sqlite":
        pytest.skip("nothing is watched for what runs here")
    loop = Counting()

    async def body() -> None:
        async with db.transaction():
            for _ in range(50):  # a busy machine answers late
                before = loop.watched
                for _ in range(100):
                    await Looped.get(1)
                if loop.watched - before < 100:
                    return
        raise AssertionError("the loop has watched for every answer")

    _run(loop, body())


@pytest.mark.server
@pytest.mark.parametrize("kind", ["postgresql"])  # whose client never looks before it waits
def test_while_another_task_waits_the_loop_is_given_back(db: Database, kind: str) -> None:
    loop = Counting()

    async def body() -> None:
        task = asyncio.create_task(_waits(kind))
        await asyncio.sleep(0.1)
        async with db.transaction():
            await Looped.get(1)
            before = loop.watched
            for _ in range(20):
                await Looped.get(1)
            assert loop.watched - before >= 20
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    _run(loop, body())
    assert settled(db)[1] == 0


def test_many_quick_statements_leave_others_their_turns(db: Database) -> None:
    async def body() -> None:
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        loop = asyncio.get_running_loop()
        counter = asyncio.create_task(count())
        end = loop.time() + 0.2
        async with db.transaction():
            while loop.time() < end:
                await Looped.get(1)
        counter.cancel()
        assert turns >= 5

    asyncio.run(body())
