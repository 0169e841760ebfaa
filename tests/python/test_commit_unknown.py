"""COMMIT was sent and no answer came: the server may have done it or not, and nobody pretends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Create, Waiting
from support.proxy import Fault, Proxy

import pyferro
from pyferro import (
    PK,
    CommitUnknown,
    ConnectionFailed,
    Database,
    FailedTransaction,
    Model,
    QueryTimeout,
)


class Entry(Model, table="unknown_entry"):
    id: PK[int]
    name: str = ""


@pytest.fixture
def proxy(url: str, kind: str, create: Create) -> Iterator[Proxy]:
    if kind == "sqlite":
        pytest.skip("SQLite has no connection that could break")
    create(Entry)
    with Proxy(url) as made:
        yield made


@pytest.fixture
def far(proxy: Proxy) -> Iterator[Database]:
    """The database behind the proxy."""
    database = pyferro.connect(proxy.url, name="far").run()
    yield database
    database.close()


@pytest.mark.parametrize("fault", ["lost", "answered"])
def test_a_commit_without_an_answer(proxy: Proxy, far: Database, fault: Fault) -> None:
    said: list[str] = []
    with pytest.raises(CommitUnknown) as found, far.transaction() as tx:
        Entry.using(far).create(name="a").run()
        tx.on_commit(lambda: said.append("a"))
        proxy.arm(b"COMMIT", fault)
    assert proxy.met == 1
    assert not found.value.retryable
    assert not found.value.connection_ok
    assert said == []
    proxy.disarm()
    # One word for both, and each of the two has really happened.
    assert Entry.count().run() == (1 if fault == "answered" else 0)
    assert Entry.using(far).count().run() == (1 if fault == "answered" else 0)


@pytest.mark.parametrize("fault", ["lost", "answered"])
async def test_a_commit_without_an_answer_in_a_loop(
    proxy: Proxy, far: Database, fault: Fault
) -> None:
    with pytest.raises(CommitUnknown):
        async with far.transaction():
            await Entry.using(far).create(name="a")
            proxy.arm(b"COMMIT", fault)
    proxy.disarm()
    assert await Entry.using(far).count() == (1 if fault == "answered" else 0)


def test_it_is_never_run_again(proxy: Proxy, far: Database) -> None:
    calls = 0

    @far.retrying(attempts=5)
    def work() -> None:
        nonlocal calls
        calls += 1
        Entry.using(far).create(name="a").run()
        proxy.arm(b"COMMIT", "answered")

    with pytest.raises(CommitUnknown):
        work()
    assert calls == 1
    assert Entry.count().run() == 1


def test_a_bulk_insert_has_a_commit_of_its_own(proxy: Proxy, far: Database, kind: str) -> None:
    proxy.arm(b"COMMIT", "lost")
    rows = [Entry(name=str(i)) for i in range(20_000)]
    with pytest.raises(CommitUnknown):
        Entry.using(far).bulk_create(rows).run()
    assert Entry.count().run() == 0


def test_a_line_that_breaks_within_the_transaction_is_no_commit(
    proxy: Proxy, far: Database, wait: Waiting
) -> None:
    with pytest.raises(ConnectionFailed), far.transaction():
        Entry.using(far).create(name="a").run()
        proxy.arm(b"unknown_entry", "lost")
        Entry.using(far).count().run()
    proxy.disarm()
    with pytest.raises(FailedTransaction), far.transaction():
        Entry.using(far).create(name="a").run()
        proxy.arm(b"unknown_entry", "lost")
        with pytest.raises(ConnectionFailed):
            Entry.using(far).count().run()
        proxy.disarm()
        # Not on another connection, behind the program's back.
        with pytest.raises(FailedTransaction):
            Entry.using(far).create(name="b").run()
    assert wait(Entry.using(far).count()) == 0
    assert far.native.pool == (1, 0)


def test_a_line_that_falls_silent(proxy: Proxy, far: Database, wait: Waiting) -> None:
    """Neither an answer nor a reset: the deadline is what ends it."""
    proxy.arm(b"unknown_entry", "silent")
    with pytest.raises(QueryTimeout):
        wait(Entry.using(far).count().timeout(0.3))
