"""Isolation, read only, deferrable, immediate and timeout of a transaction."""

from __future__ import annotations

import time

import pytest
from conftest import Create, Waiting
from support.slow import slow

import pyferro
from pyferro import (
    PK,
    Database,
    FailedTransaction,
    InterfaceError,
    LockNotAvailable,
    Model,
    PyferroError,
    QueryTimeout,
    ReadOnly,
    SerializationError,
    UnsupportedFeature,
    transaction,
)
from pyferro.runtime.transaction import Isolation


class Entry(Model, table="option_entry"):
    id: PK[int]
    n: int = 0


@pytest.fixture(autouse=True)
def tables(create: Create) -> None:
    create(Entry)


def counts_around_a_write(db: Database, other: Database, isolation: Isolation) -> tuple[int, int]:
    """What a transaction counts before and after another one has written."""
    with db.transaction(isolation=isolation):
        before = Entry.count().run()
        Entry.using(other).create().run()
        return before, Entry.count().run()


def test_isolation_says_what_a_transaction_sees(db: Database, url: str, kind: str) -> None:
    other = pyferro.connect(url, name="other").run()
    if kind == "sqlite":
        for isolation in ("read committed", "repeatable read", "read uncommitted"):
            with pytest.raises(UnsupportedFeature, match="every transaction of SQLite is ser"):
                db.transaction(isolation=isolation).__enter__()
        with db.transaction(isolation="serializable"):
            Entry.create().run()
        assert Entry.count().run() == 1
        return
    assert counts_around_a_write(db, other, "read committed") == (0, 1)
    assert counts_around_a_write(db, other, "repeatable read") == (1, 1)
    # The next one is as the server has it: the level was for one transaction.
    usual = (2, 2) if kind in ("mysql", "mariadb") else (2, 3)
    with transaction():
        before = Entry.count().run()
        Entry.using(other).create().run()
        assert (before, Entry.count().run()) == usual
    if kind == "postgresql":
        with pytest.raises(UnsupportedFeature, match="read committed"):
            db.transaction(isolation="read uncommitted").__enter__()


def test_serializable_on_snapshots_fails_rather_than_lie(db: Database, kind: str, url: str) -> None:
    """Each of two transactions reads what the other then writes: one of them must fail."""
    other = pyferro.connect(f"{url}{'&' if '?' in url else '?'}busy_timeout=0.1", name="o").run()
    Entry.bulk_create([Entry(id=1), Entry(id=2)]).run()
    if kind in ("mysql", "mariadb"):
        pytest.skip("reads take locks there, and one thread would wait for itself")
    with pytest.raises((SerializationError, LockNotAvailable)):  # noqa: SIM117
        with db.transaction(isolation="serializable", immediate=False):
            Entry.select("n").where(id=1).one().run()
            with other.transaction(isolation="serializable", immediate=False):
                Entry.using(other).where(id=2).first().run()
                Entry.using(other).where(id=1).update(n=1).run()
            Entry.where(id=2).update(n=1).run()


def test_a_read_only_transaction_takes_no_changes(db: Database, wait: Waiting) -> None:
    Entry.create().run()
    with pytest.raises(ReadOnly), db.transaction(read_only=True):
        assert Entry.count().run() == 1
        Entry.create().run()
    # And only that one.
    for block in (db.transaction(read_only=True), db.transaction(read_only=True)):
        with block, db.transaction():
            assert Entry.count().run() == 1
    wait(Entry.create())
    with transaction():
        Entry.create().run()
    assert Entry.count().run() == 3
    assert db.native.pool[0] == 1


def test_a_read_only_transaction_that_is_dropped_leaves_nothing_behind(db: Database) -> None:
    block = db.transaction(read_only=True)
    block.__enter__()
    native = block._scope.native  # type: ignore[union-attr]
    with pytest.raises(RuntimeError):
        block.__exit__(RuntimeError, GeneratorExit(), None)
        raise RuntimeError
    del block, native
    for _ in range(12):
        Entry.create().run()
    assert Entry.count().run() == 12


def test_deferrable(db: Database, kind: str) -> None:
    whole = db.transaction(isolation="serializable", read_only=True, deferrable=True)
    if kind != "postgresql":
        assert not db.supports("deferrable")
        with pytest.raises(UnsupportedFeature, match="leave deferrable out"):
            whole.__enter__()
        return
    with whole:
        assert Entry.count().run() == 0
    with pytest.raises(InterfaceError, match="read only"):
        db.transaction(deferrable=True).__enter__()


def test_immediate_takes_the_write_lock_of_sqlite(db: Database, kind: str, url: str) -> None:
    if kind != "sqlite":
        with transaction(immediate=True), transaction(immediate=False):
            Entry.create().run()
        assert Entry.count().run() == 1
        return
    other = pyferro.connect(f"{url}?busy_timeout=0.05", name="other").run()
    with transaction(), pytest.raises(LockNotAvailable):
        Entry.using(other).create().run()
    with transaction(immediate=False):
        Entry.using(other).create().run()
        with pytest.raises(LockNotAvailable), other.transaction(immediate=True):
            Entry.create().run()
            other.transaction().__enter__()


def test_options_that_make_no_sense_are_refused(db: Database) -> None:
    with pytest.raises(ValueError, match="read committed"):
        db.transaction(isolation="snapshot")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="positive"):
        transaction(timeout=0)
    with pytest.raises(ValueError, match="immediate"):
        transaction(read_only=True, immediate=True)
    with transaction(), pytest.raises(InterfaceError, match="savepoint"):
        transaction(isolation="serializable").__enter__()
    with transaction(), transaction(immediate=True):
        Entry.create().run()


def test_after_its_timeout_nothing_is_committed(db: Database, kind: str) -> None:
    start = time.monotonic()
    with pytest.raises(QueryTimeout) as found, db.transaction(timeout=0.3):
        Entry.create().run()
        slow(kind).one().run()
    assert 0.25 < time.monotonic() - start < 3
    assert not found.value.connection_ok
    with pytest.raises(QueryTimeout, match="longer than its timeout"), db.transaction(timeout=0.5):
        Entry.create().run()
        time.sleep(0.6)
    assert Entry.count().run() == 0
    with db.transaction(timeout=30):
        Entry.create().run()
    assert Entry.count().run() == 1


def test_a_late_statement_ends_the_transaction_on_every_database(db: Database, kind: str) -> None:
    with pytest.raises(FailedTransaction), db.transaction():
        Entry.create().run()
        with pytest.raises(QueryTimeout):
            slow(kind).one().timeout(0.1).run()
        with pytest.raises(PyferroError, match="half-way"):
            Entry.count().run()
    assert Entry.count().run() == 0
