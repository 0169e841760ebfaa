"""What is told of statements: to the logger, to callbacks, of slow ones, and in figures."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from conftest import Create, Waiting
from pydantic import SecretStr

import pyferro
from pyferro import PK, Database, Model, StatementEvent, UniqueViolationError, select
from pyferro.runtime.observe import masked, operation_of, without_values

LOGGER = "pyferro.sql"
SECRET = "hunter2-correct-horse"


class Watchful(Model):
    id: PK[int]
    name: str
    token: SecretStr = SecretStr("")


@pytest.fixture
def events(db: Database, create: Create) -> list[StatementEvent]:
    create(Watchful)
    found: list[StatementEvent] = []
    db.on_statement(found.append)
    return found


def test_a_query_is_told_of(db: Database, events: list[StatementEvent], wait: Waiting) -> None:
    wait(Watchful.create(id=1, name="Ada"))
    del events[:]
    assert wait(Watchful.where(Watchful.name == "Bob").all()) == []
    assert [event.rows for event in events] == [0]
    del events[:]
    assert len(wait(Watchful.where(Watchful.name == "Ada").all())) == 1
    [event] = events
    assert event.operation == "SELECT"
    assert event.sql == select(Watchful).where(Watchful.name == "Ada").sql().sql
    assert event.values == ("str(3)",)
    assert (event.rows, event.error, event.sqlstate) == (1, None, None)
    assert (event.dialect, event.connection) == (db.dialect, "default")
    assert 0 < event.duration_ms < 60_000
    assert event.started_ns > 1_600_000_000 * 10**9


def test_each_way_of_writing_is_told_of(events: list[StatementEvent], wait: Waiting) -> None:
    wait(Watchful.create(id=1, name="Ada"))
    wait(Watchful.bulk_create([Watchful(id=i, name="x") for i in range(2, 7)]))
    wait(Watchful.where(Watchful.id > 4).update(name="y"))
    wait(Watchful.where(Watchful.id == 1).delete())
    assert [event.operation for event in events] == ["INSERT", "INSERT", "UPDATE", "DELETE"]
    assert [event.rows for event in events][1:] == [5, 2, 1]
    assert "list(5)" in events[1].values


def test_gets_say_whether_there_was_a_row(events: list[StatementEvent], wait: Waiting) -> None:
    wait(Watchful.create(id=1, name="Ada"))
    del events[:]
    wait(Watchful.get(1))
    with pytest.raises(pyferro.ModelDoesNotExist):
        wait(Watchful.get(2))
    assert wait(Watchful.where().count()) == 1
    # Not to find it is no error of the statement's.
    assert [(event.rows, event.error) for event in events] == [(1, None), (0, None), (1, None)]


def test_an_error_is_told_by_its_class(events: list[StatementEvent], wait: Waiting) -> None:
    wait(Watchful.create(id=1, name="Ada"))
    del events[:]
    with pytest.raises(UniqueViolationError) as caught:
        wait(Watchful.create(id=1, name="Ada"))
    [event] = events
    assert (event.error, event.rows) == ("UniqueViolationError", None)
    assert event.sqlstate == caught.value.sqlstate


def test_a_stream_is_one_statement(events: list[StatementEvent]) -> None:
    Watchful.bulk_create([Watchful(id=i, name="x") for i in range(1, 11)]).run()
    del events[:]
    assert len(list(select(Watchful).stream(3))) == 10
    for _ in select(Watchful).stream(4):
        break
    batches = iter(select(Watchful).batches(2))
    next(batches)
    batches.close()

    async def all_of_it() -> int:
        return len([row async for row in select(Watchful).stream(5)])

    assert asyncio.run(all_of_it()) == 10
    assert [event.rows for event in events] == [10, 4, 2, 10]


def test_the_logger_gets_a_record_when_it_listens(
    db: Database, create: Create, caplog: pytest.LogCaptureFixture
) -> None:
    create(Watchful)
    Watchful.create(id=1, name="Ada").run()
    assert not [record for record in caplog.records if record.name == LOGGER]
    with caplog.at_level(logging.DEBUG, LOGGER):
        Watchful.get(1).run()
    Watchful.get(1).run()
    [record] = [record for record in caplog.records if record.name == LOGGER]
    assert record.levelno == logging.DEBUG
    fields: Any = record
    assert fields.operation == "SELECT"
    assert fields.values == ("int",)
    assert fields.rows == 1
    assert fields.dialect == db.dialect
    assert fields.sql in record.getMessage()


def test_the_level_of_the_root_counts(
    db: Database, create: Create, caplog: pytest.LogCaptureFixture
) -> None:
    create(Watchful)
    with caplog.at_level(logging.DEBUG):
        Watchful.where().count().run()
    assert [record for record in caplog.records if record.name == LOGGER]


def test_values_and_secrets_are_in_no_record(
    db: Database, events: list[StatementEvent], caplog: pytest.LogCaptureFixture
) -> None:
    db.slow_query(0.0, explain=True)
    with caplog.at_level(logging.DEBUG, LOGGER):
        Watchful.create(id=1, name=SECRET, token=SecretStr(SECRET)).run()
        Watchful.bulk_create([Watchful(id=2, name=SECRET, token=SecretStr(SECRET))]).run()
        Watchful.where(Watchful.name == SECRET).all().run()
        Watchful.where(Watchful.name.in_([SECRET, "x"])).update(token=SecretStr(SECRET)).run()
        with pytest.raises(UniqueViolationError):
            Watchful.create(id=1, name=SECRET).run()
        list(Watchful.where(Watchful.name == SECRET).stream())
    told = "".join(str(vars(record)) + record.getMessage() for record in caplog.records)
    told += repr(events)
    assert len(events) == 6
    assert SECRET not in told
    plans = [event.plan for event in events if event.operation == "SELECT" and event.rows]
    assert any(plan and "watchful" in plan.lower() for plan in plans)


def test_a_callback_can_be_taken_back_and_may_fail(
    db: Database, create: Create, caplog: pytest.LogCaptureFixture
) -> None:
    create(Watchful)
    found: list[StatementEvent] = []

    def broken(event: StatementEvent) -> None:
        raise KeyError("of the callback")

    stop_broken = db.on_statement(broken)
    stop = db.on_statement(found.append)
    assert Watchful.where().count().run() == 0
    assert len(found) == 1
    assert "a callback of on_statement() failed" in caplog.text
    stop_broken()
    stop()
    stop()
    assert Watchful.where().count().run() == 0
    assert len(found) == 1
    assert db._observer is None


def test_a_slow_query_is_a_warning_with_its_plan(
    db: Database, create: Create, caplog: pytest.LogCaptureFixture, wait: Waiting
) -> None:
    create(Watchful)
    wait(Watchful.create(id=7, name="Ada"))
    db.slow_query(0.0, explain=True)
    wait(Watchful.where(Watchful.name == "Ada").all())
    wait(Watchful.where(Watchful.id == 7).update(name="x"))
    db.slow_query(None)
    wait(Watchful.where().all())
    records: list[Any] = [record for record in caplog.records if record.name == LOGGER]
    assert [record.levelno for record in records] == [logging.WARNING] * 2
    assert records[0].getMessage().startswith("slow: [default] SELECT")
    assert "watchful" in records[0].plan.lower()
    assert records[0].plan in records[0].getMessage()


def test_a_quick_query_is_no_warning(
    db: Database, create: Create, caplog: pytest.LogCaptureFixture
) -> None:
    create(Watchful)
    db.slow_query(60.0)
    Watchful.where().all().run()
    assert not [record for record in caplog.records if record.name == LOGGER]


def test_connect_takes_the_threshold(url: str, caplog: pytest.LogCaptureFixture) -> None:
    pyferro.reset_engine()
    with pyferro.connect(url, slow_query=0.0).run():
        select(pyferro.literal(1) == 1).all().run()
    assert any(record.name == LOGGER for record in caplog.records)


def test_figures_of_pool_and_cache(db: Database, create: Create) -> None:
    create(Watchful)
    before = db.stats()
    assert before.pool.busy == 0
    assert before.pool.opened - before.pool.closed == before.pool.idle >= 1
    Watchful.where(Watchful.name == "never asked").exists().run()
    Watchful.where(Watchful.name == "never asked").exists().run()
    now = db.stats()
    assert now.pool.acquired == before.pool.acquired + 2
    assert now.statements.misses == before.statements.misses + 1
    assert now.statements.size == before.statements.size + 1
    with pyferro.transaction():
        busy = db.stats().pool
        assert busy.busy == 1
        assert 0 <= busy.longest_busy < 60
    assert db.stats().pool.busy == 0
    assert now.pool.waits == now.pool.timeouts == now.pool.waiting == 0


def test_masks_show_nothing_of_a_value() -> None:
    assert [masked(value) for value in (None, 5, True, "abc", b"ab", (1, 2), SecretStr("x"))] == [
        "None", "int", "bool", "str(3)", "bytes(2)", "tuple(2)", "SecretStr",
    ]  # fmt: skip


def test_plans_show_no_values() -> None:
    plan = (
        "Seq Scan on t_2  (cost=0.00..1.01 rows=1 width=5)\n"
        "  Filter: ((name = 'it''s 5'::text) AND (id = 42) AND (x1 > '-1.5'::numeric))"
    )
    assert without_values(plan) == (
        "Seq Scan on t_2  (cost=0.00..1.01 rows=1 width=5)\n"
        "  Filter: ((name = ?::text) AND (id = ?) AND (x1 > ?::numeric))"
    )


def test_what_a_statement_does() -> None:
    assert operation_of("(SELECT 1) UNION (SELECT 2)") == "SELECT"
    assert operation_of('WITH "x" AS (SELECT 1) SELECT 2') == "SELECT"
    assert operation_of("create table x") == "CREATE"


@pytest.mark.server
@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "mysql"])
async def test_a_cancelled_statement_is_told_of(kind: str, db: Database) -> None:
    found: list[StatementEvent] = []
    db.on_statement(found.append)
    query = db.sql("select pg_sleep(30)" if kind == "postgresql" else "select sleep(30)")

    async def body() -> None:
        await query.all()

    task = asyncio.create_task(body())
    while not db.stats().pool.busy:
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [event.error for event in found] == ["CancelledError"]


async def test_what_begins_and_ends_transactions_is_told_of(
    db: Database, events: list[StatementEvent]
) -> None:
    async with db.transaction() as tx:
        await Watchful.where().count()
        async with tx.savepoint():
            pass
        with pytest.raises(KeyError):
            async with tx.savepoint():
                raise KeyError
    with pytest.raises(KeyError), db.assert_queries(1) as counted:
        async with db.transaction():
            await Watchful.where().count()
            raise KeyError
    told = [one.sql for one in events if one.operation != "SELECT"]
    assert told == [
        "BEGIN", "SAVEPOINT", "RELEASE", "SAVEPOINT", "ROLLBACK TO", "COMMIT", "BEGIN", "ROLLBACK",
    ]  # fmt: skip
    assert [one.operation for one in counted] == ["SELECT"]
    assert all(one.duration_ms > 0 and one.error is None for one in events)
    events.clear()
    with pytest.raises(pyferro.InterfaceError) as found:
        async with db.transaction(deferrable=True):
            pass
    assert [(one.sql, one.error) for one in events] == [("BEGIN", type(found.value).__name__)]
