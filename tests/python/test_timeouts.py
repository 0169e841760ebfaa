"""Deadlines: of one request, and of every statement of a database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Create, Waiting
from support.pool import settled
from support.slow import running, slow, watcher

import pyferro
from pyferro import PK, Database, Model, QueryTimeout, transaction
from pyferro.op import Body, Steps
from pyferro.runtime.transaction import atomic


class Entry(Model, table="timeout_entry"):
    id: PK[int]
    n: int = 0


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Entry)


@pytest.fixture
def brief(url: str, db: Database) -> Iterator[Database]:
    """A database whose statements may take 0.2 s."""
    database = pyferro.connect(url, name="brief", statement_timeout=0.2).run()
    yield database
    database.close()


def test_a_request_ends_at_its_timeout_and_the_server_stops(
    db: Database, kind: str, url: str, wait: Waiting
) -> None:
    start = time.monotonic()
    with pytest.raises(QueryTimeout) as found:
        wait(slow(kind).one().timeout(0.2))
    assert 0.15 < time.monotonic() - start < 2
    assert not found.value.connection_ok
    assert settled(db) == (1, 0)
    assert running(kind, watcher(url)) == 0
    # On the same connection, which was recovered.
    assert wait(Entry.count().timeout(5)) == 0
    assert settled(db) == (1, 0)


def test_a_request_that_is_observed_has_a_deadline_too(db: Database, kind: str) -> None:
    seen: list[Any] = []
    db.on_statement(seen.append)
    with pytest.raises(QueryTimeout):
        slow(kind).one().timeout(0.1).run()
    assert [one.error for one in seen] == ["QueryTimeout"]
    settled(db)


def test_what_is_quick_enough_is_left_alone(db: Database, wait: Waiting) -> None:
    made = wait(Entry.create(n=1).timeout(10))
    assert made.n == 1
    assert wait(Entry.bulk_create([Entry(), Entry()]).timeout(10))
    assert wait(Entry.where(n=1).count().timeout(10)) == 1
    assert wait(db.create_tables(Entry).timeout(10)) is None


def test_a_request_of_several_statements_has_one_deadline(db: Database, kind: str) -> None:
    """The time is for all together, and what was begun is rolled back."""
    def body() -> Body[None]:
        for _ in range(10):
            yield start_of(Entry.create())
            yield start_of(slow(kind, 0.1).one())

    def start_of(op: Any) -> Any:
        return op._take()()

    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        Steps(lambda: atomic(db, body())).timeout(0.35).run()
    assert 0.3 < time.monotonic() - start < 3
    settled(db)
    assert Entry.count().run() == 0


def test_every_statement_has_the_databases_timeout(
    brief: Database, kind: str, wait: Waiting
) -> None:
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        wait(slow(kind).using(brief).one())
    assert 0.15 < time.monotonic() - start < 2
    assert wait(Entry.using(brief).count()) == 0
    with brief.transaction():
        for _ in range(5):
            Entry.using(brief).create().run()
            time.sleep(0.06)
    assert wait(Entry.using(brief).count()) == 5


def test_a_request_may_have_more_than_the_database_gives(brief: Database, kind: str) -> None:
    if kind == "sqlite":
        with pytest.raises(QueryTimeout):
            slow(kind).using(brief).one().timeout(0.5).run()
        return
    slow(kind, 0.4).using(brief).one().timeout(10).run()


def test_timeouts_are_positive(url: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        Entry.count().timeout(-1)
    with pytest.raises(ValueError, match="positive"):
        pyferro.connect(url, statement_timeout=-1)


def test_a_wait_for_a_lock_ends_at_the_timeout(db: Database, url: str, wait: Waiting) -> None:
    Entry.create(id=1).run()
    other = pyferro.connect(url, name="other").run()
    with transaction():
        Entry.where(id=1).update(n=1).run()
        start = time.monotonic()
        with pytest.raises(QueryTimeout):
            wait(Entry.using(other).where(id=1).delete().timeout(0.2))
        assert time.monotonic() - start < 2
        # Until the cancellation has arrived the server would still do it.
        assert settled(other)[1] == 0
    assert Entry.select("n").one().run() == 1


def test_a_wait_for_a_connection_ends_at_the_timeout(url: str, db: Database) -> None:
    one = pyferro.connect(f"{url}{'&' if '?' in url else '?'}pool_size=1", name="one").run()
    with one.transaction():
        failures: list[BaseException] = []

        def work() -> None:
            try:
                Entry.using(one).count().timeout(0.2).run()
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(10)
        assert [type(error) for error in failures] == [QueryTimeout]
    assert Entry.using(one).count().run() == 0
