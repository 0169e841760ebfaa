"""Behind a pgbouncer in transaction mode, an old one and one that keeps prepared statements.

Both lend four sessions to all who come, so statements of one connection meet different sessions.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from conftest import url_of
from support.pool import settled
from support.slow import slow

import pyferro
from pyferro import (
    PK,
    Database,
    Field,
    Model,
    PoolConfig,
    QueryTimeout,
    UniqueViolationError,
    UnsupportedFeature,
)

pytestmark = [
    pytest.mark.server,
    pytest.mark.parametrize("kind", ["pgbouncer", "pgbouncer_newer"]),
]


class Lent(Model, table="pooler_lent"):
    id: PK[int]
    name: str = Field(default="", max_length=40)
    n: int = 0


@pytest.fixture
async def db(kind: str, url: str) -> AsyncIterator[Database]:
    pyferro.reset_engine()
    db = await pyferro.connect(url, pool=PoolConfig(max_connections=8, pooler="transaction"))
    await db.drop_tables(Lent)
    await db.create_tables(Lent)
    await Lent.bulk_create([Lent(name=f"n{i}", n=i) for i in range(1, 41)])
    yield db
    await db.drop_tables(Lent)
    pyferro.reset_engine()


async def test_everything_works_as_without(db: Database) -> None:
    assert (await Lent.get(7)).name == "n7"
    made = await Lent.create(name="new")
    assert made.id == 41
    await Lent.where(id=41).delete()
    assert [one.id async for one in Lent.order_by("id").stream(batch=7)] == [*range(1, 41)]
    async with db.transaction(isolation="serializable", timeout=20) as tx:
        await Lent.where(id=1).update(n=7)
        async with tx.savepoint():
            with pytest.raises(UniqueViolationError):
                async with tx.savepoint():
                    await Lent.create(id=2)
        assert [row.n async for row in Lent.where(id__lte=2).order_by("id").stream()] == [7, 2]
    async with db.transaction(read_only=True):
        assert await Lent.where(n=7).count() == 2
    await Lent.bulk_create([Lent(name="bulk") for _ in range(3000)])
    assert await Lent.where(name="bulk").count() == 3000


async def test_sessions_are_shared_and_every_one_has_our_settings(db: Database, url: str) -> None:
    """A stranger's zone is not met by us, and ours not by the stranger."""
    async with await pyferro.connect(
        url, name="stranger", pool=PoolConfig(max_connections=8, pooler="transaction")
    ) as stranger:
        pids: set[int] = set()

        async def ask(one: Database, number: int) -> None:
            row = await one.fetch_one(
                "select pg_backend_pid() as pid, current_setting('timezone') as zone,"
                " current_setting('datestyle') as style, :n as n from pg_sleep(0.002)",
                n=number,
            )
            assert row is not None
            pids.add(row["pid"])
            assert (row["zone"], row["style"], row["n"]) == ("UTC", "ISO, MDY", number)

        for turn in range(5):
            await asyncio.gather(*(ask((db, stranger)[i % 2], i + turn) for i in range(16)))
        # More connections of ours than sessions.
        assert 1 < len(pids) <= 4
        assert db.native.pool[0] + stranger.native.pool[0] > 4


async def test_many_at_once_with_cancellations(db: Database) -> None:
    chance = random.Random(5)
    wrong: list[Any] = []

    async def work(i: int) -> None:
        key = i % 40 + 1
        if i % 3 == 0:
            async with db.transaction():
                await Lent.where(id=key).update(n=key)
                found = await Lent.get(key)
        elif i % 3 == 1:
            found = await Lent.get(key)
        else:
            [found] = [one async for one in Lent.where(id=key, name=f"n{key}").stream()]
        if (found.id, found.name) != (key, f"n{key}"):
            wrong.append(found)

    tasks = [asyncio.create_task(work(i)) for i in range(300)]
    for victim in chance.sample(tasks, 60):
        await asyncio.sleep(chance.random() * 0.002)
        victim.cancel()
    ended = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)
    assert not wrong
    assert {type(one) for one in ended} <= {type(None), asyncio.CancelledError}
    assert (await asyncio.to_thread(settled, db))[1] == 0
    assert await Lent.select("name").order_by("id").all() == [f"n{i}" for i in range(1, 41)]


async def test_statements_are_prepared_where_the_pooler_keeps_them(db: Database, kind: str) -> None:
    for _ in range(3):
        await asyncio.gather(*(Lent.where(n=i).all() for i in range(20)))
    prepared = await db.fetch_all(
        "select name from pg_prepared_statements where statement like '%pooler_lent%'"
    )
    names = {row["name"] for row in prepared}
    # By the old one nothing may be prepared: who is lent the session next would meet it.
    assert bool(names) == (kind == "pgbouncer_newer"), names
    assert not any(name.startswith("ferro_") for name in names)


async def test_a_deadline_stops_the_server_and_nobody_else(db: Database, url: str) -> None:
    neighbours = [asyncio.create_task(_get(i % 40 + 1)) for i in range(200)]
    with pytest.raises(QueryTimeout):
        await slow("postgresql").one().timeout(0.3)
    assert await asyncio.gather(*neighbours) == [f"n{i % 40 + 1}" for i in range(200)]
    assert (await asyncio.to_thread(settled, db))[1] == 0
    row = await db.fetch_one(
        "select count(*) as n from pg_stat_activity"
        " where state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()"
    )
    assert row == {"n": 0}


async def _get(key: int) -> str:
    return (await Lent.get(key)).name


@pytest.mark.parametrize(
    "text",
    [
        "set search_path to x",
        "SET SESSION timezone TO 'UTC'",
        "/* why */ set\ttimezone = 'UTC'",
        "reset all",
        "listen jobs",
        "prepare p as select 1",
        "discard all",
        "create temp table t (a int)",
        "declare c cursor with hold for select 1",
        "select pg_advisory_lock(1)",
        "select PG_TRY_ADVISORY_LOCK(1)",
    ],
)
async def test_what_would_stay_in_the_session_is_refused(db: Database, text: str) -> None:
    with pytest.raises(UnsupportedFeature, match="outlives its transaction") as found:
        await db.execute(text)
    assert found.value.hint
    async with db.transaction():
        with pytest.raises(UnsupportedFeature):
            await db.execute(text)
        # Refused before it was sent.
        assert await Lent.count() == 40


async def test_what_ends_with_the_transaction_is_not(db: Database) -> None:
    async with db.transaction():
        await db.execute("set local statement_timeout = '20s'")
        await db.execute("create temporary table scratch (a int) on commit drop")
        await db.execute("select 'set x', 1 as \"listen\" -- set y")
    assert await db.fetch_one("select current_setting('statement_timeout') as t") == {"t": "0"}


async def test_locks_of_names_hold_and_messages_are_refused(db: Database) -> None:
    """The lock is its transaction's."""
    async with db.advisory_lock("nightly"):
        with pytest.raises(pyferro.LockNotAvailable):
            async with db.advisory_lock("nightly", timeout=0):
                pass
        assert await Lent.count() == 40
    async with db.advisory_lock("nightly", timeout=0):
        pass
    with pytest.raises(UnsupportedFeature, match="LISTEN"):
        async with db.listen("jobs"):
            pass
    await db.notify("jobs", "7")


async def test_without_the_word_the_old_one_refuses_us(kind: str, url: str) -> None:
    """It takes no startup options; the newer one reads them."""
    if kind == "pgbouncer_newer":
        pytest.skip("it takes them")
    with pytest.raises(pyferro.ConnectionFailed, match="options"):
        await pyferro.connect(url, name="plain")


@pytest.mark.parametrize("other", ["sqlite", "mariadb", "mysql"])
async def test_other_databases_refuse_the_word(kind: str, other: str, tmp_path: Any) -> None:
    if kind == "pgbouncer_newer" or (other != "sqlite" and not os.environ.get("FERRO_TEST_MYSQL")):
        pytest.skip("said once, where there are servers")
    with pytest.raises(UnsupportedFeature, match="pooler=transaction is for PostgreSQL"):
        await pyferro.connect(
            url_of(other, tmp_path), name="pooled", pool=PoolConfig(pooler="transaction")
        )
