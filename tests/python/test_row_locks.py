"""FOR UPDATE and FOR SHARE beside another connection: who waits, who fails at once, who passes by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Create

import pyferro
from pyferro import PK, Col, Database, LockNotAvailable, Model, UnsupportedFeature, select


class RlJob(Model):
    id: PK[int]
    name: Col[str]


class RlPart(Model):
    id: PK[int]
    job: Col[int]


@pytest.fixture
def jobs(create: Create) -> None:
    create(RlJob, RlPart)
    RlJob.bulk_create([RlJob(id=n, name=f"job {n}") for n in (1, 2, 3)]).run()
    RlPart.bulk_create([RlPart(id=n * 10, job=n) for n in (1, 2, 3)]).run()


@pytest.fixture
def other(url: str, jobs: None) -> Iterator[Database]:
    database = pyferro.connect(url, name="other").run()
    yield database
    database.close().run()


def ids(query: Any) -> list[int]:
    return sorted(job.id for job in query.all().run())


def refused(op: Any, feature: str) -> None:
    with pytest.raises(UnsupportedFeature, match=feature):
        op.run()


def test_a_locked_row_fails_at_once_or_is_passed_by(db: Database, other: Database) -> None:
    queue = RlJob.where().using(other)
    if db.dialect == "sqlite":
        refused(queue.for_update(nowait=True).all(), "row-lock")
        refused(queue.for_share().all(), "share-lock")
        return
    with db.transaction():
        assert ids(RlJob.where(RlJob.id == 2).for_update()) == [2]
        with other.transaction():
            assert ids(queue.for_update(skip_locked=True)) == [1, 3]
            assert ids(queue.where(RlJob.id.in_([1, 3])).for_update(nowait=True)) == [1, 3]
        for lock in ({"nowait": True}, {"nowait": True, "of": RlJob}):
            if "of" in lock and not db.supports("lock-of"):
                refused(queue.for_update(**lock).all(), "lock-of")
                continue
            with pytest.raises(LockNotAvailable), other.transaction():
                ids(queue.for_update(**lock))
        with pytest.raises(LockNotAvailable), other.transaction():
            ids(queue.for_share(nowait=True))
        assert ids(queue) == [1, 2, 3]
    with other.transaction():
        assert ids(queue.for_update(nowait=True)) == [1, 2, 3]


def test_shared_locks_live_beside_each_other(db: Database, other: Database) -> None:
    if db.dialect == "sqlite":
        return
    with db.transaction():
        assert ids(RlJob.where(RlJob.id == 1).for_share()) == [1]
        with other.transaction():
            assert ids(RlJob.where(RlJob.id == 1).using(other).for_share(nowait=True)) == [1]
        with pytest.raises(LockNotAvailable), other.transaction():
            ids(RlJob.where(RlJob.id == 1).using(other).for_update(nowait=True))


def test_only_the_rows_of_some_tables_are_locked(db: Database, other: Database) -> None:
    both = select(RlJob.id, RlPart.id).join(RlPart, RlPart.job == RlJob.id).where(RlPart.id == 10)
    if not db.supports("lock-of"):
        refused(both.for_update(of=RlPart).all(), "lock-of|row-lock")
        return
    with db.transaction():
        assert both.for_update(of=RlPart).all().run() == [(1, 10)]
        with other.transaction():
            assert ids(RlJob.where(RlJob.id == 1).using(other).for_update(nowait=True)) == [1]
        with pytest.raises(LockNotAvailable), other.transaction():
            ids(RlPart.where(RlPart.id == 10).using(other).for_update(nowait=True))
        with other.transaction():
            parts = RlPart.where().using(other).for_update(of=[RlPart], skip_locked=True)
            assert ids(parts) == [20, 30]
